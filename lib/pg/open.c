#include <errno.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "pg/hosts.h"
#include "pg/open.h"
#include "pg/password.h"
#include "pg/server_text.h"

enum {
    SECONDS_TO_CONNECT = 10,
    LEAST_MS = 500, /* at least, for one host */
    SPARE_FDS = 6,  /* sockets, and the files of resolver, TLS and passwords */
    MAX_SETTING = 4096
};

/* Settings that notice a vanished peer, unless the user has set them. */
static const char *const liveness[][2] = {
    { "keepalives_idle", "10" },
    { "keepalives_interval", "5" },
    { "keepalives_count", "3" },
    { "tcp_user_timeout", "30000" },
};
enum { LIVENESS = sizeof liveness / sizeof *liveness };

/* A value that channel_binding cannot have. */
#define NO_CHANNEL_BINDING "pg-load only looks"

struct opening {
    const char *dsn;
    const char *password; /* from a command; NULL: the user's own */
    int cancel_fd;
    struct pg_error *error;
    bool set[LIVENESS]; /* by the user */
    struct pg_hosts hosts;
    bool random;
    bool prefer_standby;
    uint64_t timeout_ms; /* for one host */
    uint64_t until;      /* for all */
    /* of the current host: */
    char name[MAX_SETTING]; /* "": the user's own; the same for the next two */
    char address[MAX_SETTING];
    char port[MAX_SETTING];
    const char *target; /* target_session_attrs; NULL: the user's own */
    size_t tried;
};

/* The outcome for one host. */
enum attempt { OPENED, NEXT, REFUSED };

/* ---- errors ---- */

/*
 * Return true when this process can hardly open a file any more. libpq and the resolver report that
 * as no such host, no such service, or no password.
 */
static bool is_out_of_descriptors(void)
{
    int spare[SPARE_FDS];
    int count = 0;
    while (count < SPARE_FDS && (spare[count] = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0)) >= 0)
        count++;
    bool out = count < SPARE_FDS && errno == EMFILE;
    while (count > 0)
        (void)close(spare[--count]);
    return out;
}

static enum attempt refuse(struct pg_error *error, const char *text)
{
    pg_fault_lost(error, text);
    error->kind = PG_STOP;
    return REFUSED;
}

static enum attempt no_memory(struct pg_error *error)
{
    pg_fault_lost(error, "out of memory");
    return REFUSED; /* a fault, but the next host would not help */
}

/* A host has failed: append its reason to those of the others. */
static enum attempt note(struct opening *opening, const char *text, const char *state)
{
    struct pg_error *error = opening->error;
    char first[PG_TEXT_SIZE];
    if (is_out_of_descriptors()) {
        (void)refuse(error, strerror(EMFILE));
        error->limited = true;
        return REFUSED;
    }
    if (opening->tried++ == 0) {
        pg_fault_lost(error, "");
        error->text[0] = '\0';
    }
    pg_server_text_line(first, sizeof first, text);
    pg_server_text_drop_state(first, state);
    pg_server_text_complete(first, sizeof first);
    pg_server_text_join(error->text, sizeof error->text, first);
    pg_server_text_line(error->sqlstate, sizeof error->sqlstate, state);
    return NEXT;
}

/* Return true when the user knows the host by a name other than the looked-up address. */
static bool is_named(const struct opening *opening, const struct pg_host *host)
{
    return pg_hosts_has_name(host) && strcmp(host->name, opening->address) != 0;
}

/* Replace a looked-up address by the name that the user knows. */
static void name_host(const struct opening *opening, const struct pg_host *host, const char *text,
    struct buf *words)
{
    char quoted[PG_ADDRESS_SIZE + 2];
    (void)snprintf(quoted, sizeof quoted, "\"%.*s\"", PG_ADDRESS_SIZE - 1, opening->address);
    const char *at = is_named(opening, host) ? strstr(text, quoted) : NULL;
    if (at != NULL) {
        buf_append(words, text, (size_t)(at - text));
        buf_printf(words, "\"%s\" (%s)", host->name, opening->address);
        text = at + strlen(quoted);
    }
    buf_puts(words, text);
}

