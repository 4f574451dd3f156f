/* Weights in files: where they are found, what is said of those that do not fit. */
#include "support/keras_import.h"

#include <math.h>

static void shapes_against_the_config_are_named(void **state) {
    (void)state;
    const keras_weight weights[] = {{"dense", "dense/kernel:0", 2, {4, 2}, NULL},
                                    {"dense", "dense/bias:0", 1, {2}, NULL}};
    import_bad(keras_write_h5("shape.h5", dense_config, "2.4.0", weights, 2, false), OCTET_MODEL,
               "model_weights/dense/dense/kernel:0: shape [4,2]", "[3,2]");
}

static void a_weight_that_is_no_number_is_named(void **state) {
    (void)state;
    const float data[6] = {1, 2, NAN, 4, 5, 6};
    const keras_weight weights[] = {{"dense", "dense/kernel:0", 2, {3, 2}, data},
                                    {"dense", "dense/bias:0", 1, {2}, NULL}};
    import_bad(keras_write_h5("nan.h5", dense_config, "2.4.0", weights, 2, false), OCTET_DATA, "kernel:0: element 2",
               "finite");
}

/* model.quantize("int8") keeps q and scale apart, and an .h5 the LoRA update of a kernel: real = q / scale + alpha /
 * rank * a b. */
static void weights_in_parts_are_put_together(void **state) {
    (void)state;
    static const char config[] = SEQUENTIAL(INPUT_2 ", {\"class_name\": \"Dense\", \"config\": {\"name\": \"dense\", "
                                                    "\"units\": 2, \"lora_rank\": 1, \"lora_alpha\": 2, "
                                                    "\"dtype\": {\"class_name\": \"QuantizedDTypePolicy\", \"config\": "
                                                    "{\"mode\": \"int8\", \"source_name\": \"float32\"}}}}");
    static const float q[6] = {2, 4, -127, 8, 10, 127}, scale[2] = {2, 4}, a[3] = {1, 0, -1}, b[2] = {0.5f, 1};
    static const keras_weight weights[] = {{"dense", "dense/kernel:0", 2, {3, 2}, q},
                                           {"dense", "dense/bias:0", 1, {2}, NULL},
                                           {"dense", "dense/kernel_scale:0", 1, {2}, scale},
                                           {"dense", "dense/lora_kernel_a:0", 2, {3, 1}, a},
                                           {"dense", "dense/lora_kernel_b:0", 2, {1, 2}, b}};
    octet_graph *graph = import_good(keras_write_h5("parts.h5", config, "3.15.0", weights, 5, true), NULL);
    const float expected[6] = {2, -63.5f, 4, 3, 2, 29.75f};
    assert_memory_equal(octet_graph_input(graph, &graph->operators[0], 1)->data, expected, sizeof expected);
    destroy(graph);
    import_bad(keras_write_h5("parts.h5", config, "3.15.0", weights, 2, true), OCTET_UNSUPPORTED, "dense",
               "was quantized by Keras (int8)");
}

/* tfmot: a pruned kernel counts by its mask; of a clustered one each element is the nearest centroid, with a row of
 * centroids per channel where asked for. Elsewhere files of tfmot gave the outputs of Keras. */
