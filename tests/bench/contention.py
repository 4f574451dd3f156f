"""octet and LiteRT on one and two threads while other processes keep the processors busy, interleaved in one run.

    contention.py BUILD_FOLDER [--against BUILD_FOLDER] [--shared DIR] [--models FILE ...] [--threads 1,2] [--competitors 0,1,2] [--seconds S]

Models are .tflite files; without --models, ResNet-8 of the shared folder as float32 and int8. --against is another build of octet, to compare
two pools of threads. A competitor is a process that does nothing but run. The subjects take turns of about 30 ms, for S seconds per model
and number of competitors; the table that is printed is in Markdown, times in microseconds:
minimum / median / mean. The call of LiteRT from Python
is part of its times.
"""
import argparse
import datetime
import os
import re
import statistics
import subprocess
import sys
import time

import subjects

TURN_NS = 3e7


def models_of(a):
    """[(name, path)]: what --models names, or both ResNet-8."""
    if a.models:
        return [(re.sub(r"\.tflite$", "", os.path.basename(path)), path) for path in a.models]
    source = os.path.join(a.shared, "models", "resnet8")
    folder = os.path.join(a.build, "bench")
    os.makedirs(folder, exist_ok=True)
    found = []
    for kind, mode in (("f32", "float32"), ("int8", "int8")):
        path = os.path.join(folder, "resnet8_%s.tflite" % kind)
        subprocess.run([os.path.join(a.build, "octet"), "quantize", os.path.join(source, "model.h5"), "--data",
                        os.path.join(source, "calib.npy"), "--mode", mode, "--no-evaluate", "-o", path],
                       check=True, stdout=subprocess.DEVNULL)
        found.append(("resnet8_" + kind, path))
    return found


def take_turns(running, seconds):
    """{subject: times in nanoseconds}."""
    times = {name: [] for name in running}
    end = time.time() + seconds
    while time.time() < end or min(len(t) for t in times.values()) < 5:
        for name, subject in running.items():
            last = statistics.median(times[name][-20:]) if times[name] else TURN_NS
            times[name] += subject.run(max(1, min(2000, int(TURN_NS / max(1, last)))))
    return times


def measure(a, path, competitors):
    """{(subject, threads): times} with so many other processes."""
    folders = {"octet": a.build}
    if a.against:
        folders["octet, other build"] = a.against
    running, octets = {}, []
    for threads in a.threads:
        for name, folder in folders.items():
            octets.append(subjects.Octet(folder, path, threads, "native"))
            running[name, threads] = octets[-1]
        running["LiteRT", threads] = subjects.LiteRT(path, threads)
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(competitors)]
    try:
        return take_turns(running, a.seconds)
    finally:
        for process in busy:
            process.kill()
            process.wait()
        for octet in octets:
            octet.close()


def main():
    numbers = lambda text: [int(n) for n in text.split(",")]
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--against")
    parser.add_argument("--shared", default="../shared")
    parser.add_argument("--models", nargs="*")
    parser.add_argument("--threads", type=numbers, default=[1, 2])
    parser.add_argument("--competitors", type=numbers, default=[0, 1, 2])
    parser.add_argument("--seconds", type=float, default=5.0)
    a = parser.parse_args()
    print("%s, %d processors, %s: `tests/bench/contention.py %s`\n" % (
        subjects.processor_name(), len(os.sched_getaffinity(0)), datetime.date.today(), " ".join(sys.argv[1:])))
    header = None
    for name, path in models_of(a):
        for competitors in a.competitors:
            times = measure(a, path, competitors)
            if header is None:
                header = ["model", "competitors"] + ["%s, %d" % subject for subject in times]
                print("| %s |\n| --- | ---: |%s" % (" | ".join(header), " ---: |" * len(times)))
            cells = ["%.0f / %.0f / %.0f" % (min(t) / 1e3, statistics.median(t) / 1e3, statistics.fmean(t) / 1e3) for t in times.values()]
            print("| %s | %d | %s |" % (name, competitors, " | ".join(cells)), flush=True)


if __name__ == "__main__":
    main()
