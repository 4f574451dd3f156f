/* api/calibrate.h - ranges of every value of a float graph over calibration samples.
 * In:  a canonical float graph, data, which samples.
 * Out: min and max in the graph's values; what the calibration saw.
 * Knows: sweep, quant's observer.
 * Does not know: what the ranges are for. */
#ifndef OCTET_API_CALIBRATE_H
#define OCTET_API_CALIBRATE_H

#include "api/handles.h"

octet_status octet_api_calibrate(octet_context *ctx, octet_graph *graph, octet_data *data,
                                 const octet_conversion *options, octet_calibration *out);

#endif
