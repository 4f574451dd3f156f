#include "kernels/fast/columns.h"

#include <string.h>

#include "kernels/fast/pairs.h"
#include "kernels/fast/select.h"

enum { LANES = OCTET_COLUMNS_LANES, STEP = OCTET_BINS_STEP, L1_BYTES = 28 << 10, L2_BYTES = 256 << 10, MIN_STEPS = 8 };
enum { MOST_VECTORS = OCTET_COLUMNS_VECTORS, FEW_VECTORS = 5, MIN_OUTPUTS = 32 };
/* Outputs from which packing windows that overlap, each for itself, is little of the work. */
enum { MANY_OUTPUTS = 128 };
/* Panels that are looked at before it is decided. */
enum { SAMPLES = 4 };
/* Times are estimated in vector instructions for 8 windows by 1 output, of which a Xeon of 2023 runs three in a cycle.
 * They were fitted to depths of 64 to 2048, with Gaussian and uniform weights. */
#define STEP_COST 0.58   /* of a step, beside the instructions: loads */
#define PROGRAM_COST 8.0 /* of a program: sums are stored, loaded and transposed */
#define LOOP_COST                                                                                                     \
    30.0                /* of a kind of bins in a block, however many its vectors: the loop's end comes as a surprise \
                         */
#define WIDE_COST 4.0   /* of a step by vpmaddwd */
#define PAIRS_COST 3.0  /* of a cycle as pairs.h counts them */
#define OTHER_COST 1.15 /* what both of them take on top */
#define WORTH 0.97

static uint32_t divide_up(size_t a, size_t b) { return (uint32_t)((a + b - 1) / b); }

/* Everything but programs and constants. */
static octet_status make(octet_context *ctx, octet_arena *arena, const octet_window_shape *shape, octet_columns *c) {
    OCTET_TRY(octet_windows_make(ctx, arena, shape, 1, true, &c->windows));
    c->n_panels = divide_up(c->n_outputs, LANES);
    c->segment_steps = divide_up(c->windows.segment_elements, STEP);
    c->n_steps = c->segment_steps * c->windows.n_segments;
    c->n_vectors = divide_up(c->windows.n_positions, LANES);
    /* As many vectors as stay in the first-level cache with all steps, unless those are too few. */
    const size_t fit = L1_BYTES / ((size_t)c->n_steps * OCTET_COLUMNS_VECTOR_BYTES);
    c->n_blocks = divide_up(c->n_vectors, fit < FEW_VECTORS || fit > MOST_VECTORS ? MOST_VECTORS : fit);
    c->block_vectors = divide_up(c->n_vectors, c->n_blocks);
    c->step_bytes = (size_t)c->block_vectors * OCTET_COLUMNS_VECTOR_BYTES;
    c->block_bytes = c->n_steps * c->step_bytes;
    const size_t room = L1_BYTES / c->step_bytes;
    c->n_chunks = divide_up(c->n_steps, room < OCTET_BINS_MAX_STEPS ? room : OCTET_BINS_MAX_STEPS);
    c->chunk_steps = divide_up(c->n_steps, c->n_chunks);
    c->panel_major = (size_t)c->n_steps * STEP * c->n_outputs > L2_BYTES && c->n_blocks * c->block_bytes <= L2_BYTES;
    const size_t padded = c->windows.whole ? 0 : c->windows.prepared_bytes;
    c->packed_offset = (padded + OCTET_ALIGNMENT - 1) / OCTET_ALIGNMENT * OCTET_ALIGNMENT;
    OCTET_CHECK(ctx, (uint64_t)c->n_blocks * c->n_panels < UINT32_MAX, OCTET_LIMIT,
                "a product of %zu positions is too large", c->windows.n_positions);
    return OCTET_OK;
}

/* Weights [segment][element] of an output, segments padded to whole steps. */
static void pad(const octet_columns *c, const int8_t *weights, int8_t *out) {
    const size_t run = c->windows.segment_elements, padded = (size_t)c->segment_steps * STEP;
    for (uint32_t segment = 0; segment < c->windows.n_segments; segment++)
        memcpy(out + segment * padded, weights + segment * run, run);
}

