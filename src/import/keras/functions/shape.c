/* Functions that move data: reshape, concat, slicing and their like. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "import/keras/functions/functions.h"

octet_status octet_keras_operation_reshape(octet_keras_call *call, const octet_keras_operation *self) {
    (void)self;
    uint32_t x;
    int32_t dims[OCTET_MAX_RANK], n = 0, open = -1;
    OCTET_TRY(octet_keras_operand_x(call, &x));
    OCTET_TRY(octet_keras_operand_i32s(call, 1, "shape newshape target_shape", OCTET_MAX_RANK, dims, &n));
    if (n < 0) return octet_keras_refuse(call, "is given no shape");
    int64_t product = 1;
    const int64_t wanted = (int64_t)octet_shape_elements(octet_keras_shape(call, x));
    for (int32_t i = 0; i < n; i++) {
        if (dims[i] == -1 && open < 0) open = i;
        else if (dims[i] < 0 || !octet_multiply_i64(product, dims[i], &product))
            return octet_keras_contradict(call, "its shape is not possible");
    }
    if (open >= 0 && (product == 0 || wanted % product != 0))
        return octet_keras_contradict(call, "its shape does not divide %lld elements", (long long)wanted);
    if (open < 0 && product != wanted) {
        return octet_keras_contradict(call, "its shape has %lld elements, its input %lld for one sample",
                                      (long long)product, (long long)wanted);
    }
    OCTET_TRY(octet_keras_reshape_open(call, "Reshape", x, n, dims, &x));
    return octet_keras_return(call, x);
}

octet_status octet_keras_operation_transpose(octet_keras_call *call, const octet_keras_operation *self) {
    (void)self;
    uint32_t x, seen = 0;
    int32_t perm[OCTET_MAX_RANK], n = 0;
    OCTET_TRY(octet_keras_operand_x(call, &x));
    const int32_t rank = octet_keras_shape(call, x)->rank;
    OCTET_TRY(octet_keras_operand_i32s(call, 1, "perm axes", OCTET_MAX_RANK, perm, &n));
    if (n < 0) {
        for (n = 0; n < rank; n++) perm[n] = rank - 1 - n;
    }
    for (int32_t i = 0; i < n; i++) {
        if (perm[i] < 0) perm[i] += rank;
        if (perm[i] < 0 || perm[i] >= rank || (seen >> perm[i] & 1) != 0)
            return octet_keras_contradict(call, "its axes are no order of 0 to %d", rank - 1);
        seen |= 1u << perm[i];
    }
    if (n != rank) return octet_keras_contradict(call, "has %d axes for %d dimensions", n, rank);
    OCTET_TRY(octet_keras_transpose(call, "transpose", x, perm, &x));
    return octet_keras_return(call, x);
}

octet_status octet_keras_operation_expand_dims(octet_keras_call *call, const octet_keras_operation *self) {
    (void)self;
    uint32_t x;
    int32_t axis = 0, dims[OCTET_MAX_RANK + 1];
    OCTET_TRY(octet_keras_operand_x(call, &x));
    const octet_shape shape = *octet_keras_shape(call, x);
    if (shape.rank >= OCTET_MAX_RANK)
        return octet_keras_refuse(call, "would have more than %d dimensions", OCTET_MAX_RANK);
    OCTET_TRY(octet_keras_operand_axis(call, 1, "axis", shape.rank + 1, 0, &axis));
    for (int32_t i = 0; i <= shape.rank; i++) dims[i] = i < axis ? shape.dims[i] : i == axis ? 1 : shape.dims[i - 1];
    OCTET_TRY(octet_keras_reshape(call, "ExpandDims", x, shape.rank + 1, dims, &x));
    return octet_keras_return(call, x);
}

octet_status octet_keras_operation_squeeze(octet_keras_call *call, const octet_keras_operation *self) {
    (void)self;
    uint32_t x, drop = 0;
    int32_t axes[OCTET_MAX_RANK], n = 0, dims[OCTET_MAX_RANK], rank = 0;
    OCTET_TRY(octet_keras_operand_x(call, &x));
    const octet_shape shape = *octet_keras_shape(call, x);
    OCTET_TRY(octet_keras_operand_i32s(call, 1, "axis squeeze_dims", OCTET_MAX_RANK, axes, &n));
    for (int32_t i = 0; i < n; i++) {
        const int32_t axis = axes[i] < 0 ? axes[i] + shape.rank : axes[i];
        if (axis < 0 || axis >= shape.rank || shape.dims[axis] != 1)
            return octet_keras_contradict(call, "axis %d does not have length 1", axes[i]);
        drop |= 1u << axis;
    }
    for (int32_t i = 0; i < shape.rank; i++) {
        /* Without axes the batch of one must stay: in the source it is open. */
        const bool is_dropped = n >= 0 ? (drop >> i & 1) != 0 : shape.dims[i] == 1 && i > 0;
        if (!is_dropped) dims[rank++] = shape.dims[i];
    }
    OCTET_TRY(octet_keras_reshape(call, "Squeeze", x, rank, dims, &x));
    return octet_keras_return(call, x);
}

