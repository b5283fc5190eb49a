#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "part.h"

static bool begins(const char *name, const char *start)
{
    return strncmp(name, start, strlen(start)) == 0;
}

static bool is_one_of(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

/* As in sqs2pg. */
static bool is_common(const char *name)
{
    static const char *const names[] = { "HOME", "USER", "LOGNAME", "LANG", "LANGUAGE", "TZ",
        "TZDIR", "TMPDIR", "TERM", "PATH", "SHELL", "PWD", "GCONV_PATH", "GLIBC_TUNABLES",
        "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS" };
    return is_one_of(name, names, sizeof names / sizeof *names) || begins(name, "LC_") ||
        begins(name, "LD_") || begins(name, "MALLOC_") || begins(name, "OPENSSL_");
}

static bool is_way_to_aws(const char *name)
{
    static const char *const names[] = { "http_proxy", "https_proxy", "no_proxy", "all_proxy",
        "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY" };
    return begins(name, "SSL_CERT_") || is_one_of(name, names, sizeof names / sizeof *names);
}

/* Unknown variables may be for a credential_process or for the command itself. */
static bool is_foreign(const char *name)
{
    return *name >= 'A' && *name <= 'Z' &&
        strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == strlen(name) &&
        !begins(name, "PG") && !begins(name, "KRB5") && !begins(name, "SQS2PG_");
}

static bool is_for_command(const char *name)
{
    return !begins(name, "AWS_") && strcmp(name, "SQS2PG_KEY_COMMAND") != 0;
}

/* Return true when the variable belongs to the part. */
static bool has(enum part part, const char *name)
{
    switch (part) {
    case PART_COMMON:
        return is_common(name);
    case PART_DATABASE:
        return is_common(name) || begins(name, "PG") || begins(name, "KRB5") ||
            begins(name, "SSL_CERT_") || strcmp(name, "SQS2PG_MAPS") == 0;
    case PART_AWS:
        return is_common(name) || is_way_to_aws(name) || is_foreign(name);
    case PART_COMMAND:
        return is_for_command(name);
    case PART_COMMAND_WITH_KEY:
        return is_for_command(name) && strcmp(name, "SQS2PG_KEY_FILE") != 0;
    }
    return false;
}

void part_add(enum part part, struct string_list *list)
{
    char name[256];
    for (char **entry = environ; *entry != NULL; entry++) {
        size_t length = strcspn(*entry, "=");
        if (length >= sizeof name)
            continue;
        memcpy(name, *entry, length);
        name[length] = '\0';
        if (has(part, name))
            string_list_add(list, *entry);
    }
}
