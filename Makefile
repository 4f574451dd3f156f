# The front door. `make` builds, `make demo` quantizes the two bundled models, `make test` tests; the rest is listed by `make help`.
BUILD ?= build
JOBS ?= $(shell nproc)
SHARED ?= ../shared
PREFIX ?= /usr/local
CMAKE_FLAGS ?=
CONTENTION ?=
SHELL := /bin/bash

OCTET := $(BUILD)/octet
WHEEL := $(BUILD)/wheel
VENV := $(BUILD)/venv
REPORT_VENV := $(BUILD)/report/venv
BENCH_VENV := $(BUILD)/bench/venv
SCALE_VENV := $(BUILD)/scale/venv

.PHONY: all configure help setup demo test golden mutation test-shared conformance cases accuracy interop interop-shared devices report wheel static deb python scale test-faults sanitize coverage fuzz fuzz-kernels bench bench-arm bench-arm-check docs check format install clean

all: configure
	@cmake --build $(BUILD) -j $(JOBS)

configure:
	@tools/setup --check
	@cmake -S . -B $(BUILD) -G Ninja $(CMAKE_FLAGS) > $(BUILD).log 2>&1 || { cat $(BUILD).log; exit 1; }
	@mkdir -p $(BUILD) && mv $(BUILD).log $(BUILD)/cmake.log

help:
	@echo 'make              build build/octet and the library'
	@echo 'make demo         install what is missing, build, quantize the two bundled MNIST models'
	@echo 'make test         install what is missing, build, run all quick tests'
	@echo 'make check        rooms, style, clang-format and clang-tidy'
	@echo 'make format       lay out all C files with clang-format'
	@echo 'make interop      run what octet writes in LiteRT (installs ai-edge-litert into $(VENV))'
	@echo 'make report       check the pages of --report in headless Chromium (chromium from Debian; playwright into $(REPORT_VENV))'
	@echo 'make wheel        the Python package: $(WHEEL)/dist/octet_tflite-*.whl (docs/python.md)'
	@echo 'make deb          the Debian packages octet, liboctet0 and liboctet-dev: $(BUILD)/deb (docs/packages.md)'
	@echo 'make static       octet as one program that needs nothing else: $(BUILD)/static/octet (docs/packages.md)'
	@echo 'make python       the wheel, installed into an empty environment, and its tests'
	@echo 'make scale        parts on a Dask cluster of this machine give what one process gives (dask into $(SCALE_VENV))'
	@echo 'make test-shared  the tests again with the large suites over SHARED=$(SHARED)'
	@echo 'make interop-shared  models and layer cases of SHARED in every mode, against TensorFlow, LiteRT and tflite-micro; ALL=1: each case'
	@echo 'make conformance  every layer case of SHARED, one line each'
	@echo 'make cases        every case of SHARED from public bug reports'
	@echo 'make accuracy     SQNR of every layer case and model of SHARED against the files of TensorFlow'
	@echo 'make devices      exported C on emulated microcontrollers: bytes, instructions, stack (installs compilers and qemu);'
	@echo '                  ALL=1: 500 random nets, 200 samples on each board, all test samples here (minutes)'
	@echo 'make sanitize     all tests under AddressSanitizer and UndefinedBehaviorSanitizer'
	@echo 'make coverage     which lines and branches the tests run, per file (clang, llvm-cov)'
	@echo 'make test-faults  what octet does when the system refuses memory, descriptors, reads, writes, processes, threads;'
	@echo '                  DENSE=400 refuses more of them, SANITIZE=1 looks for leaks'
	@echo 'make fuzz         each fuzz target for SECONDS_EACH=60 with libFuzzer (clang); tools/fuzz has other engines'
	@echo 'make fuzz-kernels a million random shapes, vector instructions against plain loops (minutes)'
	@echo 'make bench        octet against LiteRT and ONNX Runtime, exported C against tflite-micro, interleaved; memory; the whole job (packages into $(BENCH_VENV)); TENSORFLOW=PYTHON: TensorFlow too'
	@echo 'make bench-arm    instructions of octet and LiteRT on emulated Arm cores (packages into $(BUILD)/arm); bench-arm-check: octet, against a stored table'
	@echo '                  CONTENTION=yes: one and two threads on a busy machine as well'
	@echo 'make golden       write the stored hashes of tests/golden anew'
	@echo 'make mutation     MUTANTS=500 small mistakes in the numeric rooms, each of which a test must notice (an hour)'
	@echo 'make docs         write docs/commands from what the command says of itself, and the counts of docs/testing.md'
	@echo 'make install      into PREFIX=$(PREFIX)'

