zeros $((5 * 784)) | idx images.idx 5 28 28
zeros 4 | idx labels.idx 4
octet evaluate "$fc" --images images.idx --labels labels.idx
