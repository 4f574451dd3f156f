# A folder of pictures as a newcomer has it: a sub-folder per class, PNG, JPEG and BMP, without train/ and test/; then with labels.txt.
corpus=$EXAMPLES/../../tests/fuzz/corpus/image
mkdir -p "photos/cat" "photos/no cat"
cp "$corpus/rgb.png" "$corpus/baseline.jpg" "$corpus/rgb.bmp" "$corpus/grey.png" photos/cat
cp "$corpus/palette.png" "$corpus/progressive.jpg" "$corpus/palette.bmp" "photos/no cat"
cp "$corpus/rgb.png" "photos/no cat/UPPER.PNG"
echo "notes are passed over" >photos/cat/readme.txt
octet quantize "$cnn" --data photos --preprocess teachable-machine -o a.tflite
octet evaluate a.tflite --data photos --preprocess teachable-machine --confusion | grep cat
printf '0 no cat\n1 cat\n' >photos/labels.txt
octet quantize "$cnn" --data photos --preprocess teachable-machine --json -o b.tflite | grep -E '^  "(split|samples|data_range)"'
octet evaluate b.tflite --data photos --preprocess teachable-machine --confusion | grep cat
octet evaluate b.tflite --data photos --preprocess teachable-machine --confusion --json | grep classes
octet run b.tflite --input "photos/cat/rgb.png" --preprocess teachable-machine -o y.npy
mkdir photos/test photos/train && mv photos/cat photos/no* photos/train && cp -r photos/train/* photos/test
octet evaluate b.tflite --data photos --preprocess teachable-machine | head -1
mv photos/test/cat photos/test/dog
octet evaluate b.tflite --data photos --preprocess teachable-machine
cp -r "photos/test/no cat" photos/test/cat && rm -r photos/test/dog
echo junk >photos/test/cat/broken.jpg
octet evaluate b.tflite --data photos --preprocess teachable-machine
octet quantize "$cnn" --data photos --preprocess teachable -o c.tflite
