octet evaluate "$fc" --data
