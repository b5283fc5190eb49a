#ifndef PG_SERVER_TEXT_H
#define PG_SERVER_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* Text of libpq and of the server, prepared for a message. */

/* Copy the first line of ${from} (NULL: ""), as far as it fits into ${size} bytes with its NUL. */
void pg_server_text_line(char *to, size_t size, const char *from);

/*
 * Put "connection lost" where the text, in ${size} bytes, is empty or ends behind a colon: libpq of
 * PostgreSQL 17 gives no reason for some ends of a connection.
 */
void pg_server_text_complete(char *text, size_t size);

/* Append all lines of ${from} (NULL: none), separated by "; ", as far as they fit. */
void pg_server_text_join(char *to, size_t size, const char *from);

/*
 * Return true when libpq refused to connect for a permanent reason: an undefined service, TLS
 * required of a server without it, an unverified certificate. ${text} is its message in the C
 * locale.
 */
bool pg_server_text_for_good(const char *text);

/*
 * Find the SQLSTATE of a refused connection. libpq has it only in its text, as "FATAL:  28P01: …"
 * at verbose verbosity, in every language. Of several, the last one counts: the host tried last. ""
 * when there is none.
 */
void pg_server_text_state(const char *text, char state[6]);

/* Remove the state from the text: "FATAL:  28P01: …" becomes "FATAL: …". */
void pg_server_text_drop_state(char *text, const char *state);

#endif
