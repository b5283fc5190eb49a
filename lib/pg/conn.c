#include <errno.h>
#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "pg/conn.h"
#include "pg/conn_transaction.h"
#include "pg/open.h"
#include "pg/peer.h"
#include "pg/server_text.h"
#include "pg/user_timeout.h"

enum {
    COPY_CHUNK = 65536,
    MAX_PARAMS = 16,
    LOOK_AGAIN_MS = 1000, /* libpq then reads a message for which memory had run out */
    MESSAGE_MEMORY = 4096,
    LOOKS_WITHOUT_MEMORY = 3,
    SILENT_MS = 6 * 60 * 1000, /* the server itself ends a statement after five minutes */
    LAST_MOMENT_MS = 1000      /* for the server to obey a cancel request */
};

struct pg_conn {
    char *dsn; /* NULL: the environment alone */
    const char *password_command;
    PGconn *pq;
    PGresult *result;
    int cancel_fd; /* -1: none */
    unsigned looks_without_memory;
    uint64_t give_up_at;   /* 0: not cancelled */
    uint64_t silent_since; /* 0: it has not been silent for a second yet */
    bool committing;
    struct pg_user_timeout user_timeout;
    struct clock_moment used;
    unsigned opened;     /* number of times */
    uint64_t notices;    /* of the last COMMIT: */
    bool standby_notice; /* one was of its wait for a standby */
    struct pg_error error;
};

/* ---- errors ---- */

static void set_error(struct pg_conn *conn, const PGresult *result)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    /* Without a state: libpq's own, as when memory runs out. That of the protocol is unknown. */
    if (state == NULL) {
        pg_fault_lost(&conn->error, PQerrorMessage(conn->pq));
        pg_conn_close(conn);
        return;
    }
    struct pg_error *error = &conn->error;
    *error = (struct pg_error){ .kind = pg_sqlstate_kind(state), .hint = { 0, SIZE_MAX } };
    pg_server_text_line(error->sqlstate, sizeof error->sqlstate, state);
    pg_server_text_line(error->column, PG_NAME_SIZE,
        PQresultErrorField(result, PG_DIAG_COLUMN_NAME));
    pg_server_text_line(error->constraint, PG_NAME_SIZE,
        PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME));
    pg_server_text_line(error->table, PG_NAME_SIZE, PQresultErrorField(result, PG_DIAG_TABLE_NAME));
    pg_server_text_line(error->text, PG_TEXT_SIZE,
        PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY));
    pg_server_text_join(error->said, PG_TEXT_SIZE, error->text);
    const char *function = PQresultErrorField(result, PG_DIAG_SOURCE_FUNCTION);
    error->raised = function != NULL && strcmp(function, "exec_stmt_raise") == 0; /* pl_exec.c */
    const char *more = PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL);
    pg_server_text_join(error->said, PG_TEXT_SIZE,
        more == NULL ? PQresultErrorField(result, PG_DIAG_CONTEXT) : more);
}

int pg_conn_no_memory(struct pg_conn *conn)
{
    pg_fault_lost(&conn->error, "out of memory");
    return -1;
}

/* ---- opening and closing ---- */

struct pg_conn *pg_conn_new(const char *dsn, const char *password_command)
{
    struct pg_conn *conn = calloc(1, sizeof *conn);
    if (conn == NULL)
        return NULL;
    conn->cancel_fd = -1;
    conn->password_command = password_command;
    if (dsn != NULL && (conn->dsn = strdup(dsn)) == NULL) {
        free(conn);
        return NULL;
    }
    pg_fault_lost(&conn->error, "not connected");
    return conn;
}

void pg_conn_free(struct pg_conn *conn)
{
    if (conn == NULL)
        return;
    pg_conn_close(conn);
    free(conn->dsn);
    free(conn);
}

void pg_conn_set_cancel(struct pg_conn *conn, int fd)
{
    conn->cancel_fd = fd;
}

static void drop_result(struct pg_conn *conn)
{
    PQclear(conn->result);
    conn->result = NULL;
}

void pg_conn_close(struct pg_conn *conn)
{
    drop_result(conn);
    PQfinish(conn->pq);
    conn->pq = NULL;
}

bool pg_conn_alive(const struct pg_conn *conn)
{
    return conn->pq != NULL && PQstatus(conn->pq) == CONNECTION_OK;
}

