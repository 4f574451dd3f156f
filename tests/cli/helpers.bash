# What cases use to make data files. Sourced by run in front of every case.
# be32 N: a number as four bytes, the highest first.
be32() { printf "\\x$(printf %02x $(($1 >> 24 & 255)))\\x$(printf %02x $(($1 >> 16 & 255)))\\x$(printf %02x $(($1 >> 8 & 255)))\\x$(printf %02x $(($1 & 255)))"; }
# idx FILE DIMENSION... <CONTENT: an IDX file of bytes.
idx() { local file=$1 rank=$(($# - 1)) d; { printf "\\x00\\x00\\x08\\x0$rank"; shift; for d in "$@"; do be32 "$d"; done; cat; } >"$file"; }
# zeros N: that many bytes of 0.
zeros() { head -c "$1" /dev/zero; }
# ramp N: N bytes that go through 0..255 in steps of 37.
ramp() { local i; for ((i = 0; i < $1; i++)); do printf "\\x$(printf %02x $((i * 37 % 256)))"; done; }
# npy_i1 FILE ROWS COLUMNS <CONTENT: an .npy of signed bytes.
npy_i1() { { printf "\x93NUMPY\x01\x00\x46\x00%-69s\n" "{'descr': '|i1', 'fortran_order': False, 'shape': ($2, $3)}"; cat; } >"$1"; }
