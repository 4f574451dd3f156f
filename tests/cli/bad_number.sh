octet evaluate "$fc" --data "$EXAMPLES" --limit many
