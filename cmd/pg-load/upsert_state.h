#ifndef PG_LOAD_UPSERT_STATE_H
#define PG_LOAD_UPSERT_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "pg/upsert.h"
#include "row_batch.h"

/* Of one connection: what an upsert knows in the transaction under way, and its scratch memory. */
struct upsert {
    struct pg_upsert_form form;
    char mark[PG_SHAPE_SIZE];  /* of the table when the form was read; "": it is not */
    char shape[PG_SHAPE_SIZE]; /* of the columns that it numbers */
    bool staged;               /* the temporary table is there */
    bool asked;                /* whether triggers may meddle with rows: */
    bool meddled;              /* they may */
    uint32_t *sequence;        /* the items, in the order of their keys */
    uint32_t *list;            /* those that are sent next */
    uint32_t *rest;            /* and those of them for the statement after that */
    uint32_t *rounds;  /* by item: in which round it is sent, from 1; 0: it gives way to another */
    uint32_t *next;    /* by item: which takes its place if it is refused, or ROW_BATCH_NONE */
    struct span *keys; /* by item: where its keys stand in the batch's rows, if ${exact} */
    bool exact;        /* the sequence was made here (upsert_keys.h) */
    size_t capacity;   /* of the five */
    struct pg_upsert_columns columns;
    struct buf json;
    struct buf sql;
};

void upsert_state_init(struct upsert *upsert);
void upsert_state_free(struct upsert *upsert);

/* Make room for so many items, and forget the transaction before. 0, or -1: out of memory. */
int upsert_state_begin(struct upsert *upsert, size_t count);

/* Give back what a large batch took. */
void upsert_state_shrink(struct upsert *upsert);

#endif
