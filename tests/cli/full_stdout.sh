octet --version >/dev/full
