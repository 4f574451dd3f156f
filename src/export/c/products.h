/* export/c/products.h - the C of those helpers that add products, for each kind of processor.
 * In:  nothing.
 * Out: texts with '@' for the prefix (writer.h).
 * Knows: Arm's DSP instructions and Helium, SSE2, AVX2; paired weights (helpers.h).
 * Does not know: which helpers a network needs. */
#ifndef OCTET_EXPORT_C_PRODUCTS_H
#define OCTET_EXPORT_C_PRODUCTS_H

extern const char octet_c_lanes_text[], octet_c_rows4_text[], octet_c_gather_text[], octet_c_four_text[],
    octet_c_taps4_text[];

#endif
