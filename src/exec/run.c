#include "exec/run.h"

octet_run *const octet_runs[OCTET_N_KERNELS] = {
#define ROW(name, kind) [OCTET_KERNEL_##name] = octet_run_##name,
    OCTET_KERNEL_LIST(ROW)
#undef ROW
};

OCTET_RUN(nothing) {
    (void)task;
    (void)frame;
    (void)phase;
    (void)begin;
    (void)end;
}
