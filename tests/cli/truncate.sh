quantized "$fc" fc.tflite
octet evaluate fc.tflite --data "$EXAMPLES" | head -2
octet evaluate fc.tflite --data "$EXAMPLES" --input-rounding truncate | head -2
