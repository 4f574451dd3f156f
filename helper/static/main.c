/* The command and octet-hdf5 as one program without shared libraries (make static). The library starts octet-hdf5 by a
 * path, as everywhere; here it is the path of this program, which looks at the name that it was called by. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "cli/command.h"
#include "helper/hdf5/program.h"

static bool is_called(const char *path, const char *name) {
    const char *slash = strrchr(path, '/');
    return strcmp(slash != NULL ? slash + 1 : path, name) == 0;
}

/* How this program can be started again. A chroot may have no /proc: then by what the kernel was given to start it. */
static const char *own_path(void) {
    static const char link[] = "/proc/self/exe";
    return access(link, X_OK) == 0 ? link : (const char *)(uintptr_t)getauxval(AT_EXECFN);
}

int main(int argc, char **argv) {
    if (argc > 0 && is_called(argv[0], "octet-hdf5")) return octet_hdf5_program(argc, argv);
    const char *path = own_path();
    if (path != NULL) setenv("OCTET_HDF5_HELPER", path, 0);
    return run_command_line(argc, argv);
}
