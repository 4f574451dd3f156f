"""The speeds that octet is held to, and what of them a result of bench.py shows: ratios, above 1 where octet is faster. They were set on a
processor with AVX2 and FMA, and are shown for every other as well."""

GOALS = [  # what, must, aim, against what, model, type, threads
    ("int8 ResNet50", 2.1, 2.4, "litert", "resnet50", "int8", 1),
    ("int8 MobileNetV1", 2.0, 2.3, "litert", "mobilenet_v1", "int8", 1),
    ("int8 MobileNetV2", 1.7, 2.0, "litert", "mobilenet_v2", "int8", 1),
    ("int8 3x3x256 at 14x14", 1.6, 2.0, "litert", "stack_3x3x256_14", "int8", 1),
    ("int8 1x1x512 at 28x28", 1.6, 2.0, "litert", "stack_1x1x512_28", "int8", 1),
    ("int8 3x3x64 at 56x56", 1.6, 2.0, "litert", "stack_3x3x64_56", "int8", 1),
    ("int8 3x3x256 at 14x14", 0.85, 1.1, "onnxruntime", "stack_3x3x256_14", "int8", 1),
    ("int8 1x1x512 at 28x28", 1.05, 1.2, "onnxruntime", "stack_1x1x512_28", "int8", 1),
    ("int8 1x1x512 at 28x28, uniform weights", 0.9, 1.05, "onnxruntime", "stack_1x1x512_28", "uniform_int8", 1),
    ("int8 3x3x64 at 56x56", 0.85, 1.1, "onnxruntime", "stack_3x3x64_56", "int8", 1),
    ("int8 fc", 1.5, 2.0, "litert", "mnist_fc", "int8", 1),
    ("int8 cnn", 5.0, 7.0, "litert", "mnist_cnn", "int8", 1),
    ("int8 cnn_large", 3.5, 4.5, "litert", "mnist_cnn_large", "int8", 1),
    ("int8 resnet8", 2.2, 3.0, "litert", "resnet8", "int8", 1),
    ("int8 tiny_vww", 1.8, 2.3, "litert", "tiny_vww", "int8", 1),
    ("int8 tm_mask", 1.8, 2.2, "litert", "tm_mask", "int8", 1),
    ("int8 mnist_resnet", 2.3, 3.0, "litert", "mnist_resnet", "int8", 1),
    ("int8 ad01", 1.6, 2.0, "litert", "ad01", "int8", 1),
    ("int8 big dense", 1.0, 1.2, "litert", "big_dense", "int8", 1),
    ("float32 ResNet50", 1.0, 1.05, "litert", "resnet50", "f32", 1),
    ("float32 MobileNetV1", 1.0, 1.05, "litert", "mobilenet_v1", "f32", 1),
    ("float32 MobileNetV2", 1.0, 1.05, "litert", "mobilenet_v2", "f32", 1),
    ("float32 3x3x64 at 56x56", 1.0, 1.05, "litert", "stack_3x3x64_56", "f32", 1),
    ("float32 tiny_ds_cnn", 1.0, 1.1, "litert", "tiny_ds_cnn", "f32", 1),
    ("float32 tm_mask", 1.0, 1.1, "litert", "tm_mask", "f32", 1),
    ("float32 resnet8, two threads", 1.0, 1.2, "litert", "resnet8", "f32", 2),
    ("float32 tiny_ds_cnn, two threads", 1.0, 1.2, "litert", "tiny_ds_cnn", "f32", 2),
    ("float32 cnn, two threads", 1.0, 1.2, "litert", "mnist_cnn", "f32", 2),
    ("int8 ResNet50", 2.0, 2.3, "floats", "resnet50", "int8", 1),
    ("int8 MobileNetV1", 1.8, 2.1, "floats", "mobilenet_v1", "int8", 1),
    ("int8 MobileNetV2", 1.6, 1.9, "floats", "mobilenet_v2", "int8", 1),
    ("int8 ResNet50, two threads", 1.7, None, "one thread", "resnet50", "int8", 2),
    ("int8 MobileNetV1, two threads", 1.7, None, "one thread", "mobilenet_v1", "int8", 2),
    ("int8 MobileNetV2, two threads", 1.7, None, "one thread", "mobilenet_v2", "int8", 2),
    ("float32 ResNet50, two threads", 1.7, None, "one thread", "resnet50", "f32", 2),
    ("float32 MobileNetV1, two threads", 1.7, None, "one thread", "mobilenet_v1", "f32", 2),
    ("float32 MobileNetV2, two threads", 1.7, None, "one thread", "mobilenet_v2", "f32", 2),
    ("tutorial fc", 38, 60, "tensorflow", "mnist_fc", None, None),
    ("tutorial cnn", 32, 45, "tensorflow", "mnist_cnn", None, None),
    ("tutorial cnn_large", 14, 18, "tensorflow", "mnist_cnn_large", None, None),
    ("int8, uniform weights, ResNet50", 1.3, None, "litert", "resnet50", "uniform_int8", 1),
    ("int8, uniform weights, MobileNetV1", 1.3, None, "litert", "mobilenet_v1", "uniform_int8", 1),
    ("int8, uniform weights, 3x3x256 at 14x14", 1.3, None, "litert", "stack_3x3x256_14", "uniform_int8", 1),
    ("int8, uniform weights, 1x1x512 at 28x28", 1.3, None, "litert", "stack_1x1x512_28", "uniform_int8", 1),
    ("int8, uniform weights, 3x3x64 at 56x56", 1.3, None, "litert", "stack_3x3x64_56", "uniform_int8", 1),
]
AGAINST = {"litert": "LiteRT", "onnxruntime": "ONNX Runtime", "floats": "the faster float32", "one thread": "one thread",
           "tensorflow": "TensorFlow"}


def ratios(other, octet):
    return {key: other[key] / octet[key] for key in ("min", "median")}


def measured(result, against, model, kind, threads):
    """{"min": ratio of the minima, "median": of the medians}, or None where the result has not both."""
    if against == "tensorflow":
        return next((row["ratios"] for row in result["tutorial"] if row["model"] == model), None)
    times = {(row["type"], row["threads"]): row["times"] for row in result["rows"] if row["model"] == model}
    octet = times.get((kind, threads), {}).get("octet")
    if against == "floats":
        other = times.get(("f32", threads))
        other = other and {key: min(other["octet"][key], other["litert"][key]) for key in ("min", "median")}
    elif against == "one thread":
        other = times.get((kind, 1), {}).get("octet")
    else:
        other = times.get((kind, threads), {}).get(against)
    return ratios(other, octet) if other and octet else None


def verdict(ratio, must, aim):
    return "below" if ratio < must else "aim" if aim and ratio >= aim else "must"


def summary(result):
    """[what, against, must, aim, ratio of minima, ratio of medians, verdict] as text, without what was not measured."""
    rows = []
    for what, must, aim, against, model, kind, threads in GOALS:
        r = measured(result, against, model, kind, threads)
        if r:
            rows.append([what, AGAINST[against], "%g" % must, "%g" % aim if aim else "", "%.2f" % r["min"], "%.2f" % r["median"],
                         verdict(r["min"], must, aim)])
    if result["memory"]:
        ratio, name = min((r["litert"]["peak"] / r["octet"]["peak"], "%(model)s %(type)s" % r) for r in result["memory"])
        rows.append(["peak memory, worst model: " + name, AGAINST["litert"], "1", "", "%.2f" % ratio, "", verdict(ratio, 1, None)])
    return rows
