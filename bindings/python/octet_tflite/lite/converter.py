"""tf.lite.TFLiteConverter on octet."""

import os
from ctypes import byref, c_bool
from typing import Any, Dict, NoReturn, Optional, Union

from .._c import lib
from .._call import Context, call
from .._errors import UnsupportedError, UsageError
from .._missing import missing
from ._samples import gather
from .spec import Plan, TargetSpec, plan

_ACCEPTED: Dict[str, Any] = {
    "allow_custom_ops": False,
    "experimental_new_converter": True,
    "experimental_new_quantizer": True,
    "experimental_enable_resource_variables": True,
    "experimental_new_dynamic_range_quantizer": True,
    "exclude_conversion_metadata": False,
    "unfold_batchmatmul": False,
    "_experimental_lower_tensor_list_ops": True,
    "_experimental_variable_quantization": False,
    "_experimental_low_bit_qat": False,
}
"""Switches of TensorFlow's class that octet has no counterpart of: each may be set to what octet does anyway."""

_FROM_KERAS = "save the model with model.save('model.keras') and convert that file"


def _model_of(source: Any) -> Any:
    """An octet_tflite.Model of whatever stands for a model."""
    from .._model import as_model

    return as_model(getattr(source, "_octet_model", source))


class TFLiteConverter:
    """Makes a .tflite of a Keras model. From TFLiteConverter.from_keras_model; the attributes say what is written.

    optimizations: [] (float32) or [Optimize.DEFAULT]. representative_dataset: a function that yields batches to
    calibrate on, each a list of arrays in the order of the inputs or a dictionary by their names; all are run, in
    order. target_spec: supported_ops and supported_types. inference_input_type, inference_output_type: types of the
    inputs and outputs, float32 unless they are set. From these follows the mode, as in TensorFlow: float32; without
    samples dynamic (int8 weights) or float16; with samples int8 or int16x8. An operator that has no int8 form stays in
    float.

    strict_tensorflow: False writes what `octet quantize` writes for the same options, True what TensorFlow's converter
    writes, also where octet has a better form.
    """

    optimizations: Any
    representative_dataset: Any
    target_spec: TargetSpec
    inference_input_type: Any
    inference_output_type: Any
    strict_tensorflow: bool
    _experimental_disable_per_channel: bool
    _experimental_disable_per_channel_quantization_for_dense_layers: bool

    def __init__(self, model: Any) -> None:
        """model: what from_keras_model takes."""
        self._model = _model_of(model)
        if self._model.is_quantized:
            raise UsageError(f"{self._model.path}: is quantized already: give the float model")
        self.optimizations = set()
        self.representative_dataset = None
        self.target_spec = TargetSpec()
        self.inference_input_type = "float32"
        self.inference_output_type = "float32"
        self.strict_tensorflow = False
        self._experimental_disable_per_channel = False
        self._experimental_disable_per_channel_quantization_for_dense_layers = False

    @classmethod
    def from_keras_model(cls, model: Any) -> "TFLiteConverter":
        """Of a live Keras model of any backend, an octet_tflite.Model, or the path or bytes of a .h5, .keras or float
        .tflite. Raises what octet_tflite.load_model raises."""
        return cls(model)

    @classmethod
    def from_saved_model(
        cls,
        saved_model_dir: "Union[str, os.PathLike[str]]",
        signature_keys: Optional[Any] = None,
        tags: Optional[Any] = None,
    ) -> "TFLiteConverter":
        """Of a SavedModel folder that Keras 2 wrote; UnsupportedError for another, with what to do instead.

        signature_keys and tags: what such a folder has, ["serving_default"] and {"serve"}, or None.
        """
        given = (("signature_keys", signature_keys, ["serving_default"]), ("tags", tags, ["serve"]))
        for name, value, only in given:
            if value is not None and list(value) != only:
                raise UnsupportedError(
                    f"{os.fspath(saved_model_dir)}: {name}: {value!r}: octet reads the Keras model in a SavedModel, "
                    f"which is {only[0]!r}: leave {name} out"
                )
        return cls(saved_model_dir)

    @classmethod
    def from_concrete_functions(cls, funcs: Any, trackable_obj: Any = None) -> NoReturn:
        """Raises UnsupportedError: octet reads layers, not traced functions."""
        raise UnsupportedError(
            f"from_concrete_functions: octet reads Keras models, not functions of TensorFlow: {_FROM_KERAS}"
        )

    def __setattr__(self, name: str, value: Any) -> None:
        if name in _ACCEPTED:
            if value != _ACCEPTED[name]:
                raise UnsupportedError(f"TFLiteConverter.{name} is {value!r}: octet has only {_ACCEPTED[name]!r}")
            return
        known = set(TFLiteConverter.__annotations__) | {"_model"}
        if name not in known:
            raise missing("octet_tflite.lite.TFLiteConverter", name, known | {"convert"}, _ELSEWHERE)
        super().__setattr__(name, value)

    def __getattr__(self, name: str) -> Any:
        if name in _ACCEPTED:
            return _ACCEPTED[name]
        raise missing(
            "octet_tflite.lite.TFLiteConverter", name, {*TFLiteConverter.__annotations__, "convert"}, _ELSEWHERE
        )

    def _is_trained(self) -> bool:
        trained = c_bool()
        call(Context(), lib.octet_model_is_trained, self._model.handle, byref(trained))
        return trained.value

    def _plan(self) -> Plan:
        return plan(self, self._is_trained)

    def _convert(self, planned: Plan, **more: Any) -> Any:
        """The octet_tflite.Model that the attributes ask for. more: further options of octet_tflite.quantize."""
        from .._quantize import quantize

        samples = None
        if planned.calibrates:
            samples = gather(self.representative_dataset, self._model.inputs, "representative_dataset")
        return quantize(
            self._model,
            samples,
            mode=planned.mode,
            input_type=planned.input_type,
            output_type=planned.output_type,
            per_tensor=bool(self._experimental_disable_per_channel),
            per_tensor_dense=bool(self._experimental_disable_per_channel_quantization_for_dense_layers),
            strict_tensorflow=bool(self.strict_tensorflow),
            progress=False,
            **more,
        )

    def convert(self) -> bytes:
        """The .tflite, the same bytes every time.

        Raises ValueError where the attributes contradict each other or the samples do not fit, UnsupportedError for
        what octet does not have (names layer, operator, reason), and what representative_dataset raises.
        """
        content: bytes = self._convert(self._plan()).to_bytes()
        return content


_ELSEWHERE = "octet_tflite.quantize has octet's own options"

__all__ = ["TFLiteConverter"]
