/* checkpoint_files.h - the files of a checkpoint, written for the readers of src/formats/tensorflow.
 * In:  bytes of the index and of the only shard, put together: 4 bytes with the size of the first, both.
 * Out: the files FOLDER/variables/variables.index and .data-00000-of-00001 in a folder of this process.
 * Knows: that every checksum of a fuzzed file is 0: the functions that compute them give 0 here, so that what is
 * changed is read. Does not know: what is in the files. */
#ifndef OCTET_TESTS_FUZZ_CHECKPOINT_FILES_H
#define OCTET_TESTS_FUZZ_CHECKPOINT_FILES_H

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/crc32c.h"
#include "fuzz/target.h"

uint32_t octet_crc32c(uint32_t before, const void *data, size_t size) {
    (void)before;
    (void)data;
    (void)size;
    return 0;
}

uint32_t octet_crc32c_mask(uint32_t crc) { return crc; }

static char checkpoint_folder[64];

static inline void checkpoint_remove(void) {
    static const char *const names[] = {"/variables/variables.index", "/variables/variables.data-00000-of-00001",
                                        "/keras_metadata.pb"};
    char path[128];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s%s", checkpoint_folder, names[i]);
        unlink(path);
    }
    snprintf(path, sizeof path, "%s/variables", checkpoint_folder);
    rmdir(path);
    rmdir(checkpoint_folder);
}

/* In memory where the system has a folder for that. */
static inline void checkpoint_begin(void) {
    char path[128];
    if (checkpoint_folder[0] != '\0') return;
    snprintf(checkpoint_folder, sizeof checkpoint_folder, "%s/octet-fuzz-XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    if (mkdtemp(checkpoint_folder) == NULL) abort();
    snprintf(path, sizeof path, "%s/variables", checkpoint_folder);
    if (mkdir(path, 0777) != 0) abort();
    atexit(checkpoint_remove);
}

static inline void checkpoint_write(const char *name, octet_bytes bytes) {
    char path[128];
    snprintf(path, sizeof path, "%s/%s", checkpoint_folder, name);
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(bytes.data, 1, bytes.size, file) != bytes.size || fclose(file) != 0) abort();
}

/* Takes the first part of `bytes`, in front of which its size stands; no more than there is. */
static inline octet_bytes checkpoint_take(octet_bytes *bytes) {
    uint32_t size = 0;
    for (uint32_t i = 0; i < 4 && bytes->size > 0; i++) {
        size |= (uint32_t)bytes->data[0] << 8 * i;
        *bytes = (octet_bytes){bytes->data + 1, bytes->size - 1};
    }
    if (size > bytes->size) size = (uint32_t)bytes->size;
    const octet_bytes part = {bytes->data, size};
    *bytes = (octet_bytes){bytes->data + size, bytes->size - size};
    return part;
}

static inline void checkpoint_write_both(octet_bytes index, octet_bytes shard) {
    checkpoint_begin();
    checkpoint_write("variables/variables.index", index);
    checkpoint_write("variables/variables.data-00000-of-00001", shard);
}

#endif
