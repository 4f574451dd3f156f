# Whatever fails after the calibration leaves no output: test images that are cut short, a label of no class, a wrong option.
mkdir data
cp "$EXAMPLES"/train-* "$EXAMPLES"/t10k-labels-* data
gunzip -c "$EXAMPLES/t10k-images-idx3-ubyte.gz" | head -c 3000000 >data/t10k-images-idx3-ubyte
octet quantize "$fc" --data data -o out.tflite; echo "$?"
zeros $((2 * 784)) | idx images.idx 2 28 28
printf '\001\012' | idx labels.idx 2
octet quantize "$fc" --images images.idx --labels labels.idx -o out.tflite; echo "$?"
octet quantize "$fc" --data "$EXAMPLES" --numerics other -o out.tflite; echo "$?"
ls
