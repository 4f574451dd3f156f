: >empty.h5
octet summary empty.h5
