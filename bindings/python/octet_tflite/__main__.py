"""`python -m octet_tflite` is the command octet: `python -m octet_tflite quantize model.h5 --data mnist`."""

import os
import sys

from ._library import find_library


def main() -> None:
    """Becomes the command, which lies beside the library: arguments, signals, streams and exit code are its own."""
    command = find_library().parent / "octet"
    if not command.is_file():
        sys.exit(f"{command}: the command is not there: OCTET_LIBRARY names a library without it")
    os.execv(command, ["octet", *sys.argv[1:]])


if __name__ == "__main__":
    main()
