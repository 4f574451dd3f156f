"""tf.int8 and the other types of numbers."""

from typing import Any

import numpy as np


class DType:
    """A type of numbers, which numpy takes wherever it takes one of its own: array.astype(tf.float32)."""

    __slots__ = ("as_numpy_dtype", "dtype", "name", "size")

    def __init__(self, name: str) -> None:
        self.name = name
        self.dtype: "np.dtype[Any]" = np.dtype(name)
        self.as_numpy_dtype = self.dtype.type
        self.size = self.dtype.itemsize

    @property
    def is_floating(self) -> "builtins_bool":
        return self.dtype.kind == "f"

    @property
    def is_integer(self) -> "builtins_bool":
        return self.dtype.kind in "iu"

    @property
    def min(self) -> Any:
        """The least number of the type."""
        return np.finfo(self.dtype).min if self.is_floating else np.iinfo(self.dtype).min

    @property
    def max(self) -> Any:
        """The greatest number of the type."""
        return np.finfo(self.dtype).max if self.is_floating else np.iinfo(self.dtype).max

    def __eq__(self, other: object) -> "builtins_bool":
        try:
            return self.dtype == np.dtype(other)  # type: ignore[call-overload, no-any-return]
        except TypeError:
            return False

    def __hash__(self) -> int:
        return hash(self.dtype)

    def __repr__(self) -> str:
        return f"tf.{self.name}"


builtins_bool = bool

bool = DType("bool")  # noqa: A001
uint8, uint16, uint32, uint64 = DType("uint8"), DType("uint16"), DType("uint32"), DType("uint64")
int8, int16, int32, int64 = DType("int8"), DType("int16"), DType("int32"), DType("int64")
float16, float32, float64 = DType("float16"), DType("float32"), DType("float64")
