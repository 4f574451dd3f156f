/* a64_count - a plugin of qemu-aarch64 (7.2, plugin API 1): how many instructions a program executes between the
 * markers of marker.h, in all and by function. Counts are of blocks of translated code; a block with a marker in it
 * counts as a whole. One thread. cc -shared -fPIC -O2 -Itests tests/bench/arm/a64_count.c -o a64_count.so; qemu-aarch64
 * -plugin ./a64_count.so -d plugin PROGRAM prints "total N" and, for the functions with most, "function N NAME". The
 * prototypes are those of qemu-plugin.h, which Debian does not package. */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/arm/marker.h"

#define EXPORT __attribute__((visibility("default")))
typedef uint64_t plugin_id;
typedef struct qemu_plugin_tb plugin_block;
typedef struct qemu_plugin_insn plugin_instruction;
enum { INLINE_ADD = 0, NO_REGISTERS = 0 };
void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id id, void (*callback)(plugin_id, plugin_block *));
void qemu_plugin_register_vcpu_tb_exec_inline(plugin_block *block, int operation, void *where, uint64_t value);
void qemu_plugin_register_vcpu_insn_exec_cb(plugin_instruction *instruction, void (*callback)(unsigned, void *),
                                            int flags, void *user);
void qemu_plugin_register_atexit_cb(plugin_id id, void (*callback)(plugin_id, void *), void *user);
size_t qemu_plugin_tb_n_insns(const plugin_block *block);
plugin_instruction *qemu_plugin_tb_get_insn(const plugin_block *block, size_t index);
const void *qemu_plugin_insn_data(const plugin_instruction *instruction);
const char *qemu_plugin_insn_symbol(const plugin_instruction *instruction);
void qemu_plugin_outs(const char *text);
EXPORT extern int qemu_plugin_version;
int qemu_plugin_version = 1;
EXPORT int qemu_plugin_install(plugin_id id, const void *info, int argc, char **argv);

enum { MOST_FUNCTIONS = 4096, SHOWN = 24, NAME_BYTES = 80 };
typedef struct function {
    char name[NAME_BYTES];
    uint64_t n;
} function;
typedef struct block {
    uint64_t n_now, n_at_end; /* executions */
    uint64_t size;            /* instructions */
    size_t function;
    struct block *next;
} block;
static function functions[MOST_FUNCTIONS];
static block *blocks;

static size_t function_of(const char *name) {
    size_t i = 0;
    if (name == NULL || name[0] == '\0') name = "(no name)";
    while (i + 1 < MOST_FUNCTIONS && functions[i].name[0] != '\0' &&
           strncmp(functions[i].name, name, NAME_BYTES - 1) != 0)
        i++;
    if (functions[i].name[0] == '\0') snprintf(functions[i].name, NAME_BYTES, "%s", name);
    return i;
}

static void begin(unsigned cpu, void *user) {
    (void)cpu;
    (void)user;
    for (block *b = blocks; b != NULL; b = b->next) b->n_now = 0;
}
static void end(unsigned cpu, void *user) {
    (void)cpu;
    (void)user;
    for (block *b = blocks; b != NULL; b = b->next) b->n_at_end = b->n_now;
}

static void translate(plugin_id id, plugin_block *translated) {
    (void)id;
    block *b = calloc(1, sizeof *b);
    if (b == NULL) abort();
    b->size = qemu_plugin_tb_n_insns(translated);
    b->function = function_of(qemu_plugin_insn_symbol(qemu_plugin_tb_get_insn(translated, 0)));
    b->next = blocks;
    blocks = b;
    for (size_t i = 0; i < b->size; i++) {
        plugin_instruction *instruction = qemu_plugin_tb_get_insn(translated, i);
        uint32_t code;
        memcpy(&code, qemu_plugin_insn_data(instruction), sizeof code);
        if (code == (uint32_t)MARK_BEGIN_CODE)
            qemu_plugin_register_vcpu_insn_exec_cb(instruction, begin, NO_REGISTERS, NULL);
        if (code == (uint32_t)MARK_END_CODE)
            qemu_plugin_register_vcpu_insn_exec_cb(instruction, end, NO_REGISTERS, NULL);
    }
    qemu_plugin_register_vcpu_tb_exec_inline(translated, INLINE_ADD, &b->n_now, 1);
}

static int by_count(const void *a, const void *b) {
    const function *x = a, *y = b;
    return (x->n < y->n) - (x->n > y->n);
}

static void report(plugin_id id, void *user) {
    (void)id;
    (void)user;
    char line[NAME_BYTES + 40];
    uint64_t total = 0;
    for (const block *b = blocks; b != NULL; b = b->next) {
        functions[b->function].n += b->n_at_end * b->size;
        total += b->n_at_end * b->size;
    }
    snprintf(line, sizeof line, "total %" PRIu64 "\n", total);
    qemu_plugin_outs(line);
    qsort(functions, MOST_FUNCTIONS, sizeof *functions, by_count);
    for (size_t i = 0; i < SHOWN && functions[i].n > 0; i++) {
        snprintf(line, sizeof line, "function %" PRIu64 " %s\n", functions[i].n, functions[i].name);
        qemu_plugin_outs(line);
    }
}

int qemu_plugin_install(plugin_id id, const void *info, int argc, char **argv) {
    (void)info;
    (void)argc;
    (void)argv;
    qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
    qemu_plugin_register_atexit_cb(id, report, NULL);
    return 0;
}
