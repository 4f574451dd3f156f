/* Keras files of both dialects, right and wrong; every file is written here through libhdf5 and libzip. */
#include "support/keras_import.h"

/* FULLY_CONNECTED with the kernel transposed, then RELU. */
static void check_dense(const octet_graph *graph, uint32_t at) {
    const octet_operator *op = &graph->operators[at];
    assert_int_equal(op->code, OCTET_OP_FULLY_CONNECTED);
    const octet_value *weights = octet_graph_input(graph, op, 1);
    assert_int_equal(weights->shape.dims[0], 2);
    assert_int_equal(weights->shape.dims[1], 3);
    const float expected[6] = {0.5f, 1.5f, 2.5f, 1, 2, 3};
    assert_memory_equal(weights->data, expected, sizeof expected);
    assert_non_null(weights->origin);
    assert_non_null(strstr(weights->origin, ":/"));
    assert_int_equal(graph->operators[at + 1].code, OCTET_OP_RELU);
}

static void a_keras_2_file_with_either_kind_of_strings_is_read(void **state) {
    (void)state;
    for (int bytes = 0; bytes < 2; bytes++) {
        octet_graph *graph =
            import_good(keras_write_h5("k2.h5", dense_config, "2.4.0", dense_weights, 2, bytes != 0), NULL);
        assert_int_equal(graph->n_operators, 2);
        check_dense(graph, 0);
        assert_int_equal(kind, OCTET_KIND_KERAS_2);
        assert_string_equal(graph->output_call, "StatefulPartitionedCall");
        assert_true(graph->is_traced);
        assert_true(graph->open_batch);
        assert_string_equal(graph->inputs[0].name, "in");
        assert_string_equal(graph->outputs[0].name, "dense");
        assert_string_equal(graph->values[graph->inputs[0].value].name, "serving_default_in:0");
        assert_int_equal(graph->n_layers, 1);
        assert_string_equal(graph->layers[0].name, "dense");
        assert_int_equal(graph->layers[0].n_parameters, 8);
        assert_int_equal(graph->layers[0].output_shape.dims[0], -1);
        assert_int_equal(graph->layers[0].output_shape.dims[1], 2);
        destroy(graph);
    }
}

/* A file that says how it was trained; text: NULL for one that does not. */
static void expect_loss(const char *text, const char *loss) {
    const char *path = keras_write_h5("trained.h5", dense_config, "2.4.0", dense_weights, 2, false);
    if (text != NULL) {
        const hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
        keras_put_text(file, "training_config", text);
        H5Fclose(file);
    }
    octet_graph *graph = import_good(path, NULL);
    if (loss == NULL) assert_null(graph->loss);
    else assert_string_equal(graph->loss, loss);
    destroy(graph);
}

static void the_loss_is_named_in_any_form(void **state) {
    (void)state;
    expect_loss("{\"loss\": \"mse\", \"metrics\": []}", "mse");
    expect_loss("{\"loss\": {\"class_name\": \"Huber\", \"config\": {\"name\": \"huber\", \"delta\": 1.0}}}", "huber");
    expect_loss("{\"loss\": {\"class_name\": \"Huber\", \"config\": {}}}", "Huber");
    expect_loss("{\"loss\": [\"mae\"]}", "mae");
    expect_loss("{\"loss\": {\"dense\": \"mae\"}}", "mae");
    expect_loss("{\"loss\": [\"mae\", \"mse\"]}", NULL);
    expect_loss("{\"loss\": null}", NULL);
    expect_loss("{\"loss\": {}}", NULL);
    expect_loss("{\"optimizer\": 1}", NULL);
    expect_loss("[1, 2", NULL); /* is no reason to refuse the model */
    expect_loss(NULL, NULL);
}

