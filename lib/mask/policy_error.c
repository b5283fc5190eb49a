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

static const char *const texts[] = {
    [POLICY_OK] = "ok",
    [POLICY_MEMORY] = "out of memory",
    [POLICY_OPEN] = "cannot be opened",
    [POLICY_READ] = "cannot be read",
    [POLICY_KIND] = "neither a regular file nor a pipe",
    [POLICY_OWNER] = "owned neither by this user nor by root",
    [POLICY_WRITABLE] = "its group or others may write it",
    [POLICY_TOO_BIG] = "larger than a policy can be (256 KiB)",
    [POLICY_TOO_MANY] = "more than 1000 rules",
    [POLICY_EMPTY] = "the policy masks nothing: every value would pass in clear",
    [POLICY_UTF8] = "not UTF-8",
    [POLICY_CONTROL] = "a control character other than tab",
    [POLICY_QUOTE] = "the JSON string is not closed",
    [POLICY_WORD] = "unexpected word",
    [POLICY_MISSING_WORD] = "a word is missing here",
    [POLICY_PATH] = "not a path",
    [POLICY_ROOT] =
        "the root must be a path of keys, not into sqs, attributes, fifo, envelope, pii, error or sealed",
    [POLICY_ROOT_ITSELF] = "the path names the root itself",
    [POLICY_NO_KEY] = "the path must begin with a key, as the value at the root is an object",
    [POLICY_METHOD] = "unknown method",
    [POLICY_OPTION] = "not an option of this method",
    [POLICY_OPTION_VALUE] = "not a value of this option",
    [POLICY_OPTION_NEEDED] = "an option that this method needs is missing",
    [POLICY_DISAGREE] = "rules of one method and domain must agree in pad and canonical",
    [POLICY_BY] = "by= must name one value that passes or is masked reversibly",
    [POLICY_NAMES_NOTHING] = "this rule writes no value that could have a name",
    [POLICY_NAMES_ELEMENT] = "an array element has no name",
    [POLICY_DROPS_ELEMENT] = "drop removes keys, not array elements",
    [POLICY_NO_DOMAIN] = "this method has no key, so it has no domain",
    [POLICY_RESERVED] = "a reserved key of the record",
    [POLICY_NOT_BESIDE] = "not beside the root; write paths below the root without \"record\"",
    [POLICY_WHOLE] = "a rule for envelope or fifo names a whole member, without a dot",
    [POLICY_DETECT_KIND] = "not a kind of personal value",
    [POLICY_REPEATED] = "an earlier rule has this path or name",
    [POLICY_OVERLAP] = "the path is inside or around the path or name of an earlier rule",
    [POLICY_KINDS] = "a step of this path would be both an object and an array",
    [POLICY_INDEX_BESIDE] = "[N] beside [] must end the path",
    [POLICY_INDEX_OTHER] = "[N] without [] cannot be used with \"other drop\"",
};

const char *policy_error_text(enum policy_cause cause)
{
    const char *text = (size_t)cause < sizeof texts / sizeof *texts ? texts[cause] : NULL;
    return text != NULL ? text : "unknown";
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
