"""Calls of the C library: contexts, handles, errors, threads, Ctrl-C.

The rules of octet.h become these: each object of Python has a context of its own, which it shares with nobody. A call
takes the locks of all the contexts whose handles it is given, and says so where another thread has one, or waits where
threads take turns. A call that may take long runs in a thread of its own while the main thread waits, so that Ctrl-C is
answered at once.
"""

import itertools
import math
import os
import threading
from ctypes import Structure, byref, c_char_p, c_size_t, c_void_p, pointer, string_at
from functools import partial
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

import numpy as np

from . import _structs as s
from ._c import lib
from ._errors import OF_STATUS, ArgumentError, Error, UsageError
from ._progress import Progress

_PATIENCE_S = 0.1
"""How long Ctrl-C waits for the library to end its call. After that the call goes on by itself, to no effect."""
_STEP_S = 0.05
"""Between two looks at the progress of a call."""


_max_memory: Optional[int] = None


def set_max_memory(n_bytes: int) -> None:
    """Bounds what the library allocates for each object that is made from here on: a model, an evaluation, a call.

    Beyond it: LimitError. The default is 16 GiB.

    >>> import octet_tflite
    >>> octet_tflite.set_max_memory(1 << 10)
    >>> octet_tflite.load_model(small_model)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    octet_tflite.LimitError: ...
    >>> octet_tflite.set_max_memory(16 << 30)
    """
    global _max_memory
    _max_memory = whole(n_bytes, "n_bytes")


_counting = threading.RLock()


class _Shared:
    """Something that several objects need: `destroy` is called with the last of them.

    Objects count themselves, and do not rely on Python: where they lie in a cycle, it forgets them in any order.
    """

    def __init__(self, destroy: Callable[[], None]) -> None:
        self._destroy = destroy
        self._count = 1

    def retain(self) -> None:
        with _counting:
            self._count += 1

    def release(self) -> None:
        with _counting:
            self._count -= 1
            is_last = self._count == 0
        if is_last:
            self._destroy()


_numbers = itertools.count()


class Context:
    """An octet_context, and the lock of everything made with it.

    takes_turns: a thread waits while another one has the lock; without, it is told so.
    """

    def __init__(self, takes_turns: bool = False) -> None:
        self.pointer = c_void_p()
        self.lock = threading.Lock()
        self.takes_turns = takes_turns
        self._number = next(_numbers)
        self.is_left_alone = False  # a call that Ctrl-C has ended still runs in it
        self._condemned: List[Callable[[], None]] = []
        if lib.octet_context_create(byref(self.pointer)) != s.OK:
            raise OF_STATUS[s.NOMEM]("a context: out of memory")
        self.shared = _Shared(partial(lib.octet_context_destroy, self.pointer))
        if _max_memory is not None:
            lib.octet_context_set_max_memory(self.pointer, _max_memory)

    def __del__(self) -> None:
        if hasattr(self, "shared"):
            self.shared.release()

    def __reduce__(self) -> Any:
        raise UsageError("this object lies in the memory of this process: pass the bytes that it was made from")

    def destroy_object(self, destroy: Callable[[], None]) -> None:
        """Calls `destroy`, which uses the context: now, or when the thread that has the lock gives it back."""
        self._condemned.append(destroy)
        if self.lock.acquire(blocking=False):
            self.release()

    def acquire(self, what: str) -> None:
        """Takes the lock. Raises UsageError where another thread has it, unless they take turns."""
        if self.lock.acquire(blocking=False):
            return
        if not self.is_left_alone and not self.takes_turns:
            raise UsageError(f"this {what} is in use by another thread: one thread at a time may use it")
        self.lock.acquire()

    def order(self) -> Tuple[bool, int]:
        """In which contexts are acquired: those that are waited for have one order, so that no two threads wait for each
        other."""
        return not self.takes_turns, self._number

    def release(self) -> None:
        self.is_left_alone = False
        while self._condemned:
            self._condemned.pop()()
        self.lock.release()


