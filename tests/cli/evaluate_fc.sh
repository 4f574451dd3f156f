octet evaluate "$fc" --data "$EXAMPLES"
