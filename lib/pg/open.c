#include <errno.h>
#include <libpq-fe.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>

#include "base/clock.h"
#include "pg/dsn.h"
#include "pg/open.h"
#include "pg/words.h"

static void set_refused(PGconn *pq, struct pg_error *error)
{
    const char *text = PQerrorMessage(pq);
    pg_fault_lost(error, text);
    pg_words_state(text, error->sqlstate);
    pg_words_drop_state(error->text, error->sqlstate);
    bool wrong = PQconnectionNeedsPassword(pq) || pg_words_setting(text);
    error->fate = wrong ? PG_STOP : pg_sqlstate_fate(error->sqlstate);
}

static void ignore_notice(void *context, const PGresult *result)
{
    (void)context; /* what a trigger has to say may hold values of a row */
    (void)result;
}

/* What the connection goes by, as pg_dsn_patience() takes it. */
static uint64_t connect_deadline(PGconn *pq)
{
    const char *hosts = NULL, *timeout = NULL;
    PQconninfoOption *options = PQconninfo(pq);
    for (PQconninfoOption *option = options; option != NULL && option->keyword != NULL; option++) {
        if (strcmp(option->keyword, "connect_timeout") == 0)
            timeout = option->val;
        if (strcmp(option->keyword, "host") == 0)
            hosts = option->val;
    }
    uint64_t patience = pg_dsn_patience(hosts, timeout);
    PQconninfoFree(options);
    return clock_monotonic_ms() + patience;
}

/* As PQconnectPoll() asks, until it is done or the time is over. */
static int finish_connecting(PGconn *pq, int halt_fd, struct pg_error *error)
{
    uint64_t deadline = connect_deadline(pq);
    PostgresPollingStatusType next =
        PQstatus(pq) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
    while (next != PGRES_POLLING_OK) {
        if (next == PGRES_POLLING_FAILED) {
            set_refused(pq, error);
            return -1;
        }
        uint64_t now = clock_monotonic_ms();
        struct pollfd wait[2] = {
            { .fd = PQsocket(pq), .events = next == PGRES_POLLING_READING ? POLLIN : POLLOUT },
            { .fd = halt_fd, .events = POLLIN },
        };
        int left = now >= deadline ? 0 : deadline - now > 60000 ? 60000 : (int)(deadline - now);
        if (left == 0) {
            pg_fault_lost(error, "timeout expired");
            return -1;
        }
        int ready = poll(wait, 2, left);
        if ((ready < 0 && errno != EINTR) || (ready > 0 && wait[1].revents != 0)) {
            pg_fault_lost(error, ready < 0 ? strerror(errno) : "told to stop");
            return -1;
        }
        if (ready > 0)
            next = PQconnectPoll(pq);
    }
    return 0;
}

void *pg_open_connect(const char *dsn, int halt_fd, struct pg_error *error)
{
    /* The string stands last: what it says overrides what stands before it. */
    const char *const keywords[] = { "tcp_user_timeout", "fallback_application_name", "dbname",
        NULL };
    const char *const values[] = { "30000", "pg-load", dsn, NULL };
    PGconn *pq = PQconnectStartParams(keywords, values, 1);
    if (pq == NULL) {
        pg_fault_lost(error, "out of memory");
        return NULL;
    }
    PQsetErrorVerbosity(pq, PQERRORS_VERBOSE);
    PQsetNoticeReceiver(pq, ignore_notice, NULL);
    if (finish_connecting(pq, halt_fd, error) != 0) {
        PQfinish(pq);
        return NULL;
    }
    (void)PQsetnonblocking(pq, 1); /* fails to send what waits: nothing does */
    return pq;
}
