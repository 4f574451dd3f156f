"""Whether LiteRT runs a .tflite with two samples as it runs it with each of them.

needs: pip install ai-edge-litert numpy
"""
import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType


def interpreter(path):
    return Interpreter(model_path=path, num_threads=1, experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES)


def samples(details, n):
    """Numbers that are indices of small tables as well."""
    random = np.random.default_rng(7)
    return [random.integers(0, 4, [n * d["shape"][0], *d["shape"][1:]]).astype(d["dtype"]) for d in details]


def run(path, rows, resize):
    """The outputs for these rows of each input; with `resize` the inputs first get as many rows by resize_tensor_input(strict=True)."""
    model = interpreter(path)
    for detail, row in zip(model.get_input_details(), rows):
        if resize:
            model.resize_tensor_input(detail["index"], row.shape, strict=True)
    model.allocate_tensors()
    for detail, row in zip(model.get_input_details(), rows):
        model.set_tensor(detail["index"], row)
    model.invoke()
    return [model.get_tensor(d["index"]) for d in model.get_output_details()]


def problem(path):
    """'' or what goes wrong when LiteRT is given two samples at a time."""
    try:
        both = samples(interpreter(path).get_input_details(), 2)
        alone = [run(path, [np.split(rows, 2)[i] for rows in both], False) for i in range(2)]
        together = run(path, both, True)
    except (RuntimeError, ValueError) as error:
        return f"LiteRT: {' '.join(str(error).split())[:200]}"
    for found, first, second in zip(together, *alone):
        expected = np.concatenate([first, second])
        if found.shape != expected.shape:
            return f"two samples give {found.shape}, one gives {first.shape}"
        bound = 1e-5 * float(np.abs(expected).max(initial=1)) if found.dtype == np.float32 else 0
        if not np.abs(found.astype(np.float64) - expected).max(initial=0) <= bound:
            return "two samples give other results than each alone"
    return ""
