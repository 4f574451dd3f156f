"""Quantization of a float model."""

import itertools
from ctypes import byref, c_bool, c_char_p
from typing import Any, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Tuple, Union

from . import _structs as s
from ._c import lib
from ._call import Context, Handle, Out, call, encode, real, whole
from ._calibration import Calibration, info_of
from ._data import Batch, Files, ScalingOption, first_samples, join, open_data, scaling_of
from ._errors import UsageError
from ._model import Model, as_model, run_options
from ._progress import Progress, ProgressOption
from ._samples import data_of
from ._verdict import Verdict

GATHER_BYTES = 256 << 20
"""Batches are gathered in memory up to this size, and run over one after the other where there are more."""

Patterns = Union[str, Sequence[str]]


def _patterns(names: Patterns, what: str) -> Any:
    """A list that ends with NULL; None for no names."""
    given = [names] if isinstance(names, str) else list(names)
    texts = [encode(name, what) for name in given]
    return (c_char_p * (len(texts) + 1))(*texts, None) if texts else None


_TEXTS = ("mode", "input_type", "output_type", "recover", "method", "target", "numerics")
_COUNTS = ("max_float_layers", "max_int16_layers", "seed", "n_threads")
_SWITCHES = ("strict_tensorflow", "per_tensor", "per_tensor_dense", "split_outputs", "allow_missing")
_PATTERNS = ("keep_float", "int16_layers")
_NAMES_IN_C = {"method": "calibration"}


def _conversion(given: Mapping[str, Any]) -> s.Conversion:
    """The options of `quantize` as the library takes them; what is not given is its default."""
    names = (*_TEXTS, *_COUNTS, *_SWITCHES, *_PATTERNS, "silence")
    unknown = sorted(set(given) - set(names))
    if unknown:
        raise UsageError(f"quantize: there is no option {unknown[0]!r}: use one of {', '.join(names)}")
    options = s.Conversion()
    for name, value in given.items():
        place = _NAMES_IN_C.get(name, name)
        if name in _TEXTS:
            setattr(options, place, encode(value, name))
        elif name in _COUNTS:
            setattr(options, place, whole(value, name))
        elif name in _SWITCHES:
            setattr(options, place, bool(value))
        elif name in _PATTERNS:
            setattr(options, place, _patterns(value, name))
    silence = given.get("silence", ())
    options.silence = encode(silence if isinstance(silence, str) else ",".join(silence), "silence") or None
    return options


_Source = Union[Files, Batch, Iterator[Batch]]


def _choose_samples(options: s.Conversion, source: _Source, n_samples: Union[None, int, str]) -> _Source:
    """How many samples are run: of arrays all, of files 100, unless it is said; batches end after as many."""
    if n_samples is not None and n_samples != "all" and whole(n_samples, "n_samples") == 0:
        raise UsageError("n_samples is 0: calibration needs samples")
    is_number = n_samples is not None and n_samples != "all"
    if not isinstance(source, (Files, Batch)):
        options.all_samples = True
        return first_samples(source, whole(n_samples, "n_samples")) if is_number else source
    options.all_samples = n_samples == "all" or (n_samples is None and isinstance(source, Batch))
    options.n_samples = whole(n_samples, "n_samples") if is_number else 0
    return source


def _gather(batches: Iterator[Batch], needs_all: bool) -> Tuple[List[Batch], Iterator[Batch]]:
    """Batches that are in memory now, and those that are to come."""
    kept: List[Batch] = []
    size = 0
    for batch in batches:
        kept.append(Batch(batch.inputs, batch.names))
        size += batch.n_bytes
        if size > GATHER_BYTES and not needs_all:
            break
    return kept, batches


def _finish(handle: Handle, model: Model, seen: Optional[s.Calibration]) -> Model:
    made = Model(handle, model.path, info_of(seen) if seen is not None else None)
    made.seen = seen
    return made


def _quantize_with(model: Model, calibration: Calibration, options: s.Conversion, progress: Progress) -> Model:
    context = Context()
    handle = Handle(context, lib.octet_model_destroy, "model", model.handle)
    arguments = (model.handle, calibration.handle, options, Out(handle))
    call(context, lib.octet_model_quantize_with, *arguments, progress=progress)
    seen = s.Calibration()
    calibration.describe(seen)
    return _finish(handle, model, seen)


_NO_OPTIONS = ("model", "calibration", "n_samples", "scaling", "progress")


