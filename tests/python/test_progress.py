"""Progress: where it shows, and how."""

import io
import sys

import pytest

import octet_tflite
from octet_tflite._progress import Progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


def told(progress):
    for done in (0, 5, 10):
        assert progress.callback(None, b"calibrating", done, 10)
        progress.show()
    progress.close()


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr("octet_tflite._progress._DELAY_S", 0.0)


def test_short_calls_show_nothing(monkeypatch):
    monkeypatch.setattr("octet_tflite._progress._DELAY_S", 60.0)
    monkeypatch.setattr(sys, "stderr", Terminal())
    told(Progress(True))
    assert sys.stderr.getvalue() == ""


def test_line_without_tqdm(monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm", None)
    monkeypatch.setattr(sys, "stderr", Terminal())
    told(Progress())
    assert "\rcalibrating: 5 of 10" in sys.stderr.getvalue()
    assert sys.stderr.getvalue().endswith(" \r")


def test_bar_with_tqdm(monkeypatch):
    pytest.importorskip("tqdm")
    monkeypatch.setattr(sys, "stderr", Terminal())
    told(Progress())
    assert "calibrating" in sys.stderr.getvalue()


@pytest.mark.parametrize("option, stream", [(None, io.StringIO()), (False, Terminal())])
def test_nothing_in_a_pipe_or_where_it_is_not_wanted(monkeypatch, option, stream):
    monkeypatch.setattr(sys, "stderr", stream)
    told(Progress(option))
    assert stream.getvalue() == ""


def test_function_is_told_and_can_stop(model, x):
    seen = []
    model.predict(x, progress=lambda *step: seen.append(step))
    assert seen and seen[-1] == ("running", 60, 60)
    progress = Progress(lambda *_: False)
    assert progress.callback(None, b"running", 1, 2)
    progress.show()
    assert not progress.callback(None, b"running", 2, 2)


def test_function_that_raises(model, x):
    def fails(what, done, total):
        raise KeyError(what)

    with pytest.raises(KeyError):
        octet_tflite.quantize(model, x.repeat(2000, axis=0), progress=fails)
    assert model.predict(x).shape == (60, 3)
