#ifndef BENCH_TEXTS_H
#define BENCH_TEXTS_H

#include <stdint.h>

#include "base/buf.h"

/*
 * JSON texts for measurements. Each function appends the next text of a sequence to ${out}. Only
 * the seed determines the sequence, on every machine. The caller checks out->failed.
 */
void texts_seed(uint64_t seed);

void texts_body(struct buf *out);         /* a login event, as messages hold it */
void texts_short_record(struct buf *out); /* as sqs-pull prints it, handle of 20 to 60 bytes */
void texts_long_record(struct buf *out);  /* the same with a handle as from AWS, 400 to 420 bytes */
void texts_masked_record(struct buf *out); /* the same as pii-mask prints it */
void texts_mail_record(struct buf *out);   /* a short one, with a mail address in its body */
void texts_sns_record(struct buf *out);    /* a message of SNS: the body in its envelope */
void texts_array(struct buf *out);         /* an array of bodies, 64 KiB */
void texts_foreign(struct buf *out);       /* letters of many scripts */
void texts_cyrillic(struct buf *out);      /* words in Cyrillic */
void texts_escaped(struct buf *out);       /* a body that is JSON in a string */
void texts_numbers(struct buf *out);

#endif
