#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "json/string.h"
#include "mask/audit.h"

enum { NAME_MOST = 255 };

struct domain {
    char *name;
    size_t length;
    uint64_t values;
};

struct audit {
    struct journal *journal;
    struct buf who; /* the members that both lines share */
    struct buf line;
    struct domain *domains;
    size_t count;
};

/* Write the name of the user, if there is one, and end the process. */
static _Noreturn void be_asker(int to)
{
    /* glibc reports a failed assertion in words of its own. */
    (void)close(STDERR_FILENO);
    const struct passwd *user = getpwuid(getuid());
    size_t length = user == NULL ? 0 : strnlen(user->pw_name, NAME_MOST);
    _exit(length == 0 || write(to, user->pw_name, length) == (ssize_t)length ? 0 : 1);
}

/*
 * Find the name of the user; without one it stays empty. A child asks for it: when memory runs out,
 * getpwuid(3) of glibc follows a null pointer, or ends the process. Return 0, or -1 with errno when
 * no child can be started.
 */
static int find_name(char name[NAME_MOST + 1])
{
    int ends[2];
    ssize_t got;
    size_t length = 0;
    name[0] = '\0';
    if (pipe2(ends, O_CLOEXEC) != 0)
        return -1;
    pid_t child = fork();
    if (child == 0)
        be_asker(ends[1]);
    int error = errno;
    (void)close(ends[1]);
    while (child > 0 && length < NAME_MOST &&
        ((got = read(ends[0], name + length, NAME_MOST - length)) > 0 ||
            (got < 0 && errno == EINTR)))
        length += got > 0 ? (size_t)got : 0;
    name[length] = '\0';
    (void)close(ends[0]);
    /* Where SIGCHLD is ignored, this finds no child. */
    while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR)
        ;
    errno = error;
    return child > 0 ? 0 : -1;
}

/* Return 0, or -1 when memory runs out. */
static int write_who(struct buf *out, const struct keyring *ring)
{
    char name[NAME_MOST + 1];
    int found = find_name(name);
    buf_printf(out, ",\"uid\":%lu,\"user\":", (unsigned long)getuid());
    if (name[0] != '\0')
        json_string_encode_ascii(out, name, strlen(name));
    else
        buf_puts(out, "null");
    buf_printf(out, ",\"pid\":%ld,\"keys\":[", (long)getpid());
    for (size_t i = 0; i < keyring_count(ring); i++)
        buf_printf(out, "%s\"%s\"", i > 0 ? "," : "", keyring_id(ring, i));
    buf_putc(out, ']');
    return found == 0 && !out->failed ? 0 : -1;
}

struct audit *audit_new(struct journal *journal, const struct keyring *ring)
{
    struct audit *audit = calloc(1, sizeof *audit);
    if (audit == NULL)
        return NULL;
    audit->journal = journal;
    buf_init(&audit->who, SIZE_MAX);
    buf_init(&audit->line, SIZE_MAX);
    if (write_who(&audit->who, ring) == 0)
        return audit;
    audit_free(audit);
    return NULL;
}

void audit_free(struct audit *audit)
{
    if (audit == NULL)
        return;
    for (size_t i = 0; i < audit->count; i++)
        free(audit->domains[i].name);
    free(audit->domains);
    buf_free(&audit->who);
    buf_free(&audit->line);
    free(audit);
}

static void begin(struct audit *audit, const char *event)
{
    char at[CLOCK_RFC3339_SIZE];
    clock_rfc3339(clock_realtime_ms(), at);
    buf_clear(&audit->line);
    buf_printf(&audit->line, "{\"at\":\"%s\",\"event\":\"%s\"", at, event);
    buf_append(&audit->line, audit->who.data, audit->who.length);
}

static int end(struct audit *audit)
{
    buf_puts(&audit->line, "}\n");
    if (!audit->line.failed)
        return journal_append(audit->journal, audit->line.data, audit->line.length);
    errno = ENOMEM;
    return -1;
}

int audit_start(struct audit *audit)
{
    begin(audit, "start");
    return end(audit);
}

int audit_count(struct audit *audit, const char *domain, size_t length, uint64_t values)
{
    for (size_t i = 0; i < audit->count; i++) {
        struct domain *known = &audit->domains[i];
        if (known->length != length || memcmp(known->name, domain, length) != 0)
            continue;
        known->values += values;
        return 0;
    }
    struct domain *grown = realloc(audit->domains, (audit->count + 1) * sizeof *grown);
    char *name = malloc(length + 1);
    if (grown != NULL)
        audit->domains = grown;
    if (grown == NULL || name == NULL) {
        free(name);
        return -1;
    }
    memcpy(name, domain, length);
    grown[audit->count++] = (struct domain){ name, length, values };
    return 0;
}

int audit_end(struct audit *audit, uint64_t records, uint64_t errors, int status)
{
    begin(audit, "end");
    buf_printf(&audit->line, ",\"records\":%" PRIu64 ",\"values\":{", records);
    for (size_t i = 0; i < audit->count; i++) {
        buf_puts(&audit->line, i > 0 ? "," : "");
        json_string_encode_ascii(&audit->line, audit->domains[i].name, audit->domains[i].length);
        buf_printf(&audit->line, ":%" PRIu64, audit->domains[i].values);
    }
    buf_printf(&audit->line, "},\"errors\":%" PRIu64 ",\"status\":%d", errors, status);
    return end(audit);
}
