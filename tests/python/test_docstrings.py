"""The examples in the docstrings of the package."""

import doctest
import importlib
import pkgutil

import pytest

import octet_tflite

MODULES = [name for _, name, _ in pkgutil.iter_modules(octet_tflite.__path__) if name != "__main__"]


@pytest.mark.parametrize("name", ["__init__", *MODULES])
def test_examples(name, small_h5, tmp_path):
    module = octet_tflite if name == "__init__" else importlib.import_module(f"octet_tflite.{name}")
    names = {"small_model": small_h5, "tmp_path": tmp_path}
    failed, _ = doctest.testmod(module, extraglobs=names)
    assert failed == 0