octet_status octet_keras_operand_list(octet_keras_call *call, uint32_t *values, uint32_t *n) {
    const octet_keras_argument *list = NULL;
    OCTET_TRY(octet_keras_operand(call, 0, "values xs arrays x tensors inputs", &list));
    *n = 0;
    if (list == NULL || list->kind == OCTET_KERAS_CONSTANT || (list->kind == OCTET_KERAS_LIST && list->n_items == 0))
        return octet_keras_refuse(call, "has no list of tensors");
    if (list->kind == OCTET_KERAS_TENSOR) {
        values[(*n)++] = list->value;
        return OCTET_OK;
    }
    for (uint32_t i = 0; i < list->n_items; i++) {
        if (*n >= OCTET_KERAS_MAX_INPUTS)
            return octet_keras_refuse(call, "its list has more than %d tensors", OCTET_KERAS_MAX_INPUTS);
        OCTET_TRY(octet_keras_argument_value(call, &list->items[i], "list", &values[(*n)++]));
    }
    return OCTET_OK;
}

octet_status octet_keras_operation_concat(octet_keras_call *call, const octet_keras_operation *self) {
    (void)self;
    uint32_t values[OCTET_KERAS_MAX_INPUTS], n = 0, x;
    int32_t axis = 0;
    OCTET_TRY(octet_keras_operand_list(call, values, &n));
    OCTET_TRY(octet_keras_operand_axis(call, 1, "axis", octet_keras_shape(call, values[0])->rank,
                                       call->keras_version >= 3 ? 0 : -1, &axis));
    OCTET_TRY(octet_keras_concatenate(call, "concat", values, n, axis, &x));
    return octet_keras_return(call, x);
}

