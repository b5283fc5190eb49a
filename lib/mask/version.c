#include <string.h>
#include <strings.h>

#include "mask/version.h"

/* Return ${at} moved back over blanks. */
static size_t skip_back(const char *text, size_t at)
{
    while (at > 0 &&
        (text[at - 1] == ' ' || text[at - 1] == '\t' || text[at - 1] == '\r' ||
            text[at - 1] == '\n'))
        at--;
    return at;
}

/*
 * Return the start of the string whose closing quote is at ${close}: behind the nearest quote that
 * is not escaped.
 */
static size_t content_before(const char *text, size_t close)
{
    size_t at = close;
    for (;;) {
        while (text[at - 1] != '"')
            at--;
        size_t escapes = 0;
        while (at - 1 > escapes && text[at - 2 - escapes] == '\\')
            escapes++;
        if (escapes % 2 == 0)
            return at;
        at--;
    }
}

static bool is_letter(char byte)
{
    return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
        (unsigned char)byte >= 0x80;
}

/*
 * Return true when the last word of a key means a version: app_version, osVersion, but not
 * conversion.
 */
static bool says_version(const char *key, size_t length)
{
    static const char *const words[] = { "version", "versione", "wersja", "firmware", "release",
        "build", "ver", "sdk" };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t size = strlen(words[i]);
        if (size > length || strncasecmp(key + length - size, words[i], size) != 0)
            continue;
        size_t at = length - size;
        bool capital = key[at] >= 'A' && key[at] <= 'Z' && key[at + 1] >= 'a' && key[at + 1] <= 'z';
        if (at == 0 || !is_letter(key[at - 1]) || capital)
            return true;
    }
    return false;
}

bool version_is(const char *text, size_t start, size_t end)
{
    for (size_t i = start + 1; i < end - 1; i++)
        if (text[i] != '.' && (text[i] < '0' || text[i] > '9'))
            return false;
    size_t colon = skip_back(text, start);
    if (colon == 0 || text[colon - 1] != ':')
        return false;
    size_t close = skip_back(text, colon - 1) - 1;
    size_t key = content_before(text, close);
    return says_version(text + key, close - key);
}
