/* Blocks of numbers are cut into two parts each: a multiple of a large unit and one of a small unit. Sums of a block's
 * parts are exact in double, so that only they go through the limbs; a number that has more bits gives its rest by
 * itself. */
#include "base/exact_sum.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum { LIMB_BITS = 32, MANTISSA_BITS = 53, BLOCK_ROWS = 1024, WIDTH = 64, LANES = 16 };

static const uint64_t low_half = 0xffffffffu;

/* Each limb but the last takes only what lies within 32 bits, and hands the rest on. */
static void carry(octet_exact_sum *sum, int from) {
    for (int i = from; i + 1 < OCTET_EXACT_LIMBS; i++) {
        const int64_t within = sum->limbs[i] & (int64_t)low_half;
        sum->limbs[i + 1] += (sum->limbs[i] - within) / ((int64_t)1 << LIMB_BITS);
        sum->limbs[i] = within;
    }
}

void octet_exact_sum_add(octet_exact_sum *sum, double x) {
    assert(isfinite(x) && fabs(x) < 0x1p270);
    if (x == 0.0) return;
    int exponent;
    const double fraction = frexp(fabs(x), &exponent); /* 0.5 <= fraction < 1 */
    uint64_t mantissa = (uint64_t)ldexp(fraction, MANTISSA_BITS);
    int at = exponent - MANTISSA_BITS - OCTET_EXACT_UNIT; /* of its lowest bit */
    if (at < 0) {
        mantissa = at > -MANTISSA_BITS ? mantissa >> -at : 0;
        at = 0;
    }
    const int limb = at / LIMB_BITS, shift = at % LIMB_BITS;
    const uint64_t low = mantissa & low_half, high = mantissa >> LIMB_BITS;
    const uint64_t parts[3] = {(low << shift) & low_half, ((low << shift) >> LIMB_BITS) + ((high << shift) & low_half),
                               (high << shift) >> LIMB_BITS};
    for (int i = 0; i < 3 && limb + i < OCTET_EXACT_LIMBS; i++)
        sum->limbs[limb + i] += x < 0.0 ? -(int64_t)parts[i] : (int64_t)parts[i];
    carry(sum, limb);
}

/* Numbers of a block: rows of `width` of them, `stride` apart. */
typedef struct block {
    const float *x;
    size_t n_rows, width, stride;
    bool squares;
} block;

static double term(const block *b, float x) { return b->squares ? (double)x * (double)x : (double)x; }

/* The least e with all terms below 2^e; false where one of them is not finite. */
static bool find_exponent(const block *b, int *e) {
    uint32_t most[WIDTH] = {0}, all = 0;
    for (size_t r = 0; r < b->n_rows; r++) {
        for (size_t c = 0; c < b->width; c++) {
            uint32_t bits;
            memcpy(&bits, &b->x[r * b->stride + c], sizeof bits);
            bits &= 0x7fffffffu;
            most[c] = bits > most[c] ? bits : most[c];
        }
    }
    for (size_t c = 0; c < b->width; c++) all = most[c] > all ? most[c] : all;
    float largest;
    memcpy(&largest, &all, sizeof largest);
    if (!isfinite(largest)) return false;
    frexpf(largest, e);
    if (b->squares) *e *= 2;
    return true;
}

/* Adding 1.5 * 2^(52 + u) and taking it away again leaves a multiple of 2^u. */
typedef struct cuts {
    double large, small;
} cuts;

static cuts cuts_for(int e) { return (cuts){ldexp(1.5, e + 52 - 40), ldexp(1.5, e + 52 - 84)}; }

/* What two parts leave of a term; 0 as a rule. */
static double rest_of(double x, cuts cut) {
    const double low = x - ((x + cut.large) - cut.large);
    return low - ((low + cut.small) - cut.small);
}

/* Sums of the parts by column. True: they leave nothing. */
static bool add_parts(const block *b, cuts cut, double *high, double *low) {
    double rests[WIDTH] = {0};
    for (size_t r = 0; r < b->n_rows; r++) {
        const float *x = b->x + r * b->stride;
        for (size_t c = 0; c < b->width; c++) {
            const double t = b->squares ? (double)x[c] * (double)x[c] : (double)x[c];
            const double h = (t + cut.large) - cut.large, rest = t - h;
            const double l = (rest + cut.small) - cut.small;
            high[c] += h;
            low[c] += l;
            rests[c] += fabs(rest - l);
        }
    }
    for (size_t c = 0; c < b->width; c++)
        if (rests[c] != 0.0) return false;
    return true;
}

