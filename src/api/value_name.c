#include "api/value_name.h"

#include <stdlib.h>
#include <string.h>

#include "base/format.h"

enum { MOST_NAMES = 3 };

static size_t first_of_list(const char *name) { return strcspn(name, ";"); }

static bool equals(const char *name, size_t length, const char *text, size_t n) {
    return length == n && memcmp(name, text, n) == 0;
}

/* "dense_4" is a part of "sequential/dense_4/BiasAdd". */
static bool has_part(const char *name, size_t length, const char *text, size_t n) {
    for (size_t at = 0; n > 0 && at + n <= length; at++) {
        const bool begins = at == 0 || name[at - 1] == '/', ends = at + n == length || name[at + n] == '/';
        if (begins && ends && memcmp(name + at, text, n) == 0) return true;
    }
    return false;
}

/* Ways in which a text can mean a tensor, the surest first. */
typedef enum likeness {
    LIKE_NAME,
    LIKE_FIRST,
    LIKE_PORT,
    LIKE_LAYER,
    LIKE_PART,
    LIKE_NUMBER,
    LIKE_END,
    N_LIKENESSES
} likeness;

static bool is_like(const octet_graph *graph, uint32_t index, likeness how, const char *text, size_t n) {
    const octet_value *value = &graph->values[index];
    const size_t length = strlen(value->name), first = first_of_list(value->name);
    char *end;
    switch (how) {
    case LIKE_NAME: return equals(value->name, length, text, n);
    case LIKE_FIRST: return equals(value->name, first, text, n);
    case LIKE_PORT:
        for (uint32_t i = 0; i < graph->n_inputs; i++)
            if (graph->inputs[i].value == index &&
                equals(graph->inputs[i].name, strlen(graph->inputs[i].name), text, n))
                return true;
        for (uint32_t i = 0; i < graph->n_outputs; i++)
            if (graph->outputs[i].value == index &&
                equals(graph->outputs[i].name, strlen(graph->outputs[i].name), text, n))
                return true;
        return false;
    case LIKE_LAYER:
        if (value->producer == OCTET_NONE) return false;
        return equals(graph->operators[value->producer].layer, strlen(graph->operators[value->producer].layer), text,
                      n);
    case LIKE_PART: return !octet_value_is_constant(value) && has_part(value->name, first, text, n);
    case LIKE_NUMBER:
        return n > 0 && text[0] >= '0' && text[0] <= '9' && strtoul(text, &end, 10) == index && end == text + n;
    case LIKE_END:
        if (n > 3 && memcmp(text, "...", 3) == 0) text += 3, n -= 3; /* as long names are shown */
        return n > 0 && (n <= length && memcmp(value->name + length - n, text, n) == 0);
    case N_LIKENESSES: break;
    }
    return false;
}

/* Length of the longest part that both have in common, capitals apart. */
static size_t common_part(const char *name, const char *text, size_t n) {
    size_t best = 0;
    for (const char *at = name; *at != '\0'; at++)
        for (size_t i = 0; i < n; i++) {
            size_t k = 0;
            while (i + k < n && at[k] != '\0' && (at[k] | 0x20) == (text[i + k] | 0x20)) k++;
            if (k > best) best = k;
        }
    return best;
}

/* Names them by what they have in common with the text, computed tensors first. */
static octet_status fail_unknown(octet_context *ctx, const octet_graph *graph, const char *text, size_t n) {
    char list[512] = "";
    uint32_t best[MOST_NAMES], n_best = 0;
    size_t score[MOST_NAMES];
    for (uint32_t v = 0; v < graph->n_values; v++) {
        const size_t common = common_part(graph->values[v].name, text, n);
        if (common < 3 && common < n) continue;
        const size_t worth = 2 * common + !octet_value_is_constant(&graph->values[v]);
        uint32_t at = n_best;
        while (at > 0 && score[at - 1] < worth) at--;
        if (at == MOST_NAMES) continue;
        if (n_best < MOST_NAMES) n_best++;
        for (uint32_t k = n_best - 1; k > at; k--) best[k] = best[k - 1], score[k] = score[k - 1];
        best[at] = v;
        score[at] = worth;
    }
    for (uint32_t i = 0; i < n_best; i++) {
        const char *name = graph->values[best[i]].name;
        const size_t used = strlen(list);
        octet_format(list + used, sizeof list - used, "%s'%.*s' (%u)", i > 0 ? ", " : "", (int)first_of_list(name),
                     name, best[i]);
    }
    return octet_context_fail(ctx, OCTET_USAGE, "%s has no tensor '%.*s'%s%s; 'octet inspect' lists all", graph->source,
                              (int)n, text, n_best > 0 ? ": it has " : "", list);
}

