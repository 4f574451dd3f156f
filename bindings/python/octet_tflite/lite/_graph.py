"""One graph of a .tflite as LiteRT's users see it: tensors by number, inputs of any shape, memory that can be looked at."""

import ctypes
import operator
from ctypes import byref
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

import numpy as np

from .. import _structs as s
from .._c import lib
from .._call import Context, Handle, Out, call
from .._errors import ArgumentError, OutOfMemoryError, UsageError

Shape = Tuple[int, ...]


class Port(NamedTuple):
    """An input or an output: its name in the signature, and which tensor it is."""

    name: str
    tensor: int


class Settings(NamedTuple):
    """How a graph is run."""

    n_threads: int
    float_order: Optional[bytes]
    keeps_values: bool


class _Memory:
    """What numpy sees an array in. The array keeps it, and it keeps the owner of the memory."""

    __slots__ = ("__array_interface__", "__weakref__", "_owner")

    def __init__(self, address: int, shape: Shape, dtype: "np.dtype[Any]", owner: Any) -> None:
        self.__array_interface__ = {"data": (address, False), "shape": shape, "typestr": dtype.str, "version": 3}
        self._owner = owner


def array_at(address: int, shape: Shape, dtype: "np.dtype[Any]", owner: Any) -> "Tuple[np.ndarray[Any, Any], _Memory]":
    """An array of the memory at `address`, which `owner` holds, and what lives as long as any view of that array."""
    memory = _Memory(address, shape, dtype, owner)
    return np.asarray(memory), memory


def as_index(index: Any) -> int:
    """The number of a tensor. Raises ArgumentError for what is no whole number."""
    try:
        return operator.index(index)
    except TypeError:
        raise ArgumentError(f"the index of a tensor is {index!r}: give a whole number") from None


