/* The exit code of each status, and what it means. */
#include "command.h"

static const struct {
    int exit_code;
    octet_status status;
} rows[] = {
    {EXIT_USAGE, OCTET_USAGE}, {3, OCTET_NOMEM}, {EXIT_IO, OCTET_IO}, {5, OCTET_FORMAT},    {6, OCTET_UNSUPPORTED},
    {7, OCTET_MODEL},          {8, OCTET_DATA},  {9, OCTET_LIMIT},    {10, OCTET_INTERNAL}, {11, OCTET_CANCELLED},
};

enum { N_ROWS = sizeof rows / sizeof *rows };

int exit_code_of(octet_status status) {
    if (status == OCTET_OK) return EXIT_YES;
    for (int i = 0; i < N_ROWS; i++)
        if (rows[i].status == status) return rows[i].exit_code;
    return exit_code_of(OCTET_INTERNAL);
}

octet_status status_of_exit_code(int exit_code) {
    for (int i = 0; i < N_ROWS; i++)
        if (rows[i].exit_code == exit_code) return rows[i].status;
    return OCTET_INTERNAL;
}

const char *exit_code_text(int exit_code) {
    if (exit_code == EXIT_YES) return octet_error_text(OCTET_OK);
    if (exit_code == EXIT_NO)
        return "the command ran, and the answer is no: the accuracy fell by more than `--max-drop`, the fidelity is "
               "below `--min-fidelity`, or an operator "
               "does "
               "not run on the target";
    if (exit_code == EXIT_NOT_THERE)
        return "`octet quantize` wrote the file, but an operator in it does not run on the `--target`";
    for (int i = 0; i < N_ROWS; i++)
        if (rows[i].exit_code == exit_code) return octet_error_text(rows[i].status);
    return NULL;
}
