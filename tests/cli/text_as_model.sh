echo "this is not a model" >model.h5
octet summary model.h5
