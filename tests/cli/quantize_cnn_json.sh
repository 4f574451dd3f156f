octet quantize "$cnn" --data "$EXAMPLES" -o cnn.tflite --json |
    sed -E 's/, "time_per_sample_us": [0-9.e+-]*//; s/, "time_s": [0-9.e+-]*//'
