#include <stddef.h>
#include <string.h>

#include "record/code.h"

struct words {
    const char *stage; /* NULL: any stage */
    const char *code;
    const char *text;
};

/* clang-format off */
static const struct words list[] = {
    { NULL,     "syntax",      "the line is not valid JSON" },
    { NULL,     "utf8",        "the line is not valid UTF-8" },
    { NULL,     "surrogate",   "the line has half of a surrogate pair" },
    { NULL,     "depth",       "the line is nested too deep" },
    { NULL,     "not-object",  "the line is not a JSON object" },
    { NULL,     "cut",         "the last line is incomplete" },
    { NULL,     "too-long",    "the line is longer than --max-record" },
    { "mask",   "root",        "the record has no body, or it is not an object (a missing brace?)" },
    { "mask",   "kind",        "a policy path finds a value of another kind" },
    { "mask",   "missing",     "a value that the policy requires is missing" },
    { "mask",   "collision",   "it already has a key that the policy writes" },
    { "mask",   "value",       "a value does not fit its method" },
    { "mask",   "unmatched",   "no rule of the policy finds a value in it" },
    { "mask",   "near",        "a key resembles a rule's key, at a path without a rule" },
    { "mask",   "detect",      "it holds a personal value without a rule" },
    { "mask",   "unnamed",     "it has a member that the policy does not name" },
    { "mask",   "mixed",       "it claims to be masked, but is not, or not by a known key" },
    { "mask",   "too-large",   "its masked form would be too long" },
    { "unwrap", "empty",       "it holds no event" },
    { "unwrap", "deep",        "it has too many nested envelopes" },
    { "unwrap", "too-many",    "it would become too many or too large records" },
    { "load",   "map",         "a filter of the map fails on it" },
    { "load",   "missing",     "a value that the map, --upsert or --newer requires is missing" },
    { "load",   "nul",         "a value holds U+0000, which PostgreSQL cannot store" },
    { "load",   "no-columns",  "none of its keys matches a column" },
    { "load",   "key",         "--key finds nothing in it" },
    { "load",   "extra",       "it has a key that matches no column" },
    { "load",   "unmasked",    "it has not passed pii-mask" },
    { "load",   "conflict",    "a loaded record has the same key and other values" },
    { "load",   "split",       "another record of its message has other content" },
};
/* clang-format on */
_Static_assert(sizeof list / sizeof *list == CODE_COUNT, "as the header says");

unsigned code_number(const char *code)
{
    unsigned number = 0;
    while (number < CODE_COUNT && strcmp(list[number].code, code) != 0)
        number++;
    return number;
}

const char *code_word(unsigned number)
{
    const char *code = list[number].code;
    return code_number(code) == number ? code : NULL; /* several stages may share a code */
}

const char code_line_hint[] =
    "each line must be one JSON object: use jq -c . for other JSON, jq -c '.[]' for an array,"
    " zcat for a compressed file";

bool code_is_of_line(const char *code)
{
    return strcmp(code, "syntax") == 0 || strcmp(code, "not-object") == 0 ||
        strcmp(code, "utf8") == 0;
}

const char *code_text(const char *stage, const char *code)
{
    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        if (strcmp(list[i].code, code) == 0 &&
            (list[i].stage == NULL || strcmp(list[i].stage, stage) == 0))
            return list[i].text;
    return NULL;
}
