/* Sums of products: matmul; over named axes einsum, tensordot, dot, inner, outer. */
#include <string.h>

#include "base/ascii.h"
#include "import/keras/emit/gather.h"
#include "import/keras/functions/arguments.h"
#include "import/keras/functions/functions.h"

/* Axes of an operand or of the result, each with the letter that names it. Letters of an ellipsis lie above those of
 * the text. */
typedef struct labels {
    int32_t n;
    uint8_t of[OCTET_MAX_RANK];
} labels;

static int32_t find(const labels *l, uint8_t label) {
    for (int32_t i = 0; i < l->n; i++)
        if (l->of[i] == label) return i;
    return -1;
}

static void append(labels *l, uint8_t label) {
    if (l->n < OCTET_MAX_RANK) l->of[l->n++] = label;
}

/* x with its axes in the order of `order`, which names a subset: the others are summed. */
static octet_status arrange(octet_keras_call *call, uint32_t x, const labels *from, const labels *order,
                            uint32_t *out) {
    labels left = {0};
    int32_t summed[OCTET_MAX_RANK], n_summed = 0, perm[OCTET_MAX_RANK];
    bool moves = false;
    for (int32_t i = 0; i < from->n; i++) {
        if (find(order, from->of[i]) < 0) summed[n_summed++] = i;
        else append(&left, from->of[i]);
    }
    if (n_summed > 0) OCTET_TRY(octet_keras_reduce(call, OCTET_OP_SUM, "Sum", x, summed, n_summed, false, false, &x));
    for (int32_t i = 0; i < order->n; i++) {
        perm[i] = find(&left, order->of[i]);
        moves = moves || perm[i] != i;
    }
    *out = x;
    return moves ? octet_keras_transpose(call, "transpose", x, perm, out) : OCTET_OK;
}

/* The axes that a product of two has: in both and in the result, in both and summed, in one and in the result. */
typedef struct product {
    labels batch, summed, left, right;
} product;

static product sort_labels(const labels *a, const labels *b, const labels *out) {
    product p = {0};
    for (int32_t i = 0; i < a->n; i++) {
        const bool in_b = find(b, a->of[i]) >= 0, in_out = find(out, a->of[i]) >= 0;
        if (in_b) append(in_out ? &p.batch : &p.summed, a->of[i]);
        else if (in_out) append(&p.left, a->of[i]);
    }
    for (int32_t i = 0; i < b->n; i++)
        if (find(a, b->of[i]) < 0 && find(out, b->of[i]) >= 0) append(&p.right, b->of[i]);
    return p;
}

static void join(labels *l, const labels *more) {
    for (int32_t i = 0; i < more->n; i++) append(l, more->of[i]);
}

static int32_t size_of(const octet_shape *shape, const labels *l, const labels *some) {
    int32_t n = 1;
    for (int32_t i = 0; i < some->n; i++) {
        const int32_t at = find(l, some->of[i]);
        n *= at < 0 ? 1 : shape->dims[at];
    }
    return n;
}

/* The last step of both ways: [.., of the groups ..] as the result has it. */
static octet_status give_back(octet_keras_call *call, uint32_t x, const labels *groups, const int32_t *sizes,
                              const labels *out, uint32_t *result) {
    int32_t dims[OCTET_MAX_RANK];
    for (int32_t i = 0; i < groups->n; i++) dims[i] = sizes[groups->of[i]];
    const octet_shape wanted = octet_shape_make(groups->n, dims);
    if (!octet_shape_equal(octet_keras_shape(call, x), &wanted))
        OCTET_TRY(octet_keras_reshape(call, "Reshape", x, groups->n, dims, &x));
    return arrange(call, x, groups, out, result);
}

