#include <arpa/inet.h>
#include <libpq-fe.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "pg/peer.h"

static const char *option_of(const PQconninfoOption *options, const char *keyword)
{
    for (; options != NULL && options->keyword != NULL; options++)
        if (strcmp(options->keyword, keyword) == 0)
            return options->val == NULL ? "" : options->val;
    return "";
}

/* Return true when the other end is this machine, or a socket of it. */
static bool is_local(int fd)
{
    struct sockaddr_storage peer = { .ss_family = AF_UNSPEC };
    socklen_t length = sizeof peer;
    if (getpeername(fd, (struct sockaddr *)&peer, &length) != 0)
        return true; /* it has gone: the next connection will be checked */
    if (peer.ss_family == AF_INET)
        return ntohl(((struct sockaddr_in *)&peer)->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
    if (peer.ss_family != AF_INET6)
        return true;
    const struct in6_addr *address = &((struct sockaddr_in6 *)&peer)->sin6_addr;
    return IN6_IS_ADDR_LOOPBACK(address) ||
        (IN6_IS_ADDR_V4MAPPED(address) && address->s6_addr[12] == IN_LOOPBACKNET);
}

/* Return true when libpq has root certificates, with which it verifies at any sslmode. */
static bool has_authorities(const char *setting)
{
    char path[PATH_MAX];
    if (*setting != '\0')
        return strcmp(setting, "system") == 0 || access(setting, R_OK) == 0;
    const char *home = getenv("HOME");
    (void)snprintf(path, sizeof path, "%s/.postgresql/root.crt", home == NULL ? "" : home);
    return access(path, R_OK) == 0;
}

bool pg_peer_unverified(void *connection)
{
    PGconn *pq = connection;
    if (is_local(PQsocket(pq)))
        return false;
    PQconninfoOption *options = PQconninfo(pq);
    const char *mode = option_of(options, "sslmode");
    bool verified = PQsslInUse(pq) &&
        (strcmp(mode, "verify-ca") == 0 || strcmp(mode, "verify-full") == 0 ||
            strcmp(option_of(options, "channel_binding"), "require") == 0 ||
            has_authorities(option_of(options, "sslrootcert")));
    verified = verified || PQgssEncInUse(pq);
    PQconninfoFree(options);
    return !verified;
}
