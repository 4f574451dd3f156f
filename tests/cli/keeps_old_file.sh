# What was there stays when the new file cannot be made.
echo old >out.tflite
head -c 100000 "$fc" >cut.h5
code octet quantize cut.h5 --data "$EXAMPLES" -o out.tflite
zeros 100 | idx images.idx 100 28 28
code octet quantize "$fc" --images images.idx -o out.tflite
cat out.tflite
ls
