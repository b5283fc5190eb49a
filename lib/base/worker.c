#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/descriptors.h"
#include "base/worker.h"

enum {
    MAX_MESSAGE = 1 << 30,
    KEEP_MESSAGE = 1 << 20,
    /*
     * Further tries of a request whose child a foreign signal ended; shares[] says how often each
     * halves the limits. Processor time is not what the machine lacks, so it stays at a quarter or
     * more.
     */
    TRIES = 5,
    CPU_SHARE_MAX = 2
};

static const unsigned shares[TRIES] = { 0, 0, 2, 4, 6 };

struct worker {
    worker_serve *serve;
    struct worker_limits limits;
    worker_confine *confine; /* NULL: none */
    unsigned share;          /* the limits of the next child are halved this many times */
    pid_t pid;               /* 0: none */
    int fd;
    bool confined;
};

/* ---- messages: length as a uint64_t, then bytes ---- */

/* How bytes are sent. A confined child has only write(2), and ignores SIGPIPE. */
typedef ssize_t send_bytes(int fd, const void *data, size_t length);

static ssize_t send_quietly(int fd, const void *data, size_t length)
{
    return send(fd, data, length, MSG_NOSIGNAL);
}

/* Return false when the other side has gone. */
static bool send_all(int fd, const void *data, size_t length, send_bytes *send_some)
{
    const char *at = data;
    while (length > 0) {
        ssize_t sent = send_some(fd, at, length);
        if (sent < 0 && errno != EINTR)
            return false;
        if (sent > 0) {
            at += sent;
            length -= (size_t)sent;
        }
    }
    return true;
}

static bool send_message(int fd, const char *data, size_t length, send_bytes *send_some)
{
    uint64_t size = length;
    return send_all(fd, &size, sizeof size, send_some) && send_all(fd, data, length, send_some);
}

static bool receive_all(int fd, void *data, size_t length)
{
    char *at = data;
    while (length > 0) {
        ssize_t got = read(fd, at, length);
        if (got == 0 || (got < 0 && errno != EINTR))
            return false;
        if (got > 0) {
            at += got;
            length -= (size_t)got;
        }
    }
    return true;
}

enum received { RECEIVED, RECEIVED_END, RECEIVED_NO_MEMORY };

static enum received receive_message(int fd, struct buf *message)
{
    uint64_t size;
    buf_shrink(message, KEEP_MESSAGE);
    if (!receive_all(fd, &size, sizeof size))
        return RECEIVED_END;
    if (size == 0)
        return RECEIVED;
    char *to = size > MAX_MESSAGE ? NULL : buf_reserve(message, (size_t)size);
    if (to == NULL)
        return RECEIVED_NO_MEMORY;
    message->length += (size_t)size;
    return receive_all(fd, to, (size_t)size) ? RECEIVED : RECEIVED_END;
}

/* ---- the child ---- */

/* Status of a child that could not serve at all; any other status comes from the request. */
enum { NOT_SERVED = 125 };

/* Signals that a child brings on itself. Any other signal came from outside. */
static const int ending_signals[] = { SIGPROF, SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGSYS };

static bool ended_itself(int status)
{
    if (WIFEXITED(status))
        return WEXITSTATUS(status) != NOT_SERVED;
    for (size_t i = 0; i < sizeof ending_signals / sizeof *ending_signals; i++)
        if (WIFSIGNALED(status) && WTERMSIG(status) == ending_signals[i])
            return true;
    return false;
}

/* Return the bytes of address space in use; 0: not known. */
static uint64_t memory_in_use(void)
{
    char text[64];
    int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    if (fd >= 0)
        (void)close(fd);
    if (got <= 0)
        return 0;
    text[got] = '\0';
    return strtoull(text, NULL, 10) * (uint64_t)sysconf(_SC_PAGESIZE);
}

static void limit_memory(uint64_t bytes)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_AS, &limit) != 0)
        return;
    limit.rlim_cur =
        limit.rlim_max == RLIM_INFINITY || bytes < limit.rlim_max ? bytes : limit.rlim_max;
    (void)setrlimit(RLIMIT_AS, &limit);
}

/* SIGPROF ends the process when the time is used up. 0: no limit. */
static void limit_cpu(uint64_t ms)
{
    const struct itimerval timer = { .it_value = { .tv_sec = (time_t)(ms / 1000),
                                         .tv_usec = (suseconds_t)(ms % 1000 * 1000) } };
    (void)setitimer(ITIMER_PROF, &timer, NULL);
}

/* Others may read the initial environment in /proc. */
static void wipe_environment(void)
{
    static char *empty[] = { NULL };
    for (char **at = environ; at != NULL && *at != NULL; at++)
        explicit_bzero(*at, strlen(*at));
    environ = empty;
}

static void become_child(int fd, pid_t parent)
{
    static const int ignored[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE };
    const struct rlimit no_core = { 0, 0 };
    sigset_t none;
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(0);
    for (size_t i = 0; i < sizeof ending_signals / sizeof *ending_signals; i++)
        (void)signal(ending_signals[i], SIG_DFL);
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
        (void)signal(ignored[i], SIG_IGN);
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    (void)setrlimit(RLIMIT_CORE, &no_core);
    /* Close everything of the caller: a reader of its output must see its end. */
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null < 0 || dup2(fd, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0 ||
        dup2(null, STDERR_FILENO) < 0 || descriptors_close(STDERR_FILENO + 1, ~0U) != 0)
        _exit(NOT_SERVED);
    /* When memory is short, the kernel should end this process first. */
    int score = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (score >= 0) {
        (void)!write(score, "1000", 4);
        (void)close(score);
    }
    wipe_environment();
}

