"""Where a quantized model loses accuracy, layer by layer against the float model."""

import json
import os
from ctypes import byref
from dataclasses import asdict, dataclass
from typing import Any, List, Optional, Union

from . import _structs as s
from ._both import handle_for, run_over_both
from ._c import lib
from ._call import Handle, call_for_text, read
from ._data import ScalingOption
from ._model import as_model
from ._progress import ProgressOption
from ._rendering import axes_for, frame_of, table_html, text_html


@dataclass(frozen=True)
class LayerRow:
    """Figures of one value. f: a number of the float model; q: what the quantized model has for it; e = q - f.

    dB: 10 log10(energy of f / energy of the error), infinite without error. added: what this layer adds to the error;
    inherited: what it reads; NaN where that is not known. Shares are 0..1. See octet_layer_figures in octet/layers.h.
    """

    layer: str
    op_name: str
    tensor_name: str
    float_name: str
    tensor_index: int
    type: str
    n_elements: int
    has_scale: bool
    scale: float
    zero_point: int
    sqnr_db: float
    cosine: float
    has_added: bool
    added_db: float
    inherited_db: float
    mean_error: float
    stddev: float
    mean_squared_error: float
    max_abs_error: float
    added_mean_error: float
    added_stddev: float
    added_mean_squared_error: float
    added_max_abs_error: float
    low_share: float
    high_share: float
    unused_share: float
    cut_share: float
    range_min: float
    range_max: float
    float_min: float
    float_max: float
    cause: str
    why: str


@dataclass(frozen=True)
class FlippedSample:
    """A sample to which the two models give different classes. label: -1 where it is not known."""

    sample: int
    before: int
    after: int
    label: int


def _plain(value: Any) -> Any:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


class Layers:
    """Comes from `compare_layers`. Prints as one screen: the layers that add most, and why.

    >>> import numpy, octet_tflite
    >>> x = numpy.random.rand(20, 8, 8, 1)
    >>> model = octet_tflite.load_model(small_model)
    >>> layers = octet_tflite.compare_layers(model, octet_tflite.quantize(model, x), x)
    >>> layers.rows[0].op_name, layers.first_collapse is None
    ('INPUT', True)
    """

    def __init__(self, handle: Handle) -> None:
        self.handle = handle
        self.rows = [self._row(index) for index in range(read(lib.octet_layers_n_rows, handle))]
        """In the order in which the quantized model computes them, inputs first."""
        self.flipped = [self._flip(index) for index in range(read(lib.octet_layers_n_flipped, handle))]
        """In the order of the samples."""

    def _row(self, index: int) -> LayerRow:
        figures = s.LayerFigures()
        read(lib.octet_layers_row, self.handle, index, byref(figures))
        return LayerRow(**{name: _plain(getattr(figures, name)) for name in LayerRow.__dataclass_fields__})

    def _flip(self, index: int) -> FlippedSample:
        flip = s.FlippedSample()
        read(lib.octet_layers_flipped, self.handle, index, byref(flip))
        return FlippedSample(flip.sample, flip.before, flip.after, flip.label)

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        return self.render()

    def worst(self, n: int = 5) -> List[LayerRow]:
        """The n rows that add the most error, the worst first."""
        n = min(max(n, 0), len(self.rows))
        return [self.rows[read(lib.octet_layers_worst, self.handle, rank)] for rank in range(n)]

    @property
    def first_collapse(self) -> Optional[LayerRow]:
        """The first row that collapses (below 10 dB, or below 20 dB and 10 dB below what it reads); None if none does."""
        index = read(lib.octet_layers_first_collapse, self.handle)
        return self.rows[index] if index < len(self.rows) else None

    def render(self, with_all: bool = False) -> str:
        """Text of one screen; with_all also every row and sample."""
        return call_for_text(lib.octet_layers_render, self.handle, bool(with_all), s.AS_TEXT)

    def to_dict(self) -> Any:
        """The report as `octet compare --json` prints it."""
        return json.loads(call_for_text(lib.octet_layers_render, self.handle, True, s.AS_JSON))

    def to_csv(self, path: "Union[None, str, os.PathLike[str]]" = None) -> str:
        """A row for each layer, the columns of TensorFlow's QuantizationDebugger first; also written to `path`."""
        text = call_for_text(lib.octet_layers_render, self.handle, True, s.AS_CSV)
        if path is not None:
            with open(path, "w", encoding="utf-8", newline="") as file:
                file.write(text)
        return text

    def _repr_html_(self) -> str:
        columns = ["layer", "op_name", "type", "sqnr_db", "added_db", "scale", "cut_share", "cause", "why"]
        return text_html(self.render().partition("\n\n")[0]) + table_html([asdict(row) for row in self.rows], columns)

    def to_frame(self) -> Any:
        """A pandas.DataFrame with a row for each of `rows`. Raises MissingPackageError without pandas."""
        return frame_of([asdict(row) for row in self.rows], list(LayerRow.__dataclass_fields__))

    def plot(self, axes: Any = None) -> Any:
        """Draws signal to noise by layer; gives the matplotlib axes. Raises MissingPackageError without matplotlib."""
        axes = axes_for(axes, 7.0, 0.6 + 0.25 * len(self.rows))
        places = range(len(self.rows))
        axes.barh(places, [min(row.sqnr_db, 100.0) for row in self.rows], color="lightsteelblue")
        axes.plot([min(row.added_db, 100.0) for row in self.rows], places, "k|", label="what the layer adds")
        axes.set_yticks(list(places), [f"{row.layer} {row.op_name}" for row in self.rows], fontsize=8)
        axes.invert_yaxis()
        axes.set_xlabel("signal to noise, dB")
        axes.legend(fontsize=8)
        return axes


def compare_layers(
    original: Any,
    quantized: Any,
    x: Any,
    y: Any = None,
    *,
    scaling: ScalingOption = None,
    split: Optional[str] = None,
    limit: int = 0,
    n_threads: int = 0,
    progress: ProgressOption = None,
) -> Layers:
    """Compares every value of the quantized model with the one of the float model that it stands for.

    original, quantized: Models, or what `load_model` takes. x, y: as in `Evaluation.update`; batches are gathered in
    memory. Raises UsageError (the original is quantized, the
    other one is not), DataError (they are not of one network), and what `compare` raises.
    """
    models = as_model(original), as_model(quantized)
    handle = handle_for(lib.octet_layers_destroy, "Layers", models)
    how = {"split": split, "n_threads": n_threads}
    compare = lib.octet_compare_layers
    run_over_both(handle, compare, models, x, y, scaling=scaling, limit=limit, progress=progress, **how)
    return Layers(handle)
