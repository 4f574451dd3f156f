# Functions for the cases. Sourced by run.
octet() { "$OCTET" "$@"; }
# Prints the exit code of a command whose output is of no interest.
code() { "$@" >/dev/null 2>&1; echo $?; }
# Replaces what differs from run to run: times, and how many threads there were.
without_times() {
    sed -E 's/[0-9.]+ (ns|us|ms|s)\b/TIME/g; s/[0-9.]+ times (faster|slower)/N times faster/; s/with [0-9]+ threads?/with N threads/
        s/ +TIME/ TIME/g'
}
fc=$EXAMPLES/mnist_fc_k2.h5
cnn=$EXAMPLES/mnist_cnn_k2.h5
# quantized MODEL OUT [options]: without evaluation.
quantized() { octet quantize "$1" --data "$EXAMPLES" --no-evaluate -o "$2" "${@:3}" >/dev/null; }
# idx FILE MAGIC-LAST-TWO-BYTES DIMENSION... <content: a big-endian IDX header, then stdin.
be32() { printf "\\x$(printf %02x $(($1 >> 24 & 255)))\\x$(printf %02x $(($1 >> 16 & 255)))\\x$(printf %02x $(($1 >> 8 & 255)))\\x$(printf %02x $(($1 & 255)))"; }
idx() { local file=$1 rank=$(($# - 1)) d; { printf "\\x00\\x00\\x08\\x0$rank"; shift; for d in "$@"; do be32 "$d"; done; cat; } >"$file"; }
zeros() { head -c "$1" /dev/zero; }
