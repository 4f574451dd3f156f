for n in 1 2 3; do octet evaluate "$fc" --data "$EXAMPLES" --limit 997 --threads $n | head -3 | cksum; done | uniq | wc -l
