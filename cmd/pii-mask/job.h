#ifndef PII_MASK_JOB_H
#define PII_MASK_JOB_H

#include "mask/lines.h"
#include "mask/mask.h"
#include "mask/rewrap.h"
#include "run.h"

/* What is done with each line: one of the three kinds of work, with what it is made of. */
struct job {
    struct mask *mask;
    struct rewrap *rewrap;
    struct lines *lines;
    struct filter_work work;
};

/*
 * job_open(job, settings, policy, ring, rule, key):
 * ${rule} is that of --lines, ${key} the number of --key-id's key or KEYRING_NONE. 0, or -1: no
 * memory, or OpenSSL failed.
 */
int job_open(struct job *job, const struct settings *settings, const struct policy *policy,
    const struct keyring *ring, size_t rule, size_t key);
void job_close(struct job *job); /* wipes; of a zeroed one too */

/*
 * After all lines: say how many of each kind there were, in ${seconds}, and that some failed.
 * Return the status to exit with, ${status} unless that is STATUS_OK and some failed.
 */
int job_end(const struct job *job, const struct filter_counts *counts, double seconds, int status);

#endif
