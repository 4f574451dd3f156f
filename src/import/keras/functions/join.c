/* Functions that put tensors together and take them apart: concat, stack, split, unstack. */
#include <string.h>

#include "import/keras/functions/arguments.h"
#include "import/keras/functions/functions.h"

octet_status octet_keras_function_concat(octet_keras_call *call, const octet_keras_function *self) {
    (void)self;
    uint32_t values[OCTET_KERAS_MAX_INPUTS], n = 0, x;
    int32_t axis = 0;
    OCTET_TRY(octet_keras_operand_list(call, values, &n));
    OCTET_TRY(octet_keras_operand_axis(call, 1, "axis", octet_keras_shape(call, values[0])->rank,
                                       call->keras_version >= 3 ? 0 : -1, &axis));
    OCTET_TRY(octet_keras_concatenate(call, "concat", values, n, axis, &x));
    return octet_keras_return(call, x);
}

octet_status octet_keras_function_stack(octet_keras_call *call, const octet_keras_function *self) {
    (void)self;
    uint32_t values[OCTET_KERAS_MAX_INPUTS], n = 0, x;
    octet_options options = {.pack = {0, 0}};
    OCTET_TRY(octet_keras_operand_list(call, values, &n));
    OCTET_TRY(
        octet_keras_operand_axis(call, 1, "axis", octet_keras_shape(call, values[0])->rank + 1, 0, &options.pack.axis));
    options.pack.count = (int32_t)n;
    OCTET_TRY(octet_keras_emit(call, OCTET_OP_PACK, "stack", values, n, &options, &x));
    return octet_keras_return(call, x);
}

static octet_status emit_parts(octet_keras_call *call, octet_operator_code code, const uint32_t *inputs, uint32_t n,
                               const octet_options *options, int32_t n_parts) {
    const char *name = NULL;
    if (n_parts < 1 || n_parts > OCTET_KERAS_MAX_OUTPUTS)
        return octet_keras_refuse(call, "gives %d tensors, 1 to %d are supported", n_parts, OCTET_KERAS_MAX_OUTPUTS);
    OCTET_TRY(octet_arena_format(call->ctx, call->arena, &name, "%s/split", call->path));
    call->n_outputs = (uint32_t)n_parts;
    return octet_graph_emit(call->ctx, call->graph, code, call->layer->name, name, inputs, n, options, call->outputs,
                            call->n_outputs);
}

octet_status octet_keras_function_unstack(octet_keras_call *call, const octet_keras_function *self) {
    (void)self;
    uint32_t x;
    octet_options options = {.pack = {0, 0}};
    OCTET_TRY(octet_keras_operand_x(call, &x));
    OCTET_TRY(octet_keras_operand_axis(call, 2, "axis", octet_keras_shape(call, x)->rank, 0, &options.pack.axis));
    options.pack.count = octet_keras_shape(call, x)->dims[options.pack.axis];
    if (options.pack.count <= OCTET_MAX_RANK) { /* parts of a shape stay known */
        bool is_known = false;
        call->n_outputs = (uint32_t)options.pack.count;
        OCTET_TRY(octet_keras_fold(call, OCTET_OP_UNPACK, "unstack", &x, 1, &options, OCTET_MAX_RANK, call->outputs,
                                   call->n_outputs, &is_known));
        if (is_known) return OCTET_OK;
    }
    return emit_parts(call, OCTET_OP_UNPACK, &x, 1, &options, options.pack.count);
}

/* A list of one number is one size (Keras 3: one cut), a number is a number of parts. */
static octet_status is_list(octet_keras_call *call, const char *words, bool *out) {
    const octet_keras_argument *given = NULL;
    OCTET_TRY(octet_keras_operand(call, 1, words, &given));
    *out = given != NULL && (given->kind == OCTET_KERAS_LIST ||
                             octet_json_kind_of(octet_keras_unwrap(given->constant)) == OCTET_JSON_ARRAY);
    return OCTET_OK;
}

