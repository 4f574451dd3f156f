head -c 100000 "$EXAMPLES/t10k-images-idx3-ubyte.gz" >cut.gz
octet evaluate "$fc" --images cut.gz --labels "$EXAMPLES/t10k-labels-idx1-ubyte.gz"; echo "$?"
: >empty.idx
octet evaluate "$fc" --images empty.idx; echo "$?"
zeros 784 | idx five.idx 5 28 28
octet evaluate "$fc" --images five.idx; echo "$?"
zeros 0 | idx none.idx 0 28 28
octet evaluate "$fc" --images none.idx; echo "$?"
