#ifndef PG_HOSTS_H
#define PG_HOSTS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The hosts that libpq's settings host, hostaddr and port name: lists with commas, read as libpq
 * reads them (PostgreSQL manual, "Specifying Multiple Hosts"), so that they can be tried one by
 * one.
 */
struct pg_host {
    const char *name;    /* a name, or the folder of a socket; "": libpq's default */
    const char *address; /* numeric; "": the name is to be looked up */
    const char *port;    /* never "" */
};

struct pg_hosts {
    struct pg_host *list; /* at least one */
    size_t count;
    bool addressed; /* addresses were given, if not for each of them */
    char *names;    /* what the list points into */
    char *addresses;
    char *ports;
};

/*
 * pg_hosts_read(hosts, names, addresses, ports, port):
 * Take the three settings (NULL or "": not given) apart; ${port} stands for one that is left out.
 * One port is for all. That their lengths fit, libpq has checked. 0, or -1: out of memory.
 */
int pg_hosts_read(struct pg_hosts *hosts, const char *names, const char *addresses,
    const char *ports, const char *port);
void pg_hosts_free(struct pg_hosts *hosts);

/* Whether the host is reached by TCP with a name that is to be looked up. */
bool pg_hosts_has_name(const struct pg_host *host);

enum { PG_ADDRESS_SIZE = 80 }; /* IPv6 with a scope */

/*
 * pg_hosts_look_up(name, list, count):
 * The addresses of a host's name, in the order of getaddrinfo(3), as text; the caller's, for
 * free(). Blocks as long as the resolver does. NULL, or what getaddrinfo(3) says against it.
 */
const char *pg_hosts_look_up(const char *name, char (**list)[PG_ADDRESS_SIZE], size_t *count);

/* Put ${count} elements of ${size} bytes (up to PG_ADDRESS_SIZE) into a random order. */
void pg_hosts_shuffle(void *list, size_t count, size_t size);

#endif
