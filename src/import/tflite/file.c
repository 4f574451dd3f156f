/* Layout of a .tflite:
 * 1. a flatbuffer, whose tables tflite/schema.h lists;
 * 2. behind it: data of large models (import/tflite/values.c). */
#include <stdio.h>
#include <string.h>

#include "import/tflite/rounded.h"
#include "import/tflite/source.h"
#include "import/tflite/variables.h"
#include "tflite/schema.h"

static octet_status open_model(octet_context *ctx, octet_tflite_source *source, const char *name) {
    octet_flatbuffer *fb = &source->fb;
    int32_t version;
    OCTET_TRY(octet_flatbuffer_open(ctx, source->bytes, OCTET_SIGNATURE_TFLITE, name, fb, &source->model));
    OCTET_TRY(octet_flatbuffer_i32_field(ctx, fb, &source->model, OCTET_TFLITE_MODEL_VERSION, 0, &version));
    OCTET_CHECK(ctx, version == OCTET_TFLITE_SCHEMA_VERSION, OCTET_UNSUPPORTED,
                "%s: schema version %d, octet reads version %d", name, version, OCTET_TFLITE_SCHEMA_VERSION);
    OCTET_TRY(octet_flatbuffer_vector_field(ctx, fb, &source->model, OCTET_TFLITE_MODEL_SUBGRAPHS, 4, true,
                                            &source->subgraphs));
    OCTET_CHECK(ctx, source->subgraphs.n > 0, OCTET_FORMAT, "%s: there is no graph in this file", name);
    OCTET_TRY(
        octet_flatbuffer_vector_field(ctx, fb, &source->model, OCTET_TFLITE_MODEL_BUFFERS, 4, true, &source->buffers));
    OCTET_TRY(OCTET_NEW(ctx, &source->scratch, source->subgraphs.n, &source->frames));
    return octet_tflite_read_text(ctx, source, &source->model, OCTET_TFLITE_MODEL_DESCRIPTION, "",
                                  &source->graph->description);
}

/* Makes a subgraph the one that is read. */
static octet_status open_main(octet_context *ctx, octet_tflite_source *source, uint32_t index) {
    OCTET_TRY(octet_tflite_open_frame(ctx, source, index));
    source->frame->is_running = true;
    return octet_tflite_read_text(ctx, source, &source->frame->subgraph, OCTET_TFLITE_SUBGRAPH_NAME, "main",
                                  &source->graph->name);
}

/* Fixes what the file leaves open: a batch is 1, other dimensions must be given, with or without the batch. Where
 * inputs are resized, what is given stands for all that the file says, and dimensions that are not given are 1. */
static octet_status fix_input_shape(octet_context *ctx, octet_tflite_source *source, uint32_t position,
                                    uint32_t tensor) {
    octet_value *value = &source->graph->values[tensor];
    const octet_import_options *options = source->options;
    if (value->open & 1u) source->graph->open_batch = true;
    const octet_shape *given =
        options != NULL && position < options->n_input_shapes ? &options->input_shapes[position] : NULL;
    const bool is_given = given != NULL && given->rank > 0;
    if (is_given && options->resize) {
        value->shape = *given;
        return octet_shape_check(ctx, &value->shape, value->name);
    }
    if (!is_given) {
        const bool takes_one = options != NULL && options->resize;
        OCTET_CHECK(
            ctx, takes_one || (value->open & ~1u) == 0, OCTET_UNSUPPORTED,
            "%s: input %s leaves a dimension besides the batch open; give its shape, as in --input-shape 224,224,3",
            source->fb.name, value->name);
        return OCTET_OK;
    }
    const int32_t skipped = value->shape.rank - given->rank;
    OCTET_CHECK(ctx, skipped == 0 || skipped == 1, OCTET_USAGE, "%s: input %s has rank %d, a shape of rank %d is given",
                source->fb.name, value->name, value->shape.rank, given->rank);
    for (int32_t i = 0; i < given->rank; i++) {
        int32_t *dim = &value->shape.dims[i + skipped];
        if ((value->open >> (i + skipped) & 1u) != 0 && i + skipped > 0) *dim = given->dims[i];
        OCTET_CHECK(ctx, *dim == given->dims[i], OCTET_USAGE, "%s: dimension %d of input %s is %d, %d is given",
                    source->fb.name, i + skipped, value->name, *dim, given->dims[i]);
    }
    return octet_shape_check(ctx, &value->shape, value->name);
}

