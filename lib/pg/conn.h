#ifndef PG_CONN_H
#define PG_CONN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pg/fault.h"

/*
 * A connection to PostgreSQL: the one wrapper of libpq. Nothing outlives a transaction: no session
 * SET, no named statement, no session lock, no temporary table. So a pooler in transaction mode may
 * be in between. Calls wait for the server in poll(2); only the lookup of a host name blocks.
 * Within 40 s each side of a transaction notices that the other has vanished from the network.
 * Calls return 0, or -1 with pg_conn_error(). A connection belongs to one thread at a time.
 */
struct pg_conn;

/*
 * Return a connection by ${dsn} (NULL: by the environment alone), not opened yet. Its password
 * comes from ${password_command} (pg/open.h; NULL: none), which must outlive it. NULL: out of
 * memory.
 */
struct pg_conn *pg_conn_new(const char *dsn, const char *password_command);
void pg_conn_free(struct pg_conn *conn); /* close; NULL is fine */

/*
 * From now on no wait continues once ${fd} (-1: none) is readable. The server is asked to cancel
 * the current statement, unless that is COMMIT; a second later the connection is closed.
 */
void pg_conn_set_cancel(struct pg_conn *conn, int fd);

/*
 * Close an open connection and connect to the first host that accepts, within ${within_ms}
 * (pg/open.h).
 */
int pg_conn_open(struct pg_conn *conn, uint64_t within_ms);
void pg_conn_close(struct pg_conn *conn);
bool pg_conn_alive(const struct pg_conn *conn); /* as far as known without asking */
/* Return the real time since the server last answered, in ms. */
uint64_t pg_conn_unused_ms(const struct pg_conn *conn);
const struct pg_error *pg_conn_error(const struct pg_conn *conn);
bool pg_conn_unverified(const struct pg_conn *conn);      /* as pg_peer_unverified() */
const char *pg_conn_host(const struct pg_conn *conn);     /* name; "" when not open */
const char *pg_conn_database(const struct pg_conn *conn); /* name; "" when not open */

/* Set the error to out of memory on this side, a fault. Return -1. */
int pg_conn_no_memory(struct pg_conn *conn);

/* Run one or more statements by the simple protocol. The rows of the last one are valid until the
 * next call. Return 0, or -1 with pg_conn_error(). */
int pg_conn_exec(struct pg_conn *conn, const char *sql);

/*
 * Do the same as pg_conn_exec(), for statements that load rows: a row may cause an error, and its
 * kind is that of pg_sqlstate_row_kind().
 */
int pg_conn_exec_rows(struct pg_conn *conn, const char *sql);

/*
 * Do the same for such statements when they have no row. An error then comes from the statement:
 * PG_STOP, unless it is a fault.
 */
int pg_conn_exec_empty(struct pg_conn *conn, const char *sql);

/* A parameter's bytes. length SIZE_MAX: a C string; data NULL: NULL. */
struct pg_param {
    const void *data;
    size_t length; /* of a binary parameter */
    bool binary;
};

/* Run one statement by the extended protocol, unnamed, with rows in text or binary format. Return
 * 0, or -1 with pg_conn_error(). */
int pg_conn_query(struct pg_conn *conn, const char *sql, const struct pg_param *params, int count,
    bool binary_rows);

size_t pg_conn_rows(const struct pg_conn *conn);
const char *pg_conn_value(const struct pg_conn *conn, size_t row, int column); /* NULL: NULL */
size_t pg_conn_length(const struct pg_conn *conn, size_t row, int column);
uint64_t pg_conn_affected(const struct pg_conn *conn); /* rows of the last command */

/*
 * COPY … FROM STDIN; ${sql} ends with that statement. After a failure of pg_conn_copy_data(), call
 * the end too, with ${whole} false: it reports the error, the server's or a fault, as incomplete
 * rows are rolled back. ${relation} and ${names} (of the columns) are for the error's hint and
 * column.
 */
int pg_conn_copy_begin(struct pg_conn *conn, const char *sql);
int pg_conn_copy_data(struct pg_conn *conn, const char *data, size_t length);
int pg_conn_copy_end(struct pg_conn *conn, bool whole, const char *relation,
    const char *const *names, size_t count);

#endif
