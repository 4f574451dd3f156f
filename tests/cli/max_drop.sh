code octet quantize "$fc" --data "$EXAMPLES" -o fc.tflite --max-drop 5
octet quantize "$fc" --data "$EXAMPLES" -o fc.tflite --max-drop -5 >/dev/null
