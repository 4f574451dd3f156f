"""tf.keras.models.load_model, and the model that it gives."""

import os
from typing import Any, Callable, Dict, Iterable, List, NoReturn, Optional, Union

import numpy as np

from ..._errors import UnsupportedError, UsageError
from ..._missing import missing
from .._tensor import Tensor, as_tensor

_CROSS_ENTROPIES = ("categoricalcrossentropy", "sparsecategoricalcrossentropy", "binarycrossentropy")
_ERRORS: "Dict[str, Callable[[np.ndarray[Any, Any]], Any]]" = {
    **dict.fromkeys(("meansquarederror", "mse"), lambda errors: np.square(errors).mean()),
    **dict.fromkeys(("meanabsoluteerror", "mae"), lambda errors: np.abs(errors).mean()),
}


class Model:
    """A trained Keras model that octet has read: it predicts, evaluates, and is converted. Nothing changes it."""

    def __init__(self, model: Any) -> None:
        """model: an octet_tflite.Model."""
        self._octet_model = model

    def summary(self, line_length: Any = None, positions: Any = None, print_fn: Any = None, **options: Any) -> None:
        """Prints Keras's table of layers, by print_fn where it is given. The other options are not used."""
        (print if print_fn is None else print_fn)(str(self._octet_model.summary()))

    def predict(self, x: Any, batch_size: Any = None, verbose: Any = "auto", **options: Any) -> Any:
        """What the model answers to samples along the first dimension of x: float32, (n, ...); a list for several
        outputs.

        batch_size and verbose are not used. Raises octet_tflite.DataError for what does not fit.
        """
        _refuse("predict", options, steps=None, callbacks=None)
        return self._octet_model.predict(_samples(x), progress=False)

    def __call__(self, x: Any, training: Any = None) -> Any:
        """The same as a Tensor, or a list of them."""
        if training:
            raise UnsupportedError("octet runs models as they predict: leave training out, and train in Keras")
        answer = self.predict(x)
        return [as_tensor(one) for one in answer] if isinstance(answer, list) else as_tensor(answer)

    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: Any = None,
        verbose: Any = "auto",
        sample_weight: Any = None,
        return_dict: bool = False,
        **options: Any,
    ) -> "Union[List[float], Dict[str, float]]":
        """[loss, accuracy] over samples with labels, or a dictionary of these.

        y: class numbers or one-hot rows; x may also go through batches of both. The loss is the one that the model was
        compiled with: a cross-entropy, as Keras computes it and of whichever kind suits the labels, or for
        mean_squared_error and mean_absolute_error that one, with the mean absolute error in the place of the accuracy.
        Prints one line unless verbose is 0. Raises octet_tflite.UnsupportedError for another loss.
        """
        _refuse("evaluate", options, steps=None, callbacks=None)
        if sample_weight is not None:
            raise UnsupportedError("evaluate: octet counts every sample alike: leave sample_weight out")
        if x is None:
            raise UsageError("evaluate: give samples and their labels")
        loss = self.loss
        if loss is None or loss.replace("_", "").lower() in _CROSS_ENTROPIES:
            evaluation = self._octet_model.evaluate(_samples(x), None if y is None else np.asarray(y), progress=False)
            if not evaluation.has_labels:
                raise UsageError("evaluate: give labels, a class for each sample")
            figures = {"loss": float(evaluation.loss), "accuracy": float(evaluation.accuracy)}
        else:
            figures = self._errors(loss, x, y)
        if verbose != 0:
            print(" - ".join(f"{name}: {value:.4f}" for name, value in figures.items()))
        return figures if return_dict else list(figures.values())

    def _errors(self, loss: str, x: Any, y: Any) -> Dict[str, float]:
        measure = _ERRORS.get(loss.replace("_", "").lower())
        if measure is None:
            raise UnsupportedError(
                f"evaluate: the model was compiled with the loss {loss}, octet has cross-entropies, "
                f"mean_squared_error and mean_absolute_error: measure what predict gives"
            )
        if y is None:
            raise UsageError("evaluate: give what the model should answer")
        answers = self.predict(x)
        wanted = np.asarray(y)
        if isinstance(answers, list) or answers.size != wanted.size:
            raise UsageError(
                f"evaluate: the labels have the shape {list(wanted.shape)}, which is not that of the answers"
            )
        errors = answers - wanted.reshape(answers.shape)
        return {"loss": float(measure(errors)), "mean_absolute_error": float(np.abs(errors).mean())}

    @property
    def loss(self) -> Optional[str]:
        """The name of the loss that the model was compiled with; None where its file does not say."""
        from ..._c import lib
        from ..._call import read

        name: Optional[bytes] = read(lib.octet_model_loss, self._octet_model.handle)
        return None if name is None else name.decode("utf-8", "replace")

    @property
    def name(self) -> str:
        """The name of the file, without its ending."""
        return os.path.splitext(os.path.basename(str(self._octet_model.path)))[0]

    @property
    def input_shape(self) -> Any:
        """(None, ...): of the input, or a list of them."""
        shapes = [(None, *one.shape[1:]) for one in self._octet_model.inputs]
        return shapes[0] if len(shapes) == 1 else shapes

    @property
    def output_shape(self) -> Any:
        """(None, ...): of the output, or a list of them."""
        shapes = [(None, *one.shape[1:]) for one in self._octet_model.outputs]
        return shapes[0] if len(shapes) == 1 else shapes

    def __getattr__(self, name: str) -> NoReturn:
        there = [one for one in dir(type(self)) if not one.startswith("_")]
        raise missing("a model of octet_tflite.tensorflow", name, there, "models are built and trained in Keras")


def _samples(x: Any) -> Any:
    """What octet_tflite takes: plain arrays for Tensors, also in collections."""
    if isinstance(x, Tensor):
        return x.numpy()
    if isinstance(x, dict):
        return {name: _samples(one) for name, one in x.items()}
    if isinstance(x, (list, tuple)):
        return type(x)(_samples(one) for one in x)
    if isinstance(x, np.ndarray) or not isinstance(x, Iterable):
        return x
    return (_samples(one) for one in x)


def _refuse(what: str, given: Dict[str, Any], **usual: Any) -> None:
    """Raises for options that would change the result, and unknown ones."""
    for name, value in given.items():
        if name not in usual:
            raise TypeError(f"{what}() got an unexpected keyword argument '{name}'")
        if value is not usual[name]:
            raise UnsupportedError(f"{what}: octet has no {name}: leave it out")


def load_model(
    filepath: "Union[str, os.PathLike[str]]", custom_objects: Optional[Any] = None, compile: bool = True, **options: Any
) -> Model:
    """Reads a .h5 or .keras file of Keras 2 or 3. Code inside a file is never run; custom layers are refused by name.

    compile and safe_mode are not used. Raises what octet_tflite.load_model raises.
    """
    from ..._model import load_model as load

    _refuse("load_model", {name: value for name, value in options.items() if name != "safe_mode"})
    if custom_objects:
        raise UnsupportedError(
            "custom_objects: octet runs no code of a model; docs/keras-layers.md lists the layers that it knows"
        )
    return Model(load(filepath))


def __getattr__(name: str) -> Any:
    raise missing("octet_tflite.tensorflow.keras.models", name, ["Model", "load_model"], "models are built in Keras")


__all__ = ["Model", "load_model"]
