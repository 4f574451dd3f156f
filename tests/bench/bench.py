"""octet against LiteRT and ONNX Runtime, interleaved in one run.

    bench.py BUILD_FOLDER [--shared DIR] [--isa native|avx512vnni|avx2] [--threads 1,2] [--seconds S] [--only REGEX] [--json FILE]
             [--tensorflow PYTHON]

For every model the subjects take turns, a slice of time each, so that all see the same machine. LiteRT is the interpreter of the
ai-edge-litert package with its default delegate (XNNPACK), called from Python; what that call costs is measured with a model of a single
addition, stated, and subtracted from LiteRT's times. ONNX Runtime runs the larger int8 networks of networks.py with one thread, as it comes
and kept from saturating. octet is the program `measure`, which runs the library in a process of its own. --isa avx2 keeps octet
(OCTET_KERNELS) and the others (limit.py) from instructions beyond AVX2 and FMA, avx512vnni from AMX. Afterwards: the memory of every model, and the tutorial's whole job. --tensorflow
names a Python that has TensorFlow and tf_keras, to measure its process too.
"""
import argparse
import json
import os
import re
import statistics
import subprocess
import time

import ai_edge_litert
import onnxruntime

import goals
import limit
import memory
import networks
import subjects
import trained
import tutorial


def take_turns(running, seconds):
    """{name: times in nanoseconds}; turns of about 30 ms."""
    counts = {name: max(1, min(2000, int(3e7 / max(1, min(subject.run(3)))))) for name, subject in running.items()}
    times = {name: [] for name in running}
    end = time.time() + seconds
    while time.time() < end or len(times["octet"]) < 3:
        for name, subject in running.items():
            times[name].extend(subject.run(counts[name]))
    return times


def span(times):
    return {"min": min(times), "median": statistics.median(times), "max": max(times)}


def call_overhead(path):
    """Nanoseconds of an invoke() that has next to nothing to do, the least within a second: the first quiet moment may be late."""
    litert = subjects.LiteRT(path, 1)
    least, end = 1e9, time.time() + 1
    while time.time() < end:
        least = min(least, *litert.run(500))
    return least


def measure_model(a, case, threads, result):
    name, kind, path, onnx, macs = case
    running = {"octet": subjects.Octet(a.build, path, threads, a.isa), "litert": subjects.LiteRT(path, threads)}
    if onnx and threads == 1:
        running["onnxruntime"] = subjects.OnnxRuntime(onnx, False)
        running["onnxruntime_exact"] = subjects.OnnxRuntime(onnx, True)
    times = take_turns(running, a.seconds)
    running["octet"].close()
    times["litert"] = [max(1, t - result["call_overhead_ns"]) for t in times["litert"]]
    row = {"model": name, "type": kind, "threads": threads, "macs": macs, "times": {subject: span(t) for subject, t in times.items()}}
    row["ratios"] = {subject: goals.ratios(t, row["times"]["octet"]) for subject, t in row["times"].items() if subject != "octet"}
    row["gmac_per_s"] = {subject: macs / t["min"] for subject, t in row["times"].items()}
    row["of_peak"] = row["gmac_per_s"]["octet"] / threads / peak(result, kind)
    if "onnxruntime" in running:
        difference = abs(running["onnxruntime"].output() - running["onnxruntime_exact"].output())
        row["onnxruntime_saturates"] = {"values": difference.size, "differ": int((difference > 0).sum()), "by": int(difference.max())}
    return row


def peak(result, kind):
    """Of the register-tile loops: the one for this type and the widest instructions in use; infinite where there is none."""
    cpu = result["peaks"]["cpu"] if result["isa"] == "native" else result["isa"]
    name = "int8_" + cpu if kind != "f32" else "f32_avx512" if cpu.startswith(("avx512", "amx")) else "f32_avx2"
    return result["peaks"].get(name, float("inf"))


def time_text(t):
    unit, divisor = ("us", 1e3) if t["median"] < 1e6 else ("ms", 1e6)
    return "%8.1f %8.1f %8.1f %s" % (t["min"] / divisor, t["median"] / divisor, t["max"] / divisor, unit)


