octet quantize "$fc" --data "$EXAMPLES" -o out.tflite --input-type int4
