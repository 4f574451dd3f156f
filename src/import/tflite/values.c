#include <math.h>
#include <string.h>

#include "base/utf8.h"
#include "import/tflite/packed.h"
#include "import/tflite/source.h"
#include "tflite/schema.h"
#include "tflite/types.h"

octet_status octet_tflite_read_text(octet_context *ctx, octet_tflite_source *source,
                                    const octet_flatbuffer_table *table, int field, const char *absent,
                                    const char **out) {
    const char *text;
    OCTET_TRY(octet_flatbuffer_string_field(ctx, &source->fb, table, field, &text));
    *out = absent;
    if (text == NULL) return OCTET_OK;
    char *copy;
    OCTET_TRY(octet_arena_copy(ctx, &source->graph->arena, text, strlen(text) + 1, (void **)&copy));
    octet_utf8_make_printable(copy);
    *out = copy;
    return OCTET_OK;
}

octet_status octet_tflite_find_data(octet_context *ctx, octet_tflite_source *source,
                                    const octet_flatbuffer_table *tensor, const char *name, octet_bytes *out) {
    octet_flatbuffer *fb = &source->fb;
    int32_t index, external;
    *out = (octet_bytes){0};
    OCTET_TRY(octet_flatbuffer_i32_field(ctx, fb, tensor, OCTET_TFLITE_TENSOR_EXTERNAL_BUFFER, 0, &external));
    OCTET_CHECK(ctx, external == 0, OCTET_UNSUPPORTED,
                "%s: tensor %s keeps its data in another file; save the model as one file", fb->name, name);
    OCTET_TRY(octet_flatbuffer_i32_field(ctx, fb, tensor, OCTET_TFLITE_TENSOR_BUFFER, 0, &index));
    OCTET_CHECK(ctx, (index == 0 && source->buffers.n == 0) || (uint32_t)index < source->buffers.n, OCTET_FORMAT,
                "%s: tensor %s names buffer %u of %u", fb->name, name, (uint32_t)index, source->buffers.n);
    if (index == 0) return OCTET_OK;
    octet_flatbuffer_table buffer;
    octet_flatbuffer_vector data;
    uint64_t offset, size;
    OCTET_TRY(octet_flatbuffer_element_table(ctx, fb, &source->buffers, (uint32_t)index, &buffer));
    OCTET_TRY(octet_flatbuffer_vector_field(ctx, fb, &buffer, OCTET_TFLITE_BUFFER_DATA, 1, false, &data));
    OCTET_TRY(octet_flatbuffer_u64_field(ctx, fb, &buffer, OCTET_TFLITE_BUFFER_OFFSET, 0, &offset));
    OCTET_TRY(octet_flatbuffer_u64_field(ctx, fb, &buffer, OCTET_TFLITE_BUFFER_SIZE, 0, &size));
    if (data.n > 0) {
        *out = (octet_bytes){fb->bytes.data + data.at, data.n};
    } else if (offset > 1 && size > 0) { /* 0 and 1 stand for none */
        OCTET_CHECK(ctx, octet_bytes_inside(source->bytes, offset, size), OCTET_FORMAT,
                    "%s: tensor %s has %llu bytes at %llu, behind the end of the file", fb->name, name,
                    (unsigned long long)size, (unsigned long long)offset);
        *out = (octet_bytes){source->bytes.data + offset, size};
    }
    return OCTET_OK;
}

