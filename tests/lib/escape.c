/*
 * Loaded into a filter by LD_PRELOAD, this plays code that an attacker got to run there.
 * Once ESCAPE_AFTER lines have been read from standard input, and while the filter works on them,
 * it tries every call by which data could leave. It reports the result of each on standard error.
 * The calls bypass glibc, which might refuse by itself.
 *
 *     cc -shared -fPIC -o escape.so tests/lib/escape.c
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void say(const char *name, const char *how)
{
    char line[128];
    size_t length = 0;
    for (; *name != '\0'; name++)
        line[length++] = *name;
    line[length++] = ' ';
    for (; *how != '\0'; how++)
        line[length++] = *how;
    line[length++] = '\n';
    (void)syscall(SYS_write, STDERR_FILENO, line, length);
}

static void judge(const char *name, long result)
{
    say(name, result == -1 && errno == EPERM ? "refused" : "not-refused");
}

static void try_files(void)
{
#ifdef SYS_open
    judge("open", syscall(SYS_open, "/etc/passwd", O_RDONLY));
#endif
#ifdef SYS_creat
    judge("creat", syscall(SYS_creat, "escaped", 0600));
#endif
    judge("openat", syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY));
    judge("openat-create", syscall(SYS_openat, AT_FDCWD, "escaped", O_WRONLY | O_CREAT, 0600));
    judge("openat2", syscall(SYS_openat2, AT_FDCWD, "/etc/passwd", &(uint64_t[3]){ O_RDONLY }, 24));
    judge("memfd", syscall(SYS_memfd_create, "x", 0));
    judge("mkdir", syscall(SYS_mkdirat, AT_FDCWD, "escaped-folder", 0700));
}

static void try_network(void)
{
    int pair[2];
    judge("socket-unix", syscall(SYS_socket, AF_UNIX, SOCK_STREAM, 0));
    judge("socket-inet", syscall(SYS_socket, AF_INET, SOCK_STREAM, 0));
    judge("socket-inet6", syscall(SYS_socket, AF_INET6, SOCK_DGRAM, 0));
    judge("socketpair", syscall(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, pair));
    judge("io_uring", syscall(SYS_io_uring_setup, 0, NULL));
}

static void try_processes(void)
{
    char name[] = "/no/such/program";
    char *arguments[] = { name, NULL };
    unsigned char byte = 0;
    struct {
        void *base;
        size_t length;
    } here = { &byte, 1 };
    judge("execve", syscall(SYS_execve, name, arguments, NULL));
    judge("execveat", syscall(SYS_execveat, AT_FDCWD, name, arguments, NULL, 0));
    long child = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    if (child == 0)
        syscall(SYS_exit_group, 0);
    judge("clone", child);
    if (child > 0)
        (void)waitpid((pid_t)child, NULL, 0);
    judge("kill", syscall(SYS_kill, getppid(), 0));
    judge("ptrace", syscall(SYS_ptrace, PTRACE_TRACEME, 0, NULL, NULL));
    judge("process_vm_readv", syscall(SYS_process_vm_readv, getpid(), &here, 1, &here, 1, 0));
    judge("dumpable", syscall(SYS_prctl, PR_SET_DUMPABLE, 1, 0, 0, 0));
}

static void try_memory(void)
{
    long page =
        syscall(SYS_mmap, NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    judge("mmap-executable",
        syscall(SYS_mmap, NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    judge("mprotect-executable",
        page == -1 ? 0 : syscall(SYS_mprotect, page, 4096, PROT_READ | PROT_EXEC));
}

ssize_t read(int fd, void *data, size_t size)
{
    static ssize_t (*real)(int, void *, size_t);
    static size_t lines;
    static bool tried;
    const char *after = getenv("ESCAPE_AFTER");
    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "read");
    if (fd == STDIN_FILENO && !tried && after != NULL && lines >= strtoul(after, NULL, 10)) {
        tried = true;
        try_files();
        try_network();
        try_processes();
        try_memory();
    }
    ssize_t got = real(fd, data, size);
    for (ssize_t i = 0; fd == STDIN_FILENO && i < got; i++)
        lines += ((const char *)data)[i] == '\n';
    return got;
}
