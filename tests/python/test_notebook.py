"""The notebook in examples: its cells run."""

import json
from pathlib import Path

import pytest

NOTEBOOK = Path(__file__).parents[2] / "examples" / "quantize_mnist.ipynb"


def test_cells(monkeypatch):
    pytest.importorskip("pandas")
    pytest.importorskip("matplotlib").use("agg")
    monkeypatch.chdir(NOTEBOOK.parent)
    names = {}
    for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            assert cell["outputs"] or "def " in "".join(cell["source"])
            exec("".join(cell["source"]), names)
    assert names["verdict"].drop < 0.1
