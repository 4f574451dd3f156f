#!/usr/bin/env python3
"""Writes tests/fuzz/corpus/keras_config/: small configurations of both dialects, with the shapes of their weights."""
import json, pathlib

root = pathlib.Path(__file__).parent / "corpus"


def put(parser, name, data):
    (root / parser).mkdir(parents=True, exist_ok=True)
    (root / parser / name).write_bytes(data)


# keras_config: the version's digit, the JSON, a NUL, then rank and dimensions of every weight in order.
def keras(name, version, shape, layers, weights, call=None):
    """A chain of layers; call: names in the order of calls, as a Functional model of that version."""
    first = {"class_name": "InputLayer", "config": {"name": "in", ("batch_shape" if version == 3 else "batch_input_shape"): [None, *shape]}}
    items = [first] + [{"class_name": kind, "config": {"name": f"l{i}", "trainable": True, **config}} for i, (kind, config) in enumerate(layers)]
    config = {"name": "net", "layers": items}
    if call:
        for i, item in enumerate(items):
            item["name"] = item["config"]["name"]
            sources = [items[j]["config"]["name"] for j in call[i]]
            if version == 3:
                tensors = [{"class_name": "__keras_tensor__", "config": {"keras_history": [s, 0, 0]}} for s in sources]
                item["inbound_nodes"] = [{"args": [tensors] if len(tensors) > 1 else tensors, "kwargs": {}}] if tensors else []
            else:
                item["inbound_nodes"] = [[[s, 0, 0, {}] for s in sources]] if sources else []
        config["input_layers"] = [["in", 0, 0]]
        config["output_layers"] = [[items[-1]["config"]["name"], 0, 0]]
    text = json.dumps({"class_name": "Functional" if call else "Sequential", "config": config})
    put("keras_config", name, str(version).encode() + text.encode() + b"\0" + bytes(n for w in weights for n in (len(w), *w)))


conv = {"filters": 4, "kernel_size": [3, 3], "strides": [1, 1], "padding": "same", "activation": "relu6", "use_bias": True}
keras("images", 2, (6, 6, 2), [("Conv2D", conv), ("BatchNormalization", {"axis": [3]}), ("MaxPooling2D", {"pool_size": [2, 2]}), ("Flatten", {}),
                               ("Dense", {"units": 3, "activation": "softmax"})], [(3, 3, 2, 4), (4,), (4,), (4,), (4,), (4,), (36, 3), (3,)])
keras("more_images", 3, (6, 6, 2), [("SeparableConv2D", {**conv, "depth_multiplier": 2}), ("UpSampling2D", {"size": [2, 1]}), ("ZeroPadding2D", {"padding": [[0, 1], [1, 0]]}),
                                    ("DepthwiseConv2D", {"kernel_size": 2, "strides": 2, "use_bias": False}), ("Conv2DTranspose", {**conv, "strides": 2}),
                                    ("Cropping2D", {"cropping": 1}), ("PReLU", {"shared_axes": [1, 2]}), ("GlobalAveragePooling2D", {"keepdims": True})],
      [(3, 3, 2, 2), (1, 1, 4, 4), (4,), (2, 2, 4, 1), (3, 3, 4, 4), (4,), (1, 1, 4)])
keras("steps", 2, (5, 3), [("Conv1D", {**conv, "kernel_size": [3], "strides": [1], "padding": "causal"}), ("LSTM", {"units": 2, "return_sequences": True}),
                           ("Bidirectional", {"merge_mode": "sum", "layer": {"class_name": "GRU", "config": {"name": "g", "units": 2, "reset_after": True, "return_sequences": True}}}),
                           ("TimeDistributed", {"layer": {"class_name": "Dense", "config": {"name": "d", "units": 2}}}), ("SimpleRNN", {"units": 2, "go_backwards": True})],
      [(3, 3, 4), (4,), (4, 8), (2, 8), (8,), (2, 6), (2, 6), (2, 6), (2, 6), (2, 6), (2, 6), (2, 2), (2,), (2, 2), (2, 2), (2,)])
keras("norms", 3, (4, 4), [("LayerNormalization", {"axis": [-1], "epsilon": 0.001}), ("GroupNormalization", {"groups": 2, "axis": -1}), ("RMSNormalization", {}), ("UnitNormalization", {}),
                           ("Rescaling", {"scale": 0.5, "offset": -1}), ("Normalization", {"axis": [-1], "mean": 0.5, "variance": [1, 2, 3, 4]}), ("Softmax", {"axis": 1}),
                           ("ReLU", {"max_value": 4, "negative_slope": 0.1, "threshold": 0.5})], [(4,)] * 5)
keras("branches", 2, (4, 4), [("Dense", {"units": 4}), ("Add", {}), ("Concatenate", {"axis": -1}), ("Dot", {"axes": 1, "normalize": True}), ("Reshape", {"target_shape": [-1, 2]}),
                              ("Permute", {"dims": [2, 1]})], [(4, 4), (4,)], [[], [0], [0, 1], [0, 2], [3, 1], [4], [5]])
keras("attention", 3, (4, 4), [("MultiHeadAttention", {"num_heads": 2, "key_dim": 2}), ("Attention", {"use_scale": True})],
      [(4, 2, 2), (2, 2), (4, 2, 2), (2, 2), (4, 2, 2), (2, 2), (2, 2, 4), (4,), ()], [[], [0, 0], [0, 1]])