uint64_t pg_conn_unused_ms(const struct pg_conn *conn)
{
    return clock_moment_age_ms(&conn->used);
}

const struct pg_error *pg_conn_error(const struct pg_conn *conn)
{
    return &conn->error;
}

const char *pg_conn_database(const struct pg_conn *conn)
{
    const char *name = PQdb(conn->pq); /* NULL for NULL */
    return name == NULL ? "" : name;
}

bool pg_conn_unverified(const struct pg_conn *conn)
{
    return pg_conn_alive(conn) && pg_peer_unverified(conn->pq);
}

const char *pg_conn_host(const struct pg_conn *conn)
{
    const char *host = PQhost(conn->pq); /* NULL for NULL */
    return host == NULL ? "" : host;
}

/*
 * Ignore the text, which may hold values of a row. A notice of the wait for a standby has the name
 * of the server's function (src/backend/replication/syncrep.c), or the SQLSTATE of a terminated
 * session.
 */
static void note_notice(void *context, const PGresult *notice)
{
    struct pg_conn *conn = context;
    const char *state = PQresultErrorField(notice, PG_DIAG_SQLSTATE);
    const char *function = PQresultErrorField(notice, PG_DIAG_SOURCE_FUNCTION);
    if (!conn->committing)
        return;
    if ((state != NULL && strcmp(state, "57P01") == 0) ||
        (function != NULL && strcmp(function, "SyncRepWaitForLSN") == 0))
        conn->standby_notice = true;
    else
        conn->notices++;
}

int pg_conn_open(struct pg_conn *conn, uint64_t within_ms)
{
    pg_conn_close(conn);
    conn->pq = pg_open_connect(conn->dsn, conn->password_command, within_ms, conn->cancel_fd,
        &conn->error);
    if (conn->pq == NULL)
        return -1;
    (void)PQsetNoticeReceiver(conn->pq, note_notice, conn);
    conn->opened++;
    conn->used = clock_moment_now();
    conn->give_up_at = 0;
    conn->user_timeout = (struct pg_user_timeout){ .known = false };
    return 0;
}

/* ---- waiting ---- */

/* Ask the server to cancel. Its answer tells the outcome. */
static void cancel(const struct pg_conn *conn)
{
    char why[256];
    PGcancel *handle = PQgetCancel(conn->pq);
    if (handle != NULL)
        (void)PQcancel(handle, why, sizeof why);
    PQfreeCancel(handle);
}

/*
 * Return true when there is not even memory for a message of the server at several looks. The
 * answer may have come, and libpq would miss it for as long as that lasts.
 */
static bool lacks_memory(struct pg_conn *conn)
{
    void *volatile memory = malloc(MESSAGE_MEMORY); /* else the compiler may leave it out */
    conn->looks_without_memory = memory == NULL ? conn->looks_without_memory + 1 : 0;
    free(memory);
    return conn->looks_without_memory >= LOOKS_WITHOUT_MEMORY;
}

/*
 * Wait until the socket is ready. A connection past its deadline is shut down, so that libpq sees
 * its end; so is one whose server answers no statement, as one that hangs on its storage. COMMIT is
 * never cancelled, and waits without limit: a COMMIT cancelled during the wait for a standby is
 * answered as done.
 */
static void await(struct pg_conn *conn, short events)
{
    for (;;) {
        uint64_t since = conn->committing ? 0 : conn->silent_since;
        uint64_t now = conn->give_up_at == 0 && since == 0 ? 0 : clock_monotonic_ms();
        if ((conn->give_up_at != 0 && now >= conn->give_up_at) ||
            (since != 0 && now - since >= SILENT_MS)) {
            (void)shutdown(PQsocket(conn->pq), SHUT_RDWR);
            return;
        }
        struct pollfd wait[2] = {
            { .fd = PQsocket(conn->pq), .events = events },
            { .fd = conn->give_up_at == 0 ? conn->cancel_fd : -1, .events = POLLIN },
        };
        bool cancelled = conn->give_up_at != 0;
        int ready = poll(wait, 2, cancelled ? (int)(conn->give_up_at - now) : LOOK_AGAIN_MS);
        if (ready == 0) {
            pg_user_timeout_look(&conn->user_timeout, PQsocket(conn->pq));
            if (conn->silent_since == 0)
                conn->silent_since = clock_monotonic_ms();
        }
        if (ready == 0 && !cancelled && lacks_memory(conn))
            (void)shutdown(PQsocket(conn->pq), SHUT_RDWR);
        if (ready < 0 ? errno != EINTR : ready == 0 && !cancelled)
            return; /* libpq will find the reason */
        if (ready > 0 && wait[1].revents != 0) {
            conn->give_up_at = clock_monotonic_ms() + LAST_MOMENT_MS;
            if (!conn->committing)
                cancel(conn);
        }
        if (ready > 0 && wait[0].revents != 0) {
            conn->silent_since = 0;
            return;
        }
    }
}

