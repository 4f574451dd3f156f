quantized "$cnn" cnn.tflite
size=$(wc -c <cnn.tflite)
for i in $(seq 0 63); do
    head -c $((size * i / 64)) cnn.tflite >cut.tflite
    octet evaluate cut.tflite --data "$EXAMPLES" --limit 1 >out 2>err
    echo "$? $(wc -l <err) sentence"
done | sort | uniq -c | sed 's/^ *[0-9]* //'