typedef struct packer {
    const octet_columns *columns;
    const int8_t *weights;
    int8_t *padded;  /* room for the weights of one output, cleared */
    uint8_t *buffer; /* room for the programs of one panel */
    uint64_t cost;
} packer;

/* A panel's programs into the buffer; returns their bytes. corrections: by lane. */
static size_t pack_panel(packer *packing, uint32_t panel, uint32_t *corrections) {
    const octet_columns *c = packing->columns;
    const size_t depth = (size_t)c->windows.segment_elements * c->windows.n_segments;
    uint8_t *place = packing->buffer;
    for (uint32_t chunk = 0; chunk < c->n_chunks; chunk++) {
        const uint32_t first = chunk * c->chunk_steps, left = c->n_steps - first,
                       n = left < c->chunk_steps ? left : c->chunk_steps;
        for (uint32_t lane = 0; lane < octet_columns_width(c, panel); lane++) {
            pad(c, packing->weights + (size_t)(panel * LANES + lane) * depth, packing->padded);
            place += octet_bins_pack(packing->padded + (size_t)first * STEP, n, (uint32_t)c->step_bytes, c->kinds,
                                     place, &corrections[lane], &packing->cost);
        }
    }
    return (size_t)(place - packing->buffer);
}

static uint32_t distance_of_samples(const octet_columns *c) { return divide_up(c->n_panels, SAMPLES); }

/* Of some panels, by the kinds of bins that *c has. */
static double estimate(packer *packing) {
    const octet_columns *c = packing->columns;
    uint32_t n_outputs = 0;
    packing->cost = 0;
    for (uint32_t panel = 0; panel < c->n_panels; panel += distance_of_samples(c)) {
        uint32_t ignored[LANES] = {0};
        (void)pack_panel(packing, panel, ignored);
        n_outputs += octet_columns_width(c, panel);
    }
    const int n_loops = __builtin_popcount(c->kinds.plain) + __builtin_popcount(c->kinds.turned);
    const double of_program = PROGRAM_COST + n_loops * LOOP_COST / c->block_vectors,
                 used = (double)c->windows.n_positions / ((double)c->n_vectors * LANES);
    return ((double)packing->cost + n_outputs * (c->n_steps * STEP_COST + c->n_chunks * of_program)) / used;
}

/* Of the same panels by the better one of vpmaddwd and pairs.h. */
static octet_status estimate_others(octet_context *ctx, octet_arena *temporary, packer *packing, double *cost) {
    const octet_columns *c = packing->columns;
    const size_t depth = (size_t)c->windows.segment_elements * c->windows.n_segments;
    int8_t *steps;
    uint32_t *offsets;
    double wide = 0, cycles = 0;
    OCTET_TRY(OCTET_NEW(ctx, temporary, (size_t)c->n_steps * LANES * STEP, &steps));
    OCTET_TRY(OCTET_NEW(ctx, temporary, c->n_steps, &offsets));
    for (uint32_t panel = 0; panel < c->n_panels; panel += distance_of_samples(c)) {
        for (uint32_t lane = 0; lane < octet_columns_width(c, panel); lane++) {
            pad(c, packing->weights + (size_t)(panel * LANES + lane) * depth, packing->padded);
            for (size_t i = 0; i < c->n_steps; i++)
                memcpy(steps + (i * LANES + lane) * STEP, packing->padded + i * STEP, STEP);
        }
        octet_pairs_panel ignored;
        OCTET_TRY(octet_pairs_pack(ctx, temporary, steps, offsets, c->n_steps, &ignored, &cycles));
        wide += WIDE_COST * c->n_steps * octet_columns_width(c, panel);
    }
    const double pairs = PAIRS_COST * LANES * cycles;
    *cost = OTHER_COST * (pairs < wide ? pairs : wide);
    return OCTET_OK;
}

