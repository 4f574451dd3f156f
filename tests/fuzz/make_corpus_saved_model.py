#!/usr/bin/env python3
"""Writes tests/fuzz/corpus/checkpoint/ and saved_model/: small folders with checksums of 0 (checkpoint_files.h)."""
import json
import pathlib
import struct

root = pathlib.Path(__file__).parent / "corpus"


def varint(value):
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def number(field, value):
    return varint(field << 3) + varint(value)


def message(field, value):
    value = value.encode() if isinstance(value, str) else value
    return varint(field << 3 | 2) + varint(len(value)) + value


def block(entries):
    out, before = b"", b""
    for key, value in entries:
        shared = 0
        while shared < min(len(before), len(key)) and before[shared] == key[shared]:
            shared += 1
        out += varint(shared) + varint(len(key) - shared) + varint(len(value)) + key[shared:] + value
        before = key
    return out + struct.pack("<II", 0, 1)


def table(entries):
    data = block(entries)
    index = block([(b"~", varint(0) + varint(len(data)))])
    handles = varint(0) + varint(0) + varint(len(data) + 5) + varint(len(index))
    return data + bytes(5) + index + bytes(5) + handles.ljust(40, b"\0") + bytes.fromhex("57fb808b247547db")


def graph(nodes):
    """nodes: ({name: node}, (variable, key) or None)"""
    out = b""
    for children, variable in nodes:
        node = b"".join(message(1, number(1, to) + message(2, name)) for name, to in children.items())
        if variable:
            node += message(2, message(1, "VARIABLE_VALUE") + message(2, variable[0]) + message(3, variable[1]))
        out += message(1, node)
    return out


def checkpoint(tensors, objects):
    """tensors: {key: (type, dims, bytes)}"""
    shard, entries = b"", {b"": number(1, 1)}
    tensors = dict(tensors, _CHECKPOINTABLE_OBJECT_GRAPH=(7, [], varint(len(objects)) + bytes(4) + objects))
    for key, (kind, dims, data) in tensors.items():
        shape = b"".join(message(2, number(1, dim)) for dim in dims)
        entries[key.encode()] = number(1, kind) + message(2, shape) + number(4, len(shard)) + number(5, len(data))
        shard += data
    index = table(sorted(entries.items()))
    return struct.pack("<I", len(index)) + index + shard


def put(parser, name, data):
    (root / parser).mkdir(parents=True, exist_ok=True)
    (root / parser / name).write_bytes(data)


def floats(n):
    return struct.pack(f"<{n}f", *[0.25 * i for i in range(n)])


def layer(name, attributes, first):
    """A layer with its lists, and its variables: nodes from `first` on, and {key: node}."""
    n = len(attributes)
    lists = {"trainable_variables": first + 1, "variables": first + 1, "keras_api": first + 2}
    own = {a: first + 4 + i for i, a in enumerate(attributes)}
    return [(dict(own, **lists), None), ({str(i): first + 4 + i for i in range(n)}, None), ({"non_trainable_variables": first + 3}, None),
            ({}, None)] + [({}, (f"{name}/{a}", f"{name}/{a}")) for a in attributes]


dense = layer("dense", ["kernel", "bias"], 1)
norm = layer("norm", ["gamma", "beta", "moving_mean", "moving_variance"], 1 + len(dense))
objects = graph([({"layer-0": 1, "layer-1": 1 + len(dense)}, None)] + dense + norm)
tensors = {"dense/kernel": (1, [3, 2], floats(6)), "dense/bias": (19, [2], bytes(4))}
tensors.update({f"norm/{a}": (kind, [2], data) for a, kind, data in (("gamma", 2, bytes(16)), ("beta", 14, bytes(4)), ("moving_mean", 3, bytes(8)),
                                                                    ("moving_variance", 1, floats(2)))})
shape = {"class_name": "TensorShape", "items": [None, 3]}
model = {"class_name": "Sequential", "config": {"name": "s", "layers": [
    {"class_name": "Dense", "config": {"name": "dense", "units": 2, "batch_input_shape": shape}},
    {"class_name": "BatchNormalization", "config": {"name": "norm", "axis": {"class_name": "__tuple__", "items": [1]}}}]}}
metadata = {"class_name": "Sequential", "keras_version": "2.13.1", "model_config": model, "training_config": {"loss": "mse"}}
node = message(5, json.dumps(metadata)) + number(2, 0) + message(3, "root") + message(4, "_tf_keras_sequential")
keras = message(1, number(2, 1) + message(5, "{}")) + message(1, node)
put("checkpoint", "layers", checkpoint(tensors, objects))
put("checkpoint", "types", checkpoint({f"t{k}": (k, [2], bytes(2 * w)) for k, w in ((4, 1), (5, 2), (6, 1), (9, 8), (10, 1), (17, 2), (22, 4), (23, 8))}, graph([({}, None)])))
put("checkpoint", "cut", checkpoint(tensors, objects)[:100])
put("saved_model", "sequential", struct.pack("<I", len(keras)) + keras + checkpoint(tensors, objects))
unlisted = graph([({"layer-0": 1, "layer-1": 2}, None), ({"kernel": 3, "bias": 4}, None), ({f: 5 + i for i, f in enumerate(("gamma", "beta", "moving_mean", "moving_variance"))}, None)]
                 + [({}, (key, key)) for key in tensors])
put("saved_model", "unlisted", struct.pack("<I", len(keras)) + keras + checkpoint(tensors, unlisted))
