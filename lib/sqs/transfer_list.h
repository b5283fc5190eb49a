#ifndef SQS_TRANSFER_LIST_H
#define SQS_TRANSFER_LIST_H

#include "sqs/transfer.h"

/* Transfers in the order of adding; each is in at most one list. */
struct transfer_list {
    struct transfer *first;
    struct transfer **end;
};

void transfer_list_init(struct transfer_list *list);
void transfer_list_add(struct transfer_list *list, struct transfer *transfer);
void transfer_list_remove(struct transfer_list *list, struct transfer *transfer);
void transfer_list_free(struct transfer_list *list); /* with all transfers in it */

#endif
