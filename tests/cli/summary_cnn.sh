octet summary "$cnn"