/* libpq has given up on a host. */
static enum attempt note_refusal(struct opening *opening, const struct pg_host *host, PGconn *pq,
    const char *said)
{
    char state[6];
    struct buf words;
    buf_init(&words, MAX_SETTING);
    name_host(opening, host, said, &words);
    const char *text = buf_cstr(&words);
    if (text == NULL)
        text = said;
    pg_server_text_state(text, state);
    bool for_good = PQconnectionNeedsPassword(pq) || pg_server_text_for_good(text) ||
        pg_sqlstate_kind(state) != PG_FAULT;
    if (opening->password != NULL && strncmp(state, "28", 2) == 0)
        for_good = false; /* the next password may be newer */
    if (for_good)
        opening->tried = 0; /* the reasons of the other hosts did not end this */
    enum attempt attempt = note(opening, text, state);
    if (for_good && attempt == NEXT) {
        opening->error->kind = *state == '\0' ? PG_STOP : pg_sqlstate_kind(state);
        attempt = REFUSED;
    }
    buf_free(&words);
    return attempt;
}

static enum attempt note_silence(struct opening *opening, const struct pg_host *host)
{
    char text[PG_TEXT_SIZE];
    char address[PG_ADDRESS_SIZE + 3] = "";
    const char *name = *host->name == '\0' ? host->address : host->name;
    if (is_named(opening, host))
        (void)snprintf(address, sizeof address, " (%.*s)", PG_ADDRESS_SIZE - 1, opening->address);
    if (*name == '/' || *name == '@' || *name == '\0')
        (void)snprintf(text, sizeof text,
            "connection to server on socket in \"%.255s\" failed: "
            "timeout expired",
            name);
    else
        (void)snprintf(text, sizeof text,
            "connection to server at \"%.255s\"%s, port %.16s failed: timeout expired", name,
            address, host->port);
    return note(opening, text, "");
}

/* ---- one host ---- */

static void ignore_notice(void *context, const PGresult *result)
{
    (void)context; /* the text of a trigger may hold values of a row */
    (void)result;
}

/* Wait until the host sends something to libpq, or accepts data; return OPENED then. */
static enum attempt wait_for(struct opening *opening, const struct pg_host *host, PGconn *pq,
    short events, uint64_t deadline)
{
    struct pollfd wait[2] = {
        { .fd = PQsocket(pq), .events = events },
        { .fd = opening->cancel_fd, .events = POLLIN },
    };
    int ready = 0;
    while (ready == 0) {
        uint64_t now = clock_monotonic_ms();
        if (now >= deadline)
            return note_silence(opening, host);
        ready = poll(wait, 2, deadline - now > 60000 ? 60000 : (int)(deadline - now));
        if (ready < 0 && errno == EINTR)
            ready = 0;
    }
    if (ready > 0 && wait[1].revents == 0)
        return OPENED;
    pg_fault_lost(opening->error, ready < 0 ? strerror(errno) : "told to stop");
    return REFUSED;
}

/* Do as PQconnectPoll() asks, until it is done or the time has passed. */
static enum attempt finish_connecting(struct opening *opening, const struct pg_host *host,
    PGconn *pq, uint64_t deadline)
{
    PostgresPollingStatusType next =
        PQstatus(pq) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
    while (next != PGRES_POLLING_OK) {
        if (next == PGRES_POLLING_FAILED)
            return note_refusal(opening, host, pq, PQerrorMessage(pq));
        short events = next == PGRES_POLLING_READING ? POLLIN : POLLOUT;
        enum attempt came = wait_for(opening, host, pq, events, deadline);
        if (came != OPENED)
            return came;
        next = PQconnectPoll(pq);
    }
    return OPENED;
}

/* A pooler accepts connections by itself. An answer shows that a server is behind it. */
static enum attempt ask(struct opening *opening, const struct pg_host *host, PGconn *pq,
    uint64_t deadline)
{
    bool answered = PQsendQuery(pq, "") == 1;
    enum attempt came = OPENED;
    while (answered && came == OPENED) {
        int left = PQflush(pq); /* an earlier send may have taken a part of it */
        if (left != 0 || PQisBusy(pq)) {
            short events = left == 1 ? POLLIN | POLLOUT : POLLIN;
            answered = left >= 0;
            if (answered)
                came = wait_for(opening, host, pq, events, deadline);
            if (answered && came == OPENED)
                answered = PQconsumeInput(pq) == 1;
            continue;
        }
        PGresult *result = PQgetResult(pq);
        if (result == NULL)
            return OPENED;
        if (PQresultStatus(result) != PGRES_EMPTY_QUERY)
            came = note_refusal(opening, host, pq, PQresultErrorMessage(result));
        PQclear(result);
    }
    return came == OPENED ? note_refusal(opening, host, pq, PQerrorMessage(pq)) : came;
}

/*
 * Start to connect. The connection string comes after the settings that it may override, and before
 * the host that we choose.
 */
