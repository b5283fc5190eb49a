#include <string.h>

#include "detect/escaped.h"
#include "detect/shape.h"
#include "detect/text.h"

enum { TOP_LEAST = 2, TOP_MOST = 24, UUID_SIZE = 36, JWT_HEADER_LEAST = 8 };

/* Return true for the atoms of RFC 5322 except signs that mostly separate: = / ? { | } `. */
static bool is_local(char c)
{
    return shape_is_word(c) || (unsigned char)c >= 0x80 ||
        (c != '\0' && strchr(".+-%'!#$&*^~", c) != NULL);
}

static bool is_label(char c)
{
    return shape_is_alnum(c) || c == '-' || (unsigned char)c >= 0x80;
}

/*
 * Return true for names of files, including images for screens of several densities: icon@2x.png.
 */
static bool is_file(const char *top, size_t size)
{
    static const char *const files[] = { "png", "jpg", "jpeg", "gif", "svg", "webp", "bmp", "css",
        "js", "mjs", "json", "html", "htm", "xml", "txt", "pdf", "log", "tmp", "exe", "dll", "jar",
        "tgz", "gz", "tar", "csv", "lock" };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (strlen(files[i]) == size && strncasecmp(files[i], top, size) == 0)
            return true;
    return false;
}

static bool is_top(const char *top, size_t size)
{
    bool plain = true;
    if (size < TOP_LEAST || is_file(top, size))
        return false;
    if (size > 4 && strncasecmp(top, "xn--", 4) == 0)
        return true;
    for (size_t i = 0; i < size; i++)
        plain = plain && (shape_is_letter(top[i]) || (unsigned char)top[i] >= 0x80);
    return plain && size <= (size_t)TOP_MOST * ((unsigned char)top[0] >= 0x80 ? 3 : 1);
}

/*
 * Return the end of the domain at ${at}, or 0. A text that begins with numbers is a version:
 * x@1.2.dev.
 */
static size_t domain(const char *text, size_t length, size_t at)
{
    size_t i = at;
    size_t end = 0;
    size_t digits = shape_digits(text, length, at, 8);
    if (digits > 0 && shape_at(text, length, at + digits) == '.' &&
        shape_digits(text, length, at + digits + 1, 1) == 1)
        return 0;
    for (unsigned labels = 0;; labels++) {
        size_t start = i;
        while (i < length && is_label(text[i]))
            i++;
        size_t size = i - start;
        while (size > 0 && text[start + size - 1] == '-')
            size--;
        if (size == 0 || text[start] == '-')
            return end;
        end = labels > 0 && is_top(text + start, size) ? start + size : 0;
        if (start + size < i || shape_at(text, length, i) != '.' ||
            !is_label(shape_at(text, length, i + 1)))
            return end;
        i++;
    }
}

/* Return true for a text that begins as JSON does, behind a few blanks at most. */
static bool begins_json(const char *text, size_t end)
{
    enum { BLANKS_MOST = 64 };
    size_t i = 0;
    while (i < end && i < BLANKS_MOST && (unsigned char)text[i] <= ' ')
        i++;
    return i < end && strchr("{[\"", text[i]) != NULL && text[i] != '\0';
}

/*
 * Return the length of an escape at ${start} less its backslash. In JSON in a string the "n" of
 * "\nann@example.org" is no part of the address; elsewhere it may be.
 */
static size_t escape_within(const char *text, size_t start, size_t end)
{
    size_t backslashes = 0;
    while (backslashes < start && text[start - 1 - backslashes] == '\\')
        backslashes++;
    size_t size = backslashes % 2 == 1 ? escaped_size(text, end, start - 1) : 0;
    return size > 0 && begins_json(text, end) ? size - 1 : 0;
}

/* Return the beginning of the local part that ends at ${end}, or ${end} when there is none. */
static size_t local_part(const char *text, size_t from, size_t end)
{
    size_t start = end;
    bool alnum = false;
    while (start > from && is_local(text[start - 1]))
        start--;
    start += escape_within(text, start, end);
    for (size_t i = start; i < end && !alnum; i++)
        alnum = shape_is_alnum(text[i]) || (unsigned char)text[i] >= 0x80;
    while (start < end && strchr(".'", text[start]) != NULL)
        start++;
    return alnum ? start : end;
}

