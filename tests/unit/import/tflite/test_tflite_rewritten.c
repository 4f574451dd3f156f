/* Operators of a .tflite that become others while the file is read: RANK, EMBEDDING_LOOKUP, ADD_N. */
#include "support/tflite_run.h"

enum { INT32 = OCTET_TENSOR_TYPE_INT32, FLOAT32 = OCTET_TENSOR_TYPE_FLOAT32 };
enum { OF_RANK, OF_LOOKUP, OF_ADD_N };
enum { X, RANK, TABLE_OF_ROWS, ROW, Y };

/* y = x + row + row, where the row of the table is the one whose number is the rank of x [1,2]: 2. */
typedef struct knobs {
    int rank_type, row_type;
    int n_summands, n_lookup;
} knobs;

static const knobs usual = {INT32, FLOAT32, 3, 2};

static octet_buffer make(const knobs *k) {
    static const float rows[3][2] = {{1, 2}, {3, 4}, {10, -20}};
    const ref scalar = vector(NULL, 0, 4);
    const ref tensors =
        LIST(tensor(I32S(1, 2), FLOAT32, 0, 0), tensor(scalar, k->rank_type, 0, 0), tensor(I32S(3, 2), FLOAT32, 1, 0),
             tensor(I32S(2), k->row_type, 0, 0), tensor(I32S(1, 2), FLOAT32, 0, 0));
    const int32_t lookup[2] = {RANK, TABLE_OF_ROWS}, summands[3] = {X, ROW, ROW};
    const ref looked_up = vector(lookup, (size_t)k->n_lookup, 4), added = vector(summands, (size_t)k->n_summands, 4);
    const ref operators = LIST(operator(OF_RANK, I32S(X), I32S(RANK), 0), operator(OF_LOOKUP, looked_up, I32S(ROW), 0),
                                                                          operator(OF_ADD_N, added, I32S(Y), 0));
    const ref graph = subgraph(tensors, I32S(X), I32S(Y), operators);
    const ref codes =
        LIST(code(OCTET_BUILTIN_RANK, ""), code(OCTET_BUILTIN_EMBEDDING_LOOKUP, ""), code(OCTET_BUILTIN_ADD_N, ""));
    return finish(model(codes, LIST(graph), LIST(table(NULL, 0), buffer(rows, sizeof rows))));
}

static void they_compute_the_same(void **state) {
    (void)state;
    static const float x[2] = {0.5f, 7};
    knobs k = usual;
    /* The rank is known, so two additions and the lookup are left. */
    assert_int_equal(run_file(make(&k), NULL, x, 2, (const float[2]){20.5f, -33}, 2), 3);
    k.n_summands = 2;
    assert_int_equal(run_file(make(&k), NULL, x, 2, (const float[2]){10.5f, -13}, 2), 2);
}

static void what_is_no_such_operator_is_refused(void **state) {
    (void)state;
    knobs k = usual;
    k.rank_type = FLOAT32, refuse_file(make(&k), OCTET_MODEL, "RANK #0 gives an int32");
    k = usual, k.n_lookup = 1, refuse_file(make(&k), OCTET_MODEL, "EMBEDDING_LOOKUP #1 takes ids and a table");
    k = usual, k.n_summands = 1, refuse_file(make(&k), OCTET_MODEL, "ADD_N #2 has 1 summands");
    k = usual, k.row_type = INT32,
    refuse_file(make(&k), OCTET_UNSUPPORTED, "EMBEDDING_LOOKUP #1 of float32 that gives int32 is not supported");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_compute_the_same),
        cmocka_unit_test(what_is_no_such_operator_is_refused),
    };
    octet_context_init(ctx);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