static octet_status read_shape(octet_context *ctx, octet_tflite_source *source, const octet_flatbuffer_table *tensor,
                               const char *name, octet_shape *shape, uint8_t *open_dims) {
    octet_flatbuffer *fb = &source->fb;
    octet_flatbuffer_vector dims, signature;
    OCTET_TRY(octet_flatbuffer_vector_field(ctx, fb, tensor, OCTET_TFLITE_TENSOR_SHAPE, 4, true, &dims));
    OCTET_TRY(octet_flatbuffer_vector_field(ctx, fb, tensor, OCTET_TFLITE_TENSOR_SHAPE_SIGNATURE, 4, true, &signature));
    OCTET_CHECK(ctx, dims.n <= OCTET_MAX_RANK, OCTET_LIMIT, "%s: tensor %s has rank %u, at most %d are possible",
                fb->name, name, dims.n, OCTET_MAX_RANK);
    OCTET_CHECK(ctx, signature.n == 0 || signature.n == dims.n, OCTET_FORMAT,
                "%s: tensor %s has rank %u and a signature of %u dimensions", fb->name, name, dims.n, signature.n);
    *shape = (octet_shape){.rank = (int32_t)dims.n};
    for (uint32_t i = 0; i < dims.n; i++) {
        int32_t dim = octet_flatbuffer_i32_at(fb, &dims, i);
        OCTET_CHECK(ctx, dim >= -1, OCTET_FORMAT, "%s: tensor %s has dimension %d", fb->name, name, dim);
        const bool open = dim == -1 || (signature.n > 0 && octet_flatbuffer_i32_at(fb, &signature, i) == -1);
        if (open) *open_dims |= (uint8_t)(1u << i);
        shape->dims[i] = open ? 1 : dim;
    }
    return octet_shape_check(ctx, shape, name);
}

/* Scales, zero points and their axis, checked against shape and type. */
static octet_status read_scales(octet_context *ctx, octet_tflite_source *source, const octet_flatbuffer_table *table,
                                uint32_t index) {
    octet_flatbuffer *fb = &source->fb;
    const octet_value *value = &source->graph->values[index];
    octet_flatbuffer_vector scales, zero_points;
    OCTET_TRY(octet_flatbuffer_vector_field(ctx, fb, table, OCTET_TFLITE_QUANTIZATION_SCALE, 4, true, &scales));
    OCTET_TRY(
        octet_flatbuffer_vector_field(ctx, fb, table, OCTET_TFLITE_QUANTIZATION_ZERO_POINT, 8, true, &zero_points));
    if (scales.n == 0 || value->type == OCTET_FLOAT32 || value->type == OCTET_FLOAT16 || value->type == OCTET_BOOL)
        return OCTET_OK;
    OCTET_CHECK(ctx, zero_points.n == scales.n, OCTET_FORMAT, "%s: tensor %s has %u scales and %u zero points",
                fb->name, value->name, scales.n, zero_points.n);
    int32_t axis;
    OCTET_TRY(octet_flatbuffer_i32_field(ctx, fb, table, OCTET_TFLITE_QUANTIZATION_QUANTIZED_DIMENSION, 0, &axis));
    if (scales.n == 1 && (axis < 0 || axis >= value->shape.rank)) axis = 0;
    OCTET_CHECK(
        ctx, scales.n == 1 || (axis >= 0 && axis < value->shape.rank && (uint32_t)value->shape.dims[axis] == scales.n),
        OCTET_FORMAT, "%s: tensor %s has %u scales for dimension %d, which is not that long", fb->name, value->name,
        scales.n, axis);
    float *scale;
    int32_t *zero_point, low, high;
    octet_type_limits(value->type, &low, &high);
    OCTET_TRY(OCTET_NEW(ctx, &source->scratch, scales.n, &scale));
    OCTET_TRY(OCTET_NEW(ctx, &source->scratch, scales.n, &zero_point));
    for (uint32_t i = 0; i < scales.n; i++) {
        scale[i] = octet_flatbuffer_f32_at(fb, &scales, i);
        OCTET_CHECK(ctx, isfinite(scale[i]) && scale[i] > 0, OCTET_FORMAT,
                    "%s: tensor %s has scale %g, it must be finite and above 0", fb->name, value->name,
                    (double)scale[i]);
        const int64_t zero = octet_flatbuffer_i64_at(fb, &zero_points, i);
        OCTET_CHECK(ctx, zero >= low && zero <= high, OCTET_FORMAT,
                    "%s: tensor %s has zero point %lld, %s allows %d to %d", fb->name, value->name, (long long)zero,
                    octet_type_name(value->type), low, high);
        zero_point[i] = (int32_t)zero;
    }
    return octet_value_set_quantization(ctx, source->graph, index, scales.n, axis, scale, zero_point);
}

