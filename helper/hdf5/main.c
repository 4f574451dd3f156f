#include "program.h"

int main(int argc, char **argv) { return octet_hdf5_program(argc, argv); }
