"""The recipe of docs/scale-out.md that needs nothing but Python: run as a program of its own."""

import os
import re
import shutil
import subprocess
import sys

import octet_tflite
from helpers import EXAMPLES, ROOT


def test_recipe_with_processes(tmp_path):
    text = (ROOT / "docs" / "scale-out.md").read_text(encoding="utf-8")
    (recipe,) = (code for code in re.findall(r"```python\n(.*?)```", text, re.S) if "ProcessPoolExecutor" in code)
    (tmp_path / "recipe.py").write_text(recipe, encoding="utf-8")
    shutil.copy(EXAMPLES / "mnist_fc_k2.h5", tmp_path / "model.h5")
    os.symlink(EXAMPLES, tmp_path / "mnist")
    ran = subprocess.run([sys.executable, "recipe.py"], cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert ran.returncode == 0, ran.stderr
    calibration = octet_tflite.Calibration(tmp_path / "model.h5").update(EXAMPLES)
    quantized = octet_tflite.quantize(tmp_path / "model.h5", calibration)
    assert (tmp_path / "model.tflite").read_bytes() == quantized.to_bytes()
    for model in (octet_tflite.load_model(tmp_path / "model.h5"), quantized):
        assert f"{100 * model.evaluate(EXAMPLES).accuracy:.2f} %" in ran.stdout