/* An h5py.Empty in the place of a dataset; `weight`: NULL for one that nothing asks for. */
static const char *write_with_empty(const char *weight) {
    const char *path = keras_write_h5("empty.h5", dense_config, "2.4.0", dense_weights, 2, false);
    const hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT), none = H5Screate(H5S_NULL);
    if (weight != NULL) assert_true(H5Ldelete(file, weight, H5P_DEFAULT) >= 0);
    const hid_t id =
        H5Dcreate2(file, weight != NULL ? weight : "note", H5T_IEEE_F32LE, none, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(id >= 0);
    H5Dclose(id);
    H5Sclose(none);
    H5Fclose(file);
    return path;
}

static void empty_datasets_are_named_or_left_alone(void **state) {
    (void)state;
    octet_graph *graph = import_good(write_with_empty(NULL), NULL);
    check_dense(graph, 0);
    destroy(graph);
    import_bad(write_with_empty("model_weights/dense/dense/kernel:0"), OCTET_MODEL,
               "empty.h5:/model_weights/dense/dense/kernel:0", "holds no data");
}

static void keras_1_style_sequential_without_an_input_layer_is_read(void **state) {
    (void)state;
    const char *config = "{\"class_name\": \"Sequential\", \"config\": [{\"class_name\": \"Dense\", \"config\": "
                         "{\"name\": \"dense\", \"units\": 2, "
                         "\"batch_input_shape\": [null, 3], \"activation\": \"relu\", \"kernel_initializer\": "
                         "{\"class_name\": \"Zeros\", \"config\": "
                         "{}}}}]}";
    octet_graph *graph = import_good(keras_write_h5("k20.h5", config, "2.0.8", dense_weights, 2, true), NULL);
    check_dense(graph, 0);
    assert_string_equal(graph->inputs[0].name, "dense_input");
    destroy(graph);
}

static const char functional_3[] = "{\"module\": \"keras.src.models.functional\", \"class_name\": \"Functional\", "
                                   "\"config\": {\"name\": \"net\", \"layers\": ["
                                   "{\"module\": \"keras.layers\", \"class_name\": \"InputLayer\", \"config\": "
                                   "{\"batch_shape\": [null, 3], \"name\": \"in\"}, \"name\": "
                                   "\"in\", \"inbound_nodes\": []},"
                                   "{\"module\": \"keras.layers\", \"class_name\": \"Dense\", \"config\": {\"name\": "
                                   "\"a\", \"dtype\": {\"class_name\": \"DTypePolicy\", "
                                   "\"config\": {\"name\": \"float32\"}}, "
                                   "\"units\": 2, \"activation\": \"relu\"}, \"name\": \"a\", \"inbound_nodes\": "
                                   "[{\"args\": [{\"class_name\": \"__keras_tensor__\", "
                                   "\"config\": {\"shape\": [null, 3], "
                                   "\"keras_history\": [\"in\", 0, 0]}}], \"kwargs\": {}}]},"
                                   "{\"module\": \"keras.layers\", \"class_name\": \"Dense\", \"config\": {\"name\": "
                                   "\"b\", \"units\": 2, \"activation\": \"relu\"}, "
                                   "\"name\": \"b\", \"inbound_nodes\": "
                                   "[{\"args\": [{\"class_name\": \"__keras_tensor__\", \"config\": "
                                   "{\"keras_history\": [\"in\", 0, 0]}}], \"kwargs\": {}}]},"
                                   "{\"module\": \"keras.src.ops.numpy\", \"class_name\": \"Add\", \"config\": "
                                   "{\"name\": \"add\"}, \"name\": \"add\", \"inbound_nodes\": "
                                   "[{\"args\": "
                                   "[{\"class_name\": \"__keras_tensor__\", \"config\": {\"keras_history\": [\"a\", 0, "
                                   "0]}}, {\"class_name\": \"__keras_tensor__\", "
                                   "\"config\": {\"keras_history\": "
                                   "[\"b\", 0, 0]}}], \"kwargs\": {}}]}], "
                                   "\"input_layers\": [\"in\", 0, 0], \"output_layers\": [[\"add\", 0, 0]]}, "
                                   "\"compile_config\": {\"loss\": \"mse\"}}";

