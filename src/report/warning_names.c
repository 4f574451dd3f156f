#include "report/warning_names.h"

#include <string.h>

const char *const octet_warning_names[OCTET_N_WARNINGS + 1] = {
    [OCTET_WARNING_FEW_SAMPLES] = "few-samples",
    [OCTET_WARNING_REPEATS] = "repeats",
    [OCTET_WARNING_UNSETTLED] = "unsettled",
    [OCTET_WARNING_OUTLIER] = "outlier",
    [OCTET_WARNING_CONSTANT_SAMPLES] = "constant-samples",
    [OCTET_WARNING_NOISE_SAMPLES] = "noise-samples",
    [OCTET_WARNING_MISSING_CLASSES] = "missing-classes",
    [OCTET_WARNING_FIRST_LAYERS] = "first-layers",
    [OCTET_WARNING_OTHER_RANGE] = "other-range",
    [OCTET_WARNING_SCALING] = "scaling",
    [OCTET_WARNING_FOLDERS] = "folders",
    [OCTET_WARNING_OUTPUTS] = "outputs",
    [OCTET_WARNING_JOINED_PARTS] = "joined-parts",
    [OCTET_WARNING_NARROW_COLUMNS] = "narrow-columns",
    [OCTET_WARNING_LOST_COLUMNS] = "lost-columns",
    [OCTET_WARNING_FIDELITY] = "fidelity",
    [OCTET_WARNING_NOT_FINITE] = "not-finite",
    [OCTET_WARNING_ONE_CLASS] = "one-class",
    [OCTET_WARNING_ERROR] = "error",
    [OCTET_WARNING_ACCURACY] = "accuracy",
    [OCTET_WARNING_RECOVERY] = "recovery",
    [OCTET_N_WARNINGS] = NULL,
};

static octet_status find(octet_context *ctx, const char *word, size_t length, uint32_t *silenced) {
    for (uint32_t w = 0; w < OCTET_N_WARNINGS; w++) {
        if (strlen(octet_warning_names[w]) != length || strncmp(octet_warning_names[w], word, length) != 0) continue;
        *silenced |= 1u << w;
        return OCTET_OK;
    }
    return octet_context_fail(ctx, OCTET_USAGE,
                              "silence: '%.*s' is no warning; its name stands in brackets behind each of them, as in "
                              "%s,%s",
                              (int)length, word, octet_warning_names[0], octet_warning_names[1]);
}

octet_status octet_warnings_read(octet_context *ctx, const char *text, uint32_t *silenced) {
    *silenced = 0;
    if (text == NULL || text[0] == '\0') return OCTET_OK;
    for (;;) {
        const size_t length = strcspn(text, ",");
        OCTET_TRY(find(ctx, text, length, silenced));
        if (text[length] == '\0') return OCTET_OK;
        text += length + 1;
    }
}

void octet_warning_put(const octet_warning_list *list, octet_warning warning, const char *text) {
    if ((list->silenced >> warning & 1u) != 0 || *list->n >= list->most) return;
    list->texts[*list->n] = text;
    list->names[*list->n] = octet_warning_names[warning];
    (*list->n)++;
}

void octet_warnings_write_member(octet_json_writer *json, const char *const *texts, const char *const *names,
                                 uint32_t n) {
    octet_json_begin_array(json, "warnings", n > 0 ? OCTET_JSON_LINES : OCTET_JSON_TIGHT);
    for (uint32_t i = 0; i < n; i++) {
        octet_json_begin_object(json, NULL, OCTET_JSON_LINE);
        octet_json_write_string(json, "name", names[i]);
        octet_json_write_string(json, "message", texts[i]);
        octet_json_end(json);
    }
    octet_json_end(json);
}
