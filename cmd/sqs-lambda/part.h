#ifndef SQS_LAMBDA_PART_H
#define SQS_LAMBDA_PART_H

#include "string_list.h"

/* Parts of the environment for the programs: their own secrets, and the common variables. */
enum part {
    PART_COMMON,   /* common variables */
    PART_DATABASE, /* pg-load: the common ones, and those of the database */
    PART_AWS,      /* the key command: the common ones, those of AWS, and those of proxies and
                      certificates */
    PART_COMMAND,  /* COMMAND: all but those of AWS */
    PART_COMMAND_WITH_KEY /* the same without SQS2PG_KEY_FILE, which is set for it */
};

/* Add the variables of this process that belong to the part. */
void part_add(enum part part, struct string_list *list);

#endif