static void a_keras_3_archive_finds_weights_by_class_and_counter(void **state) {
    (void)state;
    const float other[6] = {9, 8, 7, 6, 5, 4};
    static const char *const containers[] = {"layers", "_layer_checkpoint_dependencies"};
    for (size_t i = 0; i < 2; i++) {
        char groups[2][64];
        snprintf(groups[0], sizeof groups[0], "%s/dense/vars", containers[i]);
        snprintf(groups[1], sizeof groups[1], "%s/dense_1/vars", containers[i]);
        const keras_weight weights[] = {{groups[0], "0", 2, {3, 2}, NULL},
                                        {groups[0], "1", 1, {2}, NULL},
                                        {groups[1], "0", 2, {3, 2}, other},
                                        {groups[1], "1", 1, {2}, NULL}};
        octet_graph *graph = import_good(keras_write_zip("m.keras", functional_3, "3.1.0", weights, 4), NULL);
        assert_string_equal(graph->loss, "mse");
        assert_int_equal(graph->n_operators, 5);
        check_dense(graph, 0);
        const octet_value *second = octet_graph_input(graph, &graph->operators[2], 1);
        const float expected[6] = {9, 7, 5, 8, 6, 4};
        assert_memory_equal(second->data, expected, sizeof expected);
        assert_int_equal(graph->operators[4].code, OCTET_OP_ADD);
        assert_string_equal(graph->outputs[0].name, "output_0");
        assert_string_equal(graph->layers[3].inputs, "a, b");
        destroy(graph);
    }
}

/* The nested model is shared: called twice, and its calls are numbered from 1. */
static const char nested_2[] =
    "{\"class_name\": \"Model\", \"config\": {\"name\": \"outer\", \"layers\": ["
    "{\"class_name\": \"InputLayer\", \"config\": {\"batch_input_shape\": [null, 3], \"name\": \"x\"}, \"name\": "
    "\"x\", \"inbound_nodes\": "
    "[]},"
    "{\"class_name\": \"InputLayer\", \"config\": {\"batch_input_shape\": [null, 3], \"name\": \"y\"}, \"name\": "
    "\"y\", \"inbound_nodes\": "
    "[]},"
    "{\"class_name\": \"Sequential\", \"config\": {\"name\": \"inner\", \"layers\": [" INPUT_2 ", "
    "{\"class_name\": \"BatchNormalization\", \"config\": {\"name\": \"bn\", \"axis\": [1], \"epsilon\": 0.001, "
    "\"scale\": false, "
    "\"center\": true}}, " DENSE_2(
        "dense",
        "2") "]}, "
             "\"name\": \"inner\", \"inbound_nodes\": [[[\"x\", 0, 0, {}]], [[\"y\", 0, 0, {}]]]},"
             "{\"class_name\": \"TFOpLambda\", \"config\": {\"name\": \"tf.math.multiply\", \"function\": "
             "\"math.multiply\"}, "
             "\"name\": \"tf.math.multiply\", "
             "\"inbound_nodes\": [[\"inner\", 1, 0, {\"y\": [\"inner\", 2, 0], \"name\": null}]]}], "
             "\"input_layers\": [[\"x\", 0, 0], [\"y\", 0, 0]], \"output_layers\": [[\"tf.math.multiply\", 0, 0]]}}";

