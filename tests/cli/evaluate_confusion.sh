octet evaluate "$cnn" --data "$EXAMPLES" --limit 1000 --confusion --json | grep -v -e time -e threads
octet evaluate "$cnn" --data "$EXAMPLES" --limit 1000 --confusion
