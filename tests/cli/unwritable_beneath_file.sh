: >file
octet quantize "$fc" --data "$EXAMPLES" --no-evaluate -o file/fc.tflite
