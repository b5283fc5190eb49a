#ifndef MASK_MAPPING_READER_H
#define MASK_MAPPING_READER_H

#include <stdint.h>

#include "mask/filter.h"
#include "mask/keyring.h"

/*
 * Reads the lines of mask/mapping.h and adds a member "clear", the value. A line that cannot be
 * opened gets "error" instead, of stage "unmask" and code token or unknown-key. Any other line
 * becomes that error alone, code syntax. Both are FILTER_ERROR.
 */
struct mapping_reader;

enum { MAPPING_READER_DOMAINS = 1000 };

/*
 * mapping_reader_new(fd, max_record, ring, reader):
 * Read the regular file ${fd} for its domains, the first MAPPING_READER_DOMAINS, and go back to its
 * beginning: no key is derived later. Return 0, or -1 with errno: ENOMEM also when OpenSSL failed.
 */
int mapping_reader_new(int fd, size_t max_record, const struct keyring *ring,
    struct mapping_reader **reader);
void mapping_reader_free(struct mapping_reader *reader); /* wipes; NULL is fine */

/*
 * Return the name of domain number ${number}, without the prefix of mask/mapping.h, and its number
 * of opened values. Return NULL after the last.
 */
const char *mapping_reader_domain(const struct mapping_reader *reader, size_t number,
    size_t *length, uint64_t *values);

struct filter_work mapping_reader_work(struct mapping_reader *reader); /* for filter_run() */

#endif
