/* helper/hdf5/program.h - octet-hdf5: reads one HDF5 file for the library octet, which starts it.
 * In:  a request on standard input, the file as descriptor 3 (formats/hdf5/protocol.h).
 * Out: answers on the same socket.
 * Knows: the protocol; how a process gives up what it does not need.
 * Does not know: HDF5 (read.h). libhdf5 is linked into no other program; a hostile file may crash it. */
#ifndef OCTET_HELPER_HDF5_PROGRAM_H
#define OCTET_HELPER_HDF5_PROGRAM_H

/* The whole program; returns the exit code, or ends the process itself. */
int octet_hdf5_program(int argc, char **argv);

#endif