class Graph:
    """One graph. It is loaded with the shapes that the file states, and made ready to run by `allocate`.

    content: the file. name: stands for it in messages. signature: which graph; None: the first one of the file.
    """

    def __init__(self, content: bytes, name: str, settings: Settings, signature: Optional[str] = None) -> None:
        self._content = content
        self._name = name.encode("utf-8", "surrogateescape")
        self._settings = settings
        self._asked = signature
        self.context = Context()
        self._shapes: Dict[int, Shape] = {}  # by position of the input: what it was resized to
        self._is_stale = False  # the shapes are not those of the model
        self._interpreter: Optional[Handle] = None
        self.is_ready = False
        self._buffers: Dict[int, "np.ndarray[Any, Any]"] = {}  # inputs, by tensor; they outlive runs
        self._known: Dict[int, "np.ndarray[Any, Any]"] = {}  # arrays of tensors that were read since `allocate`
        # Of each input: where it goes, where it is, how many bytes, and what keeps both alive
        self._moves: List[Tuple[int, int, int, Any]] = []
        self._run = lib.octet_interpreter_run
        self._model = self._load()
        self.inputs = self._ports(lib.octet_model_n_inputs, lib.octet_model_input)
        self.outputs = self._ports(lib.octet_model_n_outputs, lib.octet_model_output)
        pointer = self._model.pointer
        names = [lib.octet_model_signature(pointer, i) for i in range(lib.octet_model_n_signatures(pointer))]
        self.signatures: List[str] = [name.decode("utf-8", "replace") for name in names]
        current = int(lib.octet_model_current_signature(pointer))
        self.signature = self.signatures[current] if current < len(names) else None

    def _load(self) -> Handle:
        shapes = (",".join(map(str, self._shapes.get(i, ()))) for i in range(max(self._shapes, default=-1) + 1))
        options = s.LoadOptions(resize=True, first_graph=self._asked is None)
        text = ";".join(shapes)
        options.input_shape = text.encode() if text else None
        options.signature = None if self._asked is None else self._asked.encode("utf-8", "surrogateescape")
        model = Handle(self.context, lib.octet_model_destroy, "Model", self._content)
        call(
            self.context, lib.octet_model_load_bytes, self._content, len(self._content), self._name, options, Out(model)
        )
        return model

    def _ports(self, count: Any, describe: Any) -> List[Port]:
        ports = []
        for i in range(count(self._model.pointer)):
            tensor = s.Tensor()
            describe(self._model.pointer, i, byref(tensor))
            ports.append(Port(tensor.name.decode("utf-8", "replace"), int(tensor.index)))
        return ports

    def _tensor(self, index: int) -> s.Tensor:
        n_tensors = int(lib.octet_model_n_tensors(self._model.pointer))
        if not 0 <= index < n_tensors:
            raise UsageError(f"tensor {index}: this model has tensors 0 to {n_tensors - 1}")
        tensor = s.Tensor()
        lib.octet_model_tensor(self._model.pointer, index, byref(tensor))
        return tensor

    def position(self, index: int) -> int:
        """Which input a tensor is. Raises UsageError for one that is none."""
        for position, port in enumerate(self.inputs):
            if port.tensor == index:
                return position
        name = self.name(index)
        raise UsageError(
            f"tensor {index} ({name}) is no input: these are {', '.join(str(p.tensor) for p in self.inputs)}"
        )

    def name(self, index: int) -> str:
        """The name of a tensor."""
        return str(self._tensor(index).name.decode("utf-8", "replace"))

    @property
    def n_tensors(self) -> int:
        return int(lib.octet_model_n_tensors(self._model.pointer))

    def shape(self, index: int) -> Shape:
        """Of a tensor; of an input that was resized, what it was resized to."""
        for position, resized in self._shapes.items():
            if self.inputs[position].tensor == index:
                return resized
        tensor = self._tensor(index)
        return tuple(tensor.dims[: tensor.rank])

    def shape_signature(self, index: int) -> Shape:
        """The shape of a tensor, with -1 where the file leaves a dimension open."""
        tensor = self._tensor(index)
        return tuple(tensor.dims_signature[: tensor.rank])

    def details(self, index: int) -> Dict[str, Any]:
        """What tf.lite.Interpreter says of a tensor."""
        tensor = self._tensor(index)
        n = tensor.n_scales
        scales = np.array(tensor.scales[:n] if n > 0 else [], np.float32)
        zero_points = np.array(tensor.zero_points[:n] if n > 0 else [], np.int32)
        return {
            "name": tensor.name.decode("utf-8", "replace"),
            "index": int(tensor.index),
            "shape": np.array(self.shape(index), np.int32),
            "shape_signature": np.array(self.shape_signature(index), np.int32),
            "dtype": np.dtype(tensor.type.decode()).type,
            "quantization": (float(tensor.scale), int(tensor.zero_point)) if n == 1 else (0.0, 0),
            "quantization_parameters": {
                "scales": scales,
                "zero_points": zero_points,
                "quantized_dimension": int(tensor.axis) if n > 0 else 0,
                "block_size": 0,
            },
            "sparsity_parameters": {},
        }

    def resize(self, position: int, shape: Shape) -> None:
        """Gives an input another shape, to count from the next `allocate` on."""
        if shape == self.shape(self.inputs[position].tensor):
            return
        self._shapes[position] = shape
        self._is_stale = True
        self.is_ready = False
        self._buffers, self._known = {}, {}

    def allocate(self) -> None:
        """Makes the graph ready to run. Raises Error where the shapes of the inputs do not go together."""
        if self.is_ready:
            return
        if self._is_stale:
            self._model = self._load()
            self._interpreter = None
            self._is_stale = False
        self._prepare()
        self._buffers, self._known = {}, {}
        moves: List[Tuple[int, int, int, Any]] = []
        for position, port in enumerate(self.inputs):
            tensor = self._tensor(port.tensor)
            shape = tuple(tensor.dims[: tensor.rank])
            try:
                buffer = np.zeros(shape, tensor.type.decode())
            except MemoryError as error:
                raise OutOfMemoryError(
                    f"input {port.name}: the shape {list(shape)} does not fit into memory"
                ) from error
            self._buffers[port.tensor] = buffer
            interpreter = self._prepare()
            target = lib.octet_interpreter_input(interpreter.pointer, position)
            moves.append((target, buffer.ctypes.data, buffer.nbytes, (buffer, interpreter)))
        self._moves = moves
        self.is_ready = True

    def _prepare(self) -> Handle:
        if self._interpreter is None:
            options = s.RunOptions(
                n_threads=self._settings.n_threads,
                float_order=self._settings.float_order,
                keep_values=self._settings.keeps_values,
            )
            handle = Handle(self.context, lib.octet_interpreter_destroy, "Interpreter", self._model)
            call(self.context, lib.octet_interpreter_create, self._model, options, Out(handle))
            self._interpreter = handle
        return self._interpreter

    def buffer(self, index: int) -> "Optional[np.ndarray[Any, Any]]":
        """The array that an input is read from; None for other tensors, and before `allocate`."""
        return self._buffers.get(index)

    def array(self, index: int) -> "Tuple[np.ndarray[Any, Any], Any]":
        """The memory of a tensor, and what lives as long as any view of it. Raises UsageError where it has none."""
        buffer = self._buffers.get(index)
        if buffer is not None:
            return array_at(buffer.ctypes.data, buffer.shape, buffer.dtype, buffer)
        tensor = self._tensor(index)
        if not (self.is_ready or tensor.is_constant):
            raise UsageError(f"tensor {index} ({self.name(index)}) has no memory yet: call allocate_tensors() first")
        interpreter = self._prepare()
        address = lib.octet_interpreter_value(interpreter.pointer, index)
        for i, port in enumerate(self.outputs):
            if port.tensor == index and not address:
                address = lib.octet_interpreter_output(interpreter.pointer, i)
        if not address:
            raise UsageError(
                f"tensor {index} ({self.name(index)}) lies between the operators and is not kept: create the Interpreter "
                f"with experimental_preserve_all_tensors=True"
            )
        return array_at(address, tuple(tensor.dims[: tensor.rank]), np.dtype(tensor.type.decode()), interpreter)

    def copy(self, index: int) -> "np.ndarray[Any, Any]":
        """A copy of a tensor. Raises UsageError where it has no memory."""
        known = self._known.get(index)
        if known is None:
            known = self.array(index)[0]
            if self.is_ready:
                self._known[index] = known
        return known.copy()

    def check_free(self) -> None:
        """Raises UsageError while another thread runs the graph."""
        if self.context.lock.locked():
            raise UsageError("this Interpreter is in use by another thread: one thread at a time may use it")

    def run(self) -> None:
        """Runs the graph once; it has been allocated."""
        interpreter = self._interpreter
        assert interpreter is not None
        self.context.acquire("Interpreter")
        try:
            for target, source, size, _ in self._moves:
                ctypes.memmove(target, source, size)
            self._run(interpreter.pointer)
        finally:
            self.context.release()

    def reset(self) -> None:
        """State of recurrent layers back to its start."""
        if self._interpreter is not None:
            self.check_free()
            lib.octet_interpreter_reset(self._interpreter.pointer)
