"""The speeds that octet is held to, and what of them a result of bench.py shows: ratios of one thread, above 1 where octet is faster."""

GOALS = [  # what, must, aim, against what, model, type
    ("int8 ResNet50", 1.7, 2.2, "litert", "resnet50", "int8"),
    ("int8 MobileNetV1", 1.6, 2.0, "litert", "mobilenet_v1", "int8"),
    ("int8 MobileNetV2", 1.4, 1.8, "litert", "mobilenet_v2", "int8"),
    ("int8 3x3x256 at 14x14", 1.6, 2.0, "litert", "stack_3x3x256_14", "int8"),
    ("int8 1x1x512 at 28x28", 1.6, 2.0, "litert", "stack_1x1x512_28", "int8"),
    ("int8 3x3x64 at 56x56", 1.6, 2.0, "litert", "stack_3x3x64_56", "int8"),
    ("int8 3x3x256 at 14x14", 0.85, 1.1, "onnxruntime", "stack_3x3x256_14", "int8"),
    ("int8 1x1x512 at 28x28", 0.85, 1.1, "onnxruntime", "stack_1x1x512_28", "int8"),
    ("int8 3x3x64 at 56x56", 0.85, 1.1, "onnxruntime", "stack_3x3x64_56", "int8"),
    ("int8 fc", 1.4, 2.0, "litert", "mnist_fc", "int8"),
    ("int8 cnn", 2.0, 3.0, "litert", "mnist_cnn", "int8"),
    ("int8 cnn_large", 1.8, 2.5, "litert", "mnist_cnn_large", "int8"),
    ("int8 big dense", 1.0, 1.2, "litert", "big_dense", "int8"),
    ("float32 ResNet50", 0.95, 1.05, "litert", "resnet50", "f32"),
    ("float32 MobileNetV1", 0.95, 1.05, "litert", "mobilenet_v1", "f32"),
    ("float32 MobileNetV2", 0.95, 1.05, "litert", "mobilenet_v2", "f32"),
    ("int8 ResNet50", 1.6, 2.0, "floats", "resnet50", "int8"),
    ("int8 MobileNetV1", 1.5, 1.8, "floats", "mobilenet_v1", "int8"),
    ("int8 MobileNetV2", 1.2, 1.5, "floats", "mobilenet_v2", "int8"),
    ("tutorial fc", 20, 40, "tensorflow", "mnist_fc", None),
    ("tutorial cnn", 25, 40, "tensorflow", "mnist_cnn", None),
    ("tutorial cnn_large", 12, 16, "tensorflow", "mnist_cnn_large", None),
    ("int8, uniform weights, ResNet50", 1.3, None, "litert", "resnet50", "uniform_int8"),
    ("int8, uniform weights, MobileNetV1", 1.3, None, "litert", "mobilenet_v1", "uniform_int8"),
    ("int8, uniform weights, 3x3x256 at 14x14", 1.3, None, "litert", "stack_3x3x256_14", "uniform_int8"),
    ("int8, uniform weights, 1x1x512 at 28x28", 1.3, None, "litert", "stack_1x1x512_28", "uniform_int8"),
    ("int8, uniform weights, 3x3x64 at 56x56", 1.3, None, "litert", "stack_3x3x64_56", "uniform_int8"),
]
AGAINST = {"litert": "LiteRT", "onnxruntime": "ONNX Runtime", "floats": "the faster float32", "tensorflow": "TensorFlow"}


def ratios(other, octet):
    return {key: other[key] / octet[key] for key in ("min", "median")}


def measured(result, against, model, kind):
    """{"min": ratio of the minima, "median": of the medians}, or None where the result has not both."""
    if against == "tensorflow":
        return next((row["ratios"] for row in result["tutorial"] if row["model"] == model), None)
    times = {row["type"]: row["times"] for row in result["rows"] if row["model"] == model and row["threads"] == 1}
    if against == "floats":
        if not {"f32", kind} <= times.keys():
            return None
        floats = times["f32"]
        return ratios({key: min(floats["octet"][key], floats["litert"][key]) for key in ("min", "median")}, times[kind]["octet"])
    if against not in times.get(kind, {}):
        return None
    return ratios(times[kind][against], times[kind]["octet"])


def verdict(ratio, must, aim):
    return "below" if ratio < must else "aim" if aim and ratio >= aim else "must"


def summary(result):
    """[what, against, must, aim, ratio of minima, ratio of medians, verdict] as text, without what was not measured."""
    rows = []
    for what, must, aim, against, model, kind in GOALS:
        r = measured(result, against, model, kind)
        if r:
            rows.append([what, AGAINST[against], "%g" % must, "%g" % aim if aim else "", "%.2f" % r["min"], "%.2f" % r["median"],
                         verdict(r["min"], must, aim)])
    if result["memory"]:
        ratio, name = min((r["litert"]["peak"] / r["octet"]["peak"], "%(model)s %(type)s" % r) for r in result["memory"])
        rows.append(["peak memory, worst model: " + name, AGAINST["litert"], "1", "", "%.2f" % ratio, "", verdict(ratio, 1, None)])
    return rows
