octet quantize "$fc" --data "$EXAMPLES" --no-evaluate -o nowhere/fc.tflite
