/*
 * A library for LD_PRELOAD that makes one call of a program fail: the Nth of its kind, in any
 * library, process or thread of the program.
 *
 *   LD_INJECT=PROGRAM:KIND:HOW:N     N with a final +: all later ones fail, too; 0: none
 *   LD_INJECT_STATE=FILE             a struct state, made by the process that starts the program
 *
 * sqs2pg gives all of its programs variables with such names, and others to a few only.
 *
 * KIND is one of the kinds below. HOW is the name of an error or `short`: then a read returns one
 * byte and a write takes half. The file gets the number of calls, and the descriptor, the process
 * and the callers of the failed one. With room for them it also gets a number for the callers of
 * every call, the lowest bit set where the program itself made the call.
 *
 * Everything uses only what the process has at its start, as the program may confine itself later.
 */
#undef _FORTIFY_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { FRAMES = 24, ARENA = 1 << 16 };

struct state {
    _Atomic uint64_t calls;
    _Atomic uint64_t hits;
    int64_t fd;
    uint64_t capacity; /* of stacks */
    uint64_t by_child; /* a forked process of the program made the call */
    uint64_t begun;    /* the program has started with this library */
    char trace[2000];
    uint64_t stacks[];
};

enum kind {
    MALLOC,
    READ,
    WRITE,
    FSYNC,
    RENAME,
    SEND,
    RECV,
    OPEN,
    POLL,
    FORK,
    PIPE,
    CLOSE,
    STAT,
    MAP,
    RANDOM,
    KINDS
};

static const char *const kinds[KINDS] = { "malloc", "read", "write", "fsync", "rename", "send",
    "recv", "open", "poll", "fork", "pipe", "close", "stat", "map", "random" };

static const struct {
    const char *name;
    int number;
} errors[] = { { "ENOMEM", ENOMEM }, { "EIO", EIO }, { "ENOSPC", ENOSPC }, { "EINTR", EINTR },
    { "ECONNRESET", ECONNRESET }, { "EMFILE", EMFILE }, { "EAGAIN", EAGAIN }, { "short", -1 } };

static struct state *state; /* NULL: no call fails in this process */
static enum kind wanted;
static int error;
static uint64_t nth;
static bool lasting;
static pid_t started;
static _Thread_local bool inside __attribute__((tls_model("initial-exec")));

/* ---- callers --------------------------------------------------------------------------------- */

static const void *ours; /* the address of this library, whose frames are left out */

static uint64_t number_of(void *const *frames, int count)
{
    uint64_t number = 1469598103934665603U;
    bool first = true, by_program = false;
    for (int i = 0; i < count; i++) {
        struct dl_find_object object;
        if (_dl_find_object(frames[i], &object) != 0 || object.dlfo_map_start == ours)
            continue;
        const char *name = object.dlfo_link_map->l_name; /* empty for the program itself */
        by_program = by_program || (first && *name == '\0');
        first = false;
        number ^= (uint64_t)((char *)frames[i] - (char *)object.dlfo_map_start);
        number = (number ^ (uint64_t)strlen(name) << 40) * 1099511628211U;
    }
    return (number & ~(uint64_t)1) | (by_program ? 1 : 0);
}

static void describe(void *const *frames, int count)
{
    size_t used = 0;
    for (int i = 0; i < count && used < sizeof state->trace - 1; i++) {
        Dl_info info;
        if (dladdr(frames[i], &info) == 0 || info.dli_fbase == ours)
            continue;
        const char *slash = strrchr(info.dli_fname, '/');
        int length = snprintf(state->trace + used, sizeof state->trace - used, "%s+0x%zx(%s) ",
            slash != NULL ? slash + 1 : info.dli_fname,
            (size_t)((char *)frames[i] - (char *)info.dli_fbase),
            info.dli_sname != NULL ? info.dli_sname : "");
        used += length > 0 ? (size_t)length : 0;
    }
}

/* ---- whether this call fails ----------------------------------------------------------------- */

static bool look(int fd)
{
    void *frames[FRAMES];
    uint64_t number = atomic_fetch_add(&state->calls, 1) + 1;
    bool hit = number == nth || (lasting && number > nth && nth > 0);
    bool first = hit && atomic_fetch_add(&state->hits, 1) == 0;
    if (number > state->capacity && !first)
        return hit;
    int count = backtrace(frames, FRAMES);
    if (number <= state->capacity)
        state->stacks[number - 1] = number_of(frames, count);
    if (first) {
        state->fd = fd;
        state->by_child = getpid() != started;
        describe(frames, count);
    }
    return hit;
}

/*
 * Called before each call: return true when it must fail, with errno set; errno is unchanged
 * otherwise.
 */
static __attribute__((noinline)) bool fails(enum kind kind, int fd)
{
    if (state == NULL || kind != wanted || inside)
        return false;
    int saved = errno;
    inside = true;
    bool hit = look(fd);
    /* A connection that was reset stays at its end for all later calls, too. */
    if (hit && error == ECONNRESET)
        (void)shutdown(fd, SHUT_RDWR);
    inside = false;
    errno = hit && error > 0 ? error : saved;
    return hit;
}

