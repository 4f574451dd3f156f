"""What the command writes besides models: pages, C, plain files, derivations."""

import io
import os
from ctypes import byref, c_bool, c_char_p, c_void_p, cast, pointer
from dataclasses import dataclass
from typing import Any, Iterator, Optional, Union

import numpy as np

from . import _structs as s
from ._c import lib
from ._call import Context, Handle, call, call_for_text, encode, path_bytes, real, whole
from ._data import Batch, Files, ScalingOption, join, open_data, scaling_of
from ._errors import FileError
from ._evaluation import Evaluation
from ._layers import Layers
from ._model import Model, as_model, run_options
from ._progress import Progress, ProgressOption
from ._rendering import Rendering, frame_html, render
from ._samples import data_of, open_options
from ._verdict import Verdict

Path = Union[str, "os.PathLike[str]"]


class Page(str):
    """A report as one HTML page that needs no network. A notebook shows it."""

    def save(self, path: Path) -> None:
        """Writes the page. Raises FileError."""
        name = os.fsdecode(path_bytes(path, "path"))
        try:
            with open(name, "w", encoding="utf-8", newline="") as file:
                file.write(self)
        except OSError as error:
            raise FileError(f"{name}: cannot be written: {error.strerror}") from error

    def __repr__(self) -> str:
        return f"<octet_tflite.Page of {len(self)} characters>"

    def _repr_html_(self) -> str:
        return frame_html(self)


def _pointer_of(handle: Optional[Handle]) -> Any:
    return None if handle is None else handle.pointer


def report(
    model: Any,
    x: Any,
    y: Any = None,
    *,
    evaluation: Optional[Evaluation] = None,
    quantized: Any = None,
    verdict: Optional[Verdict] = None,
    layers: Optional[Layers] = None,
    scaling: ScalingOption = None,
    split: Optional[str] = None,
    with_times: bool = False,
) -> Page:
    """A page about `model` and its evaluation; or about it, `quantized`, their verdict and, layer by layer, `layers`.

    x, y, scaling: what the evaluation or the verdict went over. with_times: measure each operator for a second; only
    then do two pages differ. Raises UsageError for parts that do not make a report.

    >>> import numpy, octet_tflite
    >>> x, y = numpy.random.rand(20, 8, 8, 1), numpy.zeros(20, int)
    >>> model = octet_tflite.load_model(small_model)
    >>> page = octet_tflite.report(model, x, y, evaluation=model.evaluate(x, y))
    >>> page.startswith("<!DOCTYPE html>")
    True
    """
    model = as_model(model)
    quantized = None if quantized is None else as_model(quantized)
    context = Context()
    data = data_of(context, open_data(x, model.sample_inputs(), y), scaling_of(scaling))
    parts = [
        model.handle,
        None if quantized is None else quantized.handle,
        None if evaluation is None else evaluation.handle,
        None if verdict is None else verdict.handle,
        None if layers is None else layers.handle,
        data,
    ]
    made_of, other, seen, judged, by_layer, samples = map(_pointer_of, parts)
    options = s.Report(
        model=made_of,
        quantized=other,
        evaluation=seen,
        verdict=judged,
        layers=by_layer,
        data=samples,
        run=pointer(run_options(split=split)),
        with_times=bool(with_times),
    )
    arguments = (lib.octet_report_render, options, s.AS_HTML)
    return Page(call_for_text(*arguments, context=context, progress=Progress(False), uses=parts))


@dataclass(frozen=True)
class Budget:
    """What the C of a model needs of a device, and whether it fits. report.data: flash, RAM, stack, multiplications."""

    fits: bool
    report: Rendering

    def __repr__(self) -> str:
        return str(self.report)

    def _repr_html_(self) -> str:
        return self.report._repr_html_()


def budget(
    model: Any, *, flash_bytes: int = 0, ram_bytes: int = 0, clock_mhz: float = 0.0, keeps_state: bool = False
) -> Budget:
    """What the C that `export_c` writes would need.

    flash_bytes, ram_bytes, clock_mhz: of the device; 0: not known. keeps_state: as in `export_c`. Raises
    UnsupportedError for what has no C form, and for a float model.
    """
    model = as_model(model)
    options = s.BudgetOptions(
        flash_bytes=whole(flash_bytes, "flash_bytes"),
        ram_bytes=whole(ram_bytes, "ram_bytes"),
        clock_mhz=real(clock_mhz, "clock_mhz"),
        keeps_state=bool(keeps_state),
    )
    fits = c_bool()

    def ask(form: int) -> str:
        return call_for_text(lib.octet_model_budget, model.handle, options, form, byref(fits), progress=Progress(False))

    report = render(ask)
    return Budget(fits.value, report)


def _optional_data(context: Context, model: Model, x: Any, y: Any, scaling: ScalingOption) -> Optional[Handle]:
    return None if x is None else data_of(context, open_data(x, model.sample_inputs(), y), scaling_of(scaling))


