#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "catalogue.h"
#include "pg/table.h"
#include "plan_build.h"
#include "server_failure.h"

/* One version of the table. */
struct shape {
    struct pg_table table;
    struct column_plan plan;
    size_t users; /* batches, and the catalogue while it is the current one */
};

static void let_go(struct shape *shape)
{
    if (shape == NULL || --shape->users > 0)
        return;
    column_plan_free(&shape->plan);
    pg_table_free(&shape->table);
    free(shape);
}

void catalogue_open(struct catalogue *catalogue, struct column_plan *plan,
    const struct pg_table *table, struct row_reader *rows)
{
    *catalogue = (struct catalogue){ .first = plan, .first_table = table, .rows = rows };
    (void)pthread_mutex_init(&catalogue->mutex, NULL);
}

void catalogue_close(struct catalogue *catalogue, struct row_batch *batches, size_t count)
{
    if (catalogue->first == NULL)
        return;
    for (size_t i = 0; i < count; i++)
        let_go(batches[i].shape);
    let_go(catalogue->current);
    (void)pthread_mutex_destroy(&catalogue->mutex);
}

/*
 * Make the batch fit the current columns. The lock is held. Return 0, or -1 when memory runs out.
 */
static int adopt(struct catalogue *catalogue, struct row_batch *batch)
{
    struct shape *shape = catalogue->current;
    struct shape *before = batch->shape;
    if (shape == before)
        return 0;
    shape->users++;
    batch->shape = shape;
    row_batch_adopt(batch, &shape->plan, &shape->table);
    int status = row_read_again(catalogue->rows, batch);
    let_go(before);
    return status;
}

void catalogue_lock(struct catalogue *catalogue)
{
    (void)pthread_mutex_lock(&catalogue->mutex);
}

void catalogue_unlock(struct catalogue *catalogue)
{
    (void)pthread_mutex_unlock(&catalogue->mutex);
}

int catalogue_read(struct catalogue *catalogue, const struct line *line, bool too_long,
    struct row_batch *batch)
{
    catalogue_lock(catalogue);
    int status = adopt(catalogue, batch);
    if (status == 0)
        status = row_read(catalogue->rows, line, too_long, batch);
    catalogue_unlock(catalogue);
    return status;
}

/* ---- reading it again ---- */

static enum renewal find(struct catalogue *catalogue, struct pg_conn *conn, struct shape *found,
    struct failure *failure)
{
    const char *name = catalogue->first_table->qualified;
    enum pg_table_result result = pg_table_find(conn, name, &found->table);
    if (result == PG_TABLE_OK)
        return RENEWAL_DONE;
    if (result == PG_TABLE_FAILED && pg_conn_error(conn)->kind == PG_FAULT)
        return RENEWAL_FAULT;
    if (result == PG_TABLE_FAILED)
        (void)server_failure_set(failure, pg_conn_error(conn), "cannot look up the table", true);
    else
        failure_set(failure, STATUS_UNAVAILABLE, "table %s no longer exists", name);
    return RENEWAL_REFUSED;
}

/* Replace the current version by ${found}, which is taken or freed. The lock is held. Return 0 or
 * -1. */
static int replace(struct catalogue *catalogue, struct shape *found, struct failure *failure)
{
    const struct pg_table *known =
        catalogue->current == NULL ? catalogue->first_table : &catalogue->current->table;
    if (catalogue->current != NULL && strcmp(found->table.shape, known->shape) == 0) {
        let_go(found); /* another connection was first */
        return 0;
    }
    int status = plan_build_again(&found->plan, catalogue->first, &found->table, failure);
    if (status == 0 && row_reader_adopt(catalogue->rows, &found->plan) != 0)
        status = failure_no_memory(failure);
    if (status != 0) {
        let_go(found);
        return -1;
    }
    msg_info("the columns of %s have changed; reading its catalogue again", known->qualified);
    let_go(catalogue->current);
    catalogue->current = found;
    return 0;
}

enum renewal catalogue_renew(struct catalogue *catalogue, struct pg_conn *conn,
    struct row_batch *batch, bool use_ledger, struct failure *failure)
{
    struct shape *found = calloc(1, sizeof *found);
    if (found == NULL) {
        (void)failure_no_memory(failure);
        return RENEWAL_REFUSED;
    }
    found->users = 1;
    enum renewal renewal = find(catalogue, conn, found, failure);
    if (renewal == RENEWAL_DONE && strcmp(found->table.shape, batch->table->shape) == 0)
        renewal = RENEWAL_SAME;
    if (renewal != RENEWAL_DONE) {
        let_go(found);
        return renewal;
    }
    catalogue_lock(catalogue);
    int status = replace(catalogue, found, failure);
    if (status == 0 && (status = adopt(catalogue, batch)) != 0)
        (void)failure_no_memory(failure);
    catalogue_unlock(catalogue);
    if (status == 0 && (status = row_batch_seal(batch, use_ledger)) != 0)
        (void)failure_no_memory(failure);
    return status == 0 ? RENEWAL_DONE : RENEWAL_REFUSED;
}
