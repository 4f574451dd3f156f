/* Hides instructions from a program that is started with this library:
 *
 *     LD_PRELOAD=build/liblimit.so OCTET_LIMIT=avx2 PROGRAM...
 *
 * avx2 hides AVX-512, AVX-VNNI, AMX and what came after them; avx512vnni hides AMX. The system makes CPUID fault
 * (Linux, processors with CPUID faulting), and the handler answers in its place. Threads inherit it, programs that are
 * started afterwards do not, unless they load this library too. */
#define _GNU_SOURCE
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

__attribute__((visibility("default"))) bool limit_is_possible(void);

#if defined(__x86_64__) && defined(__linux__)

#include <cpuid.h>
#include <signal.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

enum { ARCH_SET_CPUID = 0x1012, CPUID_BYTES = 2 };

/* Bits of CPUID leaf 7 (Intel SDM volume 2A, CPUID), by subleaf and register. */
typedef struct hidden_bits {
    uint32_t subleaf, eax, ebx, ecx, edx;
} hidden_bits;

static const hidden_bits of_amx[] = {
    {.subleaf = 0, .edx = 1u << 22 | 1u << 24 | 1u << 25}, /* BF16, TILE, INT8 */
    {.subleaf = 1, .eax = 1u << 21, .edx = 1u << 8},       /* FP16, COMPLEX */
};
static const hidden_bits of_avx512[] = {
    /* F, DQ, IFMA, PF, ER, CD, BW, VL; VBMI, VBMI2, VNNI, BITALG, VPOPCNTDQ; 4VNNIW, 4FMAPS, VP2INTERSECT, FP16 */
    {.subleaf = 0,
     .ebx = 1u << 16 | 1u << 17 | 1u << 21 | 1u << 26 | 1u << 27 | 1u << 28 | 1u << 30 | 1u << 31,
     .ecx = 1u << 1 | 1u << 6 | 1u << 11 | 1u << 12 | 1u << 14,
     .edx = 1u << 2 | 1u << 3 | 1u << 8 | 1u << 23},
    /* AVX-VNNI, AVX512-BF16, AVX-IFMA; AVX-VNNI-INT8, AVX-NE-CONVERT, AVX-VNNI-INT16, AVX10 */
    {.subleaf = 1, .eax = 1u << 4 | 1u << 5 | 1u << 23, .edx = 1u << 4 | 1u << 5 | 1u << 10 | 1u << 19},
};

static bool hides_avx512;

static long set_cpuid(unsigned long enabled) { return syscall(SYS_arch_prctl, ARCH_SET_CPUID, enabled); }

static void hide(const hidden_bits *bits, uint32_t subleaf, uint32_t *registers) {
    if (bits->subleaf != subleaf) return;
    registers[0] &= ~bits->eax;
    registers[1] &= ~bits->ebx;
    registers[2] &= ~bits->ecx;
    registers[3] &= ~bits->edx;
}

static void answer(int signal_number, siginfo_t *info, void *context) {
    (void)info;
    greg_t *r = ((ucontext_t *)context)->uc_mcontext.gregs;
    if (memcmp((const void *)r[REG_RIP], "\x0f\xa2", CPUID_BYTES) != 0) { /* another fault */
        signal(signal_number, SIG_DFL);
        return;
    }
    const uint32_t leaf = (uint32_t)r[REG_RAX], subleaf = (uint32_t)r[REG_RCX];
    uint32_t out[4];
    set_cpuid(1);
    __cpuid_count(leaf, subleaf, out[0], out[1], out[2], out[3]);
    set_cpuid(0);
    for (uint32_t i = 0; leaf == 7 && i < 2; i++) {
        hide(&of_amx[i], subleaf, out);
        if (hides_avx512) hide(&of_avx512[i], subleaf, out);
    }
    r[REG_RAX] = out[0];
    r[REG_RBX] = out[1];
    r[REG_RCX] = out[2];
    r[REG_RDX] = out[3];
    r[REG_RIP] += CPUID_BYTES;
}

bool limit_is_possible(void) {
    if (set_cpuid(0) != 0) return false;
    set_cpuid(1);
    return true;
}

__attribute__((constructor)) static void begin(void) {
    const char *limit = getenv("OCTET_LIMIT");
    if (limit == NULL) return;
    hides_avx512 = strcmp(limit, "avx2") == 0;
    struct sigaction action = {.sa_sigaction = answer, .sa_flags = SA_SIGINFO | SA_NODEFER};
    sigaction(SIGSEGV, &action, NULL);
    set_cpuid(0);
}

#else

bool limit_is_possible(void) { return false; }

#endif
