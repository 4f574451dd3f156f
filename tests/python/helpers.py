"""What tests share: the repository's example data, and the command."""

import functools
import gzip
import os
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples" / "mnist"


def command():
    """The octet command: the one that OCTET_COMMAND names, else that of the package."""
    named = os.environ.get("OCTET_COMMAND")
    return [named] if named else [sys.executable, "-m", "octet_tflite"]


def idx(name, folder=EXAMPLES):
    """The uint8 array of a packed IDX file."""
    content = gzip.decompress((folder / f"{name}.gz").read_bytes())
    shape = np.frombuffer(content, ">i4", content[3], 4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * content[3]).reshape(shape)


@functools.lru_cache(maxsize=None)
def digits():
    """Test images, float32 of shape (n, 28, 28, 1) from 0 to 1, and their labels."""
    images = idx("t10k-images-idx3-ubyte")[..., np.newaxis].astype(np.float32) / np.float32(255)
    return images, idx("t10k-labels-idx1-ubyte").astype(int)
