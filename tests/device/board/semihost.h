/* board/semihost.h - what a program under an emulator says to the machine that it runs on.
 * In:  text, numbers, an exit code.
 * Out: calls by breakpoint (Arm semihosting, qemu's -semihosting-config), by system call (a bare RISC-V under
 *      qemu-riscv32), by the library of C.
 * Knows: the processor that it is compiled for.
 * Does not know: models. */
#ifndef OCTET_TESTS_DEVICE_SEMIHOST_H
#define OCTET_TESTS_DEVICE_SEMIHOST_H

#include <stdint.h>

#if defined(__arm__)
static inline void host_call(intptr_t operation, const void *argument) {
    register intptr_t r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = argument;
    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory", "r2", "r3", "ip", "lr", "cc");
}

static inline void host_print(const char *text) { host_call(0x04, text); }

static inline void host_exit(int code) {
    const uint32_t block[2] = {0x20026u, (uint32_t)code};
    host_call(0x20, block);
    for (;;) {}
}
#elif !__STDC_HOSTED__ && defined(__riscv)
static inline void host_call(intptr_t number, intptr_t a, const void *b, intptr_t c) {
    register intptr_t a0 __asm__("a0") = a;
    register const void *a1 __asm__("a1") = b;
    register intptr_t a2 __asm__("a2") = c, a7 __asm__("a7") = number;
    __asm__ volatile("ecall" : "+r"(a0) : "r"(a1), "r"(a2), "r"(a7) : "memory");
}

static inline void host_print(const char *text) {
    intptr_t n = 0;
    while (text[n] != 0) ++n;
    host_call(64, 1, text, n);
}

static inline void host_exit(int code) {
    host_call(93, code, 0, 0);
    for (;;) {}
}
#else
#include <stdio.h>
static inline void host_print(const char *text) { fputs(text, stdout); }
#endif

static inline void host_print_decimal(uint32_t number) {
    char text[12];
    int i = 11;
    text[i] = 0;
    do text[--i] = (char)('0' + number % 10u);
    while ((number /= 10u) != 0u);
    host_print(text + i);
}

static inline void host_print_number(const char *label, uint32_t number) {
    host_print(label);
    host_print_decimal(number);
    host_print("\n");
}

#endif
