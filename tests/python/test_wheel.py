"""What the wheel holds: nothing of others but libraries that cannot be seen, and the command."""

import os
import re
import shutil
import subprocess
import sys
from importlib import metadata

import pytest

from octet_tflite._library import FOLDER

pytestmark = pytest.mark.skipif("OCTET_LIBRARY" in os.environ, reason="a source tree, not the wheel")

needs_binutils = pytest.mark.skipif(shutil.which("readelf") is None, reason="needs binutils")
BINARIES = ["liboctet.so", "octet", "octet-hdf5"]
BUNDLED = ["hdf5", "libdeflate", "libjpeg-turbo", "libpng1.6", "zlib"]
SYSTEM = {"libc.so.6", "libm.so.6", "libpthread.so.0", "libdl.so.2", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"}


def output(*command, **options):
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, **options)


def files():
    return [str(file) for file in metadata.files("octet-tflite")]


def test_it_claims_no_other_name():
    assert {file.split("/")[0] for file in files() if not file.startswith("..")} == {
        "octet_tflite",
        f"octet_tflite-{metadata.version('octet-tflite')}.dist-info",
    }
    assert [file for file in files() if file.startswith("..")] == ["../../../bin/octet-tflite"]


def test_it_needs_numpy_only():
    assert metadata.requires("octet-tflite") == ["numpy>=1.21"]


def test_it_is_for_every_python_3():
    wheel = metadata.distribution("octet-tflite").read_text("WHEEL")
    tags = re.findall("^Tag: (.*)", wheel, re.MULTILINE)
    assert tags and all(tag.startswith("py3-none-") for tag in tags)


def test_version_is_the_library_s():
    import octet_tflite

    assert octet_tflite.__version__ == metadata.version("octet-tflite")


def test_licences_are_there():
    licences = [file for file in files() if ".dist-info/licenses/" in file]
    assert any(file.endswith("licenses/LICENSE") for file in licences)
    if not any(file.endswith("versions.txt") for file in licences):
        pytest.skip("built with the system's libraries, of which it holds none")
    for name in BUNDLED:
        assert any(file.endswith(f"licenses/{name}/copyright") for file in licences), name


def test_the_folder_holds_three_binaries():
    assert sorted(path.name for path in FOLDER.iterdir()) == BINARIES
    assert all(os.access(FOLDER / name, os.X_OK) for name in BINARIES if name != "liboctet.so")


def is_bundled():
    return any(file.endswith("licenses/versions.txt") for file in files())


@needs_binutils
@pytest.mark.parametrize("name", BINARIES)
def test_needs_the_c_library_only(name):
    if not is_bundled():
        pytest.skip("built with the system's libraries")
    needed = set(re.findall(r"\(NEEDED\).*\[(.*)\]", output("readelf", "-dW", FOLDER / name).stdout))
    assert needed - SYSTEM <= ({"liboctet.so"} if name == "octet" else set())


@needs_binutils
@pytest.mark.parametrize("name", BINARIES)
def test_needs_glibc_2_28_at_most(name):
    if not is_bundled():
        pytest.skip("built with the system's libraries")
    versions = re.findall(r"GLIBC_(\d+)\.(\d+)", output("readelf", "-VW", FOLDER / name).stdout)
    assert versions
    assert max((int(major), int(minor)) for major, minor in versions) <= (2, 28)


@needs_binutils
def test_exports_functions_of_octet_only():
    lines = output("nm", "-D", "--defined-only", FOLDER / "liboctet.so").stdout.splitlines()
    names = [line.split()[-1] for line in lines]
    assert "octet_version" in names
    assert [name for name in names if not name.startswith("octet_")] == []


def test_the_command_runs(small_h5, tmp_path):
    script = next(file.locate() for file in metadata.files("octet-tflite") if file.name == "octet-tflite")
    for command in ([sys.executable, "-m", "octet_tflite"], [script]):
        assert output(*command, "--version").stdout == f"octet {metadata.version('octet-tflite')}\n"
        summary = output(*command, "summary", small_h5)
        assert summary.returncode == 0 and "conv" in summary.stdout
        assert output(*command, "summary", tmp_path / "nothing.h5").returncode == 4
