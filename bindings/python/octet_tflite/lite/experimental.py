"""What TensorFlow has in tf.lite.experimental."""

from typing import Any, Dict, NoReturn, Optional

from .._errors import UnsupportedError
from .._missing import missing
from .debugger import QuantizationDebugger, QuantizationDebugOptions
from .interpreter import OpResolverType

__all__ = ["OpResolverType", "QuantizationDebugOptions", "QuantizationDebugger", "load_delegate"]


def load_delegate(library: str, options: Optional[Dict[str, Any]] = None) -> NoReturn:
    """Raises UnsupportedError: octet loads no delegates."""
    raise UnsupportedError(f"{library}: octet runs models by its own kernels and loads no delegates")


def __getattr__(name: str) -> Any:
    raise missing("octet_tflite.lite.experimental", name, __all__)
