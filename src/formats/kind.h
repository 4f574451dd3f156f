/* formats/kind.h - tells the kind of a file by its content.
 * In:  the bytes of a file, or as many of its first ones as there are.
 * Out: one of the kinds that octet reads, or one that people give it by mistake.
 * Knows: the signatures of all formats, which stand here once.
 * Does not know: names of files, whether the rest is sound. */
#ifndef OCTET_FORMATS_KIND_H
#define OCTET_FORMATS_KIND_H

#include "base/file.h"
#include "base/reader.h"

#define OCTET_SIGNATURE_TFLITE "TFL3" /* bytes 4 to 7: the identifier of the flatbuffer */
#define OCTET_SIGNATURE_NPY "\x93NUMPY"

typedef enum octet_file_kind {
    OCTET_FILE_UNKNOWN,
    OCTET_FILE_EMPTY,
    OCTET_FILE_HDF5, /* also behind a user block */
    OCTET_FILE_ZIP,  /* .keras, .npz; also an empty archive */
    OCTET_FILE_TFLITE,
    OCTET_FILE_NPY,
    OCTET_FILE_IDX,
    OCTET_FILE_GZIP,
    OCTET_FILE_PNG,
    OCTET_FILE_JPEG,
    OCTET_FILE_BMP,
    OCTET_FILE_TEXT,       /* a CSV, or any other text; also with a UTF-8 byte order mark */
    OCTET_FILE_STATISTICS, /* that octet saved */
    OCTET_FILE_EVALUATION,
    /* Pictures that octet does not read. */
    OCTET_FILE_WEBP,
    OCTET_FILE_GIF,
    OCTET_FILE_TIFF,
    OCTET_FILE_HEIF, /* AVIF too */
    /* Sound and tables that octet does not read. */
    OCTET_FILE_WAV,
    OCTET_FILE_SOUND, /* FLAC, Ogg, MP3 */
    OCTET_FILE_PARQUET,
    OCTET_FILE_ARROW,  /* Feather too */
    OCTET_FILE_EXCEL,  /* .xls; an .xlsx is a zip */
    OCTET_FILE_MATLAB, /* before 7.3, which is HDF5 */
    OCTET_FILE_SQLITE,
    OCTET_FILE_UTF16, /* text in it */
    /* What octet does not read, told by much weaker signs. */
    OCTET_FILE_GIT_LFS, /* a pointer to the file */
    OCTET_FILE_JSON,
    OCTET_FILE_MARKUP, /* HTML or XML */
    OCTET_FILE_PICKLE,
    OCTET_FILE_PROTOBUF, /* saved_model.pb, a frozen graph, ONNX */
    OCTET_FILE_TFRECORD,
    OCTET_N_FILE_KINDS
} octet_file_kind;

/* How much of a large file tells its kind, but for an HDF5 file behind a user block that is as large. */
enum { OCTET_FILE_HEAD = 1 << 20 };

/* Give the whole file where there is one: the signature of HDF5 may stand at 512, 1024, ... */
octet_file_kind octet_file_kind_of(octet_bytes bytes);
/* By the first OCTET_FILE_HEAD bytes, of which only those that it takes are read. Errors: IO, NOMEM. */
octet_status octet_file_kind_of_reader(octet_context *ctx, const octet_reader *reader, octet_file_kind *out);
/* The same; errors of octet_file_open too. */
octet_status octet_file_kind_of_path(octet_context *ctx, const char *path, octet_file_kind *out);

#endif
