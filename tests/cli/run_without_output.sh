octet run "$fc" --input "$EXAMPLES"
