/* Graphs of a .tflite that operators call: loops are unrolled, branches taken, and what cannot be is refused. */
#include "octet/octet.h"
#include "support/tflite_run.h"

enum {
    ADD = OCTET_BUILTIN_ADD,
    CALL = OCTET_BUILTIN_CALL,
    LESS = OCTET_BUILTIN_LESS,
    IF = OCTET_BUILTIN_IF,
    WHILE = OCTET_BUILTIN_WHILE,
    COMPOSITE = OCTET_BUILTIN_STABLEHLO_COMPOSITE,
    INT32 = OCTET_TENSOR_TYPE_INT32,
    BOOL = OCTET_TENSOR_TYPE_BOOL
};
enum { OF_ADD, OF_LESS, OF_CALLER };
enum { LIMIT = 1, STEP, FIRST }; /* buffers */

/* Main: x float [1,2], first int []; `caller` gives results like both. Graph 1: i, x -> whether i < limit. Graph 2: i,
 * x -> i + step, x + x. Each graph: tensors 0 and 1 are its inputs. */
typedef struct knobs {
    int caller;
    int32_t limit, step, first;
    int32_t condition, body; /* numbers of graphs */
    int32_t result;          /* tensor of graph 2 that is its second result */
    bool fed;                /* `first` is an input of the model instead of a constant */
    bool adds_in_condition;  /* graph 1's result is no bool */
    bool nests;              /* graph 2 begins with the caller */
    bool doubles_step;       /* graph 2 computes step + step, which is the same in every call, and adds that */
    int n_handed, type;      /* inputs of the caller: 1 or 2; type of graph 2's second input */
} knobs;

static const knobs usual = {
    .caller = WHILE, .limit = 3, .step = 1, .condition = 1, .body = 2, .result = 4, .n_handed = 2};

static ref caller(const knobs *k, ref inputs, ref outputs) {
    enum { CALL_OPTIONS = 19, IF_OPTIONS = 92, WHILE_OPTIONS = 93, COMPOSITE_OPTIONS = 21 }; /* of the second kind */
    if (k->caller == CALL)
        return operator_with_options(OF_CALLER, inputs, outputs, CALL_OPTIONS,
                                     TABLE(octet_flatbuffer_i32(OCTET_TFLITE_CALL_OPTIONS_SUBGRAPH, k->body, 0)));
    if (k->caller != COMPOSITE)
        return operator_with_options(
            OF_CALLER, inputs, outputs, k->caller == WHILE ? WHILE_OPTIONS : IF_OPTIONS,
            TABLE(octet_flatbuffer_i32(OCTET_TFLITE_WHILE_OPTIONS_COND_SUBGRAPH, k->condition, 0),
                  octet_flatbuffer_i32(OCTET_TFLITE_WHILE_OPTIONS_BODY_SUBGRAPH, k->body, 0)));
    const ref options = TABLE(octet_flatbuffer_i32(OCTET_TFLITE_COMPOSITE_OPTIONS_DECOMPOSITION_SUBGRAPH, k->body, 0));
    return TABLE(octet_flatbuffer_u32(OCTET_TFLITE_OPERATOR_OPCODE_INDEX, OF_CALLER, 0),
                 octet_flatbuffer_link(OCTET_TFLITE_OPERATOR_INPUTS, inputs),
                 octet_flatbuffer_link(OCTET_TFLITE_OPERATOR_OUTPUTS, outputs),
                 octet_flatbuffer_link(OCTET_TFLITE_OPERATOR_BUILTIN_OPTIONS_2, options),
                 octet_flatbuffer_u8(OCTET_TFLITE_OPERATOR_BUILTIN_OPTIONS_2_TYPE, COMPOSITE_OPTIONS, 0));
}

