octet quantize "$fc" --data "$EXAMPLES" -o fc.tflite --max-drop 1 --no-evaluate
