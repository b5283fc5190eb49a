#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/hash.h"
#include "credentials/ini.h"

const char ini_no_memory[] = "out of memory";

/* A part of the text. */
struct span {
    const char *text;
    size_t length;
};

/* Names seen so far. */
struct name_set {
    uint64_t *hashes;
    size_t count;
    size_t room;
};

struct ini {
    const struct ini_handler *handler;
    struct name_set sections;
    struct name_set settings; /* of the section */
    bool in_section;
    bool in_setting;
    size_t indent; /* of the section or setting above */
    size_t line;   /* of the setting */
    struct buf name;
    struct buf value;
};

static bool blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\v' || byte == '\f';
}

static struct span trim(struct span span)
{
    while (span.length > 0 && blank(span.text[0])) {
        span.text++;
        span.length--;
    }
    while (span.length > 0 && blank(span.text[span.length - 1]))
        span.length--;
    return span;
}

static bool is_comment(struct span span)
{
    return span.length > 0 && (span.text[0] == '#' || span.text[0] == ';');
}

/* Note a name; return ${twice} when it was noted before. A hash of 64 bits stands for the name: two
 * names with one hash are improbable. */
static const char *add_name(struct name_set *names, struct span name, const char *twice)
{
    uint64_t hash = hash_bytes(name.text, name.length);
    for (size_t i = 0; i < names->count; i++)
        if (names->hashes[i] == hash)
            return twice;
    if (names->count == names->room) {
        size_t room = names->room == 0 ? 16 : 2 * names->room;
        uint64_t *longer = realloc(names->hashes, room * sizeof *longer);
        if (longer == NULL)
            return ini_no_memory;
        names->hashes = longer;
        names->room = room;
    }
    names->hashes[names->count++] = hash;
    return NULL;
}

/* Take the line of a block at *at and move *at past it; it ends at a line feed or with the text. */
static struct span take_line(const char *text, size_t length, size_t *at)
{
    const char *newline = memchr(text + *at, '\n', length - *at);
    size_t size = newline != NULL ? (size_t)(newline - text) - *at : length - *at;
    struct span line = { text + *at, size };
    *at += size + 1;
    return line;
}

static const char *check_block(const char *value, size_t length, size_t *line)
{
    for (size_t at = 1; at < length;) {
        struct span span = trim(take_line(value, length, &at));
        ++*line;
        if (span.length > 0 && memchr(span.text, '=', span.length) == NULL)
            return "a line of a block that is not name = value";
    }
    return NULL;
}

/* End the current setting: hand it on. */
static const char *end_setting(struct ini *ini, size_t *line)
{
    struct buf *value = &ini->value;
    if (!ini->in_setting)
        return NULL;
    ini->in_setting = false;
    while (value->length > 0 &&
        (blank(value->data[value->length - 1]) || value->data[value->length - 1] == '\n'))
        value->length--;
    const char *name = buf_cstr(&ini->name), *text = buf_cstr(value);
    if (name == NULL || text == NULL)
        return ini_no_memory;
    size_t first = ini->line;
    const char *problem = *text == '\n' ? check_block(text, value->length, &first) : NULL;
    if (problem == NULL)
        problem = ini->handler->setting(ini->handler->context, name, text, ini->line);
    if (problem != NULL)
        *line = first;
    return problem;
}

static const char *begin_section(struct ini *ini, struct span line, const char *close,
    size_t number)
{
    size_t used = (size_t)(close - line.text) + 1;
    struct span rest = trim((struct span){ line.text + used, line.length - used });
    struct span name = trim((struct span){ line.text + 1, used - 2 });
    if (rest.length > 0 && !is_comment(rest))
        return "text after a section name";
    const char *problem = name.length == strlen("DEFAULT") && memcmp(name.text, "DEFAULT", 7) == 0
        ? NULL
        : add_name(&ini->sections, name, "a repeated section");
    ini->settings.count = 0;
    ini->in_section = true;
    return problem != NULL
        ? problem
        : ini->handler->section(ini->handler->context, name.text, name.length, number);
}

