"""Data as the library has them: an octet_data over arrays, files or batches."""

import json
import os
from ctypes import c_char_p, c_int64, c_void_p, cast
from typing import Any, Dict, Iterator, List, Mapping, Optional, Sequence, Union

import numpy as np

from . import _structs as s
from ._arrays import Array
from ._c import lib
from ._call import Context, Handle, Out, call, encode, path_bytes
from ._data import Batch, Files, Scaling, join
from ._errors import UsageError

CHUNK_BYTES = 64 << 20
"""About so much of a stream is in memory at a time."""


def _numbers(value: Any, what: str) -> List[float]:
    numbers = list(value) if isinstance(value, (Sequence, np.ndarray)) else [value]
    if not all(isinstance(n, (int, float, np.number)) for n in numbers) or len(numbers) not in (1, 3):
        raise UsageError(f"scaling: {what} is {value!r}: give one number, or three for the channels")
    return [float(n) for n in numbers]


def _fields_of_scaler(scaler: Any) -> Dict[str, Any]:
    """The numbers of a fitted scaler, as scikit-learn names them."""
    if getattr(scaler, "data_min_", None) is not None:
        if tuple(scaler.feature_range) != (0, 1) or getattr(scaler, "clip", False):
            raise UsageError(
                "scaling: columns: a MinMaxScaler that clips, or to another range than 0..1: give mean and std"
            )
        fields = {"min": scaler.data_min_, "max": scaler.data_max_}
    elif hasattr(scaler, "scale_") and (hasattr(scaler, "mean_") or hasattr(scaler, "center_")):
        centre = getattr(scaler, "mean_", getattr(scaler, "center_", None))
        if not getattr(scaler, "with_mean", True):
            centre = None
        n = scaler.n_features_in_
        fields = {
            "mean": np.zeros(n) if centre is None else centre,
            "std": np.ones(n) if scaler.scale_ is None else scaler.scale_,
        }
    else:
        raise UsageError(
            f"scaling: columns is {type(scaler).__name__}: give a fitted StandardScaler, MinMaxScaler or RobustScaler, "
            "a dictionary or a path"
        )
    names = getattr(scaler, "feature_names_in_", None)
    return fields if names is None else {**fields, "names": names}


def _set_columns(options: s.OpenOptions, columns: Any) -> None:
    if columns is None:
        return
    if isinstance(columns, (str, os.PathLike)):
        options.columns = path_bytes(os.fspath(columns), "columns")
        return
    fields = columns if isinstance(columns, Mapping) else _fields_of_scaler(columns)
    try:
        text = json.dumps({str(name): np.asarray(values).tolist() for name, values in fields.items()}).encode()
    except (TypeError, ValueError) as error:
        raise UsageError(f"scaling: columns: {error}") from None
    options.columns = b"columns"
    options.columns_bytes = cast(c_char_p(text), c_void_p)
    options.n_columns_bytes = len(text)
    options.kept = text  # what columns_bytes points to


def _set_scaling(options: s.OpenOptions, scaling: Scaling) -> None:
    for what in ("scale", "offset"):
        value = getattr(scaling, what)
        if value is not None:
            (number,) = _numbers(value, what)[:1]
            setattr(options, what, number)
            setattr(options, "has_" + what, True)
    for what in ("mean", "std"):
        value = getattr(scaling, what)
        if value is not None:
            numbers = _numbers(value, what)
            channels = getattr(options, what + "s")
            channels.n = len(numbers)
            channels.values[: len(numbers)] = numbers
    options.preset = encode(scaling.preset, "scaling: preset")
    _set_columns(options, scaling.columns)


def open_options(scaling: Optional[Scaling]) -> s.OpenOptions:
    """Options that say no more than how numbers are scaled."""
    options = s.OpenOptions()
    if scaling is not None:
        _set_scaling(options, scaling)
    return options


def array_view(array: Array, name: Optional[str]) -> s.ArrayView:
    """A view of an array of numbers in C order, which must outlive it."""
    dims = (c_int64 * array.ndim)(*array.shape)
    return s.ArrayView(
        name=encode(name, "the name of an input"),
        type=array.dtype.name.encode(),
        rank=array.ndim,
        dims=dims,
        data=array.ctypes.data,
    )


def _is_raw(batch: Batch) -> bool:
    return any(array.dtype == np.uint8 for array in batch.inputs)


def data_of_batch(context: Context, batch: Batch, scaling: Optional[Scaling], keep_bytes: bool = False) -> Handle:
    """An octet_data over the arrays. Numbers are taken as they are, bytes too, where no scaling is given.

    keep_bytes: say nothing of bytes either, so that an array of the input's own type is taken as stored.
    """
    n = len(batch.inputs)
    names: Sequence[Optional[str]] = batch.names if batch.names is not None else [None] * n
    views = (s.ArrayView * n)(*[array_view(array, name) for array, name in zip(batch.inputs, names)])
    labels = array_view(batch.labels, None) if batch.labels is not None else None
    options = open_options(
        scaling if scaling is not None or keep_bytes or not _is_raw(batch) else Scaling(preset="raw")
    )
    data = Handle(context, lib.octet_data_close, "data", batch)
    call(context, lib.octet_data_from_arrays, views, n, labels, options, Out(data))
    return data


def data_of_files(context: Context, files: Files, scaling: Optional[Scaling]) -> Handle:
    """An octet_data that reads files as it needs them."""
    options = open_options(scaling)
    for what in ("path", "images", "labels"):
        path = getattr(files, what)
        setattr(options, what, None if path is None else path_bytes(path, what))
    options.label_column = encode(files.label_column, "label_column")
    data = Handle(context, lib.octet_data_close, "data")
    call(context, lib.octet_data_open, options, Out(data))
    return data


def data_of(context: Context, source: Union[Files, Batch, Iterator[Batch]], scaling: Optional[Scaling]) -> Handle:
    """Of anything that open_data gives; batches are gathered in memory."""
    if isinstance(source, Files):
        return data_of_files(context, source, scaling)
    return data_of_batch(context, source if isinstance(source, Batch) else join(list(source)), scaling)
