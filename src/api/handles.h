/* api/handles.h - the structs behind the handles of octet.h, and helpers that several files of src/api share.
 * In:  handles and options as octet.h states them.
 * Out: graphs, samples and options as the rooms take them.
 * Knows: every room.
 * Does not know: the command line. */
#ifndef OCTET_API_HANDLES_H
#define OCTET_API_HANDLES_H

#include "base/memory.h"
#include "base/thread.h"
#include "data/dataset.h"
#include "exec/convert.h"
#include "exec/exec.h"
#include "graph/graph.h"
#include "graph/joined.h"
#include "import/import.h"
#include "octet/octet.h"
#include "quant/quant.h"
#include "recover/outcome.h"
#include "report/profile.h"
#include "report/support.h"
#include "report/verdict.h"

/* What calibration samples held, by input of the float graph; NULL where nobody looked. Owns its memory. */
typedef struct octet_seen {
    octet_arena arena;
    octet_verdict_input *inputs;
    bool is_given; /* the following are */
    octet_calibration_facts facts;
    octet_data_checks checks;
} octet_seen;

/* Nothing of it changes once it is loaded, or made. */
struct octet_model {
    octet_graph *graph;    /* of Keras: the passes have run; of a .tflite: as the file has it */
    octet_arena arena;     /* path */
    const char *path;      /* for messages */
    octet_model_kind kind; /* what it was loaded from; a quantized model is TFLITE */
    uint64_t file_bytes;   /* of the file it was loaded from; 0 for a model made here */
    /* Of a model made here: outputs of the float model that join parts far apart. */
    octet_joined *joined;
    uint32_t n_joined;
    bool has_layers;            /* its operators know the layers of the Keras model that it was made from */
    bool is_split;              /* the parts are outputs of their own here, as was asked for */
    bool loses_parts;           /* of the narrow ones little is left */
    const octet_target *target; /* that it was asked for, or NULL */
    octet_seen seen;            /* of a model made here from samples */
    uint32_t silenced;          /* warnings that are not wanted; octet_warnings_read */
    octet_ladder ladder;        /* of a model made here with recovery whose steps were judged */
};

struct octet_data {
    octet_dataset *dataset;
    octet_preprocess preprocess;
};

/* The names of choices, for octet_choose: modes in the order of octet_mode; each list ends with NULL. */
extern const char *const octet_recovery_names[];     /* of octet_recovery */
extern const char *const octet_calibration_names[];  /* of octet_observe_method */
extern const char *const octet_layer_naming_names[]; /* of octet_artifact_naming */
extern const char *const octet_mode_names[], *const octet_int8_type_names[], *const octet_int16x8_type_names[];

/* What a float model is calibrated and quantized as. */
typedef struct octet_float_graph {
    const octet_graph *graph; /* canonical */
    octet_graph *owned;       /* the same where it had to be made, or NULL */
} octet_float_graph;
/* *out lives as long as the model, and is given back. Errors: USAGE
 * (quantized already), UNSUPPORTED, those of passes. */
octet_status octet_api_float_graph(octet_context *ctx, const octet_model *model, octet_float_graph *out);
void octet_api_release_float_graph(octet_context *ctx, octet_float_graph *graph);
/* A handle for a graph, which it owns from here on, also on failure. */
octet_status octet_api_wrap(octet_context *ctx, octet_graph *graph, const char *path, octet_model_kind kind,
                            octet_model **out);

octet_status octet_api_exec_options(octet_context *ctx, const octet_run_options *options, octet_exec_options *out);
octet_status octet_api_split(octet_context *ctx, const octet_run_options *options, octet_split *out);
octet_status octet_api_rounding(octet_context *ctx, const octet_run_options *options, octet_rounding *out);
/* "3, 9 to 12 of 16" of the parts that are missing; NULL where none is. */
octet_status octet_api_missing_parts(octet_context *ctx, const octet_parts *parts, char **out);
/* An empty handle, which octet_data_close takes. */
octet_status octet_api_new_data(octet_context *ctx, octet_data **out);
/* What the options say of preprocessing; USAGE when they say two things. */
octet_status octet_api_preprocess(octet_context *ctx, const octet_open_options *options, octet_preprocess *out);
/* Which input of the dataset is for this input of the graph: by name, by number, or the only one; OCTET_NONE. */
uint32_t octet_api_find_input(const octet_dataset *dataset, const octet_graph *graph, uint32_t input);
/* Whether an input takes integers as they are (pixels as bytes, indices of words): its samples are not scaled unless
 * that is asked for. */
bool octet_api_takes_counts(const octet_value *value);
/* Samples that one run takes: the size of axis 0 where all inputs share it
 * and the outputs are multiples of it, else 1. */
uint32_t octet_api_batch(const octet_graph *graph);
/* The samples of a split for every input of the graph, adapted to its shape; `samples` has room for graph->n_inputs.
 * All have the same number of samples, which is at least 1. USAGE when an input has no source. */
octet_status octet_api_bind_data(octet_context *ctx, const octet_data *data, const octet_graph *graph,
                                 octet_split split, octet_samples **samples);
/* Gives the bytes of the buffer to the caller, who frees them as memory of the
 * context, and empties the buffer, also on failure. */
octet_status octet_api_give_bytes(octet_context *ctx, octet_buffer *buffer, octet_status status, void **out,
                                  size_t *size);
/* Whether the target of a model made here runs it: a struct in `arena` that lives no longer than the model; *out is
 * NULL for a model without a target. */
octet_status octet_api_target_support(octet_context *ctx, octet_arena *arena, const octet_model *model,
                                      const octet_support **out);
/* Warns of outputs of a model made here: those that join parts of which little is left. Errors: NOMEM. */
octet_status octet_api_warn_of_outputs(octet_context *ctx, const octet_model *model, const octet_warning_list *list);
/* Times every operator for about `seconds` (0 = 1). Rows in `arena`; names in the model. */
octet_status octet_api_profile(octet_context *ctx, octet_arena *arena, const octet_model *model, double seconds,
                               const octet_run_options *options, octet_profile *out);
/* Copies `size` bytes of buffer->data into a text for the caller and frees the buffer, also on failure. */
octet_status octet_api_give_text(octet_context *ctx, octet_buffer *buffer, octet_status status, char **out);

#endif
