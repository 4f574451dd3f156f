octet quantize "$fc" --data "$EXAMPLES" --no-evaluate -o fc.tflite
octet quantize "$fc" --data "$EXAMPLES" --no-evaluate --json -o fc.tflite
octet quantize "$fc" --mode float16 -o half.tflite