/* a times constant weights: a dense layer. */
static octet_status multiply_constant(octet_keras_call *call, uint32_t a, const labels *la, uint32_t b,
                                      const labels *lb, const product *p, const int32_t *sizes, const labels *out,
                                      uint32_t *result) {
    labels order = p->left, rows = p->right, groups = p->left;
    int32_t perm[OCTET_MAX_RANK], dims[OCTET_MAX_RANK];
    const octet_value weights = call->graph->values[b];
    const octet_shape shape = *octet_keras_shape(call, a);
    join(&order, &p->summed);
    join(&rows, &p->summed);
    join(&groups, &p->right);
    OCTET_TRY(arrange(call, a, la, &order, &a));
    for (int32_t i = 0; i < rows.n; i++) perm[i] = find(lb, rows.of[i]);
    const int32_t n_in = size_of(&shape, la, &p->summed), n_out = size_of(&weights.shape, lb, &p->right);
    OCTET_TRY(octet_keras_constant_permuted(call, "einsum/weights", NULL, weights.shape.rank, weights.shape.dims, perm,
                                            weights.data, 2, (const int32_t[]){n_out, n_in}, &b));
    if (p->summed.n != 1) {
        for (int32_t i = 0; i < p->left.n; i++) dims[i] = sizes[p->left.of[i]];
        dims[p->left.n] = n_in;
        OCTET_TRY(octet_keras_reshape(call, "Reshape", a, p->left.n + 1, dims, &a));
    }
    OCTET_TRY(octet_keras_fully_connected(call, "einsum/Einsum", a, b, OCTET_NONE, &a));
    return give_back(call, a, &groups, sizes, out, result);
}

/* The axes of a group as one. */
static octet_status as_matrix(octet_keras_call *call, uint32_t x, const labels *batch, const int32_t *sizes,
                              int32_t rows, int32_t columns, uint32_t *out) {
    int32_t dims[4], n = 0;
    if (batch->n <= 2) {
        for (int32_t i = 0; i < batch->n; i++) dims[n++] = sizes[batch->of[i]];
    } else {
        dims[n++] = 1;
        for (int32_t i = 0; i < batch->n; i++) dims[0] *= sizes[batch->of[i]];
    }
    dims[n++] = rows;
    dims[n++] = columns;
    const octet_shape wanted = octet_shape_make(n, dims);
    *out = x;
    return octet_shape_equal(octet_keras_shape(call, x), &wanted)
               ? OCTET_OK
               : octet_keras_reshape(call, "Reshape", x, n, dims, out);
}

static octet_status multiply_computed(octet_keras_call *call, uint32_t a, const labels *la, uint32_t b,
                                      const labels *lb, const product *p, const int32_t *sizes, const labels *out,
                                      uint32_t *result) {
    labels left = p->batch, right = p->batch, groups = p->batch;
    uint32_t x[2];
    const octet_shape shape_a = *octet_keras_shape(call, a), shape_b = *octet_keras_shape(call, b);
    const int32_t m = size_of(&shape_a, la, &p->left), k = size_of(&shape_a, la, &p->summed),
                  n = size_of(&shape_b, lb, &p->right);
    join(&left, &p->left);
    join(&left, &p->summed);
    join(&right, &p->summed);
    join(&right, &p->right);
    join(&groups, &p->left);
    join(&groups, &p->right);
    OCTET_TRY(arrange(call, a, la, &left, &x[0]));
    OCTET_TRY(arrange(call, b, lb, &right, &x[1]));
    OCTET_TRY(as_matrix(call, x[0], &p->batch, sizes, m, k, &x[0]));
    OCTET_TRY(as_matrix(call, x[1], &p->batch, sizes, k, n, &x[1]));
    OCTET_TRY(octet_keras_batch_matmul(call, "einsum/Einsum", x[0], x[1], &x[0]));
    return give_back(call, x[0], &groups, sizes, out, result);
}

static octet_status contract(octet_keras_call *call, uint32_t a, const labels *la, uint32_t b, const labels *lb,
                             const labels *out, uint32_t *result) {
    int32_t sizes[256] = {0};
    const labels *both[2] = {la, lb};
    const uint32_t values[2] = {a, b};
    for (size_t i = 0; i < 2; i++) {
        const octet_shape *shape = octet_keras_shape(call, values[i]);
        for (int32_t j = 0; j < both[i]->n; j++) {
            int32_t *size = &sizes[both[i]->of[j]];
            if (*size != 0 && *size != shape->dims[j])
                return octet_keras_contradict(call, "its operands do not fit each other");
            *size = shape->dims[j];
        }
    }
    const product p = sort_labels(la, lb, out);
    const bool fixed_a = octet_value_is_constant(&call->graph->values[a]),
               fixed_b = octet_value_is_constant(&call->graph->values[b]);
    if (la->n + lb->n > OCTET_MAX_RANK && p.batch.n + p.left.n + p.right.n > OCTET_MAX_RANK)
        return octet_keras_refuse(call, "gives more than %d dimensions", OCTET_MAX_RANK);
    if (fixed_b && !fixed_a && p.batch.n == 0 && p.summed.n + p.right.n == lb->n)
        return multiply_constant(call, a, la, b, lb, &p, sizes, out, result);
    if (fixed_a && !fixed_b && p.batch.n == 0 && p.summed.n + p.left.n == la->n) {
        const product turned = {p.batch, p.summed, p.right, p.left};
        return multiply_constant(call, b, lb, a, la, &turned, sizes, out, result);
    }
    return multiply_computed(call, a, la, b, lb, &p, sizes, out, result);
}

