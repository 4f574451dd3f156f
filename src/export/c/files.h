/* export/c/files.h - the files around the functions: header, self-test, build files.
 * In:  an emitter, a job.
 * Out: text; estimates of what the functions take.
 * Knows: ports, scales, arena.
 * Does not know: kernels. */
#ifndef OCTET_EXPORT_C_FILES_H
#define OCTET_EXPORT_C_FILES_H

#include "export/c/emitter.h"
#include "export/c/export_c.h"

void octet_c_write_header(octet_c_emitter *e, const octet_c_job *job, const octet_c_needs *needs, octet_c_writer *w);
/* The comments on top of the header. */
void octet_c_write_preface(const octet_c_emitter *e, const octet_c_job *job, const octet_c_needs *needs,
                           octet_c_writer *w);
void octet_c_write_selftest(const octet_c_job *job, octet_c_writer *w);
void octet_c_write_makefile(const octet_c_job *job, octet_c_writer *w);
void octet_c_write_cmake(const octet_c_job *job, octet_c_writer *w);
/* Sets code and instructions of `needs`, from functions that are all written. */
octet_status octet_c_estimate(octet_c_emitter *e, octet_c_needs *needs);
/* "MNIST": the name in macros; `text` has room for 64 bytes. */
const char *octet_c_macro(const char *name, char *text);

#endif
