# One sample; the same sample again and again; the model at a loss.
octet quantize "$cnn" --data "$EXAMPLES" --samples 1 --limit 500 -o out.tflite | grep '^!'
for i in $(seq 50); do echo 7; done >same
octet quantize "$cnn" --data "$EXAMPLES" --indices same --limit 500 -o out.tflite | grep '^!'
octet quantize "$cnn" --data "$EXAMPLES" --scale 0 --limit 500 -o out.tflite | grep '^!'
