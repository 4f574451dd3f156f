zeros $((2 * 784)) | idx images.idx 2 28 28
printf '\002\000\000\000\000\000\000\000\000\001%.0s' 1 2 | idx numbers.idx 2 10
printf '\002\000\001%.0s' 1 2 | idx three.idx 2 3
octet evaluate "$fc" --images images.idx --labels numbers.idx | sed -n 2p
octet quantize "$fc" --images images.idx --labels numbers.idx -o fc.tflite | grep error
code octet quantize "$fc" --images images.idx --labels numbers.idx -o no.tflite --max-drop 1; ls no.tflite 2>/dev/null
octet evaluate "$fc" --images images.idx --labels three.idx
