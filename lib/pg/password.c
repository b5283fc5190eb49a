#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/command.h"
#include "base/status.h"
#include "pg/password.h"

enum { LONGEST_MS = 30000, PASSWORD_MAXIMUM = 64 << 10 };

static int fail(struct pg_error *error, enum pg_error_kind kind, const char *name, const char *what)
{
    char text[PG_TEXT_SIZE];
    (void)snprintf(text, sizeof text, "the password command %.100s %s", name, what);
    pg_fault_lost(error, text);
    error->kind = kind;
    return -1;
}

static int fail_number(struct pg_error *error, enum pg_error_kind kind, const char *name,
    const char *what, int number)
{
    char text[128];
    (void)snprintf(text, sizeof text, "%s %d", what, number);
    return fail(error, kind, name, text);
}

/* Return this program's environment without the password for libpq. NULL: out of memory. */
static char **environment_of_command(void)
{
    static const char hidden[] = "PGPASSWORD=";
    size_t count = 0, kept = 0;
    while (environ[count] != NULL)
        count++;
    char **list = calloc(count + 1, sizeof *list);
    for (size_t i = 0; list != NULL && i < count; i++)
        if (strncmp(environ[i], hidden, sizeof hidden - 1) != 0)
            list[kept++] = environ[i];
    return list;
}

static int tell(const struct command *command, enum command_result result, struct pg_error *error)
{
    const char *name = command->words[0];
    char text[256];
    switch (result) {
    case COMMAND_OK:
        return 0;
    case COMMAND_STATUS:
        return fail_number(error,
            command->number == STATUS_USAGE || command->number == STATUS_PERMISSION ||
                    command->number == STATUS_CONFIG
                ? PG_STOP
                : PG_FAULT,
            name, "ended with status", command->number);
    case COMMAND_SIGNAL:
        return fail_number(error, PG_FAULT, name, "was ended by signal", command->number);
    case COMMAND_LATE:
        (void)snprintf(text, sizeof text, "took longer than %" PRIu64 " seconds",
            (command->longest_ms + 999) / 1000);
        return fail(error, PG_FAULT, name, text);
    case COMMAND_LARGE:
        return fail(error, PG_STOP, name, "printed a line longer than 64 KiB");
    case COMMAND_STOPPED:
        pg_fault_lost(error, "told to stop");
        return -1;
    case COMMAND_NOT_RUN:
        (void)snprintf(text, sizeof text, "cannot be run: %s", strerror(command->number));
        return fail(error, PG_STOP, name, text);
    case COMMAND_BROKEN:
        break;
    }
    (void)snprintf(text, sizeof text, "cannot be waited for: %s", strerror(command->number));
    return fail(error, PG_FAULT, name, text);
}

/* Cut ${password} after its first line. */
static int take_line(const char *name, struct buf *password, struct pg_error *error)
{
    char *newline = memchr(password->data, '\n', password->length);
    size_t length = newline != NULL ? (size_t)(newline - password->data) : password->length;
    if (length > 0 && password->data[length - 1] == '\r')
        length--;
    if (length == 0)
        return fail(error, PG_FAULT, name, "printed no password");
    if (memchr(password->data, '\0', length) != NULL)
        return fail(error, PG_STOP, name, "printed a zero byte in the password");
    explicit_bzero(password->data + length, password->length - length);
    password->length = length;
    return buf_cstr(password) != NULL ? 0 : fail(error, PG_FAULT, name, "ran out of memory");
}

int pg_password_ask(const char *command, uint64_t within_ms, int cancel_fd, struct buf *password,
    struct pg_error *error)
{
    char **words = command_words(command);
    char **environment = environment_of_command();
    int result = -1;
    buf_init(password, PASSWORD_MAXIMUM + 1);
    if (words == NULL || environment == NULL ||
        buf_reserve(password, PASSWORD_MAXIMUM + 1) == NULL) {
        pg_fault_lost(error, "out of memory");
    } else {
        struct command run = {
            .words = words,
            .environment = environment,
            .longest_ms = within_ms < LONGEST_MS ? within_ms : LONGEST_MS,
            .stop_fd = cancel_fd,
            .first_line = true,
        };
        result = tell(&run, command_run(&run, password, PASSWORD_MAXIMUM), error);
        if (result == 0)
            result = take_line(words[0], password, error);
    }
    free(environment);
    free(words);
    return result;
}
