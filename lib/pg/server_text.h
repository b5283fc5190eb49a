#ifndef PG_SERVER_TEXT_H
#define PG_SERVER_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* Words of libpq and of the server, made fit for a message. */

/* The first line of ${from} (NULL: "") as far as it fits into ${size} bytes with its NUL. */
void pg_server_text_line(char *to, size_t size, const char *from);

/* Put "connection lost" where the text, in ${size} bytes, is empty or breaks off behind a colon:
 * libpq of PostgreSQL 17 gives no reason for some ends of a connection. */
void pg_server_text_complete(char *text, size_t size);

/* Append all lines of ${from} (NULL: none), parted by "; ", as far as they fit. */
void pg_server_text_join(char *to, size_t size, const char *from);

/*
 * Whether libpq refused to connect for a reason that no repetition mends: a service that is not
 * defined, TLS asked of a server without it, a certificate that does not verify. ${text} is what it
 * says in the C locale.
 */
bool pg_server_text_for_good(const char *text);

/*
 * The SQLSTATE of a refused connection: libpq tells it only inside its text, as "FATAL:  28P01: …"
 * at verbose verbosity, whatever the language. The last one counts: of several hosts the last one
 * tried. "" when there is none.
 */
void pg_server_text_state(const char *text, char state[6]);

/* Take the state, which is told apart, out of the text: "FATAL:  28P01: …" becomes "FATAL: …". */
void pg_server_text_drop_state(char *text, const char *state);

#endif
