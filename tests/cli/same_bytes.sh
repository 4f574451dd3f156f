# Two runs, and one, two and three threads, write the same file.
for n in 1 2 3 2; do quantized "$cnn" $n.tflite --threads $n; cksum <$n.tflite; done | uniq | wc -l
for n in 1 2; do quantized "$fc" $n.tflite --threads $n --samples all; cksum <$n.tflite; done | uniq | wc -l