class Handle:
    """An object of the library, destroyed with the last reference to it.

    needs: what must live as long: the handles that it was made from, memory that it reads.
    """

    def __init__(self, context: Context, destroy: Callable[[c_void_p, c_void_p], None], what: str, *needs: Any) -> None:
        self.context = context
        self.pointer = c_void_p()
        self.what = what
        self._is_closed = False
        for need in needs:
            if isinstance(need, Handle):
                need._shared.retain()
        context.shared.retain()
        self._shared: _Shared = _Shared(partial(self._forget, context, destroy, self.pointer, needs))

    @staticmethod
    def _forget(
        context: Context, destroy: Callable[[c_void_p, c_void_p], None], place: c_void_p, needs: Tuple[Any, ...]
    ) -> None:
        """Destroys what `place` points to, as soon as no call uses the context, and lets go of what it needed."""

        def end() -> None:
            if place:
                destroy(context.pointer, place)
                place.value = None
            for need in needs:
                if isinstance(need, Handle):
                    need._shared.release()
            context.shared.release()

        context.destroy_object(end)

    def __del__(self) -> None:
        if hasattr(self, "_shared"):
            self.close()

    def __reduce__(self) -> Any:
        raise UsageError(f"this {self.what} lies in the memory of this process: pass what it gives as bytes")

    def close(self) -> None:
        """Destroys the object, which is no more to be used, once neither a call nor another object needs it."""
        if not self._is_closed:
            self._is_closed = True
            self._shared.release()


class Out:
    """An argument: the place of the handle that a call makes."""

    def __init__(self, handle: Handle) -> None:
        self.handle = handle


def _prepare(context: Context, arguments: Tuple[Any, ...]) -> Tuple[List[Any], Dict[Context, str]]:
    """Arguments as ctypes takes them, and the contexts that the call uses, its own first."""
    contexts: Dict[Context, str] = {context: "object"}
    plain: List[Any] = []
    for argument in arguments:
        if isinstance(argument, Out):
            contexts[argument.handle.context] = argument.handle.what
            plain.append(byref(argument.handle.pointer))
        elif isinstance(argument, Handle):
            contexts[argument.context] = argument.what
            plain.append(argument.pointer)
        elif isinstance(argument, Structure):
            plain.append(byref(argument))
        else:
            plain.append(argument)
    return plain, contexts


def raise_error(context: Context, status: int) -> None:
    """Raises what the context says."""
    sentence = lib.octet_context_message(context.pointer).decode("utf-8", "replace")
    lib.octet_context_clear_error(context.pointer)
    raise OF_STATUS.get(status, Error)(sentence or lib.octet_error_text(status).decode())


class _Worker:
    """A call in a thread of its own. keeps: what must live until it ends."""

    def __init__(self, work: Callable[[], int], finish: Callable[[], None], keeps: Any) -> None:
        self._work = work
        self._finish = finish
        self._keeps = keeps
        self._lock = threading.Lock()
        self._is_left = False
        self._has_begun = False
        self._is_withdrawn = False
        self.done = threading.Event()
        self.status = s.OK
        self.start = threading.Thread(target=self._run, name="octet", daemon=True).start

    def _run(self) -> None:
        with self._lock:
            self._has_begun = not self._is_withdrawn
        if not self._has_begun:
            return
        self.status = self._work()
        with self._lock:
            self.done.set()
            if self._is_left:
                self._finish()
        del self._work, self._finish, self._keeps

    def withdraw(self) -> bool:
        """Whether the call has not begun; then it never will."""
        with self._lock:
            self._is_withdrawn = not self._has_begun
            return self._is_withdrawn

    def leave(self, prepare: Callable[[], None]) -> bool:
        """Calls `prepare`, and has `finish` called by the thread when it ends; False where it has ended."""
        with self._lock:
            self._is_left = not self.done.is_set()
            if self._is_left:
                prepare()
            return self._is_left


def _must_leave(worker: _Worker, contexts: Dict[Context, str]) -> bool:
    """Whether the thread goes on after it was told to end; then it releases the contexts."""
    try:
        if worker.done.wait(_PATIENCE_S):
            return False
    except BaseException:  # Ctrl-C again
        pass

    def prepare() -> None:
        for context in [one for one in list(contexts)[1:] if contexts[one] == "model"]:
            del contexts[context]  # no call changes a model: it can be used at once; the first is the call's own
            context.release()
        for context in contexts:
            context.is_left_alone = True

    return worker.leave(prepare)


def _run_aside(work: Callable[[], int], keeps: Any, contexts: Dict[Context, str], progress: Progress) -> int:
    """Runs work in a thread and waits. Where the wait is interrupted, the contexts are released here or by the thread."""

    def finish() -> None:
        for context in contexts:
            lib.octet_context_clear_error(context.pointer)
            context.release()

    worker = _Worker(work, finish, keeps)
    try:
        try:
            worker.start()
        except RuntimeError:  # the system refuses threads
            if worker.withdraw():
                return work()
        while not worker.done.wait(_STEP_S):
            progress.show()
        progress.show()
    except BaseException:  # KeyboardInterrupt, what a signal handler or the caller's progress raises
        progress.is_cancelled = True
        if worker.withdraw() or not _must_leave(worker, contexts):
            finish()
        raise
    return worker.status


