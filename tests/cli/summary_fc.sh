octet summary "$fc"
