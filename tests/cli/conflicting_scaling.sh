octet evaluate "$fc" --data "$EXAMPLES" --scale 2 --mean 1
