# Cut at every 1/16 of its length: one sentence, a documented code, nothing else.
size=$(wc -c <"$fc")
for i in $(seq 0 15); do
    head -c $((size * i / 16)) "$fc" >cut.h5
    octet quantize cut.h5 --data "$EXAMPLES" -o out.tflite >out 2>err
    echo "$? $(wc -l <err) sentence, $(wc -c <out) bytes of output, $(ls | grep -c tflite) files"
done | sort | uniq -c | sed 's/^ *[0-9]* //'
