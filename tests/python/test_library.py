"""The package finds the shared library and says its version."""

import re

import octet_tflite


def test_version() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", octet_tflite.__version__)
