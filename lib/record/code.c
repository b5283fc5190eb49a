#include <stddef.h>
#include <string.h>

#include "record/code.h"

struct words {
    const char *stage; /* NULL: of every stage */
    const char *code;
    const char *text;
};

/* clang-format off */
static const struct words list[] = {
    { NULL,     "syntax",      "the line is not valid JSON" },
    { NULL,     "utf8",        "the line is not valid UTF-8" },
    { NULL,     "surrogate",   "the line has half of a surrogate pair" },
    { NULL,     "depth",       "the line is nested too deep" },
    { NULL,     "not-object",  "the line is no JSON object" },
    { NULL,     "cut",         "the last line is not whole" },
    { NULL,     "too-long",    "the line is longer than --max-record" },
    { "mask",   "root",        "the record has no body, or one that is no object" },
    { "mask",   "kind",        "a path of the policy meets a value of another kind" },
    { "mask",   "missing",     "a value that the policy requires is missing" },
    { "mask",   "collision",   "it has a key that the policy would write" },
    { "mask",   "value",       "a value is none that its method takes" },
    { "mask",   "unmatched",   "no rule of the policy finds a value in it" },
    { "mask",   "near",        "a key like a rule's stands where no rule names it" },
    { "mask",   "detect",      "it holds a personal value that no rule names" },
    { "mask",   "unnamed",     "it has a member that the policy does not name" },
    { "mask",   "mixed",       "it claims to be masked and is not, or not by a key of ours" },
    { "mask",   "too-large",   "masked, it would be too long" },
    { "unwrap", "empty",       "there is no event in it" },
    { "unwrap", "deep",        "it has too many envelopes, one in the other" },
    { "unwrap", "too-many",    "it would become too many records, or too large ones" },
    { "load",   "map",         "the map's filter fails on it" },
    { "load",   "missing",     "the map wants a value that is missing" },
    { "load",   "nul",         "a value has U+0000, which PostgreSQL does not store" },
    { "load",   "no-columns",  "none of its keys finds a column" },
    { "load",   "key",         "--key finds nothing in it" },
    { "load",   "extra",       "it has a key that no column takes" },
    { "load",   "unmasked",    "it has not been through pii-mask" },
    { "load",   "conflict",    "a loaded record has its key and other values" },
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
    return code_number(code) == number ? code : NULL; /* several stages may have the same */
}

const char code_line_hint[] =
    "each line has to be one JSON object: jq -c . makes lines of other JSON, jq -c '.[]' of an array";

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
