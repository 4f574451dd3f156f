#!/usr/bin/env python3
"""How long one process and Dask's workers take for 16 shards, as docs/scale-out.md states it: measure.py MODEL FOLDER

FOLDER: images and labels, unpacked IDX files; the training images are calibrated and evaluated. The least of three runs
counts; what the workers find must be what one process finds.
"""

import operator
import sys
import time

import dask
import dask.bag
from dask.distributed import Client
from octet_tflite import Calibration, Evaluation

N_SHARDS, N_RUNS = 16, 3


def calibrate(shard, model, data, n_threads=1):
    return Calibration(model, n_threads=n_threads).update(data, shard=shard)


def evaluate(shard, model, data, n_threads=1):
    return Evaluation(model, n_threads=n_threads, split="train").update(data, shard=shard)


def clock(work):
    """What it gives, and the least time in seconds."""
    times = []
    for _ in range(N_RUNS):
        start = time.monotonic()
        result = work()
        times.append(time.monotonic() - start)
    return result, min(times)


def main():
    path, data = sys.argv[1:]
    with open(path, "rb") as file:
        model = file.read()
    whole = {}
    for n_threads in (1, 2):
        for work in (calibrate, evaluate):
            whole[work], time_s = clock(lambda: work(None, model, data, n_threads))
            print(f"one process, {n_threads} threads, {work.__name__}: {time_s:.2f} s, {whole[work].n_samples} samples")
    shards = dask.bag.from_sequence([f"{i}/{N_SHARDS}" for i in range(1, N_SHARDS + 1)], npartitions=N_SHARDS)
    for n_workers in (1, 2):
        with Client(n_workers=n_workers, threads_per_worker=1, dashboard_address=None):
            for work in (calibrate, evaluate):
                found = shards.map(work, dask.delayed(model), data).fold(operator.add, split_every=4)
                result, time_s = clock(found.compute)
                assert result == whole[work]
                print(f"{n_workers} workers, {work.__name__}: {time_s:.2f} s", flush=True)


if __name__ == "__main__":
    main()
