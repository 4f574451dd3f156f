"""Data as people have them: arrays, tuples, dictionaries, generators of batches, paths.

What is given becomes one of three: Files, which the library opens; one Batch; or batches one after the other. By the
number of the model's inputs it is known whether a pair is two inputs, or samples and their labels.
"""

import math
import operator
import os
from dataclasses import dataclass
from typing import Any, Iterable, Iterator, List, Mapping, Optional, Sequence, Tuple, Union

import numpy as np

from ._arrays import Array, as_array, is_array, to_numpy
from ._errors import DataError, UsageError


@dataclass(frozen=True)
class Scaling:
    """How stored numbers become what the model takes: `x * scale + offset`, or `(x - mean) / std`, or a preset, or columns.

    mean and std: one number, or three for the channels of the last axis. preset: "unit", "mobilenet", "imagenet", ...
    columns: a scaler of scikit-learn that was fitted (StandardScaler, MinMaxScaler to 0..1, RobustScaler), a dictionary
    of lists ("mean" and "std", or "min" and "max", and "names"), or a path as --columns takes it: every column of the
    last axis, or of a table, is scaled by its own numbers, in float64.
    Without a Scaling, arrays are taken as they are, and files as the command takes them (bytes are divided by 255).

    >>> Scaling(scale=1 / 255)
    Scaling(scale=0.00392156862745098, offset=None, mean=None, std=None, preset=None, columns=None)
    """

    scale: Optional[float] = None
    offset: Optional[float] = None
    mean: Union[None, float, Sequence[float]] = None
    std: Union[None, float, Sequence[float]] = None
    preset: Optional[str] = None
    columns: Any = None


ScalingOption = Union[None, float, str, Mapping[str, Any], Scaling]
"""None; a factor; the name of a preset; or a Scaling, also as a dictionary."""


def scaling_of(option: ScalingOption) -> Optional[Scaling]:
    """Raises UsageError for anything else."""
    if option is None or isinstance(option, Scaling):
        return option
    if isinstance(option, str):
        return Scaling(preset=option)
    if isinstance(option, Mapping):
        unknown = sorted(set(option) - set(Scaling.__dataclass_fields__))
        if unknown:
            raise UsageError(f"scaling: there is no {unknown[0]!r}: give scale, offset, mean, std, preset or columns")
        return Scaling(**option)
    if isinstance(option, (int, float, np.integer, np.floating)) and not isinstance(option, bool):
        return Scaling(scale=float(option))
    raise UsageError(f"scaling is {option!r}: give a factor, the name of a preset or a Scaling")


@dataclass(frozen=True)
class Files:
    """Data in files, as --data, --images, --labels and --label-column of the command name them.

    >>> Files("flowers.csv", label_column="species").label_column
    'species'
    """

    path: Optional[str] = None
    images: Optional[str] = None
    labels: Optional[str] = None
    label_column: Optional[str] = None


@dataclass(frozen=True)
class Batch:
    """Samples along axis 0 of every array; names of the inputs, or None where they go by position."""

    inputs: List[Array]
    names: Optional[List[str]] = None
    labels: Optional[Array] = None

    @property
    def n_samples(self) -> int:
        return int(self.inputs[0].shape[0])

    @property
    def n_bytes(self) -> int:
        return sum(array.nbytes for array in self.arrays())

    def arrays(self) -> List[Array]:
        return self.inputs + ([] if self.labels is None else [self.labels])

    def kind(self) -> Any:
        """Equal for batches that can be joined."""
        return self.names, self.labels is None, [(array.dtype, array.shape[1:]) for array in self.arrays()]


Shape = Tuple[int, ...]


@dataclass(frozen=True)
class Inputs:
    """Of a model: the names of its inputs, and the shapes of a sample of each, without the batch."""

    names: List[str]
    shapes: List[Shape]


def _is_path(x: Any) -> bool:
    return isinstance(x, (str, os.PathLike))


def _is_single(dims: Shape, shape: Shape) -> bool:
    """Whether an array is one sample without a batch: it has as many elements as the model takes for one."""
    return 1 < math.prod(dims) == math.prod(shape) and dims[0] != 1


def _with_batch(array: Array, shape: Optional[Shape]) -> Array:
    """A single sample gets an axis in front."""
    return array[np.newaxis] if shape is not None and _is_single(array.shape, shape) else array


