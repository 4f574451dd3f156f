# Every example of README.md: console blocks are run and their output compared, except for times; the targets of make in sh blocks
# exist; the C program is built and run by tests/install.
mkdir work bin && ln -s "$OCTET" bin/octet && ln -s "$(dirname "$README")/examples" work/examples
blocks() { awk -v kind="$1" '$0 == "```" kind { on = 1; next } $0 == "```" { on = 0 } on' "$README"; }
blocks console | without_times >expected
(
    cd work && PATH=../bin:$PATH
    unset -f octet
    blocks console | grep '^\$ ' | while read -r line; do
        echo "$line"
        eval "${line#\$ }" 2>&1 </dev/null
    done
) | without_times >got
diff expected got && echo "$(grep -c '^\$ ' expected | sed 's/^[1-9].*/console: ok/')"
blocks sh | grep -o '^make [a-z-]*' | while read -r make target; do
    grep -q "^$target:" "$(dirname "$README")/Makefile" || echo "$make $target: no such target"
done
