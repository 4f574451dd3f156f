/* fixture.h - files for tests.
 * In:  names and bytes.
 * Out: a folder that is gone when the test program ends; sweeps of damaged copies.
 * Knows: POSIX, cmocka.
 * Does not know: formats. */
#ifndef OCTET_TESTS_FIXTURE_H
#define OCTET_TESTS_FIXTURE_H

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"

static char fixture_root[64];

static inline void fixture_remove(const char *path) {
    char inner[1024];
    DIR *folder = opendir(path);
    for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        if (snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name) >= (int)sizeof inner) continue;
        if (unlink(inner) != 0) fixture_remove(inner);
    }
    if (folder != NULL) closedir(folder);
    rmdir(path);
}

static inline void fixture_end(void) { fixture_remove(fixture_root); }

/* A path in the folder of this program, in a buffer of its own for each of eight calls; sub-folders are created. */
static inline const char *fixture_path(const char *name) {
    static char paths[8][512];
    static unsigned next;
    if (fixture_root[0] == '\0') {
        snprintf(fixture_root, sizeof fixture_root, "%s", "/tmp/octet-test-XXXXXX");
        assert_non_null(mkdtemp(fixture_root));
        atexit(fixture_end);
    }
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", fixture_root, name);
    for (char *slash = path + strlen(fixture_root) + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
        *slash = '\0';
        mkdir(path, 0777);
        *slash = '/';
    }
    return path;
}

static inline const char *fixture_write(const char *name, const void *data, size_t size) {
    const char *path = fixture_path(name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
    return path;
}

/* Calls `parse` with every truncation and with bytes changed, each copy in a block of exactly its size, so that a
 * sanitizer sees a read past the end. `parse` must return with an error and a sentence, or succeed; every `step`-th
 * place is tried. Returns how many of the truncations succeeded. */
typedef octet_status fixture_parse(octet_context *ctx, octet_bytes bytes);

static inline size_t fixture_sweep(octet_bytes good, size_t step, fixture_parse *parse) {
    size_t n_passed = 0;
    octet_context ctx;
    for (size_t size = 0; size < good.size; size += step) {
        uint8_t *copy = malloc(size > 0 ? size : 1);
        assert_non_null(copy);
        memcpy(copy, good.data, size);
        octet_context_init(&ctx);
        const octet_status status = parse(&ctx, (octet_bytes){copy, size});
        assert_true((status == OCTET_OK) == (ctx.message[0] == '\0'));
        assert_int_not_equal(status, OCTET_INTERNAL);
        assert_int_equal(ctx.memory_bytes, 0);
        n_passed += status == OCTET_OK;
        free(copy);
    }
    static const uint8_t masks[] = {0x01, 0x80, 0xff, 0x55};
    for (size_t at = 0; at < good.size; at += step) {
        uint8_t *copy = malloc(good.size);
        assert_non_null(copy);
        memcpy(copy, good.data, good.size);
        copy[at] ^= masks[at / step % 4];
        octet_context_init(&ctx);
        const octet_status status = parse(&ctx, (octet_bytes){copy, good.size});
        assert_true((status == OCTET_OK) == (ctx.message[0] == '\0'));
        assert_int_not_equal(status, OCTET_INTERNAL);
        assert_int_equal(ctx.memory_bytes, 0);
        free(copy);
    }
    return n_passed;
}

#endif
