octet summary "$fc" other.h5
