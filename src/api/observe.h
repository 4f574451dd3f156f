/* api/observe.h - which ranges calibration takes: the option, and its effect on statistics.
 * In:  what the caller asked for; statistics.
 * Out: a method of quant/observe.h; statistics whose ranges it chose.
 * Knows: quant/narrow.h, what goes together with what.
 * Does not know: how statistics are gathered. */
#ifndef OCTET_API_OBSERVE_H
#define OCTET_API_OBSERVE_H

#include "api/handles.h"
#include "quant/narrow.h"

/* calibration: a name of octet_calibration_names, or "percentile=P"; NULL: "minmax". Errors: USAGE. */
octet_status octet_api_read_method(octet_context *ctx, const char *calibration, octet_observe_options *out);
/* The same, and whether it goes with the mode and the other options. has_samples: there are samples, or statistics of
 * some. Errors: USAGE. */
octet_status octet_api_choose_method(octet_context *ctx, const octet_conversion *asked,
                                     const octet_quantize_options *options, bool has_samples,
                                     octet_observe_options *out);
/* A copy of the statistics of this graph with the ranges that the method chose; *clipped as octet_narrow_ranges has it.
 * Errors: as there. */
octet_status octet_api_narrow_copy(octet_context *ctx, const octet_graph *graph, const octet_observe_options *method,
                                   const octet_statistics *statistics, octet_statistics **out, double *clipped);

#endif