setup:
	@tools/setup

demo: setup configure
	@cmake --build $(BUILD) -j $(JOBS) --target octet octet-hdf5
	@tools/demo $(OCTET)

test: setup all
	@tools/run_tests $(BUILD)

test-shared: setup all
	@OCTET_SHARED=$(abspath $(SHARED)) tools/run_tests $(BUILD)

golden: all
	@for test in operators graphs; do OCTET_WRITE_GOLDEN=tests/golden $(BUILD)/test_golden_$$test || exit 1; done

mutation: setup
	@python3 tests/mutation/run.py -n $(or $(MUTANTS),500) --floor 90

# Python with the packages of a list.
$(VENV)/ready: tests/interop/requirements.txt
$(BENCH_VENV)/ready: tests/bench/requirements.txt
$(REPORT_VENV)/ready: tests/report/requirements.txt
$(SCALE_VENV)/ready: tests/scale/requirements.txt
%/ready:
	@tools/setup --interop
	@mkdir -p $(@D) && python3 -m venv $(@D) && $(@D)/bin/pip -q install -r $^ && touch $@

interop: setup all $(VENV)/ready
	@$(VENV)/bin/python tests/interop/run.py $(OCTET)
	@$(VENV)/bin/python tests/interop/layers.py $(OCTET)
	@$(VENV)/bin/python tests/interop/artifacts.py $(OCTET)
	@$(VENV)/bin/python tests/interop/helpers.py $(OCTET)
	@$(VENV)/bin/python tests/interop/json_schema.py $(OCTET)
	@PYTHONPATH=bindings/python OCTET_LIBRARY=$(BUILD)/liboctet.so $(VENV)/bin/python -m pytest -q -p no:cacheprovider tests/python/test_lite_interpreter.py

report: setup all $(REPORT_VENV)/ready
	@tools/setup --report
	@tests/report/run $(OCTET) $(REPORT_VENV)

wheel:
	@tools/setup --wheel
	@tools/wheel/build $(WHEEL)

deb:
	@tools/setup
	@tools/setup --deb
	@tools/deb $(BUILD)/deb

static: setup all
	@tools/setup --wheel
	@tools/static $(BUILD)

