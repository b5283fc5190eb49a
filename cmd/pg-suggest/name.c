#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "json/letters.h"
#include "name.h"

/*
 * PostgreSQL manual, appendix C: words that are reserved, or that may only name a function or type,
 * in any of the versions 13 to 18. Sorted.
 */
/* clang-format off */
static const char *const reserved[] = {
    "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "authorization",
    "binary", "both", "case", "cast", "check", "collate", "collation", "column", "concurrently",
    "constraint", "create", "cross", "current_catalog", "current_date", "current_role",
    "current_schema", "current_time", "current_timestamp", "current_user", "default", "deferrable",
    "desc", "distinct", "do", "else", "end", "except", "false", "fetch", "for", "foreign", "freeze",
    "from", "full", "grant", "group", "having", "ilike", "in", "initially", "inner", "intersect",
    "into", "is", "isnull", "join", "lateral", "leading", "left", "like", "limit", "localtime",
    "localtimestamp", "natural", "not", "notnull", "null", "offset", "on", "only", "or", "order",
    "outer", "overlaps", "placing", "primary", "references", "returning", "right", "select",
    "session_user", "similar", "some", "symmetric", "system_user", "table", "tablesample", "then",
    "to", "trailing", "true", "union", "unique", "user", "using", "variadic", "verbose", "when",
    "where", "window", "with",
};
/* clang-format on */

static const char *const of_system[] = { "cmax", "cmin", "ctid", "tableoid", "xmax", "xmin" };

struct word {
    const char *text;
    size_t length;
};

static int compare(const void *key, const void *element)
{
    const struct word *word = key;
    const char *const *name = element;
    int order = strncmp(word->text, *name, word->length);
    return order != 0 ? order : (*name)[word->length] == '\0' ? 0 : -1;
}

bool name_is_reserved(const char *text, size_t length)
{
    const struct word word = { text, length };
    return bsearch(&word, reserved, sizeof reserved / sizeof *reserved, sizeof *reserved,
               compare) != NULL;
}

bool name_is_system(const char *text, size_t length)
{
    const struct word word = { text, length };
    return bsearch(&word, of_system, sizeof of_system / sizeof *of_system, sizeof *of_system,
               compare) != NULL;
}

/* ---- keys ---- */

/* The kind of a character, which decides where words begin. */
enum kind { KIND_BREAK, KIND_SMALL, KIND_CAPITAL, KIND_DIGIT };

/*
 * Return true for characters outside ASCII that are left out of names. Whole blocks decide: the
 * signs of Latin-1, general punctuation with the marks of writing direction, all from the arrows to
 * the boxes. Others are CJK punctuation, variation selectors, private use, and points that are not
 * characters.
 */
static bool is_sign(uint32_t point)
{
    return (point < 0xC0 && point != 0xAA && point != 0xB5 && point != 0xBA) || point == 0xD7 ||
        point == 0xF7 || (point >= 0x2000 && point <= 0x206F) ||
        (point >= 0x2190 && point <= 0x2BFF) || (point >= 0x3000 && point <= 0x3004) ||
        (point >= 0x3008 && point <= 0x3020) || (point >= 0xE000 && point <= 0xF8FF) ||
        (point >= 0xFE00 && point <= 0xFE1F) || point == 0xFEFF ||
        (point >= 0xFFF0 && point <= 0xFFFF) || (point >= 0x1F000 && point <= 0x1FFFF) ||
        point >= 0xE0000;
}

/* Return the lower case; the Turkish dotless i is lower case already. */
static uint32_t lower(uint32_t point)
{
    return point == 0x131 ? point : json_letters_lower(point);
}

static enum kind kind_of(uint32_t point)
{
    if (point >= '0' && point <= '9')
        return KIND_DIGIT;
    if (point < 0x80) {
        bool letter = (point | 0x20) >= 'a' && (point | 0x20) <= 'z';
        return !letter ? KIND_BREAK : point >= 'a' ? KIND_SMALL : KIND_CAPITAL;
    }
    if (is_sign(point))
        return KIND_BREAK;
    return lower(point) != point ? KIND_CAPITAL : KIND_SMALL;
}

