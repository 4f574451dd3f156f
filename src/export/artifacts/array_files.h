/* export/artifacts/array_files.h - one array in the formats that programs, simulators and FPGA tools read.
 * In:  an array of integers (or float32).
 * Out: the bytes of a file.
 * Knows: .bin (the numbers as they lie in memory, little endian), .npy, .mem (Verilog's $readmemh), .coe (Vivado), .mif
 *        (Quartus). The last three have one word per element, in two's complement, in hexadecimal.
 * Does not know: layers, folders. */
#ifndef OCTET_EXPORT_ARTIFACTS_ARRAY_FILES_H
#define OCTET_EXPORT_ARTIFACTS_ARRAY_FILES_H

#include "base/buffer.h"
#include "export/artifacts/layers.h"

typedef enum octet_array_format {
    OCTET_ARRAY_BIN,
    OCTET_ARRAY_NPY,
    OCTET_ARRAY_MEM,
    OCTET_ARRAY_COE,
    OCTET_ARRAY_MIF,
    OCTET_N_ARRAY_FORMATS
} octet_array_format;

const char *octet_array_format_name(octet_array_format format); /* "bin": folder and ending */
/* Appends the whole file to `out`. Errors: NOMEM, LIMIT. */
octet_status octet_array_append(octet_context *ctx, octet_array_format format, const octet_artifact_array *array,
                                octet_buffer *out);

#endif
