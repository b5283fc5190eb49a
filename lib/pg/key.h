#ifndef PG_KEY_H
#define PG_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Ledger keys: UUIDs, as their 16 bytes in the order of the text. PostgreSQL compares uuid values
 * as memcmp() does, so every loader sorts them in the same order.
 */
enum { PG_KEY_SIZE = 16, PG_KEY_TEXT_SIZE = 37 };

struct pg_key {
    unsigned char bytes[PG_KEY_SIZE];
};

/*
 * A digest of a row's values: eight bytes of it, and four of the id of their masking key, 0 without
 * one. Two are comparable only under the same id.
 */
enum { PG_CONTENT_SIZE = 12, PG_CONTENT_DIGEST = 8 };

struct pg_content {
    unsigned char bytes[PG_CONTENT_SIZE];
};

/* Return true when the two stand for different values. */
bool pg_key_content_differs(const struct pg_content *a, const struct pg_content *b);

/* Read the form 8-4-4-4-12 of hexadecimal digits in either case; false: ${text} is not a UUID. */
bool pg_key_parse(const char *text, size_t length, struct pg_key *key);

/*
 * pg_key_digest(scope, scope_length, text, text_length, key):
 * Compute the key of a text: the first 16 bytes of SHA-256(scope 0x00 text), with version 8 and the
 * variant of RFC 9562 set in them. ${scope} is the queue's name, which holds no NUL; "" without a
 * queue.
 */
void pg_key_digest(const char *scope, size_t scope_length, const char *text, size_t text_length,
    struct pg_key *key);

/* What determines the key of a record from a queue. */
struct pg_key_source {
    uint64_t sent_ms;  /* since 1970; 0: unknown */
    const char *queue; /* its name, or "" */
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
 * Compute the key of a record from a queue. Keys are in order of time: the first 48 bits are
 * ${sent_ms}. The bytes 6 to 15 are the first ten of SHA-256(queue 0x00 id). For a part it is
 * SHA-256(queue 0x00 id 0x00 part 0x00 parts 0x00 unwrap). Version 8 and the variant of RFC 9562
 * are set in them.
 */
void pg_key_message(const struct pg_key_source *source, struct pg_key *key);

/* Return the ${sent_ms} of such a key. */
uint64_t pg_key_sent_ms(const struct pg_key *key);

/*
 * Compute the key of a content: of text[0, length) without [from, to), as pg_key_digest() does in
 * the scope "".
 */
void pg_key_content(const char *text, size_t length, size_t from, size_t to, struct pg_key *key);

/* Return the queue's name in its URL: the text after the last slash; all of it without a slash. */
const char *pg_key_queue(const char *url, size_t length, size_t *name_length);

/* Write the key as lower-case text with a NUL. */
void pg_key_format(const struct pg_key *key, char text[PG_KEY_TEXT_SIZE]);

/* Compare as memcmp() does. */
int pg_key_compare(const struct pg_key *a, const struct pg_key *b);

#endif
