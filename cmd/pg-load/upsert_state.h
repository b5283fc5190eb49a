#ifndef PG_LOAD_UPSERT_STATE_H
#define PG_LOAD_UPSERT_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "pg/upsert.h"
#include "row_batch.h"

/* The state of an upsert in the current transaction of one connection, and its scratch memory. */
struct upsert {
    struct pg_upsert_form form;
    char mark[PG_SHAPE_SIZE];  /* of the table when the form was read; "": not read */
    char shape[PG_SHAPE_SIZE]; /* of the columns that it numbers */
    bool staged;               /* the temporary table exists */
    bool asked;                /* it is known whether triggers may change rows */
    bool has_triggers;         /* they may change rows */
    uint32_t *sequence;        /* the items, in the order of their keys */
    uint32_t *list;            /* those that are sent next */
    uint32_t
        *rest; /* scratch: a part of the items, for one of the functions below upsert_order.h */
    uint32_t *rounds;  /* by item: the round that sends it, from 1; 0: it gives way */
    uint32_t *next;    /* by item: its replacement if it is refused, or ROW_BATCH_NONE */
    uint32_t *first;   /* by item: the first of its key's items, or itself */
    struct span *keys; /* by item: the place of its keys in the rows, if ${exact} */
    bool exact;        /* the sequence was made here (upsert_keys.h) */
    size_t capacity;   /* of the six arrays from ${sequence} to ${first} */
    struct pg_upsert_columns columns;
    struct buf json;
    struct buf sql;
};

void upsert_state_init(struct upsert *upsert);
void upsert_state_free(struct upsert *upsert);

/* Make room for ${count} items, and forget the transaction before. Return 0, or -1 when memory runs
 * out. */
int upsert_state_begin(struct upsert *upsert, size_t count);

/* Free the memory that a large batch took. */
void upsert_state_shrink(struct upsert *upsert);

#endif