/* Sets the best kinds of bins. *pays: whether programs then take less time than other kernels. */
static octet_status choose(octet_context *ctx, octet_arena *temporary, packer *packing, octet_columns *c, bool *pays) {
    static const octet_bins_kinds kinds[] = {{0xC, 1}, {0xE, 1}, {0xA, 1}, {6, 1}, {5, 1}, {4, 1},
                                             {3, 1},   {2, 1},   {1, 1},   {0, 3}, {0, 2}};
    octet_bins_kinds best = {0xC, 1};
    double least = 0, others;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        c->kinds = (octet_bins_kinds){kinds[i].plain != 0 ? kinds[i].plain : best.plain, kinds[i].turned};
        const double cost = estimate(packing);
        if (i > 0 && cost >= least) continue;
        least = cost;
        best = c->kinds;
    }
    c->kinds = best;
    OCTET_TRY(estimate_others(ctx, temporary, packing, &others));
    *pays = least < WORTH * others;
    return OCTET_OK;
}

/* Bias with the zero-point correction: sum w * (x - z) = sum w * (x + 128) - (128 + z) * sum w, modulo 2^32. */
static octet_status constants(octet_context *ctx, octet_arena *arena, octet_columns *c, const octet_requantize *q,
                              const int8_t *weights, const int32_t *bias, const uint32_t *corrections) {
    const size_t lanes = ((size_t)c->n_panels * LANES + 15) / 16 * 16,
                 depth = (size_t)c->windows.segment_elements * c->windows.n_segments;
    int32_t *channel, *folded;
    OCTET_TRY(OCTET_NEW(ctx, arena, lanes, &channel));
    OCTET_TRY(octet_arena_allocate(ctx, arena, lanes * sizeof *folded, OCTET_ALIGNMENT, (void **)&folded));
    for (size_t lane = 0; lane < lanes; lane++) {
        const bool real = lane < c->n_outputs;
        int64_t total = 0;
        for (size_t k = 0; real && k < depth; k++) total += weights[lane * depth + k];
        channel[lane] = real ? (int32_t)lane : -1;
        folded[lane] = real ? (int32_t)((bias != NULL ? (uint32_t)bias[lane] : 0) + corrections[lane] -
                                        (uint32_t)total * (uint32_t)(128 + q->input_zero_point))
                            : 0;
    }
    return octet_scale_pack(ctx, arena, q, channel, lanes, folded, &c->scale);
}

static octet_status pack(octet_context *ctx, octet_arena *arena, octet_columns *c, packer *packing,
                         const octet_requantize *q, const int32_t *bias) {
    const uint8_t **programs;
    uint32_t *corrections;
    OCTET_TRY(OCTET_NEW(ctx, arena, c->n_panels, &programs));
    OCTET_TRY(OCTET_NEW(ctx, arena, (size_t)c->n_panels * LANES, &corrections));
    for (uint32_t panel = 0; panel < c->n_panels; panel++) {
        const size_t size = pack_panel(packing, panel, corrections + (size_t)panel * LANES);
        uint8_t *program;
        OCTET_TRY(octet_arena_allocate(ctx, arena, size, 1, (void **)&program));
        memcpy(program, packing->buffer, size);
        programs[panel] = program;
    }
    c->programs = programs;
    return constants(ctx, arena, c, q, packing->weights, bias, corrections);
}

