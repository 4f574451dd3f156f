# Programs for 64-bit Arm by Debian's cross compiler, static, for qemu-user: the kernels against the plain loops (tools/test_isa), and what
# tests/bench/arm counts. Nothing but the C library is needed.
#   make -f tools/aarch64.mk OUT=FOLDER FOLDER/fuzz_kernels FOLDER/count_octet
# FOLDER has an absolute path.
SOURCE := $(dir $(lastword $(MAKEFILE_LIST)))..
CROSS := $(shell command -v ccache) aarch64-linux-gnu-gcc
FLAGS := -std=c17 -ffp-contract=off -D_POSIX_C_SOURCE=200809L -D_FILE_OFFSET_BITS=64 -I$(SOURCE)/src -I$(SOURCE)/include -I$(SOURCE)/tests \
         -Wall -Wextra -Werror -MMD -ffunction-sections -fdata-sections
objects = $(patsubst $(SOURCE)/%.c,$(OUT)/%.o,$(foreach folder,$(1),$(wildcard $(SOURCE)/$(folder)/*.c)))

KERNELS := $(call objects,src/kernels/ref src/kernels/fast src/kernels/fast/arm)
BASE := $(call objects,src/base)
RUNS := $(call objects,src/exec)
LOADS := $(call objects,src/graph src/graph/infer src/lower src/tflite src/formats src/import/tflite)

# As CMakeLists.txt compiles them, but for what does not run while instructions are counted.
$(KERNELS): OPTIMIZE := -O3
$(RUNS) $(BASE): OPTIMIZE := -O2
$(LOADS): OPTIMIZE := -O0
$(filter $(OUT)/src/kernels/fast/arm/product_%,$(KERNELS)): OPTIMIZE := -O3 -fno-schedule-insns

$(OUT)/fuzz_kernels: $(KERNELS) $(BASE) $(OUT)/tests/fuzz/fuzz_kernels.o
$(OUT)/count_octet: $(KERNELS) $(BASE) $(RUNS) $(LOADS) $(OUT)/tests/bench/arm/count_octet.o
$(OUT)/fuzz_kernels $(OUT)/count_octet:
	@aarch64-linux-gnu-gcc -static -Wl,--gc-sections $^ -lm -lpthread -o $@
$(OUT)/%.o: $(SOURCE)/%.c
	@mkdir -p $(dir $@)
	@$(CROSS) $(FLAGS) $(OPTIMIZE) -c $< -o $@
-include $(shell find $(OUT) -name '*.d' 2>/dev/null)
