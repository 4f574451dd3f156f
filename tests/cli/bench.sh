octet bench "$cnn" --seconds 0.01 | sed -n '4,$p' | awk '{print $1, $2}'
octet bench "$cnn" --seconds 0.01 --json | grep -c operator