static octet_status read_quantization(octet_context *ctx, octet_tflite_source *source,
                                      const octet_flatbuffer_table *tensor, uint32_t index) {
    octet_flatbuffer *fb = &source->fb;
    octet_value *value = &source->graph->values[index];
    octet_flatbuffer_table table;
    octet_flatbuffer_vector min, max;
    uint8_t details;
    OCTET_TRY(octet_flatbuffer_table_field(ctx, fb, tensor, OCTET_TFLITE_TENSOR_QUANTIZATION, &table));
    OCTET_TRY(octet_flatbuffer_u8_field(ctx, fb, &table, OCTET_TFLITE_QUANTIZATION_DETAILS_TYPE, 0, &details));
    OCTET_CHECK(ctx, details == 0, OCTET_UNSUPPORTED,
                "%s: tensor %s is quantized in a way that octet does not know (details %u)", fb->name, value->name,
                details);
    OCTET_TRY(read_scales(ctx, source, &table, index));
    OCTET_TRY(octet_flatbuffer_vector_field(ctx, fb, &table, OCTET_TFLITE_QUANTIZATION_MIN, 4, true, &min));
    OCTET_TRY(octet_flatbuffer_vector_field(ctx, fb, &table, OCTET_TFLITE_QUANTIZATION_MAX, 4, true, &max));
    if (min.n == 1 && max.n == 1 && value->type == OCTET_FLOAT32 && value->data == NULL) {
        const float stated[2] = {octet_flatbuffer_f32_at(fb, &min, 0), octet_flatbuffer_f32_at(fb, &max, 0)};
        OCTET_CHECK(ctx, isfinite(stated[0]) && isfinite(stated[1]) && stated[0] <= stated[1], OCTET_FORMAT,
                    "%s: tensor %s has the range %g to %g", fb->name, value->name, (double)stated[0],
                    (double)stated[1]);
        OCTET_TRY(octet_value_state_range(ctx, source->graph, index, stated[0], stated[1]));
    }
    return OCTET_OK;
}

/* Constants stay where they are in the file when their elements can be read there. */
static octet_status set_data(octet_context *ctx, octet_tflite_source *source, uint32_t index, octet_bytes data) {
    octet_value *value = &source->graph->values[index];
    const size_t element = octet_type_size(value->type), size = octet_shape_elements(&value->shape) * element;
    OCTET_CHECK(ctx, data.size == size, OCTET_FORMAT, "%s: tensor %s needs %zu bytes, its buffer has %zu",
                source->fb.name, value->name, size, data.size);
    if ((uintptr_t)data.data % element == 0) {
        value->data = data.data;
        return OCTET_OK;
    }
    void *copy;
    OCTET_TRY(octet_arena_copy(ctx, &source->graph->arena, data.data, data.size, &copy));
    source->graph->values[index].data = copy;
    return OCTET_OK;
}

