for mode in int8 int16x8 dynamic float16 float32; do
    octet quantize "$cnn" --data "$EXAMPLES" --limit 300 --mode $mode -o $mode.tflite | grep -e accuracy -e size -e agreement
done
