"""What a representative_dataset yields, as one array for each input of the model."""

from typing import Any, Dict, Iterable, Iterator, List, Mapping, Sequence

import numpy as np

from .._errors import DataError, UsageError
from .spec import RepresentativeDataset


def _open(dataset: Any, what: str) -> Iterable[Any]:
    """The batches of a RepresentativeDataset, of a function that gives them, or of anything to go through."""
    source = dataset.input_gen if isinstance(dataset, RepresentativeDataset) else dataset
    source = getattr(source, "input_gen", source)  # TensorFlow's RepresentativeDataset
    given = source() if callable(source) else source
    if isinstance(given, (str, bytes)) or not isinstance(given, Iterable):
        raise UsageError(f"{what} gives {type(given).__name__}: let it yield a list of arrays for each batch")
    return given


def _arrays_of(batch: Any, inputs: Sequence[Any], where: str) -> List[Any]:
    """The arrays of one batch, in the order of the inputs."""
    if isinstance(batch, tuple) and len(batch) == 2 and isinstance(batch[0], str) and isinstance(batch[1], Mapping):
        batch = batch[1]  # a signature and its inputs
    if isinstance(batch, Mapping):
        missing = [one.name for one in inputs if one.name not in batch]
        unknown = [name for name in batch if name not in {one.name for one in inputs}]
        if missing or unknown:
            names = ", ".join(one.name for one in inputs)
            what = f"has no {missing[0]}" if missing else f"has {unknown[0]}"
            raise DataError(f"{where} {what}: the inputs are {names}")
        return [batch[one.name] for one in inputs]
    arrays = list(batch) if isinstance(batch, (list, tuple)) else [batch]
    if len(arrays) != len(inputs):
        names = ", ".join(one.name for one in inputs)
        raise DataError(f"{where} has {len(arrays)} arrays, the model has {len(inputs)} inputs ({names})")
    return arrays


def _as_input(given: Any, one: Any, where: str) -> "np.ndarray[Any, Any]":
    """An array in the type that an input takes, with the batch in front."""
    where = f"{where}, input {one.name}"
    try:
        array = np.asarray(given)
    except (ValueError, TypeError) as error:
        raise DataError(f"{where}: is no array: {error}") from error
    if array.dtype.kind != one.dtype.kind and not (array.dtype.kind in "iu" and one.dtype.kind in "iu"):
        raise DataError(
            f"{where}: {array.dtype.name} is given, the model takes {one.dtype.name}: convert it as in training"
        )
    if array.ndim == 0 or array.shape[0] == 0:
        raise DataError(f"{where}: the shape is {list(array.shape)}, the first dimension counts samples")
    return array.astype(one.dtype, order="C", copy=False)


def batches_of(dataset: Any, inputs: Sequence[Any], what: str) -> "Iterator[List[np.ndarray[Any, Any]]]":
    """Each batch as arrays in the order of the inputs, samples along the first dimension.

    inputs: of the model, each with name and dtype. what: stands for the dataset in messages. Raises DataError for
    batches that do not fit, and whatever the function of the caller raises.
    """
    for number, batch in enumerate(_open(dataset, what)):
        where = f"{what}: batch {number}"
        arrays = [_as_input(given, one, where) for given, one in zip(_arrays_of(batch, inputs, where), inputs)]
        counts = sorted({array.shape[0] for array in arrays})
        if len(counts) > 1:
            raise DataError(f"{where} has {' and '.join(map(str, counts))} samples for different inputs")
        yield arrays


def gather(dataset: Any, inputs: Sequence[Any], what: str) -> "Dict[str, np.ndarray[Any, Any]]":
    """All batches, in order, joined along the first dimension; by name of the input. Raises as batches_of, and
    DataError where samples have different shapes or there is none."""
    parts: "List[List[np.ndarray[Any, Any]]]" = [[] for _ in inputs]
    for number, arrays in enumerate(batches_of(dataset, inputs, what)):
        for kept, array in zip(parts, arrays):
            if kept and kept[0].shape[1:] != array.shape[1:]:
                raise DataError(
                    f"{what}: batch {number} has samples of the shape {list(array.shape[1:])}, those before have "
                    f"{list(kept[0].shape[1:])}"
                )
            kept.append(array)
    if not parts[0]:
        raise DataError(f"{what} yields nothing: samples are needed")
    return {one.name: np.concatenate(kept) for one, kept in zip(inputs, parts)}