static void weights_of_tfmot_are_put_together(void **state) {
    (void)state;
    static const char pruned[] = SEQUENTIAL(INPUT_2 ", {\"class_name\": \"PruneLowMagnitude\", \"config\": {\"name\": "
                                                    "\"p\", \"layer\": {\"class_name\": \"Dense\", \"config\": "
                                                    "{\"name\": \"dense\", \"units\": 2}}}}");
    static const char clustered[] = SEQUENTIAL(INPUT_2 ", {\"class_name\": \"ClusterWeights\", \"config\": {\"name\": "
                                                       "\"c\", \"number_of_clusters\": 3, \"layer\": {\"class_name\": "
                                                       "\"Dense\", \"config\": {\"name\": \"dense\", \"units\": "
                                                       "2}}}}");
    static const float kernel[6] = {1, 2, 3, 4, 5, 6}, mask[6] = {1, 0, 0, 1, 1, 0}, table[3] = {5, 1, 3},
                       rows[6] = {0, 0.75f, 9, 2.5f, 6.5f, 90}, which[6] = {0};
    const keras_weight pruning[] = {{"p", "p/mask:0", 2, {3, 2}, mask},
                                    {"p", "p/threshold:0", 1, {1}, NULL},
                                    {"p", "dense/bias:0", 1, {2}, NULL},
                                    {"p", "dense/kernel:0", 2, {3, 2}, kernel}};
    octet_graph *graph = import_good(keras_write_h5("pruned.h5", pruned, "2.4.0", pruning, 4, true), NULL);
    const float masked[6] = {1, 0, 5, 0, 4, 0};
    assert_memory_equal(octet_graph_input(graph, &graph->operators[0], 1)->data, masked, sizeof masked);
    destroy(graph);
#define OWN "layers/prune_low_magnitude/vars"
#define INNER "layers/prune_low_magnitude/layer/vars"
    const keras_weight numbered[] = {{OWN, "0", 2, {3, 2}, kernel},   {OWN, "1", 2, {3, 2}, mask},
                                     {OWN, "2", 1, {1}, NULL},        {OWN, "3", 1, {1}, NULL},
                                     {INNER, "0", 2, {3, 2}, kernel}, {INNER, "1", 1, {2}, NULL}};
    graph = import_good(keras_write_zip("pruned.keras", pruned, "2.15.0", numbered, 6), NULL);
    assert_memory_equal(octet_graph_input(graph, &graph->operators[0], 1)->data, masked, sizeof masked);
    destroy(graph);
    keras_weight clusters[] = {{"c", "dense/bias:0", 1, {2}, NULL},
                               {"c", "dense/kernel:0", 2, {3, 2}, kernel},
                               {"c", "c/cluster_centroids_kernel:0", 1, {3}, table},
                               {"c", "c/pulling_indices_kernel:0", 2, {3, 2}, which}};
    graph = import_good(keras_write_h5("clusters.h5", clustered, "2.4.0", clusters, 4, true), NULL);
    const float joined[6] = {1, 3, 5, 1, 5, 5}; /* of 2 and 4 the first of two equally near */
    assert_memory_equal(octet_graph_input(graph, &graph->operators[0], 1)->data, joined, sizeof joined);
    destroy(graph);
    clusters[2] = (keras_weight){"c", "c/cluster_centroids_kernel:0", 2, {2, 3}, rows};
    graph = import_good(keras_write_h5("clusters.h5", clustered, "2.4.0", clusters, 4, true), NULL);
    const float by_channel[6] = {0.75f, 0.75f, 9, 2.5f, 2.5f, 6.5f};
    assert_memory_equal(octet_graph_input(graph, &graph->operators[0], 1)->data, by_channel, sizeof by_channel);
    destroy(graph);
    clusters[2] = (keras_weight){"c", "c/cluster_centroids_kernel:0", 2, {3, 3}, NULL};
    import_bad(keras_write_h5("clusters.h5", clustered, "2.4.0", clusters, 4, true), OCTET_MODEL, "does not fit",
               "cluster_centroids_kernel");
}

/* CuDNNLSTM's gates: the block of the inputs is filled in row by row, that of the state transposed; two biases. */
static void the_layout_of_cudnn_is_read(void **state) {
    (void)state;
    static const char config[] = SEQUENTIAL(
        "{\"class_name\": \"InputLayer\", \"config\": {\"batch_input_shape\": [null, 4, 3], \"name\": \"in\"}}, "
        "{\"class_name\": \"CuDNNLSTM\", \"config\": {\"name\": \"l\", \"units\": 2}}");
    float kernel[24], recurrent[16], bias[16];
    for (int i = 0; i < 24; i++) kernel[i] = (float)(10 * (i / 8) + i % 8);
    for (int i = 0; i < 16; i++) recurrent[i] = (float)(100 + 10 * (i / 8) + i % 8), bias[i] = (float)(i * i);
    const keras_weight weights[] = {{"l", "l/kernel:0", 2, {3, 8}, kernel},
                                    {"l", "l/recurrent_kernel:0", 2, {2, 8}, recurrent},
                                    {"l", "l/bias:0", 1, {16}, bias}};
    octet_graph *graph = import_good(keras_write_h5("cudnn.h5", config, "2.2.4", weights, 3, true), NULL);
    const octet_operator *op = &graph->operators[0];
    assert_int_equal(op->code, OCTET_OP_UNIDIRECTIONAL_SEQUENCE_LSTM);
    const float forget[6] = {2, 3, 12, 13, 22, 23}, state_forget[4] = {102, 103, 112, 113}, bias_forget[2] = {104, 130};
    assert_memory_equal(octet_graph_input(graph, op, 2)->data, forget, sizeof forget);
    assert_memory_equal(octet_graph_input(graph, op, 6)->data, state_forget, sizeof state_forget);
    assert_memory_equal(octet_graph_input(graph, op, 13)->data, bias_forget, sizeof bias_forget);
    destroy(graph);
}

