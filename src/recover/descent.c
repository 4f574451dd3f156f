#include "recover/descent.h"

#include <math.h>

enum { N_SWEEPS = 4 };

static float clamp(float q) { return q < -127.0f ? -127.0f : q > 127.0f ? 127.0f : q; }

/* One element at a time, so that vectors of any width give the same. */
static void add_multiple(const float *row, float factor, size_t n, float *sums) {
    for (size_t i = 0; i < n; i++) sums[i] += factor * row[i];
}

void octet_descent_round(const float *h, size_t n, const float *w, float *q, float *scratch) {
    float *products = scratch; /* e H */
    for (size_t j = 0; j < n; j++) {
        q[j] = clamp(roundf(w[j]));
        products[j] = 0.0f;
    }
    for (size_t j = 0; j < n; j++) add_multiple(h + j * n, q[j] - w[j], n, products);
    for (int sweep = 0; sweep < N_SWEEPS; sweep++)
        for (size_t j = 0; j < n; j++) {
            const float *row = h + j * n;
            if (!(row[j] > 0.0f)) continue;
            const float best = clamp(roundf(q[j] - products[j] / row[j]));
            if (best == q[j]) continue;
            add_multiple(row, best - q[j], n, products);
            q[j] = best;
        }
}
