#include "sqs/transfer_list.h"

void transfer_list_init(struct transfer_list *list)
{
    *list = (struct transfer_list){ .end = &list->first };
}

void transfer_list_add(struct transfer_list *list, struct transfer *transfer)
{
    transfer->next = NULL;
    *list->end = transfer;
    list->end = &transfer->next;
}

void transfer_list_remove(struct transfer_list *list, struct transfer *transfer)
{
    for (struct transfer **link = &list->first; *link != NULL; link = &(*link)->next) {
        if (*link != transfer)
            continue;
        *link = transfer->next;
        if (*link == NULL)
            list->end = link;
        return;
    }
}

void transfer_list_free(struct transfer_list *list)
{
    while (list->first != NULL) {
        struct transfer *transfer = list->first;
        list->first = transfer->next;
        transfer_free(transfer);
    }
}
