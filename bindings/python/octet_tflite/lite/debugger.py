"""tf.lite.experimental.QuantizationDebugger on octet: what quantizing costs, layer by layer.

It compares the quantized model with the float one as `octet compare` does, so it needs no file in a debug mode.
"""

import csv
import os
from typing import IO, Any, Callable, Dict, List, Mapping, NoReturn, Optional, Sequence, Tuple, Union

import numpy as np

from .._errors import UnsupportedError, UsageError
from ._samples import batches_of, gather
from .interpreter import Interpreter

ModelMetric = Callable[[Sequence[Any], Sequence[Any]], float]
Path = Union[str, "os.PathLike[str]"]

_METRICS = {
    "num_elements": "n_elements",
    "stddev": "added_stddev",
    "mean_error": "added_mean_error",
    "max_abs_error": "added_max_abs_error",
    "mean_squared_error": "added_mean_squared_error",
}
"""TensorFlow's name of each figure, and octet's: what a layer adds to the error."""


class QuantizationDebugOptions:
    """What is measured, and what stays in float.

    model_debug_metrics: by name, functions of the outputs of the float and of the quantized model (lists of float32
    arrays, of one batch). denylisted_ops: operators that stay in float, as "SOFTMAX". denylisted_nodes: layers that do,
    by their tensor_name in the statistics. fully_quantize: inputs and outputs are int8 as well. Functions of the
    numbers of a layer (layer_debug_metrics, layer_direct_compare_metrics) raise UnsupportedError: octet measures layers
    itself.
    """

    def __init__(
        self,
        layer_debug_metrics: Optional[Mapping[str, Any]] = None,
        model_debug_metrics: Optional[Mapping[str, ModelMetric]] = None,
        layer_direct_compare_metrics: Optional[Mapping[str, Any]] = None,
        denylisted_ops: Optional[List[str]] = None,
        denylisted_nodes: Optional[List[str]] = None,
        fully_quantize: bool = False,
    ) -> None:
        for name, given in (
            ("layer_debug_metrics", layer_debug_metrics),
            ("layer_direct_compare_metrics", layer_direct_compare_metrics),
        ):
            if given:
                raise UnsupportedError(
                    f"{name}: octet measures {', '.join(_METRICS)} of each layer; octet_tflite.compare_layers has more"
                )
        self.layer_debug_metrics = layer_debug_metrics
        self.model_debug_metrics = model_debug_metrics
        self.layer_direct_compare_metrics = layer_direct_compare_metrics
        self.denylisted_ops = denylisted_ops
        self.denylisted_nodes = denylisted_nodes
        self.fully_quantize = fully_quantize


def _real_outputs(
    interpreter: Interpreter, inputs: "Mapping[str, np.ndarray[Any, Any]]", names: List[str]
) -> List[Any]:
    """Outputs of one run, as real numbers. inputs: by name, real numbers."""
    details = interpreter.get_input_details()
    for one, name in zip(details, names):
        interpreter.resize_tensor_input(one["index"], inputs[name].shape)
    interpreter.allocate_tensors()
    for one, name in zip(details, names):
        interpreter.set_tensor(one["index"], _stored(inputs[name], one))
    interpreter.invoke()
    outputs = []
    for one in interpreter.get_output_details():
        stored = interpreter.get_tensor(one["index"])
        scale, zero_point = one["quantization"]
        real = (stored.astype(np.float32) - np.float32(zero_point)) * np.float32(scale) if scale else stored
        outputs.append(real)
    return outputs


def _stored(values: "np.ndarray[Any, Any]", details: Mapping[str, Any]) -> "np.ndarray[Any, Any]":
    """Real numbers in the type of an input."""
    scale, zero_point = details["quantization"]
    dtype = details["dtype"]
    if not scale:
        return values.astype(dtype, copy=False)
    limits = np.iinfo(dtype)
    steps = np.round(values / np.float32(scale)) + zero_point
    return np.asarray(np.clip(steps, limits.min, limits.max), dtype)


