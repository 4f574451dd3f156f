#include "kernels/ref/eigen.h"

#include <string.h>

#include "kernels/ref/target.h"

enum { LANES = OCTET_EIGEN_LANES, ROWS = OCTET_EIGEN_ROWS };

/* K is cut so that a panel of both operands fits 32 KiB: (32768 - 16*4*4) / ((16 + 4) * 4) rounded down to a multiple
 * of 8. */
enum { MAX_BLOCK = 400 };

static int32_t block_length(int32_t depth) {
    if (depth <= MAX_BLOCK || depth % MAX_BLOCK == 0) return MAX_BLOCK;
    return MAX_BLOCK - 8 * ((MAX_BLOCK - 1 - depth % MAX_BLOCK) / (8 * (depth / MAX_BLOCK + 1)));
}

size_t octet_eigen_packed_size(int32_t channels, int32_t depth) {
    return (size_t)((channels + LANES - 1) / LANES) * LANES * (size_t)depth;
}

void octet_eigen_pack(const float *weights, int32_t channels, int32_t depth, float *panels) {
    memset(panels, 0, octet_eigen_packed_size(channels, depth) * sizeof *panels);
    for (int32_t c = 0; c < channels; c++) {
        float *panel = panels + (int64_t)(c / LANES) * LANES * depth + c % LANES;
        for (int32_t k = 0; k < depth; k++) panel[(int64_t)k * LANES] = weights[(int64_t)c * depth + k];
    }
}

/* Complete panels: one sum per output, k ascending. */
OCTET_INLINE void add_in_order(const float *panel, const float *const *x, int32_t n_rows, int32_t n,
                               float sums[ROWS][LANES]) {
    if (n_rows == ROWS) {
        for (int32_t k = 0; k < n; k++) {
            for (int32_t r = 0; r < ROWS; r++) {
                for (int32_t lane = 0; lane < LANES; lane++)
                    sums[r][lane] += x[r][k] * panel[(int64_t)k * LANES + lane];
            }
        }
        return;
    }
    for (int32_t r = 0; r < n_rows; r++) {
        for (int32_t k = 0; k < n; k++) {
            for (int32_t lane = 0; lane < LANES; lane++) sums[r][lane] += x[r][k] * panel[(int64_t)k * LANES + lane];
        }
    }
}

/* Sums of 8 or 4 channels that are left over: even and odd k apart, in whole groups of 8; then the rest. */
OCTET_INLINE void add_even_odd(const float *panel, const float *x, int32_t n, float *sums) {
    float odd[LANES] = {0};
    const int32_t grouped = n / 8 * 8;
    for (int32_t k = 0; k < grouped; k += 2) {
        for (int32_t lane = 0; lane < LANES; lane++) sums[lane] += x[k] * panel[(int64_t)k * LANES + lane];
        for (int32_t lane = 0; lane < LANES; lane++) odd[lane] += x[k + 1] * panel[(int64_t)(k + 1) * LANES + lane];
    }
    for (int32_t lane = 0; lane < LANES; lane++) sums[lane] += odd[lane];
    for (int32_t k = grouped; k < n; k++) {
        for (int32_t lane = 0; lane < LANES; lane++) sums[lane] += x[k] * panel[(int64_t)k * LANES + lane];
    }
}

/* Sums of the last 1 to 3 channels: eight sums over k modulo 8, joined as (0+2)+(4+6) and (1+3)+(5+7); then pairs; then
 * the last k. */
OCTET_INLINE void add_quads(const float *panel, const float *x, int32_t n, float *sums) {
    for (int32_t lane = 0; lane < LANES; lane++) {
        float part[8] = {0};
        const int32_t grouped = n / 8 * 8, paired = n / 2 * 2;
        for (int32_t k = 0; k < grouped; k++) part[k % 8] += x[k] * panel[(int64_t)k * LANES + lane];
        float low = (part[0] + part[2]) + (part[4] + part[6]), high = (part[1] + part[3]) + (part[5] + part[7]);
        for (int32_t k = grouped; k < paired; k += 2) {
            low += x[k] * panel[(int64_t)k * LANES + lane];
            high += x[k + 1] * panel[(int64_t)(k + 1) * LANES + lane];
        }
        sums[lane] = low + high;
        if (paired < n) sums[lane] += x[paired] * panel[(int64_t)paired * LANES + lane];
    }
}

