#include "tally.h"

enum { PERCENT_FROM = 1000 };

void tally_init(struct tally *tally)
{
    *tally = (struct tally){ .total = 0 };
    (void)pthread_mutex_init(&tally->mutex, NULL); /* cannot fail with default attributes */
}

void tally_free(struct tally *tally)
{
    (void)pthread_mutex_destroy(&tally->mutex);
}

bool tally_claim(struct tally *tally, uint64_t *total, uint64_t *refused, uint64_t limit,
    bool percent)
{
    (void)pthread_mutex_lock(&tally->mutex);
    *total += tally->total;
    *refused += tally->refused;
    bool within =
        percent ? *total < PERCENT_FROM || *refused * 100 <= limit * *total : *refused <= limit;
    if (within) {
        tally->total = *total;
        tally->refused = *refused;
    }
    (void)pthread_mutex_unlock(&tally->mutex);
    return within;
}

void tally_return(struct tally *tally, uint64_t total, uint64_t refused)
{
    (void)pthread_mutex_lock(&tally->mutex);
    tally->total -= total;
    tally->refused -= refused;
    (void)pthread_mutex_unlock(&tally->mutex);
}

void tally_learn(struct tally *tally, const struct suspects *suspects, bool passed)
{
    (void)pthread_mutex_lock(&tally->mutex);
    if (passed)
        tally->suspects = (struct suspects){ .refused = 0 };
    tally->suspects.refused += passed ? 0 : suspects->refused;
    tally->suspects.misfits += passed ? 0 : suspects->misfits;
    tally->proven = tally->proven || passed;
    (void)pthread_mutex_unlock(&tally->mutex);
}

struct suspects tally_suspects(struct tally *tally, bool *proven)
{
    (void)pthread_mutex_lock(&tally->mutex);
    struct suspects suspects = tally->suspects;
    *proven = tally->proven;
    (void)pthread_mutex_unlock(&tally->mutex);
    return suspects;
}

void tally_fault(struct tally *tally)
{
    (void)pthread_mutex_lock(&tally->mutex);
    tally->faults++;
    (void)pthread_mutex_unlock(&tally->mutex);
}

uint64_t tally_faults(struct tally *tally)
{
    (void)pthread_mutex_lock(&tally->mutex);
    uint64_t faults = tally->faults;
    (void)pthread_mutex_unlock(&tally->mutex);
    return faults;
}