class QuantizationDebugger:
    """Compares a quantized model with the float model that it was made from.

    converter: a TFLiteConverter with optimizations and representative_dataset; it quantizes. Or quant_debug_model_path
    or _content with float_model_path or _content: two files of one network, the quantized one by any converter.
    debug_dataset: a function that yields batches, as representative_dataset does.

    layer_statistics, after run(): by name of the tensor, num_elements, stddev, mean_error, max_abs_error and
    mean_squared_error of what its layer adds to the error, over all samples. model_statistics: the model_debug_metrics,
    each the mean over the batches. Raises ValueError where something is missing.
    """

    def __init__(
        self,
        quant_debug_model_path: Optional[Path] = None,
        quant_debug_model_content: Optional[bytes] = None,
        float_model_path: Optional[Path] = None,
        float_model_content: Optional[bytes] = None,
        debug_dataset: Optional[Callable[[], Any]] = None,
        debug_options: Optional[QuantizationDebugOptions] = None,
        converter: Any = None,
    ) -> None:
        from .._model import load_model

        self._options = QuantizationDebugOptions() if debug_options is None else debug_options
        self._dataset = debug_dataset
        self._converter = converter
        self.layer_statistics: Optional[Dict[str, Dict[str, float]]] = None
        self.model_statistics: Optional[Dict[str, float]] = None
        self._rows: Dict[str, Any] = {}
        if converter is not None:
            if not converter.optimizations or converter.representative_dataset is None:
                raise UsageError("the converter needs optimizations = [Optimize.DEFAULT] and a representative_dataset")
            self._float: Any = converter._model
            self._make()
            return
        quantized = quant_debug_model_path if quant_debug_model_path is not None else quant_debug_model_content
        original = float_model_path if float_model_path is not None else float_model_content
        if quantized is None or original is None:
            raise UsageError("give a converter, or a quantized model and the float model that it is compared with")
        self._float, self._quantized = load_model(original), load_model(quantized)

    def _make(self) -> None:
        """Quantizes with the converter and the options."""
        options, converter = self._options, self._converter
        planned = converter._plan()
        if planned.mode not in ("int8", "int16x8"):
            raise UsageError(
                f"the converter makes a model of mode {planned.mode}: layers are compared of int8 and int16x8"
            )
        if options.fully_quantize:
            planned = planned._replace(input_type="int8", output_type="int8")
        keep = list(options.denylisted_ops or ())
        self._quantized = converter._convert(planned, keep_float=keep)
        if options.denylisted_nodes:
            self._quantized = converter._convert(planned, keep_float=keep + self._layers_of(options.denylisted_nodes))

    def _layers_of(self, nodes: Sequence[str]) -> List[str]:
        """The layers whose results have these names."""
        layers = {row.tensor_name: row.layer for row in self._compared()}
        for node in nodes:
            if node not in layers:
                raise UsageError(f"denylisted_nodes has {node!r}: the tensors are {', '.join(layers)}")
        return [layers[node] for node in nodes]

    def _samples(self) -> Dict[str, Any]:
        dataset = self._dataset
        if dataset is None and self._converter is not None:
            dataset = self._converter.representative_dataset
        if dataset is None:
            raise UsageError("debug_dataset is not given: it yields the batches that the models are compared on")
        return dict(gather(dataset, self._float.inputs, "debug_dataset"))

    def _compared(self) -> List[Any]:
        """Figures of all values that a layer of the quantized model computes as integers."""
        from .._layers import compare_layers

        rows = compare_layers(self._float, self._quantized, self._samples(), progress=False).rows
        return [row for row in rows if row.has_scale and row.has_added and row.op_name != "INPUT"]

    @property
    def options(self) -> QuantizationDebugOptions:
        """What is measured, and what stays in float. Setting it quantizes anew where there is a converter."""
        return self._options

    @options.setter
    def options(self, options: QuantizationDebugOptions) -> None:
        self._options = options
        self.layer_statistics = self.model_statistics = None
        if self._converter is not None:
            self._make()

    def run(self) -> None:
        """Runs both models over the samples and fills layer_statistics and model_statistics."""
        self._rows = {f"NumericVerify/{row.tensor_name}:{row.tensor_index}": row for row in self._compared()}
        self.layer_statistics = {
            name: {metric: float(getattr(row, figure)) for metric, figure in _METRICS.items()}
            for name, row in self._rows.items()
        }
        if self._options.model_debug_metrics:
            self.model_statistics = self._compare_outputs(self._options.model_debug_metrics)

    def _compare_outputs(self, metrics: Mapping[str, ModelMetric]) -> Dict[str, float]:
        original = Interpreter(model_content=self._float.to_bytes())
        quantized = Interpreter(model_content=self._quantized.to_bytes())
        names = [one.name for one in self._float.inputs]
        dataset = self._dataset if self._dataset is not None else self._converter.representative_dataset
        found: Dict[str, List[float]] = {name: [] for name in metrics}
        for batch in batches_of(dataset, self._float.inputs, "debug_dataset"):
            inputs = dict(zip(names, batch))
            pair: Tuple[List[Any], List[Any]] = (
                _real_outputs(original, inputs, names),
                _real_outputs(quantized, inputs, names),
            )
            for name, metric in metrics.items():
                found[name].append(float(metric(*pair)))
        return {name: float(np.mean(values)) for name, values in found.items()}

    def layer_statistics_dump(self, file: IO[str]) -> None:
        """Writes a row of CSV for each layer, under TensorFlow's names. Raises UsageError before run()."""
        if self.layer_statistics is None:
            raise UsageError("there are no statistics yet: call run() first")
        writer = csv.writer(file)
        writer.writerow(["op_name", "tensor_idx", *_METRICS, "scale", "zero_point", "tensor_name"])
        for name, row in self._rows.items():
            figures = self.layer_statistics[name].values()
            writer.writerow([row.op_name, row.tensor_index, *figures, row.scale, row.zero_point, row.tensor_name])

    def get_nondebug_quantized_model(self) -> bytes:
        """The quantized model as .tflite, with what the options leave in float."""
        content: bytes = self._quantized.to_bytes()
        return content

    def get_debug_quantized_model(self) -> NoReturn:
        """Raises UnsupportedError: octet measures layers without a file in a debug mode."""
        raise UnsupportedError(
            "octet writes no debug model: run() measures them, get_nondebug_quantized_model() gives the model"
        )


__all__ = ["QuantizationDebugOptions", "QuantizationDebugger"]
