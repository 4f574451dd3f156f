quantized "$fc" fc.tflite
octet quantize fc.tflite --data "$EXAMPLES" -o again.tflite
