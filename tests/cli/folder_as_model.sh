octet summary .
