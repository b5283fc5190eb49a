#include <stdlib.h>

#include "loader.h"

enum { MAX_SQL = 1 << 20 };

void loader_init(struct loader *loader, const struct load_options *options, struct target *target,
    struct tally *tally)
{
    *loader = (struct loader){ .options = options, .target = target, .tally = tally };
    buf_init(&loader->sql, MAX_SQL);
    buf_init(&loader->passed.guard, MAX_SQL);
    buf_init(&loader->passed.check, MAX_SQL);
    upsert_state_init(&loader->upsert);
}

void loader_free(struct loader *loader)
{
    free(loader->order);
    free(loader->tries);
    free(loader->fresh);
    free(loader->scratch);
    buf_free(&loader->sql);
    buf_free(&loader->passed.guard);
    buf_free(&loader->passed.check);
    upsert_state_free(&loader->upsert);
}

void loader_forget_passed(struct loader *loader)
{
    loader->passed.asked = false;
    buf_clear(&loader->passed.guard);
    buf_clear(&loader->passed.check);
}

void loader_release(struct loader *loader)
{
    tally_return(loader->tally, loader->claimed, loader->claimed_refused);
    loader->claimed = loader->claimed_refused = 0;
}

int loader_reserve(struct loader *loader, size_t count)
{
    if (count <= loader->capacity)
        return 0;
    free(loader->order);
    free(loader->tries);
    free(loader->fresh);
    free(loader->scratch);
    loader->order = calloc(count, sizeof *loader->order);
    loader->tries = calloc(count, sizeof *loader->tries);
    loader->fresh = calloc(count, sizeof *loader->fresh);
    loader->scratch = calloc(count, sizeof *loader->scratch);
    bool all = loader->order != NULL && loader->tries != NULL && loader->fresh != NULL &&
        loader->scratch != NULL;
    loader->capacity = all ? count : 0;
    return all ? 0 : -1;
}