/* Do the same for a call that moves ${length} bytes; a short one leaves ${less} of them. */
static __attribute__((noinline)) bool fails_moving(enum kind kind, int fd, size_t *length,
    size_t less)
{
    if (!fails(kind, fd))
        return false;
    if (error > 0)
        return true;
    *length = less > 0 ? less : *length;
    return false;
}

/* ---- memory ---------------------------------------------------------------------------------- */

/* Memory for dlsym(3) before the real functions are known. */
static _Alignas(16) char arena[ARENA];
static size_t arena_used;

static bool in_arena(const void *data)
{
    return (const char *)data >= arena && (const char *)data < arena + ARENA;
}

static void *from_arena(size_t size)
{
    size_t at = arena_used;
    arena_used += (size + 15) / 16 * 16;
    return arena_used <= ARENA ? arena + at : NULL;
}

static void *(*real_malloc)(size_t);
static void *(*real_calloc)(size_t, size_t);
static void *(*real_realloc)(void *, size_t);
static void (*real_free)(void *);

/* Return true when the real functions are known; they are not while dlsym(3) looks for them. */
static bool known(void)
{
    static bool asked;
    if (!asked) {
        asked = true;
        *(void **)(void *)&real_free = dlsym(RTLD_NEXT, "free");
        *(void **)(void *)&real_realloc = dlsym(RTLD_NEXT, "realloc");
        *(void **)(void *)&real_calloc = dlsym(RTLD_NEXT, "calloc");
        *(void **)(void *)&real_malloc = dlsym(RTLD_NEXT, "malloc");
    }
    return real_malloc != NULL;
}

void *malloc(size_t size)
{
    if (!known())
        return from_arena(size);
    return fails(MALLOC, -1) ? NULL : real_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    if (!known())
        return from_arena(count * size);
    return fails(MALLOC, -1) ? NULL : real_calloc(count, size);
}

void *realloc(void *data, size_t size)
{
    if (known() && !in_arena(data))
        return fails(MALLOC, -1) ? NULL : real_realloc(data, size);
    void *moved = malloc(size);
    size_t most = data == NULL ? 0 : (size_t)(arena + ARENA - (char *)data);
    if (moved != NULL && data != NULL)
        memcpy(moved, data, size < most ? size : most);
    return moved;
}

void free(void *data)
{
    if (data != NULL && !in_arena(data) && known())
        real_free(data);
}

/* ---- the others ------------------------------------------------------------------------------ */

