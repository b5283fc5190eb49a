#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "credentials/document.h"
#include "credentials/process.h"
#include "credentials/shell_words.h"

enum { LONGEST_MS = 60 * 1000, OUTPUT_MAXIMUM = 64 << 10, TICK_MS = 20 };

static const char who[] = "the credential_process";

/* Start it with its standard output to ${output}. 0, or an error number. */
static int start(char *const *words, int output, pid_t *process)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t none, usual;
    int failure = posix_spawn_file_actions_init(&files);
    if (failure != 0)
        return failure;
    failure = posix_spawnattr_init(&attributes);
    if (failure != 0)
        goto err;
    sigemptyset(&none);
    sigemptyset(&usual);
    sigaddset(&usual, SIGPIPE); /* ours are ignored, and would stay so */
    sigaddset(&usual, SIGXFSZ);
    sigaddset(&usual, SIGCHLD);
    if ((failure = posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY,
             0)) == 0 &&
        (failure = posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO)) == 0 &&
        (failure = posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1)) == 0 &&
        (failure = posix_spawnattr_setpgroup(&attributes, 0)) == 0 &&
        (failure = posix_spawnattr_setsigmask(&attributes, &none)) == 0 &&
        (failure = posix_spawnattr_setsigdefault(&attributes, &usual)) == 0 &&
        (failure = posix_spawnattr_setflags(&attributes,
             POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF)) == 0)
        failure = posix_spawnp(process, words[0], &files, &attributes, words, environ);
    posix_spawnattr_destroy(&attributes);
err:
    posix_spawn_file_actions_destroy(&files);
    return failure;
}

/* Milliseconds until the end, 0 when it has come. */
static int left(uint64_t end_ms)
{
    uint64_t now_ms = clock_monotonic_ms();
    return now_ms < end_ms ? (int)(end_ms - now_ms) : 0;
}

static enum aws_cause overdue(const char *place, struct aws_error *error)
{
    return error_set(error, AWS_TEMPORARY, NULL,
        "%s: credential_process takes longer than %d seconds", place, LONGEST_MS / 1000);
}

/* Read all that it prints. */
static enum aws_cause collect(int input, struct buf *output, uint64_t end_ms, int stop_fd,
    const char *place, struct aws_error *error)
{
    for (;;) {
        struct pollfd fds[] = { { .fd = input, .events = POLLIN },
            { .fd = stop_fd, .events = POLLIN } };
        int wait_ms = left(end_ms);
        if (wait_ms == 0)
            return overdue(place, error);
        if (poll(fds, 2, wait_ms) == -1 && errno != EINTR)
            return error_set(error, AWS_NO_MEMORY, NULL, "cannot wait for credential_process: %s",
                strerror(errno));
        if (fds[1].revents != 0)
            return error_set(error, AWS_STOPPED, NULL, "stopped");
        if (fds[0].revents == 0)
            continue;
        char more;
        size_t room = OUTPUT_MAXIMUM - output->length;
        ssize_t got =
            read(input, room > 0 ? output->data + output->length : &more, room > 0 ? room : 1);
        if (got == 0)
            return AWS_OK;
        if (got > 0 && room == 0)
            return error_set(error, AWS_SETTING, NULL,
                "%s: credential_process prints more than %d bytes", place, OUTPUT_MAXIMUM);
        if (got > 0)
            output->length += (size_t)got;
        else if (errno != EINTR && errno != EAGAIN)
            return error_set(error, AWS_SETTING, NULL, "%s: cannot read credential_process: %s",
                place, strerror(errno));
    }
}

/* Wait for its end; *reaped says whether it has come. */
static enum aws_cause reap(pid_t process, uint64_t end_ms, int stop_fd, const char *place,
    bool *reaped, struct aws_error *error)
{
    int status;
    for (;;) {
        pid_t done = waitpid(process, &status, WNOHANG);
        *reaped = done == process || (done == -1 && errno == ECHILD);
        if (done == process)
            break;
        if (*reaped)
            return AWS_OK; /* this program was started with SIGCHLD ignored; its output must do */
        struct pollfd stop = { .fd = stop_fd, .events = POLLIN };
        int wait_ms = left(end_ms);
        if (wait_ms == 0)
            return overdue(place, error);
        (void)poll(&stop, 1, wait_ms < TICK_MS ? wait_ms : TICK_MS);
        if (stop.revents != 0)
            return error_set(error, AWS_STOPPED, NULL, "stopped");
    }
    if (WIFSIGNALED(status))
        return error_set(error, AWS_SETTING, NULL, "%s: credential_process was ended by signal %d",
            place, WTERMSIG(status));
    if (WEXITSTATUS(status) != 0)
        return error_set(error, AWS_SETTING, NULL, "%s: credential_process ended with status %d",
            place, WEXITSTATUS(status));
    return AWS_OK;
}

static enum aws_cause run(char *const *words, struct buf *output, const char *place,
    const struct credentials_request *request, struct aws_error *error)
{
    int ends[2];
    pid_t process = -1;
    uint64_t end_ms = clock_monotonic_ms() + LONGEST_MS;
    if (pipe2(ends, O_CLOEXEC) != 0)
        return error_set(error, AWS_NO_MEMORY, NULL, "cannot make a pipe: %s", strerror(errno));
    int failure = start(words, ends[1], &process);
    close(ends[1]);
    if (failure != 0) {
        close(ends[0]);
        return error_set(error, AWS_CONFIG, NULL, "%s: cannot run credential_process: %s", place,
            strerror(failure));
    }
    bool reaped = false;
    enum aws_cause cause = collect(ends[0], output, end_ms, request->stop_fd, place, error);
    close(ends[0]);
    if (cause == AWS_OK)
        cause = reap(process, end_ms, request->stop_fd, place, &reaped, error);
    if (!reaped) {
        (void)kill(-process, SIGKILL);
        while (waitpid(process, NULL, 0) == -1 && errno == EINTR)
            ;
    }
    return cause;
}

enum aws_cause credentials_process_fetch(struct credentials *credentials, const char *command,
    const char *place, const struct credentials_request *request, struct aws_error *error)
{
    struct shell_words words = { .text = NULL };
    struct buf output;
    enum aws_cause cause;
    *credentials = (struct credentials){ 0 };
    buf_init(&output, OUTPUT_MAXIMUM);
    if (shell_words_split(&words, command) != 0)
        cause = errno == ENOMEM
            ? error_no_memory(error)
            : error_set(error, AWS_CONFIG, NULL,
                  "%s: credential_process is not a command: a quote is open, or it has no words",
                  place);
    else if (buf_reserve(&output, OUTPUT_MAXIMUM) == NULL)
        cause = error_no_memory(error);
    else
        cause = run(words.list, &output, place, request, error);
    if (cause == AWS_OK)
        cause = credentials_document_read(credentials, CREDENTIALS_DOCUMENT_PROCESS, output.data,
            output.length, who, error);
    buf_wipe(&output);
    shell_words_free(&words);
    return cause;
}
