#ifndef AWS_FORM_H
#define AWS_FORM_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/*
 * Writes bodies of the query protocol: "Action=…&Version=2012-11-05&Name=value…", percent-encoded
 * as application/x-www-form-urlencoded. A space is "+": servers that check the signature over the
 * decoded and re-encoded body expect that. The buffer records a failure (base/buf.h).
 */
void form_begin(struct buf *out, const char *action);
void form_add(struct buf *out, const char *name, const char *value, size_t length);
void form_add_number(struct buf *out, const char *name, uint64_t value);

/* Write the field NAME of entry ${index} of a batch: "DeleteMessageBatchRequestEntry.3.Id". */
enum { FORM_NAME_SIZE = 96 };
void form_entry_name(char out[FORM_NAME_SIZE], const char *action, size_t index, const char *name);

#endif
