octet quantize "$fc" --mode dynamic --max-drop 1 -o fc.tflite
