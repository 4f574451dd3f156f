octet evaluate "$fc" --data nothing