bool name_is_clean(const char *text, size_t length)
{
    const char *end = text + length;
    for (uint32_t point; text < end;) {
        text += json_letters_next(text, end, &point);
        if (point < 0x80 ? point < ' ' || point == 0x7F : is_sign(point))
            return false;
    }
    return true;
}

int name_add_key(struct buf *out, const char *key, size_t length)
{
    const char *end = key + length;
    bool wanted = out->length > 0; /* a "_" before the next letter */
    enum kind before = KIND_BREAK;
    if (length > 1 && *key == '_' && out->length == 0)
        (void)buf_putc(out, '_'); /* _id, of MongoDB */
    for (uint32_t point; key < end;) {
        key += json_letters_next(key, end, &point);
        enum kind kind = kind_of(point);
        if (kind == KIND_BREAK) {
            wanted |= out->length > 0 && before != KIND_BREAK;
            before = kind;
            continue;
        }
        if (kind == KIND_CAPITAL && before != KIND_BREAK) {
            uint32_t next = 0;
            if (key < end)
                (void)json_letters_next(key, end, &next);
            wanted |= before != KIND_CAPITAL || (next != 0 && kind_of(next) == KIND_SMALL);
        }
        char bytes[JSON_LETTERS_MOST];
        if (wanted)
            (void)buf_putc(out, '_');
        (void)buf_append(out, bytes, json_letters_put(bytes, lower(point)));
        wanted = false;
        before = kind;
    }
    return out->failed ? -1 : 0;
}

/* ---- SQL ---- */

static bool is_start(char byte)
{
    return (byte >= 'a' && byte <= 'z') || byte == '_';
}

static bool is_rest(char byte)
{
    return is_start(byte) || (byte >= '0' && byte <= '9');
}

int name_add_quoted(struct buf *out, const char *text, size_t length)
{
    bool bare = length > 0 && is_start(*text) && !name_is_reserved(text, length);
    for (size_t i = 0; i < length && bare; i++)
        bare = is_rest(text[i]);
    if (bare)
        return buf_append(out, text, length);
    (void)buf_putc(out, '"');
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '"')
            (void)buf_putc(out, '"');
        (void)buf_putc(out, text[i]);
    }
    return buf_putc(out, '"');
}

/* Read one part of a table name from ${text} on, as the catalogue has it. Return the text after it,
 * or NULL when it is none. */
static const char *table_part(const char *text, struct buf *part)
{
    if (*text == '"') {
        for (text++; *text != '\0'; text++) {
            if (*text == '"' && *++text != '"')
                return part->length > 0 && part->length <= NAME_MOST ? text : NULL;
            if ((unsigned char)*text < ' ' || buf_putc(part, *text) != 0)
                return NULL;
        }
        return NULL;
    }
    for (; *text != '\0' && *text != '.'; text++) {
        char small = *text >= 'A' && *text <= 'Z' ? (char)(*text | 0x20) : *text;
        bool taken = (unsigned char)small >= 0x80 || is_start(small) ||
            (part->length > 0 && (is_rest(small) || small == '$'));
        if (!taken || buf_putc(part, small) != 0)
            return NULL;
    }
    return part->length > 0 && part->length <= NAME_MOST ? text : NULL;
}

int name_table(const char *text, struct buf *quoted, struct buf *plain)
{
    enum { PARTS_MOST = 2 };
    const char *at = text;
    for (int parts = 0; parts < PARTS_MOST; parts++) {
        struct buf part;
        const char *from = at;
        buf_init(&part, NAME_MOST + 1);
        at = table_part(at, &part);
        int added = at == NULL ? -1 : name_add_quoted(quoted, part.data, part.length);
        if (added == 0)
            added = *from == '"' ? buf_append(plain, part.data, part.length)
                                 : buf_append(plain, from, (size_t)(at - from));
        quoted->failed |= part.failed && part.length <= NAME_MOST;
        buf_free(&part);
        if (added != 0)
            return -1;
        if (*at == '\0')
            return 0;
        if (*at++ != '.' || buf_putc(quoted, '.') != 0 || buf_putc(plain, '.') != 0)
            return -1;
    }
    return -1;
}
