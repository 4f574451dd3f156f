"""One model, run again and again on arrays in memory."""

import time
from ctypes import c_uint8
from typing import Any, List, Optional, Tuple, Union

import numpy as np

from ._arrays import Array, as_array
from ._c import lib
from ._call import Context, Handle, Out, call, read
from ._closing import Closing
from ._errors import DataError, UsageError
from ._model import Model, as_model, run_options
from ._progress import Progress
from ._structs import OK
from ._tensor import TensorInfo

_LONG_S = 0.05


def _run(_context: Any, pointer: Any) -> int:
    lib.octet_interpreter_run(pointer)
    return OK


def _view(handle: Handle, address: Optional[int], tensor: TensorInfo) -> Array:
    """The library's memory as an array, which keeps the handle alive."""
    if tensor.n_bytes == 0 or not address:
        return np.zeros(tensor.shape, dtype=tensor.dtype)
    memory: Any = (c_uint8 * tensor.n_bytes).from_address(address)
    memory.owner = handle
    flat: Array = np.frombuffer(memory, dtype=tensor.dtype)
    return flat.reshape(tensor.shape)


class Interpreter(Closing):
    """A model prepared to run. `inputs` and `outputs` are views of its memory: fill, `run()`, read.

    model: a Model, or what `load_model` takes. n_threads: over which the kernels of one run are spread. keep_values: every value keeps its own memory (`value`).
    numerics, float_order: as in docs/running.md. One thread at a time may use it; several interpreters of one model may
    run in several threads. Raises UnsupportedError (no kernel for an operator), LimitError.

    >>> import numpy, octet_tflite
    >>> interpreter = octet_tflite.Interpreter(octet_tflite.load_model(small_model))
    >>> interpreter(numpy.zeros((1, 8, 8, 1)))[0].shape
    (1, 3)
    """

    def __init__(
        self,
        model: Any,
        *,
        n_threads: int = 1,
        keep_values: bool = False,
        numerics: Optional[str] = None,
        float_order: Optional[str] = None,
    ) -> None:
        model = as_model(model)
        context = Context()
        options = run_options(n_threads=n_threads, numerics=numerics, float_order=float_order)
        options.keep_values = bool(keep_values)
        handle = Handle(context, lib.octet_interpreter_destroy, "Interpreter", model.handle)
        call(context, lib.octet_interpreter_create, model.handle, options, Out(handle), progress=Progress(False))
        self._run_s = 0.0
        self._handle = handle
        self._model: Model = model
        self.input_details = model.inputs
        self.output_details = model.outputs
        pointer = handle.pointer
        self.inputs: Tuple[Array, ...] = tuple(
            _view(handle, lib.octet_interpreter_input(pointer, i), tensor) for i, tensor in enumerate(model.inputs)
        )
        """To be filled before `run`, in the types and shapes of `input_details`."""
        self._outputs = tuple(
            _view(handle, lib.octet_interpreter_output(pointer, i), tensor) for i, tensor in enumerate(model.outputs)
        )
        for output in self._outputs:
            output.flags.writeable = False

    @property
    def outputs(self) -> Tuple[Array, ...]:
        """After `run`: views that the next run overwrites."""
        return self._outputs

    def close(self) -> None:
        """Gives the memory back once no view of it is left. May be called again."""
        super().close()
        self.inputs = self._outputs = ()

    def run(self) -> None:
        """Computes the outputs from what is in `inputs`."""
        begin_s = time.monotonic()
        if self._run_s < _LONG_S:
            read(lib.octet_interpreter_run, self.handle)
        else:  # so that Ctrl-C is answered
            call(self.handle.context, _run, self.handle, progress=Progress(False))
        self._run_s = time.monotonic() - begin_s

    def __call__(self, *arrays: Any) -> List[Array]:
        """Outputs of these inputs, as real numbers, float32: inputs are rounded where the model is quantized.

        An array of a quantized input's own dtype is taken as stored. Raises DataError where a shape does not fit.
        """
        self.handle
        if len(arrays) != len(self.inputs):
            raise DataError(f"{len(arrays)} arrays are given: the model has {len(self.inputs)} inputs")
        for array, place, tensor in zip(arrays, self.inputs, self.input_details):
            given = as_array(array, f"input '{tensor.name}'")
            if given.size != place.size:
                raise DataError(
                    f"input '{tensor.name}' has the shape {tensor.shape}: an array of {given.shape} is given"
                )
            stored = given if given.dtype == tensor.dtype else tensor.quantize(given)
            place[...] = stored.reshape(place.shape)
        self.run()
        return [tensor.dequantize(output) for tensor, output in zip(self.output_details, self._outputs)]

    def value(self, tensor: Union[int, str]) -> Array:
        """A copy of a tensor after a run, by index or name; without keep_values only constants, state and outputs.

        Raises UsageError for a tensor that is not there or not kept.
        """
        found = [one for one in self._model.tensors if tensor in (one.index, one.name)]
        if not found:
            raise UsageError(f"there is no tensor {tensor!r}: Model.tensors lists them")
        address = read(lib.octet_interpreter_value, self.handle, found[0].index)
        if not address:
            raise UsageError(f"tensor {tensor!r} is not kept: create the interpreter with keep_values=True")
        return _view(self.handle, address, found[0]).copy()

    def reset(self) -> None:
        """Recurrent state goes back to its start."""
        read(lib.octet_interpreter_reset, self.handle)

    @property
    def arena_bytes(self) -> int:
        """Of the planned activation memory."""
        return int(read(lib.octet_interpreter_arena_bytes, self.handle))
