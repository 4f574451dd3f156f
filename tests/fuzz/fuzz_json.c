/* Covers: formats/json.c */
#include "fuzz/target.h"

#include "formats/json.h"
#include "fuzz/json_mutate.h"

static size_t walk(octet_context *ctx, const octet_json_document *document, const octet_json *value) {
    size_t n = 1;
    char path[OCTET_JSON_PATH_SIZE];
    int32_t list[4], n_list;
    for (size_t i = 0; i < octet_json_length(value); i++)
        n += octet_json_at(value, i) != NULL ? walk(ctx, document, octet_json_at(value, i)) : 0;
    const octet_json *item = NULL;
    const char *key;
    for (size_t k = 0; (key = octet_json_key(value, k, &item)) != NULL; k++) {
        octet_json_get_i32_list(ctx, document, value, key, 4, list, &n_list);
        octet_context_clear(ctx);
        n += walk(ctx, document, item);
    }
    if (n % 64 == 0) octet_json_path(document, value, path);
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    octet_context ctx;
    target_begin(&ctx);
    octet_json_document document;
    const octet_status status = octet_json_parse(&ctx, (octet_bytes){data, size}, "fuzz", &document);
    if (status == OCTET_OK) walk(&ctx, &document, document.root);
    octet_json_free(&ctx, &document);
    return target_end(&ctx, status);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed) {
    mutate_random random = mutate_seed(seed);
    if (mutate_once_in(&random, 4)) return LLVMFuzzerMutate(data, size, max_size);
    return mutate_json(data, size, max_size, &random, NULL);
}

size_t LLVMFuzzerCustomCrossOver(const uint8_t *data1, size_t size1, const uint8_t *data2, size_t size2, uint8_t *out,
                                 size_t max_size, unsigned int seed) {
    mutate_random random = mutate_seed(seed);
    return mutate_json_cross(data1, size1, data2, size2, out, max_size, &random);
}