/* One panel, all of K, up to 4 rows: block sums from 0, added in order. */
OCTET_INLINE void multiply_panel(const float *panel, const float *const *x, int32_t n_rows, int32_t depth,
                                 int32_t channels, float out[ROWS][LANES]) {
    const int32_t length = block_length(depth);
    memset(out, 0, sizeof(float) * ROWS * LANES);
    for (int32_t first = 0; first < depth; first += length) {
        const int32_t n = depth - first < length ? depth - first : length;
        const float *block = panel + (int64_t)first * LANES;
        const float *rows[ROWS];
        float sums[ROWS][LANES] = {{0}};
        for (int32_t r = 0; r < n_rows; r++) rows[r] = x[r] + first;
        if (channels >= LANES || n_rows < ROWS) {
            add_in_order(block, rows, n_rows, n, sums);
        } else {
            const int32_t in_fours = channels / 4 * 4;
            for (int32_t r = 0; r < n_rows; r++) {
                float quads[LANES];
                add_even_odd(block, rows[r], n, sums[r]);
                if (in_fours == channels) continue;
                add_quads(block, rows[r], n, quads);
                for (int32_t lane = in_fours; lane < channels; lane++) sums[r][lane] = quads[lane];
            }
        }
        for (int32_t r = 0; r < n_rows; r++) {
            for (int32_t lane = 0; lane < LANES; lane++) out[r][lane] += sums[r][lane];
        }
    }
}

/* Eight lanes to one: halves, then (0+2)+(1+3). */
OCTET_INLINE float join8(const float *lane) {
    const float a = lane[0] + lane[4], b = lane[1] + lane[5], c = lane[2] + lane[6], d = lane[3] + lane[7];
    return (a + c) + (b + d);
}

/* Row of a matrix by a vector. `is_last_alone`: the last of an odd number of
 * rows adds a group of four before the rest. */
OCTET_INLINE float matrix_by_vector(const float *row, const float *x, int32_t n, bool is_last_alone) {
    float lanes[8] = {0};
    int32_t k = 0;
    for (; k + 8 <= n; k += 8) {
        for (int32_t lane = 0; lane < 8; lane++) lanes[lane] += row[k + lane] * x[k + lane];
    }
    float sum = join8(lanes);
    if (is_last_alone) {
        float four[4] = {0};
        for (; k + 4 <= n; k += 4) {
            for (int32_t lane = 0; lane < 4; lane++) four[lane] += row[k + lane] * x[k + lane];
        }
        sum += (four[0] + four[2]) + (four[1] + four[3]);
    }
    for (; k < n; k++) sum += row[k] * x[k];
    return sum;
}

/* Inner product: two groups of 8 lanes in turn. */
OCTET_INLINE float inner_product(const float *a, const float *b, int32_t n) {
    float first[8], second[8];
    const int32_t eights = n / 8 * 8, sixteens = n / 16 * 16;
    float sum;
    int32_t k = eights;
    if (eights == 0) {
        sum = n > 0 ? a[0] * b[0] : 0.0f;
        k = 1;
    } else {
        for (int32_t lane = 0; lane < 8; lane++) first[lane] = a[lane] * b[lane];
        if (eights > 8) {
            for (int32_t lane = 0; lane < 8; lane++) second[lane] = a[8 + lane] * b[8 + lane];
            for (int32_t i = 16; i < sixteens; i += 16) {
                for (int32_t lane = 0; lane < 8; lane++) first[lane] += a[i + lane] * b[i + lane];
                for (int32_t lane = 0; lane < 8; lane++) second[lane] += a[i + 8 + lane] * b[i + 8 + lane];
            }
            for (int32_t lane = 0; lane < 8; lane++) first[lane] += second[lane];
            if (eights > sixteens) {
                for (int32_t lane = 0; lane < 8; lane++) first[lane] += a[sixteens + lane] * b[sixteens + lane];
            }
        }
        sum = join8(first);
    }
    for (; k < n; k++) sum += a[k] * b[k];
    return sum;
}

/* The patch of one output pixel: [FH,FW,C], zero where it lies outside. */
static void gather(const octet_conv_2d_params *p, const float *input, int32_t pixel, float *patch) {
    const int32_t ox = pixel % p->out_w, oy = pixel / p->out_w % p->out_h, sample = pixel / p->out_w / p->out_h;
    for (int32_t ky = 0; ky < p->filter_h; ky++) {
        for (int32_t kx = 0; kx < p->filter_w; kx++, patch += p->in_c) {
            const int32_t y = oy * p->stride_h - p->pad_top + ky * p->dilation_h,
                          x = ox * p->stride_w - p->pad_left + kx * p->dilation_w;
            if (y < 0 || y >= p->in_h || x < 0 || x >= p->in_w) {
                memset(patch, 0, sizeof *patch * (size_t)p->in_c);
            } else {
                memcpy(patch, input + (((int64_t)sample * p->in_h + y) * p->in_w + x) * p->in_c,
                       sizeof *patch * (size_t)p->in_c);
            }
        }
    }
}

