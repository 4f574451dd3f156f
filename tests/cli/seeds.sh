# Another seed draws other samples; the same indices by file give the same model, as lines and as JSON.
quantized "$fc" a.tflite --seed 1
quantized "$fc" b.tflite --seed 2
cmp -s a.tflite b.tflite && echo the seeds gave the same file
seq 0 99 >lines
{ echo '['; seq -s , 0 99; echo ']'; } >array.json
quantized "$fc" lines.tflite --indices lines
quantized "$fc" array.tflite --indices array.json
cmp lines.tflite array.tflite && echo same
echo 1000 >outside
octet quantize "$fc" --data "$EXAMPLES" --indices outside -o outside.tflite
