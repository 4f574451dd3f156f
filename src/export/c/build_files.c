#include "export/c/files.h"

void octet_c_write_makefile(const octet_c_job *job, octet_c_writer *w) {
    const char *n = job->name;
    octet_c_line(w, "# Builds the library and the self-test; CC and CFLAGS choose another compiler.");
    octet_c_line(w, "CFLAGS ?= -std=c99 -O2 -Wall -Wextra -pedantic");
    octet_c_blank(w);
    octet_c_line(w, "%s_selftest: %s.o %s_weights.o %s_selftest.o", n, n, n, n);
    octet_c_line(w, "\t$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^");
    octet_c_blank(w);
    octet_c_line(w, "lib%s.a: %s.o %s_weights.o", n, n, n);
    octet_c_line(w, "\t$(AR) rcs $@ $^");
    octet_c_blank(w);
    octet_c_line(w, "%s.o %s_selftest.o: %s.h", n, n, n);
    octet_c_blank(w);
    octet_c_line(w, "check: %s_selftest", n);
    octet_c_line(w, "\t./%s_selftest", n);
    octet_c_blank(w);
    octet_c_line(w, "clean:");
    octet_c_line(w, "\trm -f *.o lib%s.a %s_selftest", n, n);
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
    octet_c_line(w, "if(NOT CMAKE_CROSSCOMPILING)");
    octet_c_line(w, "  enable_testing()");
    octet_c_line(w, "  add_executable(%s_selftest %s_selftest.c)", n, n);
    octet_c_line(w, "  target_link_libraries(%s_selftest PRIVATE %s)", n, n);
    octet_c_line(w, "  add_test(NAME %s_selftest COMMAND %s_selftest)", n, n);
    octet_c_line(w, "endif()");
}