octet_status octet_columns_make(octet_context *ctx, octet_arena *arena, uint32_t cpu, const octet_window_shape *shape,
                                uint32_t n_outputs, const octet_requantize *q, const int8_t *weights,
                                const int32_t *bias, octet_columns **out) {
    *out = NULL;
    const octet_columns_kernel *kernel = octet_select_columns(cpu);
    const int64_t positions = (int64_t)shape->batches * shape->out_h * shape->out_w;
    const bool overlap = shape->filter_h > 1 || shape->filter_w > 1;
    if (kernel == NULL || q->weight_zero_point != 0 || shape->groups != 1 || positions < LANES) return OCTET_OK;
    if (shape->cell_h * shape->cell_w != 1 || n_outputs < (overlap ? MANY_OUTPUTS : MIN_OUTPUTS)) return OCTET_OK;
    octet_columns *c;
    OCTET_TRY(OCTET_NEW(ctx, arena, 1, &c));
    *c = (octet_columns){.kernel = kernel, .n_outputs = n_outputs, .zero_point = q->input_zero_point};
    OCTET_TRY(make(ctx, arena, shape, c));
    if (c->n_steps < MIN_STEPS) return OCTET_OK;
    octet_arena temporary = {0};
    packer packing = {.columns = c, .weights = weights};
    octet_status status = OCTET_NEW(ctx, &temporary, (size_t)c->n_steps * STEP, &packing.padded);
    const size_t most = LANES * (c->n_chunks * octet_bins_most_bytes(0) + octet_bins_most_bytes(c->n_steps));
    if (status == OCTET_OK) status = OCTET_NEW(ctx, &temporary, most, &packing.buffer);
    bool pays = false;
    if (status == OCTET_OK) status = choose(ctx, &temporary, &packing, c, &pays);
    if (status == OCTET_OK && pays) {
        status = pack(ctx, arena, c, &packing, q, bias);
        *out = c;
    }
    octet_arena_free(ctx, &temporary);
    return status;
}

uint32_t octet_columns_units(const octet_columns *c, uint32_t phase) {
    if (phase == 0) return c->windows.whole ? 0 : (uint32_t)c->windows.shape.batches * (uint32_t)c->windows.padded_h;
    return phase == 1 ? c->n_vectors : c->n_blocks * c->n_panels;
}

size_t octet_columns_shared_bytes(const octet_columns *c) { return c->packed_offset + c->n_blocks * c->block_bytes; }

/* Vectors of the first blocks: one more than those of the last. */
static uint32_t first_vector(const octet_columns *c, uint32_t block) {
    const uint32_t n = c->n_vectors / c->n_blocks, longer = c->n_vectors % c->n_blocks;
    return block * n + (block < longer ? block : longer);
}

static void pack_windows(const octet_columns *c, const void *prepared, uint8_t *packed, uint32_t begin, uint32_t end) {
    uint32_t block = 0;
    octet_windows_cursor cursor = octet_windows_seek(&c->windows, prepared, (size_t)begin * LANES);
    for (uint32_t vector = begin; vector < end; vector++) {
        while (first_vector(c, block + 1) <= vector) block++;
        const size_t left = c->windows.n_positions - (size_t)vector * LANES;
        const uint32_t n = left < LANES ? (uint32_t)left : LANES;
        const uint8_t *rows[LANES];
        octet_windows_next(&c->windows, &cursor, n, rows);
        for (uint32_t i = n; i < LANES; i++) rows[i] = rows[0];
        c->kernel->pack(c, rows,
                        packed + block * c->block_bytes +
                            (size_t)(vector - first_vector(c, block)) * OCTET_COLUMNS_VECTOR_BYTES);
    }
}

static void multiply(const octet_columns *c, const uint8_t *packed, int8_t *output, uint32_t begin, uint32_t end) {
    for (uint32_t unit = begin; unit < end; unit++) {
        const uint32_t panel = c->panel_major ? unit / c->n_blocks : unit % c->n_panels,
                       block = c->panel_major ? unit % c->n_blocks : unit / c->n_panels;
        const uint32_t first = first_vector(c, block), vectors = first_vector(c, block + 1) - first;
        const size_t position = (size_t)first * LANES, left = c->windows.n_positions - position,
                     n = (size_t)vectors * LANES;
        c->kernel->multiply(c, panel, packed + block * c->block_bytes, vectors, left < n ? left : n,
                            output + position * c->n_outputs + (size_t)panel * LANES);
    }
}

void octet_columns_run(const octet_columns *c, uint32_t phase, const int8_t *input, void *shared, int8_t *output,
                       uint32_t begin, uint32_t end) {
    uint8_t *packed = (uint8_t *)shared + c->packed_offset;
    if (phase == 0) octet_windows_prepare_s8(&c->windows, input, c->zero_point, shared, begin, end);
    else if (phase == 1) pack_windows(c, c->windows.whole ? (const void *)input : shared, packed, begin, end);
    else multiply(c, packed, output, begin, end);
}
