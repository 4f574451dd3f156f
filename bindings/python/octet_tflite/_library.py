"""The shared library of octet: where it lies, and the one copy of it that this process loads."""

import ctypes
import os
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "lib"
"""What the wheel brings that is not Python: liboctet.so, octet-hdf5 and the command."""


def find_library() -> Path:
    """The path of liboctet.so: what the environment variable OCTET_LIBRARY names, else the one in this package.

    Raises ImportError where there is none.
    """
    named = os.environ.get("OCTET_LIBRARY")
    path = Path(named) if named else FOLDER / "liboctet.so"
    if not path.is_file():
        remedy = "OCTET_LIBRARY must name it" if named else "install the wheel, or name it in OCTET_LIBRARY"
        raise ImportError(f"{path}: there is no such library: {remedy}")
    return path.resolve()


library = ctypes.CDLL(str(find_library()))
library.octet_version.restype = ctypes.c_char_p
library.octet_version.argtypes = []