/* One operand of "abc,cd->abd". */
static octet_status parse_operand(octet_keras_call *call, const char *text, size_t length, int32_t rank, labels *out,
                                  int32_t *n_dots) {
    int32_t letters = 0;
    *out = (labels){0};
    for (size_t i = 0; i < length; i++) letters += octet_ascii_is_letter(text[i]);
    for (size_t i = 0; i < length; i++) {
        if (strchr(" \t\n\v\f\r", text[i]) != NULL) continue;
        if (strncmp(text + i, "...", 3) == 0 && i + 2 < length) {
            *n_dots = rank - letters;
            for (int32_t j = 0; j < *n_dots; j++) append(out, (uint8_t)(200 - *n_dots + j)); /* counted from the last */
            i += 2;
        } else if (octet_ascii_is_letter(text[i])) {
            append(out, (uint8_t)text[i]);
        } else {
            return octet_keras_refuse(call, "its equation has something that is no letter");
        }
    }
    if (out->n == rank) return OCTET_OK;
    return octet_keras_contradict(call, "its equation names %d axes for %d", (int)out->n, (int)rank);
}

/* An axis that an operand names twice is its diagonal: the two of them become one, which is gathered. */
static octet_status take_diagonals(octet_keras_call *call, uint32_t *x, labels *l) {
    for (int32_t i = 0; i < l->n; i++) {
        int32_t j = i + 1, perm[OCTET_MAX_RANK], n = 0;
        while (j < l->n && l->of[j] != l->of[i]) j++;
        if (j == l->n) continue;
        const octet_shape shape = *octet_keras_shape(call, *x);
        const int32_t length = shape.dims[i];
        if (shape.dims[j] != length)
            return octet_keras_contradict(call, "names two axes of different lengths by one letter");
        labels left = {0};
        octet_shape flat = {.rank = shape.rank - 1};
        for (int32_t k = 0; k < shape.rank; k++) {
            if (k == i || k == j) continue;
            append(&left, l->of[k]);
            flat.dims[n] = shape.dims[k];
            perm[n++] = k;
        }
        perm[n] = i;
        perm[n + 1] = j;
        flat.dims[n] = length * length;
        append(&left, l->of[i]);
        int32_t *places = NULL;
        OCTET_TRY(OCTET_NEW(call->ctx, call->arena, (size_t)length, &places));
        for (int32_t k = 0; k < length; k++) places[k] = k * (length + 1);
        OCTET_TRY(octet_keras_transpose(call, "transpose", *x, perm, x));
        OCTET_TRY(octet_keras_reshape(call, "Reshape", *x, flat.rank, flat.dims, x));
        OCTET_TRY(octet_keras_gather_known(call, *x, n, places, length, x));
        *l = left;
        i = -1;
    }
    return OCTET_OK;
}

enum { MOST_OPERANDS = 8 };

/* The axes of the operands and of the result. Without an arrow the result has the letters that occur once, in the order
 * of the alphabet. */
