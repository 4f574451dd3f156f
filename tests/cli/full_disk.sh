octet quantize "$fc" --data "$EXAMPLES" --no-evaluate -o /dev/full
