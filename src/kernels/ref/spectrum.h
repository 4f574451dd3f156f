/* kernels/ref/spectrum.h - RFFT2D, and what is made of its complex results: REAL, IMAG, COMPLEX_ABS.
 * In:  pictures [N,H,W] of float.
 * Out: half spectra [N,FH,FW/2+1] of complex numbers (two floats each).
 * Knows: fast Fourier transforms in double, of lengths that are powers of two; what of the input lies beyond them is
 *        cut, what is missing is 0. A picture is the unit of work.
 * Does not know: tensors, threads.
 * Exact: the double results of RFFT2D differ from TFLite's by roundings, so that a float may differ in its last bit, or
 *        more where sums cancel; the others are equal. */
#ifndef OCTET_KERNELS_REF_SPECTRUM_H
#define OCTET_KERNELS_REF_SPECTRUM_H

#include <stddef.h>
#include <stdint.h>

typedef struct octet_rfft_params {
    int32_t in_h, in_w, fft_h, fft_w;
    const double *turns_h, *turns_w; /* octet_rfft_turns of either length */
} octet_rfft_params;

/* cos and sin of -2 pi k / n for k < n / 2: n numbers. */
void octet_rfft_turns(int32_t n, double *turns);
/* Doubles of working memory. */
size_t octet_rfft_memory(const octet_rfft_params *p);
void octet_rfft_ref(const octet_rfft_params *p, const float *input, float *output, double *memory, uint32_t begin,
                    uint32_t end);

typedef enum octet_complex_part { OCTET_COMPLEX_REAL, OCTET_COMPLEX_IMAG, OCTET_COMPLEX_ABS } octet_complex_part;
void octet_complex_part_ref(octet_complex_part part, const float *input, float *output, size_t n);

#endif
