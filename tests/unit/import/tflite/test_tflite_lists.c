/* Lists of tensors in a .tflite: elements become values of the graph, and what cannot be known is refused. */
#include "support/tflite_run.h"

enum { CUSTOM = OCTET_BUILTIN_CUSTOM, INT32 = OCTET_TENSOR_TYPE_INT32, VARIANT = OCTET_TENSOR_TYPE_VARIANT };
enum { OF_RESERVE, OF_FROM, OF_SET, OF_GET, OF_STACK, OF_LENGTH };
enum { X, SHAPE, N, ONE, MADE, ROWS, COUNT, ROW, FILLED, Y, FED };

/* x float [3,2] becomes the list ROWS; MADE has n places of two elements. ROW is ROWS[length of MADE]; FILLED is MADE
 * with ROW at `index`; y = FILLED stacked. */
typedef struct knobs {
    int32_t n, index, shape;
    int stacked; /* tensor that is stacked */
    bool fed;    /* the index is an input of the model */
} knobs;

static const knobs usual = {.n = 2, .index = 1, .shape = 2, .stacked = FILLED};

static octet_buffer make(const knobs *k) {
    const ref scalar = vector(NULL, 0, 4), list_of_tensors = tensor(scalar, VARIANT, 0, 0),
              row = tensor(I32S(2), 0, 0, 0);
    const ref tensors = LIST(tensor(I32S(3, 2), 0, 0, 0), tensor(I32S(1), INT32, 1, 0), tensor(scalar, INT32, 2, 0),
                             tensor(scalar, INT32, 3, 0), list_of_tensors, list_of_tensors, tensor(scalar, INT32, 0, 0),
                             row, list_of_tensors, tensor(I32S(1, 2), 0, 0, 0), tensor(scalar, INT32, 0, 0));
    const ref operators =
        LIST(operator(OF_RESERVE, I32S(SHAPE, N), I32S(MADE), 0),
             operator(OF_FROM, I32S(X, SHAPE), I32S(ROWS), 0), operator(OF_LENGTH, I32S(MADE), I32S(COUNT), 0),
                                                               operator(OF_GET, I32S(ROWS, COUNT, SHAPE), I32S(ROW), 0),
                                                               operator(OF_SET, I32S(MADE, k->fed ? FED : ONE, ROW),
                                                                        I32S(FILLED), 0),
                                                               operator(OF_STACK, I32S(k->stacked, SHAPE), I32S(Y), 0));
    const ref graph = subgraph(tensors, k->fed ? I32S(X, FED) : I32S(X), I32S(Y), operators);
    const ref codes = LIST(code(CUSTOM, "FlexTensorListReserve"), code(CUSTOM, "FlexTensorListFromTensor"),
                           code(CUSTOM, "FlexTensorListSetItem"), code(CUSTOM, "FlexTensorListGetItem"),
                           code(CUSTOM, "TensorListStack"), code(CUSTOM, "FlexTensorListLength"));
    const ref buffers = LIST(table(NULL, 0), buffer(&k->shape, 4), buffer(&k->n, 4), buffer(&k->index, 4));
    return finish(model(codes, LIST(graph), buffers));
}

/* y for x = {1, 2}, {3, 4}, {5, 6}. */
static void expect(const knobs *k, const char *name, const float y[4]) {
    static const float x[6] = {1, 2, 3, 4, 5, 6};
    run_file(make(k), name, x, 6, y, 4);
}

static void refuse(const knobs *k, octet_status status, const char *words) { refuse_file(make(k), status, words); }

static void elements_are_values(void **state) {
    (void)state;
    knobs k = usual;
    expect(&k, "TENSOR_LIST", (const float[4]){0, 0, 5, 6});
    k.index = 0, expect(&k, NULL, (const float[4]){5, 6, 0, 0});
    k = usual, k.stacked = MADE, expect(&k, NULL, (const float[4]){0, 0, 0, 0}); /* which setting has not changed */
}

static void what_is_not_known_is_refused(void **state) {
    (void)state;
    knobs k = usual;
    k.fed = true,
    refuse(&k, OCTET_UNSUPPORTED, "TensorListSetItem #4: an index or length is no int32 that the file decides");
    k = usual, k.index = 2, refuse(&k, OCTET_LIMIT, "TensorListSetItem #4: 2 is not between 0 and 1");
    k = usual, k.n = 3, refuse(&k, OCTET_LIMIT, "TensorListGetItem #3: 3 is not between 0 and 2");
    k = usual, k.n = INT32_MAX, refuse(&k, OCTET_LIMIT, "TensorListReserve #0: 2147483647 is not between 0 and 4096");
    k = usual, k.n = 0, k.stacked = MADE, k.index = 0, refuse(&k, OCTET_LIMIT, "is not between 0 and -1");
    k = usual, k.stacked = MADE, k.shape = -1,
    refuse(&k, OCTET_UNSUPPORTED, "TensorListStack #5 reads an element that nothing has set");
    k = usual, k.stacked = X, refuse(&k, OCTET_MODEL, "TensorListStack #5: tensor 0 is no list");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(elements_are_values),
        cmocka_unit_test(what_is_not_known_is_refused),
    };
    octet_context_init(ctx);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
