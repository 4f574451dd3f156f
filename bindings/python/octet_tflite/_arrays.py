"""Anything that holds numbers becomes one numpy array, as the C library reads it."""

import array
from typing import Any, Tuple

import numpy as np
import numpy.typing as npt

from ._errors import DataError, OutOfMemoryError

Array = npt.NDArray[Any]


def _is_torch(x: Any) -> bool:
    return hasattr(x, "detach") and hasattr(x, "cpu")  # files can be detached too


def is_array(x: Any) -> bool:
    """Whether x holds numbers itself: an array of numpy, JAX, pandas or Python, a tensor of TensorFlow or torch."""
    if isinstance(x, np.generic):  # one number has the methods of an array
        return False
    return hasattr(x, "__array__") or _is_torch(x) or isinstance(x, (array.array, memoryview))


def to_numpy(x: Any, what: str) -> Array:
    """x as an array of whatever it holds. Raises DataError where x is ragged."""
    try:
        if _is_torch(x):  # torch: perhaps on another device, in a type that numpy lacks
            x = x.detach().cpu()
            x = x.float() if str(x.dtype) == "torch.bfloat16" else x
            return np.asarray(x.numpy())
        if not isinstance(x, np.ndarray) and callable(getattr(x, "numpy", None)):
            x = x.numpy()
        return np.asarray(x)
    except (TypeError, ValueError, RuntimeError) as error:
        reason = str(error).partition("\n")[0]
        raise DataError(f"{what}: cannot become an array of numbers: {reason}") from error


def _native(numbers: Array, what: str) -> "np.dtype[Any]":
    """The type that the library reads the array as."""
    dtype = numbers.dtype
    if dtype.kind in "bui" or (dtype.kind == "f" and dtype.itemsize <= 8):
        return dtype.newbyteorder("=")
    if dtype.kind == "f":  # long double
        return np.dtype(np.float64)
    if dtype.names is None and dtype.name.startswith(("bfloat", "float")):  # of ml_dtypes
        return np.dtype(np.float32)
    raise DataError(f"{what}: an array of type {dtype}: numbers are needed, as float32 or uint8")


def as_array(x: Any, what: str) -> Array:
    """x as an array of numbers, in C order and the machine's byte order; x itself where it is that already.

    Raises DataError for what has no numbers, no axis of samples, or no samples.
    """
    if isinstance(x, np.ma.MaskedArray) and np.ma.is_masked(x):
        raise DataError(f"{what}: some numbers are masked: fill them first")
    numbers = to_numpy(x, what)
    dtype = _native(numbers, what)
    if numbers.ndim == 0:
        raise DataError(f"{what}: is one number: samples lie along the first axis of an array")
    if numbers.size == 0:
        raise DataError(f"{what}: an array of shape {numbers.shape} has no samples")
    try:
        return np.ascontiguousarray(numbers, dtype=dtype)
    except MemoryError as error:
        raise OutOfMemoryError(f"{what}: an array of shape {numbers.shape} does not fit into memory") from error


def part_shape(dims: Tuple[int, ...], batch: int) -> Tuple[int, ...]:
    """Shape of what one sample is of a tensor, in a model whose run takes `batch` of them."""
    if not dims:
        return ()
    first = dims[0] // batch
    return dims[1:] if first == 1 else (first, *dims[1:])
