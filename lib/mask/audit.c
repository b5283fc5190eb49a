#include <errno.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "json/string.h"
#include "mask/audit.h"

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

static void write_who(struct buf *out, const struct keyring *ring)
{
    const struct passwd *user = getpwuid(getuid());
    buf_printf(out, ",\"uid\":%lu,\"user\":", (unsigned long)getuid());
    if (user != NULL)
        json_string_encode_ascii(out, user->pw_name, strlen(user->pw_name));
    else
        buf_puts(out, "null");
    buf_printf(out, ",\"pid\":%ld,\"keys\":[", (long)getpid());
    for (size_t i = 0; i < keyring_count(ring); i++)
        buf_printf(out, "%s\"%s\"", i > 0 ? "," : "", keyring_id(ring, i));
    buf_putc(out, ']');
}

struct audit *audit_new(struct journal *journal, const struct keyring *ring)
{
    struct audit *audit = calloc(1, sizeof *audit);
    if (audit == NULL)
        return NULL;
    audit->journal = journal;
    buf_init(&audit->who, SIZE_MAX);
    buf_init(&audit->line, SIZE_MAX);
    write_who(&audit->who, ring);
    if (!audit->who.failed)
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
