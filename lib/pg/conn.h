#ifndef PG_CONN_H
#define PG_CONN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pg/fault.h"

/*
 * A connection to PostgreSQL, the one door to libpq. Nothing outlives a transaction: no session
 * SET, no named statement, no session lock, no temporary table; so a pooler in transaction mode may
 * stand between. Calls wait for the server, always in poll(2); looking up a host's name alone
 * blocks. A server that vanishes from the network is noticed within 40 s, and notices within 40 s
 * that we have, in a transaction. They return 0, or -1 with pg_conn_error(). A connection belongs
 * to one thread at a time.
 */
struct pg_conn;

/*
 * A connection by ${dsn} (NULL: by the environment alone), not opened yet, its password from
 * ${password_command} (pg/open.h; NULL: there is none), which must outlive it. NULL: out of memory.
 */
struct pg_conn *pg_conn_new(const char *dsn, const char *password_command);
void pg_conn_free(struct pg_conn *conn); /* NULL is fine; closes */

/*
 * From now on no wait goes on once ${fd} (-1: none) is readable: the server is asked to break off
 * what it is at, unless that is COMMIT, and a second later the connection is given up.
 */
void pg_conn_set_cancel(struct pg_conn *conn, int fd);

/*
 * Close what is open and connect, to the first host that takes us, within ${within_ms}
 * (pg/open.h).
 */
int pg_conn_open(struct pg_conn *conn, uint64_t within_ms);
void pg_conn_close(struct pg_conn *conn);
bool pg_conn_alive(const struct pg_conn *conn);         /* as far as is known without asking */
uint64_t pg_conn_unused_ms(const struct pg_conn *conn); /* of real time: since the server spoke */
const struct pg_error *pg_conn_error(const struct pg_conn *conn);
bool pg_conn_unverified(const struct pg_conn *conn);      /* as pg_peer_unverified() */
const char *pg_conn_host(const struct pg_conn *conn);     /* by name; "" when not open */
const char *pg_conn_database(const struct pg_conn *conn); /* its name; "" when not open */

/* Set the error to a shortage of memory on this side, a fault; return -1. */
int pg_conn_no_memory(struct pg_conn *conn);

/* Simple protocol: one or more statements. Rows of the last are kept until the next call. */
int pg_conn_exec(struct pg_conn *conn, const char *sql);

/* The same of statements that load rows, which an error may be about: its fate is that of
 * pg_sqlstate_row_fate(). */
int pg_conn_exec_rows(struct pg_conn *conn, const char *sql);

/* The same of such statements without a row: what is said is about them, PG_STOP unless a fault. */
int pg_conn_exec_empty(struct pg_conn *conn, const char *sql);

/* An array of bytes for a parameter; length SIZE_MAX: a C string; data NULL: NULL. */
struct pg_param {
    const void *data;
    size_t length; /* of a binary parameter */
    bool binary;
};

/* Extended protocol, unnamed: one statement, rows in text or binary format. */
int pg_conn_query(struct pg_conn *conn, const char *sql, const struct pg_param *params, int count,
    bool binary_rows);

size_t pg_conn_rows(const struct pg_conn *conn);
const char *pg_conn_value(const struct pg_conn *conn, size_t row, int column); /* NULL: NULL */
size_t pg_conn_length(const struct pg_conn *conn, size_t row, int column);
uint64_t pg_conn_affected(const struct pg_conn *conn); /* rows of the last command */

/*
 * COPY … FROM STDIN. ${sql} ends with that statement. After a failure of pg_conn_copy_data() the
 * end is called all the same, with ${whole} false, and tells the error: the server's, or a fault,
 * as rows that are not all there are taken back. ${relation} and ${names} (of the columns) are for
 * the error's hint and column.
 */
int pg_conn_copy_begin(struct pg_conn *conn, const char *sql);
int pg_conn_copy_data(struct pg_conn *conn, const char *data, size_t length);
int pg_conn_copy_end(struct pg_conn *conn, bool whole, const char *relation,
    const char *const *names, size_t count);

#endif
