# The trained model is not replaced by what is made of it, under any name.
cp "$fc" model.h5
ln -s model.h5 link.h5
octet quantize model.h5 --data "$EXAMPLES" --no-evaluate -o ./model.h5; echo "$?"
octet quantize model.h5 --data "$EXAMPLES" --no-evaluate -o link.h5; echo "$?"
cmp "$fc" model.h5