/* Which of Eigen's products computes one row of outputs, if it is not the general one. */
OCTET_INLINE bool special_row(const octet_eigen_params *p, const float *x, int32_t row, const float *weights,
                              float *out) {
    const int32_t depth = p->depth, channels = p->channels;
    const bool is_vector = p->n_rows == 1 || channels == 1;
    const bool is_tiny = depth + channels + p->n_rows < 20;
    if (!is_vector && !is_tiny) return false;
    for (int32_t c = 0; c < channels; c++) {
        const float *w = weights + (int64_t)c * depth;
        if (!is_vector || (p->n_rows == 1 && channels == 1)) {
            out[c] = inner_product(w, x, depth);
        } else if (p->n_rows == 1) {
            out[c] = matrix_by_vector(w, x, depth, channels % 2 == 1 && c == channels - 1);
        } else {
            out[c] = matrix_by_vector(x, w, depth, p->n_rows % 2 == 1 && row == p->n_rows - 1);
        }
    }
    return true;
}

OCTET_TARGET_AVX2
void octet_eigen_product(const octet_eigen_params *p, const float *input, const float *weights, const float *bias,
                         float *output, float *patches, int32_t begin, int32_t end) {
    for (int32_t unit = begin; unit < end; unit++) {
        const int32_t first = unit * ROWS, n_rows = p->n_rows - first < ROWS ? p->n_rows - first : ROWS;
        const float *x[ROWS];
        for (int32_t r = 0; r < n_rows; r++) {
            x[r] = p->conv != NULL ? patches + (int64_t)r * p->depth : input + (int64_t)(first + r) * p->depth;
            if (p->conv != NULL) gather(p->conv, input, first + r, patches + (int64_t)r * p->depth);
        }
        float *out = output + (int64_t)first * p->channels;
        bool is_done = false;
        for (int32_t r = 0; r < n_rows; r++)
            is_done = special_row(p, x[r], first + r, weights, out + (int64_t)r * p->channels);
        for (int32_t c = 0; !is_done && c < p->channels; c += LANES) {
            const int32_t lanes = p->channels - c < LANES ? p->channels - c : LANES;
            float sums[ROWS][LANES];
            multiply_panel(p->panels + (int64_t)c * p->depth, x, n_rows, p->depth, lanes, sums);
            for (int32_t r = 0; r < n_rows; r++)
                memcpy(out + (int64_t)r * p->channels + c, sums[r], sizeof(float) * (size_t)lanes);
        }
        for (int32_t r = 0; r < n_rows; r++, out += p->channels) {
            for (int32_t c = 0; c < p->channels; c++)
                out[c] = octet_clamp_f32(bias != NULL ? out[c] + bias[c] : out[c], p->real_min, p->real_max);
        }
    }
}

OCTET_TARGET_AVX2
void octet_eigen_depthwise(const octet_depthwise_params *p, const float *input, const float *filter, const float *bias,
                           float *output, int32_t begin, int32_t end) {
    for (int32_t unit = begin; unit < end; unit++) {
        const float *sample = input + (int64_t)(unit / p->out_h) * p->in_h * p->in_w * p->in_c;
        const int32_t origin_y = unit % p->out_h * p->stride_h - p->pad_top;
        const octet_taps rows = octet_taps_inside(origin_y, p->in_h, p->filter_h, p->dilation_h);
        float *out = output + (int64_t)unit * p->out_w * p->out_c;
        for (int32_t ox = 0; ox < p->out_w; ox++, out += p->out_c) {
            const int32_t origin_x = ox * p->stride_w - p->pad_left;
            const octet_taps columns = octet_taps_inside(origin_x, p->in_w, p->filter_w, p->dilation_w);
            for (int32_t c = 0; c < p->out_c; c++) out[c] = bias != NULL ? bias[c] : 0.0f;
            for (int32_t ky = rows.first; ky < rows.last; ky++) {
                for (int32_t kx = columns.first; kx < columns.last; kx++) {
                    const float *x =
                        sample +
                        ((int64_t)(origin_y + ky * p->dilation_h) * p->in_w + origin_x + kx * p->dilation_w) * p->in_c;
                    const float *w = filter + ((int64_t)ky * p->filter_w + kx) * p->out_c;
                    if (p->multiplier == 1) {
                        for (int32_t c = 0; c < p->out_c; c++) out[c] += x[c] * w[c];
                    } else {
                        for (int32_t c = 0; c < p->out_c; c++) out[c] += x[c / p->multiplier] * w[c];
                    }
                }
            }
            for (int32_t c = 0; c < p->out_c; c++) out[c] = octet_clamp_f32(out[c], p->real_min, p->real_max);
        }
    }
}
