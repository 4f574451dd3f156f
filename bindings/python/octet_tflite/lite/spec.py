"""What a converter is asked for, in the words of tf.lite, and which of octet's modes that is."""

import enum
from typing import Any, Callable, FrozenSet, Iterable, NamedTuple, Optional, Set

import numpy as np

from .._errors import UnsupportedError, UsageError


class Optimize(enum.Enum):
    """DEFAULT quantizes; the two OPTIMIZE_ names mean the same. octet does not know EXPERIMENTAL_SPARSITY."""

    DEFAULT = "DEFAULT"
    OPTIMIZE_FOR_SIZE = "OPTIMIZE_FOR_SIZE"
    OPTIMIZE_FOR_LATENCY = "OPTIMIZE_FOR_LATENCY"
    EXPERIMENTAL_SPARSITY = "EXPERIMENTAL_SPARSITY"

    def __str__(self) -> str:
        return self.value


class OpsSet(enum.Enum):
    """Operators that a target has: of floats (TFLITE_BUILTINS), of int8, of int16 activations with int8 weights."""

    TFLITE_BUILTINS = "TFLITE_BUILTINS"
    SELECT_TF_OPS = "SELECT_TF_OPS"
    TFLITE_BUILTINS_INT8 = "TFLITE_BUILTINS_INT8"
    EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8 = (
        "EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8"
    )
    EXPERIMENTAL_STABLEHLO_OPS = "EXPERIMENTAL_STABLEHLO_OPS"

    def __str__(self) -> str:
        return self.value


class RepresentativeDataset:
    """A function whose batches a converter calibrates on: TFLiteConverter.representative_dataset."""

    def __init__(self, input_gen: Callable[[], Iterable[Any]]) -> None:
        self.input_gen = input_gen


class TargetSpec:
    """What the target has: supported_ops, of OpsSet, and supported_types, as tf.float16."""

    def __init__(
        self,
        supported_ops: Optional[Iterable[Any]] = None,
        supported_types: Optional[Iterable[Any]] = None,
        experimental_select_user_tf_ops: Optional[Iterable[str]] = None,
        experimental_supported_backends: Optional[Iterable[str]] = None,
    ) -> None:
        self.supported_ops: Iterable[Any] = {OpsSet.TFLITE_BUILTINS} if supported_ops is None else supported_ops
        self.supported_types: Iterable[Any] = set() if supported_types is None else supported_types
        self.experimental_select_user_tf_ops = experimental_select_user_tf_ops
        self.experimental_supported_backends = experimental_supported_backends


class Plan(NamedTuple):
    """A conversion in octet's words: a mode, the types of inputs and outputs, and whether samples are run."""

    mode: str
    input_type: str
    output_type: str
    calibrates: bool


def type_name(given: Any, what: str) -> str:
    """ "int8" of tf.int8, numpy.int8 or "int8". Raises UsageError for what is no type."""
    name = getattr(given, "name", None)
    if isinstance(name, str) and hasattr(given, "as_numpy_dtype"):
        return name
    try:
        return str(np.dtype(given).name)
    except TypeError as error:
        raise UsageError(f"{what} is {given!r}: give a type, such as tf.int8") from error


def _members(given: Any, kind: Any, what: str) -> FrozenSet[str]:
    """Names of members of an enumeration: of this one, or of TensorFlow's of the same name."""
    if isinstance(given, (str, enum.Enum)) or not isinstance(given, Iterable):
        raise UsageError(f"{what} is {given!r}: give a list, such as [{next(iter(kind))!s}]")
    names = set()
    for one in given:
        name = one if isinstance(one, str) else getattr(one, "name", None)
        if name not in kind.__members__:
            raise UsageError(f"{what} has {one!r} in it: it takes {', '.join(kind.__members__)}")
        names.add(str(name))
    return frozenset(names)


def _ops(spec: Any) -> FrozenSet[str]:
    ops = _members(spec.supported_ops, OpsSet, "target_spec.supported_ops")
    if "EXPERIMENTAL_STABLEHLO_OPS" in ops:
        raise UnsupportedError("target_spec.supported_ops: octet writes TensorFlow Lite's operators, not StableHLO's")
    if not ops:
        raise UsageError("target_spec.supported_ops is empty: it takes " + ", ".join(OpsSet.__members__))
    return ops


def _types(spec: Any) -> Set[str]:
    given = spec.supported_types
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise UsageError(f"target_spec.supported_types is {given!r}: give a list, such as [tf.float16]")
    types = {type_name(one, "target_spec.supported_types") for one in given}
    if "bfloat16" in types:
        raise UnsupportedError("target_spec.supported_types: octet does not write bfloat16; it writes float16 and int8")
    return types


def _choose_mode(optimizes: bool, ops: FrozenSet[str], types: Set[str], has_samples: bool, is_trained: bool) -> str:
    """The mode that TensorFlow derives from the same attributes."""
    if types == {"int8"}:
        ops = frozenset({"TFLITE_BUILTINS_INT8"})
    needs_int8 = "TFLITE_BUILTINS_INT8" in ops
    is_int16x8 = "EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8" in ops
    allows_float = bool(ops & {"TFLITE_BUILTINS", "SELECT_TF_OPS"})
    is_trained = optimizes and is_trained
    if ops == {"TFLITE_BUILTINS_INT8"} and not types <= {"int8"}:
        raise UsageError(
            "target_spec.supported_ops asks for int8 only: leave target_spec.supported_types empty, or [tf.int8]"
        )
    if needs_int8 and not has_samples and not is_trained:
        raise UsageError("int8 needs samples to calibrate with: set representative_dataset")
    if not optimizes:
        return "float32"
    smallest = min(types, key=lambda name: np.dtype(name).itemsize) if types else "int8"
    if (has_samples or is_trained) and is_int16x8:
        return "int16x8"
    if is_trained or (has_samples and (smallest == "int8" if allows_float else needs_int8)):
        return "int8"
    if not has_samples and smallest == "int8":
        return "dynamic"
    return "float16" if "float16" in types and np.dtype(smallest).itemsize == 2 else "float32"


def plan(converter: Any, is_trained: Callable[[], bool]) -> Plan:
    """What the attributes of a converter ask for. is_trained: whether training left ranges in the model.

    Raises UsageError where they contradict each other, UnsupportedError for what octet does not have.
    """
    optimizations = _members(converter.optimizations, Optimize, "optimizations")
    if "EXPERIMENTAL_SPARSITY" in optimizations:
        raise UnsupportedError("optimizations: octet writes dense weights only; leave EXPERIMENTAL_SPARSITY out")
    ops, types = _ops(converter.target_spec), _types(converter.target_spec)
    has_samples = converter.representative_dataset is not None
    trained = bool(optimizations) and is_trained()
    mode = _choose_mode(bool(optimizations), ops, types, has_samples, trained)
    allowed = {"int8": ("float32", "int8", "uint8"), "int16x8": ("float32", "int16")}.get(mode, ("float32",))
    chosen = []
    for what in ("inference_input_type", "inference_output_type"):
        name = type_name(getattr(converter, what), what)
        if name not in allowed:
            raise UsageError(f"{what} is {name}: in mode {mode} it can be {' or '.join(allowed)}")
        chosen.append(name)
    return Plan(mode, chosen[0], chosen[1], has_samples and mode in ("int8", "int16x8"))
