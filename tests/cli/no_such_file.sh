octet summary nothing.h5
