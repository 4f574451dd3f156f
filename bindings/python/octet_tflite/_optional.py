"""Packages that are used where they are installed."""

import importlib
from typing import Any

from ._errors import MissingPackageError


def package(name: str, purpose: str) -> Any:
    """The module `name`. Raises MissingPackageError, which says what it is needed for."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        root = name.partition(".")[0]
        raise MissingPackageError(f"{purpose} needs the package {root}: pip install {root}") from error
