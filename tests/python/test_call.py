"""Calls of the C library: errors, locks, Ctrl-C."""

import os
import pickle
import signal
import threading
import time
from copy import deepcopy

import pytest

import octet_tflite
from octet_tflite import _structs
from octet_tflite._c import lib
from octet_tflite._call import Context, Handle, Out, call
from octet_tflite._progress import Progress


def load(path):
    context = Context()
    handle = Handle(context, lib.octet_model_destroy, "model")
    call(context, lib.octet_model_load, os.fsencode(path), None, Out(handle))
    return handle


def test_error_has_class_and_sentence(tmp_path):
    with pytest.raises(octet_tflite.FileError, match="nothing.h5") as caught:
        load(tmp_path / "nothing.h5")
    assert isinstance(caught.value, (octet_tflite.Error, OSError))


def test_context_is_usable_after_an_error(tmp_path):
    context = Context()
    handle = Handle(context, lib.octet_model_destroy, "model")
    (tmp_path / "noise.h5").write_bytes(b"no model")
    for _ in range(2):
        with pytest.raises(octet_tflite.FormatError):
            call(context, lib.octet_model_load, os.fsencode(tmp_path / "noise.h5"), None, Out(handle))


def test_every_status_has_a_class():
    names = [lib.octet_error_name(status).decode() for status in range(1, _structs.CANCELLED + 1)]
    assert len(set(names)) == _structs.CANCELLED


class Slow:
    """Stands for a C function that takes its time, and ends early where it is told to."""

    def __init__(self, seconds, progress, listens):
        self.seconds, self.progress, self.listens = seconds, progress, listens
        self.ended = threading.Event()

    def __call__(self, _context, *_arguments):
        end = time.monotonic() + self.seconds
        while time.monotonic() < end:
            time.sleep(0.01)
            if self.listens and not self.progress.callback(None, b"waiting", 0, 1):
                break
        self.ended.set()
        return _structs.CANCELLED if self.progress.is_cancelled else _structs.OK


@pytest.fixture(autouse=True)
def sigint():
    """Python's own handler, also where the tests run in the background of a shell."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def interrupt_after(seconds):
    timer = threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    return time.monotonic() + seconds


@pytest.mark.parametrize("listens", [True, False])
def test_ctrl_c_is_answered_within_a_fifth_of_a_second(listens):
    context, progress = Context(), Progress(False)
    slow = Slow(1.0, progress, listens)
    at = interrupt_after(0.1)
    with pytest.raises(KeyboardInterrupt):
        call(context, slow, progress=progress)
    assert time.monotonic() - at < 0.2
    assert slow.ended.is_set() == listens
    call(context, lambda *_: _structs.OK)  # waits until the context is free
    assert slow.ended.is_set()


def test_model_is_free_at_once_after_ctrl_c(small_h5):
    model, progress = load(small_h5), Progress(False)
    slow = Slow(1.0, progress, listens=False)
    interrupt_after(0.1)
    with pytest.raises(KeyboardInterrupt):
        call(Context(), slow, model, progress=progress)
    call(Context(), lib.octet_model_check_output, model, b"/tmp/nothing.tflite")
    assert not slow.ended.is_set()


def test_second_thread_is_told_that_the_object_is_in_use():
    context, progress = Context(), Progress(False)
    slow = Slow(0.3, progress, True)
    thread = threading.Thread(target=call, args=(context, slow), kwargs={"progress": progress})
    thread.start()
    time.sleep(0.05)
    with pytest.raises(octet_tflite.UsageError, match="another thread"):
        call(context, lambda *_: _structs.OK)
    thread.join()
    call(context, lambda *_: _structs.OK)


def test_progress_function_stops_the_call_and_its_exception_comes_through():
    for where in ("main", "thread"):
        seen = []

        def told(what, done, total):
            raise ZeroDivisionError(what)

        def run():
            progress = Progress(told)
            try:
                call(Context(), Slow(2.0, progress, True), progress=progress)
            except ZeroDivisionError as error:
                seen.append(str(error))

        if where == "main":
            run()
        else:
            thread = threading.Thread(target=run)
            thread.start()
            thread.join()
        assert seen == ["waiting"]


def test_handle_that_is_closed_twice_is_destroyed_once():
    destroyed = []
    handle = Handle(Context(), lambda context, pointer: destroyed.append(pointer.value), "Thing")
    handle.pointer.value = 8
    handle.close()
    handle.close()
    del handle
    assert destroyed == [8]


def test_handle_that_is_closed_during_a_call_is_destroyed_behind_it():
    context, destroyed = Context(), []
    handle = Handle(context, lambda *_: destroyed.append(context.lock.locked()), "Thing")
    handle.pointer.value = 8
    context.acquire("Thing")
    handle.close()
    assert destroyed == []
    context.release()
    assert destroyed == [True]


def test_handle_is_not_copied_into_another_process(model):
    for copy in (pickle.dumps, deepcopy):
        with pytest.raises(octet_tflite.UsageError, match="memory of this process"):
            copy(model)


def test_call_is_made_where_the_system_refuses_threads(monkeypatch):
    def refuses(_thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuses)
    slow = Slow(0.01, Progress(False), listens=True)
    call(Context(), slow, progress=slow.progress)
    assert slow.ended.is_set()


def test_ctrl_c_while_the_thread_starts(monkeypatch):
    start = threading.Thread.start

    def interrupted(thread):
        start(thread)
        raise KeyboardInterrupt

    context, slow = Context(), Slow(0.3, Progress(False), listens=False)
    monkeypatch.setattr(threading.Thread, "start", interrupted)
    with pytest.raises(KeyboardInterrupt):
        call(context, slow, progress=slow.progress)
    call(context, lambda *_: _structs.OK)  # waits for the thread
    assert slow.ended.is_set()
