octet evaluate "$fc" --data "$EXAMPLES" --threads 0