def _labels_of(y: Any, n_samples: int) -> Optional[Array]:
    if isinstance(y, Mapping) and len(y) == 1:
        (y,) = y.values()
    if isinstance(y, Mapping) or (isinstance(y, (list, tuple)) and len(y) > 1 and all(map(is_array, y))):
        raise DataError(f"labels for {len(y)} outputs: the first output is measured; give its labels alone")
    if y is None:
        return None
    if isinstance(y, (list, tuple)) and len(y) == 1 and is_array(y[0]):
        y = y[0]
    array = to_numpy(y, "labels")
    if n_samples == 1 and (array.ndim == 0 or (array.ndim == 1 and array.size > 1)):
        array = array[np.newaxis]
    return as_array(array, "labels")


def _inputs_of(x: Any, model: Inputs) -> Tuple[List[Array], Optional[List[str]]]:
    if isinstance(x, Mapping):
        if not x:
            raise DataError("a dictionary without arrays: give one for each input of the model")
        names = [str(name) for name in x]
        shapes = dict(zip(model.names, model.shapes))
        return [_with_batch(as_array(a, f"input '{n}'"), shapes.get(n)) for n, a in zip(names, x.values())], names
    several = isinstance(x, (list, tuple)) and len(x) > 0 and (len(model.names) > 1 or is_array(x[0]))
    arrays = list(x) if several else [x]
    if len(arrays) != len(model.names):
        raise DataError(
            f"{len(arrays)} arrays are given: the model has {len(model.names)} inputs ({', '.join(model.names)})"
            if len(model.names) > 1
            else f"{len(arrays)} arrays are given: the model has one input; give batches as a generator"
        )
    whats = [f"input '{name}'" for name in model.names]
    return [_with_batch(as_array(a, w), shape) for a, w, shape in zip(arrays, whats, model.shapes)], None


def _split_labels(data: Any, n_inputs: int) -> Tuple[Any, Any]:
    """What are samples, and what are labels, of one batch."""
    if not isinstance(data, (list, tuple)) or len(data) < 2:
        return (data[0] if isinstance(data, tuple) and len(data) == 1 else data), None
    if isinstance(data[0], (Mapping, list, tuple)) and (isinstance(data, tuple) or is_array(data[1])):
        return data[0], data[1]  # (inputs, labels[, weights])
    if n_inputs == 1 and isinstance(data, tuple) and len(data) <= 3:
        return data[0], data[1]
    if n_inputs == 1 and len(data) == 2 and is_array(data[0]):  # a list, as torch's DataLoader gives it
        return data[0], data[1]
    if n_inputs > 1 and len(data) == n_inputs + 1:
        return data[:-1], data[-1]
    return data, None


def batch_of(data: Any, model: Inputs, y: Any = None) -> Batch:
    """One batch: arrays, and labels where `y` or a pair gives them. Raises DataError for what does not fit."""
    if isinstance(data, Batch):
        return data
    if y is None:
        data, y = _split_labels(data, len(model.names))
    inputs, names = _inputs_of(data, model)
    return Batch(inputs, names, _labels_of(y, inputs[0].shape[0]))


def _files_of(data: Any, y: Any) -> Optional[Files]:
    if isinstance(data, (list, tuple)) and len(data) == 2 and all(map(_is_path, data)) and y is None:
        data, y = data
    if not _is_path(data):
        return None
    if y is None:
        return Files(path=os.fspath(data))
    if not _is_path(y):
        raise UsageError("samples in a file need labels in a file")
    return Files(images=os.fspath(data), labels=os.fspath(y))


def _is_stream(data: Any) -> bool:
    """Whether data are batches one after the other: anything to go through, or to index, that is neither an array nor a
    collection of arrays for the inputs."""
    has_items = hasattr(data, "__iter__") or (hasattr(data, "__getitem__") and hasattr(data, "__len__"))
    return has_items and not is_array(data) and not isinstance(data, (list, tuple, Mapping, bytes))


def _is_list_of_samples(data: Any, model: Inputs) -> bool:
    """Whether data are single samples in a list, as an engine hands out a partition; of a model with one input."""
    is_list = isinstance(data, list) and len(data) > 1 and len(model.shapes) == 1 and all(map(is_array, data))
    return is_list and all(_is_single(np.shape(array), model.shapes[0]) for array in data)