/* Send the rest of libpq's buffer, and read answers meanwhile. Return 0, or -1. */
static int flush(struct pg_conn *conn)
{
    int left;
    conn->silent_since = 0;
    while ((left = PQflush(conn->pq)) > 0) {
        await(conn, POLLIN | POLLOUT);
        if (PQconsumeInput(conn->pq) == 0)
            return -1;
    }
    return left;
}

/* As PQgetResult(), which blocks. */
static PGresult *next_result(struct pg_conn *conn)
{
    if (flush(conn) == 0)
        while (PQisBusy(conn->pq)) {
            await(conn, POLLIN);
            if (PQconsumeInput(conn->pq) == 0)
                break;
        }
    return PQgetResult(conn->pq);
}

/* Return the last result, or the first error; NULL: neither. */
static PGresult *all_results(struct pg_conn *conn)
{
    PGresult *last = NULL, *result;
    while ((result = next_result(conn)) != NULL) {
        bool better = last == NULL || PQresultStatus(last) != PGRES_FATAL_ERROR;
        PQclear(better ? last : result);
        last = better ? result : last;
        ExecStatusType status = PQresultStatus(last);
        bool own = status == PGRES_FATAL_ERROR && !PQresultErrorField(last, PG_DIAG_SQLSTATE);
        /* libpq may repeat an error of its own without end. */
        if (own || status == PGRES_COPY_IN || PQstatus(conn->pq) == CONNECTION_BAD)
            break;
    }
    return last;
}

/* ---- statements ---- */

/* Take the results of what was sent; keep a success, else set the error. */
static int finish(struct pg_conn *conn, bool sent)
{
    if (conn->pq == NULL) { /* closed by an earlier failure, which is the one to report */
        if (conn->error.kind != PG_FAULT)
            pg_fault_lost(&conn->error, "not connected");
        return -1;
    }
    drop_result(conn);
    PGresult *result = sent ? all_results(conn) : NULL;
    conn->used = clock_moment_now();
    ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY ||
        status == PGRES_COPY_IN) {
        conn->result = result;
        return 0;
    }
    set_error(conn, result);
    PQclear(result);
    return -1;
}

int pg_conn_exec(struct pg_conn *conn, const char *sql)
{
    return finish(conn, PQsendQuery(conn->pq, sql) == 1);
}

int pg_conn_exec_rows(struct pg_conn *conn, const char *sql)
{
    int status = pg_conn_exec(conn, sql);
    if (status != 0)
        conn->error.kind = pg_sqlstate_row_kind(conn->error.sqlstate);
    return status;
}

int pg_conn_exec_empty(struct pg_conn *conn, const char *sql)
{
    int status = pg_conn_exec(conn, sql);
    if (status != 0 && conn->error.kind != PG_FAULT)
        conn->error.kind = PG_STOP;
    return status;
}

int pg_conn_query(struct pg_conn *conn, const char *sql, const struct pg_param *params, int count,
    bool binary_rows)
{
    const char *values[MAX_PARAMS];
    int lengths[MAX_PARAMS], formats[MAX_PARAMS];
    for (int i = 0; i < count && i < MAX_PARAMS; i++) {
        values[i] = params[i].data;
        lengths[i] = (int)params[i].length;
        formats[i] = params[i].binary;
    }
    return finish(conn,
        count <= MAX_PARAMS &&
            PQsendQueryParams(conn->pq, sql, count, NULL, values, lengths, formats, binary_rows) ==
                1);
}

size_t pg_conn_rows(const struct pg_conn *conn)
{
    return conn->result == NULL ? 0 : (size_t)PQntuples(conn->result);
}

const char *pg_conn_value(const struct pg_conn *conn, size_t row, int column)
{
    if (row >= pg_conn_rows(conn) || PQgetisnull(conn->result, (int)row, column))
        return NULL;
    return PQgetvalue(conn->result, (int)row, column);
}

