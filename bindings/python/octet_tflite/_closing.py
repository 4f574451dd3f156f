"""What the objects of the package have in common that can be closed."""

from typing import Optional, TypeVar

from ._call import Handle
from ._errors import UsageError

_Self = TypeVar("_Self", bound="Closing")


class Closing:
    """Has an object of the library until it is closed: by `close`, by `with`, or with its last reference."""

    _handle: Optional[Handle]

    @property
    def handle(self) -> Handle:
        """Of the library's object. Raises UsageError once this one is closed."""
        if self._handle is None:
            raise UsageError(f"this {type(self).__name__} is closed")
        return self._handle

    def close(self) -> None:
        """Gives the memory back, once nothing that was made from this object needs it. May be called again."""
        self._handle = None

    def __enter__(self: _Self) -> _Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
