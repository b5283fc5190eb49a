#ifndef PG_LOAD_ROW_BATCH_H
#define PG_LOAD_ROW_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "column_plan.h"
#include "pg/conn.h"
#include "pg/key.h"
#include "record/verdict.h"
#include "unknown.h"

/*
 * A batch: the records of one transaction, in the order of the input, with all that it takes to
 * send them, send them again, and give their verdicts. It is built without a connection.
 */

#define ROW_BATCH_NONE UINT32_MAX

enum item_kind {
    ITEM_ROW,     /* to be loaded */
    ITEM_REFUSED, /* refused before it was sent to the server */
    ITEM_ERROR,   /* an error record that arrived */
    ITEM_EMPTY    /* an ITEM_REFUSED or ITEM_ERROR without content to store */
};

/* The state of an item in the current transaction. */
enum item_state { STATE_WAITS, STATE_PASSED, STATE_DUPLICATE, STATE_REFUSED };

/* Why an item is refused. Short ASCII words; the names come from the catalogue. */
struct refusal {
    char stage[33];
    char code[33];
    char sqlstate[6];
    char column[PG_NAME_SIZE];
    char constraint[PG_NAME_SIZE];
    bool unpartitioned; /* the server refused it, because no partition takes it */
    bool about_value; /* a value of the record caused it, as its SQLSTATE or a probe shows; not the
                         state of the table */
    bool raised;      /* by a function of the database */
    char text[PG_TEXT_SIZE / 2]; /* the text of the server or of jq, for --show-values only */
};

/* Narrow, because a batch has four per record. Each buffer of a batch holds at most 1 GiB. */
struct span {
    uint32_t at;
    uint32_t length;
};

static inline struct span row_batch_span(size_t at, size_t length)
{
    return (struct span){ (uint32_t)at, (uint32_t)length };
}

struct item {
    uint64_t number;      /* its line in the input, from 1 */
    struct span line;     /* in batch->lines; of a line too long only its "sqs" */
    struct span sqs;      /* in batch->lines, the value; length 0: none */
    struct span id;       /* in batch->lines, the message id as a quoted string; length 0: none */
    struct span row;      /* in batch->rows, in COPY's text format */
    uint32_t group;       /* index in groups; of an ITEM_ROW */
    uint32_t refusal;     /* index in refusals, or ROW_BATCH_NONE */
    uint32_t next;        /* the next item with the same ledger key, or ROW_BATCH_NONE */
    unsigned char kind;   /* enum item_kind */
    unsigned char state;  /* enum item_state */
    unsigned char effect; /* enum verdict_effect: of a row that passed, with --upsert */
    bool head;            /* the first ITEM_ROW of its ledger key */
    bool has_key;         /* ledger_key is set */
    bool has_message;     /* message_key is set */
    bool is_part;         /* one of several records of the message */
    bool misfit;          /* refused because map, --key or columns do not fit the record */
    bool is_json;         /* the line is valid JSON */
    bool is_long;         /* the line was longer than the maximum, or cut: only its sqs is held */
    bool sealed;          /* an error record of pii-mask */
    bool split;        /* refused, as another record of its message has other content (split.h) */
    bool differs;      /* a duplicate that differs from the row with its key */
    bool conflict;     /* such a duplicate, refused by --strict-key */
    bool late;         /* split: the other record was submitted before this one came */
    uint64_t delivery; /* from split_delivery() */
    struct pg_key ledger_key;
    struct pg_key message_key;   /* of message and part, also with --key */
    struct pg_key id_key;        /* the key of the message id in 0.1.0; set with message_key */
    struct pg_content content;   /* with --key: digest of the values of the row */
    enum verdict_status verdict; /* VERDICT_UNKNOWN: no verdict, and the run ends */
};

/* The records with values for the same columns; one COPY sends them, and the other columns get
 * their DEFAULT. */
struct group {
    uint64_t *sources;    /* a bit for each of the plan's sources */
    char *sql;            /* the COPY statement */
    const char *target;   /* in it: the part from the names of the columns on */
    const char **names;   /* of the columns, for error hints */
    size_t *columns;      /* their indexes in the table */
    unsigned char *kinds; /* enum pg_copy_binary of each */
    bool binary;          /* COPY's binary format can carry all of them */
    size_t name_count;
};

struct row_batch {
    const struct column_plan *plan;
    const struct pg_table *table;
    struct shape *shape; /* of the catalogue, which owns both; NULL: the first of the run */
    struct item *items;
    size_t count;
    size_t capacity;
    struct refusal *refusals;
    size_t refusal_count;
    size_t refusal_capacity;
    uint64_t began_ms;    /* monotonic: when its first record came */
    uint64_t done_ms;     /* since 1970: when it was committed; 0: in a dry run */
    size_t refused_early; /* refusals known before the transaction */
    struct buf lines;
    struct buf rows;
    struct group *groups; /* kept from batch to batch */
    size_t group_count;
    size_t group_capacity;
    size_t last_group;
    size_t words;                /* of a group's bit set */
    bool text_only;              /* some row does not fit COPY's binary format */
    struct pg_content *contents; /* with --key: contents[i] of the head of keys[i] */
    struct pg_key *keys;         /* of the heads, ascending; set by row_batch_seal() */
    uint32_t *heads;             /* heads[i]: the first item with keys[i] */
    size_t key_count;
    size_t key_capacity;
    struct unknown unknown;
    uint64_t kept_out;      /* passed rows that a trigger kept out of the table */
    uint64_t notices;       /* of the server, during its COMMIT */
    size_t unkeyed;         /* items to be loaded that have no ledger key */
    size_t without_verdict; /* items that get no verdict */
};

void row_batch_init(struct row_batch *batch, const struct column_plan *plan,
    const struct pg_table *table);

/* Use this plan and table from now on. The old rows are discarded; the lines must be read again. */
void row_batch_adopt(struct row_batch *batch, const struct column_plan *plan,
    const struct pg_table *table);
void row_batch_free(struct row_batch *batch);
void row_batch_clear(struct row_batch *batch);

/* Return true when the rows of a group can go in COPY's binary format. */
bool row_batch_is_binary(const struct row_batch *batch, const struct group *group);

/*
 * Take the memory for ${rows} records early, or for ${bytes} of them if that is less, within
 * reason. A long run thus gets all its memory at the start. ${sample} has at least one record;
 * their mean size is assumed. A failure to allocate is ignored: row_batch_add() reports it.
 */
void row_batch_populate(struct row_batch *batch, const struct row_batch *sample, size_t rows,
    size_t bytes);

/* Return a new item with the bytes of the line, or NULL when memory runs out. It is valid until the
 * next one. */
struct item *row_batch_add(struct row_batch *batch, uint64_t number, const char *text,
    size_t length);

/* Note why an item is refused. Return the refusal for the caller to fill in, or NULL when memory
 * runs out. */
struct refusal *row_batch_refuse(struct row_batch *batch, struct item *item, const char *stage,
    const char *code);

/* Return the group of a set of sources, or ROW_BATCH_NONE when memory runs out. */
uint32_t row_batch_group(struct row_batch *batch, const uint64_t *sources);

/* Sort the ledger keys and link the items that share one. Without ${use_ledger} there are none.
 * Return 0, or -1 when memory runs out. */
int row_batch_seal(struct row_batch *batch, bool use_ledger);

/* Return the number of rows in that state in the current transaction. */
size_t row_batch_count(const struct row_batch *batch, enum item_state state);

/* Forget the states of a transaction that was rolled back. */
void row_batch_rewind(struct row_batch *batch);

#endif