size_t text_email(const char *text, size_t length, size_t from, size_t *start)
{
    size_t floor = from;
    for (size_t i = from; i < length; i++) {
        size_t past = i + 1;
        if (text[i] == '%') /* in a URL */
            past = length - i >= 3 && memcmp(text + i, "%40", 3) == 0 ? i + 3 : 0;
        else if (text[i] == '\\') /* in JSON */
            past = length - i >= 6 && memcmp(text + i, "\\u0040", 6) == 0 ? i + 6 : 0;
        else if (text[i] != '@')
            past = 0;
        if (past == 0)
            continue;
        *start = local_part(text, floor, i);
        size_t end = *start < i ? domain(text, length, past) : 0;
        if (end > 0)
            return end;
        floor = past;
        i = past - 1;
    }
    return 0;
}

static bool is_base64url(char c)
{
    return shape_is_word(c) || c == '-';
}

/*
 * Header and payload are JSON objects: base64url of {" is eyJ. An encrypted token has five parts.
 */
size_t text_jwt(const char *text, size_t length, size_t at)
{
    size_t i = at;
    size_t parts = 0;
    if (length - at < 16 || memcmp(text + at, "eyJ", 3) != 0 ||
        (at > 0 && (text[at - 1] == '.' || text[at - 1] == '-')))
        return 0;
    while (parts < 5) {
        size_t start = i;
        while (i < length && is_base64url(text[i]))
            i++;
        if (parts == 0 && i - start < JWT_HEADER_LEAST)
            return 0;
        parts++;
        if (shape_at(text, length, i) != '.' || parts == 5)
            break;
        i++;
    }
    if (text[i - 1] == '.' && parts > 3)
        i--;
    return parts >= 3 ? i - at : 0;
}

size_t text_uuid(const char *text, size_t length, size_t at)
{
    const char *uuid = text + at;
    if (length - at < UUID_SIZE || uuid[8] != '-' || uuid[13] != '-' || uuid[18] != '-' ||
        uuid[23] != '-')
        return 0;
    for (size_t i = 0; i < UUID_SIZE; i++)
        if (i != 8 && i != 13 && i != 18 && i != 23 && !shape_is_hex(uuid[i]))
            return 0;
    return shape_is_word(shape_at(text, length, at + UUID_SIZE)) ? 0 : UUID_SIZE;
}

bool text_is_uuid(const char *text, const struct census *census)
{
    enum { HYPHENS = 4 };
    return census->length == UUID_SIZE && census->hyphens == HYPHENS &&
        census->digits + census->hex == UUID_SIZE - HYPHENS && text[8] == '-' && text[13] == '-' &&
        text[18] == '-' && text[23] == '-';
}

/* Check the places of the signs. The rest must be digits, as the counts tell. */
bool text_is_moment(const char *text, const struct census *census)
{
    enum { DAY = 10, SECOND = 19, DECIMALS_MOST = 9, OFFSET = 6 };
    size_t length = census->length;
    size_t signs = 5;
    if (length < DAY || length > SECOND + 1 + DECIMALS_MOST + OFFSET || text[4] != '-' ||
        text[7] != '-' || (text[0] != '1' && text[0] != '2'))
        return false;
    if (length == DAY)
        return census->digits == DAY - 2;
    if (length < SECOND || (text[10] != 'T' && text[10] != ' ') || text[13] != ':' ||
        text[16] != ':')
        return false;
    size_t end = length;
    if (text[end - 1] == 'Z') {
        signs++;
        end--;
    } else if (end >= SECOND + OFFSET && text[end - 3] == ':' &&
        (text[end - OFFSET] == '+' || text[end - OFFSET] == '-')) {
        signs += 2;
        end -= OFFSET;
    }
    if (end > SECOND && text[SECOND] == '.') {
        signs++;
        if (end - SECOND - 1 > DECIMALS_MOST)
            return false;
    } else if (end != SECOND) {
        return false;
    }
    return census->digits + signs == length;
}
