#include "recover/covariance.h"

/* Columns that are multiplied with another one at a time. */
enum { TILE = 4 };

typedef struct covariance_job {
    const int16_t *columns;
    size_t n, n_rows, column;
    double *means;
    float *out;
} covariance_job;

static int32_t sum_of(const int16_t *x, size_t n) {
    int32_t sum = 0;
    for (size_t i = 0; i < n; i++) sum += x[i];
    return sum;
}

static void find_means(void *user, uint32_t thread, uint32_t begin, uint32_t end) {
    const covariance_job *job = user;
    (void)thread;
    for (uint32_t j = begin; j < end; j++)
        job->means[j] = (double)sum_of(job->columns + j * job->column, job->column) / (double)job->n_rows;
}

static void multiply_four(const int16_t *a, size_t stride, const int16_t *b, size_t n, int32_t *out) {
    const int16_t *a1 = a + stride, *a2 = a1 + stride, *a3 = a2 + stride;
    int32_t s0 = 0, s1 = 0, s2 = 0, s3 = 0;
    for (size_t i = 0; i < n; i++) {
        s0 += a[i] * b[i];
        s1 += a1[i] * b[i];
        s2 += a2[i] * b[i];
        s3 += a3[i] * b[i];
    }
    out[0] = s0, out[1] = s1, out[2] = s2, out[3] = s3;
}

static void multiply_one(const int16_t *a, const int16_t *b, size_t n, int32_t *out) {
    int32_t sum = 0;
    for (size_t i = 0; i < n; i++) sum += a[i] * b[i];
    *out = sum;
}

/* Row and column i of the covariances, for each i of a tile, from i on. */
static void multiply_tiles(void *user, uint32_t thread, uint32_t begin, uint32_t end) {
    const covariance_job *job = user;
    (void)thread;
    for (size_t first = (size_t)begin * TILE; first < (size_t)end * TILE && first < job->n; first += TILE) {
        const size_t n_tile = job->n - first < TILE ? job->n - first : TILE;
        const int16_t *a = job->columns + first * job->column;
        for (size_t j = first; j < job->n; j++) {
            const int16_t *b = job->columns + j * job->column;
            int32_t sums[TILE];
            if (n_tile == TILE) multiply_four(a, job->column, b, job->column, sums);
            else
                for (size_t t = 0; t < n_tile; t++) multiply_one(a + t * job->column, b, job->column, &sums[t]);
            for (size_t t = 0; t < n_tile; t++) {
                const size_t i = first + t;
                const double mean = (double)sums[t] / (double)job->n_rows;
                job->out[i * job->n + j] = job->out[j * job->n + i] = (float)(mean - job->means[i] * job->means[j]);
            }
        }
    }
}

static void damp(const covariance_job *job) {
    double sum = 0.0;
    for (size_t i = 0; i < job->n; i++) sum += (double)job->out[i * job->n + i];
    const float more = (float)(0.2 * sum / (double)job->n);
    for (size_t i = 0; i < job->n; i++) job->out[i * job->n + i] += more;
}

void octet_covariance_make(const int16_t *columns, size_t n, size_t n_rows, size_t column, octet_pool *pool,
                           double *means, float *out) {
    covariance_job job = {columns, n, n_rows, column, means, out};
    octet_pool_run(pool, 0, find_means, &job, (uint32_t)n, 0);
    octet_pool_run(pool, 0, multiply_tiles, &job, (uint32_t)((n + TILE - 1) / TILE), 1);
    damp(&job);
}