static _Noreturn void serve_requests(const struct worker *worker)
{
    struct buf request;
    struct buf answer;
    uint64_t base = memory_in_use();
    unsigned share = worker->share;
    unsigned cpu_share = share < CPU_SHARE_MAX ? share : CPU_SHARE_MAX;
    char confined = worker->confine != NULL && worker->confine();
    if (!send_message(STDIN_FILENO, &confined, 1, write))
        _exit(NOT_SERVED);
    buf_init(&request, MAX_MESSAGE);
    buf_init(&answer, MAX_MESSAGE);
    while (receive_message(STDIN_FILENO, &request) == RECEIVED) {
        const struct worker_limits *limits = &worker->limits;
        buf_shrink(&answer, KEEP_MESSAGE);
        if (base > 0)
            limit_memory(
                base + ((limits->memory_bytes + limits->memory_factor * request.length) >> share));
        limit_cpu(limits->cpu_ms >> cpu_share);
        worker->serve(request.length == 0 ? "" : request.data, request.length, &answer);
        if (answer.failed)
            abort();
        limit_cpu(0);
        limit_memory(UINT64_MAX); /* the next request may be larger */
        if (!send_message(STDIN_FILENO, answer.data, answer.length, write))
            break;
    }
    _exit(NOT_SERVED);
}

/* ---- the caller ---- */

/* End the child, if it still runs. Return its wait status. */
static int end(struct worker *worker)
{
    int status = 0;
    (void)close(worker->fd); /* a waiting child reads this as the end */
    (void)kill(worker->pid, SIGKILL);
    while (waitpid(worker->pid, &status, 0) < 0 && errno == EINTR)
        ;
    worker->pid = 0;
    return status;
}

/*
 * Receive the first byte of the child: whether it is confined. Return 0, or -1 with errno when it
 * has ended.
 */
static int receive_confined(struct worker *worker)
{
    uint64_t size;
    char confined = 0;
    if (receive_all(worker->fd, &size, sizeof size) && size == 1 &&
        receive_all(worker->fd, &confined, 1)) {
        worker->confined = confined != 0;
        return 0;
    }
    (void)end(worker);
    errno = ECHILD;
    return -1;
}

static int start(struct worker *worker)
{
    int ends[2];
    pid_t parent = getpid();
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return -1;
    pid_t pid = fork();
    if (pid == 0) {
        become_child(ends[1], parent);
        serve_requests(worker);
    }
    int reason = errno;
    (void)close(ends[1]);
    if (pid < 0) {
        (void)close(ends[0]);
        errno = reason;
        return -1;
    }
    worker->pid = pid;
    worker->fd = ends[0];
    return receive_confined(worker);
}

struct worker *worker_new(worker_serve *serve, const struct worker_limits *limits)
{
    struct worker *worker = calloc(1, sizeof *worker);
    if (worker != NULL)
        *worker = (struct worker){ .serve = serve, .limits = *limits };
    return worker;
}

void worker_set_confine(struct worker *worker, worker_confine *confine)
{
    worker->confine = confine;
}

bool worker_is_confined(const struct worker *worker)
{
    return worker->pid != 0 && worker->confined;
}

int worker_start(struct worker *worker)
{
    return worker->pid != 0 ? 0 : start(worker);
}

void worker_restart(struct worker *worker)
{
    if (worker->pid != 0)
        (void)end(worker);
}

void worker_free(struct worker *worker)
{
    if (worker != NULL)
        worker_restart(worker);
    free(worker);
}

/* Try once. Return true when the outcome, ${result}, is final. */
static bool try_once(struct worker *worker, const char *request, size_t length, struct buf *answer,
    enum worker_result *result)
{
    *result = WORKER_FAILED;
    if (worker_start(worker) != 0)
        return errno != ECHILD; /* a child that ended before its first byte gave no answer */
    enum received got = send_message(worker->fd, request, length, send_quietly)
        ? receive_message(worker->fd, answer)
        : RECEIVED_END;
    if (got == RECEIVED) {
        *result = WORKER_ANSWERED;
        return true;
    }
    int status = end(worker);
    if (got == RECEIVED_NO_MEMORY) {
        errno = ENOMEM;
        return true;
    }
    if (ended_itself(status)) {
        *result = WORKER_ENDED;
        return true;
    }
    errno = ECHILD;
    return false;
}

/*
 * The kernel ends a child that takes too much memory with a signal that any process may send. A
 * request that exhausts memory does so again in a fresh child. With ever smaller limits it passes
 * them before the kernel acts; any other request is answered within them.
 */
enum worker_result worker_request(struct worker *worker, const char *request, size_t length,
    struct buf *answer)
{
    enum worker_result result = WORKER_FAILED;
    bool decided = false;
    for (int i = 0; i < TRIES && !decided; i++) {
        worker->share = shares[i];
        decided = try_once(worker, request, length, answer, &result);
    }
    int reason = errno;
    if (worker->share > 0)
        worker_restart(worker); /* the next request has the full limits again */
    worker->share = 0;
    errno = reason;
    return result;
}
