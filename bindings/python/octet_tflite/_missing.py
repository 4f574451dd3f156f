"""What is said of names of TensorFlow that this package does not have."""

from typing import Iterable


def missing(owner: str, name: str, there: Iterable[str], hint: str = "") -> AttributeError:
    """The error for attribute `name` of `owner`: it lists what is there, and says where else to look."""
    listed = ", ".join(sorted(one for one in there if not one.startswith("_")))
    return AttributeError(f"{owner} has no {name}: it has {listed}" + (f"; {hint}" if hint else ""))
