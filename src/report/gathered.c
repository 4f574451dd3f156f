#include "report/gathered.h"

#include <inttypes.h>

#include "base/format.h"
#include "report/text.h"

const char *octet_gathered_parts_text(const octet_parts *parts, char text[OCTET_GATHERED_TEXT]) {
    char here[OCTET_PARTS_TEXT], missing[OCTET_PARTS_TEXT];
    if (parts->n == 0) octet_format(text, OCTET_GATHERED_TEXT, "all");
    else
        octet_format(text, OCTET_GATHERED_TEXT, "%s of %" PRIu32 "; missing: %s", octet_parts_text(parts, false, here),
                     parts->n, octet_parts_text(parts, true, missing));
    return text;
}

void octet_gathered_write_parts(octet_json_writer *json, const octet_parts *parts) {
    if (parts->n == 0) return;
    octet_json_begin_object(json, "parts", OCTET_JSON_LINE);
    octet_json_write_u64(json, "of", parts->n);
    octet_json_begin_array(json, "present", OCTET_JSON_LINE);
    for (uint32_t i = 0; i < parts->n_runs; i++) {
        octet_json_begin_array(json, NULL, OCTET_JSON_LINE);
        octet_json_write_u64(json, NULL, parts->runs[i].first);
        octet_json_write_u64(json, NULL, parts->runs[i].last);
        octet_json_end(json);
    }
    octet_json_end(json);
    octet_json_end(json);
}

static octet_status write_methods(octet_context *ctx, const octet_gathered *g, octet_buffer *out) {
    OCTET_TRY(octet_buffer_format(ctx, out, "serves    "));
    for (uint32_t i = 0; g->methods[i] != NULL; i++)
        OCTET_TRY(octet_buffer_format(ctx, out, "%s%s", i > 0 ? ", " : "", g->methods[i]));
    return octet_buffer_format(ctx, out, "\n");
}

octet_status octet_gathered_write_text(octet_context *ctx, const octet_gathered *g, octet_buffer *out) {
    char a[OCTET_TEXT_SIZE], b[OCTET_TEXT_SIZE], c[OCTET_TEXT_SIZE], d[OCTET_TEXT_SIZE], parts[OCTET_GATHERED_TEXT];
    OCTET_TRY(octet_buffer_format(ctx, out, "%s%scalibration of %s samples, %s of them distinct\n",
                                  g->path != NULL ? g->path : "", g->path != NULL ? ": " : "",
                                  octet_text_count(g->facts.n_samples, a), octet_text_count(g->facts.n_distinct, b)));
    OCTET_TRY(octet_buffer_format(ctx, out, "parts     %s\n", octet_gathered_parts_text(&g->parts, parts)));
    OCTET_TRY(octet_buffer_format(ctx, out, "data      %s..%s as stored, %s..%s as the model sees them%s%s\n",
                                  octet_text_real(g->raw_min, a), octet_text_real(g->raw_max, b),
                                  octet_text_real(g->min, c), octet_text_real(g->max, d),
                                  g->scaling[0] != '\0' ? "; scaling: " : "", g->scaling));
    OCTET_TRY(write_methods(ctx, g, out));
    OCTET_TRY(octet_buffer_format(ctx, out, "model     %s activations, fingerprint %016" PRIx64 "%s\n",
                                  octet_text_count(g->n_activations, a), g->fingerprint,
                                  g->keeps_state ? "; it keeps state from sample to sample" : ""));
    if (g->parts.n != 0 || g->facts.n_samples == 0) return OCTET_OK;
    return octet_buffer_format(ctx, out,
                               "settled   the last tenth of the samples widens ranges by %.1f %% in the mean\n",
                               100.0 * g->facts.last_tenth);
}

octet_status octet_gathered_write_json(octet_context *ctx, const octet_gathered *g, octet_buffer *out) {
    octet_json_writer json = octet_json_writer_make(ctx, out);
    octet_text_json_begin(&json, "calibrate", OCTET_JSON_LINES);
    octet_json_write_string(&json, "kind", "calibration");
    if (g->path != NULL) octet_json_write_string(&json, "file", g->path);
    octet_json_write_u64(&json, "samples", g->facts.n_samples);
    octet_json_write_u64(&json, "distinct", g->facts.n_distinct);
    octet_gathered_write_parts(&json, &g->parts);
    octet_json_begin_object(&json, "data_range", OCTET_JSON_LINE);
    octet_text_json_range(&json, "stored", g->raw_min, g->raw_max);
    octet_text_json_range(&json, "model", g->min, g->max);
    octet_json_end(&json);
    octet_json_write_string(&json, "scaling", g->scaling);
    octet_json_begin_array(&json, "serves", OCTET_JSON_LINE);
    for (uint32_t i = 0; g->methods[i] != NULL; i++) octet_json_write_string(&json, NULL, g->methods[i]);
    octet_json_end(&json);
    octet_json_write_u64(&json, "activations", g->n_activations);
    char fingerprint[20];
    octet_format(fingerprint, sizeof fingerprint, "%016" PRIx64, g->fingerprint);
    octet_json_write_string(&json, "fingerprint", fingerprint);
    octet_json_write_bool(&json, "keeps_state", g->keeps_state);
    octet_json_write_real(&json, "last_tenth", g->facts.last_tenth, 6);
    octet_json_write_u64(&json, "enough_samples", g->facts.n_enough);
    octet_json_end(&json);
    return octet_json_writer_finish(&json);
}
