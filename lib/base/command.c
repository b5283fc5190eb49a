#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/command.h"
#include "base/descriptors.h"

enum { TICK_MS = 20, LONGEST_WAIT_MS = 60000 };

/* Start it with its standard output on ${output}. Return 0, or an error number. */
static int start(const struct command *command, int output, pid_t *process)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t none, usual;
    char *const *environment = command->environment != NULL ? command->environment : environ;
    int failure = posix_spawn_file_actions_init(&files);
    if (failure != 0)
        return failure;
    failure = posix_spawnattr_init(&attributes);
    if (failure != 0)
        goto err;
    sigemptyset(&none);
    sigemptyset(&usual);
    sigaddset(&usual, SIGPIPE); /* this program ignores it, and the command would inherit that */
    sigaddset(&usual, SIGXFSZ);
    sigaddset(&usual, SIGCHLD);
    if ((failure = posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY,
             0)) == 0 &&
        (failure = posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO)) == 0 &&
        (failure = descriptors_spawn_close(&files, STDERR_FILENO + 1)) == 0 &&
        (failure = posix_spawnattr_setpgroup(&attributes, 0)) == 0 &&
        (failure = posix_spawnattr_setsigmask(&attributes, &none)) == 0 &&
        (failure = posix_spawnattr_setsigdefault(&attributes, &usual)) == 0 &&
        (failure = posix_spawnattr_setflags(&attributes,
             POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF)) == 0)
        failure = posix_spawnp(process, command->words[0], &files, &attributes, command->words,
            environment);
    posix_spawnattr_destroy(&attributes);
err:
    posix_spawn_file_actions_destroy(&files);
    return failure;
}

/* Return the milliseconds until ${end_ms}, 0 when it has passed. */
static int left(uint64_t end_ms)
{
    uint64_t now_ms = clock_monotonic_ms();
    if (now_ms >= end_ms)
        return 0;
    return end_ms - now_ms < LONGEST_WAIT_MS ? (int)(end_ms - now_ms) : LONGEST_WAIT_MS;
}

static enum command_result broken(struct command *command)
{
    command->number = errno;
    return COMMAND_BROKEN;
}

/* Read all of its output. */
static enum command_result collect(struct command *command, int input, struct buf *output,
    size_t maximum, uint64_t end_ms)
{
    size_t kept = 0;
    bool line_ended = false;
    for (;;) {
        struct pollfd fds[] = { { .fd = input, .events = POLLIN },
            { .fd = command->stop_fd, .events = POLLIN } };
        int wait_ms = left(end_ms);
        if (wait_ms == 0)
            return COMMAND_LATE;
        if (poll(fds, 2, wait_ms) == -1 && errno != EINTR)
            return broken(command);
        if (fds[1].revents != 0)
            return COMMAND_STOPPED;
        if (fds[0].revents == 0)
            continue;
        char rest[512];
        size_t room = line_ended ? 0 : maximum - kept;
        char *at = output->data + output->length;
        ssize_t got = read(input, room > 0 ? at : rest, room > 0 ? room : sizeof rest);
        if (room == 0)
            explicit_bzero(rest, sizeof rest);
        if (got == 0)
            return COMMAND_OK;
        if (got > 0 && room == 0 && !line_ended)
            return COMMAND_LARGE;
        if (got < 0 && errno != EINTR && errno != EAGAIN)
            return broken(command);
        if (got > 0 && room > 0) {
            output->length += (size_t)got;
            kept += (size_t)got;
            line_ended = command->first_line && memchr(at, '\n', (size_t)got) != NULL;
        }
    }
}

/* Wait for its end; set *reaped when it has ended. */
static enum command_result reap(struct command *command, pid_t process, uint64_t end_ms,
    bool *reaped)
{
    int status;
    for (;;) {
        pid_t done = waitpid(process, &status, WNOHANG);
        *reaped = done == process || (done == -1 && errno == ECHILD);
        if (done == process)
            break;
        if (*reaped)
            return COMMAND_OK; /* SIGCHLD is ignored, so there is no status: the output decides */
        struct pollfd stop = { .fd = command->stop_fd, .events = POLLIN };
        int wait_ms = left(end_ms);
        if (wait_ms == 0)
            return COMMAND_LATE;
        (void)poll(&stop, 1, wait_ms < TICK_MS ? wait_ms : TICK_MS);
        if (stop.revents != 0)
            return COMMAND_STOPPED;
    }
    command->number = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
    if (WIFSIGNALED(status))
        return COMMAND_SIGNAL;
    return command->number == 0 ? COMMAND_OK : COMMAND_STATUS;
}

enum command_result command_run(struct command *command, struct buf *output, size_t maximum)
{
    int ends[2];
    pid_t process = -1;
    uint64_t end_ms = clock_monotonic_ms() + command->longest_ms;
    if (buf_reserve(output, maximum) == NULL) {
        errno = ENOMEM;
        return broken(command);
    }
    if (pipe2(ends, O_CLOEXEC) != 0)
        return broken(command);
    command->number = start(command, ends[1], &process);
    close(ends[1]);
    if (command->number != 0) {
        close(ends[0]);
        return COMMAND_NOT_RUN;
    }
    bool reaped = false;
    enum command_result result = collect(command, ends[0], output, maximum, end_ms);
    close(ends[0]);
    if (result == COMMAND_OK)
        result = reap(command, process, end_ms, &reaped);
    if (!reaped) {
        (void)kill(-process, SIGKILL);
        while (waitpid(process, NULL, 0) == -1 && errno == EINTR)
            ;
    }
    return result;
}

char **command_words(const char *text)
{
    static const char blanks[] = " \t\r\n";
    size_t length = strlen(text);
    /* A word and a blank take at least two characters. */
    size_t most = length / 2 + 2;
    char **words = calloc(1, most * sizeof *words + length + 1);
    if (words == NULL)
        return NULL;
    char *copy = (char *)(words + most);
    memcpy(copy, text, length + 1);
    for (size_t count = 0; *(copy += strspn(copy, blanks)) != '\0'; count++) {
        words[count] = copy;
        copy += strcspn(copy, blanks);
        if (*copy != '\0')
            *copy++ = '\0';
    }
    return words;
}