static octet_status read_value(octet_context *ctx, octet_tflite_source *source, uint32_t index) {
    octet_flatbuffer *fb = &source->fb;
    octet_flatbuffer_table tensor, sparsity;
    const char *name;
    uint8_t code, is_variable, open_dims = 0;
    uint32_t value;
    octet_type type;
    octet_shape shape;
    octet_bytes data;
    OCTET_TRY(octet_flatbuffer_element_table(ctx, fb, &source->frame->tensors, index, &tensor));
    OCTET_TRY(octet_tflite_read_text(ctx, source, &tensor, OCTET_TFLITE_TENSOR_NAME, "", &name));
    OCTET_TRY(octet_flatbuffer_u8_field(ctx, fb, &tensor, OCTET_TFLITE_TENSOR_TYPE, 0, &code));
    const bool nibbles = octet_tflite_is_nibbles(code, &type),
               is_handle = code == OCTET_TENSOR_TYPE_RESOURCE || code == OCTET_TENSOR_TYPE_VARIANT;
    if (is_handle) type = OCTET_BOOL; /* nothing reads it: import/tflite/variables.c, import/tflite/lists.c */
    OCTET_CHECK(ctx, nibbles || is_handle || octet_tensor_type_find(code, &type), OCTET_UNSUPPORTED,
                "%s: tensor %u (%.80s) has type %s (%u), which octet does not support", fb->name, index, name,
                octet_tensor_type_name(code), code);
    OCTET_TRY(octet_flatbuffer_table_field(ctx, fb, &tensor, OCTET_TFLITE_TENSOR_SPARSITY, &sparsity));
    OCTET_TRY(read_shape(ctx, source, &tensor, name, &shape, &open_dims));
    OCTET_TRY(octet_graph_add_value(ctx, source->graph, name, type, &shape, &value));
    OCTET_TRY(octet_flatbuffer_u8_field(ctx, fb, &tensor, OCTET_TFLITE_TENSOR_IS_VARIABLE, 0, &is_variable));
    source->graph->values[value].is_variable = is_variable != 0;
    source->graph->values[value].open = open_dims;
    OCTET_TRY(octet_tflite_find_data(ctx, source, &tensor, name, &data));
    const bool is_sparse = sparsity.at != 0 && data.size > 0;
    OCTET_CHECK(ctx, !nibbles || (data.size > 0 && !is_sparse), OCTET_UNSUPPORTED,
                "%s: tensor %u (%.80s) has 4-bit elements and is not a dense constant", fb->name, index, name);
    if (nibbles) OCTET_TRY(octet_tflite_unpack_nibbles(ctx, source, name, &shape, data, &data));
    if (is_sparse)
        OCTET_TRY(octet_tflite_unpack_sparse(ctx, source, &sparsity, name, &shape, octet_type_size(type), data, &data));
    if (data.size > 0 && !is_variable) OCTET_TRY(set_data(ctx, source, value, data));
    return read_quantization(ctx, source, &tensor, value);
}

static octet_status read_frame(octet_context *ctx, octet_tflite_source *source, uint32_t index) {
    octet_flatbuffer *fb = &source->fb;
    octet_tflite_frame *frame = source->frame;
    OCTET_TRY(octet_flatbuffer_element_table(ctx, fb, &source->subgraphs, index, &frame->subgraph));
    OCTET_TRY(octet_flatbuffer_vector_field(ctx, fb, &frame->subgraph, OCTET_TFLITE_SUBGRAPH_TENSORS, 4, true,
                                            &frame->tensors));
    OCTET_TRY(octet_flatbuffer_vector_field(ctx, fb, &frame->subgraph, OCTET_TFLITE_SUBGRAPH_INPUTS, 4, true,
                                            &frame->inputs));
    OCTET_TRY(octet_flatbuffer_vector_field(ctx, fb, &frame->subgraph, OCTET_TFLITE_SUBGRAPH_OUTPUTS, 4, true,
                                            &frame->outputs));
    OCTET_TRY(octet_flatbuffer_vector_field(ctx, fb, &frame->subgraph, OCTET_TFLITE_SUBGRAPH_OPERATORS, 4, true,
                                            &frame->operators));
    frame->first = source->graph->n_values;
    OCTET_TRY(OCTET_NEW(ctx, &source->scratch, frame->tensors.n, &frame->now));
    OCTET_TRY(OCTET_NEW(ctx, &source->scratch, frame->tensors.n, &frame->handles));
    OCTET_TRY(OCTET_NEW(ctx, &source->scratch, frame->tensors.n, &frame->lists));
    OCTET_TRY(OCTET_NEW(ctx, &source->scratch, frame->tensors.n, &frame->fixed));
    for (uint32_t i = 0; i < frame->tensors.n; i++) OCTET_TRY(read_value(ctx, source, i));
    frame->is_open = true;
    return OCTET_OK;
}

octet_status octet_tflite_open_frame(octet_context *ctx, octet_tflite_source *source, uint32_t index) {
    octet_tflite_frame *frame = source->frame = &source->frames[index];
    if (!frame->is_open) OCTET_TRY(read_frame(ctx, source, index));
    for (uint32_t i = 0; i < frame->tensors.n; i++) {
        const octet_value *value = &source->graph->values[frame->first + i];
        const bool is_stated = (value->data != NULL || value->is_variable) && !frame->fixed[i];
        frame->now[i] = is_stated ? frame->first + i : OCTET_NONE;
        frame->handles[i] = 0;
        frame->lists[i] = NULL;
    }
    return OCTET_OK;
}