static void nested_models_are_shared_and_their_weights_come_trainable_first(void **state) {
    (void)state;
    const float variance[3] = {1, 1, 1};
    /* By name, and without usable names by Keras's order: beta, kernel, bias, then the statistics. */
    static const char *const names[2][5] = {
        {"bn/beta:0", "dense/kernel:0", "dense/bias:0", "bn/moving_mean:0", "bn/moving_variance:0"},
        {"w0", "w1", "w2", "w3", "w4"}};
    for (size_t i = 0; i < 2; i++) {
        const keras_weight weights[] = {{"inner", names[i][0], 1, {3}, NULL},
                                        {"inner", names[i][1], 2, {3, 2}, NULL},
                                        {"inner", names[i][2], 1, {2}, NULL},
                                        {"inner", names[i][3], 1, {3}, NULL},
                                        {"inner", names[i][4], 1, {3}, variance}};
        octet_graph *graph = import_good(keras_write_h5("nested.h5", nested_2, "2.3.1", weights, 5, true), NULL);
        assert_int_equal(graph->n_operators, 9);
        check_dense(graph, 2);
        check_dense(graph, 6);
        assert_int_equal(graph->operators[8].code, OCTET_OP_MUL);
        assert_int_equal(graph->n_inputs, 2);
        assert_int_equal(graph->n_layers, 6);
        assert_int_equal(graph->layers[2].n_parameters, 17);
        assert_int_equal(graph->layers[2].n_trainable, 11);
        assert_int_equal(graph->layers[3].depth, 1);
        destroy(graph);
    }
}

static void weights_alone_need_an_architecture(void **state) {
    (void)state;
    const char *path = keras_write_h5("only.h5", NULL, "2.4.0", dense_weights, 2, false);
    import_bad(path, OCTET_FORMAT, "weights of a model without its architecture", "--architecture");
    const octet_import_options options = {.architecture =
                                              fixture_write("net.json", dense_config, sizeof dense_config - 1)};
    octet_graph *graph = import_good(path, &options);
    check_dense(graph, 0);
    destroy(graph);
}

/* tf.shape with the type that it names: a constant, since shapes are static. */
static void a_shape_of_a_named_type_is_read(void **state) {
    (void)state;
    static const char config[] = "{\"class_name\": \"Functional\", \"config\": {\"name\": \"net\", \"layers\": ["
                                 "{\"class_name\": \"InputLayer\", \"config\": {\"batch_input_shape\": [null, 3, 2], "
                                 "\"name\": \"in\"}, \"name\": \"in\", "
                                 "\"inbound_nodes\": []},"
                                 "{\"class_name\": \"TFOpLambda\", \"config\": {\"name\": \"s\", \"function\": "
                                 "\"compat.v1.shape\"}, \"name\": \"s\", "
                                 "\"inbound_nodes\": [[\"in\", 0, 0, {\"out_type\": \"int32\"}]]}"
                                 "], \"input_layers\": [[\"in\", 0, 0]], \"output_layers\": [[\"s\", 0, 0]]}}";
    octet_graph *graph = import_good(keras_write_h5("shape.h5", config, "2.15.0", NULL, 0, false), NULL);
    const octet_value *shape = &graph->values[graph->outputs[0].value];
    assert_int_equal(shape->type, OCTET_INT32);
    assert_int_equal(((const int32_t *)shape->data)[1], 3);
    destroy(graph);
}

/* Keras 3's .h5 files do not say which nodes are layers and which are functions. */
static void a_layer_without_module_is_told_from_a_function(void **state) {
    (void)state;
#define FROM(name)                                                                                                    \
    "\"inbound_nodes\": [{\"args\": [{\"class_name\": \"__keras_tensor__\", \"config\": {\"keras_history\": [\"" name \
    "\", 0, 0]}}], \"kwargs\": {}}]}"
    static const char config[] =
        "{\"class_name\": \"Functional\", \"config\": {\"name\": \"net\", \"layers\": ["
        "{\"class_name\": \"InputLayer\", \"config\": {\"batch_shape\": [null, 4, 3], \"name\": \"in\"}, \"name\": "
        "\"in\", "
        "\"inbound_nodes\": []},"
        "{\"class_name\": \"SpatialDropout1D\", \"config\": {\"rate\": 0.1, \"seed\": null, \"name\": \"drop\", "
        "\"dtype\": \"float32\"}, "
        "\"name\": \"drop\", " FROM("in") ",{\"class_name\": \"Tanh\", \"config\": {\"name\": \"tanh\"}, \"name\": "
                                          "\"tanh\", " FROM("drop") "], \"input_layers\": [[\"in\", 0, 0]], "
                                                                    "\"output_layers\": [[\"tanh\", 0, 0]]}}";
    octet_graph *graph = import_good(keras_write_h5("drop.h5", config, "3.1.0", NULL, 0, false), NULL);
    assert_int_equal(graph->n_operators, 1);
    assert_int_equal(graph->operators[0].code, OCTET_OP_TANH);
    destroy(graph);
}

