"""Tensors of a model, as its users see them."""

from ctypes import byref, c_void_p
from dataclasses import dataclass
from typing import Any, Callable, Tuple

import numpy as np

from . import _structs as s
from ._arrays import Array


@dataclass(frozen=True)
class TensorInfo:
    """A tensor: an input, an output, a constant or a value between operators. `real = scale * (q - zero_point)`.

    shape: with the batch, which is 1 unless the file fixes another. scales and zero_points: as many as there are; empty
    where the tensor is not quantized; more than one: a scale for each slice along `axis`.

    >>> import octet_tflite
    >>> octet_tflite.load_model(small_model).inputs[0].shape
    (1, 8, 8, 1)
    """

    index: int
    name: str
    dtype: "np.dtype[Any]"
    shape: Tuple[int, ...]
    shape_signature: Tuple[int, ...]
    scales: Tuple[float, ...]
    zero_points: Tuple[int, ...]
    axis: int
    is_constant: bool
    is_variable: bool
    n_bytes: int

    @property
    def is_quantized(self) -> bool:
        return bool(self.scales)

    @property
    def scale(self) -> float:
        """Of a tensor with one scale; 0.0 where it has none, or several."""
        return self.scales[0] if len(self.scales) == 1 else 0.0

    @property
    def zero_point(self) -> int:
        return self.zero_points[0] if len(self.scales) == 1 else 0

    def dequantize(self, numbers: Any) -> Array:
        """Real numbers, float32, of stored ones. Without scales: the same numbers."""
        stored = np.asarray(numbers)
        if not self.scales:
            return stored.astype(np.float32)
        scale, zero = self._parameters(stored)
        real: Array = (stored.astype(np.float32) - zero) * scale
        return real

    def quantize(self, numbers: Any) -> Array:
        """Stored numbers of real ones: rounded half away from zero, and clamped; NaN becomes the zero point."""
        real = np.asarray(numbers, dtype=np.float32)
        if not self.scales:
            return real.astype(self.dtype)
        scale, zero = self._parameters(real)
        steps = real / scale
        whole = np.trunc(steps)
        with np.errstate(invalid="ignore"):  # infinity stays what it is
            rounded = whole + np.where(np.abs(steps - whole) >= 0.5, np.sign(steps), 0) + zero
        limits = np.iinfo(self.dtype)
        clamped: Array = np.clip(np.where(np.isnan(rounded), zero, rounded), limits.min, limits.max)
        return clamped.astype(self.dtype)

    def _parameters(self, numbers: Array) -> Tuple[Array, Array]:
        shape = [1] * numbers.ndim
        if len(self.scales) > 1:
            shape[self.axis] = len(self.scales)
        scale = np.asarray(self.scales, dtype=np.float32).reshape(shape if len(self.scales) > 1 else ())
        return scale, np.asarray(self.zero_points, dtype=np.float32).reshape(scale.shape)


def describe(function: Callable[[c_void_p, int, Any], None], handle: c_void_p, index: int) -> TensorInfo:
    """What octet_model_input, _output or _tensor tells of tensor `index`."""
    t = s.Tensor()
    function(handle, index, byref(t))
    n = t.n_scales
    return TensorInfo(
        index=t.index,
        name=t.name.decode("utf-8", "replace"),
        dtype=np.dtype(t.type.decode()),
        shape=tuple(t.dims[: t.rank]),
        shape_signature=tuple(t.dims_signature[: t.rank]),
        scales=tuple(t.scales[:n]) if n else (),
        zero_points=tuple(t.zero_points[:n]) if n else (),
        axis=t.axis,
        is_constant=t.is_constant,
        is_variable=t.is_variable,
        n_bytes=t.size_bytes,
    )
