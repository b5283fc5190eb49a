#ifndef PG_PEER_H
#define PG_PEER_H

#include <stdbool.h>

/*
 * Return true when nothing proves the identity of the server behind ${connection} of libpq: a
 * server on another machine, reached over TCP, without certificate, GSSAPI or channel binding.
 */
bool pg_peer_unverified(void *connection);

#endif
