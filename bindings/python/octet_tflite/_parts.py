"""Parts of a whole: what was found over some of the samples, wherever that was, and how parts become one.

A part is a model's statistics or its evaluation. It passes between processes and machines as the bytes of its file, and
never takes its model along.
"""

import os
import threading
from contextlib import contextmanager
from typing import Any, Iterable, Iterator, Optional, Type, TypeVar, Union

from ._c import lib
from ._call import Context, Handle, Out, call, call_for_bytes, call_for_text, path_bytes, read
from ._closing import Closing
from ._errors import ArgumentError, UnsupportedError, UsageError
from ._model import Model, as_model
from ._progress import Progress

_PICKLE_LAYOUT = 1
"""Of what pickles hold: the class, this number, the bytes of the file; a later octet may count further."""

PartType = TypeVar("PartType", bound="Part")


class Part(Closing):
    """What some of the samples gave. Threads that merge, save or look at one part take turns."""

    _PREFIX = ""
    """Of the library's functions."""

    def __init__(self, model: Optional[Model]) -> None:
        self._model = model
        self._context = Context(takes_turns=True)
        self._updates = threading.Lock()
        self._handle = self._new_handle()

    def _new_handle(self) -> Handle:
        needs = () if self._model is None else (self._model.handle,)
        return Handle(self._context, self._function("destroy"), type(self).__name__, *needs)

    @classmethod
    def _function(cls, verb: str) -> Any:
        return getattr(lib, cls._PREFIX + verb)

    @contextmanager
    def _updating(self) -> Iterator[Model]:
        """While samples are added: by one thread at a time. Gives the model that runs them."""
        if self._model is None:
            raise UsageError(
                f"this {type(self).__name__} came without its model: {type(self).__name__}.load(part.to_bytes(), model) "
                "can be updated"
            )
        if not self._updates.acquire(blocking=False):
            raise UsageError(f"this {type(self).__name__} is being updated by another thread: make one for each")
        try:
            yield self._model
        finally:
            self._updates.release()

    @staticmethod
    def _join(context: Any, place: Any, other: Any) -> int:
        """Merges into the object at `place`, in the library."""
        raise NotImplementedError

    def merge(self: PartType, *others: PartType) -> PartType:
        """Adds what others found over samples of their own, for the same model; in any order, the result is that of one
        run. Raises DataError where they do not belong together; what was merged before stays.
        """
        for other in others:
            if type(other) is not type(self):
                raise ArgumentError(f"merge takes another {type(self).__name__}: {type(other).__name__} is none")
            if other is self:
                raise UsageError(f"a {type(self).__name__} is not merged with itself: each sample counts once")
            call(self._context, self._join, Out(self._open_handle()), other._open_handle())
        return self

    def _open_handle(self) -> Handle:
        """The handle, also of a part without samples."""
        return super().handle

    def __add__(self: PartType, other: PartType) -> PartType:
        """Both together, as a part of its own."""
        if other is self:
            raise UsageError(f"a {type(self).__name__} is not merged with itself: each sample counts once")
        return self.__copy__().merge(other)

    def __radd__(self: PartType, other: Any) -> PartType:
        """`sum` begins with 0."""
        if isinstance(other, int) and other == 0:
            return self.__copy__()
        raise ArgumentError(f"a {type(self).__name__} is added to another one only: {type(other).__name__} is none")

    def __iadd__(self: PartType, other: PartType) -> PartType:
        return self.merge(other)

    def __eq__(self, other: object) -> bool:
        """Whether both found the same, to the last byte of their files; times do not count."""
        if not isinstance(other, Part):
            return NotImplemented
        return other is self or (type(other) is type(self) and self._is_equal(other))

    def _is_equal(self: PartType, other: PartType) -> bool:
        """Of another part of the same class."""
        return self._content() == other._content()

    __hash__ = None  # type: ignore[assignment] # it changes while samples are added

    @property
    def fingerprint(self) -> str:
        """Of the model: parts of one model have one, and merge."""
        return f"{read(self._function('fingerprint'), self.handle):016x}"

    @property
    def missing(self) -> Optional[str]:
        """Of shards: those that have not been merged, as "3, 9 to 12 of 16"; None where none is missing."""
        handle = self._open_handle()
        return call_for_text(self._function("missing"), handle) or None if handle.pointer else None

    def _content(self) -> bytes:
        """The bytes of the file."""
        return call_for_bytes(self._function("save_bytes"), self._open_handle())

    def to_bytes(self) -> bytes:
        """What `save` writes."""
        return self._content()

    def save(self, path: "Union[str, os.PathLike[str]]") -> None:
        """Writes a file, complete or not at all. Equal parts give equal bytes, on any machine, but for times."""
        call(Context(), self._function("save"), self.handle, path_bytes(path, "path"), progress=Progress(False))

    @classmethod
    def load(
        cls: Type[PartType],
        source: "Union[str, os.PathLike[str], bytes]",
        model: Any = None,
        **options: Any,
    ) -> PartType:
        """Reads what `save` wrote, from a path or bytes. model and options: those of the class, for `update`; without them
        it can be merged, saved and used. Raises FileError, FormatError, UnsupportedError (of a later octet).
        """
        if model is None and options:
            raise UsageError(f"load: {next(iter(options))} says how a model is run: give the model, too")
        made = cls._without_model() if model is None else cls(model, **options)
        made._read(source)
        return made

    @classmethod
    def _without_model(cls: Type[PartType]) -> PartType:
        made = cls.__new__(cls)
        Part.__init__(made, None)
        return made

    def _read(self, source: "Union[str, os.PathLike[str], bytes]") -> None:
        handle = self._new_handle()
        if isinstance(source, (bytes, bytearray, memoryview)):
            content = bytes(source)
            name = type(self).__name__.lower().encode()
            call(self._context, self._function("load_bytes"), content, len(content), name, Out(handle))
        else:
            call(self._context, self._function("load"), path_bytes(source, "source"), Out(handle))
        self._handle = handle

    def __copy__(self: PartType) -> PartType:
        """A part of its own that goes on with the same model."""
        made = type(self)._without_model()
        state = {name: value for name, value in vars(self).items() if name not in vars(made)}
        vars(made).update(state, _model=self._model)
        content = self._content()
        if content:
            made._read(content)
        return made

    def __deepcopy__(self: PartType, _memo: Any) -> PartType:
        return self.__copy__()

    def __reduce__(self) -> Any:
        return restore, (type(self), _PICKLE_LAYOUT, self._content())


