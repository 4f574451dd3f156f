"""A float and a quantized model over the same samples."""

from typing import Any, Sequence

from ._call import Context, Handle, Out, call, whole
from ._data import ScalingOption, open_data, scaling_of
from ._model import Model, run_options
from ._progress import Progress, ProgressOption
from ._samples import data_of


def run_over_both(
    handle: Handle,
    compare: Any,
    models: Sequence[Model],
    x: Any,
    y: Any,
    *more: Any,
    scaling: ScalingOption,
    limit: int,
    progress: ProgressOption,
    **run: Any,
) -> Handle:
    """Fills the handle by compare(original, quantized, data, *more, run options, place of the handle), a function of C."""
    inputs, shown = models[0].sample_inputs(), Progress(progress)
    source = open_data(x, inputs, y, whole(limit, "limit"))
    data = data_of(handle.context, source, scaling_of(scaling))
    arguments = (models[0].handle, models[1].handle, data, *more, run_options(shown, limit=limit, **run), Out(handle))
    try:
        call(handle.context, compare, *arguments, progress=shown)
    finally:
        shown.close()
        data.close()
    return handle


def handle_for(destroy: Any, what: str, models: Sequence[Model]) -> Handle:
    """An empty handle with a context of its own, of something that is made from the models."""
    return Handle(Context(), destroy, what, *(model.handle for model in models))