static octet_buffer make(const knobs *k) {
    const ref row = I32S(1, 2), scalar = vector(NULL, 0, 4);
    const ref x = tensor(row, 0, 0, 0), i = tensor(scalar, INT32, 0, 0);
    const ref limit = tensor(scalar, INT32, LIMIT, 0), step = tensor(scalar, INT32, STEP, 0);
    const ref first = tensor(scalar, k->caller == IF ? BOOL : INT32, k->fed ? 0 : FIRST, 0);
    const ref handed = k->n_handed == 2 ? I32S(1, 0) : I32S(1);
    const bool is_if = k->caller == IF;
    const ref main_graph = subgraph(LIST(x, first, i, x), k->fed ? I32S(0, 1) : I32S(0), I32S(3),
                                    LIST(is_if ? caller(k, I32S(1, 0), I32S(3)) : caller(k, handed, I32S(2, 3))));
    const ref condition =
        subgraph(LIST(i, x, limit, tensor(scalar, k->adds_in_condition ? INT32 : BOOL, 0, 0)), I32S(0, 1), I32S(3),
                 LIST(operator(k->adds_in_condition ? OF_ADD : OF_LESS, I32S(0, 2), I32S(3), 0)));
    const ref counts = operator(OF_ADD, I32S(0, k->doubles_step ? 5 : 2), I32S(3), 0),
              doubles = operator(OF_ADD, I32S(1, 1), I32S(4), 0);
    const ref doubled = operator(OF_ADD, I32S(2, 2), I32S(5), 0);
    const ref body = subgraph(LIST(i, tensor(row, k->type, 0, 0), step, i, x, i, x), I32S(0, 1), I32S(3, k->result),
                              k->nests          ? LIST(caller(k, I32S(0, 1), I32S(5, 6)), counts, doubles)
                              : k->doubles_step ? LIST(doubled, counts, doubles)
                                                : LIST(counts, doubles));
    /* For IF: x -> x + x, and x -> x. */
    const ref twice = subgraph(LIST(x, x), I32S(0), I32S(1), LIST(operator(OF_ADD, I32S(0, 0), I32S(1), 0)));
    const ref once = subgraph(LIST(x), I32S(0), I32S(0), vector(NULL, 0, 4));
    const ref codes = LIST(code(ADD, NULL), code(LESS, NULL), code(k->caller, NULL));
    const ref buffers =
        LIST(table(NULL, 0), buffer(&k->limit, 4), buffer(&k->step, 4), buffer(&k->first, is_if ? 1 : 4));
    return finish(model(codes, is_if ? LIST(main_graph, twice, once) : LIST(main_graph, condition, body), buffers));
}

/* What becomes of {1, 3}, and the number of operators it takes. */
static void expect(const knobs *k, const char *name, float factor, uint32_t n_operators) {
    static const float x[2] = {1, 3};
    const float y[2] = {factor, 3 * factor};
    assert_int_equal(run_file(make(k), name, x, 2, y, 2), n_operators);
}

static void refuse(const knobs *k, octet_status status, const char *words) { refuse_file(make(k), status, words); }

static void loops_are_unrolled(void **state) {
    (void)state;
    knobs k = usual;
    expect(&k, "WHILE", 8, 3);
    k.first = 1, k.step = 2, expect(&k, NULL, 2, 1);
    k = usual, k.first = 3, expect(&k, NULL, 1, 0);
    k = usual, k.result = 1, expect(&k, NULL, 1, 0);          /* hands on what it is given */
    k = usual, k.doubles_step = true, expect(&k, NULL, 4, 2); /* i: 0, 2, 4 */
}

static void branches_and_calls_take_their_place(void **state) {
    (void)state;
    knobs k = usual;
    k.caller = IF, k.condition = 1, k.body = 2, k.first = 1, expect(&k, "IF", 2, 1);
    k.first = 0, expect(&k, NULL, 1, 0);
    k = usual, k.caller = CALL, expect(&k, "CALL", 2, 1);
    k = usual, k.caller = COMPOSITE, expect(&k, "STABLEHLO_COMPOSITE", 2, 1);
}

static void data_must_not_decide(void **state) {
    (void)state;
    knobs k = usual;
    k.fed = true, refuse(&k, OCTET_UNSUPPORTED, "WHILE #0 goes on as long as data of the run say so");
    k = usual, k.caller = IF, k.fed = true,
    refuse(&k, OCTET_UNSUPPORTED, "IF #0 takes one of two ways as data of the run say");
}

