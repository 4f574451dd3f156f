octet quantize "$fc" --data "$EXAMPLES" --labels y.npy --test "$EXAMPLES" -o out.tflite
