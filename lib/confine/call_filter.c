#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

#include "confine/call_filter.h"

/*
 * libseccomp would make the same program, from allocated lists. Without memory it follows a null
 * pointer or one list forever, frees twice, or leaves calls out without an error.
 */

/* The kernel's name of this architecture; 0: none is known, and nothing is confined. */
#if defined __x86_64__
static const uint32_t architecture = AUDIT_ARCH_X86_64;
#elif defined __i386__
static const uint32_t architecture = AUDIT_ARCH_I386;
#elif defined __aarch64__ && defined __AARCH64EL__
static const uint32_t architecture = AUDIT_ARCH_AARCH64;
#elif defined __arm__ && defined __ARMEL__
static const uint32_t architecture = AUDIT_ARCH_ARM;
#elif defined __powerpc64__ && defined __LITTLE_ENDIAN__
static const uint32_t architecture = AUDIT_ARCH_PPC64LE;
#elif defined __powerpc64__
static const uint32_t architecture = AUDIT_ARCH_PPC64;
#elif defined __s390x__
static const uint32_t architecture = AUDIT_ARCH_S390X;
#elif defined __riscv && __riscv_xlen == 64
static const uint32_t architecture = AUDIT_ARCH_RISCV64;
#elif defined __mips64 && defined __MIPSEL__
static const uint32_t architecture = AUDIT_ARCH_MIPSEL64;
#elif defined __loongarch64 && defined AUDIT_ARCH_LOONGARCH64
static const uint32_t architecture = AUDIT_ARCH_LOONGARCH64;
#else
static const uint32_t architecture = 0;
#endif

/* No architecture has all of them. */
static const unsigned calls[] = {
    /* data */
    SYS_read, SYS_readv, SYS_write, SYS_writev, SYS_lseek, SYS_close,
#ifdef SYS_poll
    SYS_poll,
#endif
#ifdef SYS_ppoll
    SYS_ppoll,
#endif
#ifdef SYS_ppoll_time64
    SYS_ppoll_time64,
#endif
#ifdef SYS__llseek
    SYS__llseek,
#endif
#ifdef SYS_fstat
    SYS_fstat,
#endif
#ifdef SYS_fstat64
    SYS_fstat64,
#endif
    /* memory; mmap and mprotect are below */
    SYS_brk, SYS_munmap, SYS_mremap, SYS_madvise, SYS_munlock,
#ifdef SYS_futex
    SYS_futex,
#endif
#ifdef SYS_futex_time64
    SYS_futex_time64,
#endif
    /* time and random bytes */
    SYS_getrandom,
#ifdef SYS_clock_gettime
    SYS_clock_gettime,
#endif
#ifdef SYS_clock_gettime64
    SYS_clock_gettime64,
#endif
#ifdef SYS_gettimeofday
    SYS_gettimeofday,
#endif
    /* signals and exit */
    SYS_rt_sigreturn, SYS_rt_sigprocmask, SYS_restart_syscall, SYS_getpid, SYS_gettid, SYS_exit,
    SYS_exit_group,
#ifdef SYS_sigreturn
    SYS_sigreturn,
#endif
#ifdef __SANITIZE_ADDRESS__
    SYS_sigaltstack, /* at the end of its runtime */
#endif
};

/* A limit on itself and a timer of processor time, for work that has them per request. */
static const unsigned limit_calls[] = {
    SYS_setitimer,
#ifdef SYS_setrlimit
    SYS_setrlimit,
#endif
#ifdef SYS_getrlimit
    SYS_getrlimit,
#endif
};

/* Where there is mmap2, mmap takes its arguments from memory, which a filter cannot read. */
#ifdef SYS_mmap2
enum { MAP_CALL = SYS_mmap2 };
#else
enum { MAP_CALL = SYS_mmap };
#endif

/* An argument, of which the bits in ${mask} must be those of ${value}. */
struct condition {
    unsigned argument;
    uint64_t mask;
    uint64_t value;
};

enum {
    HEADER = 4,
    FOOTER = 1,
    CONDITIONS = 2,
    RULES = 6,
    RULE = 3 + CONDITIONS * 6,
    CODES = HEADER +
        2 * (int)(sizeof calls / sizeof *calls + sizeof limit_calls / sizeof *limit_calls) +
        RULES * RULE + FOOTER
};

