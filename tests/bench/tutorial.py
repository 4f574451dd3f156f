"""The tutorial's whole job as the command does it: decompress MNIST, calibrate on 100 samples, quantize, write, evaluate both models on all
10,000 test images. TensorFlow's seconds are not measured here: they are figures
of TensorFlow 2.21, imports included, on 2 cores of an AMD EPYC of the Zen 3 kind."""
import os
import subprocess
import time

TENSORFLOW_SECONDS = {"mnist_fc": 4.65, "mnist_cnn": 5.48, "mnist_cnn_large": 8.02}
RUNS = 7


def measure(build, model, data, folder, isa):
    """Seconds of each run, with all cores."""
    env = dict(os.environ, OCTET_KERNELS="avx2") if isa == "avx2" else None
    command = [os.path.join(build, "octet"), "quantize", model, "--data", data, "-o", os.path.join(folder, "tutorial.tflite")]
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=env)
        times.append(time.perf_counter() - start)
    return times
