# One sample; then data on another scale than in training.
octet quantize "$cnn" --data "$EXAMPLES" --samples 1 -o out.tflite | grep '^!'
octet quantize "$cnn" --data "$EXAMPLES" --scale 1 --limit 500 -o out.tflite | grep '^!'
octet quantize "$cnn" --data "$EXAMPLES" --scale 0 --limit 500 -o out.tflite | grep '^!'