static octet_status parse(octet_keras_call *call, const char *text, const uint32_t *operands, uint32_t n, labels *in,
                          labels *out) {
    const char *arrow = strstr(text, "->");
    const size_t length = arrow != NULL ? (size_t)(arrow - text) : strlen(text);
    int32_t n_dots = 0, letters = 0;
    char ordered[64] = "";
    size_t begin = 0;
    for (uint32_t i = 0; i < n; i++) {
        const char *comma = memchr(text + begin, ',', length - begin);
        const size_t end = comma != NULL ? (size_t)(comma - text) : length;
        if ((comma == NULL) != (i + 1 == n))
            return octet_keras_contradict(call, "its equation is not for %u operands", (unsigned)n);
        OCTET_TRY(parse_operand(call, text + begin, end - begin, octet_keras_shape(call, operands[i])->rank, &in[i],
                                &n_dots));
        begin = end + 1;
    }
    if (arrow == NULL) {
        size_t at = 0;
        if (n_dots > 0) at = strlen(strcpy(ordered, "..."));
        for (int letter = 'A'; letter <= 'z'; letter++) {
            const char *first = octet_ascii_is_letter(letter) ? strchr(text, letter) : NULL;
            if (first != NULL && strchr(first + 1, letter) == NULL) ordered[at++] = (char)letter;
        }
    }
    const char *result = arrow != NULL ? arrow + 2 : ordered;
    for (const char *at = result; *at != '\0'; at++) letters += octet_ascii_is_letter(*at);
    OCTET_TRY(parse_operand(call, result, strlen(result), strstr(result, "...") != NULL ? letters + n_dots : letters,
                            out, &n_dots));
    for (int32_t i = 0; i < out->n; i++) {
        bool is_known = false;
        for (uint32_t j = 0; j < n; j++) is_known = is_known || find(&in[j], out->of[i]) >= 0;
        if (!is_known) return octet_keras_contradict(call, "its equation gives an axis that no operand has");
        for (int32_t j = 0; j < i; j++) {
            if (out->of[i] == out->of[j]) return octet_keras_contradict(call, "its equation gives an axis twice");
        }
    }
    return OCTET_OK;
}

octet_status octet_keras_function_einsum(octet_keras_call *call, const octet_keras_function *self) {
    (void)self;
    const octet_keras_argument *equation = NULL;
    uint32_t operands[MOST_OPERANDS], n = 0, x;
    labels in[MOST_OPERANDS], out;
    OCTET_TRY(octet_keras_operand(call, -1, "subscripts", &equation));
    const char *text = equation != NULL ? octet_json_text(equation->constant) : NULL;
    if (text == NULL || call->n_inputs == 0)
        return octet_keras_refuse(
            call, "its operands are not in the file (Keras 2 does not write them); use an EinsumDense, Dot or matmul");
    for (int32_t i = 0; i <= MOST_OPERANDS; i++) {
        OCTET_TRY(octet_keras_operand_value(call, i, "", &x));
        if (x == OCTET_NONE) break;
        if (n == MOST_OPERANDS)
            return octet_keras_refuse(call, "has more than %d operands; write it as several", MOST_OPERANDS);
        operands[n++] = x;
    }
    OCTET_TRY(parse(call, text, operands, n, in, &out));
    for (uint32_t i = 0; i < n; i++) OCTET_TRY(take_diagonals(call, &operands[i], &in[i]));
    /* From the left, two at a time: what they give has the axes that the result or a later operand needs. */
    for (uint32_t i = 1; i < n; i++) {
        labels kept = {0};
        for (uint32_t k = i - 1; k <= i; k++) {
            for (int32_t j = 0; j < in[k].n; j++) {
                bool is_needed = find(&out, in[k].of[j]) >= 0;
                for (uint32_t later = i + 1; later < n; later++)
                    is_needed = is_needed || find(&in[later], in[k].of[j]) >= 0;
                if (is_needed && find(&kept, in[k].of[j]) < 0) append(&kept, in[k].of[j]);
            }
        }
        OCTET_TRY(
            contract(call, operands[i - 1], &in[i - 1], operands[i], &in[i], i + 1 == n ? &out : &kept, &operands[i]));
        in[i] = i + 1 == n ? out : kept;
    }
    OCTET_TRY(arrange(call, operands[n - 1], &in[n - 1], &out, &x));
    return octet_keras_return(call, x);
}

static labels number_axes(int32_t rank, uint8_t from) {
    labels l = {0};
    for (int32_t i = 0; i < rank; i++) append(&l, (uint8_t)(from + i));
    return l;
}

/* tensordot: the pairs of axes that it is told; dot: the last with the second to last; inner: the last of both; outer:
 * none, of flat operands. */
