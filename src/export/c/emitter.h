/* export/c/emitter.h - what the emitters of kernels share.
 * In:  a graph, its steps, their schedule.
 * Out: functions, constants and declarations as text.
 * Knows: lower, schedule, writer. An emitter writes one static function per stage, with literal bounds; run.c calls it.
 * Does not know: single kernels (forms.h), files. */
#ifndef OCTET_EXPORT_C_EMITTER_H
#define OCTET_EXPORT_C_EMITTER_H

#include "export/c/helpers.h"
#include "export/c/writer.h"
#include "schedule/schedule.h"

/* What CMSIS-NN asks for beyond operands and results, in bytes, at most: at the end of the arena. */
typedef struct octet_c_scratch {
    size_t bytes, bytes_mve; /* with Helium */
} octet_c_scratch;

typedef struct octet_c_emitter {
    octet_context *ctx;
    octet_arena *arena; /* of names */
    const octet_graph *graph;
    const octet_step *steps;
    const uint32_t *origins; /* by step: the operator of the exported graph (unsigned.h) */
    const octet_schedule *schedule;
    octet_c_writer functions, constants, declarations;
    uint32_t helpers;       /* bits of octet_c_helper that the functions call */
    size_t constants_bytes; /* of flash */
    size_t locals_bytes;    /* of the largest arrays on the stack */
    char reason[512];       /* of the last refusal */
    const char **names;     /* by value: of constants that stand in `constants`; else NULL */
    bool uses_cmsis_nn;     /* for the steps that it has (cmsis_nn.h) */
    octet_c_writer queries; /* lines that ask it for the scratch that it needs */
    octet_c_scratch scratch;
} octet_c_emitter;

typedef struct octet_c_name {
    char text[160];
} octet_c_name;

/* Marks a helper, and what it calls, as called. Returns its name, "@scale". */
const char *octet_c_help(octet_c_emitter *e, octet_c_helper helper);

/* "conv_2d_3": operator and its number in the graph. */
octet_c_name octet_c_step_name(const octet_c_emitter *e, uint32_t step);

/* Fails the export: "layer: CONV_2D: <reason>". */
void octet_c_refuse(octet_c_emitter *e, const octet_step *step, const char *format, ...) OCTET_PRINTF(3, 4);

enum { OCTET_C_POINTER_BYTES = 4 }; /* of a processor whose stack is stated */

/* Notes that a function has arrays of so many bytes on the stack. */
void octet_c_use_stack(octet_c_emitter *e, size_t bytes);

/* An array of constants "@conv_2d_3_<what>", of numbers that are worked out here. */
void octet_c_table(octet_c_emitter *e, const octet_stage *stage, const char *what, octet_type type, const void *data,
                   size_t n);
/* The same with other numbers where weights are paired (OCTET_C_IF_PAIRED). */
void octet_c_table_of_two(octet_c_emitter *e, const octet_stage *stage, const char *what, octet_type type,
                          const void *paired, const void *data, size_t n);
/* The array of a constant of the graph: its name with '@', which stays. Two steps that read one constant share it. */
const char *octet_c_constant(octet_c_emitter *e, const octet_stage *stage, uint32_t value, const char *what);

/* ---- The function of a stage ----
 *
 * Parameters are the operands that are no constants, named as in lower/kernel_list.h ("input"; "input0", "input1", ...
 * for any number), in the memory that the schedule gives them, then the results ("output"; "output0", ... for several).
 * Of a stage ROWS: operands are first rows or rings; `output` is row `y` of the result. Of a stage ADDS there are
 * three functions: "@name_begin(sums)", "@name_add(input, sums, y)" with row y of operand 0, "@name_end(sums, output)".
 */

/* Writes the head of the function of a stage WHOLE or ROWS; the emitter writes the body and "}". */
void octet_c_open(octet_c_emitter *e, const octet_stage *stage);
/* The same; the compiler shall not put the function into its caller, whose stack others would pay for. */
void octet_c_open_apart(octet_c_emitter *e, const octet_stage *stage);
/* "int8_t": the type of a value, of operand 0 and result 0 of a stage's step; how many elements a row of its result
 * has. */
const char *octet_c_type_of(const octet_c_emitter *e, uint32_t value);
const char *octet_c_input_type(const octet_c_emitter *e, const octet_stage *stage);
const char *octet_c_output_type(const octet_c_emitter *e, const octet_stage *stage);
size_t octet_c_row_elements(const octet_c_emitter *e, const octet_stage *stage);
/* The element that the memory of a value begins with: not 0 where only its last row is kept. */
int64_t octet_c_first_kept(const octet_c_emitter *e, uint32_t value);
/* Where row `row`, a C expression, of an operand begins: "input + (y + ky) % 3 * 448". */
octet_c_name octet_c_row(octet_c_emitter *e, const octet_stage *stage, uint32_t operand, const char *row);
/* The operand as the body names it: a parameter, or a constant's array. */
const char *octet_c_operand(octet_c_emitter *e, const octet_stage *stage, uint32_t operand);
/* Whether operand i is a parameter of the stage's function. */
bool octet_c_is_parameter(const octet_c_emitter *e, const octet_step *step, uint32_t operand);
/* The member of the struct of states: "svdf_0_state"; "state2" where no step reads it. */
octet_c_name octet_c_state_name(const octet_c_emitter *e, uint32_t value);
/* The name of operand or result i, without '@'. */
octet_c_name octet_c_operand_name(const octet_step *step, uint32_t operand);
octet_c_name octet_c_result_name(const octet_step *step, uint32_t result);

#endif