python: wheel
	@tests/python/run $(WHEEL)/dist/*.whl $(WHEEL)/test

scale: setup all $(SCALE_VENV)/ready
	@PYTHONPATH=$(abspath bindings/python) OCTET_LIBRARY=$(abspath $(BUILD)/liboctet.so) \
	    $(SCALE_VENV)/bin/python -m pytest -q -p no:cacheprovider tests/scale

conformance: setup all $(VENV)/ready
	@$(VENV)/bin/python tests/conformance/conformance.py $(OCTET) $(SHARED) --strict
	@$(VENV)/bin/python tests/conformance/conformance.py $(OCTET) $(SHARED)

cases: setup all $(VENV)/ready
	@$(VENV)/bin/python tests/cases/cases.py $(OCTET) $(SHARED)

accuracy: setup all $(VENV)/ready
	@$(VENV)/bin/python tests/cases/cases.py $(OCTET) $(SHARED) --table

interop-shared: setup all $(VENV)/ready
	@$(VENV)/bin/python tests/interop/mnist.py $(OCTET) $(SHARED)
	@$(VENV)/bin/python tests/interop/layers.py $(OCTET) $(SHARED)
	@$(VENV)/bin/python tests/interop/micro.py $(OCTET) $(SHARED)
	@$(VENV)/bin/python tests/interop/micro_operators.py
	@$(VENV)/bin/python tests/interop/artifacts.py $(OCTET) $(SHARED)
	@$(VENV)/bin/python tests/interop/helpers.py $(OCTET) $(SHARED)
	@$(VENV)/bin/python tests/interop/sweep.py $(OCTET) $(SHARED) --every $(if $(ALL),1,4)
	@PYTHONPATH=bindings/python OCTET_LIBRARY=$(BUILD)/liboctet.so $(VENV)/bin/python tests/interop/python_bytes.py $(OCTET) $(SHARED) --every 20

devices: setup all
	@tools/setup --devices
	@python3 tests/device/test_devices.py $(OCTET)
	@export OCTET_RANDOM_NETS=$(if $(ALL),500,40); \
	    OCTET_RANDOM_CC='gcc -O1 -g0 -fsanitize=address,undefined -fno-sanitize-recover=all' $(BUILD)/test_c_random & \
	    OCTET_RANDOM_CC='clang -O2' $(BUILD)/test_c_random && wait $$! && \
	    OCTET_RANDOM_CC='gcc -O1 -g0 -fsanitize=address,undefined -fno-sanitize-recover=all' OCTET_RANDOM_NETS=24 $(BUILD)/test_c_state
	@$(MAKE) --no-print-directory -s -C examples/device OCTET=$(abspath $(OCTET)) BUILD=$(abspath $(BUILD))/example-device
	@python3 tests/device/devices.py $(OCTET) --shared $(SHARED) $(if $(ALL),--all)
	@python3 tests/device/every_file.py $(OCTET) $(SHARED)/golden/kernels $(SHARED)/golden/layers --every $(if $(ALL),1,40)
	@python3 tests/device/every_file.py $(OCTET) $(SHARED)/golden/layers --mode int16x8 --every $(if $(ALL),1,20)

# Every call that the system may refuse is refused (tests/faults). The sanitizer is gcc's: its run-time library lets another stand in front.
ifdef SANITIZE
test-faults: BUILD := build-faults
test-faults: CMAKE_FLAGS := -DCMAKE_C_COMPILER=gcc -DOCTET_SANITIZE=address -DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_FLAGS=-O1 -DOCTET_TESTS=OFF
test-faults: FAULTS_FLAGS := --sanitize --dense 6
endif
test-faults: setup
	@$(MAKE) --no-print-directory all BUILD=$(BUILD) CMAKE_FLAGS='$(CMAKE_FLAGS)'
	@python3 tests/faults/run.py $(BUILD) $(FAULTS_FLAGS) $(if $(DENSE),--dense $(DENSE))

sanitize:
	@$(MAKE) --no-print-directory test BUILD=build-sanitize \
	    CMAKE_FLAGS='-DOCTET_SANITIZE=address -DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_FLAGS=-O1'

coverage: setup
	@tools/setup --coverage
	@$(MAKE) --no-print-directory all BUILD=build-coverage \
	    CMAKE_FLAGS='-DCMAKE_C_COMPILER=clang -DOCTET_COVERAGE=ON -DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_FLAGS=-O1'
	@tools/coverage build-coverage

fuzz: setup
	@tools/fuzz

fuzz-kernels: setup all
	@$(BUILD)/fuzz_kernels 1000000
	@tools/test_isa 100000

bench: setup all $(BENCH_VENV)/ready
	@rm -f $(BUILD)/bench_*.json
	@for isa in native avx512vnni avx2; do \
	    $(BENCH_VENV)/bin/python tests/bench/bench.py $(BUILD) --shared $(SHARED) --isa $$isa $(TENSORFLOW:%=--tensorflow %) \
	        --json $(BUILD)/bench_$$isa.json || exit 1; done
	@$(BENCH_VENV)/bin/python tests/bench/exported.py $(BUILD) --shared $(SHARED)
	@[ -z "$(CONTENTION)" ] || $(BENCH_VENV)/bin/python tests/bench/contention.py $(BUILD) --shared $(SHARED)

bench-arm: setup all $(BENCH_VENV)/ready
	@tools/setup --devices
	@$(BENCH_VENV)/bin/python tests/bench/arm/arm.py $(BUILD) --shared $(SHARED) --litert

bench-arm-check: setup all
	@tools/setup --devices
	@python3 tests/bench/arm/arm.py $(BUILD) --shared $(SHARED) --check

check: all
	@tools/check_layers
	@tools/check_style
	@BUILD=$(BUILD) tools/check_format

format:
	@tools/check_format --fix

docs: all
	@tools/docs $(OCTET)
	@tools/test_counts --write

install: all
	@cmake --install $(BUILD) --prefix $(PREFIX)

clean:
	@rm -rf $(BUILD) build-faults build-sanitize build-coverage
