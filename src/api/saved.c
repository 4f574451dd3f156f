/* Files of statistics and of evaluations: which is which, and what is in one. */
#include "api/observe.h"
#include "formats/kind.h"
#include "report/gathered.h"

octet_status octet_saved_kind_of(octet_context *ctx, const char *path, octet_saved_kind *out) {
    octet_file_kind kind;
    OCTET_TRY(octet_file_kind_of_path(ctx, path, &kind));
    *out = kind == OCTET_FILE_STATISTICS   ? OCTET_SAVED_STATISTICS
           : kind == OCTET_FILE_EVALUATION ? OCTET_SAVED_EVALUATION
                                           : OCTET_SAVED_NEITHER;
    return OCTET_OK;
}

static octet_gathered gather_facts(const octet_statistics *statistics, const char *path) {
    octet_calibration seen = OCTET_CALIBRATION_INIT;
    uint32_t n = 0;
    octet_statistics_describe(statistics, &seen);
    octet_gathered gathered = {
        .path = path,
        .facts = {seen.n_samples, seen.n_distinct, seen.last_tenth, seen.enough_samples},
        .parts = statistics->parts,
        .raw_min = seen.raw_min,
        .raw_max = seen.raw_max,
        .min = seen.min,
        .max = seen.max,
        .scaling = statistics->scaling,
        .n_activations = statistics->n_rows,
        .fingerprint = statistics->fingerprint,
        .keeps_state = statistics->keeps_state,
    };
    for (uint32_t m = 0; octet_calibration_names[m] != NULL; m++) {
        const uint32_t needed = octet_narrow_kinds((octet_observe_method)m);
        if ((statistics->kinds & needed) == needed) gathered.methods[n++] = octet_calibration_names[m];
    }
    return gathered;
}

octet_status octet_statistics_render(octet_context *ctx, const octet_statistics *statistics, const char *path,
                                     octet_rendering as, char **out) {
    octet_buffer buffer = {0};
    const octet_gathered gathered = gather_facts(statistics, path);
    const octet_status status = as == OCTET_AS_JSON ? octet_gathered_write_json(ctx, &gathered, &buffer)
                                                    : octet_gathered_write_text(ctx, &gathered, &buffer);
    return octet_api_give_text(ctx, &buffer, status, out);
}