def row_text(row):
    lines = []
    for subject, t in row["times"].items():
        text = "%-20s %-12s %d  %-18s" % (row["model"], row["type"], row["threads"], subject) + time_text(t)
        text += "  %6.1f GMAC/s" % row["gmac_per_s"][subject] if row["macs"] else " " * 15
        if subject in row["ratios"]:
            text += "  ratio %5.2f (minima) %5.2f (medians)" % tuple(row["ratios"][subject].values())
        elif row["of_peak"]:
            text += "  %3.0f %% of the peak" % (100 * row["of_peak"])
        if subject == "onnxruntime":
            text += "  %(differ)d of %(values)d outputs wrong by up to %(by)d" % row["onnxruntime_saturates"]
        lines.append(text)
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--shared")
    parser.add_argument("--isa", default="native", choices=["native", *limit.ISAS])
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--only", default="")
    parser.add_argument("--json")
    parser.add_argument("--tensorflow")
    a = parser.parse_args()
    shared = a.shared if a.shared and os.path.isdir(os.path.join(a.shared, "models")) else None
    peaks = json.loads(subprocess.run([os.path.join(a.build, "peak")], capture_output=True, text=True, check=True,
                                      env=subjects.octet_environment("native")).stdout)
    if a.isa != "native":
        if peaks["cpu"] == a.isa or "int8_" + a.isa not in peaks:
            print("bench: this processor has nothing beyond %s, or not that: --isa native has measured what it has" % a.isa)
            return
        limit.restart(a.build, a.isa)
    folder = os.path.join(a.build, "bench")
    os.makedirs(folder, exist_ok=True)
    smallest = networks.one_addition(folder)
    result = {"processor": subjects.processor_name(), "cores": os.cpu_count(), "date": time.strftime("%Y-%m-%d"), "isa": a.isa, "peaks": peaks,
              "litert": ai_edge_litert.__version__, "onnxruntime": onnxruntime.__version__,
              "call_overhead_ns": call_overhead(smallest), "rows": [], "memory": [], "tutorial": []}
    print("%(processor)s, instructions: %(isa)s; one core at most, GMAC/s: %(peaks)s" % result)
    print("LiteRT %s; an invoke() of one addition takes %.2f us, which is subtracted from its times" % (
        result["litert"], result["call_overhead_ns"] / 1e3))
    print("%-20s %-12s T  %-18s     min   median      max" % ("model", "type", "subject"))

    cases = trained.models(a.build, folder, shared, a.only)
    for name in networks.NETWORKS:
        if re.search(a.only, name):
            cases += [(name, *written) for written in networks.write(folder, name)]
    for case in cases:
        for threads in [int(t) for t in a.threads.split(",")]:
            result["rows"].append(measure_model(a, case, threads, result))
            print(row_text(result["rows"][-1]), flush=True)

    print("\n%-20s %-12s peak KiB: octet   LiteRT   arena KiB: octet   LiteRT" % ("model", "type"))
    for name, kind, path, _, _ in [("one addition", "f32", smallest, None, 0)] + cases:
        row = {"model": name, "type": kind, **memory.measure(a.build, path, a.isa)}
        result["memory"].append(row)
        kib = [row[subject][what] / 1024 for what in ("peak", "arena") for subject in ("octet", "litert")]
        print("%-20s %-12s %15.0f %8.0f %18.0f %8.0f" % (name, kind, *kib), flush=True)

    data = os.path.join(shared, "data", "mnist") if shared else None
    for name, path in trained.mnist(shared).items() if data else ():
        if re.search(a.only, name):
            times, tensorflow_times = tutorial.measure(a.build, name, path, data, folder, a.isa, a.tensorflow)
            seconds, tensorflow = span(times), span(tensorflow_times)
            result["tutorial"].append({"model": name, "seconds": seconds, "tensorflow_seconds": tensorflow,
                                       "tensorflow_is_measured": bool(a.tensorflow), "ratios": goals.ratios(tensorflow, seconds)})
            print("tutorial %s: %.3f s at best, %.3f s in the median of %d; TensorFlow %.2f s, ratio %.1f (minima) %.1f (medians)" % (
                name, seconds["min"], seconds["median"], tutorial.RUNS, tensorflow["min"],
                *result["tutorial"][-1]["ratios"].values()), flush=True)

    print("\n%-50s %-19s %6s %5s %7s %8s" % ("asked / measured", "against", "must", "aim", "minima", "medians"))
    for row in goals.summary(result):
        print("%-50s %-19s %6s %5s %7s %8s  %s" % tuple(row))
    if a.json:
        with open(a.json, "w") as f:
            json.dump(result, f, indent=1)


if __name__ == "__main__":
    main()
