#ifndef MASK_MAPPING_READER_H
#define MASK_MAPPING_READER_H

#include <stdint.h>

#include "mask/filter.h"
#include "mask/keyring.h"

/*
 * The lines of mask/mapping.h, each with a member "clear" added, the value. One that cannot be
 * opened has "error" added instead, of stage "unmask" and code token or unknown-key; what is no
 * such line becomes one of that error alone, code syntax. Both are FILTER_ERROR.
 */
struct mapping_reader;

enum { MAPPING_READER_DOMAINS = 1000 };

/*
 * mapping_reader_new(fd, max_record, ring, reader):
 * Look through the regular file ${fd} for the domains that it names, the first
 * MAPPING_READER_DOMAINS, so that no key is derived later, and go back to its beginning. 0, or -1
 * with errno: ENOMEM also when OpenSSL failed.
 */
int mapping_reader_new(int fd, size_t max_record, const struct keyring *ring,
    struct mapping_reader **reader);
void mapping_reader_free(struct mapping_reader *reader); /* wipes; NULL is fine */

/*
 * Domain number ${number}, and how many values of it were opened; NULL: there are no more. The name
 * is without the prefix of mask/mapping.h.
 */
const char *mapping_reader_domain(const struct mapping_reader *reader, size_t number,
    size_t *length, uint64_t *values);

struct filter_work mapping_reader_work(struct mapping_reader *reader); /* for filter_run() */

#endif