/* Name of a tensor in the signature, or NULL. `maps`: vector of TensorMap. */
static octet_status find_port_name(octet_context *ctx, octet_tflite_source *source, const octet_flatbuffer_vector *maps,
                                   uint32_t tensor, const char **out) {
    *out = NULL;
    for (uint32_t i = 0; i < maps->n; i++) {
        octet_flatbuffer_table map;
        int32_t index;
        OCTET_TRY(octet_flatbuffer_element_table(ctx, &source->fb, maps, i, &map));
        OCTET_TRY(octet_flatbuffer_i32_field(ctx, &source->fb, &map, OCTET_TFLITE_TENSOR_MAP_TENSOR_INDEX, 0, &index));
        if ((uint32_t)index == tensor)
            return octet_tflite_read_text(ctx, source, &map, OCTET_TFLITE_TENSOR_MAP_NAME, NULL, out);
    }
    return OCTET_OK;
}

/* "encode, decode": the names of all signatures, for messages. */
static const char *list_signatures(const octet_graph *graph, char *out, size_t capacity) {
    size_t used = 0;
    for (uint32_t i = 0; i < graph->n_signatures && used + 64 < capacity; i++)
        used += (size_t)snprintf(out + used, capacity - used, "%s%.50s", i > 0 ? ", " : "", graph->signatures[i]);
    return out;
}

/* Names and graphs of all signatures; tables: room for as many. */
static octet_status read_signatures(octet_context *ctx, octet_tflite_source *source,
                                    const octet_flatbuffer_vector *signatures, octet_flatbuffer_table *tables,
                                    uint32_t *subgraphs) {
    octet_graph *graph = source->graph;
    OCTET_TRY(OCTET_NEW(ctx, &graph->arena, signatures->n, &graph->signatures));
    for (uint32_t i = 0; i < signatures->n; i++) {
        int32_t index;
        OCTET_TRY(octet_flatbuffer_element_table(ctx, &source->fb, signatures, i, &tables[i]));
        OCTET_TRY(
            octet_tflite_read_text(ctx, source, &tables[i], OCTET_TFLITE_SIGNATURE_KEY, "", &graph->signatures[i]));
        OCTET_TRY(
            octet_flatbuffer_i32_field(ctx, &source->fb, &tables[i], OCTET_TFLITE_SIGNATURE_SUBGRAPH_INDEX, 0, &index));
        OCTET_CHECK(ctx, index >= 0 && (uint32_t)index < source->subgraphs.n, OCTET_FORMAT,
                    "%s: signature %u is graph %d of %u", source->fb.name, i, index, source->subgraphs.n);
        subgraphs[i] = (uint32_t)index;
    }
    graph->n_signatures = signatures->n;
    return OCTET_OK;
}

/* The first that runs graph 0, or none. */
static void choose_first_graph(octet_graph *graph, const uint32_t *subgraphs) {
    graph->signature = OCTET_NONE;
    for (uint32_t i = graph->n_signatures; i-- > 0;)
        if (subgraphs[i] == 0) graph->signature = i;
}

/* The one that is asked for; else OCTET_TFLITE_SERVING; else the first, when all run one graph. */
static octet_status choose_signature(octet_context *ctx, octet_tflite_source *source, const uint32_t *subgraphs) {
    octet_graph *graph = source->graph;
    const char *wanted = source->options != NULL ? source->options->signature : NULL;
    const char *name = wanted != NULL ? wanted : OCTET_TFLITE_SERVING;
    char names[400] = "";
    bool is_one = true;
    for (uint32_t i = graph->n_signatures; i-- > 0;) {
        is_one = is_one && subgraphs[i] == subgraphs[0];
        if (strcmp(graph->signatures[i], name) != 0) continue;
        graph->signature = i;
        return OCTET_OK;
    }
    OCTET_CHECK(ctx, wanted == NULL || graph->n_signatures > 0, OCTET_USAGE,
                "%s: has no signatures; leave --signature out", source->fb.name);
    OCTET_CHECK(ctx, wanted == NULL, OCTET_USAGE, "%s: has no signature %.80s; --signature takes %s", source->fb.name,
                wanted, list_signatures(graph, names, sizeof names));
    OCTET_CHECK(ctx, is_one, OCTET_USAGE, "%s: has several graphs to run; name one with --signature: %s",
                source->fb.name, list_signatures(graph, names, sizeof names));
    return OCTET_OK;
}

