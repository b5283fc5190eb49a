#include <netdb.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "pg/hosts.h"

/* ---- lists ---- */

static size_t count_of(const char *list)
{
    size_t count = 1;
    for (const char *at = list; (at = strchr(at, ',')) != NULL; at++)
        count++;
    return count;
}

/* Return the next element, terminated in place; "" after the last one. */
static const char *take(char **rest)
{
    char *element = *rest;
    size_t length = strcspn(element, ",");
    *rest = element + length;
    if (element[length] == ',') {
        element[length] = '\0';
        *rest = element + length + 1;
    }
    return element;
}

int pg_hosts_read(struct pg_hosts *hosts, const char *names, const char *addresses,
    const char *ports, const char *port)
{
    *hosts = (struct pg_hosts){ .addressed = addresses != NULL && *addresses != '\0' };
    hosts->names = strdup(names == NULL ? "" : names);
    hosts->addresses = strdup(addresses == NULL ? "" : addresses);
    hosts->ports = strdup(ports == NULL || *ports == '\0' ? port : ports);
    if (hosts->names == NULL || hosts->addresses == NULL || hosts->ports == NULL)
        goto no_memory;
    size_t count = count_of(hosts->addressed ? hosts->addresses : hosts->names);
    hosts->list = calloc(count, sizeof *hosts->list);
    if (hosts->list == NULL)
        goto no_memory;
    bool one_port = count_of(hosts->ports) == 1;
    char *name = hosts->names;
    char *address = hosts->addresses;
    char *next_port = hosts->ports;
    for (; hosts->count < count; hosts->count++) {
        struct pg_host *host = &hosts->list[hosts->count];
        host->name = take(&name);
        host->address = take(&address);
        host->port = one_port ? hosts->ports : take(&next_port);
        if (*host->port == '\0')
            host->port = port;
    }
    return 0;

no_memory:
    pg_hosts_free(hosts);
    return -1;
}

void pg_hosts_free(struct pg_hosts *hosts)
{
    free(hosts->list);
    free(hosts->names);
    free(hosts->addresses);
    free(hosts->ports);
    *hosts = (struct pg_hosts){ .count = 0 };
}

/* ---- names ---- */

bool pg_hosts_has_name(const struct pg_host *host)
{
    return *host->address == '\0' && *host->name != '\0' && *host->name != '/' &&
        *host->name != '@';
}

const char *pg_hosts_look_up(const char *name, char (**list)[PG_ADDRESS_SIZE], size_t *count)
{
    const struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };
    struct addrinfo *found = NULL;
    *list = NULL;
    *count = 0;
    int error = getaddrinfo(name, NULL, &hints, &found);
    if (error != 0)
        return gai_strerror(error);
    size_t all = 0;
    for (const struct addrinfo *at = found; at != NULL; at = at->ai_next)
        all++;
    *list = calloc(all == 0 ? 1 : all, sizeof **list);
    if (*list == NULL) {
        freeaddrinfo(found);
        return gai_strerror(EAI_MEMORY);
    }
    for (const struct addrinfo *at = found; at != NULL && error == 0; at = at->ai_next) {
        error = getnameinfo(at->ai_addr, at->ai_addrlen, (*list)[*count], PG_ADDRESS_SIZE, NULL, 0,
            NI_NUMERICHOST);
        *count += error == 0;
    }
    freeaddrinfo(found);
    if (*count > 0)
        return NULL;
    free(*list);
    *list = NULL;
    return gai_strerror(error);
}

void pg_hosts_shuffle(void *list, size_t count, size_t size)
{
    char *bytes = list;
    char kept[PG_ADDRESS_SIZE];
    for (size_t i = count; i > 1; i--) {
        uint64_t random;
        /* It needs no secrecy: processes must only differ. */
        if (getrandom(&random, sizeof random, GRND_NONBLOCK) != (ssize_t)sizeof random)
            random = clock_realtime_ms() / i;
        size_t other = (size_t)(random % i);
        memcpy(kept, bytes + (i - 1) * size, size);
        memmove(bytes + (i - 1) * size, bytes + other * size, size);
        memcpy(bytes + other * size, kept, size);
    }
}
