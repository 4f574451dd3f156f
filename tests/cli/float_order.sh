# Three orders of float sums: each gives the same bytes with one thread and with two, and no two of them are alike.
quantized "$fc" fc.tflite --mode float32
for order in fma tensorflow plain; do
    for threads in 1 2; do octet run fc.tflite --input "$EXAMPLES" --limit 50 --float-order $order --threads $threads -o $order$threads.npy >/dev/null; done
    cmp ${order}1.npy ${order}2.npy && echo $order
done
cmp -s fma1.npy plain1.npy || cmp -s fma1.npy tensorflow1.npy || cmp -s plain1.npy tensorflow1.npy || echo three
octet run fc.tflite --input "$EXAMPLES" --float-order litert -o y.npy