def _stream(data: Any, model: Inputs) -> Iterator[Batch]:
    items = data if hasattr(data, "__iter__") else (data[i] for i in range(len(data)))
    for item in items:
        yield batch_of(item, model)


def open_data(data: Any, model: Inputs, y: Any = None, limit: int = 0) -> Union[Files, Batch, Iterator[Batch]]:
    """What `data` are. A function is called, and gives them. limit: of batches, go through so many samples; 0: all.

    Raises UsageError for None, DataError for no numbers.
    """
    if callable(data) and not is_array(data) and not hasattr(data, "__iter__"):
        data = data()
    if data is None:
        raise UsageError("no data are given: arrays, a generator of batches or a path")
    if isinstance(data, (Batch, Files)):
        return data
    files = _files_of(data, y)
    if files is not None:
        return files
    if _is_stream(data):
        if y is not None:
            raise UsageError("batches bring their labels along: (x, y) each; no others can be given")
        batches = _stream(data, model)
        return first_samples(batches, limit) if limit > 0 else batches
    if _is_list_of_samples(data, model):
        data = np.stack([to_numpy(sample, "a sample").reshape(model.shapes[0]) for sample in data])
    return batch_of(data, model, y)


Shard = Union[None, str, Tuple[int, int]]
"""A part of the samples: "3/16" or (3, 16); None: all."""


def shard_of(shard: Shard, source: Any) -> Tuple[int, int]:
    """The number of the part, from 1, and how many there are; 0 of 0 for all. Raises UsageError for anything else, and
    for a part of batches."""
    if shard is None:
        return 0, 0
    numbers: Any = shard.split("/") if isinstance(shard, str) else shard
    try:
        part, n_parts = (int(n) if isinstance(n, str) else operator.index(n) for n in numbers)
    except (TypeError, ValueError):
        raise UsageError(f'shard is {shard!r}: give "3/16", or (3, 16), for the third of sixteen parts') from None
    if not 1 <= part <= n_parts < 1 << 32:
        raise UsageError(f"shard is {shard!r}: parts count from 1 to their number")
    if not isinstance(source, (Files, Batch)):
        raise UsageError(
            f"shard {part}/{n_parts}: batches cannot be cut: give a path or an array, or leave batches out"
        )
    return part, n_parts


def join(batches: List[Batch]) -> Batch:
    """One batch of all their samples. Raises DataError where they differ in kind, and for no batch."""
    if not batches:
        raise DataError("the data hold no batch")
    first = batches[0]
    if len(batches) == 1:
        return first
    for number, batch in enumerate(batches):
        if batch.kind() != first.kind():
            raise DataError(
                f"batch {number}: names, types and shapes are not those of the first batch: "
                f"{_describe(batch)}; first: {_describe(first)}"
            )
    inputs = [np.concatenate([b.inputs[i] for b in batches]) for i in range(len(first.inputs))]
    labels = None if first.labels is None else np.concatenate([b.labels for b in batches if b.labels is not None])
    return Batch(inputs, first.names, labels)


def _describe(batch: Batch) -> str:
    texts = [f"{array.dtype}{list(array.shape)}" for array in batch.inputs]
    return ", ".join(texts) + (" without labels" if batch.labels is None else " with labels")


def in_chunks(batches: Iterable[Batch], n_bytes: int) -> Iterator[Batch]:
    """The same samples in fewer, larger batches of about n_bytes. Raises DataError when there is none."""
    kept: List[Batch] = []
    size = 0
    is_empty = True
    for batch in batches:
        is_empty = False
        if kept and (batch.kind() != kept[0].kind() or size + batch.n_bytes > n_bytes):
            yield join(kept)
            kept, size = [], 0
        kept.append(batch)
        size += batch.n_bytes
    if is_empty:
        raise DataError("the data hold no batch")
    if kept:
        yield join(kept)


def first_samples(batches: Iterable[Batch], n: int) -> Iterator[Batch]:
    """The first n samples."""
    for batch in batches:
        if batch.n_samples > n:
            batch = Batch(
                [a[:n] for a in batch.inputs], batch.names, None if batch.labels is None else batch.labels[:n]
            )
        yield batch
        n -= batch.n_samples
        if n <= 0:
            return
