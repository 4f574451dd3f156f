"""Models: loading, describing, running, writing."""

import os
from ctypes import byref, c_bool, c_size_t, c_uint64, c_void_p
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Iterator, List, Optional, Sequence, Union

import numpy as np

from . import _structs as s
from ._arrays import Array, part_shape
from ._c import lib
from ._call import Context, Handle, Out, call, call_for_bytes, call_for_text, encode, path_bytes, read, real, whole
from ._closing import Closing
from ._data import Batch, Files, Inputs, ScalingOption, in_chunks, open_data, scaling_of
from ._errors import UsageError
from ._keras import is_live_model, saved
from ._progress import Progress, ProgressOption
from ._rendering import Rendering, render
from ._samples import CHUNK_BYTES, data_of_batch, data_of_files
from ._tensor import TensorInfo, describe

if TYPE_CHECKING:
    from ._evaluation import Evaluation
    from ._calibration import CalibrationInfo


@dataclass(frozen=True)
class Check:
    """Whether a target runs a model. report: each operator that it does not run, with layer, reason and remedy."""

    supported: bool
    report: Rendering

    def __bool__(self) -> bool:
        return self.supported

    def _repr_html_(self) -> str:
        return self.report._repr_html_()


def run_options(
    progress: Optional[Progress] = None,
    split: Optional[str] = None,
    limit: int = 0,
    numerics: Optional[str] = None,
    float_order: Optional[str] = None,
    n_threads: int = 0,
) -> s.RunOptions:
    """How models are run, as the library takes it."""
    options = s.RunOptions(
        split=encode(split, "split"),
        limit=whole(limit, "limit"),
        numerics=encode(numerics, "numerics"),
        float_order=encode(float_order, "float_order"),
        n_threads=whole(n_threads, "n_threads"),
    )
    if progress is not None:
        options.progress = progress.callback
    return options


