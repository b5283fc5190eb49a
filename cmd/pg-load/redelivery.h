#ifndef PG_LOAD_REDELIVERY_H
#define PG_LOAD_REDELIVERY_H

#include "json/path.h"
#include "json/scan.h"
#include "pg/errors.h"
#include "record/record.h"

/*
 * Find whether two records with one key are deliveries of one message that differ only because the
 * masking key was rotated in between. Everything else that differs is other content: an edited
 * replay, or an event that another program has made of the same message.
 */
struct redelivery {
    struct json_paths *paths;
    struct record_nodes nodes;
    uint32_t receive_count;
    struct json_matches made;
    struct json_matches stored;
};

/* Return 0, or -1 when memory runs out. Close it in any case. */
int redelivery_open(struct redelivery *redelivery);
void redelivery_close(struct redelivery *redelivery);

/*
 * redelivery_relate(redelivery, line, made, stored):
 * Compare a record with a stored one of the same key. ${line} is the record as it came, valid JSON;
 * ${made} is the same as the error table has it.
 *
 * Only a record with a receipt handle can be a delivery: stored records, and so their replays, have
 * none. Only a later one, by the "receive_count" of "sqs", is the same as a stored one. A file with
 * handles, such as an archive, has the stored delivery and earlier ones too, perhaps edited. The
 * other values of "sqs" are not compared. The rest must be equal except for
 *
 *   - tokens of one method and length with different key ids: under one key id they would stand for
 *     different values;
 *   - the key id in "pii";
 *   - if these key ids differ, what the methods that keep a form can make of one value: two
 *     addresses of one family, or texts and numbers that differ in letters and digits alone.
 *
 * A later delivery replaces the stored record: it comes with all that the message holds, which an
 * earlier one need not have been.
 */
enum pg_errors_relation redelivery_relate(struct redelivery *redelivery,
    const struct pg_errors_text *line, const struct pg_errors_text *made,
    const struct pg_errors_text *stored);

#endif
