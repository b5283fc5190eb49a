#ifndef PG_ERRORS_H
#define PG_ERRORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "pg/conn.h"
#include "pg/key.h"
#include "pg/side_table.h"

/*
 * The error table: one row for each refused message, however often it is delivered. A record of the
 * message with other content (an edited replay that is refused too) gets another row, because no
 * stored content may be lost. Content that another masking key has changed is not other content.
 */
struct pg_error_row {
    struct pg_key key;        /* of the message; of the content when it has none */
    struct pg_key content;    /* digest of the record without its "sqs" */
    struct pg_key ledger_key; /* identifies a corrected replay */
    bool has_ledger_key;
    char *message_id; /* the caller's. These six are ASCII, except ${column} (UTF-8); NULL or "" is
                         stored as NULL */
    const char *stage;
    const char *code;
    const char *sqlstate;
    const char *column; /* UTF-8 */
    const char *constraint;
    bool received;  /* relate() may find that a row with its key holds the same message */
    size_t item;    /* the caller's, for writing the record */
    size_t repeats; /* these two are used by pg_errors_store() alone */
    bool compared;
};

/* Append the record of row->item as pure ASCII text. Return 0, or -1. */
typedef int pg_errors_write(struct buf *out, void *context, size_t item);

/* What a record is to the record of a row that has its key and other content. */
enum pg_errors_relation {
    PG_ERRORS_OTHER, /* its content differs: it gets a row of its own */
    PG_ERRORS_LATER, /* a later delivery of the same message: the row takes its record */
    PG_ERRORS_FAILED /* out of memory */
};

/* A record as the table has it, in ASCII. */
struct pg_errors_text {
    const char *text;
    size_t length;
};

/* Compare the record of row->item, written as ${made}, with one that is stored. */
typedef enum pg_errors_relation pg_errors_relate(void *context, size_t item,
    const struct pg_errors_text *made, const struct pg_errors_text *stored);

/* What pg_errors_store() asks its caller for. */
struct pg_errors_source {
    pg_errors_write *write;
    pg_errors_relate *relate;
    void *context;
};

/*
 * Append bytes as ASCII text that decode(text, 'escape') reverses: a doubled backslash; three octal
 * digits for anything but printable ASCII. Return 0, or -1.
 */
int pg_errors_escape(struct buf *out, const char *bytes, size_t length);

/*
 * pg_errors_store(conn, table, rows, count, source):
 * Store the rows. Call it in a transaction. ${rows} is sorted and merged in place: the caller keeps
 * a list of its own of the strings to free. Rows with one key count as repeats. Return 0, or -1
 * with the connection's error.
 */
int pg_errors_store(struct pg_conn *conn, const struct pg_side_table *table,
    struct pg_error_row *rows, size_t count, const struct pg_errors_source *source);

/* Set held[i] to whether keys[i] (ascending) has a row. Return 0, or -1 with the connection's
 * error, as the next two do. */
int pg_errors_holds(struct pg_conn *conn, const struct pg_side_table *table,
    const struct pg_key *keys, size_t count, bool *held);

/* Find whether a row with this code, one of our own words, is unresolved. */
int pg_errors_waits(struct pg_conn *conn, const struct pg_side_table *table, const char *code,
    bool *waits);

/* Mark the unresolved rows of these ledger keys resolved. */
int pg_errors_resolve_keys(struct pg_conn *conn, const struct pg_side_table *table,
    const struct pg_key *keys, size_t count);

/* Compute the key of a row for one of several contents of a message. */
void pg_errors_second_key(const struct pg_key *message, const struct pg_key *content,
    struct pg_key *key);

#endif