static PGconn *start(const struct opening *opening, bool look)
{
    const char *keywords[LIVENESS + 10];
    const char *values[LIVENESS + 10];
    size_t count = 0;
    for (; count < LIVENESS; count++) {
        keywords[count] = liveness[count][0];
        values[count] = look || opening->set[count] ? NULL : liveness[count][1]; /* NULL: not set */
    }
    const char *const rest[][2] = {
        { "fallback_application_name", "pg-load" },
        { "dbname", opening->dsn },
        /* For the first statement of a transaction too, which sets it only then. */
        { "client_encoding", "UTF8" },
        { "host", opening->name },
        { "hostaddr", opening->address },
        { "port", opening->port },
        { "target_session_attrs", opening->target },
        { "password", opening->password },
        { "channel_binding", look ? NO_CHANNEL_BINDING : NULL },
    };
    for (size_t i = 0; i < sizeof rest / sizeof *rest; i++, count++) {
        keywords[count] = rest[i][0];
        values[count] = rest[i][1];
    }
    keywords[count] = NULL;
    values[count] = NULL;
    return PQconnectStartParams(keywords, values, 1);
}

/* Try the host of the current settings, until ${deadline}. */
static enum attempt attempt(struct opening *opening, const struct pg_host *host, uint64_t deadline,
    PGconn **connection)
{
    PGconn *pq = start(opening, false);
    if (pq == NULL)
        return no_memory(opening->error);
    PQsetErrorVerbosity(pq, PQERRORS_VERBOSE);
    PQsetNoticeReceiver(pq, ignore_notice, NULL);
    enum attempt came = finish_connecting(opening, host, pq, deadline);
    (void)PQsetnonblocking(pq, 1); /* it would fail to send pending data: there is none */
    if (came == OPENED)
        came = ask(opening, host, pq, deadline);
    if (came == OPENED)
        *connection = pq;
    else
        PQfinish(pq);
    return came;
}

/* Return the deadline of one of ${left} hosts or addresses. */
static uint64_t share(const struct opening *opening, size_t left)
{
    uint64_t now = clock_monotonic_ms();
    uint64_t time = now >= opening->until ? 0 : (opening->until - now) / left;
    if (time > opening->timeout_ms)
        time = opening->timeout_ms;
    return now + (time < LEAST_MS ? LEAST_MS : time);
}

/*
 * Point libpq to this host alone. libpq treats an empty setting as unset, and would use one from
 * elsewhere. So the host is named twice, which makes the lists non-empty.
 */
static enum attempt lead_to(struct opening *opening, const struct pg_host *host,
    const char *address)
{
    const struct pg_hosts *hosts = &opening->hosts;
    opening->name[0] = opening->address[0] = opening->port[0] = '\0';
    if (hosts->count == 1 && *address == '\0')
        return OPENED;
    bool twice = *host->name == '\0' || (hosts->addressed && *address == '\0');
    const char *comma = twice ? "," : "";
    bool with_address = *address != '\0' || hosts->addressed;
    int a =
        snprintf(opening->name, MAX_SETTING, "%s%s%s", host->name, comma, twice ? host->name : "");
    int b = !with_address
        ? 0
        : snprintf(opening->address, MAX_SETTING, "%s%s%s", address, comma, twice ? address : "");
    int c =
        snprintf(opening->port, MAX_SETTING, "%s%s%s", host->port, comma, twice ? host->port : "");
    if (a >= MAX_SETTING || b >= MAX_SETTING || c >= MAX_SETTING)
        return refuse(opening->error, "invalid host: too long");
    return OPENED;
}

/* Try one host, ${left} counting it: each address of its name. */
static enum attempt try_host(struct opening *opening, const struct pg_host *host, size_t left,
    PGconn **connection)
{
    char(*list)[PG_ADDRESS_SIZE] = NULL;
    size_t count = 1;
    if (pg_hosts_has_name(host)) {
        const char *why = pg_hosts_look_up(host->name, &list, &count);
        if (why != NULL) {
            char text[PG_TEXT_SIZE];
            (void)snprintf(text, sizeof text,
                "could not translate host name \"%.*s\" to address: %s", 255, host->name, why);
            return note(opening, text, "");
        }
        if (opening->random)
            pg_hosts_shuffle(list, count, sizeof *list);
    }
    enum attempt came = NEXT;
    for (size_t i = 0; i < count && came == NEXT; i++) {
        came = lead_to(opening, host, list == NULL ? host->address : list[i]);
        if (came == OPENED)
            came = attempt(opening, host, share(opening, left - 1 + count - i), connection);
    }
    free(list);
    return came;
}

