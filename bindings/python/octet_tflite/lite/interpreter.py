"""tf.lite.Interpreter on octet: the same methods, dictionaries and kinds of errors.

The arithmetic is that of LiteRT's reference kernels, byte for byte for int8, whatever resolver is asked for.
"""

import enum
import os
import weakref
from typing import Any, Callable, Dict, List, Optional, Sequence, Union

import numpy as np

from .._call import path_bytes
from .._errors import ArgumentError, UnsupportedError, UsageError
from .._missing import missing
from ._graph import Graph, Settings, as_index

Details = Dict[str, Any]


class OpResolverType(enum.Enum):
    """Which kernels LiteRT would take. octet has one set; of floats, BUILTIN_REF also has LiteRT's order of additions."""

    AUTO = 0
    BUILTIN = 1
    BUILTIN_REF = 2
    BUILTIN_WITHOUT_DEFAULT_DELEGATES = 3


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error


def _n_threads(num_threads: Optional[int]) -> int:
    if num_threads is None:
        return 1
    if not isinstance(num_threads, (int, np.integer)) or isinstance(num_threads, bool):
        raise UsageError(f"num_threads is {num_threads!r}: give a whole number")
    if num_threads < 1:
        raise UsageError(f"num_threads is {num_threads}: give 1 or more")
    return int(num_threads)


def _float_order(resolver: Any) -> Optional[bytes]:
    name = getattr(resolver, "name", None)
    if name not in OpResolverType.__members__:
        raise UsageError(f"experimental_op_resolver_type is {resolver!r}: give an OpResolverType")
    return b"plain" if name == "BUILTIN_REF" else None


def _as_array(value: Any) -> "np.ndarray[Any, Any]":
    try:
        return np.asarray(value)
    except (ValueError, TypeError) as error:
        raise UsageError(f"the value is no array: {error}") from error


def _set(graph: Graph, index: int, value: Any) -> None:
    """Copies a value into an input. Raises UsageError where type or shape are not those of the input."""
    buffer = graph.buffer(index)
    if type(value) is not np.ndarray:
        value = _as_array(value)
    if buffer is None or value.dtype.type is not buffer.dtype.type or value.shape != buffer.shape:
        _refuse(graph, index, value)
        return
    buffer[...] = value


def _refuse(graph: Graph, index: int, value: "np.ndarray[Any, Any]") -> None:
    graph.position(index)
    where = f"input {index} ({graph.name(index)})"
    buffer = graph.buffer(index)
    if buffer is None:
        raise UsageError(f"{where} has no memory yet: call allocate_tensors() first")
    if value.dtype.type is not buffer.dtype.type:
        raise UsageError(f"{where} takes {buffer.dtype.name}, {value.dtype.name} is given")
    raise UsageError(f"{where} has the shape {list(buffer.shape)}, one of {list(value.shape)} is given")


class SignatureRunner:
    """Runs one of the graphs that a model offers by name. From Interpreter.get_signature_runner."""

    def __init__(self, graph: Graph, signature_key: str) -> None:
        self._graph = graph
        self._key = signature_key
        self._inputs = {port.name: port.tensor for port in sorted(graph.inputs)}
        self._outputs = {port.name: port.tensor for port in sorted(graph.outputs)}

    def __call__(self, **kwargs: Any) -> "Dict[str, np.ndarray[Any, Any]]":
        """Runs the graph. Takes each input by its name, of any shape that the graph can run; returns outputs by name.

        Raises UsageError for a missing or unknown name and a wrong type, and Error where the shapes do not go together.
        """
        names = ", ".join(self._inputs)
        if len(kwargs) != len(self._inputs):
            raise UsageError(
                f"signature {self._key} takes {len(self._inputs)} inputs ({names}), {len(kwargs)} are given"
            )
        graph = self._graph
        graph.check_free()
        values = {name: _as_array(value) for name, value in kwargs.items()}
        for name, value in values.items():
            if name not in self._inputs:
                raise UsageError(f"signature {self._key} has no input {name}: it has {names}")
            graph.resize(graph.position(self._inputs[name]), value.shape)
        graph.allocate()
        for name, value in values.items():
            _set(graph, self._inputs[name], value)
        graph.run()
        return {name: graph.copy(index) for name, index in self._outputs.items()}

    def get_input_details(self) -> Dict[str, Details]:
        """By name of the input, what Interpreter.get_input_details says of it."""
        return {name: self._graph.details(index) for name, index in self._inputs.items()}

    def get_output_details(self) -> Dict[str, Details]:
        """By name of the output, what Interpreter.get_output_details says of it."""
        return {name: self._graph.details(index) for name, index in self._outputs.items()}


