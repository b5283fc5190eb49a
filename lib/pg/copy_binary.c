#include <stdint.h>
#include <string.h>

#include "pg/copy_binary.h"

enum {
    WIDEST = 12, /* a field's length and value, where the value is longer than its text */
    UUID_TEXT = 36,
    DATE_TEXT = 10,
    EPOCH_DAYS = 10957 /* from 1970-01-01 to 2000-01-01, the server's day 0 */
};

/* Signature, flags, length of the extension. */
const char pg_copy_binary_header[PG_COPY_BINARY_HEADER] = "PGCOPY\n\377\r\n";
const char pg_copy_binary_trailer[PG_COPY_BINARY_TRAILER] = { '\377', '\377' };

enum pg_copy_binary pg_copy_binary_kind(const char *oid)
{
    /* catalog/pg_type.dat */
    static const struct {
        const char *oid;
        enum pg_copy_binary kind;
    } types[] = {
        { "16", PG_COPY_BINARY_BOOL },
        { "20", PG_COPY_BINARY_INT8 },
        { "21", PG_COPY_BINARY_INT2 },
        { "23", PG_COPY_BINARY_INT4 },
        { "25", PG_COPY_BINARY_BYTES },
        { "114", PG_COPY_BINARY_BYTES },  /* json */
        { "1042", PG_COPY_BINARY_BYTES }, /* char(n) */
        { "1043", PG_COPY_BINARY_BYTES }, /* varchar */
        { "1082", PG_COPY_BINARY_DATE },
        { "1114", PG_COPY_BINARY_TIMESTAMP },
        { "1184", PG_COPY_BINARY_TIMESTAMPTZ },
        { "2950", PG_COPY_BINARY_UUID },
        { "3802", PG_COPY_BINARY_JSONB },
    };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(types[i].oid, oid) == 0)
            return types[i].kind;
    return PG_COPY_BINARY_NONE;
}

/* ---- values ---- */

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* Read the shortest digits of a number from ${least} to -1 - ${least}. */
static bool read_integer(const char *text, size_t length, int64_t least, int64_t *value)
{
    bool negative = length > 0 && text[0] == '-';
    size_t at = negative;
    int64_t below = 0; /* counted downwards, where the range is larger */
    if (length == at || length > 20 || (text[at] == '0' && (negative || length > 1)))
        return false;
    for (; at < length; at++) {
        if (!is_digit(text[at]) || below < INT64_MIN / 10)
            return false;
        below *= 10;
        if (below < INT64_MIN + (text[at] - '0'))
            return false;
        below -= text[at] - '0';
    }
    if (below < least + !negative)
        return false;
    *value = negative ? below : -below;
    return true;
}

static int hex_digit(char byte)
{
    return is_digit(byte)            ? byte - '0'
        : byte >= 'a' && byte <= 'f' ? byte - 'a' + 10
        : byte >= 'A' && byte <= 'F' ? byte - 'A' + 10
                                     : -1;
}

static bool read_uuid(const char *text, size_t length, char value[16])
{
    if (length != UUID_TEXT)
        return false;
    for (size_t at = 0, i = 0; i < 16; i++, at += 2) {
        if (at == 8 || at == 13 || at == 18 || at == 23)
            if (text[at++] != '-')
                return false;
        int high = hex_digit(text[at]);
        int low = hex_digit(text[at + 1]);
        if (high < 0 || low < 0)
            return false;
        value[i] = (char)(high << 4 | low);
    }
    return true;
}

