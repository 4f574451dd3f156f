/* target/profiles.h - the run-time targets, and what each asks of a file.
 * In:  a target's name, options.
 * Out: the target; options set for it.
 * Knows: the table of targets, one row each.
 * Does not know: single operators (capabilities.h), graphs (fit.h). */
#ifndef OCTET_TARGET_PROFILES_H
#define OCTET_TARGET_PROFILES_H

#include "quant/quant.h"

/* Whose kernels run a file (capabilities.h). */
typedef enum octet_target_kernels {
    OCTET_TARGET_KERNELS_LITERT,
    OCTET_TARGET_KERNELS_MICRO, /* tflite-micro; CMSIS-NN is its back end */
    OCTET_TARGET_KERNELS_EDGETPU
} octet_target_kernels;

typedef struct octet_target {
    const char *name;
    octet_target_kernels kernels;
    bool per_tensor_dense;   /* has no FULLY_CONNECTED whose weights have a scale per output */
    bool lacks_uint8;        /* its int8 kernels have no older sisters for uint8 */
    bool lacks_relu6;        /* its RELU6 clamps without bringing the input to the output's scale; its RELU does */
    bool lacks_short_slices; /* its STRIDED_SLICE reads an index for each axis of its input, named or not */
    bool is_exported;        /* runs what export/c writes, which knows itself what it can write */
    unsigned modes;          /* bit (1 << octet_mode): it runs files of this mode */
    const char *other_modes; /* what to say of the others; NULL when there are none */
} octet_target;

/* The target of that name, which lives forever; NULL or "" is the first, litert. USAGE lists the names. */
octet_status octet_target_find(octet_context *ctx, const char *name, const octet_target **out);
/* The names in their order, NULL behind the last one. */
const char *octet_target_name(uint32_t index);
/* Sets what the target needs: per-tensor dense weights, for one. USAGE when the options contradict the target. */
octet_status octet_target_apply(octet_context *ctx, const octet_target *target, octet_quantize_options *options);

#endif
