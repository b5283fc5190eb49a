#include "json/write.h"

#include <stdbool.h>
#include <string.h>

#include "json/escape.h"
#include "json/span.h"
#include "json/utf8.h"

static int put_run(struct buf *out, const char *run, const char *end)
{
    return run < end ? buf_append(out, run, (size_t)(end - run)) : 0;
}

/* From the opening quote to just past the closing one (or to the end of a text that lacks it). */
static const char *skip_string(const char *text, const char *end)
{
    for (text++; text < end; text++) {
        text = json_span_content(text, end);
        if (text == end)
            return end;
        if (*text == '"')
            return text + 1;
        if (*text == '\\' && ++text == end)
            return end;
    }
    return end;
}

/*
 * As skip_string(), stopping before a byte of 0x80 or more too; ${inside} says whether it did, and
 * on entry whether ${text} is inside already.
 */
static const char *skip_ascii(const char *text, const char *end, bool *inside)
{
    for (text += *inside ? 0 : 1; text < end; text++) {
        text = json_span_plain(text, end);
        *inside = text < end && (unsigned char)*text >= 0x80;
        if (text == end || *inside)
            return text;
        if (*text == '"')
            return text + 1;
        if (*text == '\\' && ++text == end)
            return end;
    }
    *inside = false;
    return end;
}

static int put_escaped(struct buf *out, const char *text, size_t length)
{
    char escape[12];
    uint32_t point = length ? json_utf8_get(text, length) : 0xFFFD;

    return buf_append(out, escape, json_escape_format(escape, point));
}

static int write_solid(struct buf *out, const char *text, size_t length, bool ascii)
{
    const char *end = text + length;
    const char *run = text; /* what is kept and not yet copied begins here */
    bool inside = false;

    while (text < end) {
        if (!inside)
            text = json_span_solid(text, end);
        if (inside || (text < end && *text == '"')) {
            text = ascii ? skip_ascii(text, end, &inside) : skip_string(text, end);
            if (!inside)
                continue;
        }
        if (put_run(out, run, text) != 0)
            return -1;
        if (inside) {
            size_t bytes = json_utf8_measure(text, end);

            if (put_escaped(out, text, bytes) != 0)
                return -1;
            text += bytes ? bytes : 1;
            run = text;
            continue;
        }
        run = text;
        text = json_span_space(text, end);
        if (text > run)
            run = text;
        else if (text < end)
            text++; /* no whitespace, not in a valid text: kept */
    }
    return put_run(out, run, end);
}

/* As write_solid() without ${ascii}, at ${to}, where there is room for all. Past the last byte. */
static char *compact_to(char *to, const char *text, const char *end)
{
    while (text < end) {
        const char *run = text;

        text = json_span_solid(text, end);
        while (text < end && *text == '"')
            text = json_span_solid(skip_string(text, end), end);
        memcpy(to, run, (size_t)(text - run));
        to += text - run;
        run = text;
        text = json_span_space(text, end);
        if (text == run && text < end)
            *to++ = *text++; /* no whitespace, not in a valid text: kept */
    }
    return to;
}

int json_write_compact(struct buf *out, const char *text, size_t length)
{
    char *to;

    if (length == 0 || out->length > out->maximum || length > out->maximum - out->length)
        return write_solid(out, text, length, false);
    to = buf_reserve(out, length);
    if (to == NULL)
        return -1;
    out->length += (size_t)(compact_to(to, text, text + length) - to);
    return 0;
}

int json_write_ascii(struct buf *out, const char *text, size_t length)
{
    return write_solid(out, text, length, true);
}
