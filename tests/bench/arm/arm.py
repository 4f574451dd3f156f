"""Instructions that octet and LiteRT execute for one inference on Arm cores, one thread, under qemu-user.

    arm.py BUILD_FOLDER [--shared DIR] [--only REGEX] [--litert] [--check | --store]

Counts are deterministic, so that one run is enough, and tell nothing about caches. The cores: Cortex-A72 (Raspberry Pi 4, no dot
product) and Cortex-A76 (Raspberry Pi 5). --litert also counts LiteRT's wheel for aarch64, with its default delegate (XNNPACK); what
a call from Python costs is counted with a model of one addition, and subtracted. counts.tsv holds octet's counts by the compiler of
Debian 12; --check counts the models of MNIST (and, with --shared, those in SMALL) and fails where a count is more than 2 % above
it, --store writes all that was counted into it.
"""
import argparse
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.abspath(os.path.join(HERE, "..", "..", ".."))
INCLUDE = "-I" + os.path.join(ROOT, "tests")
sys.path.insert(0, os.path.dirname(HERE))
import trained

CPUS = {"a72": "cortex-a72", "a76": "cortex-a76"}
COUNTS = os.path.join(HERE, "counts.tsv")
MOST = 1.02
SMALL = "^(mnist_fc|mnist_cnn|mnist_cnn_large|resnet8)$"


def run(*command, **options):
    return subprocess.run(command, check=True, **options)


