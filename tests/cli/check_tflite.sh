# Float, float16 and quantized files: what of them runs on a target.
octet quantize "$cnn" --mode float32 --data "$EXAMPLES" --no-evaluate -o float.tflite >/dev/null
octet quantize "$cnn" --mode float16 --data "$EXAMPLES" --no-evaluate -o half.tflite >/dev/null
quantized "$cnn" int8.tflite --output-type float32
quantized "$cnn" micro.tflite --target tflm-2023
octet check float.tflite --target edgetpu
octet check half.tflite --target edgetpu
octet check int8.tflite --target tflm
octet check micro.tflite --target tflm-2023
octet check int8.tflite --target tflm-2023