/* n_sums: 1, or the width of the block: a sum for each column. */
static void add_block(octet_exact_sum *sums, size_t n_sums, const block *b) {
    double high[WIDTH] = {0}, low[WIDTH] = {0};
    int e;
    if (!find_exponent(b, &e)) {
        for (size_t r = 0; r < b->n_rows; r++)
            for (size_t c = 0; c < b->width; c++)
                if (isfinite(b->x[r * b->stride + c]))
                    octet_exact_sum_add(&sums[n_sums > 1 ? c : 0], term(b, b->x[r * b->stride + c]));
        return;
    }
    const cuts cut = cuts_for(e);
    const bool is_exact = add_parts(b, cut, high, low);
    for (size_t c = 0; c < b->width; c++) {
        octet_exact_sum_add(&sums[n_sums > 1 ? c : 0], high[c]);
        octet_exact_sum_add(&sums[n_sums > 1 ? c : 0], low[c]);
    }
    for (size_t r = 0; !is_exact && r < b->n_rows; r++)
        for (size_t c = 0; c < b->width; c++)
            octet_exact_sum_add(&sums[n_sums > 1 ? c : 0], rest_of(term(b, b->x[r * b->stride + c]), cut));
}

static void add_all(octet_exact_sum *sum, const float *x, size_t n, bool squares) {
    const size_t n_rows = n / LANES;
    for (size_t r = 0; r < n_rows; r += BLOCK_ROWS) {
        const size_t rows = n_rows - r < BLOCK_ROWS ? n_rows - r : BLOCK_ROWS;
        add_block(sum, 1, &(block){x + r * LANES, rows, LANES, LANES, squares});
    }
    add_block(sum, 1, &(block){x + n_rows * LANES, 1, n % LANES, n % LANES, squares});
}

void octet_exact_sum_add_floats(octet_exact_sum *sum, const float *x, size_t n) { add_all(sum, x, n, false); }

void octet_exact_sum_add_squares(octet_exact_sum *sum, const float *x, size_t n) { add_all(sum, x, n, true); }

void octet_exact_sum_add_columns(octet_exact_sum *sums, const float *x, size_t n_rows, size_t n_columns) {
    for (size_t r = 0; r < n_rows; r += BLOCK_ROWS) {
        const size_t rows = n_rows - r < BLOCK_ROWS ? n_rows - r : BLOCK_ROWS;
        for (size_t c = 0; c < n_columns; c += WIDTH) {
            const size_t width = n_columns - c < WIDTH ? n_columns - c : WIDTH;
            add_block(sums + c, width, &(block){x + r * n_columns + c, rows, width, n_columns, false});
        }
    }
}

void octet_exact_sum_merge(octet_exact_sum *into, const octet_exact_sum *from) {
    for (int i = 0; i < OCTET_EXACT_LIMBS; i++) into->limbs[i] += from->limbs[i];
    carry(into, 0);
}

double octet_exact_sum_read(const octet_exact_sum *sum) {
    octet_exact_sum s = *sum;
    const bool is_negative = s.limbs[OCTET_EXACT_LIMBS - 1] < 0;
    for (int i = 0; is_negative && i < OCTET_EXACT_LIMBS; i++) s.limbs[i] = -s.limbs[i];
    carry(&s, 0);
    int top = OCTET_EXACT_LIMBS - 1;
    while (top > 0 && s.limbs[top] == 0) top--;
    /* The three highest limbs hold 65 significant bits or more; what lies below only says that it is there. */
    uint64_t bits = (uint64_t)s.limbs[top], next = top > 0 ? (uint64_t)s.limbs[top - 1] : 0;
    uint64_t rest = top > 1 ? (uint64_t)s.limbs[top - 2] : 0;
    int exponent = OCTET_EXACT_UNIT + LIMB_BITS * top;
    bool more = false;
    for (int i = 0; i < top - 2; i++) more = more || s.limbs[i] != 0;
    bits = bits << LIMB_BITS | next; /* the highest limb is below 2^32 */
    exponent -= LIMB_BITS;
    while (bits != 0 && bits >> 63 == 0) { /* bits of `rest` move up */
        bits = bits << 1 | (rest >> (LIMB_BITS - 1) & 1);
        rest = rest << 1 & low_half;
        exponent--;
    }
    if (more || rest != 0) bits |= 1;
    const double magnitude = ldexp((double)bits, exponent);
    return is_negative ? -magnitude : magnitude;
}
