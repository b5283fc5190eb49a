#ifndef KMS_OPEN_KEY_INPUT_H
#define KMS_OPEN_KEY_INPUT_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/failure.h"

/*
 * The file to be opened or sealed, into ${text}, which is wiped by the caller in any case. 0, or -1
 * with ${failure}.
 */

/*
 * key_input_sealed(text, file, failure):
 * What KMS sealed: its bytes, or base64 of them with any blanks and line ends around and between,
 * as the AWS tools print it. Judged as every file that decides (base/trusted_file.h).
 */
int key_input_sealed(struct buf *text, const char *file, struct failure *failure);

/* A key file, judged as pii-mask judges one (mask/keyring.h), and small enough for KMS. */
int key_input_clear(struct buf *text, const char *file, bool group_readable,
    struct failure *failure);

#endif