class Model(Closing):
    """A model: a float one of Keras or a .tflite, or a quantized one. Nothing changes it.

    Comes from `load_model` and `quantize`. One thread at a time may use it; `close`, or `with`, gives its memory back at
    once, and nothing needs to be closed.

    >>> import octet_tflite
    >>> model = octet_tflite.load_model(small_model)
    >>> model
    <octet_tflite.Model small.h5: Keras 3, float, (1, 8, 8, 1) -> (1, 3)>
    """

    def __init__(self, handle: Handle, path: str, calibration_info: "Optional[CalibrationInfo]" = None) -> None:
        self._handle = handle
        self.path = path
        """The file that it was loaded from, or a name for it."""
        self.calibration_info = calibration_info
        """Of a model made by `quantize`: what calibration saw. None without samples."""
        self.seen: Optional[s.Calibration] = None
        """The same for the library."""
        pointer = handle.pointer
        self.inputs = tuple(
            describe(lib.octet_model_input, pointer, i) for i in range(lib.octet_model_n_inputs(pointer))
        )
        """Each with name, shape with the batch, dtype, scale and zero point."""
        self.outputs = tuple(
            describe(lib.octet_model_output, pointer, i) for i in range(lib.octet_model_n_outputs(pointer))
        )
        self.format: str = lib.octet_model_format(pointer).decode()
        """ "Keras 2", "Keras 3" or "TensorFlow Lite"."""
        self.is_quantized: bool = lib.octet_model_is_quantized(pointer)
        """Whether any tensor is int8, uint8 or int16 with a scale."""

    def __repr__(self) -> str:
        def shapes(tensors: Sequence[TensorInfo]) -> str:
            return ", ".join(str(tensor.shape) for tensor in tensors)

        kind = "quantized" if self.is_quantized else "float"
        name = os.path.basename(self.path)
        return f"<octet_tflite.Model {name}: {self.format}, {kind}, {shapes(self.inputs)} -> {shapes(self.outputs)}>"

    def _repr_html_(self) -> str:
        return self.summary()._repr_html_()

    @property
    def tensors(self) -> List[TensorInfo]:
        """All tensors of the graph that octet runs and writes."""
        handle = self.handle
        n = read(lib.octet_model_n_tensors, handle)
        return [describe(lib.octet_model_tensor, handle.pointer, i) for i in range(n)]

    def sample_inputs(self) -> Inputs:
        """Names of the inputs, and shapes of a sample without the batch."""
        batch = self.batch
        return Inputs([t.name for t in self.inputs], [part_shape(t.shape, batch) for t in self.inputs])

    @property
    def batch(self) -> int:
        """Samples that one run takes: 1, unless the file fixes axis 0 of all inputs and outputs to more."""
        first = self.inputs[0].shape[0] if self.inputs and self.inputs[0].shape else 1
        shared = all(t.shape and t.shape[0] == first for t in self.inputs)
        divides = all(t.shape and t.shape[0] % first == 0 for t in self.outputs) if first else False
        return first if shared and divides and first > 1 else 1

    def _rendering(self, function: Any) -> Rendering:
        return render(lambda form: call_for_text(function, self.handle, form, progress=Progress(False)))

    def summary(self) -> Rendering:
        """Keras's layer table with totals; of a .tflite the table of its operators. `.data` has it as dictionaries."""
        return self._rendering(lib.octet_model_summary)

    def inspect(self) -> Rendering:
        """Operators with versions, tensors with shape, type, scales and buffer size, and the memory plan."""
        return self._rendering(lib.octet_model_inspect)

    def check(self, target: Optional[str] = None) -> Check:
        """Whether a target ("litert", "tflm", "cmsis-nn", "edgetpu", "c", ...) runs all operators.

        Of a float model: those that quantizing it to int8 for the target would write. Raises UsageError for an unknown
        target, and what quantizing raises.

        >>> import octet_tflite
        >>> bool(octet_tflite.load_model(small_model).check("tflm"))
        True
        """
        supported = c_bool()
        name = encode(target, "target")

        def ask(form: int) -> str:
            return call_for_text(
                lib.octet_model_check, self.handle, name, form, byref(supported), progress=Progress(False)
            )

        report = render(ask)
        return Check(supported.value, report)

    def bench(self, seconds: float = 1.0, n_threads: int = 0, numerics: Optional[str] = None) -> Rendering:
        """Runs the model on made-up input for so long; the time of a run and of each operator, and the memory."""
        time_s = real(seconds, "seconds")
        if time_s <= 0:
            raise UsageError(f"seconds is {seconds!r}: give a number above 0")

        def ask(form: int) -> str:
            options = run_options(n_threads=n_threads, numerics=numerics)
            progress = Progress(False)
            return call_for_text(lib.octet_model_bench, self.handle, time_s, options, form, progress=progress)

        return Rendering(ask(s.AS_TEXT))

    def to_bytes(self) -> bytes:
        """The model as .tflite. The same model gives the same bytes.

        >>> import octet_tflite
        >>> octet_tflite.load_model(small_model).to_bytes()[4:8]
        b'TFL3'
        """
        return call_for_bytes(lib.octet_model_write_bytes, self.handle)

    def save(self, path: "Union[str, os.PathLike[str]]") -> None:
        """Writes the model as .tflite: complete or not at all. Raises FileError, and UsageError for the file that the
        model was loaded from."""
        name = path_bytes(path, "path")
        call(Context(), lib.octet_model_check_output, self.handle, name)
        call(Context(), lib.octet_model_write, self.handle, name, progress=Progress(False))

    @property
    def size_bytes(self) -> int:
        """Of the .tflite."""
        size = c_size_t()
        call(Context(), lib.octet_model_size, self.handle, byref(size))
        return size.value

    def predict(
        self,
        x: Any,
        *,
        raw: bool = False,
        scaling: ScalingOption = None,
        limit: int = 0,
        numerics: Optional[str] = None,
        n_threads: int = 0,
        progress: ProgressOption = None,
    ) -> Union[Array, List[Array]]:
        """What the model answers to every sample: float32 of shape (n, ...), a list of them for several outputs.

        x: samples along axis 0, as an array of any numeric dtype, a list or dictionary of arrays for several inputs, a
        generator of batches, or a path. Numbers are real numbers, which quantized inputs round; an array of a quantized
        input's own dtype is taken as stored. raw: outputs as stored (int8, ...). Raises DataError for what does not fit.

        >>> import numpy, octet_tflite
        >>> octet_tflite.load_model(small_model).predict(numpy.zeros((5, 8, 8, 1))).shape
        (5, 3)
        """
        source = open_data(x, self.sample_inputs(), limit=whole(limit, "limit"))
        scale = scaling_of(scaling)
        shown = Progress(progress)
        options = run_options(shown, limit=limit, numerics=numerics, n_threads=n_threads)
        parts = source if not isinstance(source, (Batch, Files)) else None
        chunks = iter([source]) if parts is None else in_chunks(parts, CHUNK_BYTES)
        try:
            results = [self._run(chunk, scale, raw, options, shown) for chunk in chunks]
        finally:
            shown.close()
        outputs = [np.concatenate(parts) if len(parts) > 1 else parts[0] for parts in zip(*results)]
        return outputs[0] if len(outputs) == 1 else outputs

    def _run(self, source: Any, scaling: Any, raw: bool, options: s.RunOptions, progress: Progress) -> List[Array]:
        context = Context()
        is_files = isinstance(source, Files)
        data = (
            data_of_files(context, source, scaling)
            if is_files
            else data_of_batch(context, source, scaling, keep_bytes=self._takes_bytes)
        )
        n = c_uint64()
        call(context, lib.octet_model_count_samples, self.handle, data, options, byref(n))
        outputs = []
        for tensor in self.outputs:
            shape = part_shape(tensor.shape, self.batch)
            outputs.append(np.empty((n.value, *shape), dtype=tensor.dtype if raw else np.float32))
        places = (c_void_p * len(outputs))(*[output.ctypes.data for output in outputs])
        call(
            context,
            lib.octet_model_run_data,
            self.handle,
            data,
            options,
            not raw,
            places,
            n.value,
            progress=progress,
            uses=outputs,
        )
        data.close()
        return outputs

    @property
    def _takes_bytes(self) -> bool:
        """Whether bytes are to stay what they are: where a quantized input has just this type."""
        return any(t.is_quantized and t.dtype == np.uint8 for t in self.inputs)

    def evaluate(self, x: Any, y: Any = None, **options: Any) -> "Evaluation":
        """Accuracy and loss over samples with labels; see `Evaluation`, whose options these are.

        >>> import numpy, octet_tflite
        >>> x, y = numpy.zeros((4, 8, 8, 1)), numpy.zeros(4, int)
        >>> octet_tflite.load_model(small_model).evaluate(x, y).n_samples
        4
        """
        from ._evaluation import Evaluation

        return Evaluation(self, **options).update(x, y)


