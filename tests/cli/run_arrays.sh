quantized "$fc" fc.tflite
octet run fc.tflite --input "$EXAMPLES" --limit 3 -o y.npy
octet run fc.tflite --input "$EXAMPLES" --limit 3 --real -o real.npy
octet run "$fc" --input "$EXAMPLES" --limit 2 -o float.npy
wc -c y.npy real.npy float.npy
head -c 80 y.npy | tr -d '\0-\37' | grep -ao '{.*}'
# The float input of the float model through the int8 one, and its own int8 input again.
octet run fc.tflite --input "$EXAMPLES" --limit 3 --dump tensors >/dev/null
ls tensors
octet run fc.tflite --input tensors/000*.npy -o again.npy
cmp y.npy again.npy && echo same
