/* Slicing: the items of x[..., a:b:c, i, None], slice and strided_slice. */
#include <string.h>

#include "import/keras/emit/slice.h"
#include "import/keras/functions/arguments.h"
#include "import/keras/functions/functions.h"

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

octet_status octet_keras_function_getitem(octet_keras_call *call, const octet_keras_function *self) {
    (void)self;
    uint32_t input;
    const octet_keras_argument *spec = NULL;
    slice s = {0};
    OCTET_TRY(octet_keras_operand_x(call, &input));
    OCTET_TRY(octet_keras_operand(call, 1, "slice_spec key", &spec));
    if (spec == NULL || spec->kind != OCTET_KERAS_CONSTANT)
        return octet_keras_refuse(call, "is cut at a place that is not known before the model runs");
    const octet_json *items = octet_keras_unwrap(spec->constant);
    if (octet_json_kind_of(items) == OCTET_JSON_ARRAY) {
        for (size_t i = 0; i < octet_json_length(items); i++) OCTET_TRY(add_item(call, octet_json_at(items, i), &s));
    } else {
        OCTET_TRY(add_item(call, items, &s));
    }
    const octet_value *x = &call->graph->values[input];
    if (!call->graph->open_batch) name_all(&s, &x->shape);
    OCTET_TRY(octet_keras_strided_slice(call, input, s.n, s.begin, s.end, s.strides, &s.options, &input));
    return octet_keras_return(call, input);
}

/* begin and size of every dimension; a size of -1 is what is left. */
octet_status octet_keras_function_slice(octet_keras_call *call, const octet_keras_function *self) {
    (void)self;
    uint32_t x;
    int32_t begin[OCTET_MAX_RANK], size[OCTET_MAX_RANK], n[2];
    OCTET_TRY(octet_keras_operand_x(call, &x));
    const octet_shape shape = *octet_keras_shape(call, x);
    OCTET_TRY(octet_keras_operand_i32s(call, 1, "begin start_indices", OCTET_MAX_RANK, begin, &n[0]));
    OCTET_TRY(octet_keras_operand_i32s(call, 2, "size shape", OCTET_MAX_RANK, size, &n[1]));
    if (n[0] != shape.rank || n[1] != shape.rank)
        return octet_keras_refuse(call, "needs a begin and a size for every dimension");
    for (int32_t i = 0; i < shape.rank; i++) {
        const int64_t length = shape.dims[i];
        if (size[i] == -1 && begin[i] >= 0 && begin[i] <= length) size[i] = (int32_t)(length - begin[i]);
        if (begin[i] < 0 || size[i] < 0 || (int64_t)begin[i] + size[i] > length)
            return octet_keras_contradict(call, "cuts outside of its %d cells", (int)length);
    }
    OCTET_TRY(octet_keras_slice(call, "Slice", x, begin, size, &x));
    return octet_keras_return(call, x);
}

/* tf.strided_slice with numbers; slicing by [] is a getitem. */
octet_status octet_keras_function_strided_slice(octet_keras_call *call, const octet_keras_function *self) {
    const octet_keras_argument *begin = NULL;
    OCTET_TRY(octet_keras_operand(call, -1, "begin", &begin));
    if (begin == NULL) return octet_keras_function_getitem(call, self);
    uint32_t inputs[4];
    int32_t values[3][OCTET_MAX_RANK], n[3];
    static const char *const words[3] = {"begin", "end", "strides"};
    OCTET_TRY(octet_keras_operand_x(call, &inputs[0]));
    for (int32_t i = 0; i < 3; i++)
        OCTET_TRY(octet_keras_operand_i32s(call, i + 1, words[i], OCTET_MAX_RANK, values[i], &n[i]));
    if (n[2] < 0) {
        for (n[2] = 0; n[2] < n[0]; n[2]++) values[2][n[2]] = 1;
    }
    if (n[0] < 1 || n[1] != n[0] || n[2] != n[0])
        return octet_keras_refuse(call, "needs begin, end and strides of one length");
    for (uint32_t i = 0; i < 3; i++) OCTET_TRY(octet_keras_i32s(call, words[i], values[i], n[0], &inputs[i + 1]));
    octet_options options = {.strided_slice = {0}};
    const struct {
        const char *word;
        int32_t *mask;
    } masks[5] = {{"begin_mask", &options.strided_slice.begin_mask},
                  {"end_mask", &options.strided_slice.end_mask},
                  {"ellipsis_mask", &options.strided_slice.ellipsis_mask},
                  {"new_axis_mask", &options.strided_slice.new_axis_mask},
                  {"shrink_axis_mask", &options.strided_slice.shrink_axis_mask}};
    for (int32_t i = 0; i < 5; i++)
        OCTET_TRY(octet_keras_operand_i32s(call, 4 + i, masks[i].word, 1, masks[i].mask, &n[1]));
    OCTET_TRY(octet_keras_layer_known(call, OCTET_OP_STRIDED_SLICE, "strided_slice", inputs, 4, &options, &inputs[0]));
    return octet_keras_return(call, inputs[0]);
}