def _read_file(file: Any) -> bytes:
    content = file.read()
    if not isinstance(content, bytes):
        raise UsageError("load_model: the file gives text: open it in the mode 'rb'")
    return content


def load_model(
    source: Any,
    *,
    architecture: Optional[str] = None,
    input_shape: Optional[str] = None,
    signature: Optional[str] = None,
    resize: bool = False,
) -> Model:
    """Reads a Keras 2 or 3 model or a .tflite. The content decides, not the name; code inside a file is never run.

    source: a path, the bytes of a file, a file object, or a live Keras model of any backend, which its own `save` writes
    to a temporary file. architecture: JSON of `model.to_json()`, for an .h5 of weights only. input_shape: "224,224,3"
    where the file leaves more than the batch open; several inputs "96,96,3;10". signature: of a .tflite that offers
    several. resize: input_shape, with the batch, replaces also what a .tflite fixes.

    Raises FileError, FormatError, UnsupportedError (names layer, class and what is supported), ModelError, LimitError.

    >>> import octet_tflite
    >>> octet_tflite.load_model(small_model).format
    'Keras 3'
    """
    options = s.LoadOptions(
        architecture=encode(architecture, "architecture"),
        input_shape=encode(input_shape, "input_shape"),
        signature=encode(signature, "signature"),
        resize=bool(resize),
    )
    context, progress = Context(), Progress(False)
    content: Optional[bytes] = None
    if isinstance(source, (bytes, bytearray, memoryview)):
        content, name = bytes(source), "model"
    elif isinstance(source, (str, os.PathLike)):
        name = os.fspath(source)
    elif is_live_model(source):
        content, name = saved(source)
    elif hasattr(source, "read"):
        content, name = _read_file(source), str(getattr(source, "name", "model"))
    else:
        raise UsageError(f"load_model: {type(source).__name__} is no path, no bytes, no file and no Keras model")
    handle = Handle(context, lib.octet_model_destroy, "model", content)
    if content is None:
        path = path_bytes(name, "load_model: the path")
        call(context, lib.octet_model_load, path, options, Out(handle), progress=progress)
    else:
        label = encode(name, "name")
        call(context, lib.octet_model_load_bytes, content, len(content), label, options, Out(handle), progress=progress)
    return Model(handle, os.fsdecode(name))


def as_model(model: Any) -> Model:
    """The model itself, or what `load_model` makes of a path, bytes or a live Keras model."""
    return model if isinstance(model, Model) else load_model(model)


def target_names() -> List[str]:
    """Names that `target` can take.

    >>> import octet_tflite
    >>> "litert" in octet_tflite.target_names()
    True
    """
    return list(choices("target"))


def choices(what: str) -> Iterator[str]:
    """The names that an option can take, the default first."""
    index = 0
    while True:
        name: Optional[bytes] = lib.octet_choice_name(encode(what, "choice"), index)
        if name is None:
            return
        yield name.decode()
        index += 1


def check(model: Any, target: Optional[str] = None) -> Check:
    """Whether a target runs all operators of a model, or of what `load_model` takes; see `Model.check`."""
    return as_model(model).check(target)