octet_status octet_keras_operation_stack(octet_keras_call *call, const octet_keras_operation *self) {
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

octet_status octet_keras_operation_unstack(octet_keras_call *call, const octet_keras_operation *self) {
    (void)self;
    uint32_t x;
    octet_options options = {.pack = {0, 0}};
    OCTET_TRY(octet_keras_operand_x(call, &x));
    OCTET_TRY(octet_keras_operand_axis(call, 2, "axis", octet_keras_shape(call, x)->rank, 0, &options.pack.axis));
    options.pack.count = octet_keras_shape(call, x)->dims[options.pack.axis];
    const octet_value *known = &call->graph->values[x];
    if (known->data != NULL && known->type == OCTET_INT32 && known->shape.rank == 1 &&
        options.pack.count <= OCTET_MAX_RANK) {
        int32_t sizes[OCTET_MAX_RANK]; /* a shape: its parts stay known */
        memcpy(sizes, known->data, (size_t)options.pack.count * sizeof *sizes);
        call->n_outputs = (uint32_t)options.pack.count;
        for (int32_t i = 0; i < options.pack.count; i++)
            OCTET_TRY(octet_keras_i32_scalar(call, "unstack", sizes[i], &call->outputs[i]));
        return OCTET_OK;
    }
    return emit_parts(call, OCTET_OP_UNPACK, &x, 1, &options, options.pack.count);
}

octet_status octet_keras_operation_split(octet_keras_call *call, const octet_keras_operation *self) {
    uint32_t x, inputs[3];
    int32_t sizes[OCTET_KERAS_MAX_OUTPUTS], n = 0, axis = 0;
    bool is_cut = call->layer->is_operation;
    OCTET_TRY(octet_keras_operand_x(call, &x));
    OCTET_TRY(octet_keras_operand_i32s(call, 1, "num_or_size_splits indices_or_sections size_splits num_split",
                                       OCTET_KERAS_MAX_OUTPUTS - 1, sizes, &n));
    const int32_t usual = self->activation == NULL     ? 0
                          : self->activation[0] == 'h' ? 1
                          : self->activation[0] == 'd' ? 2
                                                       : 0;
    OCTET_TRY(octet_keras_operand_axis(call, 2, "axis split_dim", octet_keras_shape(call, x)->rank, usual, &axis));
    const int32_t length = octet_keras_shape(call, x)->dims[axis];
    OCTET_TRY(octet_keras_i32_scalar(call, "split/split_dim", axis, &inputs[0]));
    inputs[1] = x;
    const bool is_uneven = n == 1 && sizes[0] > 0 && sizes[0] < OCTET_KERAS_MAX_OUTPUTS && length % sizes[0] != 0;
    if (is_uneven && self->activation != NULL && self->activation[0] == 'a') {
        n = sizes[0]; /* array_split: the first parts have a cell more */
        for (int32_t i = n - 1; i >= 0; i--) sizes[i] = length / n + (i < length % n);
        is_cut = false;
    } else if (n == 1) {
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

octet_status octet_keras_operation_tile(octet_keras_call *call, const octet_keras_operation *self) {
    (void)self;
    uint32_t inputs[2];
    int32_t multiples[OCTET_MAX_RANK], n = 0;
    OCTET_TRY(octet_keras_operand_x(call, &inputs[0]));
    OCTET_TRY(octet_keras_operand_i32s(call, 1, "multiples repeats", OCTET_MAX_RANK, multiples, &n));
    const int32_t rank = octet_keras_shape(call, inputs[0])->rank;
    if (n >= 0 && n < rank && call->layer->is_operation) { /* ones before the numbers that are given */
        memmove(multiples + rank - n, multiples, (size_t)n * sizeof *multiples);
        for (int32_t i = 0; i < rank - n; i++) multiples[i] = 1;
        n = rank;
    }
    if (n != rank) return octet_keras_refuse(call, "needs a number of repeats for every dimension");
    OCTET_TRY(octet_keras_i32s(call, "Tile/multiples", multiples, n, &inputs[1]));
    OCTET_TRY(octet_keras_emit(call, OCTET_OP_TILE, "Tile", inputs, 2, NULL, &inputs[0]));
    return octet_keras_return(call, inputs[0]);
}

/* The numbers of cells as int32 [rank,2]. */
static octet_status pad_pairs(octet_keras_call *call, const int32_t *pairs, int32_t rank, uint32_t *out) {
    const octet_shape shape = octet_shape_make(2, (const int32_t[]){rank, 2});
    const char *name = NULL;
    OCTET_TRY(octet_arena_format(call->ctx, call->arena, &name, "%s/Pad/paddings", call->path));
    return octet_graph_add_constant(call->ctx, call->graph, name, OCTET_INT32, &shape, pairs, out);
}

octet_status octet_keras_operation_pad(octet_keras_call *call, const octet_keras_operation *self) {
    (void)self;
    uint32_t x;
    int32_t pairs[2 * OCTET_MAX_RANK], n = 0, before[OCTET_MAX_RANK], after[OCTET_MAX_RANK];
    double value = 0.0;
    const octet_keras_argument *mode = NULL;
    OCTET_TRY(octet_keras_operand_x(call, &x));
    OCTET_TRY(octet_keras_operand_i32s(call, 1, "paddings pad_width", 2 * OCTET_MAX_RANK, pairs, &n));
    OCTET_TRY(octet_keras_operand(call, 2, "mode", &mode));
    const char *text = mode != NULL ? octet_json_text(mode->constant) : "CONSTANT";
    static const char *const modes[3] = {"constant", "reflect", "symmetric"};
    int kind = 0;
    while (kind < 3 && (text == NULL || strcasecmp(text, modes[kind]) != 0)) kind++;
    if (kind == 3) return octet_keras_refuse(call, "its mode is none of constant, reflect, symmetric");
    OCTET_TRY(octet_keras_operand_f64(call, 3, "constant_values", 0.0, &value));
    const int32_t rank = octet_keras_shape(call, x)->rank;
    if (n != 2 * rank) return octet_keras_refuse(call, "needs two numbers for each of %d dimensions", rank);
    for (int32_t i = 0; i < rank; i++) {
        before[i] = pairs[2 * i];
        after[i] = pairs[2 * i + 1];
        if (before[i] < 0 || after[i] < 0) return octet_keras_contradict(call, "pads with a negative number of cells");
    }
    if (kind == 0 && value == 0.0) {
        OCTET_TRY(octet_keras_pad(call, "Pad", x, before, after, &x));
        return octet_keras_return(call, x);
    }
    uint32_t inputs[3] = {x, OCTET_NONE, OCTET_NONE};
    const octet_options options = {.mirror_pad = {kind == 2}};
    OCTET_TRY(pad_pairs(call, pairs, rank, &inputs[1]));
    if (kind == 0) OCTET_TRY(octet_keras_scalar(call, "PadV2/constant_values", (float)value, &inputs[2]));
    OCTET_TRY(octet_keras_emit(call, kind == 0 ? OCTET_OP_PADV2 : OCTET_OP_MIRROR_PAD, "Pad", inputs, kind == 0 ? 3 : 2,
                               kind == 0 ? NULL : &options, &x));
    return octet_keras_return(call, x);
}

/* Slicing: the items of x[..., a:b:c, i, None]. */

typedef struct slice {
    int32_t begin[OCTET_MAX_RANK + 1], end[OCTET_MAX_RANK + 1], strides[OCTET_MAX_RANK + 1], n;
    octet_options options;
} slice;

static octet_status slice_bound(octet_keras_call *call, const octet_json *item, const char *key, int32_t bit,
                                int32_t *value, int32_t *mask) {
    const octet_json *bound = octet_json_get(item, key);
    int64_t number = 0;
    if (octet_json_kind_of(bound) == OCTET_JSON_NULL || octet_json_kind_of(bound) == OCTET_JSON_MISSING) {
        *value = 0;
        *mask |= bit;
        return OCTET_OK;
    }
    if (!octet_json_integer(octet_keras_unwrap(bound), &number) || number < -(1 << 30) || number > 1 << 30)
        return octet_keras_refuse(call, "is cut at a place that is not known before the model runs");
    *value = (int32_t)number;
    return OCTET_OK;
}

static octet_status add_item(octet_keras_call *call, const octet_json *item, slice *s) {
    if (s->n > OCTET_MAX_RANK - 1) return octet_keras_refuse(call, "slices more than %d dimensions", OCTET_MAX_RANK);
    const int32_t i = s->n++, bit = 1 << i;
    int64_t number = 0;
    s->begin[i] = s->end[i] = 0;
    s->strides[i] = 1;
    const char *class_name = octet_json_text(octet_json_get(item, "class_name"));
    if (octet_json_kind_of(item) == OCTET_JSON_NULL) {
        s->options.strided_slice.new_axis_mask |= bit;
    } else if ((class_name != NULL && strcmp(class_name, "__ellipsis__") == 0) || octet_json_text_is(item, "...")) {
        s->options.strided_slice.ellipsis_mask |= bit;
    } else if (octet_json_integer(item, &number)) {
        if (number < -(1 << 30) || number > 1 << 30)
            return octet_keras_contradict(call, "index %lld is outside of its input", (long long)number);
        s->begin[i] = (int32_t)number;
        s->end[i] = (int32_t)number + 1;
        if (number == -1) s->options.strided_slice.end_mask |= bit;
        s->options.strided_slice.shrink_axis_mask |= bit;
    } else if (octet_json_kind_of(item) == OCTET_JSON_OBJECT) {
        if (class_name != NULL && strcmp(class_name, "__slice__") == 0) item = octet_json_get(item, "config");
        int32_t ignored = 0;
        OCTET_TRY(slice_bound(call, item, "start", bit, &s->begin[i], &s->options.strided_slice.begin_mask));
        OCTET_TRY(slice_bound(call, item, "stop", bit, &s->end[i], &s->options.strided_slice.end_mask));
        OCTET_TRY(slice_bound(call, item, "step", bit, &s->strides[i], &ignored));
        if (ignored != 0) s->strides[i] = 1;
        if (s->strides[i] == 0) return octet_keras_contradict(call, "is cut with a step of 0");
    } else {
        return octet_keras_refuse(call, "is cut in a way that octet does not know");
    }
    return OCTET_OK;
}

/* One element or a range of a shape that is known: stays known. */
static octet_status slice_known(octet_keras_call *call, const octet_value *x, const slice *s) {
    const int32_t length = x->shape.dims[0];
    const int32_t *data = x->data;
    int32_t begin = s->begin[0] < 0 ? s->begin[0] + length : s->begin[0],
            end = s->end[0] < 0 ? s->end[0] + length : s->end[0];
    uint32_t value;
    if (s->options.strided_slice.begin_mask & 1) begin = 0;
    if (s->options.strided_slice.end_mask & 1) end = length;
    if (s->n != 1 || s->strides[0] != 1 || begin < 0 || end > length || begin > end)
        return octet_keras_refuse(call, "is cut in a way that octet does not know");
    if (s->options.strided_slice.shrink_axis_mask & 1) {
        OCTET_TRY(octet_keras_i32_scalar(call, "strided_slice", data[begin], &value));
    } else {
        OCTET_TRY(octet_keras_i32s(call, "strided_slice", data + begin, end - begin, &value));
    }
    return octet_keras_return(call, value);
}

/* What the slice does not name is taken whole; the converter names it where it knows every shape. */
static void name_all(slice *s, const octet_shape *shape) {
    if (s->options.strided_slice.ellipsis_mask != 0 || s->options.strided_slice.new_axis_mask != 0) return;
    for (int32_t bit = 1 << s->n; s->n < shape->rank; s->n++, bit <<= 1) {
        s->end[s->n] = shape->dims[s->n];
        s->strides[s->n] = 1;
        s->options.strided_slice.begin_mask |= bit;
        s->options.strided_slice.end_mask |= bit;
    }
}

octet_status octet_keras_operation_getitem(octet_keras_call *call, const octet_keras_operation *self) {
    (void)self;
    uint32_t inputs[4];
    const octet_keras_argument *spec = NULL;
    slice s = {0};
    OCTET_TRY(octet_keras_operand_x(call, &inputs[0]));
    OCTET_TRY(octet_keras_operand(call, 1, "slice_spec key", &spec));
    if (spec == NULL || spec->kind != OCTET_KERAS_CONSTANT)
        return octet_keras_refuse(call, "is cut at a place that is not known before the model runs");
    const octet_json *items = octet_keras_unwrap(spec->constant);
    if (octet_json_kind_of(items) == OCTET_JSON_ARRAY) {
        for (size_t i = 0; i < octet_json_length(items); i++) OCTET_TRY(add_item(call, octet_json_at(items, i), &s));
    } else {
        OCTET_TRY(add_item(call, items, &s));
    }
    const octet_value *x = &call->graph->values[inputs[0]];
    if (x->data != NULL && x->type == OCTET_INT32 && x->shape.rank == 1) return slice_known(call, x, &s);
    if (!call->graph->open_batch) name_all(&s, &x->shape);
    OCTET_TRY(octet_keras_i32s(call, "strided_slice/stack", s.begin, s.n, &inputs[1]));
    OCTET_TRY(octet_keras_i32s(call, "strided_slice/stack_1", s.end, s.n, &inputs[2]));
    OCTET_TRY(octet_keras_i32s(call, "strided_slice/stack_2", s.strides, s.n, &inputs[3]));
    OCTET_TRY(octet_keras_emit(call, OCTET_OP_STRIDED_SLICE, "strided_slice", inputs, 4, &s.options, &inputs[0]));
    return octet_keras_return(call, inputs[0]);
}

/* Shapes are static here: a constant. */
octet_status octet_keras_operation_shape(octet_keras_call *call, const octet_keras_operation *self) {
    (void)self;
    uint32_t x;
    OCTET_TRY(octet_keras_operand_x(call, &x));
    const octet_shape shape = *octet_keras_shape(call, x);
    OCTET_TRY(octet_keras_i32s(call, "Shape", shape.dims, shape.rank, &x));
    return octet_keras_return(call, x);
}

octet_status octet_keras_operation_reverse(octet_keras_call *call, const octet_keras_operation *self) {
    uint32_t inputs[2];
    int32_t axes[OCTET_MAX_RANK], n = 0;
    OCTET_TRY(octet_keras_operand_x(call, &inputs[0]));
    const int32_t rank = octet_keras_shape(call, inputs[0])->rank;
    OCTET_TRY(octet_keras_operand_i32s(call, 1, "axis", OCTET_MAX_RANK, axes, &n));
    if (self->activation != NULL) axes[0] = self->activation[0] == 'l' ? 1 : 0, n = 1; /* fliplr, flipud */
    if (n < 0 && call->layer->is_operation) {
        for (n = 0; n < rank; n++) axes[n] = n;
    }
    for (int32_t i = 0; i < n; i++) {
        axes[i] = axes[i] < 0 ? axes[i] + rank : axes[i];
        if (axes[i] < 0 || axes[i] >= rank)
            return octet_keras_contradict(call, "axis is outside of %d dimensions", rank);
    }
    if (n < 1) return octet_keras_refuse(call, "is not told which axis to turn round");
    OCTET_TRY(octet_keras_i32s(call, "ReverseV2/axis", axes, n, &inputs[1]));
    OCTET_TRY(octet_keras_emit(call, OCTET_OP_REVERSE_V2, "ReverseV2", inputs, 2, NULL, &inputs[0]));
    return octet_keras_return(call, inputs[0]);
}

/* resize has the centres of pixels at a half; the older functions (the row says so) have them at 0 unless they are
 * told. */
octet_status octet_keras_operation_resize(octet_keras_call *call, const octet_keras_operation *self) {
    uint32_t inputs[2];
    int32_t size[2], n = 0;
    const bool is_old = self->activation != NULL && strcmp(call->layer->class_name, "TensorFlowOpLayer") != 0;
    octet_options options = {.resize = {0}};
    const octet_keras_argument *method = NULL;
    OCTET_TRY(octet_keras_operand_x(call, &inputs[0]));
    OCTET_TRY(octet_keras_operand_i32s(call, 1, "size", 2, size, &n));
    OCTET_TRY(octet_keras_operand(call, is_old ? -1 : 2, "method interpolation", &method));
    const char *text = method != NULL ? octet_json_text(method->constant) : "bilinear";
    if (text == NULL || (strcmp(text, "bilinear") != 0 && strcmp(text, "nearest") != 0))
        return octet_keras_refuse(call, "its method is neither bilinear nor nearest");
    if (n != 2 || size[0] < 1 || size[1] < 1)
        return octet_keras_contradict(call, "its size is no pair of positive numbers");
    OCTET_TRY(octet_keras_operand_bool(call, is_old ? 2 : -1, "align_corners", false, &options.resize.align_corners));
    OCTET_TRY(octet_keras_operand_bool(call, is_old ? 4 : -1, "half_pixel_centers", !is_old,
                                       &options.resize.half_pixel_centers));
    OCTET_TRY(octet_keras_i32s(call, "resize/size", size, 2, &inputs[1]));
    OCTET_TRY(octet_keras_emit(call, text[0] == 'n' ? OCTET_OP_RESIZE_NEAREST_NEIGHBOR : self->code, "resize", inputs,
                               2, &options, &inputs[0]));
    return octet_keras_return(call, inputs[0]);
}

octet_status octet_keras_operation_block(octet_keras_call *call, const octet_keras_operation *self) {
    uint32_t x;
    int32_t size[1] = {0}, n = 0;
    OCTET_TRY(octet_keras_operand_x(call, &x));
    OCTET_TRY(octet_keras_operand_i32s(call, 1, "block_size", 1, size, &n));
    if (n != 1 || size[0] < 2) return octet_keras_contradict(call, "block_size must be at least 2");
    const octet_options options = {.block = {size[0]}};
    OCTET_TRY(octet_keras_emit(call, self->code, octet_operator_name(self->code), &x, 1, &options, &x));
    return octet_keras_return(call, x);
}

octet_status octet_keras_operation_broadcast_to(octet_keras_call *call, const octet_keras_operation *self) {
    (void)self;
    uint32_t inputs[2];
    int32_t dims[OCTET_MAX_RANK], n = 0;
    OCTET_TRY(octet_keras_operand_x(call, &inputs[0]));
    OCTET_TRY(octet_keras_operand_i32s(call, 1, "shape", OCTET_MAX_RANK, dims, &n));
    if (n < 1) return octet_keras_refuse(call, "is given no shape");
    OCTET_TRY(octet_keras_i32s(call, "BroadcastTo/shape", dims, n, &inputs[1]));
    OCTET_TRY(octet_keras_emit(call, OCTET_OP_BROADCAST_TO, "BroadcastTo", inputs, 2, NULL, &inputs[0]));
    return octet_keras_return(call, inputs[0]);
}

octet_status octet_keras_operation_swapaxes(octet_keras_call *call, const octet_keras_operation *self) {
    (void)self;
    uint32_t x;
    int32_t perm[OCTET_MAX_RANK], axes[2];
    OCTET_TRY(octet_keras_operand_x(call, &x));
    const int32_t rank = octet_keras_shape(call, x)->rank;
    OCTET_TRY(octet_keras_operand_axis(call, 1, "axis1", rank, 0, &axes[0]));
    OCTET_TRY(octet_keras_operand_axis(call, 2, "axis2", rank, 0, &axes[1]));
    for (int32_t i = 0; i < rank; i++) perm[i] = i;
    perm[axes[0]] = axes[1];
    perm[axes[1]] = axes[0];
    OCTET_TRY(octet_keras_transpose(call, "transpose", x, perm, &x));
    return octet_keras_return(call, x);
}

/* Every cell along an axis n times, or each as often as a list says: [.., c, ..] -> [.., c, 1, ..] tiled -> [.., c * n,
 * ..]. */
octet_status octet_keras_operation_repeat(octet_keras_call *call, const octet_keras_operation *self) {
    (void)self;
    uint32_t inputs[2];
    int32_t times[1024] = {0}, n = 0, axis = 0, dims[OCTET_MAX_RANK], multiples[OCTET_MAX_RANK], size = 0;
    OCTET_TRY(octet_keras_operand_x(call, &inputs[0]));
    OCTET_TRY(octet_keras_operand_i32s(call, 1, "repeats rep", 1024, times, &n));
    OCTET_TRY(octet_keras_operand_flat(call, 2, "axis", 0, &inputs[0], &axis));
    octet_shape shape = *octet_keras_shape(call, inputs[0]);
    if (n > 1 && n == shape.dims[axis]) {
        OCTET_TRY(octet_keras_repeat_rows(call, inputs[0], axis, times, n, &inputs[0]));
        return octet_keras_return(call, inputs[0]);
    }
    if (n != 1 || times[0] < 1 || shape.rank >= OCTET_MAX_RANK)
        return octet_keras_refuse(call, "needs one positive number of repeats, and an axis");
    if (__builtin_mul_overflow(shape.dims[axis], times[0], &size))
        return octet_keras_contradict(call, "makes its output too large");
    for (int32_t i = 0, j = 0; i < shape.rank; i++) {
        multiples[j] = 1;
        dims[j++] = shape.dims[i];
        if (i != axis) continue;
        multiples[j] = times[0];
        dims[j++] = 1;
    }
    OCTET_TRY(octet_keras_reshape(call, "Reshape", inputs[0], shape.rank + 1, dims, &inputs[0]));
    OCTET_TRY(octet_keras_i32s(call, "Tile/multiples", multiples, shape.rank + 1, &inputs[1]));
    OCTET_TRY(octet_keras_emit(call, OCTET_OP_TILE, "Tile", inputs, 2, NULL, &inputs[0]));
    shape.dims[axis] = size;
    OCTET_TRY(octet_keras_reshape(call, "Reshape_1", inputs[0], shape.rank, shape.dims, &inputs[0]));
    return octet_keras_return(call, inputs[0]);
}

/* A number everywhere in a shape that is known: of an operand (zeros_like, ones_like, full_like), or stated (zeros,
 * ones, fill, full). */
octet_status octet_keras_operation_fill(octet_keras_call *call, const octet_keras_operation *self) {
    uint32_t x;
    int32_t dims[OCTET_MAX_RANK], n_dims = 0;
    double number = self->code == OCTET_OP_ZEROS_LIKE ? 0.0 : 1.0;
    const bool is_like = strstr(self->names, "_like") != NULL, is_fill = self->activation != NULL;
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

/* Blocks of the rows and columns to the batch and back; sizes and cells as the file has them. */
octet_status octet_keras_operation_space_to_batch(octet_keras_call *call, const octet_keras_operation *self) {
    uint32_t inputs[3];
    int32_t block[OCTET_MAX_RANK], pairs[2 * OCTET_MAX_RANK], n[2];
    OCTET_TRY(octet_keras_operand_x(call, &inputs[0]));
    OCTET_TRY(octet_keras_operand_i32s(call, 1, "block_shape", OCTET_MAX_RANK, block, &n[0]));
    OCTET_TRY(octet_keras_operand_i32s(call, 2, "paddings crops", 2 * OCTET_MAX_RANK, pairs, &n[1]));
    if (n[0] < 1 || n[1] != 2 * n[0])
        return octet_keras_refuse(call, "needs two numbers of cells for each size of its blocks");
    OCTET_TRY(octet_keras_i32s(call, "block_shape", block, n[0], &inputs[1]));
    OCTET_TRY(pad_pairs(call, pairs, n[0], &inputs[2]));
    OCTET_TRY(octet_keras_emit(call, self->code, octet_operator_name(self->code), inputs, 3, NULL, &inputs[0]));
    return octet_keras_return(call, inputs[0]);
}

/* The last two axes, one for the other; of pictures the two before the channels. */
octet_status octet_keras_operation_matrix_transpose(octet_keras_call *call, const octet_keras_operation *self) {
    uint32_t x;
    int32_t perm[OCTET_MAX_RANK];
    OCTET_TRY(octet_keras_operand_x(call, &x));
    const int32_t rank = octet_keras_shape(call, x)->rank;
    const int32_t end = self->activation != NULL ? rank - 1 : rank;
    if (end < 2) return octet_keras_contradict(call, "reads something that is no matrix");
    for (int32_t i = 0; i < rank; i++) perm[i] = i;
    perm[end - 1] = end - 2;
    perm[end - 2] = end - 1;
    OCTET_TRY(octet_keras_transpose(call, "transpose", x, perm, &x));
    return octet_keras_return(call, x);
}

/* range(limit) or range(start, limit, delta), of numbers and known sizes: a constant. */
octet_status octet_keras_operation_range(octet_keras_call *call, const octet_keras_operation *self) {
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
