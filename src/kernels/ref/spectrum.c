#include "kernels/ref/spectrum.h"

#include <string.h>

#include "kernels/ref/elementary.h"

void octet_rfft_turns(int32_t n, double *turns) {
    for (int32_t k = 0; k < n / 2; k++) {
        const double angle = -2 * 3.14159265358979323846 * k / n;
        turns[2 * k] = octet_sin_f64(angle, 1);
        turns[2 * k + 1] = octet_sin_f64(angle, 0);
    }
}

static void swap_pairs(double *x, size_t a, size_t b) {
    for (size_t i = 0; i < 2; i++) {
        const double t = x[2 * a + i];
        x[2 * a + i] = x[2 * b + i];
        x[2 * b + i] = t;
    }
}

/* n complex numbers in place: bits of the places reversed, then butterflies of growing width. */
static void transform(double *x, size_t n, const double *turns) {
    for (size_t i = 1, j = 0; i < n; i++) {
        size_t bit = n >> 1;
        for (; j & bit; bit >>= 1) j ^= bit;
        j ^= bit;
        if (i < j) swap_pairs(x, i, j);
    }
    for (size_t half = 1; half < n; half *= 2) {
        for (size_t first = 0; first < n; first += 2 * half) {
            for (size_t k = 0; k < half; k++) {
                double *a = x + 2 * (first + k), *b = a + 2 * half;
                const double *turn = turns + 2 * k * (n / (2 * half));
                const double re = b[0] * turn[0] - b[1] * turn[1], im = b[0] * turn[1] + b[1] * turn[0];
                b[0] = a[0] - re;
                b[1] = a[1] - im;
                a[0] += re;
                a[1] += im;
            }
        }
    }
}

static size_t columns_of(const octet_rfft_params *p) { return (size_t)p->fft_w / 2 + 1; }

/* A row or column, then the half spectra of all rows. */
size_t octet_rfft_memory(const octet_rfft_params *p) {
    const size_t line = (size_t)(p->fft_w > p->fft_h ? p->fft_w : p->fft_h);
    return 2 * line + 2 * (size_t)p->fft_h * columns_of(p);
}

void octet_rfft_ref(const octet_rfft_params *p, const float *input, float *output, double *memory, uint32_t begin,
                    uint32_t end) {
    const size_t rows = (size_t)p->fft_h, width = (size_t)p->fft_w, columns = columns_of(p),
                 longer = width > rows ? width : rows;
    const size_t in_h = (size_t)p->in_h, in_w = (size_t)p->in_w;
    double *line = memory, *spectra = memory + 2 * longer;
    for (uint32_t unit = begin; unit < end; unit++) {
        const float *in = input + unit * in_h * in_w;
        float *out = output + unit * rows * columns * 2;
        for (size_t y = 0; y < rows; y++) {
            for (size_t x = 0; x < width; x++) {
                line[2 * x] = y < in_h && x < in_w ? (double)in[y * in_w + x] : 0;
                line[2 * x + 1] = 0;
            }
            transform(line, width, p->turns_w);
            memcpy(spectra + 2 * y * columns, line, 2 * columns * sizeof *line);
        }
        for (size_t x = 0; x < columns; x++) {
            for (size_t y = 0; y < rows; y++) memcpy(line + 2 * y, spectra + 2 * (y * columns + x), 2 * sizeof *line);
            transform(line, rows, p->turns_h);
            for (size_t y = 0; y < rows; y++)
                for (size_t i = 0; i < 2; i++) out[2 * (y * columns + x) + i] = (float)line[2 * y + i];
        }
    }
}

void octet_complex_part_ref(octet_complex_part part, const float *input, float *output, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const float re = input[2 * i], im = input[2 * i + 1];
        if (part == OCTET_COMPLEX_REAL) output[i] = re;
        if (part == OCTET_COMPLEX_IMAG) output[i] = im;
        if (part == OCTET_COMPLEX_ABS) output[i] = (float)sqrt((double)re * (double)re + (double)im * (double)im);
    }
}