/* The graph to read, and what its signature calls inputs and outputs; these stay empty without one. */
static octet_status find_signature(octet_context *ctx, octet_tflite_source *source, uint32_t *subgraph,
                                   octet_flatbuffer_vector *inputs, octet_flatbuffer_vector *outputs) {
    octet_flatbuffer *fb = &source->fb;
    octet_flatbuffer_vector signatures;
    octet_flatbuffer_table *tables = NULL;
    uint32_t *subgraphs = NULL;
    *subgraph = 0;
    *inputs = *outputs = (octet_flatbuffer_vector){0};
    OCTET_TRY(octet_flatbuffer_vector_field(ctx, fb, &source->model, OCTET_TFLITE_MODEL_SIGNATURE_DEFS, 4, true,
                                            &signatures));
    OCTET_TRY(OCTET_NEW(ctx, &source->scratch, signatures.n, &tables));
    OCTET_TRY(OCTET_NEW(ctx, &source->scratch, signatures.n, &subgraphs));
    OCTET_TRY(read_signatures(ctx, source, &signatures, tables, subgraphs));
    if (source->options != NULL && source->options->first_graph) choose_first_graph(source->graph, subgraphs);
    else OCTET_TRY(choose_signature(ctx, source, subgraphs));
    if (source->graph->signature >= signatures.n) return OCTET_OK;
    const octet_flatbuffer_table *signature = &tables[source->graph->signature];
    *subgraph = subgraphs[source->graph->signature];
    OCTET_TRY(octet_flatbuffer_vector_field(ctx, fb, signature, OCTET_TFLITE_SIGNATURE_INPUTS, 4, true, inputs));
    return octet_flatbuffer_vector_field(ctx, fb, signature, OCTET_TFLITE_SIGNATURE_OUTPUTS, 4, true, outputs);
}

static octet_status read_port(octet_context *ctx, octet_tflite_source *source, const octet_flatbuffer_vector *list,
                              uint32_t position, const octet_flatbuffer_vector *maps, const char *what,
                              uint32_t *tensor, const char **name) {
    const int32_t index = octet_flatbuffer_i32_at(&source->fb, list, position);
    const uint32_t n_tensors = source->frame->tensors.n;
    OCTET_CHECK(ctx, index >= 0 && (uint32_t)index < n_tensors, OCTET_FORMAT, "%s: %s %u is tensor %d of %u",
                source->fb.name, what, position, index, n_tensors);
    *tensor = (uint32_t)index;
    OCTET_TRY(find_port_name(ctx, source, maps, *tensor, name));
    if (*name == NULL) *name = source->graph->values[index].name;
    return OCTET_OK;
}