/* Keras 3 writes the mask that it derived as a function of the input, and as an argument of the layer that heeds it. */
static void a_derived_mask_and_its_integers_are_read(void **state) {
    (void)state;
#define TENSOR(name) "{\"class_name\": \"__keras_tensor__\", \"config\": {\"keras_history\": [\"" name "\", 0, 0]}}"
    static const char config[] =
        "{\"class_name\": \"Functional\", \"config\": {\"name\": \"net\", \"layers\": ["
        "{\"module\": \"keras.layers\", \"class_name\": \"InputLayer\", \"config\": {\"batch_shape\": [null, 5], "
        "\"dtype\": \"int32\", "
        "\"name\": \"in\"}, \"name\": \"in\", \"inbound_nodes\": []},"
        "{\"module\": \"keras.layers\", \"class_name\": \"Embedding\", \"config\": {\"name\": \"e\", \"input_dim\": 7, "
        "\"output_dim\": 2, "
        "\"mask_zero\": true}, \"name\": \"e\", \"inbound_nodes\": [{\"args\": [" TENSOR(
            "in") "], \"kwargs\": {}}]},"
                  "{\"module\": \"keras.src.ops.numpy\", \"class_name\": \"NotEqual\", \"config\": {\"name\": \"n\"}, "
                  "\"name\": \"n\", "
                  "\"inbound_nodes\": [{\"args\": [" TENSOR(
                      "in") ", 0], \"kwargs\": {}}]},"
                            "{\"module\": \"keras.layers\", \"class_name\": \"GlobalAveragePooling1D\", \"config\": "
                            "{\"name\": \"g\"}, \"name\": \"g\", "
                            "\"inbound_nodes\": [{\"args\": [" TENSOR("e") "], \"kwargs\": {\"mask\": " TENSOR(
                                "n") "}}]}"
                                     "], \"input_layers\": [[\"in\", 0, 0]], \"output_layers\": [[\"g\", 0, 0]]}}";
    const keras_weight weights[] = {{"layers/embedding/vars", "0", 2, {7, 2}, NULL}};
    octet_graph *graph = import_good(keras_write_zip("mask.keras", config, "3.1.0", weights, 1), NULL);
    assert_int_equal(graph->values[graph->inputs[0].value].type, OCTET_INT32);
    uint32_t n[OCTET_N_OPERATORS] = {0};
    for (uint32_t k = 0; k < graph->n_operators; k++) n[graph->operators[k].code]++;
    assert_int_equal(n[OCTET_OP_NOT_EQUAL], 2); /* the embedding's own, and the file's, which nothing reads */
    assert_int_equal(n[OCTET_OP_SUM], 2);
    assert_int_equal(n[OCTET_OP_DIV], 1);
    assert_int_equal(n[OCTET_OP_MEAN], 0);
    destroy(graph);
}

