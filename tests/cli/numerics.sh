quantized "$fc" fc.tflite
for numerics in litert integer; do octet evaluate fc.tflite --data "$EXAMPLES" --numerics $numerics | head -2; done
for kernels in ref ''; do OCTET_KERNELS=$kernels octet run fc.tflite --input "$EXAMPLES" --limit 500 -o y$kernels.npy >/dev/null; done
cmp yref.npy y.npy && echo same