/* Cells of a stack have groups of their own, named by class and counter. */
static void stacked_cells_find_their_weights(void **state) {
    (void)state;
    static const char config[] =
        SEQUENTIAL("{\"class_name\": \"InputLayer\", \"config\": {\"batch_shape\": [null, 1, 3], \"name\": \"in\"}}, "
                   "{\"class_name\": \"RNN\", \"config\": {\"name\": \"r\", \"cell\": {\"class_name\": "
                   "\"StackedRNNCells\", \"config\": {"
                   "\"name\": \"s\", \"cells\": [{\"class_name\": \"SimpleRNNCell\", \"config\": {\"name\": \"a\", "
                   "\"units\": 2}}, "
                   "{\"class_name\": \"SimpleRNNCell\", \"config\": {\"name\": \"b\", \"units\": 2}}]}}}}");
    static const float second[4] = {9, 8, 7, 6};
    static const char first_group[] = "layers/rnn/cell/cells/simple_rnn_cell/vars",
                      next[] = "layers/rnn/cell/cells/simple_rnn_cell_1/vars";
    const keras_weight weights[] = {{first_group, "0", 2, {3, 2}, NULL}, {first_group, "1", 2, {2, 2}, NULL},
                                    {first_group, "2", 1, {2}, NULL},    {next, "0", 2, {2, 2}, second},
                                    {next, "1", 2, {2, 2}, NULL},        {next, "2", 1, {2}, NULL}};
    octet_graph *graph = import_good(keras_write_zip("stack.keras", config, "3.1.0", weights, 6), NULL);
    const float expected[4] = {9, 7, 8, 6};
    uint32_t n_found = 0;
    for (uint32_t i = 0; i < graph->n_operators; i++) {
        if (graph->operators[i].code != OCTET_OP_FULLY_CONNECTED || n_found++ != 1) continue;
        assert_memory_equal(octet_graph_input(graph, &graph->operators[i], 1)->data, expected, sizeof expected);
    }
    assert_int_equal(n_found, 2);
    destroy(graph);
}

/* Keras 2.13 counts a layer with weights twice. */
static void layers_counted_twice_find_their_weights(void **state) {
    (void)state;
    static const char config[] =
        SEQUENTIAL(INPUT_2 ", " DENSE_2("a", "2") ", " DENSE_2("b", "2") ", " DENSE_2("c", "2"));
    static const float third[4] = {9, 8, 7, 6};
#define GROUP(name) "_layer_checkpoint_dependencies/" name "/vars"
    const keras_weight weights[] = {{GROUP("dense"), "0", 2, {3, 2}, NULL},    {GROUP("dense"), "1", 1, {2}, NULL},
                                    {GROUP("dense_2"), "0", 2, {2, 2}, NULL},  {GROUP("dense_2"), "1", 1, {2}, NULL},
                                    {GROUP("dense_4"), "0", 2, {2, 2}, third}, {GROUP("dense_4"), "1", 1, {2}, NULL}};
    octet_graph *graph = import_good(keras_write_zip("twice.keras", config, "2.13.1", weights, 6), NULL);
    const float expected[4] = {9, 7, 8, 6};
    assert_memory_equal(octet_graph_input(graph, &graph->operators[4], 1)->data, expected, sizeof expected);
    destroy(graph);
    import_bad(keras_write_zip("twice.keras", config, "2.13.1", weights, 4), OCTET_MODEL,
               "_layer_checkpoint_dependencies/dense_1/vars/0: no such weight", "layer b (Dense)");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shapes_against_the_config_are_named),
        cmocka_unit_test(a_weight_that_is_no_number_is_named),
        cmocka_unit_test(weights_in_parts_are_put_together),
        cmocka_unit_test(the_layout_of_cudnn_is_read),
        cmocka_unit_test(stacked_cells_find_their_weights),
        cmocka_unit_test(weights_of_tfmot_are_put_together),
        cmocka_unit_test(layers_counted_twice_find_their_weights),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
