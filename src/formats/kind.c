#include "formats/kind.h"

#include <string.h>

#include "base/buffer.h"
#include "base/record.h"
#include "formats/idx.h"

typedef struct signature {
    octet_file_kind kind;
    size_t at, size;
    const char *text;
} signature;

#define SIGNATURE(kind, at, text) \
    { OCTET_FILE_##kind, (at), sizeof(text) - 1, (text) }
#define HDF5_SIGNATURE "\x89HDF\r\n\x1a\n"
enum { FIRST_BYTES = 64 }; /* hold every signature of `strong` */

/* The first that fits counts: TFLITE comes late, since bytes 4 to 7 of a .gz are a date. */
static const signature strong[] = {
    SIGNATURE(HDF5, 0, HDF5_SIGNATURE),
    SIGNATURE(PNG, 0, "\x89PNG\r\n\x1a\n"),
    SIGNATURE(NPY, 0, OCTET_SIGNATURE_NPY),
    SIGNATURE(ZIP, 0, "PK\3\4"), /* the header of a file */
    SIGNATURE(ZIP, 0, "PK\5\6"), /* the end of an archive without any */
    SIGNATURE(GZIP, 0, "\x1f\x8b\x08"),
    SIGNATURE(JPEG, 0, "\xff\xd8\xff"),
    SIGNATURE(WEBP, 8, "WEBP"),
    SIGNATURE(GIF, 0, "GIF8"),
    SIGNATURE(TIFF, 0, "II*\0"),
    SIGNATURE(TIFF, 0, "MM\0*"),
    SIGNATURE(HEIF, 4, "ftypheic"),
    SIGNATURE(HEIF, 4, "ftypmif1"),
    SIGNATURE(HEIF, 4, "ftypavif"),
    SIGNATURE(WAV, 8, "WAVE"),
    SIGNATURE(SOUND, 0, "fLaC"),
    SIGNATURE(SOUND, 0, "OggS"),
    SIGNATURE(SOUND, 0, "ID3"),
    SIGNATURE(PARQUET, 0, "PAR1"),
    SIGNATURE(ARROW, 0, "ARROW1\0\0"),
    SIGNATURE(ARROW, 0, "FEA1"),
    SIGNATURE(EXCEL, 0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    SIGNATURE(MATLAB, 0, "MATLAB 5.0 MAT-file"),
    SIGNATURE(SQLITE, 0, "SQLite format 3\0"),
    SIGNATURE(UTF16, 0, "\xff\xfe"),
    SIGNATURE(UTF16, 0, "\xfe\xff"),
    SIGNATURE(STATISTICS, 0, OCTET_MAGIC_STATISTICS),
    SIGNATURE(EVALUATION, 0, OCTET_MAGIC_EVALUATION),
    SIGNATURE(TFLITE, 4, OCTET_SIGNATURE_TFLITE),
};

static const signature weak[] = {
    SIGNATURE(GIT_LFS, 0, "version https://git-lfs"),
    SIGNATURE(JSON, 0, "{"),
    SIGNATURE(MARKUP, 0, "<"),
};

static bool stands_at(octet_bytes bytes, size_t at, const char *text, size_t size) {
    return octet_bytes_inside(bytes, at, size) && memcmp(bytes.data + at, text, size) == 0;
}

static octet_file_kind find(octet_bytes bytes, const signature *list, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (stands_at(bytes, list[i].at, list[i].text, list[i].size)) return list[i].kind;
    return OCTET_FILE_UNKNOWN;
}

/* HDF5's own rule: behind a user block of 512 bytes or twice, four times, ... as many. */
static bool has_user_block(octet_bytes bytes) {
    for (size_t at = 512; at < bytes.size; at *= 2)
        if (stands_at(bytes, at, HDF5_SIGNATURE, sizeof HDF5_SIGNATURE - 1)) return true;
    return false;
}

/* A record: 8 bytes of its length, 4 of a checksum, and an Example or a SequenceExample, whose field 1 is a message. */
static bool is_tfrecord(octet_bytes bytes) {
    enum { HEADER = 12, FIELD_1_MESSAGE = 0x0a, MOST_BITS = 40 };
    uint64_t length = 0;
    return bytes.size > HEADER && octet_bytes_u64le(bytes, 0, &length) && length > 0 && length >> MOST_BITS == 0 &&
           bytes.data[HEADER] == FIELD_1_MESSAGE;
}

/* Any encoding but UTF-16: no control characters at the beginning. */
static bool is_text(octet_bytes bytes) {
    enum { LOOKED_AT = 4096, DELETE = 0x7f };
    for (size_t i = 0; i < bytes.size && i < LOOKED_AT; i++) {
        const uint8_t c = bytes.data[i];
        if ((c < ' ' && c != '\t' && c != '\n' && c != '\r') || c == DELETE) return false;
    }
    return bytes.size > 0;
}

octet_file_kind octet_file_kind_of(octet_bytes bytes) {
    enum { BMP_HEADERS = 26, PICKLE_PROTOCOL = 0x80, NEWEST_PICKLE = 5, FIELD_1 = 0x08, FIELD_1_MESSAGE = 0x0a };
    if (bytes.size == 0) return OCTET_FILE_EMPTY;
    octet_file_kind kind = find(bytes, strong, sizeof strong / sizeof *strong);
    if (kind != OCTET_FILE_UNKNOWN) return kind;
    if (has_user_block(bytes)) return OCTET_FILE_HDF5;
    if (octet_idx_is(bytes)) return OCTET_FILE_IDX;
    kind = find(bytes, weak, sizeof weak / sizeof *weak);
    if (kind != OCTET_FILE_UNKNOWN) return kind;
    if (is_text(bytes)) return OCTET_FILE_TEXT; /* before BMP: a table may begin with "BMI" */
    if (bytes.size >= BMP_HEADERS && stands_at(bytes, 0, "BM", 2)) return OCTET_FILE_BMP;
    const uint8_t first = bytes.data[0];
    if (first == PICKLE_PROTOCOL && bytes.size > 1 && bytes.data[1] <= NEWEST_PICKLE) return OCTET_FILE_PICKLE;
    if ((first == FIELD_1 || first == FIELD_1_MESSAGE) && bytes.size > 64) return OCTET_FILE_PROTOBUF;
    if (is_tfrecord(bytes)) return OCTET_FILE_TFRECORD;
    return OCTET_FILE_UNKNOWN;
}

/* Most files say at once what they are. */
octet_status octet_file_kind_of_reader(octet_context *ctx, const octet_reader *reader, octet_file_kind *out) {
    uint8_t first[FIRST_BYTES];
    const size_t n = reader->size < FIRST_BYTES ? (size_t)reader->size : FIRST_BYTES;
    octet_bytes head;
    OCTET_TRY(octet_reader_read(ctx, reader, 0, first, n));
    *out = find((octet_bytes){first, n}, strong, sizeof strong / sizeof *strong);
    if (*out != OCTET_FILE_UNKNOWN) return OCTET_OK;
    OCTET_TRY(octet_reader_head(ctx, reader, OCTET_FILE_HEAD, &head));
    *out = octet_file_kind_of(head);
    octet_memory_free(ctx, (void *)(uintptr_t)head.data);
    return OCTET_OK;
}

octet_status octet_file_kind_of_path(octet_context *ctx, const char *path, octet_file_kind *out) {
    octet_reader reader;
    *out = OCTET_FILE_EMPTY;
    OCTET_TRY(octet_reader_open(ctx, path, &reader));
    const octet_status status = octet_file_kind_of_reader(ctx, &reader, out);
    octet_reader_close(&reader);
    return status;
}
