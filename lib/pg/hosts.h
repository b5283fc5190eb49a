#ifndef PG_HOSTS_H
#define PG_HOSTS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The hosts in libpq's settings host, hostaddr and port: comma-separated lists, read as libpq reads
 * them (PostgreSQL manual, "Specifying Multiple Hosts"), to try them one by one.
 */
struct pg_host {
    const char *name;    /* a name, or the folder of a socket; "": libpq's default */
    const char *address; /* numeric; "": look the name up */
    const char *port;    /* never "" */
};

struct pg_hosts {
    struct pg_host *list; /* at least one */
    size_t count;
    bool addressed; /* addresses were given, perhaps not for each host */
    char *names;    /* memory of the list's texts */
    char *addresses;
    char *ports;
};

/*
 * pg_hosts_read(hosts, names, addresses, ports, port):
 * Split the three settings (NULL or "": not given); ${port} is the default. One port serves all.
 * libpq has checked that the lengths match. Return 0, or -1: out of memory.
 */
int pg_hosts_read(struct pg_hosts *hosts, const char *names, const char *addresses,
    const char *ports, const char *port);
void pg_hosts_free(struct pg_hosts *hosts);

/* Return true for a TCP host whose name must be looked up. */
bool pg_hosts_has_name(const struct pg_host *host);

enum { PG_ADDRESS_SIZE = 80 }; /* IPv6 with a scope */

/*
 * pg_hosts_look_up(name, list, count):
 * Look up a host name. Set ${list} to its addresses as text, in the order of getaddrinfo(3), for
 * free(). Blocks as long as the resolver does. Return NULL, or the reason of getaddrinfo(3).
 */
const char *pg_hosts_look_up(const char *name, char (**list)[PG_ADDRESS_SIZE], size_t *count);

/* Shuffle ${count} elements of ${size} bytes (up to PG_ADDRESS_SIZE). */
void pg_hosts_shuffle(void *list, size_t count, size_t size);

#endif