/* A call that is harmless when all of its conditions hold. A mask of 0: none. */
struct rule {
    unsigned call;
    struct condition conditions[CONDITIONS];
};

struct code {
    struct sock_filter lines[CODES];
    unsigned short length;
};

static void add(struct code *code, unsigned operation, uint32_t operand, unsigned when_true,
    unsigned when_false)
{
    code->lines[code->length++] = (struct sock_filter){ (uint16_t)operation, (uint8_t)when_true,
        (uint8_t)when_false, operand };
}

static void load(struct code *code, size_t offset)
{
    add(code, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

static void end(struct code *code, uint32_t action)
{
    add(code, BPF_RET | BPF_K, action, 0, 0);
}

static void equal(struct code *code, uint32_t operand, unsigned when_true, unsigned when_false)
{
    add(code, BPF_JMP | BPF_JEQ | BPF_K, operand, when_true, when_false);
}

static void allow(struct code *code, const unsigned *numbers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        equal(code, numbers[i], 0, 1);
        end(code, SECCOMP_RET_ALLOW);
    }
}

/* Add the check of 32 bits of an argument; jumps to the end of the rule are set later. */
static void check_half(struct code *code, size_t offset, uint32_t mask, uint32_t value)
{
    if (mask == 0)
        return;
    load(code, offset);
    add(code, BPF_ALU | BPF_AND | BPF_K, mask, 0, 0);
    equal(code, value, 0, 0);
}

/* Arguments have 64 bits in the order of the machine; the loads of the program have 32. */
static void check(struct code *code, const struct condition *condition)
{
    size_t at = offsetof(struct seccomp_data, args) + condition->argument * sizeof(uint64_t);
    size_t low = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? 0 : sizeof(uint32_t);
    check_half(code, at + low, (uint32_t)condition->mask, (uint32_t)condition->value);
    check_half(code, at + sizeof(uint32_t) - low, (uint32_t)(condition->mask >> 32),
        (uint32_t)(condition->value >> 32));
}

/* Allow the call under its conditions. Behind it the number of the call is loaded again. */
static void allow_under(struct code *code, const struct rule *rule)
{
    unsigned short first = code->length;
    equal(code, rule->call, 0, 0);
    for (size_t i = 0; i < CONDITIONS; i++)
        check(code, &rule->conditions[i]);
    end(code, SECCOMP_RET_ALLOW);
    for (unsigned short i = first; i < code->length; i++)
        if (code->lines[i].code == (BPF_JMP | BPF_JEQ | BPF_K))
            code->lines[i].jf = (uint8_t)(code->length - i - 1);
    load(code, offsetof(struct seccomp_data, nr));
}

static void make(struct code *code, bool limits)
{
    const uint64_t whole = UINT64_MAX;
    const struct rule rules[] = {
        { MAP_CALL, { { 2, PROT_EXEC, 0 }, { 3, MAP_ANONYMOUS, MAP_ANONYMOUS } } },
        { SYS_mprotect, { { 2, PROT_EXEC, 0 } } },
        /* isatty(3), for the summary; and the width of the live line */
        { SYS_ioctl, { { 0, whole, STDERR_FILENO }, { 1, whole, TCGETS } } },
        { SYS_ioctl, { { 0, whole, STDERR_FILENO }, { 1, whole, TIOCGWINSZ } } },
        /* abort(3): a signal to this process only */
        { SYS_tgkill, { { 0, whole, (uint64_t)getpid() } } },
    };
    const struct rule own_limits = { SYS_prlimit64, { { 0, whole, 0 } } };
    code->length = 0;
    load(code, offsetof(struct seccomp_data, arch));
    equal(code, architecture, 1, 0);
    end(code, SECCOMP_RET_KILL);
    load(code, offsetof(struct seccomp_data, nr));
    allow(code, calls, sizeof calls / sizeof *calls);
    if (limits)
        allow(code, limit_calls, sizeof limit_calls / sizeof *limit_calls);
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        allow_under(code, &rules[i]);
    if (limits)
        allow_under(code, &own_limits);
    end(code, SECCOMP_RET_ERRNO | EPERM);
}

int call_filter_load(bool limits)
{
    struct code code;
    if (architecture == 0) {
        errno = ENOSYS;
        return -1;
    }
    make(&code, limits);
    const struct sock_fprog program = { code.length, code.lines };
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0 ? 0 : -1;
}
