#define _DEFAULT_SOURCE /* syscall numbers */
#include "base/sandbox.h"

#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__))

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A filter is a program of these steps, in order:
 * 1. Another architecture's calls are refused.
 * 2. mmap and mprotect are allowed unless they ask for executable memory.
 * 3. tgkill is allowed to this process: abort needs it.
 * 4. The calls of the list are allowed, all others are refused with EPERM. */

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#else
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

static const uint32_t allowed[] = {
    SYS_read,      SYS_write,        SYS_readv,          SYS_writev,       SYS_pread64,       SYS_lseek,
    SYS_close,     SYS_fstat,        SYS_munmap,         SYS_mremap,       SYS_madvise,       SYS_brk,
    SYS_futex,     SYS_sched_yield,  SYS_getpid,         SYS_gettid,       SYS_clock_gettime, SYS_gettimeofday,
    SYS_getrandom, SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigreturn, SYS_sigaltstack,   SYS_restart_syscall,
    SYS_getrusage, SYS_exit,         SYS_exit_group};

enum { N_ALLOWED = sizeof allowed / sizeof *allowed, MOST_STEPS = 20 + 2 * N_ALLOWED };

#define LOAD(member) \
    (struct sock_filter) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offsetof(struct seccomp_data, member))
#define GIVE(what) (struct sock_filter) BPF_STMT(BPF_RET | BPF_K, (what))
/* Goes on with the next step where the loaded word is `value` (is not; has one of these bits), else skips so many. */
#define IF(value, skipped) (struct sock_filter) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(value), 0, (skipped))
#define UNLESS(value, skipped) (struct sock_filter) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(value), (skipped), 0)
#define IF_BITS(bits, skipped) (struct sock_filter) BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, (uint32_t)(bits), 0, (skipped))

#define REFUSE GIVE(SECCOMP_RET_ERRNO | EPERM)
#define ALLOW GIVE(SECCOMP_RET_ALLOW)

static unsigned short write_filter(struct sock_filter *step) {
    const struct sock_filter *const first = step;
    *step++ = LOAD(arch);
    *step++ = UNLESS(ARCHITECTURE, 1);
    *step++ = REFUSE;
    *step++ = LOAD(nr);
    for (int i = 0; i < 2; i++) {
        *step++ = IF(i == 0 ? SYS_mmap : SYS_mprotect, 4);
        *step++ = LOAD(args[2]); /* its low word: both architectures are little-endian */
        *step++ = IF_BITS(PROT_EXEC, 1);
        *step++ = REFUSE;
        *step++ = ALLOW;
    }
    *step++ = IF(SYS_tgkill, 4);
    *step++ = LOAD(args[0]);
    *step++ = IF(getpid(), 1);
    *step++ = ALLOW;
    *step++ = REFUSE;
    for (int i = 0; i < N_ALLOWED; i++) {
        *step++ = IF(allowed[i], 1);
        *step++ = ALLOW;
    }
    *step++ = REFUSE;
    return (unsigned short)(step - first);
}

bool octet_sandbox_enter(void) {
    struct sock_filter steps[MOST_STEPS];
    const struct sock_fprog program = {.len = write_filter(steps), .filter = steps};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

#else

bool octet_sandbox_enter(void) { return false; }

#endif
