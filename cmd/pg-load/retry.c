#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/msg.h"
#include "base/stop.h"
#include "pg/sqlstate.h"
#include "retry.h"
#include "shutdown.h"

enum { FIRST_PAUSE_MS = 100, LONGEST_PAUSE_MS = 5000, LEAST_TO_CONNECT_MS = 3000 };

void retry_init(struct retry *retry, uint64_t limit_ms, uint64_t grace_ms)
{
    retry->grace_ms = grace_ms;
    retry->stopping = false;
    retry->by_default = false;
    backoff_init(&retry->backoff, FIRST_PAUSE_MS, LONGEST_PAUSE_MS);
    retry->limit_ms = limit_ms;
    retry->asked = 0;
    retry->deadline = 0;
    retry->meter = NULL;
}

/* Shorten the time to the grace period after a stop request. */
static void shorten_for_stop(struct retry *retry, uint64_t now)
{
    if (retry->stopping || !stop_requested())
        return;
    retry->stopping = true;
    if (now + retry->grace_ms < retry->deadline)
        retry->deadline = now + retry->grace_ms;
}

static void announce(uint64_t limit_ms, const struct pg_error *error)
{
    bool whole = limit_ms >= 1000;
    bool coded = error->sqlstate[0] != '\0';
    const char *name = coded ? pg_sqlstate_name(error->sqlstate) : NULL;
    msg_warn("retrying for up to %" PRIu64 " %s: %s%s%s%s", whole ? limit_ms / 1000 : limit_ms,
        whole ? "s" : "ms", coded ? "SQLSTATE " : "", coded ? error->sqlstate : error->text,
        name == NULL ? "" : " ", name == NULL ? "" : name);
}

static void sleep_for(uint64_t ms)
{
    const struct timespec left = { .tv_sec = (time_t)(ms / 1000),
        .tv_nsec = (long)(ms % 1000) * 1000000 };
    (void)nanosleep(&left, NULL); /* a signal may end it */
}

/* Pause until a stop request or the shutdown; where poll(2) fails, sleep. */
static void pause_for(const struct retry *retry, uint64_t pause_ms)
{
    struct pollfd news[2] = {
        { .fd = retry->stopping ? -1 : stop_fd(), .events = POLLIN },
        { .fd = shutdown_fd(), .events = POLLIN },
    };
    uint64_t now = clock_monotonic_ms();
    uint64_t until = now + pause_ms;
    int ready = 0;
    for (; ready == 0 && now < until; now = clock_monotonic_ms()) {
        ready = poll(news, 2, meter_timeout(retry->meter, (int)(until - now)));
        if (ready < 0 && errno == EINTR)
            ready = 0;
        else if (ready < 0)
            sleep_for(until - now);
        meter_update(retry->meter);
    }
}

/* Warn that any host in between could answer instead of the server. */
static void warn_unverified(const struct pg_conn *conn)
{
    static atomic_flag warned = ATOMIC_FLAG_INIT;
    if (!pg_conn_unverified(conn) || atomic_flag_test_and_set(&warned))
        return;
    msg_warn("nothing verifies that %s is the database server", pg_conn_host(conn));
    msg_hint("set PGSSLMODE=verify-full, and PGSSLROOTCERT to the certificate of its authority");
}

int retry_connect(struct retry *retry, struct pg_conn *conn)
{
    uint64_t now = clock_monotonic_ms();
    uint64_t left = retry->limit_ms;
    if (retry->deadline == 0)
        retry->asked = now;
    else
        left = retry->deadline > now ? retry->deadline - now : 0;
    if (pg_conn_open(conn, left < LEAST_TO_CONNECT_MS ? LEAST_TO_CONNECT_MS : left) != 0)
        return -1;
    retry->asked = 0;
    warn_unverified(conn);
    return 0;
}

/* Hint that libpq uses its default host, which a new user may not know. */
static void hint_at_host(void)
{
    static const char *const places[] = { "PGHOST", "PGHOSTADDR", "PGSERVICE" };
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (getenv(places[i]) != NULL)
            return;
    msg_hint("name the database with --dsn, PGHOST or PGSERVICE");
}

bool retry_wait(struct retry *retry, const struct pg_error *error)
{
    uint64_t now = clock_monotonic_ms();
    if (shutdown_requested())
        return false;
    if (retry->deadline == 0) {
        retry->deadline = (retry->asked != 0 ? retry->asked : now) + retry->limit_ms;
        if (now < retry->deadline)
            announce(retry->limit_ms, error);
        if (retry->asked != 0 && retry->by_default && error->sqlstate[0] == '\0')
            hint_at_host();
    }
    shorten_for_stop(retry, now);
    if (now >= retry->deadline)
        return false;
    uint64_t pause = backoff_next(&retry->backoff);
    if (pause > retry->deadline - now)
        pause = retry->deadline - now;
    pause_for(retry, pause);
    return true;
}