static void endless_loops_end(void **state) {
    (void)state;
    knobs k = usual;
    k.limit = INT32_MAX, refuse(&k, OCTET_LIMIT, "have more than 524288 tensors and operators");
    k = usual, k.step = 0, refuse(&k, OCTET_LIMIT, "have more than 524288 tensors and operators");
}

static void broken_graphs_are_refused(void **state) {
    (void)state;
    knobs k = usual;
    k.body = 3, refuse(&k, OCTET_FORMAT, "WHILE #0 calls graph 3 of 3");
    k = usual, k.condition = -1, refuse(&k, OCTET_FORMAT, "WHILE #0 calls graph -1 of 3");
    k = usual, k.body = 0, refuse(&k, OCTET_MODEL, "WHILE #0 calls graph 0, which calls itself by that");
    k = usual, k.nests = true, refuse(&k, OCTET_MODEL, "WHILE #0 calls graph 2, which calls itself by that");
    k = usual, k.body = 1,
    refuse(&k, OCTET_MODEL, "hands over 2 tensors and takes 2, the graph that it calls has 2 inputs and 1 outputs");
    k = usual, k.n_handed = 1, refuse(&k, OCTET_MODEL, "WHILE #0 has 1 inputs and 2 outputs");
    k = usual, k.adds_in_condition = true, refuse(&k, OCTET_MODEL, "WHILE #0: its condition is not one bool");
    k = usual, k.type = INT32, refuse(&k, OCTET_MODEL, "hands over float32 for tensor 1 (), which is int32");
    k = usual, k.result = 3, refuse(&k, OCTET_MODEL, "hands over int32 for tensor 1 (), which is float32");
    k = usual, k.result = 7, refuse(&k, OCTET_FORMAT, "has tensor 7 of 7 as input or output");
    k = usual, k.result = 5, refuse(&k, OCTET_MODEL, "WHILE #0 reads tensor 5 () before anything computes it");
    k = usual, k.caller = IF, k.condition = 0, k.first = 1, refuse(&k, OCTET_MODEL, "IF #0 calls graph 0");
}

static ref named(const char *name, ref inputs, ref outputs, uint32_t graph) {
    ref key;
    assert_int_equal(octet_flatbuffer_build_string(ctx, &builder, name, &key), OCTET_OK);
    return TABLE(octet_flatbuffer_link(OCTET_TFLITE_SIGNATURE_INPUTS, inputs),
                 octet_flatbuffer_link(OCTET_TFLITE_SIGNATURE_OUTPUTS, outputs),
                 octet_flatbuffer_link(OCTET_TFLITE_SIGNATURE_KEY, key),
                 octet_flatbuffer_u32(OCTET_TFLITE_SIGNATURE_SUBGRAPH_INDEX, graph, 0));
}
static ref port(const char *name, uint32_t tensor) {
    ref text;
    assert_int_equal(octet_flatbuffer_build_string(ctx, &builder, name, &text), OCTET_OK);
    return LIST(TABLE(octet_flatbuffer_link(OCTET_TFLITE_TENSOR_MAP_NAME, text),
                      octet_flatbuffer_u32(OCTET_TFLITE_TENSOR_MAP_TENSOR_INDEX, tensor, 0)));
}