class Counter:
    """Programs under the emulator, with the plugin that counts."""

    def __init__(self, folder):
        self.folder = folder
        self.plugin = os.path.join(folder, "a64_count.so")
        run("cc", "-shared", "-fPIC", "-O2", INCLUDE, os.path.join(HERE, "a64_count.c"), "-o", self.plugin)

    def count(self, cpu, command, runs, options=()):
        """(instructions of one run, hashes of the outputs, {function: instructions of one run})"""
        done = subprocess.run(["qemu-aarch64", "-cpu", CPUS[cpu], "-plugin", self.plugin, "-d", "plugin", *options, *command, str(runs)],
                              capture_output=True, text=True)
        total = re.search(r"^total (\d+)$", done.stderr, re.M)
        if done.returncode != 0 or not total:
            raise RuntimeError("%s failed: %s" % (" ".join(command), done.stderr[-500:]))
        functions = {name: int(n) // runs for n, name in re.findall(r"^function (\d+) (.*)$", done.stderr, re.M)}
        return int(total[1]) // runs, re.findall(r"^output (\w+)$", done.stdout, re.M), functions


class Octet:
    def __init__(self, counter):
        self.counter = counter
        self.program = os.path.join(counter.folder, "count_octet")
        run("make", "-s", "-j", str(os.cpu_count()), "-f", "tools/aarch64.mk", "OUT=" + counter.folder, self.program, cwd=ROOT)

    def count(self, cpu, path):
        return self.counter.count(cpu, [self.program, path], 1)


class LiteRT:
    """The wheel for aarch64 and a Python for it, unpacked below the folder: nothing is installed."""

    PACKAGES = ["libstdc++6", "python3", "python3-numpy"]
    WHEEL = "ai-edge-litert==2.3.0"
    # XNNPACK asks cpuinfo, which reads /proc/cpuinfo; qemu-user looks for absolute paths in its root first.
    PROCESSORS = {"a72": ("0xd08", "0x0", "3", "fp asimd evtstrm crc32 cpuid"),
                  "a76": ("0xd0b", "0x4", "1", "fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics fphp asimdhp cpuid asimdrdm lrcpc dcpop asimddp")}

    def __init__(self, counter):
        self.counter, self.folder = counter, os.path.join(counter.folder, "litert")
        ready = os.path.join(self.folder, "ready")
        if not os.path.exists(ready):
            self.unpack_packages()
            self.unpack_wheel()
            for cpu in CPUS:
                self.make_root(cpu)
            open(ready, "w").close()
        run("aarch64-linux-gnu-gcc", "-shared", "-fPIC", INCLUDE, os.path.join(HERE, "marker.c"), "-o",
            os.path.join(self.folder, "marker.so"))
        import networks  # needs the packages of make bench
        smallest = networks.one_addition(counter.folder)
        self.call = {cpu: 0 for cpu in CPUS}
        self.call = {cpu: self.count(cpu, smallest)[0] for cpu in CPUS}

    def unpack_packages(self):
        apt = os.path.join(self.folder, "apt")
        for name in ("lists/partial", "cache/archives/partial", "state"):
            os.makedirs(os.path.join(apt, name), exist_ok=True)
        open(os.path.join(apt, "state", "status"), "w").close()
        config = os.path.join(apt, "apt.conf")
        with open(config, "w") as f:
            f.write('APT::Architecture "arm64"; APT::Architectures { "arm64"; }; APT::Install-Recommends "false"; Dir::State "%s/state";\n'
                    'Dir::State::lists "%s/lists"; Dir::State::status "%s/state/status"; Dir::Cache "%s/cache";\n' % (apt, apt, apt, apt))
        environment = dict(os.environ, APT_CONFIG=config)
        run("apt-get", "-qq", "update", env=environment)
        run("apt-get", "-qq", "install", "-d", "-y", *self.PACKAGES, env=environment, stdout=subprocess.DEVNULL)
        archives = os.path.join(apt, "cache", "archives")
        for name in sorted(os.listdir(archives)):
            if name.endswith(".deb"):
                run("dpkg", "-x", os.path.join(archives, name), os.path.join(self.folder, "root"))

    def unpack_wheel(self):
        wheels = os.path.join(self.folder, "wheels")
        run(sys.executable, "-m", "pip", "-q", "download", "--no-deps", "--only-binary=:all:", "--python-version", "3.11", "--platform",
            "manylinux_2_27_aarch64", self.WHEEL, "-d", wheels)
        run(sys.executable, "-m", "zipfile", "-e", os.path.join(wheels, os.listdir(wheels)[0]), os.path.join(self.folder, "packages"))

    def make_root(self, cpu):
        root = os.path.join(self.folder, "root_" + cpu)
        for name in ("proc", "sys/devices/system/cpu"):
            os.makedirs(os.path.join(root, name), exist_ok=True)
        for name in ("usr", "lib", "etc"):
            os.symlink(os.path.join(self.folder, "root", name), os.path.join(root, name))
        part, variant, revision, features = self.PROCESSORS[cpu]
        with open(os.path.join(root, "proc", "cpuinfo"), "w") as f:
            for i in range(4):
                f.write("processor\t: %d\nFeatures\t: %s\nCPU implementer\t: 0x41\nCPU architecture: 8\nCPU variant\t: %s\nCPU part\t: %s\n"
                        "CPU revision\t: %s\n\n" % (i, features, variant, part, revision))
        for name, text in (("possible", "0-3"), ("present", "0-3"), ("online", "0-3"), ("kernel_max", "3")):
            with open(os.path.join(root, "sys", "devices", "system", "cpu", name), "w") as f:
                f.write(text + "\n")

    def count(self, cpu, path):
        root, libraries = os.path.join(self.folder, "root"), "/usr/lib/aarch64-linux-gnu/"
        settings = {"PYTHONHOME": "/usr", "PYTHONDONTWRITEBYTECODE": "1", "OPENBLAS_NUM_THREADS": "1",
                    "PYTHONPATH": os.path.join(self.folder, "packages") + ":/usr/lib/python3/dist-packages",
                    "LD_LIBRARY_PATH": ":".join(root + libraries + name for name in ("blas", "lapack"))}
        options = ["-L", os.path.join(self.folder, "root_" + cpu)]
        for name, value in settings.items():
            options += ["-E", "%s=%s" % (name, value)]
        script = [os.path.join(HERE, "count_litert.py"), os.path.join(self.folder, "marker.so"), path]
        total, outputs, functions = self.counter.count(cpu, [os.path.join(root, "usr/bin/python3.11"), *script], 3, options)
        return total - self.call[cpu], outputs, functions


def read_counts():
    """{(model, type, cpu): instructions}"""
    if not os.path.exists(COUNTS):
        return {}
    with open(COUNTS) as f:
        rows = [line.rstrip("\n").split("\t") for line in f if not line.startswith("#")]
    return {tuple(row[:3]): int(row[3]) for row in rows}


def write_counts(counts):
    with open(COUNTS, "w") as f:
        f.write("# Instructions of octet for one inference (tests/bench/arm/arm.py): model, type, core, count\n")
        for key in sorted(counts):
            f.write("\t".join(key) + "\t%d\n" % counts[key])


def models(a, folder):
    """[(name, type, path)]"""
    only = SMALL if a.check else a.only
    shared = a.shared if a.shared and os.path.isdir(os.path.join(a.shared, "models")) else None
    found = [case[:3] for case in trained.models(a.build, folder, shared, only)]
    if not a.check:
        import networks  # needs the packages of make bench
        for name in ("tiny_ds_cnn", "tiny_vww", "mobilenet_v1", "mobilenet_v2", "resnet50"):
            if re.search(only, name):
                found += [(name, case[0], case[1]) for case in networks.write(folder, name) if "uniform" not in case[0]]
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--shared")
    parser.add_argument("--only", default="")
    parser.add_argument("--functions", type=int, default=0, help="also the functions with most instructions")
    parser.add_argument("--litert", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--store", action="store_true")
    a = parser.parse_args()
    folder = os.path.abspath(os.path.join(a.build, "arm"))
    os.makedirs(folder, exist_ok=True)
    counter = Counter(folder)
    octet, litert = Octet(counter), LiteRT(counter) if a.litert else None
    stored, counts, risen = read_counts(), {}, 0
    for name, kind, path in models(a, folder):
        for cpu in CPUS:
            key = (name, kind, cpu)
            counts[key], outputs, functions = octet.count(cpu, path)
            line = "%-16s %-5s %-4s %14s" % (*key, "{:,}".format(counts[key]))
            if key in stored:
                line += "  %+6.2f %% of %s" % (100 * (counts[key] / stored[key] - 1), "{:,}".format(stored[key]))
                if counts[key] > MOST * stored[key]:
                    risen += 1
                    line += "  RISEN"
            if litert:
                theirs, their_outputs, _ = litert.count(cpu, path)
                line += "  LiteRT %14s  ratio %.2f  outputs %s" % ("{:,}".format(theirs), theirs / counts[key],
                                                                   "same" if outputs == their_outputs else "differ")
            print(line, flush=True)
            for function, n in list(functions.items())[:a.functions]:
                print("    %5.1f %%  %s" % (100 * n / counts[key], function))
    if a.store:
        write_counts({**stored, **counts})
    print("%d counts, %d of them more than %.0f %% above counts.tsv" % (len(counts), risen, 100 * MOST - 100))
    sys.exit(1 if a.check and risen else 0)


if __name__ == "__main__":
    main()
