/* board/semihost.h - what a program under qemu-system-arm says to the machine that it runs on.
 * In:  text, numbers, an exit code.
 * Out: calls by breakpoint (Arm semihosting).
 * Knows: qemu's -semihosting-config.
 * Does not know: models. */
#ifndef OCTET_TESTS_DEVICE_SEMIHOST_H
#define OCTET_TESTS_DEVICE_SEMIHOST_H

#include <stdint.h>

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

static inline void host_print_number(const char *label, uint32_t number) {
    char text[12];
    int i = 11;
    text[i] = 0;
    do text[--i] = (char)('0' + number % 10u);
    while ((number /= 10u) != 0u);
    host_print(label);
    host_print(text + i);
    host_print("\n");
}

#endif
