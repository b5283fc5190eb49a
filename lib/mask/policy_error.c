#include <stdio.h>
#include <string.h>

#include "mask/method.h"
#include "mask/policy_error.h"

enum { HINT_MAX = 200 };

int policy_error_set(struct policy_error *error, enum policy_cause cause, unsigned line,
    const struct policy_word *word)
{
    *error = (struct policy_error){ .cause = cause, .line = line };
    if (word == NULL)
        return -1;
    error->column = word->column;
    if (word->text == NULL || word->length == 0 || word->length >= sizeof error->word)
        return -1;
    for (size_t i = 0; i < word->length; i++)
        if (word->text[i] < 0x21 || word->text[i] > 0x7e)
            return -1;
    memcpy(error->word, word->text, word->length);
    return -1;
}

const char *policy_error_text(enum policy_cause cause)
{
    switch (cause) {
    case POLICY_OK:
        return "ok";
    case POLICY_MEMORY:
        return "out of memory";
    case POLICY_OPEN:
        return "cannot be opened";
    case POLICY_READ:
        return "cannot be read";
    case POLICY_KIND:
        return "neither a regular file nor a pipe";
    case POLICY_OWNER:
        return "owned neither by this user nor by root";
    case POLICY_WRITABLE:
        return "its group or others may write it";
    case POLICY_TOO_BIG:
        return "larger than a policy can be (256 KiB)";
    case POLICY_TOO_MANY:
        return "more than 1000 rules";
    case POLICY_EMPTY:
        return "the policy masks nothing: every value would pass in clear";
    case POLICY_UTF8:
        return "not UTF-8";
    case POLICY_CONTROL:
        return "a control character other than tab";
    case POLICY_QUOTE:
        return "the JSON string is not closed";
    case POLICY_WORD:
        return "unexpected word";
    case POLICY_MISSING_WORD:
        return "a word is missing here";
    case POLICY_PATH:
        return "not a path";
    case POLICY_ROOT:
        return "the root must be a path of keys, not into sqs, attributes, fifo, envelope, pii, error or sealed";
    case POLICY_ROOT_ITSELF:
        return "the path names the root itself";
    case POLICY_NO_KEY:
        return "the path must begin with a key, as the value at the root is an object";
    case POLICY_METHOD:
        return "unknown method";
    case POLICY_OPTION:
        return "not an option of this method";
    case POLICY_OPTION_VALUE:
        return "not a value of this option";
    case POLICY_OPTION_NEEDED:
        return "an option that this method needs is missing";
    case POLICY_DISAGREE:
        return "rules of one method and domain must agree in pad and canonical";
    case POLICY_BY:
        return "by= must name one value that passes or is masked reversibly";
    case POLICY_NAMES_NOTHING:
        return "this rule writes no value that could have a name";
    case POLICY_NAMES_ELEMENT:
        return "an array element has no name";
    case POLICY_DROPS_ELEMENT:
        return "drop removes keys, not array elements";
    case POLICY_NO_DOMAIN:
        return "this method has no key, so it has no domain";
    case POLICY_RESERVED:
        return "a reserved key of the record";
    case POLICY_NOT_BESIDE:
        return "not beside the root; write paths below the root without \"record\"";
    case POLICY_DETECT_KIND:
        return "not a kind of personal value";
    case POLICY_REPEATED:
        return "an earlier rule has this path or name";
    case POLICY_OVERLAP:
        return "the path is inside or around the path or name of an earlier rule";
    case POLICY_KINDS:
        return "a step of this path would be both an object and an array";
    case POLICY_INDEX_BESIDE:
        return "[N] beside [] must end the path";
    case POLICY_INDEX_OTHER:
        return "[N] without [] cannot be used with \"other drop\"";
    }
    return "unknown";
}

enum status policy_error_status(enum policy_cause cause)
{
    switch (cause) {
    case POLICY_MEMORY:
        return STATUS_INTERNAL;
    case POLICY_READ:
        return STATUS_IO;
    case POLICY_OWNER:
    case POLICY_WRITABLE:
        return STATUS_PERMISSION;
    default:
        return STATUS_CONFIG;
    }
}

/* Add the options of a method as a hint. */
static void hint_options(const struct method *method, struct failure *failure)
{
    if (method->option_count == 0) {
        (void)failure_hint(failure, "use %s without options", method->name);
        return;
    }
    struct buf choices;
    buf_init(&choices, HINT_MAX);
    method_print_choices(method, &choices);
    if (!choices.failed)
        (void)failure_hint(failure, "use the options of %s: %.*s", method->name,
            (int)choices.length, choices.data);
    buf_free(&choices);
}

int policy_error_report(const struct policy_error *error, const char *file, struct failure *failure)
{
    char place[32] = "";
    const char *reason = error->errnum != 0 ? strerror(error->errnum) : error->word;
    if (error->line > 0 && error->column > 0)
        (void)snprintf(place, sizeof place, ":%u:%u", error->line, error->column);
    else if (error->line > 0)
        (void)snprintf(place, sizeof place, ":%u", error->line);
    (void)failure_set(failure, policy_error_status(error->cause), "%s%s: %s%s%s", file, place,
        policy_error_text(error->cause), *reason != '\0' ? ": " : "", reason);
    if (error->cause == POLICY_METHOD)
        (void)failure_hint(failure, "use one of the methods %s", method_names());
    if (error->cause == POLICY_PATH)
        (void)failure_hint(failure,
            "begin a path with a dot and write one key per step: .ip, .user.ip");
    if (error->method != NULL)
        hint_options(error->method, failure);
    return -1;
}
