/* api/export.h - the parts of octet_model_export_c.
 * In:  a model, samples.
 * Out: vectors, and whether exported C gives the bytes of this library.
 * Knows: export/c, the interpreter, compilers of this machine.
 * Does not know: how C is written. */
#ifndef OCTET_API_EXPORT_H
#define OCTET_API_EXPORT_H

#include "api/handles.h"
#include "export/c/export_c.h"

/* A C identifier for the file of a model: "some/My-model.int8.tflite" gives "My_model_int8". */
octet_status octet_api_export_name(octet_context *ctx, octet_arena *arena, const char *path, const char **out);
/* USAGE where state is to be kept (--stateful) and the model has none. */
octet_status octet_api_export_check_state(octet_context *ctx, const octet_model *model, bool keeps_state);
/* USAGE unless nothing is at `path`, an empty folder, or one that may be written into. */
octet_status octet_api_export_check_folder(octet_context *ctx, const char *path, bool replace);
/* Up to n inputs, from `data` (NULL: made up), and what the model makes of them by numerics "integer": all together at
 * most 1 MiB, and at least one. State goes on from one to the next where octet_schedule_has_state says so. They live in
 * `arena`. *scalings: as octet_c_job has them. */
octet_status octet_api_export_vectors(octet_context *ctx, octet_arena *arena, const octet_model *model,
                                      const octet_data *data, size_t n, bool keeps_state, octet_c_vectors *out,
                                      const char *const **scalings);
/* Compiles the job's files in `folder` with a self-test of all its vectors, in `scratch`, an empty folder, and runs it.
 * *compiler: its name, or NULL when there is none. Errors: INTERNAL with what the compiler or the program says, IO
 * where $CC is no compiler. */
octet_status octet_api_export_verify(octet_context *ctx, octet_arena *arena, const octet_c_job *job, const char *folder,
                                     const char *scratch, const char **compiler);

#endif
