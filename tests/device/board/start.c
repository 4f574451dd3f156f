/* Start of a program without a library of C: vector table and reset on qemu's Cortex-M boards; the entry under
 * qemu-riscv32. */
#include <stdint.h>

#include "semihost.h"

int main(void);

/* What compilers call without being asked. */
void *memcpy(void *to, const void *from, __SIZE_TYPE__ n);
void *memset(void *to, int value, __SIZE_TYPE__ n);
void *memcpy(void *to, const void *from, __SIZE_TYPE__ n) {
    unsigned char *a = to;
    const unsigned char *b = from;
    while (n-- > 0) *a++ = *b++;
    return to;
}
void *memset(void *to, int value, __SIZE_TYPE__ n) {
    unsigned char *a = to;
    while (n-- > 0) *a++ = (unsigned char)value;
    return to;
}

#ifdef __riscv
uint32_t stack_limit[4096];
void start(void);

__asm__(".globl _start\n"
        "_start:\n"
        "    .option push\n"
        "    .option norelax\n"
        "    la gp, __global_pointer$\n"
        "    .option pop\n"
        "    la sp, stack_limit + 16384\n"
        "    j start\n");

void start(void) { host_exit(main()); }
#else
extern uint32_t stack_top[], bss_begin[], bss_end[], data_begin[], data_end[], data_load[];
void reset_handler(void);

static void fault_handler(void) {
    host_print("fault\n");
    host_exit(99);
}

typedef union vector {
    void (*handler)(void);
    void *stack;
} vector;

__attribute__((section(".vectors"), used)) static const vector vectors[16] = {
    {.stack = stack_top}, {reset_handler}, {fault_handler}, {fault_handler}, {fault_handler}, {fault_handler},
    {fault_handler},      {fault_handler}, {fault_handler}, {fault_handler}, {fault_handler}, {fault_handler},
    {fault_handler},      {fault_handler}, {fault_handler}, {fault_handler},
};

__attribute__((noreturn)) void reset_handler(void) {
    uint32_t *from = data_load, *to;
#if defined(__ARM_FP) || defined(__ARM_FEATURE_MVE)
    *(volatile uint32_t *)0xE000ED88u |= 0xFu << 20; /* access to the coprocessors of float and vectors */
    __asm__ volatile("dsb\n isb" ::: "memory");
#endif
    for (to = data_begin; to < data_end;) *to++ = *from++;
    for (to = bss_begin; to < bss_end;) *to++ = 0u;
    host_exit(main());
    for (;;) {}
}
#endif