octet_status octet_keras_function_split(octet_keras_call *call, const octet_keras_function *self) {
    static const char words[] = "num_or_size_splits indices_or_sections size_splits num_split";
    uint32_t x, inputs[3];
    int32_t sizes[OCTET_KERAS_MAX_OUTPUTS], n = 0, axis = 0;
    bool is_cut = call->layer->is_operation, has_list = false;
    OCTET_TRY(octet_keras_operand_x(call, &x));
    OCTET_TRY(octet_keras_operand_i32s(call, 1, words, OCTET_KERAS_MAX_OUTPUTS - 1, sizes, &n));
    OCTET_TRY(is_list(call, words, &has_list));
    const int32_t usual = self->variant == NULL ? 0 : self->variant[0] == 'h' ? 1 : self->variant[0] == 'd' ? 2 : 0;
    OCTET_TRY(octet_keras_operand_axis(call, 2, "axis split_dim", octet_keras_shape(call, x)->rank, usual, &axis));
    const int32_t length = octet_keras_shape(call, x)->dims[axis];
    OCTET_TRY(octet_keras_i32_scalar(call, "split/split_dim", axis, &inputs[0]));
    inputs[1] = x;
    const bool is_number = n == 1 && !has_list;
    const bool is_uneven = is_number && sizes[0] > 0 && sizes[0] < OCTET_KERAS_MAX_OUTPUTS && length % sizes[0] != 0;
    if (is_uneven && self->variant != NULL && self->variant[0] == 'a') {
        n = sizes[0]; /* array_split: the first parts have a cell more */
        for (int32_t i = n - 1; i >= 0; i--) sizes[i] = length / n + (i < length % n);
        is_cut = false;
    } else if (is_number) {
        if (sizes[0] < 1 || length % sizes[0] != 0)
            return octet_keras_contradict(call, "%d cells cannot be split into %d equal parts", length, sizes[0]);
        const octet_options options = {.split = {sizes[0]}};
        return emit_parts(call, OCTET_OP_SPLIT, inputs, 2, &options, sizes[0]);
    }
    if (n < 1) return octet_keras_refuse(call, "is not told into how many parts");
    if (is_cut) { /* Keras 3 gives the places of the cuts */
        int32_t begin = 0;
        for (int32_t i = 0; i <= n; i++) {
            const int32_t end = i < n ? sizes[i] : length;
            if (end < begin || end > length)
                return octet_keras_contradict(call, "its cuts are not ascending places in %d cells", length);
            sizes[i] = end - begin;
            begin = end;
        }
        n++;
    }
    int64_t total = 0;
    int32_t open = -1;
    for (int32_t i = 0; i < n; i++) {
        if (sizes[i] < 0) open = i;
        else total += sizes[i];
    }
    if (open >= 0) sizes[open] = length - (int32_t)(total < length ? total : length), total += sizes[open];
    if (total != length) return octet_keras_contradict(call, "its parts do not make up %d cells", length);
    const octet_options options = {.split = {n}};
    inputs[2] = inputs[0];
    inputs[0] = x;
    OCTET_TRY(octet_keras_i32s(call, "split/sizes", sizes, n, &inputs[1]));
    return emit_parts(call, OCTET_OP_SPLIT_V, inputs, 3, &options, n);
}

/* hstack joins along axis 1 (0 of vectors), vstack along axis 0, dstack along axis 2. */
octet_status octet_keras_function_join(octet_keras_call *call, const octet_keras_function *self) {
    uint32_t values[OCTET_KERAS_MAX_INPUTS], n = 0, x;
    OCTET_TRY(octet_keras_operand_list(call, values, &n));
    const int32_t axis = self->variant[0] == 'h' ? 1 : self->variant[0] == 'd' ? 2 : 0;
    if (octet_keras_shape(call, values[0])->rank < (axis == 2 ? 3 : 2))
        return octet_keras_refuse(call, "is supported for %d dimensions and more", axis == 2 ? 3 : 2);
    OCTET_TRY(octet_keras_concatenate(call, "concat", values, n, axis, &x));
    return octet_keras_return(call, x);
}

/* keras.ops.append: two tensors, one behind the other; flat where no axis is named. */
octet_status octet_keras_function_append(octet_keras_call *call, const octet_keras_function *self) {
    (void)self;
    uint32_t x[2];
    int32_t axis = 0;
    OCTET_TRY(octet_keras_operand_pair(call, &x[0], &x[1]));
    for (int32_t i = 0; i < 2; i++) OCTET_TRY(octet_keras_operand_flat(call, -1, "axis", 0, &x[i], &axis));
    OCTET_TRY(octet_keras_concatenate(call, "concat", x, 2, axis, &x[0]));
    return octet_keras_return(call, x[0]);
}
