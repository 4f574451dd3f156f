/* export/c/run.h - the function that computes a model: a loop per group, a call per stage.
 * In:  an emitter whose stages have been written.
 * Out: "void NAME_run(...)".
 * Knows: the schedule.
 * Does not know: kernels. */
#ifndef OCTET_EXPORT_C_RUN_H
#define OCTET_EXPORT_C_RUN_H

#include "export/c/emitter.h"

/* "void @run(const int8_t *input, int8_t *output, void *arena)", with ", @state *state" where there is one. */
const char *octet_c_run_head(octet_c_emitter *e);
void octet_c_write_run(octet_c_emitter *e);
/* "input", "output"; "input0", "output1" where there are several. */
octet_c_name octet_c_port_name(const octet_graph *graph, bool is_output, uint32_t index);

#endif