size_t pg_conn_length(const struct pg_conn *conn, size_t row, int column)
{
    return row >= pg_conn_rows(conn) ? 0 : (size_t)PQgetlength(conn->result, (int)row, column);
}

uint64_t pg_conn_affected(const struct pg_conn *conn)
{
    return conn->result == NULL ? 0 : strtoull(PQcmdTuples(conn->result), NULL, 10);
}

/* ---- for transactions ---- */

enum pg_conn_state pg_conn_state(const struct pg_conn *conn)
{
    switch (PQtransactionStatus(conn->pq)) { /* unknown for NULL */
    case PQTRANS_IDLE:
        return PG_CONN_IDLE;
    case PQTRANS_INTRANS:
    case PQTRANS_INERROR:
        return PG_CONN_IN_TRANSACTION;
    default:
        return PG_CONN_UNUSABLE;
    }
}

int pg_conn_fail(struct pg_conn *conn, const char *text)
{
    pg_fault_lost(&conn->error, text);
    return -1;
}

void pg_conn_set_error(struct pg_conn *conn, const struct pg_error *error)
{
    conn->error = *error;
}

unsigned pg_conn_opened(const struct pg_conn *conn)
{
    return conn->opened;
}

int pg_conn_version(const struct pg_conn *conn)
{
    return PQserverVersion(conn->pq);
}

const char *pg_conn_commit(struct pg_conn *conn, uint64_t *notices, bool *standby_notice)
{
    conn->notices = 0;
    conn->standby_notice = false;
    conn->committing = true;
    int status = pg_conn_exec(conn, "COMMIT");
    conn->committing = false;
    *notices = conn->notices;
    *standby_notice = conn->standby_notice;
    return status == 0 ? PQcmdStatus(conn->result) : NULL;
}

/* ---- COPY ---- */

int pg_conn_copy_begin(struct pg_conn *conn, const char *sql)
{
    /*
     * No row was sent yet: row level security (0A000), and any other reason that forbids COPY here.
     */
    if (pg_conn_exec_empty(conn, sql) != 0)
        return -1;
    if (PQresultStatus(conn->result) == PGRES_COPY_IN)
        return 0;
    pg_fault_lost(&conn->error, "no COPY begun");
    return -1;
}

int pg_conn_copy_data(struct pg_conn *conn, const char *data, size_t length)
{
    while (length > 0) {
        size_t chunk = length < COPY_CHUNK ? length : COPY_CHUNK;
        /* At most one chunk waits in libpq's buffer, which would grow otherwise. */
        if (PQputCopyData(conn->pq, data, (int)chunk) != 1 || flush(conn) != 0)
            return -1;
        data += chunk;
        length -= chunk;
        /* After an error from the server the next chunk fails, so the rest need not be sent. */
        if (PQconsumeInput(conn->pq) == 0)
            return -1;
    }
    return 0;
}

int pg_conn_copy_end(struct pg_conn *conn, bool whole, const char *relation,
    const char *const *names, size_t count)
{
    /* Fails when the server has already ended the COPY. */
    (void)PQputCopyEnd(conn->pq, whole ? NULL : "not all rows could be sent");
    drop_result(conn);
    int status = -1;
    bool told = false;
    PGresult *result;
    while ((result = next_result(conn)) != NULL) {
        if (PQresultStatus(result) == PGRES_COPY_IN) { /* it would stay so without end */
            PQclear(result);
            pg_conn_close(conn);
            break;
        }
        if (PQresultStatus(result) == PGRES_COMMAND_OK && !told) {
            drop_result(conn);
            conn->result = result;
            status = 0;
            continue;
        }
        if (!told) {
            set_error(conn, result);
            conn->error.kind = pg_sqlstate_row_kind(conn->error.sqlstate);
            pg_copy_hint(PQresultErrorField(result, PG_DIAG_CONTEXT), relation, names, count,
                &conn->error.hint);
        }
        told = true;
        status = -1;
        PQclear(result);
    }
    if (status != 0 && !told)
        pg_fault_lost(&conn->error, "connection lost");
    size_t column = conn->error.hint.column;
    if (status != 0 && conn->error.column[0] == '\0' && column < count)
        pg_server_text_line(conn->error.column, PG_NAME_SIZE, names[column]);
    return status;
}
