#ifndef JSON_SLOW_H
#define JSON_SLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/*
 * A second reader of JSON, written to be plain rather than fast, which shares no code with the
 * first. It is recursive, reads one byte at a time, and follows the grammar of RFC 8259. It reports
 * whether a text is valid, and writes it without whitespace.
 */
struct slow {
    const unsigned char *at;
    const unsigned char *end;
    char *out; /* as long as the text */
    size_t length;
    unsigned depth;
};

static inline int slow_peek(const struct slow *slow)
{
    return slow->at < slow->end ? *slow->at : -1;
}

static inline bool slow_take(struct slow *slow, const char *set)
{
    int c = slow_peek(slow);

    if (c <= 0 || !strchr(set, c))
        return false;
    slow->out[slow->length++] = (char)*slow->at++;
    return true;
}

static inline void slow_space(struct slow *slow)
{
    while (slow_peek(slow) > 0 && strchr(" \t\r\n", slow_peek(slow)))
        slow->at++;
}

static inline bool slow_digits(struct slow *slow)
{
    if (!slow_take(slow, "0123456789"))
        return false;
    while (slow_take(slow, "0123456789"))
        ;
    return true;
}

static inline bool slow_number(struct slow *slow)
{
    slow_take(slow, "-");
    if (!slow_take(slow, "0") && !slow_digits(slow))
        return false;
    if (slow_take(slow, ".") && !slow_digits(slow))
        return false;
    if (slow_take(slow, "eE")) {
        slow_take(slow, "+-");
        return slow_digits(slow);
    }
    return true;
}

/* Return the four digits of a \u escape, or -1. */
static inline long slow_unit(struct slow *slow)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    long unit = 0;

    for (int i = 0; i < 4; i++) {
        int c = slow_peek(slow);

        if (!slow_take(slow, digits))
            return -1;
        unit = unit * 16 + (strchr(digits, c) - digits) % 16;
    }
    return unit;
}

static inline bool slow_escape(struct slow *slow)
{
    long unit;

    if (slow_take(slow, "\"\\/bfnrt"))
        return true;
    if (!slow_take(slow, "u"))
        return false;
    unit = slow_unit(slow);
    if (unit < 0 || (unit >= 0xDC00 && unit <= 0xDFFF))
        return false;
    if (unit < 0xD800 || unit > 0xDBFF)
        return true;
    if (!slow_take(slow, "\\") || !slow_take(slow, "u"))
        return false;
    unit = slow_unit(slow);
    return unit >= 0xDC00 && unit <= 0xDFFF;
}

/* Read one character that is not ASCII; decode it, then check that it is allowed. */
static inline bool slow_character(struct slow *slow)
{
    static const unsigned long least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    unsigned lead = *slow->at, length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    unsigned long point = lead & (0xFFu >> (length + 1));

    if (lead < 0xC0 || lead >= 0xF8 || (size_t)(slow->end - slow->at) < length)
        return false;
    for (unsigned i = 1; i < length; i++) {
        if (slow->at[i] < 0x80 || slow->at[i] > 0xBF)
            return false;
        point = point * 64 + (slow->at[i] - 0x80u);
    }
    memcpy(slow->out + slow->length, slow->at, length);
    slow->length += length;
    slow->at += length;
    return point >= least[length] && point <= 0x10FFFF && (point < 0xD800 || point > 0xDFFF);
}

static inline bool slow_string(struct slow *slow)
{
    if (!slow_take(slow, "\""))
        return false;
    while (slow_peek(slow) >= 0x20 && slow_peek(slow) != '"') {
        if (slow_peek(slow) >= 0x80) {
            if (!slow_character(slow))
                return false;
        } else if (slow_take(slow, "\\")) {
            if (!slow_escape(slow))
                return false;
        } else {
            slow->out[slow->length++] = (char)*slow->at++;
        }
    }
    return slow_take(slow, "\"");
}

static inline bool slow_value(struct slow *slow);

/* Read the elements of an array, or the members of an object, up to the closing bracket. */
static inline bool slow_list(struct slow *slow, const char *close)
{
    bool good = slow->depth-- > 0;

    slow_space(slow);
    if (good && !slow_take(slow, close)) {
        do {
            slow_space(slow);
            if (*close == '}') {
                good = slow_string(slow);
                slow_space(slow);
                good = good && slow_take(slow, ":");
            }
            good = good && slow_value(slow);
            slow_space(slow);
        } while (good && slow_take(slow, ","));
        good = good && slow_take(slow, close);
    }
    slow->depth++;
    return good;
}

static inline bool slow_value(struct slow *slow)
{
    static const char *const words[] = { "null", "true", "false" };

    slow_space(slow);
    if (slow_take(slow, "["))
        return slow_list(slow, "]");
    if (slow_take(slow, "{"))
        return slow_list(slow, "}");
    if (slow_peek(slow) == '"')
        return slow_string(slow);
    for (int i = 0; i < 3; i++) {
        if (slow_peek(slow) != words[i][0])
            continue;
        for (const char *p = words[i]; *p; p++) {
            char letter[2] = { *p, '\0' };

            if (!slow_take(slow, letter))
                return false;
        }
        return true;
    }
    return slow_number(slow);
}

/* Return true when the text is valid; ${out} has room for ${length} bytes. */
static inline bool slow_valid(const char *text, size_t length, unsigned depth, char *out,
    size_t *written)
{
    struct slow slow = { (const unsigned char *)text, (const unsigned char *)text + length, out, 0,
        depth };
    bool good = slow_value(&slow);

    slow_space(&slow);
    *written = slow.length;
    return good && slow.at == slow.end;
}

#endif
