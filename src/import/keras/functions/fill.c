/* Tensors of numbers that are known: zeros, ones, fill, range. */
#include <math.h>
#include <string.h>

#include "import/keras/functions/arguments.h"
#include "import/keras/functions/functions.h"
#include "import/keras/names.h"

/* A number everywhere in a shape that is known: of an operand (zeros_like, ones_like, full_like), or stated (zeros,
 * ones, fill, full). */
octet_status octet_keras_function_fill(octet_keras_call *call, const octet_keras_function *self) {
    uint32_t x;
    int32_t dims[OCTET_MAX_RANK], n_dims = 0;
    double number = self->code == OCTET_OP_ZEROS_LIKE ? 0.0 : 1.0;
    const char *variant = self->variant != NULL ? self->variant : "";
    const bool is_like = octet_keras_word_in(variant, "like"), is_fill = octet_keras_word_in(variant, "full");
    octet_type type = OCTET_FLOAT32;
    octet_shape shape;
    if (is_like) {
        OCTET_TRY(octet_keras_operand_x(call, &x));
        shape = *octet_keras_shape(call, x);
        type = call->graph->values[x].type;
    } else {
        OCTET_TRY(octet_keras_operand_i32s(call, 0, "shape dims", OCTET_MAX_RANK, dims, &n_dims));
        if (n_dims < 0) return octet_keras_refuse(call, "is given no shape");
        shape = octet_shape_make(n_dims, dims);
        OCTET_TRY(octet_shape_check(call->ctx, &shape, call->path));
    }
    if (is_fill) OCTET_TRY(octet_keras_operand_f64(call, 1, "value fill_value", 0.0, &number));
    const octet_keras_argument *argument = NULL;
    OCTET_TRY(octet_keras_operand(call, is_fill ? 2 : 1, "dtype", &argument));
    const octet_json *dtype = argument != NULL ? argument->constant : octet_json_get(call->layer->config, "dtype");
    const char *name = octet_json_text(dtype);
    if (name != NULL)
        type = strcmp(name, "bool") == 0 ? OCTET_BOOL : strcmp(name, "int32") == 0 ? OCTET_INT32 : OCTET_FLOAT32;
    const size_t n = octet_shape_elements(&shape);
    const char *full = NULL;
    void *data = NULL;
    OCTET_TRY(octet_arena_array(call->ctx, call->arena, n, sizeof(float), &data));
    for (size_t i = 0; i < n; i++) {
        if (type == OCTET_BOOL) ((bool *)data)[i] = number != 0.0;
        else if (type == OCTET_INT32) ((int32_t *)data)[i] = (int32_t)fmax(INT32_MIN, fmin(INT32_MAX, number));
        else ((float *)data)[i] = (float)number;
    }
    OCTET_TRY(octet_arena_format(call->ctx, call->arena, &full, "%s/like", call->path));
    OCTET_TRY(octet_graph_add_constant(call->ctx, call->graph, full, type, &shape, data, &x));
    return octet_keras_return(call, x);
}

/* range(limit) or range(start, limit, delta), of numbers and known sizes: a constant. */
octet_status octet_keras_function_range(octet_keras_call *call, const octet_keras_function *self) {
    (void)self;
    enum { MAX_NUMBERS = 1 << 20 };
    int32_t start = 0, limit = 0, delta = 1, n_given[3];
    const octet_keras_argument *argument = NULL;
    const char *full = NULL;
    void *data = NULL;
    uint32_t x;
    OCTET_TRY(octet_keras_operand_i32s(call, 0, "start", 1, &start, &n_given[0]));
    OCTET_TRY(octet_keras_operand_i32s(call, 1, "limit", 1, &limit, &n_given[1]));
    OCTET_TRY(octet_keras_operand_i32s(call, 2, "delta", 1, &delta, &n_given[2]));
    OCTET_TRY(octet_keras_operand(call, 3, "dtype", &argument));
    if (n_given[1] < 0) {
        limit = start;
        start = 0;
    }
    const int64_t span = delta > 0 ? (int64_t)limit - start : (int64_t)start - limit,
                  step = delta > 0 ? delta : -(int64_t)delta;
    if (step == 0 || span < 1 || (span - 1) / step >= MAX_NUMBERS)
        return octet_keras_refuse(call, "is a range from %d to %d by %d; it must have 1 to %d numbers", start, limit,
                                  delta, MAX_NUMBERS);
    const char *dtype = argument != NULL ? octet_json_text(argument->constant) : NULL;
    const octet_type type = dtype != NULL && strstr(dtype, "float") != NULL ? OCTET_FLOAT32 : OCTET_INT32;
    const octet_shape shape = {.rank = 1, .dims = {(int32_t)((span - 1) / step + 1)}};
    OCTET_TRY(octet_arena_array(call->ctx, call->arena, (size_t)shape.dims[0], sizeof(float), &data));
    for (int32_t i = 0; i < shape.dims[0]; i++) {
        const int32_t number = (int32_t)(start + (int64_t)i * delta);
        if (type == OCTET_INT32) ((int32_t *)data)[i] = number;
        else ((float *)data)[i] = (float)number;
    }
    OCTET_TRY(octet_arena_format(call->ctx, call->arena, &full, "%s/range", call->path));
    OCTET_TRY(octet_graph_add_constant(call->ctx, call->graph, full, type, &shape, data, &x));
    return octet_keras_return(call, x);
}