def restore(kind: Type[PartType], layout: Any, *state: Any) -> PartType:
    """What a pickle of a part calls. Raises UnsupportedError for a pickle of a later octet, FormatError for what is none."""
    if layout != _PICKLE_LAYOUT or len(state) != 1:
        raise UnsupportedError(
            f"a pickled {kind.__name__} in layout {layout!r}: this octet_tflite reads {_PICKLE_LAYOUT}; use one version "
            "on all machines"
        )
    made = kind._without_model()
    if state[0]:
        made._read(state[0])
    return made


def merge(parts: "Iterable[PartType]") -> PartType:
    """One part of all of them, in any order; they stay as they are. Raises DataError where they do not belong together,
    and UsageError for none.

    >>> import numpy, octet_tflite
    >>> rows = numpy.random.rand(30, 8, 8, 1)
    >>> parts = [octet_tflite.Calibration(small_model).update(rows[i : i + 10]) for i in (0, 10, 20)]
    >>> octet_tflite.merge(parts) == octet_tflite.Calibration(small_model).update(rows)
    True
    """
    if isinstance(parts, Part) or not hasattr(parts, "__iter__"):
        raise ArgumentError(f"merge takes parts, as a list or one after the other: {type(parts).__name__} is none")
    if isinstance(parts, (list, tuple)) and len({id(part) for part in parts}) < len(parts):
        raise UsageError("merge: one part is given twice: each sample counts once")
    whole: Optional[PartType] = None
    for part in parts:
        if not isinstance(part, Part):
            raise ArgumentError(f"merge takes calibrations or evaluations: {type(part).__name__} is neither")
        whole = part.__copy__() if whole is None else whole.merge(part)
    if whole is None:
        raise UsageError("merge: no part is given")
    return whole
