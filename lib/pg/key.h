#ifndef PG_KEY_H
#define PG_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Ledger keys: UUIDs, as their 16 bytes in the order of the text. PostgreSQL compares uuid values
 * as memcmp() does, so every loader sorts them alike.
 */
enum { PG_KEY_SIZE = 16, PG_KEY_TEXT_SIZE = 37 };

struct pg_key {
    unsigned char bytes[PG_KEY_SIZE];
};

/*
 * What a row's values were: eight bytes of a digest, and four of the id of the key that masked
 * them, 0 without one. Two are compared only under the same id.
 */
enum { PG_CONTENT_SIZE = 12, PG_CONTENT_DIGEST = 8 };

struct pg_content {
    unsigned char bytes[PG_CONTENT_SIZE];
};

/* Whether the two tell of different values. */
bool pg_key_content_differs(const struct pg_content *a, const struct pg_content *b);

/* Read the form 8-4-4-4-12 of hexadecimal digits in either case; false: ${text} is no UUID. */
bool pg_key_parse(const char *text, size_t length, struct pg_key *key);

/*
 * pg_key_digest(scope, scope_length, text, text_length, key):
 * The key of a text: the first 16 bytes of SHA-256(scope 0x00 text), with version 8 and the variant
 * of RFC 9562 set over them. ${scope} is the queue's name, which holds no NUL; "" without a queue.
 */
void pg_key_digest(const char *scope, size_t scope_length, const char *text, size_t text_length,
    struct pg_key *key);

/* What makes the key of a record that came from a queue. */
struct pg_key_source {
    uint64_t sent_ms;  /* since 1970; 0: not known */
    const char *queue; /* its name, "" without one */
    size_t queue_length;
    const char *id; /* of the message */
    size_t id_length;
    bool is_part; /* one of several records of the message: */
    const char *part;
    size_t part_length;
    const char *parts;
    size_t parts_length;
    const char *unwrap;
    size_t unwrap_length;
};

/*
 * pg_key_message(source, key):
 * The key of a record of a queue, in the order of time: the first 48 bits are ${sent_ms}; the bytes
 * 6 to 15 are the first ten of SHA-256(queue 0x00 id), of a part SHA-256(queue 0x00 id 0x00 part
 * 0x00 parts 0x00 unwrap), with version 8 and the variant of RFC 9562 set over them.
 */
void pg_key_message(const struct pg_key_source *source, struct pg_key *key);

/* The ${sent_ms} of such a key. */
uint64_t pg_key_sent_ms(const struct pg_key *key);

/*
 * The key of a content: of text[0, length) without [from, to), made as pg_key_digest() makes it in
 * the scope "".
 */
void pg_key_content(const char *text, size_t length, size_t from, size_t to, struct pg_key *key);

/* The queue's name in its URL: what follows the last slash; all of it when there is none. */
const char *pg_key_queue(const char *url, size_t length, size_t *name_length);

/* Write the key as lower-case text with a NUL. */
void pg_key_format(const struct pg_key *key, char text[PG_KEY_TEXT_SIZE]);

/* memcmp order. */
int pg_key_compare(const struct pg_key *a, const struct pg_key *b);

#endif
