#include "export/c/files.h"

/* CMSIS-NN becomes a library of its own, with the options of the net but for those about the language. */
static void write_cmsis_nn_rules(const char *n, octet_c_writer *w) {
    octet_c_line(w, "# The folder of CMSIS-NN, with Include and Source: make CMSIS_NN=FOLDER.");
    octet_c_line(w, "CMSIS_NN ?= CMSIS-NN");
    octet_c_line(w, "CMSIS_NN_HEADER = $(CMSIS_NN)/Include/arm_nnfunctions.h");
    octet_c_line(
        w, "CMSIS_NN_OBJECTS = $(patsubst $(CMSIS_NN)/Source/%%.c,cmsis_nn/%%.o,$(wildcard $(CMSIS_NN)/Source/*/*.c))");
    octet_c_line(w, "CMSIS_NN_CFLAGS = $(filter-out -W%% -pedantic -std=%%,$(CFLAGS)) -I$(CMSIS_NN)/Include");
    octet_c_blank(w);
    octet_c_line(w, "$(CMSIS_NN_HEADER):");
    octet_c_line(w,
                 "\t@echo 'CMSIS-NN is not there: make CMSIS_NN=FOLDER, its folder with Include and Source'; exit 1");
    octet_c_blank(w);
    octet_c_line(w, "%s.o: override CPPFLAGS += -I$(CMSIS_NN)/Include", n);
    octet_c_line(w, "%s.o: $(CMSIS_NN_HEADER)", n);
    octet_c_blank(w);
    octet_c_line(w, "cmsis_nn/%%.o: $(CMSIS_NN)/Source/%%.c $(CMSIS_NN_HEADER)");
    octet_c_line(w, "\t@mkdir -p $(@D)");
    octet_c_line(w, "\t$(CC) $(CMSIS_NN_CFLAGS) -c -o $@ $<");
    octet_c_blank(w);
    octet_c_line(w, "libcmsis_nn.a: $(CMSIS_NN_OBJECTS)");
    octet_c_line(w, "\t$(AR) rcs $@ $^");
    octet_c_blank(w);
}

void octet_c_write_makefile(const octet_c_job *job, octet_c_writer *w) {
    const char *n = job->name;
    octet_c_line(w, "# Builds the library and the self-test; CC and CFLAGS choose another compiler.");
    octet_c_line(w, "CFLAGS ?= -std=c99 -O2 -Wall -Wextra -pedantic");
    octet_c_blank(w);
    octet_c_line(w, "%s_selftest: %s.o %s_weights.o %s_selftest.o%s", n, n, n, n,
                 job->uses_cmsis_nn ? " libcmsis_nn.a" : "");
    octet_c_line(w, "\t$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^");
    octet_c_blank(w);
    octet_c_line(w, "lib%s.a: %s.o %s_weights.o", n, n, n);
    octet_c_line(w, "\t$(AR) rcs $@ $^");
    octet_c_blank(w);
    octet_c_line(w, "%s.o %s_selftest.o: %s.h", n, n, n);
    octet_c_blank(w);
    if (job->uses_cmsis_nn) write_cmsis_nn_rules(n, w);
    octet_c_line(w, "check: %s_selftest", n);
    octet_c_line(w, "\t./%s_selftest", n);
    octet_c_blank(w);
    octet_c_line(w, "clean:");
    octet_c_line(w, "\trm -rf *.o lib%s.a %s_selftest%s", n, n, job->uses_cmsis_nn ? " cmsis_nn libcmsis_nn.a" : "");
    octet_c_blank(w);
    octet_c_line(w, ".PHONY: check clean");
}

void octet_c_write_cmake(const octet_c_job *job, octet_c_writer *w) {
    const char *n = job->name;
    octet_c_line(w, "cmake_minimum_required(VERSION 3.10)");
    octet_c_line(w, "project(%s C)", n);
    octet_c_line(w, "add_library(%s STATIC %s.c %s_weights.c)", n, n, n);
    octet_c_line(w, "target_include_directories(%s PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})", n);
    octet_c_line(w, "set_target_properties(%s PROPERTIES C_STANDARD 99)", n);
    if (job->uses_cmsis_nn) {
        octet_c_line(w, "set(CMSIS_NN \"\" CACHE PATH \"folder of CMSIS-NN, with Include and Source\")");
        octet_c_line(w, "if(NOT EXISTS \"${CMSIS_NN}/Include/arm_nnfunctions.h\")");
        octet_c_line(
            w,
            "  message(FATAL_ERROR \"CMSIS-NN is not there: -DCMSIS_NN=FOLDER, its folder with Include and Source\")");
        octet_c_line(w, "endif()");
        octet_c_line(w, "file(GLOB CMSIS_NN_SOURCES ${CMSIS_NN}/Source/*/*.c)");
        octet_c_line(w, "add_library(%s_cmsis_nn STATIC ${CMSIS_NN_SOURCES})", n);
        octet_c_line(w, "target_include_directories(%s_cmsis_nn PUBLIC ${CMSIS_NN}/Include)", n);
        octet_c_line(w, "target_link_libraries(%s PUBLIC %s_cmsis_nn)", n, n);
    }
    octet_c_line(w, "if(NOT CMAKE_CROSSCOMPILING)");
    octet_c_line(w, "  enable_testing()");
    octet_c_line(w, "  add_executable(%s_selftest %s_selftest.c)", n, n);
    octet_c_line(w, "  target_link_libraries(%s_selftest PRIVATE %s)", n, n);
    octet_c_line(w, "  add_test(NAME %s_selftest COMMAND %s_selftest)", n, n);
    octet_c_line(w, "endif()");
}