cell = lambda kind, name, units: {"class_name": kind, "config": {"name": name, "units": units}}
keras("cells", 3, (3, 2), [("RNN", {"return_sequences": True, "cell": {"class_name": "StackedRNNCells", "config": {"name": "s", "cells": [cell("LSTMCell", "a", 2), cell("GRUCell", "b", 3)]}}}),
                           ("CuDNNGRU", {"units": 2, "return_state": True})],
      [(2, 8), (2, 8), (8,), (2, 9), (3, 9), (9,), (3, 6), (2, 6), (12,)])
keras("moving_images", 2, (2, 4, 4, 1), [("TimeDistributed", {"layer": {"class_name": "Conv2D", "config": {"name": "c", **conv}}}),
                                         ("Bidirectional", {"merge_mode": "concat", "layer": {"class_name": "ConvLSTM2D", "config": {"name": "l", "filters": 2, "kernel_size": [3, 3], "padding": "same", "return_sequences": True}}})],
      [(3, 3, 1, 4), (4,), (3, 3, 4, 8), (3, 3, 2, 8), (8,), (3, 3, 4, 8), (3, 3, 2, 8), (8,)])
keras("categories", 3, (4,), [("Discretization", {"bin_boundaries": [0.0, 1.5], "output_mode": "count"}), ("IntegerLookup", {"vocabulary": [7, 1], "mask_token": 0, "output_mode": "one_hot"}),
                              ("Flatten", {}), ("CategoryEncoding", {"num_tokens": 3, "output_mode": "multi_hot"}), ("SpectralNormalization", {"layer": cell("Dense", "d", 2)})],
      [(1, 2), (3, 2), (2,)])
def functions(name, operations, shape=(4, 4)):
    """A chain of keras.ops; each: class, arguments behind the tensor, attributes."""
    chain = [{"class_name": "InputLayer", "name": "in", "config": {"name": "in", "batch_shape": [None, *shape]}, "inbound_nodes": []}]
    for i, (kind, arguments, *config) in enumerate(operations):
        tensor = {"class_name": "__keras_tensor__", "config": {"keras_history": [chain[-1]["name"], 0, 0]}}
        chain.append({"module": "keras.src.ops.numpy", "class_name": kind, "name": f"o{i}",
                      "config": {"name": f"o{i}", **(config[0] if config else {"axis": -1, "keepdims": True})},
                      "inbound_nodes": [{"args": [tensor, *arguments], "kwargs": {}}]})
    functional = {"name": "net", "layers": chain, "input_layers": ["in", 0, 0], "output_layers": [[chain[-1]["name"], 0, 0]]}
    put("keras_config", name, b"3" + json.dumps({"class_name": "Functional", "config": functional}).encode())


functions("functions", [("Multiply", [0.5]), ("GetItem", [[{"class_name": "__slice__", "config": {"start": None, "stop": -1, "step": 2}}, 0]]), ("Mean", []), ("Clip", [0, 6]),
                        ("Reshape", [[-1, 2]])])
matrix = [[1.0, 2.0, 0.5, 0.0], [0.0, 1.0, 1.0, 3.0], [2.0, 2.0, 1.0, 1.0], [1.0, 0.0, 0.0, 1.0]]
functions("products", [("Einsum", [matrix], {"subscripts": "...tc,cd->...dt"}), ("Tensordot", [matrix], {"axes": [[2], [0]]}), ("Inner", [matrix], {}), ("Einsum", [], {"subscripts": "abc->cba"}),
                       ("Logsumexp", [], {"axis": [1], "keepdims": True}), ("Norm", [], {"ord": 2, "axis": -1}), ("Outer", [[1.0, 2.0]], {})])
functions("cuts", [("Roll", [], {"shift": [1, -1], "axis": [1, 2]}), ("Pad", [], {"pad_width": [[0, 0], [1, 2], [0, 1]], "mode": "reflect"}), ("Cumsum", [], {"axis": 1}), ("Diff", [], {"n": 2, "axis": 1}),
                   ("Moveaxis", [], {"source": 1, "destination": -1}), ("Triu", [], {"k": 1}), ("TopK", [], {"k": 2}), ("OneHot", [], {"num_classes": 3, "axis": -1})])
functions("windows", [("Conv", [[[[1.0, 2.0], [0.0, 1.0]], [[1.0, 1.0], [2.0, 0.0]]]], {"strides": 1, "padding": "same", "dilation_rate": 1}), ("MaxPool", [], {"pool_size": 2, "padding": "valid"}),
                      ("BatchNorm", [[1.0, 2.0], [1.0, 4.0], [0.0, 1.0], None], {"axis": -1, "epsilon": 0.001}), ("Ravel", [], {})], (6, 2))
masked = [("Masking", {"mask_value": 0.0}), ("MultiHeadAttention", {"num_heads": 2, "key_dim": 2, "dropout": 0.1, "use_gate": True, "sliding_window": 2}),
          ("GroupedQueryAttention", {"head_dim": 2, "num_query_heads": 4, "num_key_value_heads": 2}), ("AdditiveAttention", {"use_scale": False, "causal": True})]
heads = lambda n, groups, size, width: [(width, n, size), (n, size), (width, groups, size), (groups, size)]
for version in (2, 3):
    keras(f"masked_attention_{version}", version, (3, 4), masked,
          [*heads(2, 2, 2, 4), (4, 2, 2), (2, 2), (4, 2, 2), (2, 2), (2, 2, 4), (4,), *heads(4, 2, 2, 4), (4, 2, 2), (2, 2), (4, 2, 4), (4,)], [[], [0], [1, 1], [2, 1], [3, 2]])
keras("attention_axes", 3, (2, 3, 4), [("MultiHeadAttention", {"num_heads": 2, "key_dim": 2, "attention_axes": [1, 2]})],
      [*heads(2, 2, 2, 4), (4, 2, 2), (2, 2), (2, 2, 4), (4,)], [[], [0, 0]])
