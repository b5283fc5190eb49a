#ifndef PG_PEER_H
#define PG_PEER_H

#include <stdbool.h>

/*
 * Whether nothing tells who answers at the other end of ${connection}, one of libpq's: it leaves
 * the machine by TCP, and neither a certificate, GSSAPI nor channel binding vouches for the server.
 */
bool pg_peer_unverified(void *connection);

#endif
