octet help exit-codes