class Interpreter:
    """Runs a .tflite.

    model_path, or model_content: the file. num_threads: over which the kernels of a run are spread; 1 unless it is given.
    experimental_preserve_all_tensors: what lies between the operators can be read after a run. The other experimental
    switches of TensorFlow's class choose between kernels and delegates that octet does not have, and are accepted.
    One thread at a time may use it. Raises ValueError for a file that cannot be read or is no .tflite, RuntimeError for
    one that octet cannot run.
    """

    def __init__(
        self,
        model_path: Union[None, str, "os.PathLike[str]"] = None,
        model_content: Union[None, bytes, bytearray, memoryview] = None,
        experimental_delegates: Optional[Sequence[Any]] = None,
        num_threads: Optional[int] = None,
        experimental_op_resolver_type: Any = OpResolverType.AUTO,
        experimental_preserve_all_tensors: bool = False,
        experimental_disable_delegate_clustering: bool = False,
        experimental_default_delegate_latest_features: bool = False,
        experimental_compress_quantization_zero_points: bool = False,
        experimental_disable_delegate_node_fusion: bool = False,
        experimental_force_delegate_node_profiling: bool = False,
    ) -> None:
        if experimental_delegates:
            raise UnsupportedError(
                "experimental_delegates: octet runs models by its own kernels and loads no delegates"
            )
        self._settings = Settings(
            _n_threads(num_threads),
            _float_order(experimental_op_resolver_type),
            bool(experimental_preserve_all_tensors),
        )
        if model_content is not None and not isinstance(model_content, (bytes, bytearray, memoryview)):
            raise ArgumentError(f"model_content is of the type {type(model_content).__name__}: give bytes")
        if not model_path and not model_content:
            raise UsageError("model_path or model_content must be given")
        if model_path and model_content:
            raise UsageError("model_path and model_content are both given: leave one of them out")
        if model_path:
            self._name = os.fsdecode(path_bytes(model_path, "model_path"))
            self._content = _read(self._name)
        else:
            self._name, self._content = "model_content", bytes(model_content or b"")
        self._main = Graph(self._content, self._name, self._settings)
        self._others: Dict[str, Graph] = {}  # graphs of other signatures, once they are asked for
        self._views: List["weakref.ref[Any]"] = []  # of arrays that were given out

    def __getattr__(self, name: str) -> Any:
        raise missing("octet_tflite.lite.Interpreter", name, dir(type(self)))

    def _ensure_safe(self) -> None:
        """Raises RuntimeError while an array of a function that tensor() gave is alive, as TensorFlow does."""
        self._views = [view for view in self._views if view() is not None]
        if self._views:
            raise UsageError(
                "an array that a function of tensor() gave is still alive: keep the function, and call it where the array "
                "is needed"
            )

    def allocate_tensors(self) -> None:
        """Makes the model ready to run. Raises RuntimeError where the shapes of the inputs do not go together."""
        self._ensure_safe()
        self._main.check_free()
        self._main.allocate()

    def invoke(self) -> None:
        """Runs the model. Raises RuntimeError before allocate_tensors(), and in use by another thread."""
        if self._views:
            self._ensure_safe()
        if not self._main.is_ready:
            raise UsageError("the model is not ready to run: call allocate_tensors() first")
        self._main.run()

    def get_input_details(self) -> List[Details]:
        """A dictionary for each input, in the order of the file.

        name, index, shape, shape_signature (-1 where the file leaves a dimension open), dtype (a type of numpy),
        quantization (scale and zero point, (0.0, 0) where there is not one of each), quantization_parameters (scales,
        zero_points, quantized_dimension, block_size), sparsity_parameters (empty).
        """
        return [self._main.details(port.tensor) for port in self._main.inputs]

    def get_output_details(self) -> List[Details]:
        """The same for each output."""
        return [self._main.details(port.tensor) for port in self._main.outputs]

    def get_tensor_details(self, subgraph_index: int = 0) -> List[Details]:
        """The same for each tensor of the graph, constants included."""
        self._check_subgraph(subgraph_index)
        return [self._main.details(index) for index in range(self._main.n_tensors)]

    def _check_subgraph(self, subgraph_index: int) -> None:
        if subgraph_index != 0:
            raise UsageError(
                f"subgraph_index is {subgraph_index}: octet shows graph 0, and others by get_signature_runner()"
            )

    def set_tensor(self, tensor_index: int, value: Any) -> None:
        """Copies a value into an input. Raises ValueError where type or shape are not those of the input."""
        self._main.check_free()
        _set(self._main, as_index(tensor_index), value)

    def get_tensor(self, tensor_index: int, subgraph_index: int = 0) -> "np.ndarray[Any, Any]":
        """A copy of a tensor: an input, an output, a constant, state; with preserve_all_tensors, any. Raises ValueError
        for other tensors, and before allocate_tensors()."""
        if subgraph_index != 0:
            self._check_subgraph(subgraph_index)
        self._main.check_free()
        return self._main.copy(as_index(tensor_index))

    def tensor(self, tensor_index: int) -> "Callable[[], np.ndarray[Any, Any]]":
        """A function that gives an array of the memory of a tensor itself.

        Keep the function, not the array: while one is alive, invoke(), allocate_tensors() and resize_tensor_input() raise
        RuntimeError. The array stays valid as long as it lives, also when the Interpreter is gone.
        """

        index = as_index(tensor_index)

        def view() -> "np.ndarray[Any, Any]":
            array, memory = self._main.array(index)
            self._views.append(weakref.ref(memory))
            return array

        return view

    def resize_tensor_input(self, input_index: int, tensor_size: Any, strict: bool = False) -> None:
        """Gives an input another shape; call allocate_tensors() next.

        strict: only dimensions that are -1 in shape_signature may change. Raises ValueError for a tensor that is no input
        and a shape that is none.
        """
        self._ensure_safe()
        self._main.check_free()
        input_index = as_index(input_index)
        position = self._main.position(input_index)
        sizes = _as_array(tensor_size)
        if sizes.ndim != 1 or not (sizes.dtype.kind in "iu" or sizes.size == 0) or (sizes < 1).any():
            raise UsageError(f"tensor_size is {tensor_size!r}: give positive whole numbers")
        shape = tuple(int(size) for size in sizes)
        signature = self._main.shape_signature(input_index)
        fits = len(shape) == len(signature) and all(fixed in (-1, size) for fixed, size in zip(signature, shape))
        if strict and not fits:
            raise UsageError(
                f"input {input_index} ({self._main.name(input_index)}) has the signature {list(signature)}: strict, only "
                f"dimensions that are -1 there may change; {list(shape)} is given"
            )
        self._main.resize(position, shape)

    def reset_all_variables(self) -> None:
        """State that goes on from run to run, as of an LSTM, back to its start."""
        self._main.reset()
        for graph in self._others.values():
            graph.reset()

    def _graph_of(self, signature_key: str) -> Graph:
        if signature_key == self._main.signature:
            return self._main
        if signature_key not in self._others:
            self._others[signature_key] = Graph(self._content, self._name, self._settings, signature_key)
        return self._others[signature_key]

    def get_signature_list(self) -> Dict[str, Dict[str, List[str]]]:
        """By name of the signature, the names of its inputs and outputs."""
        graphs = {key: self._graph_of(key) for key in sorted(self._main.signatures)}
        return {
            key: {
                "inputs": sorted(port.name for port in graph.inputs),
                "outputs": sorted(port.name for port in graph.outputs),
            }
            for key, graph in graphs.items()
        }

    def get_signature_runner(self, signature_key: Optional[str] = None) -> SignatureRunner:
        """What runs a graph with inputs and outputs by name. The key may be left out where there is one signature.

        Raises ValueError for a key that the model does not have.
        """
        keys = self._main.signatures
        listed = ", ".join(sorted(keys)) or "none"
        if signature_key is None and len(keys) != 1:
            raise UsageError(f"signature_key is left out, and the model has {len(keys)} signatures: {listed}")
        key = keys[0] if signature_key is None else signature_key
        if key not in keys:
            raise UsageError(f"the model has no signature {key!r}: it has {listed}")
        return SignatureRunner(self._graph_of(key), key)


__all__ = ["Interpreter", "OpResolverType", "SignatureRunner"]