/* Graph 0, "same": x -> x + x. Graph 1, `second`: u -> (u + u) + u. */
static octet_buffer make_signatures(const char *second, uint32_t graph) {
    const ref row = I32S(1, 2), x = tensor(row, 0, 0, 0);
    const ref same = subgraph(LIST(x, x), I32S(0), I32S(1), LIST(operator(0, I32S(0, 0), I32S(1), 0)));
    const ref thrice = subgraph(LIST(x, x, x), I32S(1), I32S(2),
                                LIST(operator(0, I32S(1, 1), I32S(0), 0), operator(0, I32S(0, 1), I32S(2), 0)));
    const ref signatures =
        LIST(named("same", port("x", 0), port("y", 1), 0), named(second, port("u", 1), port("v", 2), graph));
    const ref file = TABLE(octet_flatbuffer_u32(OCTET_TFLITE_MODEL_VERSION, OCTET_TFLITE_SCHEMA_VERSION, 0),
                           octet_flatbuffer_link(OCTET_TFLITE_MODEL_OPERATOR_CODES, LIST(code(ADD, NULL))),
                           octet_flatbuffer_link(OCTET_TFLITE_MODEL_SUBGRAPHS, LIST(same, thrice)),
                           octet_flatbuffer_link(OCTET_TFLITE_MODEL_BUFFERS, LIST(table(NULL, 0))),
                           octet_flatbuffer_link(OCTET_TFLITE_MODEL_SIGNATURE_DEFS, signatures));
    return finish(file);
}

static void expect_graph(octet_buffer file, octet_import_options options, uint32_t n_operators, const char *input,
                         uint32_t signature) {
    octet_graph *graph = NULL;
    if (octet_import_tflite_bytes(ctx, (octet_bytes){file.data, file.size}, "file", &options, &graph) != OCTET_OK)
        fail_msg("%s", ctx->message);
    assert_int_equal(graph->n_operators, n_operators);
    assert_string_equal(graph->inputs[0].name, input);
    assert_int_equal(graph->n_signatures, 2);
    assert_int_equal(graph->signature, signature);
    assert_int_equal(graph->outputs[0].value, n_operators); /* the last tensor */
    assert_int_equal(graph->n_values, n_operators + 1);
    octet_graph_destroy(ctx, graph);
    octet_buffer_free(ctx, &file);
}

static void one_of_several_signatures_is_chosen(void **state) {
    (void)state;
    expect_graph(make_signatures("other", 1), (octet_import_options){.signature = "other"}, 2, "u", 1);
    expect_graph(make_signatures("other", 1), (octet_import_options){.signature = "same"}, 1, "x", 0);
    expect_graph(make_signatures("serving_default", 1), (octet_import_options){0}, 2, "u", 1);
    refuse_file(make_signatures("other", 1), OCTET_USAGE,
                "several graphs to run; name one with --signature: same, other");
    refuse_file(make_signatures("other", 7), OCTET_FORMAT, "signature 1 is graph 7 of 2");
    octet_buffer file = make_signatures("other", 1);
    octet_graph *graph = NULL;
    octet_context_init(ctx);
    assert_int_equal(octet_import_tflite_bytes(ctx, (octet_bytes){file.data, file.size}, "file",
                                               &(octet_import_options){.signature = "none"}, &graph),
                     OCTET_USAGE);
    assert_non_null(strstr(ctx->message, "has no signature none; --signature takes same, other"));
    octet_buffer_free(ctx, &file);
    octet_context_clear(ctx);
}

static void the_first_graph_needs_no_signature(void **state) {
    const octet_import_options options = {.first_graph = true};
    (void)state;
    expect_graph(make_signatures("serving_default", 1), options, 1, "x", 0);
    expect_graph(make_signatures("same", 0), options, 1, "x", 0);
    octet_buffer file = make_signatures("other", 1);
    octet_model *model = NULL;
    octet_load_options both = OCTET_LOAD_OPTIONS_INIT;
    both.first_graph = true;
    both.signature = "other";
    assert_int_equal(octet_model_load_bytes(ctx, file.data, file.size, "file", &both, &model), OCTET_USAGE);
    octet_buffer_free(ctx, &file);
    octet_context_clear(ctx);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loops_are_unrolled),
        cmocka_unit_test(one_of_several_signatures_is_chosen),
        cmocka_unit_test(the_first_graph_needs_no_signature),
        cmocka_unit_test(branches_and_calls_take_their_place),
        cmocka_unit_test(data_must_not_decide),
        cmocka_unit_test(endless_loops_end),
        cmocka_unit_test(broken_graphs_are_refused),
    };
    octet_context_init(ctx);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
