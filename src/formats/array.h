/* formats/array.h - a view of numbers in memory: element type, shape, bytes.
 * In:  what npy and IDX files hold.
 * Out: float32 and integers, converted from any numeric type and byte order.
 * Knows: numpy's type strings.
 * Does not know: files. */
#ifndef OCTET_FORMATS_ARRAY_H
#define OCTET_FORMATS_ARRAY_H

#include "base/buffer.h"

enum { OCTET_ARRAY_MAX_RANK = 8, OCTET_ARRAY_TEXT_SIZE = 192 };

typedef struct octet_element {
    char kind;    /* 'f' float (2, 4, 8 bytes), 'i' signed, 'u' unsigned (1, 2, 4, 8), 'b' boolean (1) */
    uint8_t size; /* in bytes */
    bool big_endian;
} octet_element;

typedef struct octet_array {
    octet_element element;
    int32_t rank; /* 0: a scalar */
    int64_t dims[OCTET_ARRAY_MAX_RANK];
    bool fortran_order;  /* the first index runs fastest; only octet_array_to_c_order accepts it */
    size_t n_elements;   /* product of the dimensions */
    const uint8_t *data; /* n_elements * element.size bytes, of any alignment; NULL while only the header was read */
} octet_array;

/* "<f4", ">i2", "|u1", "=f8"; false for anything else (complex, strings, objects, dates). */
bool octet_element_parse(const char *descr, size_t length, octet_element *out);
/* "float32", "uint8", ...: native byte order; false for a name that is none. */
bool octet_element_from_name(const char *name, octet_element *out);
/* "float32", "uint8", ... */
const char *octet_element_name(octet_element element);

/* Sets n_elements from the dimensions; LIMIT when elements or bytes do not fit into 62 bits. */
octet_status octet_array_count(octet_context *ctx, const char *name, octet_array *array);
size_t octet_array_bytes(const octet_array *array); /* n_elements * element.size */
/* "uint8[60000,28,28]"; returns text, a buffer of OCTET_ARRAY_TEXT_SIZE bytes. */
const char *octet_array_text(const octet_array *array, char *text);

/* Elements [first, first + n) as float32, rounded to nearest even from wider types; booleans give 0 and 1. */
void octet_array_f32(const octet_array *array, size_t first, size_t n, float *out);
/* One element as float64 (64-bit integers are rounded). */
double octet_array_f64(const octet_array *array, size_t index);
/* The same array in C order and native byte order; `storage` holds its bytes where they had to be moved. */
octet_status octet_array_to_c_order(octet_context *ctx, octet_array *array, octet_buffer *storage);

#endif
