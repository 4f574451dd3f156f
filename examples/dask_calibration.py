#!/usr/bin/env python3
"""Calibrates a model on a Dask cluster, quantizes it, and evaluates both models there. The samples are cut into parts,
which the workers take one after the other; what they find adds up to what one process finds, to the last byte.

usage: dask_calibration.py [ADDRESS] [--model FILE] [--data FOLDER] [--parts N] [-o FILE]

ADDRESS: of the scheduler of a running cluster, as tcp://10.0.0.1:8786, whose workers have octet_tflite and see FOLDER.
Without it two processes of this machine do the work.
"""

import argparse
import operator
from pathlib import Path

import dask
import dask.bag
import octet_tflite
from dask.distributed import Client

MNIST = Path(__file__).resolve().parent / "mnist"


def calibrate(shard, model, data):
    """On a worker: what the model's activations hold over a part of the training samples, as "3/16"."""
    return octet_tflite.Calibration(model, n_threads=1).update(data, shard=shard)


def evaluate(shard, model, data):
    """On a worker: how good the model's answers are over a part of the test samples."""
    return octet_tflite.Evaluation(model, n_threads=1).update(data, shard=shard)


def over_all(work, shards, model, data):
    """What `work` finds over all shards, added up in a tree of tasks. model: the bytes of its file, sent once."""
    return shards.map(work, dask.delayed(model), data).fold(operator.add, split_every=4)


def quantize(model, data, n_parts):
    """The int8 model, and the evaluations of the float model and of it."""
    shards = dask.bag.from_sequence([f"{i}/{n_parts}" for i in range(1, n_parts + 1)], npartitions=n_parts)
    calibration = over_all(calibrate, shards, model, data).compute()
    quantized = octet_tflite.quantize(model, calibration)
    models = model, quantized.to_bytes()
    return quantized, *dask.compute(*(over_all(evaluate, shards, one, data) for one in models))


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("address", nargs="?", metavar="ADDRESS", help="of a running cluster")
    parser.add_argument("--model", type=Path, default=MNIST / "mnist_cnn_k2.h5", metavar="FILE")
    parser.add_argument("--data", type=Path, default=MNIST, metavar="FOLDER")
    parser.add_argument("--parts", type=int, default=16, metavar="N")
    parser.add_argument("-o", dest="output", default="quantized.tflite", metavar="FILE")
    given = parser.parse_args()
    local = {} if given.address else {"n_workers": 2, "threads_per_worker": 1}
    with Client(given.address, **local):
        quantized, before, after = quantize(given.model.read_bytes(), str(given.data), given.parts)
    quantized.save(given.output)
    print(f"{given.output}: {quantized.size_bytes} bytes, calibrated on {quantized.calibration_info.n_samples} samples")
    print(
        f"accuracy over {after.n_samples} samples: float {100 * before.accuracy:.2f} %, int8 {100 * after.accuracy:.2f} %"
    )


if __name__ == "__main__":
    main()
