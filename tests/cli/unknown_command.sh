octet quantise x.h5
