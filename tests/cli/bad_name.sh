octet quantize "$fc" --data "$EXAMPLES" -o out.tflite --mode int7
