octet summary
