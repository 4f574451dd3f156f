"""A live Keras model, of any version and backend, as the bytes of the file that its own `save` writes."""

import os
import sys
import tempfile
from typing import Any, Optional, Tuple

from ._errors import ModelError

_ROOTS = ("keras", "tf_keras", "tensorflow")


def _package_of(x: Any) -> Optional[str]:
    """The package that x is a model of: the first of its classes that Keras wrote says it."""
    for cls in type(x).__mro__:
        root = cls.__module__.partition(".")[0]
        if root in _ROOTS:
            return root
    return None


def is_live_model(x: Any) -> bool:
    """Whether x is a Keras model, and no path or file."""
    return callable(getattr(x, "save", None)) and hasattr(x, "layers") and _package_of(x) is not None


def _is_keras_3(package: Optional[str]) -> bool:
    module = sys.modules.get(package or "")
    version = getattr(module, "__version__", "")
    return (
        package == "keras"
        and isinstance(version, str)
        and version.partition(".")[0].isdigit()
        and int(version.partition(".")[0]) >= 3
    )


def saved(model: Any) -> Tuple[bytes, str]:
    """The file, and a name for it. Raises ModelError where Keras does not save the model."""
    is_3 = _is_keras_3(_package_of(model))
    name = f"{getattr(model, 'name', None) or 'model'}.{'keras' if is_3 else 'h5'}"
    with tempfile.TemporaryDirectory(prefix="octet-") as folder:
        path = os.path.join(folder, "model.keras" if is_3 else "model.h5")
        try:
            if is_3:
                model.save(path)
            else:
                model.save(path, save_format="h5", include_optimizer=False)
        except Exception as error:
            reason = str(error).partition("\n")[0]
            raise ModelError(f"{name}: Keras cannot save the model: {reason}") from error
        with open(path, "rb") as file:
            return file.read(), name