/* Bytes of pictures are cast where a layer computes; wide indices stay wide. */
static void inputs_of_integers_keep_their_type(void **state) {
    (void)state;
    static const struct {
        const char *name, *dtype;
        octet_type type;
    } cases[] = {{"u8.keras", "uint8", OCTET_UINT8},
                 {"i64.keras", "int64", OCTET_INT64},
                 {"f16.keras", "float16", OCTET_FLOAT32}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char config[1000];
        snprintf(
            config, sizeof config,
            "{\"class_name\": \"Functional\", \"config\": {\"name\": \"net\", \"layers\": ["
            "{\"module\": \"keras.layers\", \"class_name\": \"InputLayer\", \"config\": {\"batch_shape\": [null, 5], "
            "\"dtype\": \"%s\", \"name\": \"in\"}, "
            "\"name\": \"in\", \"inbound_nodes\": []},"
            "{\"module\": \"keras.layers\", \"class_name\": \"Embedding\", \"config\": {\"name\": \"e\", "
            "\"input_dim\": 7, \"output_dim\": 2}, "
            "\"name\": \"e\", \"inbound_nodes\": [{\"args\": [" TENSOR(
                "in") "], \"kwargs\": {}}]},"
                      "{\"module\": \"keras.layers\", \"class_name\": \"Rescaling\", \"config\": {"
                      "\"name\": \"r\", \"scale\": 0.5}, \"name\": \"r\", "
                      "\"inbound_nodes\": [{\"args\": [" TENSOR(
                          "in") "], \"kwargs\": {}}]}"
                                "], \"input_layers\": [[\"in\", 0, 0]], \"output_layers\": [[\"e\", 0, 0], [\"r\", 0, "
                                "0]]}}",
            cases[i].dtype);
        const keras_weight weights[] = {{"layers/embedding/vars", "0", 2, {7, 2}, NULL}};
        octet_graph *graph = import_good(keras_write_zip(cases[i].name, config, "3.1.0", weights, 1), NULL);
        assert_int_equal(graph->values[graph->inputs[0].value].type, cases[i].type);
        assert_int_equal(graph->values[graph->outputs[1].value].type, OCTET_FLOAT32);
        const octet_operator *gather = &graph->operators[graph->values[graph->outputs[0].value].producer];
        assert_int_equal(gather->code, OCTET_OP_GATHER);
        assert_int_equal(graph->values[gather->inputs[1]].type,
                         cases[i].type == OCTET_INT64 ? OCTET_INT64 : OCTET_INT32);
        destroy(graph);
    }
}

static void outputs_are_called_by_whether_there_are_variables(void **state) {
    (void)state;
    static const char config[] =
        "{\"module\": \"keras\", \"class_name\": \"Sequential\", \"config\": {\"name\": \"net\", \"layers\": [" INPUT_2
        ", {\"module\": \"keras.layers\", \"class_name\": \"ReLU\", \"config\": {\"name\": \"relu\"}}]}}";
    const octet_import_options options = {.architecture = fixture_write("relu.json", config, sizeof config - 1)};
    octet_graph *graph = import_good(keras_write_h5("relu.h5", NULL, NULL, dense_weights, 0, false), &options);
    assert_string_equal(graph->output_call, "PartitionedCall_1");
    destroy(graph);
}

/* Keras 3's model.to_json() states no version, nor do its .weights.h5. */
static void an_architecture_of_keras_3_is_known_by_its_module(void **state) {
    (void)state;
    static const char config[] =
        "{\"module\": \"keras\", \"class_name\": \"Sequential\", \"config\": {\"name\": \"net\", \"layers\": [" INPUT_2
        ", " DENSE_2("dense", "2") "]}}";
    const octet_import_options options = {.architecture = fixture_write("net3.json", config, sizeof config - 1)};
    octet_graph *graph = import_good(keras_write_h5("only3.h5", NULL, NULL, dense_weights, 2, false), &options);
    assert_int_equal(kind, OCTET_KIND_KERAS_3);
    assert_string_equal(graph->output_call, "StatefulPartitionedCall_1");
    destroy(graph);
}

