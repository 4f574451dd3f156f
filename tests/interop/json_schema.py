#!/usr/bin/env python3
"""What every command prints under --json, held against docs/schema/octet-1.json.

usage: json_schema.py OCTET
needs: pip install jsonschema numpy

Each answer must be valid by the definition that its member "schema" names, and the definition must be the expected one. Where all was
run, every member that the schema defines must have been seen: what no command prints has no place in it. Last line: "N passed, N failed".
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

import numpy as np
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

import suite

HERE = os.path.dirname(os.path.abspath(__file__))
MNIST = os.path.join(HERE, "..", "..", "examples", "mnist")
FIXTURES = os.path.join(HERE, "..", "cli", "fixtures")
FC, CNN = (os.path.join(MNIST, f"mnist_{name}_k2.h5") for name in ("fc", "cnn"))
DATA = ["--data", MNIST]
FEW = [*DATA, "--limit", "200"]
MODES = {
    "int8": [],
    "int16x8": ["--mode", "int16x8"],
    "dynamic": ["--mode", "dynamic"],
    "float16": ["--mode", "float16"],
    "float32": ["--mode", "float32"],
    "island": ["--keep-float", "dense*"],
    "wide": ["--int16-layers", "SOFTMAX"],
    "per_tensor": ["--per-tensor", "--target", "edgetpu"],
}
# Members that only data or models which are not bundled bring about.
UNSEEN = {
    *(f"{command}.{member}" for command in ("summary", "inspect") for member in ("signature", "signatures")),
    *(f"compare.unpaired.{member}" for member in ("model", "layer", "operator", "name")),
    "compare.layers.rescaled",
    "inspect.tensors.stated_range",
    "block.series",
    "explain.note",
}

OCTET = os.path.abspath(sys.argv[1])
check = suite.Checks()
schema = json.load(open(os.path.join(HERE, "..", "..", "docs", "schema", "octet-1.json"), encoding="utf-8"))
registry = Registry().with_resource(schema["$id"], Resource.from_contents(schema))
seen = set()


def look(value, definition, name):
    """Notes the members that the answer has, under the name of the definition that holds them."""
    if "$ref" in definition:
        name = definition["$ref"].rsplit("/", 1)[1]
        return look(value, schema["$defs"][name], name)
    for key, member in definition.get("properties", {}).items():
        if isinstance(value, dict) and key in value:
            seen.add((name, key))
            look(value[key], member, f"{name}.{key}")
    for item in value if isinstance(value, list) and "items" in definition else []:
        look(item, definition["items"], name)
    return None


def members(definition, name):
    """All members that the schema defines, in the same names."""
    for key, member in definition.get("properties", {}).items():
        yield name, key
        yield from members(member, f"{name}.{key}")
    if "items" in definition:
        yield from members(definition["items"], name)


def judge(title, text, expected):
    try:
        answer = json.loads(text)
    except ValueError as error:
        return check(title, f"no JSON: {error}")
    named = answer.get("schema") if isinstance(answer, dict) else None
    if named != f"{schema['$id']}#{expected}":
        return check(title, f"names {named}")
    problems = list(Draft202012Validator({"$ref": named}, registry=registry).iter_errors(answer))
    look(answer, schema["$defs"][expected], expected)
    return check(title, "; ".join(f"{error.json_path}: {error.message}" for error in problems[:3]))


def ask(expected, *words, code=0):
    done = subprocess.run([OCTET, *words, "--json"], capture_output=True, timeout=600, check=False)
    title = " ".join(os.path.basename(word) if os.sep in word else word for word in words)
    if code is not None and done.returncode != code:
        return check(title, f"exit code {done.returncode}: {done.stderr.decode().strip()}")
    return judge(title, done.stdout.decode(), expected)


def on_model(model):
    """What octet makes of a float model in every mode, and what it says of the files."""
    made = []
    for mode, how in MODES.items():
        made.append(f"{os.path.basename(model)}.{mode}.tflite")
        ask("quantize", "quantize", model, *FEW, *how, "-o", made[-1])
    for path in [model, *made]:
        for command in ("summary", "inspect", "check"):
            ask(command, command, path)
        ask("bench", "bench", path, "--seconds", "0.01")
    ask("compare", "compare", model, made[list(MODES).index("island")], *DATA, "--limit", "2000")
    for path in made[:3]:
        ask("evaluate", "evaluate", path, *FEW, "--confusion")
        ask("compare", "compare", model, path, *FEW)
        ask("run", "run", path, "--input", MNIST, "--limit", "2", "-o", "y.npy", "--dump", "dump")
    for path in made[:1]:
        ask("budget", "budget", path, "--flash", "1M")
        ask("budget", "budget", path, "--flash", "1K", code=1)
        ask("export-c", "export", path, "--c", "-o", path + ".c", "--no-verify")
        ask("export-c", "export", path, "--c", "-o", path + ".compared")
        ask("export-artifacts", "export", path, *DATA, "--limit", "50", "--artifacts", path + ".files")
    return made


def on_fixtures():
    """Float models with other operators, several outputs, and state."""
    for name in sorted(os.listdir(FIXTURES)):
        path = os.path.join(FIXTURES, name)
        if not name.endswith(".tflite"):
            continue
        for command in ("summary", "inspect", "check"):
            ask(command, command, path, code=None)
        ask("quantize", "quantize", path, "--mode", "dynamic", "-o", name)
        ask("inspect", "inspect", name)


def on_choices(int8):
    """Recovery, aims, warnings, labels that are numbers, folders of pictures."""
    aim = ["--max-drop", "-5", "--min-fidelity", "50"]
    ask("quantize", "quantize", CNN, *FEW, "-o", "a.tflite", "--recover", "full", "--max-float-layers", "1")
    ask("quantize", "quantize", CNN, *FEW, "-o", "a.tflite", "--recover", "auto", *aim, code=1)
    ask("quantize", "quantize", CNN, *FEW, "-o", "a.tflite", "--samples", "3", "--target", "tflm")
    ask("quantize", "quantize", CNN, *FEW, "-o", "a.tflite", "--calibration", "percentile=99")
    ask("quantize", "quantize", CNN, *DATA, "-o", "a.tflite", "--samples", "3", "--no-evaluate", "--target", "edgetpu", "--recover", "fast")
    generator = np.random.default_rng(0)
    np.save("x.npy", generator.random((20, 28, 28), np.float32))
    np.save("numbers.npy", generator.random((20, 10), np.float32))
    numbers = ["--images", "x.npy", "--labels", "numbers.npy"]
    ask("evaluate", "evaluate", FC, *numbers)
    ask("quantize", "quantize", FC, *numbers, "-o", "a.tflite")
    ask("error", "quantize", FC, *numbers, "-o", "a.tflite", "--max-drop", "1", code=2)
    ask("quantize", "quantize", FC, "--images", "x.npy", "-o", "a.tflite")
    np.save("bytes.npy", generator.integers(0, 256, (20, 4), np.uint8))
    ask("evaluate", "evaluate", os.path.join(FIXTURES, "normalized.tflite"), "--data", "bytes.npy")
    np.save("pictures.npy", generator.random((20, 4), np.float32))
    both = os.path.join(FIXTURES, "boxes_and_scores.tflite")
    ask("quantize", "quantize", both, "--data", "pictures.npy", "--split-outputs", "-o", "a.tflite")
    for digit in range(10):
        os.makedirs(f"photos/{digit}", exist_ok=True)
        shutil.copy(os.path.join(FIXTURES, "pictures", "grey.png"), f"photos/{digit}")
    ask("evaluate", "evaluate", CNN, "--data", "photos", "--confusion")
    for value in ("12[7]", "10[5]", "9[3]", "0[5]", "8[0]", "1[0]"):
        ask("explain", "explain", int8, "--input", MNIST, "--value", value, "--original", FC)
    ask("explain", "explain", int8, "--input", MNIST, "--value", "10[5]", "--all")


def on_parts():
    """Calibrations and evaluations of parts, and what is merged of them."""
    for k in ("1", "2"):
        ask("calibrate", "calibrate", FC, *DATA, "--shard", f"{k}/2", "-o", f"calibration{k}.oct")
        ask("evaluate", "evaluate", FC, *FEW, "--shard", f"{k}/2", "-o", f"evaluation{k}.oct")
    ask("calibrate", "merge", "calibration2.oct", "calibration1.oct", "-o", "calibration.oct")
    ask("evaluate", "merge", "evaluation1.oct", "evaluation2.oct", "--confusion")
    ask("error", "merge", "evaluation1.oct", code=8)
    ask("calibrate", "inspect", "calibration1.oct")
    ask("evaluate", "inspect", "evaluation1.oct")
    ask("quantize", "quantize", FC, *FEW, "--calibration", "calibration.oct", "-o", "a.tflite")


def on_reports(int8):
    for words in (["evaluate", FC], ["compare", FC, int8], ["quantize", FC, "-o", "a.tflite", "--recover", "fast"]):
        ask(words[0], *words, *FEW, "--report", "page.json")
        with open("page.json", encoding="utf-8") as file:
            judge(f"the report of {words[0]}", file.read(), "report")


def on_failures():
    """Each exit code that files and words can bring about."""
    failures = {
        2: [["evaluate", FC], ["evaluate", FC, "--limit", "many"], ["quantise"], ["summary"], ["check", FC, "--target", "none"]],
        4: [["summary", "nothing.h5"], ["run", FC, "--input", MNIST, "-o", "no/y.npy"]],
        5: [["inspect", "text.h5"]],
        6: [["inspect", "saved"]],
        8: [["evaluate", FC, "--images", "wrong.npy"]],
        9: [["summary", CNN, "--max-memory", "100K"]],
    }
    with open("text.h5", "w", encoding="ascii") as file:
        file.write("this is no model")
    os.makedirs("saved")
    with open("saved/saved_model.pb", "wb"):
        pass
    np.save("wrong.npy", np.zeros((3, 5), np.float32))
    for code, lines in failures.items():
        for words in lines:
            ask("error", *words, code=code)


def main():
    int8 = on_model(FC)[0]
    on_model(CNN)
    on_fixtures()
    on_choices(int8)
    on_parts()
    on_reports(int8)
    on_failures()
    defined = {f"{name}.{key}" for kind, definition in schema["$defs"].items() for name, key in members(definition, kind)}
    unseen = defined - {f"{name}.{key}" for name, key in seen}
    check("every member of the schema was seen", ", ".join(sorted(unseen - UNSEEN)))
    check("no member is listed as unseen that was seen", ", ".join(sorted(UNSEEN - unseen)))
    return check.finish()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        sys.exit(main())
