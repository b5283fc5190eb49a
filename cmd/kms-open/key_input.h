#ifndef KMS_OPEN_KEY_INPUT_H
#define KMS_OPEN_KEY_INPUT_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/failure.h"

/*
 * Read the file to open or seal into ${text}, which the caller wipes in each case. Return 0, or -1
 * with ${failure}.
 */

/*
 * key_input_sealed(text, file, failure):
 * Read sealed data: its bytes, or base64 with any blanks and line ends around and between, as the
 * AWS tools print it. Check type, owner and mode of the file (base/trusted_file.h).
 */
int key_input_sealed(struct buf *text, const char *file, struct failure *failure);

/* Read a key file, checked as in pii-mask (mask/keyring.h), and small enough for KMS. */
int key_input_clear(struct buf *text, const char *file, bool group_readable,
    struct failure *failure);

#endif
