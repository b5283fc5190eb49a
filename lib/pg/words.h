#ifndef PG_WORDS_H
#define PG_WORDS_H

#include <stddef.h>

/* Words of libpq and of the server, made fit for a message. */

/* The first line of ${from} (NULL: "") as far as it fits into ${size} bytes with its NUL. */
void pg_words_line(char *to, size_t size, const char *from);

/*
 * The SQLSTATE of a refused connection: libpq tells it only inside its text, as "FATAL:  28P01: …"
 * at verbose verbosity, whatever the language. The last one counts: of several hosts the last one
 * tried. "" when there is none.
 */
void pg_words_state(const char *text, char state[6]);

/* Take the state, which is told apart, out of the text: "FATAL:  28P01: …" becomes "FATAL: …". */
void pg_words_drop_state(char *text, const char *state);

#endif