/* The real function of that name, looked up at its first use. */
#define REAL(name)                                         \
    static __typeof__(name) *real;                         \
    if (real == NULL) {                                    \
        bool before = inside;                              \
        inside = true;                                     \
        *(void **)(void *)&real = dlsym(RTLD_NEXT, #name); \
        inside = before;                                   \
    }

#define FAILING(kind, result, name, fd, parameters, arguments) \
    result name parameters                                     \
    {                                                          \
        REAL(name)                                             \
        return fails(kind, fd) ? -1 : real arguments;          \
    }

#define MOVING(kind, less, name, parameters, arguments)                     \
    ssize_t name parameters                                                 \
    {                                                                       \
        REAL(name)                                                          \
        return fails_moving(kind, fd, &length, less) ? -1 : real arguments; \
    }

/* The fortified headers call these instead. */
ssize_t __read_chk(int fd, void *data, size_t length, size_t size);
ssize_t __pread_chk(int fd, void *data, size_t length, off_t offset, size_t size);
ssize_t __recv_chk(int fd, void *data, size_t length, size_t size, int flags);
int __poll_chk(struct pollfd *fds, nfds_t count, int timeout, size_t size);
int __open_2(const char *path, int flags);

MOVING(READ, 1, read, (int fd, void *data, size_t length), (fd, data, length))
MOVING(READ, 1, pread, (int fd, void *data, size_t length, off_t offset),
    (fd, data, length, offset))
MOVING(READ, 1, __read_chk, (int fd, void *data, size_t length, size_t size),
    (fd, data, length, size))
MOVING(READ, 1, __pread_chk, (int fd, void *data, size_t length, off_t offset, size_t size),
    (fd, data, length, offset, size))
FAILING(WRITE, ssize_t, writev, fd, (int fd, const struct iovec *parts, int count),
    (fd, parts, count))
MOVING(SEND, length / 2, send, (int fd, const void *data, size_t length, int flags),
    (fd, data, length, flags))
MOVING(RECV, 1, recv, (int fd, void *data, size_t length, int flags), (fd, data, length, flags))
MOVING(RECV, 1, __recv_chk, (int fd, void *data, size_t length, size_t size, int flags),
    (fd, data, length, size, flags))
FAILING(FSYNC, int, fsync, fd, (int fd), (fd))
FAILING(FSYNC, int, fdatasync, fd, (int fd), (fd))
FAILING(RENAME, int, rename, -1, (const char *from, const char *to), (from, to))
FAILING(RENAME, int, link, -1, (const char *from, const char *to), (from, to))
FAILING(RENAME, int, linkat, -1,
    (int from_fd, const char *from, int to_fd, const char *to, int flags),
    (from_fd, from, to_fd, to, flags))
FAILING(POLL, int, poll, -1, (struct pollfd * fds, nfds_t count, int timeout),
    (fds, count, timeout))
FAILING(POLL, int, __poll_chk, -1, (struct pollfd * fds, nfds_t count, int timeout, size_t size),
    (fds, count, timeout, size))
FAILING(FORK, pid_t, fork, -1, (void), ())
FAILING(PIPE, int, socket, -1, (int domain, int type, int protocol), (domain, type, protocol))
FAILING(PIPE, int, socketpair, -1, (int domain, int type, int protocol, int ends[2]),
    (domain, type, protocol, ends))
FAILING(PIPE, int, pipe2, -1, (int ends[2], int flags), (ends, flags))
FAILING(PIPE, int, eventfd, -1, (unsigned count, int flags), (count, flags))
FAILING(STAT, int, fstat, fd, (int fd, struct stat *status), (fd, status))
FAILING(STAT, int, stat, -1, (const char *path, struct stat *status), (path, status))
FAILING(RANDOM, ssize_t, getrandom, -1, (void *data, size_t length, unsigned flags),
    (data, length, flags))
FAILING(OPEN, int, __open_2, -1, (const char *path, int flags), (path, flags))

/*
 * POSIX write(): a pipe takes PIPE_BUF bytes or fewer as a whole. Our programs must not rely on it.
 * libseccomp does, without a way to continue: seccomp_export_bpf.
 */
static bool is_whole(int fd, size_t length, void *caller)
{
    struct dl_find_object object;
    struct stat status;
    int saved = errno;
    bool foreign = _dl_find_object(caller, &object) == 0 && *object.dlfo_link_map->l_name != '\0';
    bool whole =
        foreign && length <= PIPE_BUF && fstat(fd, &status) == 0 && S_ISFIFO(status.st_mode);
    errno = saved;
    return whole;
}

ssize_t write(int fd, const void *data, size_t length)
{
    REAL(write)
    size_t less = is_whole(fd, length, __builtin_return_address(0)) ? length : length / 2;
    return fails_moving(WRITE, fd, &length, less) ? -1 : real(fd, data, length);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *),
    void *argument)
{
    REAL(pthread_create)
    return fails(FORK, -1) ? error : real(thread, attributes, start, argument);
}

/* The descriptor is closed even so, as on Linux. */
int close(int fd)
{
    REAL(close)
    bool failing = fails(CLOSE, fd);
    int saved = errno, result = real(fd);
    if (!failing)
        return result;
    errno = saved;
    return -1;
}

void *mmap(void *at, size_t length, int protection, int flags, int fd, off_t offset)
{
    REAL(mmap)
    return fails(MAP, fd) ? MAP_FAILED : real(at, length, protection, flags, fd, offset);
}

int open(const char *path, int flags, ...)
{
    REAL(open)
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    return fails(OPEN, -1) ? -1 : real(path, flags, mode);
}

FILE *fopen(const char *path, const char *mode)
{
    REAL(fopen)
    return fails(OPEN, -1) ? NULL : real(path, mode);
}

/* ---- the beginning --------------------------------------------------------------------------- */

/* Return 0, or -1 when the variable does not name this program. */
static int parse(const char *text)
{
    char name[32], kind[16], how[16], rest[2];
    unsigned long long number;
    int fields = sscanf(text, "%31[^:]:%15[^:]:%15[^:]:%llu%1[+]", name, kind, how, &number, rest);
    if (fields < 4 || strcmp(name, program_invocation_short_name) != 0)
        return -1;
    nth = number;
    lasting = fields == 5;
    for (wanted = 0; wanted < KINDS && strcmp(kinds[wanted], kind) != 0; wanted++)
        ;
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (strcmp(errors[i].name, how) == 0)
            error = errors[i].number;
    return wanted < KINDS && error != 0 ? 0 : -1;
}

static struct state *map_state(const char *path)
{
    struct stat status;
    int fd = path == NULL ? -1 : open(path, O_RDWR | O_CLOEXEC);
    if (fd == -1 || fstat(fd, &status) != 0)
        return NULL;
    void *mapped = mmap(NULL, (size_t)status.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    return mapped == MAP_FAILED ? NULL : mapped;
}

__attribute__((constructor)) static void begin(void)
{
    const char *text = getenv("LD_INJECT");
    void *frames[FRAMES];
    struct dl_find_object object;
    if (text == NULL || parse(text) != 0)
        return;
    /* Load the unwinder, which otherwise happens at its first use. */
    if (backtrace(frames, FRAMES) > 0 && _dl_find_object(frames[0], &object) == 0)
        ours = object.dlfo_map_start;
    started = getpid();
    state = map_state(getenv("LD_INJECT_STATE"));
    if (state != NULL)
        state->begun = 1;
}
