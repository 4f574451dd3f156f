"""tf.data.Dataset over arrays in memory: from_tensor_slices(...).batch(1).take(n), as calibration uses it."""

from typing import Any, Callable, Iterator, NoReturn

import numpy as np

from .._errors import DataError, UsageError
from .._missing import missing
from ._tensor import as_tensor


def _map(function: Callable[[Any], Any], values: Any) -> Any:
    """The function of every array in tuples and dictionaries."""
    if isinstance(values, dict):
        return {name: _map(function, value) for name, value in values.items()}
    if isinstance(values, tuple):
        return tuple(_map(function, value) for value in values)
    return function(values)


def _leaves(values: Any) -> Iterator[Any]:
    if isinstance(values, (dict, tuple)):
        for value in values.values() if isinstance(values, dict) else values:
            yield from _leaves(value)
    else:
        yield values


def _count(number: Any, what: str) -> int:
    if isinstance(number, bool) or not isinstance(number, (int, np.integer)):
        raise UsageError(f"Dataset.{what} takes a whole number, {number!r} is given")
    return int(number)


class Dataset:
    """Elements one after the other: a Tensor each, or tuples and dictionaries of them. It can be gone through again."""

    def __init__(self, element: Callable[[int], Any], n_elements: int) -> None:
        self._element = element
        self._n_elements = n_elements

    @staticmethod
    def from_tensor_slices(tensors: Any, name: Any = None) -> "Dataset":
        """An element for each index of the first dimension of an array, or of all arrays in a tuple or dictionary.

        Raises DataError where their lengths differ.
        """
        arrays = _map(lambda values: as_tensor(values), tensors)
        shapes = [leaf.shape for leaf in _leaves(arrays)]
        if not shapes or any(shape == () for shape in shapes):
            raise DataError("from_tensor_slices takes arrays with a first dimension to go along")
        if len({shape[0] for shape in shapes}) > 1:
            lengths = ", ".join(str(shape[0]) for shape in shapes)
            raise DataError(f"from_tensor_slices is given arrays of different lengths: {lengths}")
        return Dataset(lambda i: _map(lambda values: as_tensor(values[i]), arrays), shapes[0][0])

    def batch(self, batch_size: int, drop_remainder: bool = False) -> "Dataset":
        """Elements of batch_size elements, stacked; the last one may be smaller unless drop_remainder."""
        size = _count(batch_size, "batch")
        if size < 1:
            raise UsageError(f"Dataset.batch takes 1 or more, {batch_size} is given")
        element, n = self._element, self._n_elements

        def batch(i: int) -> Any:
            parts = [element(k) for k in range(i * size, min(i * size + size, n))]
            return _stack(parts)

        return Dataset(batch, n // size if drop_remainder else -(-n // size))

    def take(self, count: int) -> "Dataset":
        """The first `count` elements; -1: all."""
        n = _count(count, "take")
        return Dataset(self._element, self._n_elements if n < 0 else min(n, self._n_elements))

    def __iter__(self) -> Iterator[Any]:
        return (self._element(i) for i in range(self._n_elements))

    def __len__(self) -> int:
        return self._n_elements

    def as_numpy_iterator(self) -> Iterator[Any]:
        """The elements as plain arrays."""
        return (_map(lambda values: values.numpy(), element) for element in self)

    def __getattr__(self, name: str) -> NoReturn:
        raise missing("octet_tflite.tensorflow.data.Dataset", name, dir(type(self)), "arrays of numpy do the rest")


def _stack(parts: "list[Any]") -> Any:
    first = parts[0]
    if isinstance(first, dict):
        return {name: _stack([part[name] for part in parts]) for name in first}
    if isinstance(first, tuple):
        return tuple(_stack([part[i] for part in parts]) for i in range(len(first)))
    return as_tensor(np.stack(parts))


def __getattr__(name: str) -> Any:
    raise missing("octet_tflite.tensorflow.data", name, ["Dataset"])


__all__ = ["Dataset"]
