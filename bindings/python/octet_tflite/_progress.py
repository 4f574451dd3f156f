"""How far a long call has come: by tqdm where it is installed, else as a line on a terminal."""

import importlib
import importlib.util
import sys
import threading
import time
from typing import Any, Callable, Optional, Tuple, Union

from . import _structs as s
from ._errors import UsageError

_DELAY_S = 0.5
"""Calls that are shorter show nothing."""

ProgressOption = Union[None, bool, Callable[[str, int, int], Optional[bool]]]
"""None: shown on a terminal and in a notebook; False: never; True: always; or a function of what is done, how much of it,
and how much there is, which stops the call by returning False."""


def _is_notebook() -> bool:
    """Whether output goes to a notebook: IPython runs here, and not in a terminal."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return shell is not None and hasattr(shell, "kernel")


class _Line:
    """A line that is written over: "calibrating: 300 of 1000"."""

    def __init__(self) -> None:
        self._text = ""

    def draw(self, what: str, done: int, total: int) -> None:
        text = f"{what}: {done} of {total}"
        if text != self._text:
            sys.stderr.write("\r" + text.ljust(len(self._text)))
            sys.stderr.flush()
            self._text = text

    def close(self) -> None:
        if self._text:
            sys.stderr.write("\r" + " " * len(self._text) + "\r")
            sys.stderr.flush()


class _Bar:
    """A tqdm bar; a new one when something else is being done."""

    def __init__(self, tqdm: Any) -> None:
        self._tqdm = tqdm
        self._bar: Any = None
        self._key: Tuple[str, int] = ("", 0)

    def draw(self, what: str, done: int, total: int) -> None:
        if self._bar is None or self._key != (what, total):
            self.close()
            self._bar = self._tqdm(total=total, desc=what, leave=False)
            self._key = (what, total)
        self._bar.update(done - self._bar.n)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None


def _display() -> Union[_Line, _Bar]:
    try:
        has_widgets = _is_notebook() and importlib.util.find_spec("ipywidgets") is not None
        return _Bar(importlib.import_module("tqdm.notebook" if has_widgets else "tqdm").tqdm)
    except ImportError:
        return _Line()


class Progress:
    """What the C library tells while it works, and whether it is to go on. One for each call.

    The library calls `callback` in the thread that runs the call, which only keeps the numbers. `show` draws them, in the
    thread that waits, where an exception can be raised.
    """

    def __init__(self, option: ProgressOption = None) -> None:
        if not (option is None or isinstance(option, bool) or callable(option)):
            raise UsageError(f"progress is {option!r}: give None, True, False or a function")
        shown = option is True or (
            option is None and (_is_notebook() or (sys.stderr is not None and sys.stderr.isatty()))
        )
        self._function = option if callable(option) else None
        self._display = _display() if shown and self._function is None else None
        self._begin_s = time.monotonic()
        self._told: Optional[Tuple[str, int, int]] = None
        self._shown: Optional[Tuple[str, int, int]] = None
        self._shower: Optional[int] = None  # the thread that shows at each step, where none waits
        self.failure: Optional[BaseException] = None
        self.is_cancelled = False
        self.callback = s.Progress(self._step)

    def _step(self, _user: Optional[int], what: bytes, done: int, total: int) -> bool:
        self._told = (what.decode("utf-8", "replace"), done, total)
        if self._shower == threading.get_ident():
            try:
                self.show()
            except BaseException as failure:  # nothing can pass through C: it is raised behind the call
                self.failure = failure
                self.is_cancelled = True
        return not self.is_cancelled

    def show_in_calls(self) -> None:
        """From here on each step is shown at once: the thread that calls the library is this one."""
        self._shower = threading.get_ident()

    def show(self) -> None:
        """Draws what was told last, if that is new. Raises what the caller's function raises."""
        told = self._told
        if told is None or told == self._shown:
            return
        self._shown = told
        if self._display is not None and time.monotonic() - self._begin_s >= _DELAY_S:
            self._display.draw(*told)
        if self._function is not None and self._function(*told) is False:
            self.is_cancelled = True

    def close(self) -> None:
        """Takes bar and line away."""
        if self._display is not None:
            self._display.close()
