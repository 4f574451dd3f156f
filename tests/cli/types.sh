for type in int8 uint8 float32; do
    quantized "$fc" $type.tflite --input-type $type --output-type $type
    octet evaluate $type.tflite --data "$EXAMPLES" | head -2
done
quantized "$fc" mixed.tflite --output-type float32
octet evaluate mixed.tflite --data "$EXAMPLES" --limit 500 | head -2
