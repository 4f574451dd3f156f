# Every command explains itself, with options and examples.
for command in quantize evaluate run summary inspect check bench help; do
    octet help $command | grep -c -x -e examples -e options | tr '\n' ' '
    [ "$(octet help $command)" = "$(octet $command --help)" ] && echo $command
done