/* Return ${count} digits as a number; -1: others than digits. */
static int read_digits(const char *text, size_t count)
{
    int value = 0;
    for (size_t i = 0; i < count; i++) {
        if (!is_digit(text[i]))
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

/* Return the days since 1970-01-01 of a date of the Gregorian calendar; years begin in March. */
static int64_t days_of(int year, int month, int day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return y * 365 + y / 4 - y / 100 + y / 400 + of_year - 719468;
}

/* Read "2026-03-05" as days since 2000-01-01. */
static bool read_date(const char *text, size_t length, int64_t *days)
{
    static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    if (length != DATE_TEXT || text[4] != '-' || text[7] != '-')
        return false;
    int year = read_digits(text, 4);
    int month = read_digits(text + 5, 2);
    int day = read_digits(text + 8, 2);
    if (year < 1 || month < 1 || month > 12 || day < 1)
        return false;
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    if (day > lengths[month - 1] + (leap && month == 2))
        return false;
    *days = days_of(year, month, day) - EPOCH_DAYS;
    return true;
}

/* Read "Z" or "+05:30" as minutes. ${length} 0: none. */
static bool read_offset(const char *text, size_t length, int *minutes)
{
    *minutes = 0;
    if (length == 0 || (length == 1 && text[0] == 'Z'))
        return true;
    if (length != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':')
        return false;
    int hours = read_digits(text + 1, 2);
    int rest = read_digits(text + 4, 2);
    if (hours < 0 || hours > 14 || rest < 0 || rest > 59)
        return false;
    *minutes = text[0] == '-' ? -(hours * 60 + rest) : hours * 60 + rest;
    return true;
}

/*
 * Read "2026-03-05T07:08:09.123Z" as microseconds since 2000-01-01 UTC, or without zone (${zoned}
 * false).
 */
static bool read_time(const char *text, size_t length, bool zoned, int64_t *value)
{
    enum { HOUR = 11, MINUTE = 14, SECOND = 17, FRACTION = 19 };
    int64_t days, micros = 0;
    int minutes;
    if (length < FRACTION || !read_date(text, DATE_TEXT, &days) ||
        (text[DATE_TEXT] != 'T' && text[DATE_TEXT] != ' ') || text[MINUTE - 1] != ':' ||
        text[SECOND - 1] != ':')
        return false;
    int hour = read_digits(text + HOUR, 2);
    int minute = read_digits(text + MINUTE, 2);
    int second = read_digits(text + SECOND, 2);
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59)
        return false;
    size_t at = FRACTION;
    if (at < length && text[at] == '.') {
        size_t start = ++at;
        while (at < length && is_digit(text[at]))
            at++;
        if (at == start || at - start > 6)
            return false;
        micros = read_digits(text + start, at - start);
        for (size_t i = at - start; i < 6; i++)
            micros *= 10;
    }
    if (!read_offset(text + at, length - at, &minutes) || (zoned ? at == length : length - at > 1))
        return false;
    int64_t seconds = days * 86400 + (hour * 60 + minute - minutes) * INT64_C(60) + second;
    *value = seconds * 1000000 + micros;
    return true;
}

static bool read_bool(const char *text, size_t length, int64_t *value)
{
    *value = length == 4 && memcmp(text, "true", 4) == 0;
    return *value || (length == 5 && memcmp(text, "false", 5) == 0);
}

/* Convert to the server's number; return its size in bytes. 0: it does not fit. */
static size_t read_number(enum pg_copy_binary kind, const char *text, size_t length, int64_t *value)
{
    switch (kind) {
    case PG_COPY_BINARY_BOOL:
        return read_bool(text, length, value) ? 1 : 0;
    case PG_COPY_BINARY_INT2:
        return read_integer(text, length, INT16_MIN, value) ? 2 : 0;
    case PG_COPY_BINARY_INT4:
        return read_integer(text, length, INT32_MIN, value) ? 4 : 0;
    case PG_COPY_BINARY_INT8:
        return read_integer(text, length, INT64_MIN, value) ? 8 : 0;
    case PG_COPY_BINARY_DATE:
        return read_date(text, length, value) ? 4 : 0;
    case PG_COPY_BINARY_TIMESTAMP:
        return read_time(text, length, false, value) ? 8 : 0;
    case PG_COPY_BINARY_TIMESTAMPTZ:
        return read_time(text, length, true, value) ? 8 : 0;
    default:
        return 0;
    }
}

bool pg_copy_binary_fits(enum pg_copy_binary kind, const char *text, size_t length)
{
    char uuid[16];
    int64_t number;
    if (kind == PG_COPY_BINARY_BYTES || kind == PG_COPY_BINARY_JSONB)
        return true;
    if (kind == PG_COPY_BINARY_UUID)
        return read_uuid(text, length, uuid);
    return read_number(kind, text, length, &number) > 0;
}

/* ---- rows ---- */

static char *put_number(char *to, uint64_t value, size_t bytes)
{
    for (size_t i = bytes; i-- > 0;)
        *to++ = (char)(value >> 8 * i);
    return to;
}

/* Write the text without its escapes. */
static char *put_bytes(char *to, const char *text, const char *end)
{
    const char *escape;
    while ((escape = memchr(text, '\\', (size_t)(end - text))) != NULL && escape + 1 < end) {
        memcpy(to, text, (size_t)(escape - text));
        to += escape - text;
        char byte = escape[1];
        *to++ = byte == 't' ? '\t' : byte == 'n' ? '\n' : byte == 'r' ? '\r' : byte;
        text = escape + 2;
    }
    memcpy(to, text, (size_t)(end - text));
    return to + (end - text);
}

/* Write a value after its length; NULL: it does not fit. */
static char *put_field(char *to, enum pg_copy_binary kind, const char *text, const char *end)
{
    size_t length = (size_t)(end - text);
    char *value = to + 4;
    char *behind = value;
    int64_t number;
    if (length == 2 && text[0] == '\\' && text[1] == 'N')
        return put_number(to, UINT32_MAX, 4);
    if (kind == PG_COPY_BINARY_JSONB)
        *behind++ = 1; /* the version of its format */
    if (kind == PG_COPY_BINARY_BYTES || kind == PG_COPY_BINARY_JSONB) {
        behind = put_bytes(behind, text, end);
    } else if (kind == PG_COPY_BINARY_UUID) {
        behind = read_uuid(text, length, value) ? value + 16 : NULL;
    } else {
        size_t size = read_number(kind, text, length, &number);
        behind = size == 0 ? NULL : put_number(value, (uint64_t)number, size);
    }
    if (behind != NULL)
        (void)put_number(to, (uint64_t)(behind - value), 4);
    return behind;
}

size_t pg_copy_binary_bound(size_t count, size_t length)
{
    return 2 + count * WIDEST + length;
}

char *pg_copy_binary_row(char *to, const unsigned char *kinds, size_t count, const char *row,
    size_t length)
{
    const char *end = row + length - 1; /* the line feed */
    to = put_number(to, count, 2);
    for (size_t i = 0; i < count && to != NULL; i++) {
        const char *tab = memchr(row, '\t', (size_t)(end - row));
        if ((tab == NULL) != (i + 1 == count))
            return NULL;
        to = put_field(to, kinds[i], row, tab == NULL ? end : tab);
        row = tab == NULL ? end : tab + 1;
    }
    return to;
}
