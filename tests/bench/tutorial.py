"""The tutorial's whole job as the command does it: decompress MNIST, calibrate on 100 samples, quantize, write, evaluate both models on all
10,000 test images; beside it TensorFlow's process (tutorial_tensorflow.py), imports included, where a Python that has TensorFlow is given."""
import os
import subprocess
import time

import subjects

# Of TensorFlow 2.21 on 2 cores of an AMD EPYC of the Zen 3 kind, where none is measured.
TENSORFLOW_SECONDS = {"mnist_fc": 4.65, "mnist_cnn": 5.48, "mnist_cnn_large": 8.02}
RUNS, TENSORFLOW_RUNS = 9, 3
SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "tutorial_tensorflow.py")


def seconds_of(command, env):
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env)
    return time.perf_counter() - start


def measure(build, name, model, data, folder, isa, tensorflow):
    """(seconds of octet's runs, with all cores; of TensorFlow's). tensorflow: a Python interpreter, or None."""
    out = os.path.join(folder, "tutorial.tflite")
    octet_times, tensorflow_times = [], []
    for turn in range(RUNS):
        octet_times.append(seconds_of([os.path.join(build, "octet"), "quantize", model, "--data", data, "-o", out],
                                      subjects.octet_environment(isa)))
        if tensorflow and turn % (RUNS // TENSORFLOW_RUNS) == 0:
            tensorflow_times.append(seconds_of([tensorflow, SCRIPT, model, data, out], None))
    return octet_times, tensorflow_times or [TENSORFLOW_SECONDS[name]]
