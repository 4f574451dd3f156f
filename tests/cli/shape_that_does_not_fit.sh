zeros $((2 * 900)) | idx images.idx 2 30 30
octet evaluate "$fc" --images images.idx
