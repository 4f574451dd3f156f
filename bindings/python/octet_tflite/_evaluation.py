"""Evaluation: how good a model's answers are, over as many batches as there are."""

import json
import math
from ctypes import byref, c_bool, c_size_t, c_void_p
from typing import Any, Iterator, Optional, Union

import numpy as np

from . import _structs as s
from ._arrays import Array
from ._c import lib
from ._call import Context, Handle, Out, call, call_for_bytes, call_for_text, read, whole
from ._data import Batch, Files, ScalingOption, Shard, in_chunks, open_data, scaling_of, shard_of
from ._errors import DataError, UsageError
from ._model import Model, as_model, run_options
from ._parts import Part
from ._progress import Progress, ProgressOption
from ._rendering import axes_for, frame_of, table_html, text_html
from ._samples import CHUNK_BYTES, data_of


class Evaluation(Part):
    """A model's first output held against labels: class numbers, one-hot rows, or a number for every output value.

    limit: so many samples at most. first_sample: the number of the first one; evaluations that will be merged need
    different ones. split: of a path, "test" or "train". scaling: see `Scaling`. It pickles without its model.

    >>> import numpy, octet_tflite
    >>> evaluation = octet_tflite.Evaluation(octet_tflite.load_model(small_model))
    >>> for _ in range(3):
    ...     _ = evaluation.update(numpy.random.rand(10, 8, 8, 1), numpy.zeros(10, int))
    >>> evaluation.n_samples, evaluation.confusion.shape
    (30, (3, 3))
    """

    _PREFIX = "octet_evaluation_"

    def __init__(
        self,
        model: Any,
        *,
        scaling: ScalingOption = None,
        split: Optional[str] = None,
        limit: int = 0,
        first_sample: int = 0,
        numerics: Optional[str] = None,
        float_order: Optional[str] = None,
        n_threads: int = 0,
        progress: ProgressOption = None,
    ) -> None:
        super().__init__(as_model(model))
        self._scaling = scaling_of(scaling)
        self._progress = progress
        self._limit = whole(limit, "limit")
        self._options = run_options(
            split=split, numerics=numerics, float_order=float_order, n_threads=n_threads, limit=limit
        )
        self._options.number_from = whole(first_sample, "first_sample")

    @property
    def handle(self) -> Handle:
        """Of the library's object. Raises UsageError before the first sample."""
        handle = self._open_handle()
        if not handle.pointer:
            raise UsageError("this evaluation has seen no sample yet")
        return handle

    @staticmethod
    def _join(context: Any, place: Any, other: Any) -> int:
        if not other:
            return s.OK  # without a sample
        if place._obj:
            return int(lib.octet_evaluation_merge(context, place, other))
        content, size = c_void_p(), c_size_t()
        status = int(lib.octet_evaluation_save_bytes(context, other, byref(content), byref(size)))
        if status == s.OK:
            status = int(lib.octet_evaluation_load_bytes(context, content, size, b"evaluation", place))
            lib.octet_bytes_free(context, content)
        return status

    @staticmethod
    def _take(context: Any, place: Any, part: Any) -> int:
        """Merges `part` into what is at `place`, or puts it there."""
        if place._obj:
            return int(lib.octet_evaluation_merge(context, place, part._obj))
        place._obj.value, part._obj.value = part._obj.value, None
        return s.OK

    def _is_equal(self, other: "Evaluation") -> bool:
        mine, others, equal = self._open_handle(), other._open_handle(), c_bool()
        if not mine.pointer or not others.pointer:
            return not mine.pointer and not others.pointer
        call(Context(), lib.octet_evaluation_equal, mine, others, byref(equal))
        return equal.value

    def _content(self) -> bytes:
        return super()._content() if self._open_handle().pointer else b""

    def to_bytes(self) -> bytes:
        """What `save` writes. Raises UsageError before the first sample."""
        return call_for_bytes(lib.octet_evaluation_save_bytes, self.handle)

    def update(self, x: Any, y: Any = None, *, shard: Shard = None) -> "Evaluation":
        """Runs the model over samples. x: as in `Model.predict`; y: labels, unless x brings them along.

        shard: "3/16" takes the third of sixteen parts of arrays or of a path, which keep the numbers of their samples.
        A generator's batches, of (x, y), are evaluated as they come. Where it raises, what came before stays. One thread
        at a time may update. Raises DataError where labels do not fit.
        """
        with self._updating() as model:
            source = open_data(x, model.sample_inputs(), y, self._limit)
            self._options.part, self._options.n_parts = shard_of(shard, source)
            if isinstance(source, Files):
                self._add(model, source)
                return self
            batches: Iterator[Batch] = iter([source]) if isinstance(source, Batch) else source
            for chunk in in_chunks(batches, CHUNK_BYTES):
                self._add(model, chunk)
        return self

    def _add(self, model: Model, source: Union[Files, Batch]) -> None:
        progress = Progress(self._progress)
        self._options.progress = progress.callback
        part = Handle(self._context, lib.octet_evaluation_destroy, "Evaluation", model.handle)
        data = data_of(self._context, source, self._scaling)
        try:
            arguments = (model.handle, data, self._options, Out(part))
            call(self._context, lib.octet_evaluate, *arguments, progress=progress)
        finally:
            progress.close()
            data.close()
        n_new = read(lib.octet_evaluation_n_samples, part)
        call(self._context, self._take, Out(self._open_handle()), Out(part))
        part.close()
        if self._options.n_parts == 0:  # parts are numbered within their whole
            self._options.number_from += n_new

    def __repr__(self) -> str:
        if self._handle is None:
            return "<octet_tflite.Evaluation (closed)>"
        return self.render() if self.n_samples > 0 else "<octet_tflite.Evaluation: no samples>"

    def _repr_html_(self) -> str:
        if self._handle is None or self.n_samples == 0:
            return text_html(repr(self))
        confusion = self.confusion
        if confusion is None or len(confusion) > 40:
            return text_html(self.render())
        rows = [{"label": str(i), **{str(j): int(n) for j, n in enumerate(row)}} for i, row in enumerate(confusion)]
        return text_html(self.render(with_confusion=False)) + table_html(rows, caption="rows: labels, columns: answers")

    def render(self, with_confusion: bool = False) -> str:
        """The report; with_confusion adds the matrix and the recall of every class."""
        return call_for_text(lib.octet_evaluation_render, self.handle, bool(with_confusion), s.AS_TEXT)

    def to_dict(self) -> Any:
        """The report, with the matrix where there are classes, as `octet evaluate --json` prints it."""
        try:
            text = call_for_text(lib.octet_evaluation_render, self.handle, True, s.AS_JSON)
        except DataError:
            text = call_for_text(lib.octet_evaluation_render, self.handle, False, s.AS_JSON)
        return json.loads(text)

    @property
    def n_samples(self) -> int:
        handle = self._open_handle()
        return int(read(lib.octet_evaluation_n_samples, handle)) if handle.pointer else 0

    @property
    def has_labels(self) -> bool:
        """Whether there are labels that accuracy can be counted with."""
        return bool(read(lib.octet_evaluation_has_labels, self.handle))

    def _number(self, function: Any) -> float:
        return float(read(function, self.handle)) if self.has_labels else math.nan

    @property
    def accuracy(self) -> float:
        """0..1; NaN without labels that are classes."""
        return self._number(lib.octet_evaluation_accuracy)

    @property
    def loss(self) -> float:
        """Mean cross-entropy in nats, as Keras computes it; NaN without labels that are classes."""
        return self._number(lib.octet_evaluation_loss)

    @property
    def mean_absolute_error(self) -> float:
        """Against labels that are numbers; NaN for classes."""
        return float(read(lib.octet_evaluation_mean_absolute_error, self.handle))

    @property
    def root_mean_square_error(self) -> float:
        """Against labels that are numbers; NaN for classes."""
        return float(read(lib.octet_evaluation_root_mean_square_error, self.handle))

    @property
    def classes(self) -> Array:
        """The class that the model gave each sample, int32 of shape (n_samples,)."""

        def all_of(pointer: Any) -> Array:
            n = lib.octet_evaluation_n_samples(pointer)
            answers = (lib.octet_evaluation_class(pointer, index) for index in range(n))
            return np.fromiter(answers, dtype=np.int32, count=n)

        answers: Array = read(all_of, self.handle)
        return answers

    @property
    def confusion(self) -> Optional[Array]:
        """Counts, int64 of shape (classes, classes); rows: labels, columns: answers. None without classes."""
        matrix = self.to_dict().get("confusion")
        return None if matrix is None else np.asarray(matrix, dtype=np.int64)

    def to_frame(self) -> Any:
        """The confusion matrix as a pandas.DataFrame, else the figures. Raises MissingPackageError without pandas."""
        figures = self.to_dict()
        matrix, names = figures.get("confusion"), figures.get("classes")
        if matrix is None:
            return frame_of([{name: value for name, value in figures.items() if not isinstance(value, (dict, list))}])
        frame = frame_of(matrix)
        if names is not None:
            frame.index = frame.columns = names
        return frame.rename_axis(index="label", columns="answer")

    def plot(self, axes: Any = None) -> Any:
        """Draws the confusion matrix; gives the matplotlib axes. Raises MissingPackageError without matplotlib."""
        confusion = self.confusion
        if confusion is None:
            raise UsageError("there is no confusion matrix to plot: labels that are classes give one")
        axes = axes_for(axes, 5.0, 5.0)
        axes.imshow(confusion, cmap="Blues")
        for (row, column), n in np.ndenumerate(confusion if len(confusion) <= 20 else confusion[:0]):
            if n > 0:
                color = "white" if 2 * n > confusion.max() else "black"
                axes.text(column, row, str(n), ha="center", va="center", fontsize=8, color=color)
        axes.set_xlabel("answer")
        axes.set_ylabel("label")
        axes.set_title(f"accuracy {100 * self.accuracy:.2f} % of {self.n_samples} samples")
        return axes
