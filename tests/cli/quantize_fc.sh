octet quantize "$fc" --data "$EXAMPLES" -o fc.tflite
ls
