#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/command.h"
#include "base/stop.h"
#include "key_source.h"
#include "part.h"
#include "sibling.h"
#include "string_list.h"

/* A pipe holds this much without a reader (pipe(7)); a key file is far smaller. */
enum { KEY_MOST = 60 << 10, FIRST_FREE = 10 };

static const char setting[] = "SQS2PG_KEY_COMMAND";

bool key_source_is_command(void)
{
    const char *text = getenv(setting);
    return text != NULL && *text != '\0';
}

static int tell(const struct command *command, enum command_result result, struct failure *failure)
{
    const char *name = command->words[0];
    switch (result) {
    case COMMAND_OK:
        return failure_set(failure, STATUS_UNAVAILABLE, "%s: %s printed nothing", setting, name);
    case COMMAND_STATUS:
        return failure_set(failure, STATUS_UNAVAILABLE, "%s: %s ended with status %d", setting,
            name, command->number);
    case COMMAND_SIGNAL:
        return failure_set(failure, STATUS_UNAVAILABLE, "%s: signal %d ended %s", setting,
            command->number, name);
    case COMMAND_LATE:
    case COMMAND_STOPPED:
        return failure_set(failure, STATUS_TEMPORARY, "%s: %s did not end in time", setting, name);
    case COMMAND_LARGE:
        return failure_set(failure, STATUS_UNAVAILABLE, "%s: %s prints more than a key file",
            setting, name);
    case COMMAND_NOT_RUN:
        return failure_set(failure, STATUS_UNAVAILABLE, "%s: cannot run %s: %s", setting, name,
            strerror(command->number));
    case COMMAND_BROKEN:
        break;
    }
    return failure_set(failure, STATUS_INTERNAL, "%s: cannot read what %s prints: %s", setting,
        name, strerror(command->number));
}

/* Return a pipe with the text in it, or -1 with ${failure}. */
static int in_pipe(const struct buf *text, struct failure *failure)
{
    int ends[2], kept = -1;
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
        return failure_set(failure, STATUS_INTERNAL, "cannot make a pipe: %s", strerror(errno));
    ssize_t put = write(ends[1], text->data, text->length);
    int flags = fcntl(ends[0], F_GETFL);
    if (put == (ssize_t)text->length && flags != -1 &&
        fcntl(ends[0], F_SETFL, flags & ~O_NONBLOCK) == 0)
        kept = fcntl(ends[0], F_DUPFD_CLOEXEC, FIRST_FREE);
    if (kept == -1)
        failure_set(failure, STATUS_INTERNAL, "cannot hand on the key");
    close(ends[0]);
    close(ends[1]);
    return kept;
}

int key_source_open(uint64_t within_ms, struct failure *failure)
{
    struct string_list environment;
    struct buf text;
    int pipe = -1;
    string_list_init(&environment);
    buf_init(&text, KEY_MOST);
    part_add(PART_AWS, &environment);
    char **words = command_words(getenv(setting));
    char path[SIBLING_SIZE];
    if (words != NULL && words[0] != NULL && sibling_program(words[0], path) == path)
        words[0] = path;
    struct command command = { .words = words,
        .environment = string_list_get(&environment),
        .longest_ms = within_ms,
        .stop_fd = stop_fd() };
    if (words == NULL || command.environment == NULL) {
        failure_no_memory(failure);
    } else if (words[0] == NULL) {
        failure_set(failure, STATUS_CONFIG, "%s names no command", setting);
    } else {
        enum command_result result = command_run(&command, &text, KEY_MOST);
        if (result == COMMAND_OK && text.length > 0)
            pipe = in_pipe(&text, failure);
        else
            tell(&command, result, failure);
    }
    free(words);
    buf_wipe(&text);
    string_list_free(&environment);
    return pipe;
}
