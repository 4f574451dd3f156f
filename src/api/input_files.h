/* api/input_files.h - the samples that a model is run on, as files give them.
 * In:  files as octet_open_options name them.
 * Out: samples for every input, scaled as the input wants it, or in the input's own integers.
 * Knows: an .npy of the input's own type is taken as it is.
 * Does not know: what the model is run for. */
#ifndef OCTET_API_INPUT_FILES_H
#define OCTET_API_INPUT_FILES_H

#include "api/handles.h"

typedef struct octet_input_files {
    octet_data *data;        /* to be closed by the caller, also after a failure */
    octet_samples **samples; /* by input of the graph */
    bool *raw;               /* by input: fed as it is stored (octet_samples_stored) */
    size_t n_samples;
} octet_input_files;

/* Arrays in `arena`; *out begins as zeros. Errors: those of reading the data, DATA, USAGE. */
octet_status octet_api_bind_inputs(octet_context *ctx, octet_arena *arena, const octet_graph *graph, octet_data *data,
                                   octet_split split, octet_input_files *out);
/* The same of files. Errors: those of octet_data_open too. */
octet_status octet_api_open_input_files(octet_context *ctx, octet_arena *arena, const octet_graph *graph,
                                        const octet_open_options *options, octet_split split, octet_input_files *out);

#endif