/* Where several are meant alike, the sentence names two of them. */
static octet_status find_value(octet_context *ctx, const octet_graph *graph, const char *text, size_t n,
                               uint32_t *value) {
    for (likeness how = LIKE_NAME; how < N_LIKENESSES; how++) {
        uint32_t found = OCTET_NONE;
        for (uint32_t v = 0; v < graph->n_values; v++) {
            if (!is_like(graph, v, how, text, n)) continue;
            OCTET_CHECK(ctx, found == OCTET_NONE, OCTET_USAGE,
                        "%s has several tensors '%.*s', as %u ('%s') and %u ('%s'): give a number or a whole name",
                        graph->source, (int)n, text, found, graph->values[found].name, v, graph->values[v].name);
            found = v;
        }
        *value = found;
        if (found != OCTET_NONE) return OCTET_OK;
    }
    return fail_unknown(ctx, graph, text, n);
}

/* "1,3,0,7" up to the bracket; false for anything else. */
static bool read_numbers(const char *text, int64_t numbers[OCTET_MAX_RANK], int32_t *n) {
    for (*n = 0; *n < OCTET_MAX_RANK;) {
        char *end;
        while (*text == ' ') text++;
        if (*text < '0' || *text > '9') return false;
        numbers[(*n)++] = strtoll(text, &end, 10);
        while (*end == ' ') end++;
        if (*end == ']') return end[1] == '\0';
        if (*end != ',') return false;
        text = end + 1;
    }
    return false;
}

octet_status octet_api_find_element(octet_context *ctx, const octet_graph *graph, const char *text, uint32_t *value,
                                    size_t *element) {
    int64_t numbers[OCTET_MAX_RANK] = {0};
    int32_t n = 0;
    char shown[OCTET_SHAPE_TEXT_SIZE];
    const char *bracket = strrchr(text, '[');
    const bool has_index = bracket != NULL && text[strlen(text) - 1] == ']';
    OCTET_CHECK(ctx, !has_index || read_numbers(bracket + 1, numbers, &n), OCTET_USAGE,
                "%s: an index is a list of numbers from 0 on, as in [0,3,4,7]", text);
    OCTET_TRY(find_value(ctx, graph, text, has_index ? (size_t)(bracket - text) : strlen(text), value));
    const octet_shape *shape = &graph->values[*value].shape;
    const size_t n_elements = octet_shape_elements(shape);
    octet_shape_text(shape, shown);
    OCTET_CHECK(ctx, has_index || n_elements == 1, OCTET_USAGE, "%s: which element? It has the shape %s: write '%s%s'",
                text, shown, text, "[...]");
    *element = 0;
    if (n <= 1 && shape->rank != 1) {
        OCTET_CHECK(ctx, numbers[0] < (int64_t)n_elements, OCTET_USAGE,
                    "%s: the tensor has the shape %s: %zu elements, numbered from 0", text, shown, n_elements);
        *element = (size_t)numbers[0];
        return OCTET_OK;
    }
    const int32_t skipped = shape->rank - n; /* leading axes of length 1 */
    bool fits = skipped >= 0 && skipped <= 1 && (skipped == 0 || shape->dims[0] == 1);
    for (int32_t i = 0; fits && i < n; i++) {
        fits = numbers[i] < shape->dims[i + skipped];
        *element = *element * (size_t)shape->dims[i + skipped] + (size_t)numbers[i];
    }
    OCTET_CHECK(ctx, fits, OCTET_USAGE, "%s: the index does not fit the shape %s", text, shown);
    return OCTET_OK;
}
