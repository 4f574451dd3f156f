zeros $((2 * 784)) | idx images.idx 2 28 28
printf '\001\012' | idx labels.idx 2
octet evaluate "$fc" --images images.idx --labels labels.idx
