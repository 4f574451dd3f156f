/* The environment variables that octet reads; a test holds the list against the source. */
#include "command.h"

const struct environment_variable environment_variables[] = {
    {"OCTET_HDF5_HELPER", "FILE",
     "the program octet-hdf5, which reads .h5 and .keras files (default: the one beside octet, or in the libexec "
     "folder "
     "of its installation)"},
    {"OCTET_KERNELS", "NAME",
     "the most that octet uses of the processor: ref for plain loops, avx2, avxvnni, avx512, avx512vnni, amx; neon or "
     "dotprod on Arm; the same bytes, slower"},
    {"OCTET_DEBUG", "WORDS",
     "for those who work on octet: passes prints the graph after each pass that changed it, steps a line for each step "
     "that runs, both on standard error"},
    {"CC", "COMMAND",
     "the C compiler with which `octet export --c` compiles and checks what it wrote, such as `gcc -m32`: words "
     "between "
     "spaces (default: the first of cc, gcc and clang)"},
    {"PATH", "FOLDERS", "where that compiler is looked for"},
    {"TMPDIR", "FOLDER", "where what `-o -` writes is kept until it is complete (default: /tmp)"},
    {"OCTET_LIBRARY", "FILE", "the liboctet.so that the Python package loads (default: the one that it brings)"},
    {"KERAS_HOME", "FOLDER",
     "where the Python package looks for mnist.npz, as Keras does (default: .keras in the home folder)"},
    {0}};
