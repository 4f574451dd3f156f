"""Calibration in parts: what the activations of a float model held, from as many batches as there are."""

from ctypes import byref
from dataclasses import dataclass
from typing import Any, Iterator, Optional, Union

from . import _structs as s
from ._c import lib
from ._call import Out, call, encode, read, whole
from ._data import Batch, Files, ScalingOption, Shard, first_samples, in_chunks, open_data, scaling_of, shard_of
from ._model import Model, as_model
from ._parts import Part
from ._progress import Progress, ProgressOption
from ._rendering import table_html
from ._samples import CHUNK_BYTES, data_of


@dataclass(frozen=True)
class CalibrationInfo:
    """What calibration saw.

    late_growth: by how much the ranges of all samples exceed those of half of them, at most; 0.02 = 2 % wider.
    late_layer: the layer of that range. clipped: share of all numbers beyond the chosen ranges; -1 where it is not known.
    time_s: of reading, running and rounding; 0 for statistics.
    """

    n_samples: int
    n_distinct: int
    stored_range: "tuple[float, float]"
    model_range: "tuple[float, float]"
    late_growth: float
    late_layer: str
    last_tenth: float
    enough_samples: int
    method: str
    clipped: float
    statistics_bytes: int
    time_s: float

    def _repr_html_(self) -> str:
        return table_html([{"": name, "calibration": value} for name, value in vars(self).items()])


def info_of(seen: s.Calibration) -> CalibrationInfo:
    """The same facts as the library gives them."""
    return CalibrationInfo(
        n_samples=seen.n_samples,
        n_distinct=seen.n_distinct,
        stored_range=(seen.raw_min, seen.raw_max),
        model_range=(seen.min, seen.max),
        late_growth=seen.late_growth,
        late_layer=seen.late_layer.decode("utf-8", "replace"),
        last_tenth=seen.last_tenth,
        enough_samples=seen.enough_samples,
        method=seen.method.decode(),
        clipped=seen.clipped,
        statistics_bytes=seen.statistics_bytes,
        time_s=seen.time_ns / 1e9,
    )


class Calibration(Part):
    """What a float model's activations held over samples. Parts merge in any order: the result is that of one run.

    method: how ranges will be chosen; what it needs is gathered. gather_all: gather what any method needs.
    strict_tensorflow: as `quantize` will have it. scaling: see `Scaling`. It pickles without its model.

    >>> import numpy, octet_tflite
    >>> model = octet_tflite.load_model(small_model)
    >>> calibration = octet_tflite.Calibration(model)
    >>> for _ in range(3):
    ...     _ = calibration.update(numpy.random.rand(10, 8, 8, 1))
    >>> calibration.n_samples
    30
    >>> octet_tflite.quantize(model, calibration).is_quantized
    True
    """

    _PREFIX = "octet_statistics_"

    def __init__(
        self,
        model: Any,
        *,
        method: Optional[str] = None,
        gather_all: bool = False,
        strict_tensorflow: bool = False,
        scaling: ScalingOption = None,
        n_threads: int = 0,
        progress: ProgressOption = None,
    ) -> None:
        model = as_model(model)
        super().__init__(model)
        self._scaling = scaling_of(scaling)
        self._progress = progress
        self._options = s.Conversion(
            calibration=encode(method, "method"),
            gather_all=bool(gather_all),
            strict_tensorflow=bool(strict_tensorflow),
            n_threads=whole(n_threads, "n_threads"),
            all_samples=True,
        )
        call(self._context, lib.octet_statistics_create, model.handle, Out(self.handle))

    @staticmethod
    def _join(context: Any, place: Any, other: Any) -> int:
        return int(lib.octet_statistics_merge(context, place._obj, other))

    def __repr__(self) -> str:
        return (
            "<octet_tflite.Calibration (closed)>"
            if self._handle is None
            else f"<octet_tflite.Calibration: {self.n_samples} samples>"
        )

    def _repr_html_(self) -> str:
        return self.info._repr_html_()

    def update(self, x: Any, *, shard: Shard = None, n_samples: Optional[int] = None) -> "Calibration":
        """Runs the model over samples and adds what its activations held. x: as in `Model.predict`; labels are left out.

        shard: "3/16" takes the third of sixteen parts of an array, or of the training samples of a path; parts know their
        place, so that none is merged twice. n_samples: of batches, take so many at most. A generator's batches are added as they come, so that they need not
        fit into memory; where it raises, what came before stays added. A model that keeps state from sample to sample
        takes all of its samples in one array. One thread at a time may update. Raises DataError, UnsupportedError,
        LimitError.
        """
        with self._updating() as model:
            source = open_data(x, model.sample_inputs())
            self._options.part, self._options.n_parts = shard_of(shard, source)
            if isinstance(source, Files):
                self._add(model, source)
                return self
            batches: Iterator[Batch] = iter([source]) if isinstance(source, Batch) else source
            if n_samples is not None:
                batches = first_samples(batches, whole(n_samples, "n_samples"))
            for chunk in in_chunks(batches, CHUNK_BYTES):
                self._add(model, Batch(chunk.inputs, chunk.names))
        return self

    def _add(self, model: Model, source: Union[Files, Batch]) -> None:
        progress = Progress(self._progress)
        self._options.progress = progress.callback
        data = data_of(self._context, source, self._scaling)
        arguments = (self.handle, model.handle, data, self._options)
        try:
            call(self._context, lib.octet_statistics_add_data, *arguments, progress=progress)
        finally:
            progress.close()
            data.close()

    @property
    def info(self) -> CalibrationInfo:
        """What it saw."""
        seen = s.Calibration()
        self.describe(seen)
        return info_of(seen)

    def describe(self, out: s.Calibration) -> None:
        """The same for the library."""
        read(lib.octet_statistics_describe, self.handle, byref(out))

    @property
    def n_samples(self) -> int:
        """That were added."""
        return self.info.n_samples
