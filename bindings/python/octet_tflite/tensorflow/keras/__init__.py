"""As much of tf.keras as quantizing a trained model takes."""

from typing import Any

from ..._missing import missing
from . import datasets, models, utils
from .models import Model

__all__ = ["Model", "datasets", "models", "utils"]


def __getattr__(name: str) -> Any:
    raise missing("octet_tflite.tensorflow.keras", name, __all__, "models are built and trained in Keras")
