#include "lower/step.h"

#include <string.h>

static const struct {
    const char *name;
    octet_params_kind kind;
} kernels[] = {{"none", OCTET_PARAMS_none},
#define ROW(name, kind) {#name, OCTET_PARAMS_##kind},
               OCTET_KERNEL_LIST(ROW)
#undef ROW
};

static const char *const operands[] = {
#define ROW(kind, type, names) names,
    OCTET_PARAMS_LIST(ROW)
#undef ROW
};

const char *octet_kernel_name(octet_kernel kernel) { return kernels[kernel].name; }
octet_params_kind octet_kernel_params(octet_kernel kernel) { return kernels[kernel].kind; }
const char *octet_kernel_operands(octet_kernel kernel) { return operands[kernels[kernel].kind]; }

/* The number of names; UINT32_MAX where any number of operands may follow. */
static uint32_t n_operands(const char *names) {
    if (strstr(names, "...") != NULL) return UINT32_MAX;
    uint32_t n = names[0] != '\0';
    for (; *names != '\0'; names++) n += *names == ' ';
    return n;
}

void octet_step_set(octet_step *step, octet_kernel kernel, octet_params_kind kind, const void *params,
                    uint32_t n_units) {
    assert(octet_kernel_params(kernel) == kind);
    step->kernel = kernel;
    step->params = params;
    step->work.n_phases = 1;
    step->work.n_units[0] = n_units;
    const uint32_t n = n_operands(operands[kind]);
    if (step->n_inputs > n) step->n_inputs = n;
}
