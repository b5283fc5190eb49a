#include <stdlib.h>

#include "upsert_state.h"

enum { MAX_BYTES = 1 << 30, KEEP_BYTES = 1 << 20 };

void upsert_state_init(struct upsert *upsert)
{
    buf_init(&upsert->json, MAX_BYTES);
    buf_init(&upsert->sql, MAX_BYTES);
}

static void free_arrays(struct upsert *upsert)
{
    free(upsert->sequence);
    free(upsert->list);
    free(upsert->rest);
    free(upsert->rounds);
    free(upsert->next);
    free(upsert->first);
}

void upsert_state_free(struct upsert *upsert)
{
    free_arrays(upsert);
    free(upsert->keys);
    buf_free(&upsert->json);
    buf_free(&upsert->sql);
}

static int grow(struct upsert *upsert, size_t count)
{
    free_arrays(upsert);
    upsert->sequence = calloc(count, sizeof *upsert->sequence);
    upsert->list = calloc(count, sizeof *upsert->list);
    upsert->rest = calloc(count, sizeof *upsert->rest);
    upsert->rounds = calloc(count, sizeof *upsert->rounds);
    upsert->next = calloc(count, sizeof *upsert->next);
    upsert->first = calloc(count, sizeof *upsert->first);
    bool all = upsert->sequence != NULL && upsert->list != NULL && upsert->rest != NULL &&
        upsert->rounds != NULL && upsert->next != NULL && upsert->first != NULL;
    upsert->capacity = all ? count : 0;
    return all ? 0 : -1;
}

int upsert_state_begin(struct upsert *upsert, size_t count)
{
    upsert->staged = upsert->asked = false;
    if (count > upsert->capacity && grow(upsert, count) != 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        upsert->first[i] = (uint32_t)i;
    return 0;
}

void upsert_state_shrink(struct upsert *upsert)
{
    free(upsert->keys);
    upsert->keys = NULL;
    upsert->exact = false;
    buf_shrink(&upsert->json, KEEP_BYTES);
    buf_shrink(&upsert->sql, KEEP_BYTES);
}
