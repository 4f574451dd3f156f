octet >/dev/null
