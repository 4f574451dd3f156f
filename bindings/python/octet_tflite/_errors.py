"""The exceptions of the package: one family, `Error`, with a class for each way in which a call can fail.

Each class is also the builtin that says the same, so that `except ValueError` and `except OSError` work as ever.
"""

from . import _structs as s


class Error(RuntimeError):
    """A call failed. Its text is one sentence: where, what value, which rule or remedy."""


class UsageError(Error, ValueError):
    """Wrong use: an unknown name, a missing option, an object that is closed or in use by another thread."""


class ArgumentError(UsageError, TypeError):
    """Wrong use: an argument that is of no type that it can have."""


class DataError(Error, ValueError):
    """The data do not fit the model, or contradict themselves."""


class FormatError(Error, ValueError):
    """A file is corrupt, or not of the format that it claims."""


class UnsupportedError(Error, NotImplementedError):
    """Valid, but octet does not support it; the sentence names layer and reason."""


class ModelError(Error, ValueError):
    """The model contradicts itself."""


class LimitError(Error):
    """A limit was reached."""


class FileError(Error, OSError):
    """A file cannot be read or written."""


class OutOfMemoryError(Error, MemoryError):
    """Out of memory."""


class InternalError(Error):
    """A mistake in octet."""


class CancelledError(Error):
    """A progress function asked to stop. Nothing was changed or written."""


class MissingPackageError(Error, ImportError):
    """What was asked for needs a package that is not installed; the sentence names it."""


OF_STATUS = {
    s.USAGE: UsageError,
    s.NOMEM: OutOfMemoryError,
    s.IO: FileError,
    s.FORMAT: FormatError,
    s.UNSUPPORTED: UnsupportedError,
    s.MODEL: ModelError,
    s.DATA: DataError,
    s.LIMIT: LimitError,
    s.INTERNAL: InternalError,
    s.CANCELLED: CancelledError,
}
"""By octet_status."""

for _error in (Error, *Error.__subclasses__(), ArgumentError):
    _error.__module__ = "octet_tflite"  # where users find it
