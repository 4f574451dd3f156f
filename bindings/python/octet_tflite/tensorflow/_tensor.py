"""tf.Tensor and tf.cast."""

from typing import Any

import numpy as np


class Tensor(np.ndarray):
    """An array of numpy that also has .numpy(). What is computed from one is one."""

    def numpy(self) -> "np.ndarray[Any, Any]":
        """The plain array, of the same memory."""
        return self.view(np.ndarray)


def as_tensor(values: Any) -> Tensor:
    """A Tensor of the same memory where `values` is an array already."""
    return np.asarray(values).view(Tensor)


def cast(x: Any, dtype: Any, name: Any = None) -> Tensor:
    """The numbers of x in another type, a tf.DType or one of numpy. name: not used."""
    return np.asarray(x).astype(np.dtype(dtype)).view(Tensor)