def call(
    context: Context, function: Any, *arguments: Any, progress: Optional[Progress] = None, uses: Sequence[Any] = ()
) -> None:
    """Calls function(context, *arguments) and raises what its status says.

    Handles stand for their pointers, Out(handle) for the place of a new one, structs for their address. progress: of a
    call that may take long; its callback is in the options already. uses: what the arguments point to without keeping
    it: memory, and handles, which are locked too. Raises Error, and UsageError where another thread uses one of the
    handles.
    """
    plain, contexts = _prepare(context, arguments)
    contexts.update((one.context, one.what) for one in uses if isinstance(one, Handle))
    taken: Dict[Context, str] = {}
    try:
        for one in sorted(contexts, key=Context.order):
            one.acquire(contexts[one])
            taken[one] = contexts[one]
    except BaseException:
        for one in taken:
            one.release()
        raise

    def work() -> int:
        return int(function(context.pointer, *plain))

    if progress is not None and threading.current_thread() is threading.main_thread():
        status = _run_aside(work, (arguments, uses, progress), contexts, progress)
    else:
        if progress is not None:
            progress.show_in_calls()
        status = work()
    try:
        if progress is not None and progress.failure is not None:
            lib.octet_context_clear_error(context.pointer)
            raise progress.failure
        if status != s.OK:
            raise_error(context, status)
    finally:
        for one in contexts:
            one.release()


def read(function: Any, handle: Handle, *arguments: Any) -> Any:
    """function(handle, *arguments): a short look at an object, which cannot fail."""
    handle.context.acquire(handle.what)
    try:
        return function(handle.pointer, *arguments)
    finally:
        handle.context.release()


def call_for_text(
    function: Any,
    *arguments: Any,
    context: Optional[Context] = None,
    progress: Optional[Progress] = None,
    uses: Sequence[Any] = (),
) -> str:
    """The text that the call gives as its last argument. context: None makes one for the call."""
    context = context if context is not None else Context()
    text = c_char_p()
    call(context, function, *arguments, pointer(text), progress=progress, uses=uses)
    try:
        return (text.value or b"").decode("utf-8", "replace")
    finally:
        lib.octet_text_free(context.pointer, text)


def call_for_bytes(function: Any, *arguments: Any) -> bytes:
    """The bytes that the call gives as its last two arguments."""
    context = Context()
    start, size = c_void_p(), c_size_t()
    call(context, function, *arguments, pointer(start), pointer(size), progress=Progress(False))
    try:
        return string_at(start, size.value)
    finally:
        lib.octet_bytes_free(context.pointer, start)


def encode(text: Optional[str], what: str) -> Optional[bytes]:
    """A name as the library takes it. Raises UsageError for what is no text."""
    if text is None:
        return None
    if not isinstance(text, str):
        raise UsageError(f"{what} is {text!r}: give a text")
    if "\0" in text:
        raise UsageError(f"{what} has a zero character in it")
    return text.encode("utf-8", "surrogateescape")


def path_bytes(path: Any, what: str) -> bytes:
    """A path as the library takes it. Raises UsageError for what is none."""
    try:
        name = os.fsencode(path)
    except TypeError:
        raise ArgumentError(f"{what} is {path!r}: give a path") from None
    except UnicodeEncodeError as error:
        raise UsageError(f"{what} is {path!r}: {error.reason}") from None
    if b"\0" in name:
        raise UsageError(f"{what} has a zero character in it")
    return name


def whole(number: Any, what: str) -> int:
    """A number from 0 on. Raises UsageError for anything else."""
    if isinstance(number, bool) or not isinstance(number, (int, np.integer)) or not 0 <= number < 1 << 63:
        raise UsageError(f"{what} is {number!r}: give a whole number from 0 on")
    return int(number)


def real(number: Any, what: str) -> float:
    """A real number. Raises UsageError for anything else."""
    if isinstance(number, bool) or not isinstance(number, (int, float, np.integer, np.floating)):
        raise UsageError(f"{what} is {number!r}: give a number")
    if not math.isfinite(number):
        raise UsageError(f"{what} is {number!r}: give a finite number")
    return float(number)