def quantize(
    model: Any,
    calibration: Any = None,
    *,
    mode: str = "int8",
    input_type: Optional[str] = None,
    output_type: Optional[str] = None,
    keep_float: Patterns = (),
    int16_layers: Patterns = (),
    max_float_layers: int = 0,
    max_int16_layers: int = 0,
    recover: str = "none",
    method: str = "minmax",
    target: Optional[str] = None,
    strict_tensorflow: bool = False,
    per_tensor: bool = False,
    per_tensor_dense: bool = False,
    split_outputs: bool = False,
    silence: Patterns = (),
    numerics: Optional[str] = None,
    n_samples: Union[None, int, str] = None,
    seed: int = 0,
    allow_missing: bool = False,
    scaling: ScalingOption = None,
    n_threads: int = 0,
    progress: ProgressOption = None,
) -> Model:
    """Makes a quantized model.

    model: a float Model, or what `load_model` takes. calibration: samples as in `Model.predict`, in the shapes and the
    scaling that the model was trained with, or a Calibration; None for the modes "dynamic", "float16" and "float32", and
    for models that carry trained ranges.

    n_samples: of arrays and batches all, of a path 100, are run unless a number or "all" is given; arrays are drawn from
    with `seed`, of batches it takes the first. scaling: see `Scaling`. allow_missing: take a Calibration that lacks some
    of its shards.

    - mode: "int8", "int16x8", "dynamic", "float16", "float32"
    - input_type, output_type: "int8", "uint8" or "float32"; in mode int16x8 "float32" or "int16"
    - keep_float, int16_layers: patterns of the names of layers or operators that stay in float, or compute with int16
      activations; max_float_layers, max_int16_layers: choose so many more
    - recover: "none", "fast" or "full": get lost accuracy back
    - method: how ranges are chosen: "minmax", "moving-average", "percentile=99.9", "entropy", "mse", "auto"
    - target: a name of `target_names()`; strict_tensorflow: write what TensorFlow's converter writes
    - per_tensor, per_tensor_dense, split_outputs, silence, seed, numerics, n_threads: as in `octet quantize --help`

    Raises UsageError, DataError (shapes that do not fit, NaN), UnsupportedError (names layer, operator, reason, remedy),
    ModelError (NaN in the weights), and what a generator raises. Ctrl-C ends it within 0.2 s.

    >>> import numpy, octet_tflite
    >>> quantized = octet_tflite.quantize(small_model, numpy.random.rand(50, 8, 8, 1), input_type="uint8")
    >>> quantized.inputs[0].dtype
    dtype('uint8')
    >>> quantized.calibration_info.n_samples
    50
    """
    given = locals()
    chosen = _conversion({name: value for name, value in given.items() if name not in _NO_OPTIONS})
    source_model = as_model(model)
    shown = Progress(progress)
    chosen.progress = shown.callback
    try:
        if isinstance(calibration, Calibration):
            return _quantize_with(source_model, calibration, chosen, shown)
        source: Union[None, Files, Batch, Calibration] = None
        if calibration is not None:
            samples = _choose_samples(chosen, open_data(calibration, source_model.sample_inputs()), n_samples)
            source = _without_labels(source_model, samples, chosen, scaling, progress)
        if isinstance(source, Calibration):
            return _quantize_with(source_model, source, chosen, shown)
        context, seen = Context(), s.Calibration()
        data = None if source is None else data_of(context, source, scaling_of(scaling))
        handle = Handle(context, lib.octet_model_destroy, "model", source_model.handle)
        arguments = (source_model.handle, data, chosen, Out(handle), seen)
        call(context, lib.octet_model_quantize, *arguments, progress=shown)
        return _finish(handle, source_model, seen if data is not None else None)
    finally:
        shown.close()


def _without_labels(
    model: Model, source: _Source, options: s.Conversion, scaling: ScalingOption, progress: ProgressOption
) -> Union[Files, Batch, Calibration]:
    """What is run over: a path, arrays, or statistics of batches that are too many for memory."""
    if isinstance(source, Files):
        return source
    if isinstance(source, Batch):
        return Batch(source.inputs, source.names)
    recovers = options.recover not in (None, b"none")
    needs_all = recovers or options.max_float_layers > 0 or options.max_int16_layers > 0
    kept, rest = _gather(source, needs_all)
    following = next(rest, None)
    if following is None:
        return join(kept)
    method = options.calibration.decode() if options.calibration else None
    calibration = Calibration(
        model,
        method=method,
        strict_tensorflow=options.strict_tensorflow,
        scaling=scaling,
        n_threads=options.n_threads,
        progress=progress,
    )
    return calibration.update(itertools.chain(kept, [following], rest))


class Recovered(NamedTuple):
    """What `quantize_for` gives."""

    model: Model
    verdict: Verdict
    is_met: bool


def quantize_for(
    model: Any,
    calibration: Any,
    test: Any = None,
    *,
    max_drop: Optional[float] = None,
    min_fidelity: Optional[float] = None,
    n_samples: Union[None, int, str] = None,
    scaling: ScalingOption = None,
    progress: ProgressOption = None,
    **options: Any,
) -> Recovered:
    """Quantizes with one kind of recovery after the other until the verdict meets an aim.

    max_drop: percentage points of accuracy that may be lost, or, without labels, percent of samples whose answer may
    change. min_fidelity: decibels of the outputs. test: samples, with labels as (x, y), that are compared on; None:
    those of the calibration. Other options: as of `quantize`. Raises what `quantize` and `compare` raise.

    >>> import numpy, octet_tflite
    >>> x = numpy.random.rand(20, 8, 8, 1)
    >>> octet_tflite.quantize_for(small_model, x, min_fidelity=10.0).is_met
    True
    """
    chosen = _conversion(options)
    source_model = as_model(model)
    shown = Progress(progress)
    chosen.progress = shown.callback
    scale = scaling_of(scaling)
    context, seen, is_met = Context(), s.Calibration(), c_bool()
    names = source_model.sample_inputs()
    source = _choose_samples(chosen, open_data(calibration, names), n_samples)
    data = data_of(context, source, scale)
    judged = None if test is None else data_of(context, open_data(test, names), scale)
    aim = s.Aim(
        has_max_drop=max_drop is not None,
        has_min_fidelity=min_fidelity is not None,
        max_drop=real(max_drop or 0.0, "max_drop"),
        min_fidelity=real(min_fidelity or 0.0, "min_fidelity"),
    )
    handle = Handle(context, lib.octet_model_destroy, "model", source_model.handle)
    verdict = Handle(context, lib.octet_verdict_destroy, "Verdict", source_model.handle, handle)
    run = run_options(shown, n_threads=chosen.n_threads)
    results = (Out(handle), seen, Out(verdict), byref(is_met))
    try:
        arguments = (source_model.handle, data, judged, chosen, run, aim, *results)
        call(context, lib.octet_model_quantize_for, *arguments, progress=shown)
    finally:
        shown.close()
    made = _finish(handle, source_model, seen)
    return Recovered(made, Verdict(verdict), is_met.value)
