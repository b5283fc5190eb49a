#ifndef PG_SUGGEST_NAME_H
#define PG_SUGGEST_NAME_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* Names of columns and tables (PostgreSQL manual, section 4.1.1). */

enum { NAME_MOST = 63 }; /* bytes */

/*
 * name_add_key(out, key, length):
 * Append a key, decoded UTF-8, in snake case, behind a "_" if something stands there: "userId" is
 * user_id, "HTTPStatus" http_status, "Client-IP" client_ip. Letters of all scripts stay; Latin,
 * Greek and Cyrillic ones become small. Of a key without a letter or digit nothing is added. 0, or
 * -1.
 */
int name_add_key(struct buf *out, const char *key, size_t length);

/* Whether all of a text's characters are such that a name may keep them, or printable ASCII. */
bool name_is_clean(const char *text, size_t length);

/* Whether a text of this length is a word that cannot be the name of a column without quotes. */
bool name_is_reserved(const char *text, size_t length);

/* Whether every table has a column of this name that nobody may make. */
bool name_is_system(const char *text, size_t length);

/* Append it as an identifier, quoted where SQL needs it. 0, or -1. */
int name_add_quoted(struct buf *out, const char *text, size_t length);

/*
 * name_table(text, quoted, plain):
 * Read the name of a table as it is spelt in SQL, "t", "schema.t", "\"Odd Name\"". Into ${quoted},
 * that name, quoted where needed, and into ${plain}, what was given without the quotes. 0; -1: it
 * is none, or out of memory: then one of both has failed.
 */
int name_table(const char *text, struct buf *quoted, struct buf *plain);

#endif
