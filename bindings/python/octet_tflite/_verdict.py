"""The verdict: what quantization cost."""

import json
import os
from typing import Any, List, Optional, Union

from . import _structs as s
from ._both import handle_for, run_over_both
from ._c import lib
from ._call import Handle, call_for_text, path_bytes, read
from ._data import ScalingOption
from ._model import as_model
from ._progress import ProgressOption
from ._rendering import axes_for, frame_of, table_html


class Verdict:
    """Two models over the same samples; comes from `compare` and `quantize_for`. Prints as the command's report.

    >>> import numpy, octet_tflite
    >>> x = numpy.random.rand(20, 8, 8, 1)
    >>> model = octet_tflite.load_model(small_model)
    >>> verdict = octet_tflite.compare(model, octet_tflite.quantize(model, x), x)
    >>> verdict.fidelity > 20
    True
    """

    def __init__(self, handle: Handle) -> None:
        self.handle = handle

    def render(self, path: "Union[None, str, os.PathLike[str]]" = None) -> str:
        """The report. path: of the quantized file, which it names."""
        return self._render(path, s.AS_TEXT)

    def _render(self, path: "Union[None, str, os.PathLike[str]]", form: int) -> str:
        name = None if path is None else path_bytes(path, "path")
        return call_for_text(lib.octet_verdict_render, self.handle, name, form)

    def to_dict(self) -> Any:
        """The report as `octet quantize --json` prints it: accuracies, losses, agreement, distances, sizes, ranges."""
        return json.loads(self._render(None, s.AS_JSON))

    def __repr__(self) -> str:
        return self.render()

    @property
    def has_labels(self) -> bool:
        return bool(read(lib.octet_verdict_has_labels, self.handle))

    @property
    def drop(self) -> float:
        """Accuracy lost, in percentage points; without labels the percentage of samples on which the models disagree; NaN
        for outputs that are numbers, not classes."""
        return float(read(lib.octet_verdict_drop, self.handle))

    @property
    def fidelity(self) -> float:
        """Signal to noise of the outputs in decibels, where it is lowest; infinite where nothing differs."""
        return float(read(lib.octet_verdict_fidelity, self.handle))

    @property
    def warnings(self) -> List[str]:
        """What looks wrong, a sentence each."""
        return [warning["message"] for warning in self.to_dict()["warnings"]]

    def _rows(self) -> "List[dict[str, Any]]":
        figures = self.to_dict()
        return [{"model": name, **figures[name]} for name in ("original", "quantized")]

    def _repr_html_(self) -> str:
        figures = self.to_dict()
        facts = [
            {"": name.replace("_", " "), "value": value}
            for name, value in figures.items()
            if isinstance(value, (int, float)) and not isinstance(value, bool)
        ]
        warnings = [{"warnings": sentence} for sentence in self.warnings]
        return table_html(self._rows()) + table_html(facts) + (table_html(warnings) if warnings else "")

    def to_frame(self) -> Any:
        """A pandas.DataFrame with a row for each model. Raises MissingPackageError without pandas."""
        return frame_of(self._rows()).set_index("model")

    def plot(self, axes: Any = None) -> Any:
        """Draws accuracy, size and time of the quantized model against the original; gives the matplotlib axes."""
        before, after = self._rows()
        names = [
            n for n in ("accuracy", "size_bytes", "time_per_sample_us") if before.get(n) and after.get(n) is not None
        ]
        axes = axes_for(axes, 5.0, 2.5)
        axes.barh([n.replace("_", " ") for n in names], [100 * after[n] / before[n] for n in names])
        axes.axvline(100, color="black", linewidth=0.8)
        axes.set_xlabel("quantized, in percent of the original")
        return axes


def compare(
    original: Any,
    quantized: Any,
    x: Any,
    y: Any = None,
    *,
    scaling: ScalingOption = None,
    split: Optional[str] = None,
    limit: int = 0,
    numerics: Optional[str] = None,
    n_threads: int = 0,
    progress: ProgressOption = None,
) -> Verdict:
    """Runs both models over the same samples. x, y: as in `Evaluation.update`; batches are gathered in memory.

    original, quantized: Models, or what `load_model` takes. Raises UsageError, DataError (other inputs or outputs, labels that do not fit), UnsupportedError.
    """
    models = as_model(original), as_model(quantized)
    handle = handle_for(lib.octet_verdict_destroy, "Verdict", models)
    how = {"split": split, "numerics": numerics, "n_threads": n_threads}
    seen = models[1].seen
    run_over_both(handle, lib.octet_compare, models, x, y, seen, scaling=scaling, limit=limit, progress=progress, **how)
    return Verdict(handle)