static const char *begin_setting(struct ini *ini, struct span line, size_t number)
{
    size_t sign = 0;
    while (sign < line.length && line.text[sign] != '=' && line.text[sign] != ':')
        sign++;
    struct span name = trim((struct span){ line.text, sign });
    if (!ini->in_section || sign == line.length || name.length == 0)
        return "neither a section nor a setting";
    struct span value = trim((struct span){ line.text + sign + 1, line.length - sign - 1 });
    buf_clear(&ini->name);
    buf_clear(&ini->value);
    for (size_t i = 0; i < name.length; i++) {
        char byte = name.text[i];
        buf_putc(&ini->name, byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte);
    }
    buf_append(&ini->value, value.text, value.length);
    if (ini->name.failed || ini->value.failed)
        return ini_no_memory;
    ini->in_setting = true;
    ini->line = number;
    return add_name(&ini->settings, (struct span){ ini->name.data, ini->name.length },
        "a repeated setting");
}

static const char *read_line(struct ini *ini, struct span raw, size_t *line)
{
    size_t number = *line;
    struct span span = trim(raw);
    if (is_comment(span)) {
        /* Counts as a line of a block, for the numbers of the lines after it. */
        if (ini->in_setting && (ini->value.length == 0 || ini->value.data[0] == '\n'))
            buf_putc(&ini->value, '\n');
        return NULL;
    }
    if (memchr(span.text, '\0', span.length) != NULL)
        return "neither a section nor a setting";
    size_t indent = (size_t)(span.text - raw.text);
    if (span.length == 0 || (ini->in_setting && indent > ini->indent)) {
        if (ini->in_setting) {
            buf_putc(&ini->value, '\n');
            buf_append(&ini->value, span.text, span.length);
        }
        return NULL;
    }
    const char *problem = end_setting(ini, line);
    if (problem != NULL)
        return problem;
    ini->indent = indent;
    const char *close = span.text[0] == '[' ? memrchr(span.text, ']', span.length) : NULL;
    return close != NULL && close > span.text + 1 ? begin_section(ini, span, close, number)
                                                  : begin_setting(ini, span, number);
}

const char *ini_parse(const char *text, size_t length, const struct ini_handler *handler,
    size_t *line)
{
    struct ini ini = { .handler = handler };
    const char *problem = NULL;
    size_t number = 0;
    buf_init(&ini.name, length + 2);
    buf_init(&ini.value, length + 2);
    /* Growing would leave copies of secrets in memory. */
    if (buf_reserve(&ini.name, length + 2) == NULL || buf_reserve(&ini.value, length + 2) == NULL)
        problem = ini_no_memory;
    for (size_t at = 0; at < length && problem == NULL;) {
        struct span raw = take_line(text, length, &at);
        *line = ++number;
        problem = read_line(&ini, raw, line);
    }
    if (problem == NULL)
        problem = end_setting(&ini, line);
    buf_wipe(&ini.name);
    buf_wipe(&ini.value);
    free(ini.sections.hashes);
    free(ini.settings.hashes);
    return problem;
}

const char *ini_nested(const char *value, const char *name, size_t *length)
{
    const char *found = NULL;
    size_t size = strlen(value);
    for (size_t at = 1; *value == '\n' && at < size;) {
        struct span line = take_line(value, size, &at);
        const char *sign = memchr(line.text, '=', line.length);
        if (sign == NULL)
            continue;
        struct span key = trim((struct span){ line.text, (size_t)(sign - line.text) });
        if (key.length != strlen(name) || memcmp(key.text, name, key.length) != 0)
            continue;
        struct span text =
            trim((struct span){ sign + 1, line.length - (size_t)(sign - line.text) - 1 });
        found = text.text; /* the last one counts */
        *length = text.length;
    }
    return found;
}
