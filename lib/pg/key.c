#include <string.h>

#include "base/sha256.h"
#include "pg/key.h"

enum { TIME_SIZE = 6 };

/* The value of a hexadecimal digit plus one; 0: not a digit. */
static const unsigned char hex_values[256] = { ['0'] = 1,
    ['1'] = 2,
    ['2'] = 3,
    ['3'] = 4,
    ['4'] = 5,
    ['5'] = 6,
    ['6'] = 7,
    ['7'] = 8,
    ['8'] = 9,
    ['9'] = 10,
    ['a'] = 11,
    ['b'] = 12,
    ['c'] = 13,
    ['d'] = 14,
    ['e'] = 15,
    ['f'] = 16,
    ['A'] = 11,
    ['B'] = 12,
    ['C'] = 13,
    ['D'] = 14,
    ['E'] = 15,
    ['F'] = 16 };

static bool is_dash(size_t at)
{
    return at == 8 || at == 13 || at == 18 || at == 23;
}

bool pg_key_parse(const char *text, size_t length, struct pg_key *key)
{
    if (length != PG_KEY_TEXT_SIZE - 1)
        return false;
    size_t count = 0;
    for (size_t at = 0; at < length; at++) {
        if (is_dash(at)) {
            if (text[at] != '-')
                return false;
            continue;
        }
        unsigned high = hex_values[(unsigned char)text[at]];
        unsigned low = hex_values[(unsigned char)text[++at]];
        if (high == 0 || low == 0)
            return false;
        key->bytes[count++] = (unsigned char)((high - 1) << 4 | (low - 1));
    }
    return true;
}

/* Set version 8 and the variant (RFC 9562, section 5.8). */
static void set_version(struct pg_key *key)
{
    key->bytes[6] = (unsigned char)((key->bytes[6] & 0x0f) | 0x80);
    key->bytes[8] = (unsigned char)((key->bytes[8] & 0x3f) | 0x80);
}

static void finish(struct sha256 *sha, struct pg_key *key)
{
    unsigned char digest[SHA256_SIZE];
    sha256_final(sha, digest);
    memcpy(key->bytes, digest, sizeof key->bytes);
    set_version(key);
}

void pg_key_digest(const char *scope, size_t scope_length, const char *text, size_t text_length,
    struct pg_key *key)
{
    struct sha256 sha;
    sha256_init(&sha);
    sha256_update(&sha, scope, scope_length);
    sha256_update(&sha, "", 1);
    sha256_update(&sha, text, text_length);
    finish(&sha, key);
}

static void add_part(struct sha256 *sha, const char *text, size_t length)
{
    sha256_update(sha, "", 1);
    sha256_update(sha, text, length);
}

void pg_key_message(const struct pg_key_source *source, struct pg_key *key)
{
    unsigned char digest[SHA256_SIZE];
    struct sha256 sha;
    sha256_init(&sha);
    sha256_update(&sha, source->queue, source->queue_length);
    add_part(&sha, source->id, source->id_length);
    if (source->is_part) {
        add_part(&sha, source->part, source->part_length);
        add_part(&sha, source->parts, source->parts_length);
        add_part(&sha, source->unwrap, source->unwrap_length);
    }
    sha256_final(&sha, digest);
    for (int i = 0; i < TIME_SIZE; i++)
        key->bytes[i] = (unsigned char)(source->sent_ms >> (8 * (TIME_SIZE - 1 - i)));
    memcpy(key->bytes + TIME_SIZE, digest, PG_KEY_SIZE - TIME_SIZE);
    set_version(key);
}

uint64_t pg_key_sent_ms(const struct pg_key *key)
{
    uint64_t ms = 0;
    for (int i = 0; i < TIME_SIZE; i++)
        ms = ms << 8 | key->bytes[i];
    return ms;
}

void pg_key_content(const char *text, size_t length, size_t from, size_t to, struct pg_key *key)
{
    struct sha256 sha;
    sha256_init(&sha);
    sha256_update(&sha, "", 1);
    sha256_update(&sha, text, from);
    sha256_update(&sha, text + to, length - to);
    finish(&sha, key);
}

const char *pg_key_queue(const char *url, size_t length, size_t *name_length)
{
    const char *slash = length == 0 ? NULL : memrchr(url, '/', length);
    const char *name = slash == NULL ? url : slash + 1;
    *name_length = length - (size_t)(name - url);
    return name;
}

void pg_key_format(const struct pg_key *key, char text[PG_KEY_TEXT_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    size_t at = 0;
    for (size_t i = 0; i < PG_KEY_SIZE; i++) {
        if (is_dash(at))
            text[at++] = '-';
        text[at++] = digits[key->bytes[i] >> 4];
        text[at++] = digits[key->bytes[i] & 0x0f];
    }
    text[at] = '\0';
}

int pg_key_compare(const struct pg_key *a, const struct pg_key *b)
{
    return memcmp(a->bytes, b->bytes, PG_KEY_SIZE);
}

bool pg_key_content_differs(const struct pg_content *a, const struct pg_content *b)
{
    return memcmp(a->bytes + PG_CONTENT_DIGEST, b->bytes + PG_CONTENT_DIGEST,
               PG_CONTENT_SIZE - PG_CONTENT_DIGEST) == 0 &&
        memcmp(a->bytes, b->bytes, PG_CONTENT_DIGEST) != 0;
}
