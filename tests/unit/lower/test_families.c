/* Families of operators: each binds every operator that the list gives it, and refuses all others, so that an operator
 * that is new in a family cannot pass for an old one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lower/families.h"
#include "support/every_operator.h"

typedef struct family {
    octet_bind_function *bind;
    const char *name;
} family;

static const family families[OCTET_N_OPERATORS] = {
#define ROW(name, options, family, operands) [OCTET_OP_##name] = {octet_bind_##family, #family},
    OCTET_OPERATOR_LIST(ROW)
#undef ROW
};

static uint32_t n_members(octet_bind_function *bind) {
    uint32_t n = 0;
    for (int i = 0; i < OCTET_N_OPERATORS; i++) n += families[i].bind == bind;
    return n;
}

/* Binds an operator of a graph by the family of `code`. */
static octet_status bind_as(octet_context *ctx, const octet_graph *graph, const octet_operator *op, int code) {
    octet_arena arena = {0};
    octet_binder binder = {.ctx = ctx, .graph = graph, .arena = &arena};
    octet_step step = {.n_inputs = op->n_inputs,
                       .n_outputs = op->n_outputs,
                       .inputs = op->inputs,
                       .outputs = op->outputs,
                       .absorbed = OCTET_NONE};
    const octet_status status = families[code].bind(&binder, op, &step);
    octet_arena_free(ctx, &arena);
    return status;
}

static void families_bind_their_operators_and_no_others(void **state) {
    (void)state;
    const uint32_t n_rows = sizeof every_rows / sizeof every_rows[0];
    for (uint32_t row = 0; row < n_rows; row++) {
        octet_context ctx;
        octet_graph *graph;
        octet_context_init(&ctx);
        if (every_operator(&ctx, row, row + 1, &graph) != OCTET_OK) fail_msg("%s", ctx.message);
        const octet_operator *op = &graph->operators[0];
        assert_int_equal(op->code, every_rows[row].code);
        if (bind_as(&ctx, graph, op, (int)op->code) != OCTET_OK) fail_msg("%s", ctx.message);
        for (int i = 0; i < OCTET_N_OPERATORS; i++) {
            octet_context quiet;
            octet_context_init(&quiet);
            if (families[i].bind == families[op->code].bind || n_members(families[i].bind) == 1) continue;
            octet_operator foreign = *op; /* whose options mean nothing to this family */
            memset(&foreign.options, 0, sizeof foreign.options);
            if (bind_as(&quiet, graph, &foreign, i) == OCTET_OK)
                fail_msg("%s binds %s", families[i].name, octet_operator_name(op->code));
        }
        octet_graph_destroy(&ctx, graph);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(families_bind_their_operators_and_no_others)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
