#include "import/keras/scope.h"

#include <stdio.h>
#include <string.h>

#include "base/ascii.h"
#include "base/hash.h"

/* A name without regard to case, and the next number to try for it. */
struct octet_keras_scope_name {
    const char *text; /* NULL: free */
    uint32_t next;
};

/* Equal for names that differ in case only. */
static size_t hash(const char *text) {
    uint64_t sum = 0;
    for (; *text != '\0'; text++) {
        const char lower = *text >= 'A' && *text <= 'Z' ? (char)(*text - 'A' + 'a') : *text;
        sum = octet_hash(sum, &lower, 1);
    }
    return (size_t)sum;
}

static struct octet_keras_scope_name *find(const octet_keras_scopes *scopes, const char *text) {
    size_t i = hash(text) & (scopes->capacity - 1);
    while (scopes->names[i].text != NULL && !octet_ascii_is_alike(scopes->names[i].text, text))
        i = (i + 1) & (scopes->capacity - 1);
    return &scopes->names[i];
}

static octet_status grow(octet_context *ctx, octet_arena *arena, octet_keras_scopes *scopes) {
    octet_keras_scopes larger = {.capacity = scopes->capacity == 0 ? 256 : 2 * scopes->capacity, .n = scopes->n};
    OCTET_TRY(OCTET_NEW(ctx, arena, larger.capacity, &larger.names));
    for (uint32_t i = 0; i < scopes->capacity; i++)
        if (scopes->names[i].text != NULL) *find(&larger, scopes->names[i].text) = scopes->names[i];
    *scopes = larger;
    return OCTET_OK;
}

/* The name itself when it is free, else with the first free number behind it. */
static octet_status take(octet_context *ctx, octet_arena *arena, octet_keras_scopes *scopes, const char *name,
                         const char **out) {
    if (2 * (scopes->n + 2) > scopes->capacity) OCTET_TRY(grow(ctx, arena, scopes));
    struct octet_keras_scope_name *entry = find(scopes, name);
    *out = name;
    if (entry->text == NULL) {
        *entry = (struct octet_keras_scope_name){name, 1};
        scopes->n++;
        return OCTET_OK;
    }
    struct octet_keras_scope_name *numbered = entry;
    while (numbered->text != NULL) {
        OCTET_TRY(octet_arena_format(ctx, arena, out, "%s_%u", name, (unsigned)entry->next++));
        numbered = find(scopes, *out);
    }
    *numbered = (struct octet_keras_scope_name){*out, 1};
    scopes->n++;
    return OCTET_OK;
}

octet_status octet_keras_scope_enter(octet_context *ctx, octet_arena *arena, octet_keras_scopes *scopes,
                                     int32_t keras_version, const char *parent, const char *name, const char **out) {
    const char *full = NULL;
    OCTET_TRY(octet_arena_format(ctx, arena, &full, "%s%s", parent, name));
    for (int i = 0; keras_version >= 3 && i < 2; i++) {
        const char *taken = NULL;
        OCTET_TRY(take(ctx, arena, scopes, full, &taken));
        if (i == 1) full = taken;
    }
    return octet_arena_format(ctx, arena, out, "%s/", full);
}

/* "SQUARED_DIFFERENCE" is "SquaredDifference", "REDUCE_MAX" is "Max"; other writings are TensorFlow's own. */
static void node_name(const char *operator_name, char *out, size_t capacity) {
    static const char *const renamed[][2] = {{"LOGISTIC", "Sigmoid"},    {"FULLY_CONNECTED", "MatMul"},
                                             {"BATCH_MATMUL", "MatMul"}, {"CONCATENATION", "concat"},
                                             {"TRANSPOSE", "transpose"}, {"DIV", "truediv"}};
    size_t used = 0;
    bool is_first = true;
    if (strncmp(operator_name, "REDUCE_", 7) == 0) operator_name += 7;
    for (size_t i = 0; i < sizeof renamed / sizeof *renamed; i++) {
        if (strcmp(operator_name, renamed[i][0]) != 0) continue;
        snprintf(out, capacity, "%s", renamed[i][1]);
        return;
    }
    bool is_code = *operator_name != '\0';
    for (const char *c = operator_name; *c != '\0'; c++) is_code = is_code && (*c < 'a' || *c > 'z');
    for (const char *c = operator_name; *c != '\0' && used + 1 < capacity; c++) {
        if (is_code && *c == '_') {
            is_first = true;
            continue;
        }
        out[used++] = is_code && !is_first && *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;
        is_first = false;
    }
    out[used] = '\0';
}

octet_status octet_keras_scope_operator(octet_context *ctx, octet_arena *arena, octet_keras_scopes *scopes,
                                        const char *parent, const char *operator_name, const char **out) {
    char name[64];
    const char *full = NULL;
    node_name(operator_name, name, sizeof name);
    OCTET_TRY(octet_arena_format(ctx, arena, &full, "%s%s", parent, name));
    return take(ctx, arena, scopes, full, out);
}
