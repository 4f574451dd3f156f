octet bench "$cnn" --seconds 0.01 | sed -n '4,$p' | awk '{print $1, $2}'
octet bench "$cnn" --seconds 0.01 --json | grep -c operator
octet bench "$cnn" --seconds 0.01 --json | awk -F: '/_bytes/ {n[$1] = $2 + 0}
    END {print (n["  \"peak_bytes\""] > n["  \"activation_bytes\""] + n["  \"constant_bytes\""] ? "peak above both" : "peak too small")}'
