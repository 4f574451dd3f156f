octet quantize "$fc" --data "$EXAMPLES" --samples 1001 -o out.tflite
ls
