octet summary "$fc" >/dev/full