def export_c(
    model: Any,
    folder: Path,
    x: Any = None,
    *,
    name: Optional[str] = None,
    replace: bool = False,
    verify: bool = True,
    n_vectors: int = 0,
    n_samples: int = 0,
    keeps_state: bool = False,
    uses_cmsis_nn: bool = False,
    scaling: ScalingOption = None,
) -> str:
    """Writes a quantized model as C99 for a microcontroller into `folder`; gives what was written and what it needs.

    x: samples of the self-test; None: made-up ones. name: prefix of all symbols and files. verify: compile and run the
    C, and compare its bytes. keeps_state: the state of LSTM layers goes on from run to run. uses_cmsis_nn: call Arm's
    CMSIS-NN where it has the operator; that is not compiled here. Raises UnsupportedError (layer, operator, reason),
    UsageError (a folder that exists, unless replace), FileError.
    """
    model = as_model(model)
    options = s.ExportOptions(
        name=encode(name, "name"),
        replace=bool(replace),
        no_verify=not verify,
        n_vectors=whole(n_vectors, "n_vectors"),
        n_samples=whole(n_samples, "n_samples"),
        keeps_state=bool(keeps_state),
        uses_cmsis_nn=bool(uses_cmsis_nn),
    )
    context = Context()
    data = _optional_data(context, model, x, None, scaling)
    arguments = (lib.octet_model_export_c, model.handle, data, path_bytes(folder, "folder"), options, s.AS_TEXT)
    return Rendering(call_for_text(*arguments, context=context, progress=Progress(False)))


def export_c_array(model: Any, path: Path, *, name: Optional[str] = None) -> None:
    """Writes the .tflite as C source: an aligned const array, its length, its hash. name: a C identifier."""
    arguments = (as_model(model).handle, encode(name, "name"), path_bytes(path, "path"))
    call(Context(), lib.octet_model_export_c_array, *arguments, progress=Progress(False))


def export_artifacts(
    model: Any,
    folder: Path,
    x: Any = None,
    y: Any = None,
    *,
    layer_names: Optional[str] = None,
    planar: bool = False,
    replace: bool = False,
    n_vectors: int = 0,
    limit: int = 0,
    scaling: ScalingOption = None,
    progress: ProgressOption = None,
) -> str:
    """Writes weights, parameters, golden vectors and a guide for kernels written by hand; gives what was written.

    x, y: samples and labels; None: made-up ones. layer_names: "layer" or "kind". planar: maps as [C,H,W]. Raises
    UnsupportedError (a layer whose weights are not int8), UsageError (a folder that exists, unless replace), FileError.
    """
    model, shown = as_model(model), Progress(progress)
    options = s.ArtifactsOptions(
        names=encode(layer_names, "layer_names"),
        planar=bool(planar),
        replace=bool(replace),
        n_vectors=whole(n_vectors, "n_vectors"),
        limit=whole(limit, "limit"),
        progress=shown.callback,
    )
    context = Context()
    data = _optional_data(context, model, x, y, scaling)
    arguments = (lib.octet_model_export_artifacts, model.handle, data, path_bytes(folder, "folder"), options, s.AS_TEXT)
    try:
        return Rendering(call_for_text(*arguments, context=context, progress=shown))
    finally:
        shown.close()


def _as_file(source: Union[Files, Batch, Iterator[Batch]], model: Model) -> "tuple[str, Optional[bytes]]":
    """A path, and, of arrays, what would be in the file: .npy of one input, .npz of several."""
    if isinstance(source, Files):
        return source.path or source.images or "", None
    batch = source if isinstance(source, Batch) else join(list(source))
    file = io.BytesIO()
    if len(batch.inputs) == 1:
        np.save(file, batch.inputs[0])
        return "samples.npy", file.getvalue()
    names = batch.names if batch.names is not None else [tensor.name for tensor in model.inputs]
    np.savez(file, **dict(zip(names, batch.inputs)))  # type: ignore[arg-type]
    return "samples.npz", file.getvalue()


def explain(
    model: Any,
    value: str,
    x: Any,
    *,
    sample: int = 0,
    with_all: bool = False,
    original: Any = None,
    numerics: Optional[str] = None,
    scaling: ScalingOption = None,
) -> Rendering:
    """How one number of a quantized model came about, in integers, step by step.

    value: "NAME[1,3,0,7]", with NAME as `Model.inspect` gives it. x, sample: the samples, and which one. with_all: all
    terms of a sum. original: the float model. Raises UsageError (no such tensor or index), DataError.

    >>> import numpy, octet_tflite
    >>> x = numpy.random.rand(20, 8, 8, 1).astype("float32")
    >>> quantized = octet_tflite.quantize(small_model, x)
    >>> "softmax" in octet_tflite.explain(quantized, quantized.outputs[0].name + "[0]", x).lower()
    True
    """
    model = as_model(model)
    original = None if original is None else as_model(original)
    path, content = _as_file(open_data(x, model.sample_inputs()), model)
    data = open_options(scaling_of(scaling))
    data.path = path_bytes(path, "x")
    if content is not None:
        data.bytes = cast(c_char_p(content), c_void_p)
        data.n_bytes = len(content)
    options = s.ExplainOptions(
        data=pointer(data),
        sample=whole(sample, "sample"),
        value=encode(value, "value"),
        with_all=bool(with_all),
        original=None if original is None else original.handle.pointer,
    )
    uses = (content, None if original is None else original.handle)

    def ask(form: int) -> str:
        run = run_options(numerics=numerics)
        arguments = (lib.octet_model_explain, model.handle, options, run, form)
        return call_for_text(*arguments, progress=Progress(False), uses=uses)

    return render(ask)
