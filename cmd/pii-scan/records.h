#ifndef PII_SCAN_RECORDS_H
#define PII_SCAN_RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tree.h"

/*
 * Records (sqs2pg-record(5)), or plain lines of JSON, into trees of paths: one below the root, and
 * one for each member of a record that holds what came from outside.
 */
enum records_part {
    RECORDS_ROOT,
    RECORDS_ATTRIBUTES,
    RECORDS_FIFO,
    RECORDS_ENVELOPE,
    RECORDS_RECORD, /* members beside the reserved ones, and beside the way to a deeper root */
    RECORDS_PARTS
};

struct records_counts {
    uint64_t records;         /* looked through */
    uint64_t malformed;       /* no JSON, no object, or too long */
    uint64_t first_malformed; /* the number of its line */
    uint64_t errors;          /* error records: what they hold is sealed */
    uint64_t rootless;        /* without a value at the root */
};

struct records;

/*
 * records_new(root, plain, maximum):
 * ${root} is a path such as ".body", or "."; with ${plain}, a line that has no reserved member is
 * looked through as a whole. ${maximum} is the longest line there is. NULL with errno: EINVAL, that
 * is no path of keys.
 */
struct records *records_new(const char *root, bool plain, size_t maximum);
void records_free(struct records *records); /* NULL is fine */

/* Look through one line; NULL: one that was too long. 0, or -1: out of memory. */
int records_line(struct records *records, const char *text, size_t length, uint64_t number);

/* All lines are there. 0, or -1: out of memory. */
int records_end(struct records *records);

const struct records_counts *records_counts(const struct records *records);
struct node *records_root(struct records *records, enum records_part part);

/* Whether a node of RECORDS_RECORD is the part's own or an object on the way to the root: a policy
 * has no rule for that as a whole. */
bool records_is_way(const struct records *records, const struct node *node);
const struct tree *records_tree(const struct records *records);

#endif
