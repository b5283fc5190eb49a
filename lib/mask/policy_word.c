#include <string.h>

#include "json/scan.h"
#include "json/string.h"
#include "mask/policy_word.h"

bool policy_word_is(const struct policy_word *word, const char *text)
{
    return word->length == strlen(text) && memcmp(word->text, text, word->length) == 0;
}

enum policy_cause policy_word_decode(struct policy_word *word, struct buf *memory)
{
    if (memchr(word->text, '"', word->length) == NULL)
        return POLICY_OK;
    struct json_result result;
    if (word->text[0] != '"' ||
        json_scan(word->text, word->length, NULL, 1, NULL, &result) != JSON_OK)
        return POLICY_QUOTE;
    buf_clear(memory);
    if (json_string_decode(memory, word->text, word->length) != 0)
        return POLICY_MEMORY;
    *word = (struct policy_word){ memory->length > 0 ? memory->data : "", memory->length,
        word->column };
    return POLICY_OK;
}

struct policy_word policy_word_after(const struct policy_word *word)
{
    return (struct policy_word){ NULL, 0, word->column + (unsigned)word->length };
}

void policy_word_print(struct buf *out, const char *introduction, const char *text, size_t length)
{
    bool bare = length > 0;
    for (size_t i = 0; i < length; i++)
        if (!((text[i] >= 'a' && text[i] <= 'z') || (text[i] >= 'A' && text[i] <= 'Z') ||
                (text[i] >= '0' && text[i] <= '9') || text[i] == '_' || text[i] == '-' ||
                text[i] == '.'))
            bare = false;
    buf_puts(out, introduction);
    if (bare)
        buf_append(out, text, length);
    else
        json_string_encode(out, text, length);
}
