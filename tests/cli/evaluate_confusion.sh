octet evaluate "$cnn" --data "$EXAMPLES" --limit 1000 --confusion --json | grep -v time
octet evaluate "$cnn" --data "$EXAMPLES" --limit 1000 --confusion