static void missing_weights_are_named(void **state) {
    (void)state;
    import_bad(keras_write_h5("few.h5", dense_config, "2.4.0", dense_weights, 1, false), OCTET_MODEL,
               "model_weights/dense", "bias");
    import_bad(keras_write_h5("none.h5", dense_config, "2.4.0", dense_weights, 0, false), OCTET_MODEL, "layer dense",
               "save the model again");
    const keras_weight weights[] = {{"layers/dense/vars", "0", 2, {3, 2}, NULL},
                                    {"layers/dense/vars", "1", 1, {2}, NULL}};
    import_bad(keras_write_zip("few.keras", functional_3, "3.1.0", weights, 2), OCTET_MODEL, "layers/dense_1/vars/0",
               "layer b");
    const char *grouped =
        SEQUENTIAL(INPUT_2 ", {\"class_name\": \"GroupQueryAttention\", \"config\": {\"name\": \"g\", \"head_dim\": 1, "
                           "\"num_query_heads\": 2, \"num_key_value_heads\": 1}}");
    import_bad(keras_write_zip("grouped.keras", grouped, "3.12.0", weights, 2), OCTET_MODEL,
               "layers/grouped_query_attention/_query_dense", "layer g");
}

static void unknown_layers_and_code_are_refused_by_name(void **state) {
    (void)state;
    const char *mystery = SEQUENTIAL(INPUT_2 ", {\"class_name\": \"Mystery\", \"config\": {\"name\": \"odd\"}}");
    import_bad(keras_write_h5("unknown.h5", mystery, "2.4.0", NULL, 0, false), OCTET_UNSUPPORTED, "layer odd (Mystery)",
               "this class is not supported");
    const char *lambda = SEQUENTIAL(
        INPUT_2
        ", {\"class_name\": \"Lambda\", \"config\": {\"name\": \"code\", \"function\": [\"4wEA\", null, null]}}");
    import_bad(keras_write_h5("lambda.h5", lambda, "2.4.0", NULL, 0, false), OCTET_UNSUPPORTED, "layer code (Lambda)",
               "never run");
    const char *attribute =
        SEQUENTIAL(INPUT_2 ", {\"class_name\": \"ReLU\", \"config\": {\"name\": \"r\", \"wobble\": 2}}");
    import_bad(keras_write_h5("attribute.h5", attribute, "2.4.0", NULL, 0, false), OCTET_UNSUPPORTED, "layer r (ReLU)",
               "wobble");
}

/* An item per input, null where there is none. They are no inputs. */
static void lists_of_masks_are_no_inputs(void **state) {
    (void)state;
#define IN(name, shape)                                                                       \
    "{\"class_name\": \"InputLayer\", \"name\": \"" name "\", \"config\": {\"name\": \"" name \
    "\", \"batch_input_shape\": " shape "}, \"inbound_nodes\": []}, "
#define NET(class, masks)                                                                                             \
    "{\"class_name\": \"Functional\", \"config\": {\"name\": \"n\", \"layers\": [" IN("a", "[null, 4, 2]")            \
        IN("b", "[null, 4, 2]")                                                                                       \
            IN("m", "[null, 4]") "{\"class_name\": \"" class "\", \"name\": \"l\", \"config\": "                      \
                                                             "{\"name\": \"l\"}, \"inbound_nodes\": [[[\"a\", 0, 0, " \
                                                             "{\"mask\": " masks "}], [\"b\", 0, 0, {}]]]}], "        \
                                                             "\"input_layers\": [[\"a\", 0, 0], [\"b\", 0, 0], "      \
                                                             "[\"m\", 0, 0]], \"output_layers\": [[\"l\", 0, 0]]}}"
    octet_graph *graph =
        import_good(keras_write_h5("add.h5", NET("Add", "[null, [\"m\", 0, 0]]"), "2.4.0", NULL, 0, false), NULL);
    assert_int_equal(graph->n_operators, 1);
    destroy(graph);
    graph = import_good(keras_write_h5("none.h5", NET("Attention", "[null, null]"), "2.4.0", NULL, 0, false), NULL);
    destroy(graph);
}

