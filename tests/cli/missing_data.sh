octet quantize "$fc" -o out.tflite
