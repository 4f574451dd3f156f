/* recover/islands.h - the layers whose move to other numbers gains most.
 * In:  a float graph, how it is quantized, samples, how many layers may move.
 * Out: the same graph with operators marked (octet_island); what each move gains and costs.
 * Knows: that a move is worth what half of the samples say of one that the other half chose.
 * Does not know: names of layers; how a file is written. */
#ifndef OCTET_RECOVER_ISLANDS_H
#define OCTET_RECOVER_ISLANDS_H

#include "recover/outcome.h"
#include "recover/step.h"

/* What octet_recover_source.islands leads to. */
typedef struct octet_island_search {
    uint32_t most_float, most_int16; /* layers that may move */
    bool corrects_bias;              /* bias correction follows: errors count without their mean */
    const char *const *names;        /* of the layer of each operator of the source's graph; operators of one name move
                                        together */
    octet_moves moves;               /* out, in the order in which they were made */
} octet_island_search;

/* A step (step.h): marks up to most_float layers FLOAT, then up to most_int16 INT16, and what stands between them
 * (quant/islands.h); replaces the moves. Greedy: each round tries layers whose results gain most noise, alone and
 * with those that read them, at most eight results and 64 trials in all, on at most 64 runs; it takes the one with most
 * gain per layer. It ends where the best of one half of the runs does not gain on the other (gate.h). n_changed counts
 * layers. Nothing changes with a single run. The same for any number of threads. Errors: those of quantizing and
 * preparing, NOMEM, LIMIT. */
octet_status octet_recover_islands(octet_context *ctx, const octet_recover_source *source, octet_recovered *out);

#endif
