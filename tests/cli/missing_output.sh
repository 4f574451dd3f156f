octet quantize "$fc" --data "$EXAMPLES"
