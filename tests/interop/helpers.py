"""The functions on top of exported C, against the inputs that octet makes: for every way of scaling and every stored byte NAME_scale_input and
NAME_quantize_input must give the bytes of `test_images_q.bin` of `octet export --artifacts`, compiled as C99 and as C++ with every warning an error.

usage: helpers.py OCTET           a bundled model (one channel)
       helpers.py OCTET SHARED    and one of SHARED/models with three channels
needs: numpy, gcc, g++
"""
import os
import subprocess
import sys
import tempfile

import numpy as np

PROGRAM = """
#include <stdio.h>
#include <stdlib.h>
#include "net.h"
static uint8_t stored[NET_INPUT_SIZE];
static int8_t wanted[NET_INPUT_SIZE];
int main(int argc, char **argv) {
    const int channels = atoi(argv[3]), swaps = atoi(argv[4]);
    long i, bad = 0;
    FILE *file = fopen(argv[1], "rb");
    if (argc != 5 || file == NULL || fread(stored, 1, sizeof stored, file) != sizeof stored) return 2;
    fclose(file);
    file = fopen(argv[2], "rb");
    if (file == NULL || fread(wanted, 1, sizeof wanted, file) != sizeof wanted) return 2;
    fclose(file);
    for (i = 0; i < NET_INPUT_SIZE; ++i) {
        const int channel = (int)(i % channels);
        const float x = (float)stored[swaps ? i - channel + (channels - 1 - channel) : i];
        bad += net_quantize_input(SCALED(x, channel)) != wanted[i];
    }
    if (net_dequantize_output(127) <= net_dequantize_output(-128)) return 3;
    return bad != 0;
}
"""
STRICT = ["-O1", "-Wall", "-Wextra", "-Werror", "-pedantic"]
ONE_CHANNEL = [[], ["--preprocess", "raw"], ["--preprocess", "unit"], ["--preprocess", "mobilenet"], ["--mean", "33", "--std", "79"],
               ["--scale", "1/127", "--offset", "-1"], ["--scale", "3"]]
THREE_CHANNELS = [["--preprocess", "imagenet"], ["--preprocess", "caffe"], ["--mean", "123.7,116.3,103.5", "--std", "58.4,57.1,57.4"],
                  ["--mean", "9"]]


def check(octet, model, images, channels, how, work):
    """Exports both ways and runs the program as C and as C++."""
    data, folder = os.path.join(work, "x.npy"), os.path.join(work, "_".join(how).replace("/", "_") or "usual")
    np.save(data, images)
    os.mkdir(folder)
    common = [octet, "export", model, "--data", data, *how]
    subprocess.run([*common, "--artifacts", f"{folder}/files", "--limit", "1"], check=True, capture_output=True)
    subprocess.run([*common, "--c", "--name", "net", "-o", f"{folder}/c", "--no-verify"], check=True, capture_output=True)
    with open(f"{folder}/c/net.h", encoding="utf-8") as file:
        scaled = "net_scale_input(x, c)" if "net_scale_input" in file.read() else "(x)"
    for compiler, ending in (["gcc", "-std=c99"], "c"), (["g++", "-std=c++11"], "cc"):
        source, program = f"{folder}/main.{ending}", f"{folder}/main_{ending}"
        with open(source, "w", encoding="utf-8") as file:
            file.write(PROGRAM)
        subprocess.run([*compiler, *STRICT, f"-DSCALED(x,c)={scaled}", f"-I{folder}/c", source, "-o", program], check=True)
        subprocess.run([program, f"{folder}/files/test_images_u8.bin", f"{folder}/files/test_images_q.bin", str(channels),
                        str(int("caffe" in how))], check=True)


def main():
    octet, examples = os.path.abspath(sys.argv[1]), os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "examples", "mnist")
    bytes_of = lambda *shape: (np.arange(2 * int(np.prod(shape))) % 256).astype(np.uint8).reshape(2, *shape)
    cases = [(os.path.join(examples, "mnist_fc_k2.h5"), bytes_of(28, 28), 1, how) for how in ONE_CHANNEL]
    if len(sys.argv) > 2:
        cases += [(os.path.join(sys.argv[2], "models", "cifar10", "model.h5"), bytes_of(32, 32, 3), 3, how) for how in ONE_CHANNEL[:2] + THREE_CHANNELS]
    for case in cases:
        with tempfile.TemporaryDirectory() as work:
            os.mkdir(os.path.join(work, "out"))
            check(octet, *case, os.path.join(work, "out"))
    print(f"helpers: {len(cases)} ways of scaling, as C and as C++, no byte differs")


if __name__ == "__main__":
    main()