/* ---- all hosts ---- */

static enum attempt try_hosts(struct opening *opening, size_t rounds_left, PGconn **connection)
{
    const struct pg_hosts *hosts = &opening->hosts;
    enum attempt came = NEXT;
    for (size_t i = 0; i < hosts->count && came == NEXT; i++)
        came = try_host(opening, &hosts->list[i], rounds_left * hosts->count - i, connection);
    return came;
}

/* Set ${ms} to the value of connect_timeout. Return false when libpq would refuse the value. */
static bool timeout_of(const char *setting, uint64_t *ms)
{
    char *end = NULL;
    errno = 0;
    long given = setting != NULL ? strtol(setting, &end, 10) : 0;
    bool valid = setting == NULL || *setting == '\0' ||
        (end != setting && end[strspn(end, " \f\n\r\t\v")] == '\0' && errno == 0 &&
            given >= INT_MIN && given <= INT_MAX);
    *ms = (uint64_t)(given > 0 ? given : SECONDS_TO_CONNECT) * 1000;
    return valid;
}

/* The place of an error of no host. */
static const struct pg_host nobody = { .name = "", .address = "", .port = "" };

static const char *option_of(const PQconninfoOption *options, const char *keyword)
{
    for (; options != NULL && options->keyword != NULL; options++)
        if (strcmp(options->keyword, keyword) == 0)
            return options->val;
    return NULL;
}

static bool is_value(const char *value, const char *expected)
{
    return value != NULL && strcmp(value, expected) == 0;
}

static enum attempt read_options(struct opening *opening, PGconn *pq,
    const PQconninfoOption *options)
{
    const char *port = "5432";
    for (const PQconninfoOption *option = options; option->keyword != NULL; option++)
        if (strcmp(option->keyword, "port") == 0 && option->compiled != NULL)
            port = option->compiled;
    for (size_t i = 0; i < LIVENESS; i++)
        opening->set[i] = option_of(options, liveness[i][0]) != NULL;
    if (!timeout_of(option_of(options, "connect_timeout"), &opening->timeout_ms))
        return note_refusal(opening, &nobody, pq,
            "invalid integer value for connection option \"connect_timeout\"");
    opening->random = is_value(option_of(options, "load_balance_hosts"), "random");
    opening->prefer_standby =
        is_value(option_of(options, "target_session_attrs"), "prefer-standby");
    if (pg_hosts_read(&opening->hosts, option_of(options, "host"), option_of(options, "hostaddr"),
            option_of(options, "port"), port) != 0)
        return no_memory(opening->error);
    if (opening->random)
        pg_hosts_shuffle(opening->hosts.list, opening->hosts.count, sizeof *opening->hosts.list);
    return OPENED;
}

/*
 * Read the settings that libpq gets from string, environment and service files together. It shows
 * them only for a connection: for one that cannot get as far as asking a host.
 */
static enum attempt look(struct opening *opening)
{
    PGconn *pq = start(opening, true);
    PQconninfoOption *options = pq == NULL ? NULL : PQconninfo(pq);
    enum attempt came;
    if (options == NULL)
        came = no_memory(opening->error);
    else if (PQstatus(pq) == CONNECTION_BAD &&
        strstr(PQerrorMessage(pq), NO_CHANNEL_BINDING) == NULL)
        came = note_refusal(opening, &nobody, pq, PQerrorMessage(pq));
    else
        came = read_options(opening, pq, options);
    PQconninfoFree(options);
    PQfinish(pq);
    return came;
}

void *pg_open_connect(const char *dsn, const char *password_command, uint64_t within_ms,
    int cancel_fd, struct pg_error *error)
{
    struct buf password;
    struct opening opening = { .dsn = dsn,
        .cancel_fd = cancel_fd,
        .error = error,
        .until = clock_monotonic_ms() + within_ms };
    PGconn *pq = NULL;
    buf_init(&password, 0);
    bool ready = look(&opening) == OPENED;
    if (ready && password_command != NULL) {
        ready = pg_password_ask(password_command, within_ms, cancel_fd, &password, error) == 0;
        opening.password = ready ? password.data : NULL;
    }
    if (ready) {
        enum attempt came = NEXT;
        if (opening.prefer_standby) { /* as libpq does: first a standby, then any */
            opening.target = "standby";
            came = try_hosts(&opening, 2, &pq);
            opening.target = "any";
        }
        if (came == NEXT)
            (void)try_hosts(&opening, 1, &pq);
    }
    pg_hosts_free(&opening.hosts);
    buf_wipe(&password);
    return pq;
}
