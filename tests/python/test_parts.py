"""Parts of a calibration and of an evaluation: however they were made, sent and merged, they give what one run gives."""

import copy
import functools
import multiprocessing
import operator
import pickle
import random
import threading
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pytest

import octet_tflite
from octet_tflite import Calibration, Evaluation
from octet_tflite._parts import restore

KINDS = [Calibration, Evaluation]


def part_of(kind, model, x, y, first=0, **options):
    if kind is Calibration:
        return Calibration(model, **options).update(x)
    return Evaluation(model, first_sample=first, **options).update(x, y)


def pieces(x, y, n):
    """Of x and y, with the number of the first sample."""
    ends = [len(x) * i // n for i in range(n + 1)]
    return [(x[a:b], y[a:b], a) for a, b in zip(ends, ends[1:])]


def without_times(evaluation):
    return {name: value for name, value in evaluation.to_dict().items() if name not in TIMES}


TIMES = ("threads", "time_per_sample_us", "time_s")


@pytest.mark.parametrize("n", [2, 7, 32])
@pytest.mark.parametrize("kind", KINDS)
def test_any_parts_in_any_order_give_what_one_run_gives(kind, model, x, y, n):
    whole = part_of(kind, model, x, y)
    sent = [pickle.dumps(part_of(kind, model, *piece)) for piece in pieces(x, y, n)]
    random.Random(n).shuffle(sent)
    parts = [pickle.loads(one) for one in sent]
    ways = [
        octet_tflite.merge(parts),
        octet_tflite.merge(iter(parts[::-1])),
        sum(parts),
        functools.reduce(operator.add, parts),
        parts[0].__copy__().merge(*parts[1:]),
        octet_tflite.merge([octet_tflite.merge(parts[: n // 2]), octet_tflite.merge(parts[n // 2 :])]),
    ]
    ways.append(copy.deepcopy(parts[0]))
    for part in parts[1:]:
        ways[-1] += part
    for way in ways:
        assert way == whole and way.n_samples == 60 and way.fingerprint == whole.fingerprint
        if kind is Calibration:
            assert way.to_bytes() == whole.to_bytes()
            assert octet_tflite.quantize(model, way).to_bytes() == octet_tflite.quantize(model, x).to_bytes()
        else:
            assert without_times(way) == without_times(whole) and np.array_equal(way.classes, whole.classes)
    assert parts[0].n_samples < 60 and parts[0] != whole


@pytest.mark.parametrize("method", ["percentile=99.9", "entropy", "mse", "moving-average", "auto"])
def test_what_a_method_needs_is_merged(model, x, y, method):
    whole = Calibration(model, method=method).update(x)
    parts = [pickle.loads(pickle.dumps(Calibration(model, method=method).update(p))) for p, _, _ in pieces(x, y, 5)]
    made = octet_tflite.quantize(model, octet_tflite.merge(parts[::-1]), method=method)
    assert octet_tflite.merge(parts) == whole
    assert made.to_bytes() == octet_tflite.quantize(model, whole, method=method).to_bytes()
    with pytest.raises(octet_tflite.DataError, match="lack|statistics"):
        octet_tflite.quantize(model, Calibration(model).update(x), method=method)


@pytest.mark.parametrize("n", [1, 2, 7, 32])
@pytest.mark.parametrize("kind", KINDS)
def test_shards_of_arrays_and_files_give_what_the_whole_gives(kind, model, x, y, n, tmp_path):
    np.save(tmp_path / "x.npy", x)
    np.save(tmp_path / "y.npy", y)
    files = tmp_path / "x.npy", tmp_path / "y.npy"
    whole = kind(model).update((x, y))
    assert whole.missing is None
    numbers = list(range(1, n + 1))
    random.Random(n).shuffle(numbers)
    for data in ((x, y), files):
        shards = [kind(model).update(data, shard=f"{i}/{n}") for i in numbers]
        assert sum(pickle.loads(pickle.dumps(shard)) for shard in shards) == whole
        one = kind(model)
        for i in numbers:
            assert one.missing is None if one.n_samples == 0 else f"of {n}" in one.missing
            one.update(data, shard=(i, np.int64(n)))
        assert one == whole and one.missing is None


@pytest.mark.parametrize("kind", KINDS)
def test_shards_that_overlap_or_belong_to_another_whole_are_told(kind, model, x, y):
    third = kind(model).update((x, y), shard="3/7")
    assert third.missing == "1, 2, 4 to 7 of 7"
    for other, says in (
        (kind(model).update((x, y), shard="3/7"), "3.*twice|sample 18 .*both"),
        (kind(model).update((x, y), shard="1/8"), "of 8|one cut"),
        (kind(model).update((x[:50], y[:50]), shard="1/7"), "different samples"),
        (part_of(kind, model, x, y, 60), "whole"),
    ):
        for use in (lambda other=other: third + other, lambda other=other: other + third):
            with pytest.raises(octet_tflite.DataError, match=says):
                use()
    with pytest.raises(octet_tflite.DataError, match="twice|both"):
        third.update((x, y), shard="3/7")


def test_quantizing_needs_all_shards(model, x):
    some = Calibration(model).update(x, shard="1/3") + Calibration(model).update(x, shard="2/3")
    with pytest.raises(octet_tflite.DataError, match="3 of 3"):
        octet_tflite.quantize(model, some)
    assert octet_tflite.quantize(model, some, allow_missing=True).calibration_info.n_samples == 40


@pytest.mark.parametrize(
    "shard, error, says",
    [
        ("3", octet_tflite.UsageError, "give"),
        ("a/b", octet_tflite.UsageError, "give"),
        ("", octet_tflite.UsageError, "give"),
        (3, octet_tflite.UsageError, "give"),
        ((1, 2, 3), octet_tflite.UsageError, "give"),
        ((0.5, 2), octet_tflite.UsageError, "give"),
        ("1.0/2", octet_tflite.UsageError, "give"),
        ("0/3", octet_tflite.UsageError, "from 1"),
        ((4, 3), octet_tflite.UsageError, "from 1"),
        ("-1/3", octet_tflite.UsageError, "from 1"),
        ((1, 1 << 40), octet_tflite.UsageError, "from 1"),
        ((1, 1 << 31), octet_tflite.UsageError, "at most"),
        ("1/61", octet_tflite.UsageError, "would be empty"),
    ],
)
@pytest.mark.parametrize("kind", KINDS)
def test_no_shard_is_told(kind, model, x, shard, error, says):
    part = kind(model)
    with pytest.raises(error, match=says):
        part.update(x, shard=shard)
    assert part.n_samples == 0
    with pytest.raises(octet_tflite.UsageError, match="batches cannot be cut"):
        part.update(iter([x]), shard="1/2")


def calibrate(path, x):
    return Calibration(path, n_threads=1).update(x)


def evaluate(path, x, y, first):
    return Evaluation(path, first_sample=first, n_threads=1).update(x, y)


@pytest.mark.parametrize("start", ["fork", "spawn"])
def test_parts_of_other_processes(small_h5, model, x, y, start):
    model.predict(x)  # the library has threads before the process is forked
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context(start)) as pool:
        calibrations = [pool.submit(calibrate, small_h5, piece) for piece, _, _ in pieces(x, y, 7)]
        evaluations = [pool.submit(evaluate, small_h5, *piece) for piece in pieces(x, y, 7)]
    assert sum(one.result() for one in calibrations) == Calibration(model).update(x)
    assert sum(one.result() for one in evaluations) == model.evaluate(x, y)


def test_samples_come_as_array_list_or_iterator(model, x, y):
    whole = Calibration(model).update(x)
    for samples in (list(x), iter(x), iter(list(x)), (one for one in x), [x], iter(zip(x, y)), list(x.reshape(60, 64))):
        assert Calibration(model).update(samples) == whole
    assert Calibration(model).update(list(x[:2])) == Calibration(model).update(x[:2])
    assert model.evaluate(list(x), list(y)) == model.evaluate(x, y)
    assert model.evaluate(list(x[:2]), y[:2]) == model.evaluate(x[:2], y[:2])
    assert Calibration(model).update([x[0], x[1].ravel(), x[2, ..., 0]]) == Calibration(model).update(x[:3])


@pytest.mark.parametrize("kind", KINDS)
def test_files_and_bytes(kind, model, x, y, tmp_path):
    part = part_of(kind, model, x, y)
    part.save(tmp_path / "part")
    for source in (tmp_path / "part", str(tmp_path / "part"), part.to_bytes(), bytearray(part.to_bytes())):
        for loaded in (kind.load(source), kind.load(source, model)):
            assert loaded == part and loaded.to_bytes() == part.to_bytes()
    with pytest.raises(octet_tflite.UsageError, match="give the model"):
        kind.load(part.to_bytes(), n_threads=1)


@pytest.mark.parametrize("kind", KINDS)
def test_parts_without_samples_add_nothing(kind, model, x, y):
    whole = part_of(kind, model, x, y)
    empty = pickle.loads(pickle.dumps(kind(model)))
    assert empty.n_samples == 0 and empty == kind(model) and empty != whole
    assert empty + whole == whole == whole + empty == octet_tflite.merge([empty, whole, kind(model)])
    assert octet_tflite.merge([empty, empty.__copy__()]) == empty
    assert kind(model).merge(whole) == whole


def test_part_with_its_model_goes_on(model, x, y):
    whole = Calibration(model).update(x)
    begun = Calibration(model).update(x[:20])
    assert (begun + Calibration(model).update(x[20:30])).update(x[30:]) == whole
    assert Calibration.load(begun.to_bytes(), model).update(x[20:]) == whole
    assert copy.copy(begun).update(x[20:]) == whole and begun.n_samples == 20
    first = Evaluation(model).update(x[:20], y[:20])
    assert copy.deepcopy(first).update(x[20:], y[20:]) == model.evaluate(x, y) and first.n_samples == 20


@pytest.mark.parametrize("kind", KINDS)
def test_threads_take_turns(kind, small_h5, model, x, y):
    parts = [part_of(kind, model, *piece) for piece in pieces(x, y, 30)]
    total, failures = kind(model), []
    sums = [kind(model) for _ in range(4)]

    def work(number):
        try:
            for part in parts[number::4]:
                total.merge(part)
                assert total.n_samples > 0
            for part in parts:  # all threads read each part
                sums[number] += part
            own = part_of(kind, octet_tflite.load_model(small_h5), x, y)
            assert own == sums[number]
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert total == part_of(kind, model, x, y)


def test_threads_that_merge_each_other_come_to_an_end(model, x):
    a, b = Calibration(model).update(x[:1]), Calibration(model).update(x[1:2])

    def work(one, other):
        for _ in range(200):
            one + other

    threads = [threading.Thread(target=work, args=pair, daemon=True) for pair in ((a, b), (b, a)) * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()


def test_one_thread_at_a_time_updates(model, x):
    calibration = Calibration(model)

    def batches():
        yield x
        with pytest.raises(octet_tflite.UsageError, match="by another thread"):
            calibration.update(x)

    assert calibration.update(batches()).n_samples == 60


def refusals(kind, model, other, x, y):
    part = part_of(kind, model, x, y)
    foreign = part_of(kind, other, x, y, 60)
    yield octet_tflite.DataError, "model", lambda: part.merge(foreign)
    yield octet_tflite.DataError, "model", lambda: part + foreign
    scaled = part_of(kind, model, x, y, 60, scaling=0.5)
    yield octet_tflite.DataError, "two ways cannot be merged", lambda: part.merge(scaled)
    yield octet_tflite.DataError, "model", lambda: octet_tflite.merge([part, foreign])
    for wrong in (None, 5, "part", part.to_bytes(), model, x, [part], KINDS[kind is Calibration](model)):
        yield octet_tflite.ArgumentError, "another " + kind.__name__, lambda wrong=wrong: part.merge(wrong)
        yield octet_tflite.ArgumentError, "another " + kind.__name__, lambda wrong=wrong: part + wrong
        yield octet_tflite.ArgumentError, "merge takes", lambda wrong=wrong: octet_tflite.merge([part, wrong])
    for wrong in (None, 5, part):
        yield octet_tflite.ArgumentError, "merge takes parts", lambda wrong=wrong: octet_tflite.merge(wrong)
    yield octet_tflite.ArgumentError, "added to", lambda: 5 + part
    yield octet_tflite.UsageError, "no part", lambda: octet_tflite.merge([])
    yield octet_tflite.UsageError, "with itself", lambda: part.merge(part)
    yield octet_tflite.UsageError, "with itself", lambda: part + part
    yield octet_tflite.UsageError, "twice", lambda: octet_tflite.merge([part, part])
    yield octet_tflite.UsageError, "without its model", lambda: pickle.loads(pickle.dumps(part)).update(x)
    content = part.to_bytes()
    yield octet_tflite.FormatError, kind.__name__.lower(), lambda: kind.load(b"")
    yield octet_tflite.FormatError, "check sum does not fit", lambda: kind.load(content[:-9])
    yield octet_tflite.FormatError, "corrupt", lambda: kind.load(content[:-1] + bytes([content[-1] ^ 1]))
    yield octet_tflite.FormatError, "that octet wrote", lambda: kind.load(b"\x80\x04pickle" + content)
    yield octet_tflite.FormatError, "that octet wrote", lambda: kind.load(
        part_of(KINDS[kind is Calibration], model, x, y).to_bytes()
    )
    later = content[:8] + (99).to_bytes(4, "little") + content[12:]
    yield octet_tflite.UnsupportedError, "version 99", lambda: kind.load(later)
    yield octet_tflite.UnsupportedError, "version 99", lambda: restore(kind, 1, later)
    yield octet_tflite.UnsupportedError, "one version on all machines", lambda: restore(kind, 2, content)
    yield octet_tflite.UnsupportedError, "one version on all machines", lambda: restore(kind, 1, content, "more")
    yield octet_tflite.FileError, "nowhere", lambda: kind.load("/nowhere/part")
    for wrong in (None, 5, ["part"]):
        yield octet_tflite.ArgumentError, "give a path", lambda wrong=wrong: kind.load(wrong)


@pytest.mark.parametrize("kind", KINDS)
def test_what_does_not_fit_is_told_and_changes_nothing(kind, model, x, y, tmp_path):
    octet_tflite.quantize(model, mode="float16").save(tmp_path / "other.tflite")
    other = octet_tflite.load_model(tmp_path / "other.tflite")
    for error, says, use in refusals(kind, model, other, x, y):
        with pytest.raises(error, match=says) as caught:
            use()
        assert isinstance(caught.value, octet_tflite.Error) and "\n" not in str(caught.value)
    part = part_of(kind, model, x, y)
    before = part.to_bytes()
    with pytest.raises(octet_tflite.DataError):
        part.merge(part_of(kind, other, x, y, 60))
    assert part.to_bytes() == before


def test_evaluations_that_share_samples_are_told(model, x, y):
    part = model.evaluate(x[:20], y[:20])
    with pytest.raises(octet_tflite.DataError, match="sample 0 .* both"):
        part + model.evaluate(x[20:], y[20:])
    with pytest.raises(octet_tflite.DataError, match="sample 10 .* both"):
        part + Evaluation(model, first_sample=10).update(x[10:], y[10:])


def test_repeated_samples_are_counted(model, x):
    part = Calibration(model).update(x[:20])
    twice = part + copy.copy(part)
    assert (twice.info.n_samples, twice.info.n_distinct) == (40, 20)


def test_closed_part_is_told(model, x, y):
    for kind in KINDS:
        part, other = part_of(kind, model, x, y), kind(model)
        part.close()
        for use in (part.to_bytes, lambda: pickle.dumps(part), lambda: other.merge(part), lambda: part + other):
            with pytest.raises(octet_tflite.UsageError, match="closed"):
                use()
        assert part == part and "closed" in repr(part)
