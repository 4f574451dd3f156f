"""Dask's workers calibrate and evaluate parts: what comes of them is what one process gives, also where one dies."""

import operator
import os
import random
import runpy
import signal
import sys
import time
from pathlib import Path

import dask
import dask.bag
import numpy as np
import octet_tflite
import pytest
from dask.distributed import Client, LocalCluster
from octet_tflite import Calibration, Evaluation

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
MNIST = EXAMPLES / "mnist"
MODEL = MNIST / "mnist_fc_k2.h5"
PATIENCE_S = 60


@pytest.fixture(scope="module")
def client():
    """Of two workers, processes of their own, which start again when they die."""
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster) as client:
        yield client


@pytest.fixture(scope="module")
def calibration():
    """Of one process, over all samples."""
    return Calibration(MODEL).update(str(MNIST))


@pytest.fixture(scope="module")
def quantized(calibration):
    return octet_tflite.quantize(MODEL, calibration).to_bytes()


@pytest.fixture(scope="module")
def evaluations(quantized):
    """Of the float and of the int8 model, by one process."""
    return [octet_tflite.load_model(model).evaluate(str(MNIST)) for model in (MODEL, quantized)]


def figures(evaluation):
    times = ("model", "threads", "time_per_sample_us", "time_s")
    return {name: value for name, value in evaluation.to_dict().items() if name not in times}


def calibrate(shard, model):
    return Calibration(model, n_threads=1).update(str(MNIST), shard=shard)


def evaluate(shard, model):
    return Evaluation(model, n_threads=1).update(str(MNIST), shard=shard)


def shards(n):
    numbers = list(range(1, n + 1))
    random.Random(n).shuffle(numbers)
    return dask.bag.from_sequence([f"{i}/{n}" for i in numbers], npartitions=n)


@pytest.mark.parametrize("n", [1, 2, 7, 32])
def test_any_partitions_give_what_one_process_gives(client, calibration, quantized, evaluations, n):
    parts = shards(n)
    work = [
        parts.map(calibrate, str(MODEL)).fold(operator.add, split_every=3),
        parts.map(evaluate, str(MODEL)).fold(operator.add, split_every=3),
        parts.map(evaluate, dask.delayed(quantized)).fold(operator.add, split_every=3),
    ]
    found, *measured = dask.compute(*work)
    assert found.to_bytes() == calibration.to_bytes()
    assert octet_tflite.quantize(MODEL, found).to_bytes() == quantized
    assert measured == evaluations
    assert [figures(one) for one in measured] == [figures(one) for one in evaluations]


def test_partitions_of_samples(client, model_path=str(MODEL)):
    samples = np.random.default_rng(0).random((100, 28, 28), dtype=np.float32)
    whole = Calibration(MODEL).update(samples)
    bag = dask.bag.from_sequence(list(samples), npartitions=9)

    def gather(partition):
        return octet_tflite.Calibration(model_path, n_threads=1).update(iter(partition))

    assert bag.reduction(gather, octet_tflite.merge, split_every=4).compute() == whole


def test_worker_that_is_killed_in_the_middle(client, calibration, evaluations, tmp_path):
    n, marks = 8, str(tmp_path)

    def interrupted(work):
        def run(shard, model):
            mark = os.path.join(marks, work.__name__)
            if shard == f"5/{n}" and not os.path.exists(mark):
                with open(mark + ".new", "w") as file:
                    file.write(str(os.getpid()))
                os.rename(mark + ".new", mark)
                time.sleep(PATIENCE_S)  # until this process is killed
                raise AssertionError("nobody killed the worker")
            return work(shard, model)

        return run

    for work, whole in ((calibrate, calibration), (evaluate, evaluations[0])):
        bag = dask.bag.from_sequence([f"{i}/{n}" for i in range(1, n + 1)], npartitions=n)
        future = client.compute(bag.map(interrupted(work), str(MODEL)).fold(operator.add, split_every=3))
        mark, end = tmp_path / work.__name__, time.monotonic() + PATIENCE_S
        while not mark.exists() and time.monotonic() < end:
            time.sleep(0.05)
        os.kill(int(mark.read_text()), signal.SIGKILL)
        assert future.result(timeout=PATIENCE_S) == whole


def test_example(client, calibration, quantized, evaluations, tmp_path, monkeypatch, capsys):
    output = tmp_path / "q.tflite"
    address = client.scheduler.address
    monkeypatch.setattr(sys, "argv", ["dask_calibration.py", address, "--model", str(MODEL), "-o", str(output)])
    runpy.run_path(str(EXAMPLES / "dask_calibration.py"), run_name="__main__")
    assert output.read_bytes() == quantized
    before, after = (f"{100 * one.accuracy:.2f} %" for one in evaluations)
    assert f"float {before}, int8 {after}" in capsys.readouterr().out


def test_what_does_not_fit_is_told_by_the_worker(client):
    both = [f"{i}/4" for i in (1, 2, 2, 3)]
    bag = dask.bag.from_sequence(both, npartitions=4).map(calibrate, str(MODEL))
    with pytest.raises(octet_tflite.DataError, match="2/4 is there twice"):
        bag.fold(operator.add).compute()
