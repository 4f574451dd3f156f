octet check "$cnn"
octet check "$cnn" --target edgetpu --json
octet check "$cnn" --target z80