static octet_status read_ports(octet_context *ctx, octet_tflite_source *source, bool inputs,
                               const octet_flatbuffer_vector *maps) {
    octet_graph *graph = source->graph;
    const char *what = inputs ? "input" : "output";
    const octet_flatbuffer_vector list = inputs ? source->frame->inputs : source->frame->outputs;
    OCTET_CHECK(ctx, list.n > 0 && list.n <= OCTET_MAX_OPERATOR_INPUTS, OCTET_MODEL, "%s: the model has %u %ss",
                source->fb.name, list.n, what);
    for (uint32_t i = 0; i < list.n; i++) {
        uint32_t tensor = 0;
        const char *name = NULL;
        OCTET_TRY(read_port(ctx, source, &list, i, maps, what, &tensor, &name));
        octet_value *value = &graph->values[tensor];
        if (!inputs) {
            const uint32_t now = source->frame->now[tensor]; /* the verifier finds what nothing computes */
            OCTET_TRY(octet_graph_add_output(ctx, graph, now == OCTET_NONE ? tensor : now, name));
            continue;
        }
        OCTET_CHECK(ctx, value->data == NULL && !value->is_variable, OCTET_MODEL,
                    "%s: input %s is a constant or a variable", source->fb.name, value->name);
        for (uint32_t j = 0; j < i; j++)
            OCTET_CHECK(ctx, graph->inputs[j].value != tensor, OCTET_MODEL, "%s: tensor %s is an input twice",
                        source->fb.name, value->name);
        OCTET_TRY(fix_input_shape(ctx, source, i, tensor));
        OCTET_TRY(octet_graph_add_input(ctx, graph, tensor, name));
        source->frame->now[tensor] = tensor;
    }
    return OCTET_OK;
}

/* A constant without elements has an empty buffer, as a computed tensor has: nothing computes or feeds this one. */
static octet_status keep_empty_constants(octet_context *ctx, octet_graph *graph) {
    for (uint32_t i = 0; i < graph->n_values; i++) {
        octet_value *value = &graph->values[i];
        bool is_fed = value->data != NULL || value->is_variable || value->producer != OCTET_NONE ||
                      octet_shape_elements(&value->shape) > 0;
        for (uint32_t j = 0; j < graph->n_inputs && !is_fed; j++) is_fed = graph->inputs[j].value == i;
        if (is_fed) continue;
        void *nothing;
        OCTET_TRY(octet_arena_array(ctx, &graph->arena, 0, 1, &nothing));
        value->data = nothing;
    }
    return OCTET_OK;
}

static octet_status read_model(octet_context *ctx, octet_tflite_source *source, const char *name) {
    octet_flatbuffer_vector inputs, outputs;
    uint32_t subgraph;
    OCTET_TRY(open_model(ctx, source, name));
    OCTET_TRY(find_signature(ctx, source, &subgraph, &inputs, &outputs));
    OCTET_TRY(open_main(ctx, source, subgraph));
    OCTET_TRY(read_ports(ctx, source, true, &inputs));
    OCTET_TRY(octet_tflite_read_operators(ctx, source));
    OCTET_TRY(octet_tflite_finish_variables(ctx, source));
    OCTET_TRY(read_ports(ctx, source, false, &outputs));
    source->graph->is_unrolled = source->n_unrolled > 0;
    if (source->n_unrolled > 0)
        OCTET_TRY(octet_graph_compact(ctx, source->graph)); /* counters and what called graphs state */
    OCTET_TRY(octet_tflite_round_constants(ctx, source->graph));
    OCTET_TRY(keep_empty_constants(ctx, source->graph));
    return octet_graph_verify(ctx, source->graph, "import");
}

/* Takes the file over when it succeeds. */
static octet_status import(octet_context *ctx, octet_bytes bytes, octet_file *file, const char *name,
                           const octet_import_options *options, octet_graph **out) {
    octet_tflite_source source = {.bytes = bytes, .options = options};
    *out = NULL;
    OCTET_TRY(octet_graph_create(ctx, name, &source.graph));
    const octet_status status = read_model(ctx, &source, name);
    octet_arena_free(ctx, &source.scratch);
    if (status != OCTET_OK) {
        octet_graph_destroy(ctx, source.graph);
        return status;
    }
    if (file != NULL) source.graph->file = *file;
    *out = source.graph;
    return OCTET_OK;
}

octet_status octet_import_tflite_bytes(octet_context *ctx, octet_bytes bytes, const char *name,
                                       const octet_import_options *options, octet_graph **out) {
    return import(ctx, bytes, NULL, name, options, out);
}

octet_status octet_import_tflite(octet_context *ctx, const char *path, const octet_import_options *options,
                                 octet_graph **out) {
    octet_file file;
    *out = NULL;
    OCTET_TRY(octet_file_open(ctx, path, &file));
    const octet_status status = import(ctx, file.bytes, &file, path, options, out);
    if (status != OCTET_OK) octet_file_close(ctx, &file);
    return status;
}
