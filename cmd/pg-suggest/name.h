#ifndef PG_SUGGEST_NAME_H
#define PG_SUGGEST_NAME_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* Names of columns and tables (PostgreSQL manual, section 4.1.1). */

enum { NAME_MOST = 63 }; /* bytes */

/*
 * name_add_key(out, key, length):
 * Append a key, decoded UTF-8, in snake case, after a "_" if ${out} is not empty: "userId" is
 * user_id, "HTTPStatus" http_status, "Client-IP" client_ip. Letters of all scripts stay; Latin,
 * Greek and Cyrillic ones become lower case. A key without a letter or digit adds nothing. Return 0
 * or -1.
 */
int name_add_key(struct buf *out, const char *key, size_t length);

/* Return true when a name may keep all characters of a text, or they are printable ASCII. */
bool name_is_clean(const char *text, size_t length);

/* Return true for a word of this length that cannot name a column without quotes. */
bool name_is_reserved(const char *text, size_t length);

/* Return true when every table has a system column of this name. */
bool name_is_system(const char *text, size_t length);

/* Append it as an identifier, quoted where SQL needs it. Return 0 or -1. */
int name_add_quoted(struct buf *out, const char *text, size_t length);

/*
 * name_table(text, quoted, plain):
 * Read the name of a table as it is spelt in SQL, "t", "schema.t", "\"Odd Name\"". Put that name
 * into ${quoted}, quoted where needed, and into ${plain} without quotes. Return 0, or -1 when it is
 * not a name or memory runs out: then one of both has failed.
 */
int name_table(const char *text, struct buf *quoted, struct buf *plain);

#endif