octet_status octet_keras_function_tensordot(octet_keras_call *call, const octet_keras_function *self) {
    uint32_t x, y;
    int32_t axes[2 * OCTET_MAX_RANK], n = -1;
    OCTET_TRY(octet_keras_operand_value(call, 0, "x1 a x", &x));
    OCTET_TRY(octet_keras_operand_value(call, 1, "x2 b y", &y));
    if (x == OCTET_NONE || y == OCTET_NONE) return octet_keras_refuse(call, "has only one operand");
    if (strcmp(self->variant, "outer") == 0) {
        const int32_t sizes[2] = {(int32_t)octet_shape_elements(octet_keras_shape(call, x)),
                                  (int32_t)octet_shape_elements(octet_keras_shape(call, y))};
        OCTET_TRY(octet_keras_reshape(call, "Reshape", x, 2, (const int32_t[]){sizes[0], 1}, &x));
        OCTET_TRY(octet_keras_reshape(call, "Reshape_1", y, 2, (const int32_t[]){1, sizes[1]}, &y));
        OCTET_TRY(octet_keras_binary(call, OCTET_OP_MUL, "mul", x, y, &x));
        return octet_keras_return(call, x);
    }
    const int32_t ranks[2] = {octet_keras_shape(call, x)->rank, octet_keras_shape(call, y)->rank};
    if (ranks[0] == 0 || ranks[1] == 0) return octet_keras_refuse(call, "is given a single number");
    if (strcmp(self->variant, "tensordot") == 0)
        OCTET_TRY(octet_keras_operand_i32s(call, 2, "axes", 2 * OCTET_MAX_RANK, axes, &n));
    if (strcmp(self->variant, "dot") == 0) axes[0] = ranks[0] - 1, axes[1] = ranks[1] > 1 ? ranks[1] - 2 : 0, n = 2;
    if (strcmp(self->variant, "inner") == 0) axes[0] = ranks[0] - 1, axes[1] = ranks[1] - 1, n = 2;
    if (n == 1) { /* so many axes: the last of the one, the first of the other */
        const int32_t k = axes[0];
        if (k < 0 || k > ranks[0] || k > ranks[1]) return octet_keras_contradict(call, "joins %d axes", (int)k);
        for (int32_t i = 0; i < k; i++) axes[i] = ranks[0] - k + i, axes[k + i] = i;
        n = 2 * k;
    }
    if (n < 0 || n % 2 != 0) return octet_keras_refuse(call, "its axes are no pairs");
    const labels la = number_axes(ranks[0], 1);
    labels lb = number_axes(ranks[1], 100), out = {0};
    for (int32_t i = 0; i < n / 2; i++) {
        const int32_t p = axes[i] < 0 ? axes[i] + ranks[0] : axes[i];
        const int32_t q = axes[n / 2 + i] < 0 ? axes[n / 2 + i] + ranks[1] : axes[n / 2 + i];
        if (p < 0 || p >= ranks[0] || q < 0 || q >= ranks[1])
            return octet_keras_contradict(call, "an axis is outside of its operand");
        lb.of[q] = la.of[p];
    }
    if (la.n + lb.n - n > OCTET_MAX_RANK)
        return octet_keras_refuse(call, "gives more than %d dimensions", OCTET_MAX_RANK);
    for (int32_t i = 0; i < la.n; i++)
        if (find(&lb, la.of[i]) < 0) append(&out, la.of[i]);
    for (int32_t i = 0; i < lb.n; i++)
        if (find(&la, lb.of[i]) < 0) append(&out, lb.of[i]);
    OCTET_TRY(contract(call, x, &la, y, &lb, &out, &x));
    return octet_keras_return(call, x);
}

octet_status octet_keras_function_matmul(octet_keras_call *call, const octet_keras_function *self) {
    (void)self;
    uint32_t x[2];
    octet_options options = {.batch_matmul = {false, false, false}};
    OCTET_TRY(octet_keras_operand_pair(call, &x[0], &x[1]));
    OCTET_TRY(octet_keras_operand_bool(call, 2, "transpose_a adjoint_a", false, &options.batch_matmul.adj_x));
    OCTET_TRY(octet_keras_operand_bool(call, 3, "transpose_b adjoint_b", false, &options.batch_matmul.adj_y));
    const octet_value *right = &call->graph->values[x[1]];
    const octet_shape shape = right->shape;
    if (right->data != NULL && shape.rank == 2 && !options.batch_matmul.adj_x) {
        const int32_t perm[2] = {options.batch_matmul.adj_y ? 0 : 1, options.batch_matmul.adj_y ? 1 : 0};
        OCTET_TRY(octet_keras_constant_permuted(call, "MatMul/b", NULL, 2, shape.dims, perm, right->data, 2,
                                                (const int32_t[]){shape.dims[perm[0]], shape.dims[perm[1]]}, &x[1]));
        OCTET_TRY(octet_keras_fully_connected(call, "MatMul", x[0], x[1], OCTET_NONE, &x[0]));
    } else {
        OCTET_TRY(octet_keras_emit(call, OCTET_OP_BATCH_MATMUL, "MatMul", x, 2, &options, &x[0]));
    }
    return octet_keras_return(call, x[0]);
}
