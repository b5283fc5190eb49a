#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/command.h"
#include "credentials/document.h"
#include "credentials/process.h"
#include "credentials/shell_words.h"

enum { LONGEST_MS = 60 * 1000, OUTPUT_MAXIMUM = 64 << 10 };

static const char who[] = "the credential_process";

static enum aws_cause run(char *const *words, struct buf *output, const char *place,
    const struct credentials_request *request, struct aws_error *error)
{
    struct command command = {
        .words = words,
        .longest_ms = LONGEST_MS,
        .stop_fd = request->stop_fd,
    };
    switch (command_run(&command, output, OUTPUT_MAXIMUM)) {
    case COMMAND_OK:
        return AWS_OK;
    case COMMAND_STATUS:
        return error_set(error, AWS_SETTING, NULL, "%s: credential_process ended with status %d",
            place, command.number);
    case COMMAND_SIGNAL:
        return error_set(error, AWS_SETTING, NULL, "%s: signal %d ended credential_process", place,
            command.number);
    case COMMAND_LATE:
        return error_set(error, AWS_TEMPORARY, NULL,
            "%s: credential_process takes longer than %d seconds", place, LONGEST_MS / 1000);
    case COMMAND_LARGE:
        return error_set(error, AWS_SETTING, NULL,
            "%s: credential_process prints more than %d bytes", place, OUTPUT_MAXIMUM);
    case COMMAND_STOPPED:
        return error_set(error, AWS_STOPPED, NULL, "stopped");
    case COMMAND_NOT_RUN:
        return error_set(error, AWS_CONFIG, NULL, "%s: cannot run credential_process: %s", place,
            strerror(command.number));
    case COMMAND_BROKEN:
        break;
    }
    return error_set(error, AWS_NO_MEMORY, NULL, "cannot wait for credential_process: %s",
        strerror(command.number));
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
                  "%s: credential_process is not a command: a quote is not closed, or it has no words",
                  place);
    else
        cause = run(words.list, &output, place, request, error);
    if (cause == AWS_OK)
        cause = credentials_document_read(credentials, CREDENTIALS_DOCUMENT_PROCESS, output.data,
            output.length, who, error);
    buf_wipe(&output);
    shell_words_free(&words);
    return cause;
}
