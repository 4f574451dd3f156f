/* api/report_parts.h - what a report shows beside evaluations and layers.
 * In:  models, data, evaluations.
 * Out: the structs of report/sections.h.
 * Knows: exec, data, formats.
 * Does not know: how a page looks. */
#ifndef OCTET_API_REPORT_PARTS_H
#define OCTET_API_REPORT_PARTS_H

#include "api/handles.h"
#include "report/sections.h"

/* All in `arena`. */
/* Samples to show: those to which `after` gives other answers than `before`; without it (NULL) those that `before`
 * answers wrong. samples: of the first input, bound to `graph`. Loads them. */
octet_status octet_api_make_gallery(octet_context *ctx, octet_arena *arena, const octet_graph *graph,
                                    octet_samples *samples, const octet_evaluation *before,
                                    const octet_evaluation *after, const octet_report_limits *limits,
                                    octet_gallery *out);
/* Where the activations of a model lie; n_steps is 0 where octet cannot run it. */
octet_status octet_api_draw_memory(octet_context *ctx, octet_arena *arena, const octet_model *model,
                                   const octet_exec_options *options, const octet_report_limits *limits,
                                   octet_memory_picture *out);

#endif