/* By their class, whatever else is wrong with the file. */
static void unknown_classes_come_first_with_near_names(void **state) {
    (void)state;
    import_bad(keras_write_h5("first.h5", SEQUENTIAL("{\"class_name\": \"ELSTM1D\", \"config\": {\"name\": \"e\"}}"),
                              "2.4.0", NULL, 0, false),
               OCTET_UNSUPPORTED, "layer e (ELSTM1D): this class is not supported", "give octet the .tflite");
    assert_null(strstr(ctx.message, "near names"));
    assert_true(strlen(ctx.message) < 300);
    import_bad(keras_write_h5("near.h5",
                              SEQUENTIAL(INPUT_2 ", {\"class_name\": \"Conv2d\", \"config\": {\"name\": \"c\"}}"),
                              "2.4.0", NULL, 0, false),
               OCTET_UNSUPPORTED, "near names: Conv2D, Conv1D", "layer c (Conv2d)");
    import_bad(keras_write_h5("lambda.h5",
                              SEQUENTIAL("{\"class_name\": \"Lambda\", \"config\": {\"name\": \"l\", \"function\": "
                                         "[\"\\u0000\\u00e3\", null, null]}}"),
                              "2.0.8", NULL, 0, false),
               OCTET_UNSUPPORTED, "layer l (Lambda)", "never run");
    import_bad(
        keras_write_h5("inside.h5",
                       SEQUENTIAL(INPUT_2 ", {\"class_name\": \"TimeDistributed\", \"config\": {\"name\": \"t\", "
                                          "\"layer\": {\"class_name\": \"Mine\", \"config\": {\"name\": \"m\"}}}}"),
                       "2.4.0", NULL, 0, false),
        OCTET_UNSUPPORTED, "layer m (Mine)", "this class is not supported");
}

static void files_that_are_no_models_are_refused(void **state) {
    (void)state;
    import_bad(fixture_write("text.h5", "not a model", 11), OCTET_FORMAT, "text.h5", "");
    import_bad(keras_write_h5("broken.h5", "{\"class_name\": ", "2.4.0", NULL, 0, false), OCTET_FORMAT, "model_config",
               "JSON");
    import_bad(
        keras_write_h5(
            "cycle.h5",
            "{\"class_name\": \"Functional\", \"config\": {\"name\": \"m\", \"layers\": [{\"class_name\": \"ReLU\", "
            "\"config\": {\"name\": \"a\"}, \"name\": \"a\", "
            "\"inbound_nodes\": [[[\"b\", 0, 0, {}]]]}, {\"class_name\": \"ReLU\", \"config\": {\"name\": \"b\"}, "
            "\"name\": \"b\", \"inbound_nodes\": "
            "[[[\"a\", 0, 0, {}]]]}], \"input_layers\": [], \"output_layers\": [[\"b\", 0, 0]]}}",
            "2.4.0", NULL, 0, false),
        OCTET_MODEL, "depends on itself", "layer");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_keras_2_file_with_either_kind_of_strings_is_read),
        cmocka_unit_test(the_loss_is_named_in_any_form),
        cmocka_unit_test(empty_datasets_are_named_or_left_alone),
        cmocka_unit_test(keras_1_style_sequential_without_an_input_layer_is_read),
        cmocka_unit_test(a_keras_3_archive_finds_weights_by_class_and_counter),
        cmocka_unit_test(nested_models_are_shared_and_their_weights_come_trainable_first),
        cmocka_unit_test(weights_alone_need_an_architecture),
        cmocka_unit_test(a_shape_of_a_named_type_is_read),
        cmocka_unit_test(a_layer_without_module_is_told_from_a_function),
        cmocka_unit_test(inputs_of_integers_keep_their_type),
        cmocka_unit_test(a_derived_mask_and_its_integers_are_read),
        cmocka_unit_test(outputs_are_called_by_whether_there_are_variables),
        cmocka_unit_test(an_architecture_of_keras_3_is_known_by_its_module),
        cmocka_unit_test(missing_weights_are_named),
        cmocka_unit_test(unknown_layers_and_code_are_refused_by_name),
        cmocka_unit_test(lists_of_masks_are_no_inputs),
        cmocka_unit_test(unknown_classes_come_first_with_near_names),
        cmocka_unit_test(files_that_are_no_models_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
