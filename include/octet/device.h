/* octet/device.h - models for microcontrollers: exported C.
 * In:  quantized models, samples.
 * Out: folders of C files; what they need of a device.
 * Knows: models, data.
 * Does not know: how models are quantized. */
#ifndef OCTET_DEVICE_H
#define OCTET_DEVICE_H

#include "octet/data.h"
#include "octet/model.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct octet_export_options {
    size_t size;         /* set by the INIT macro */
    const char *name;    /* a C identifier: the prefix of all symbols and files; NULL: made from the model's path */
    const char *command; /* stands at the top of the files; or NULL */
    bool replace;        /* write into a folder that exists; files of other names stay */
    bool no_verify;      /* do not compile and run what is written */
    uint64_t n_vectors;  /* in the self-test; 0 = 4 */
    uint64_t n_samples;  /* that are compared when what is written runs here; 0 = 100 */
    bool keeps_state;    /* the state of LSTM layers goes on from run to run, which a .tflite does not say */
    bool uses_cmsis_nn;  /* NAME.c calls Arm's CMSIS-NN, which the caller has, for the operators that it has; it is not
                            compiled and run here */
} octet_export_options;
#define OCTET_EXPORT_OPTIONS_INIT OCTET_INIT_(octet_export_options)

/* Writes a quantized model as C99 into the folder `path`: NAME.h, NAME.c, NAME_weights.c, NAME_selftest.c, Makefile,
 * CMakeLists.txt; complete or not at all. The C computes the bytes of numerics "integer". Inputs of the self-test come
 * from `data` (the test split, or the training split where there is no other), or are made up where it is NULL. Unless
 * no_verify is set, the C is compiled with the first of $CC, cc, gcc, clang that is there, run, and compared with this
 * library's results byte by byte. *out says what was written, and what the C needs; free it with octet_text_free.
 * Errors: UNSUPPORTED (names layer, operator, reason; a model that is not quantized), USAGE (the name; a folder that
 * exists), IO, INTERNAL (other bytes). */
OCTET_API octet_status octet_model_export_c(octet_context *ctx, const octet_model *model, const octet_data *data,
                                            const char *path, const octet_export_options *options, octet_rendering as,
                                            char **out);

typedef struct octet_budget_options {
    size_t size;          /* set by the INIT macro */
    uint64_t flash_bytes; /* of the device; 0: not known */
    uint64_t ram_bytes;
    bool keeps_state; /* as in octet_export_options */
    double clock_mhz; /* of the device, 0: not known */
} octet_budget_options;
#define OCTET_BUDGET_OPTIONS_INIT OCTET_INIT_(octet_budget_options)

/* What the C of octet_model_export_c would need: constants, code (an estimate), arena with its plan, stack (a bound),
 * multiplications, cycles on Cortex-M0, M4, M7 and M33 (an estimate); how layers are grouped; what takes most and what
 * would help; the arena that tflite-micro would take, about. *fits: whether it is no more than the device has; true
 * where nothing is said of it. Errors: those of exporting. */
OCTET_API octet_status octet_model_budget(octet_context *ctx, const octet_model *model,
                                          const octet_budget_options *options, octet_rendering as, bool *fits,
                                          char **out);

#ifdef __cplusplus
}
#endif

#endif
