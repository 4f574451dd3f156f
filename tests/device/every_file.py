#!/usr/bin/env python3
"""every_file.py OCTET FOLDER... [--every N] [--first K] [--mode int16x8]: quantized models of all kinds as C.

Takes every int8.tflite, every model.h5 or model.keras with its f32_in_*.npy (quantized on the way), and every other .tflite below the
folders; or one in N of them. With a mode it takes the Keras models alone, in that mode. Each is exported with 6 made-up vectors, compiled
as C99 with every warning an error, and run: its self-test compares the bytes with octet's. Counts what is the same and what octet
refuses, by reason; anything else is a failure. `octet check --target c` has to say the same beforehand."""
import argparse, collections, concurrent.futures, glob, json, os, re, subprocess, sys, tempfile

STRICT = ["-std=c99", "-O1", "-Wall", "-Wextra", "-Werror", "-pedantic"]


def run(command, **kwargs):
    return subprocess.run(command, capture_output=True, text=True, timeout=300, **kwargs)


def models(folders, is_keras_only):
    """(path, folder of its samples or None)"""
    for folder in folders:
        for path in sorted(glob.glob(os.path.join(folder, "**", "*.*"), recursive=True)):
            name = os.path.basename(path)
            if name in ("model.h5", "model.keras") and glob.glob(os.path.join(os.path.dirname(path), "f32_in_*.npy")):
                yield path, os.path.dirname(path)
            elif not is_keras_only and name.endswith(".tflite") and name != "float.tflite":
                yield path, None


def data_of(octet, path, folder):
    files = sorted(glob.glob(os.path.join(folder, "f32_in_*.npy")), key=lambda f: int(re.findall(r"\d+", f)[-1]))
    if len(files) == 1:
        return ["--data", files[0]]
    ports = json.loads(run([octet, "inspect", path, "--json"]).stdout)["inputs"]
    return ["--data", ",".join(f"{p['name']}={f}" for p, f in zip(ports, files))]


def examine(octet, mode, path, samples):
    """("same" | "refused" | "failed", why)"""
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "net")
        if mode:
            quantized = os.path.join(folder, "model.tflite")
            done = run([octet, "quantize", path, *data_of(octet, path, samples), "--mode", mode, "--input-type", "int16", "--output-type", "int16",
                        "--no-evaluate", "-o", quantized])
            if done.returncode != 0:
                return "failed", done.stderr.strip()
            path, samples = quantized, None
        command = [octet, "export", path, "--c", "-o", out, "--name", "net", "--no-verify", "--vectors", "6"]
        done = run(command + (data_of(octet, path, samples) if samples else []))
        said = done.stderr.strip().splitlines()[-1] if done.stderr.strip() else ""
        if done.returncode != 0:
            refused = re.search(r"(\w+) in C: (.*)", said)
            if refused is None and re.search("needs samples to calibrate|C is made of int8", said) is None:
                return "failed", said
            if refused is not None and not samples:
                checked = run([octet, "check", path, "--target", "c"])
                if checked.returncode == 0 or refused[2] not in checked.stdout:
                    return "failed", f"octet check does not say: {refused[2]}"
            return "refused", f"{refused[1]}: {refused[2]}" if refused else "not quantized"
        sources = [os.path.join(out, f) for f in ("net.c", "net_weights.c", "net_selftest.c")]
        done = run(["cc", *STRICT, *sources, "-o", os.path.join(folder, "program")])
        if done.returncode != 0:
            return "failed", "compiler: " + next((l for l in done.stderr.splitlines() if "error" in l), done.stderr[:200])
        done = run([os.path.join(folder, "program")])
        return ("same", "") if done.returncode == 0 else ("failed", done.stdout.strip() or f"signal {-done.returncode}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("octet")
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--mode", choices=["int16x8"])
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()
    chosen = list(models(options.folders, options.mode is not None))[options.first::options.every]
    counts, reasons = collections.Counter(), collections.Counter()
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        octet = os.path.abspath(options.octet)
        for (path, _), (verdict, why) in zip(chosen, pool.map(lambda m: examine(octet, options.mode, *m), chosen)):
            counts[verdict] += 1
            if verdict == "refused":
                reasons[why] += 1
            if verdict == "failed":
                print(f"FAIL {path}: {why}", flush=True)
    for why, n in reasons.most_common():
        print(f"{n:5} refused: {why}")
    print(f"every_file: {counts['same']} of {len(chosen)} give octet's bytes, {counts['refused']} are refused, {counts['failed']} failed")
    return counts["failed"] != 0


if __name__ == "__main__":
    sys.exit(main())
