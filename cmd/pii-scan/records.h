#ifndef PII_SCAN_RECORDS_H
#define PII_SCAN_RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tree.h"

/*
 * Reads records (sqs2pg-record(5)), or plain lines of JSON, into trees of paths. One tree is below
 * the root, and there is one for each member of a record whose content comes from outside.
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
    uint64_t records;         /* inspected */
    uint64_t malformed;       /* not JSON, not an object, or too long */
    uint64_t first_malformed; /* number of its line */
    uint64_t errors;          /* error records, whose content is sealed */
    uint64_t rootless;        /* without a value at the root */
};

struct records;

/*
 * records_new(root, plain, maximum):
 * Make an empty set of trees. ${root} is a path such as ".body", or ".". With ${plain}, a line
 * without a reserved member is inspected whole. ${maximum} is the longest line. Return NULL with
 * errno on failure; EINVAL means that ${root} is no path of keys.
 */
struct records *records_new(const char *root, bool plain, size_t maximum);
void records_free(struct records *records); /* NULL is fine */

/*
 * Inspect one line; NULL stands for a line that was too long. Return 0, or -1 when memory runs out.
 */
int records_line(struct records *records, const char *text, size_t length, uint64_t number);

/* Finish after the last line. Return 0, or -1 when memory runs out. */
int records_end(struct records *records);

const struct records_counts *records_counts(const struct records *records);
struct node *records_root(struct records *records, enum records_part part);

/*
 * Return true for the root of RECORDS_RECORD and for objects on the way to the policy's root, which
 * a policy cannot name as a whole.
 */
bool records_is_way(const struct records *records, const struct node *node);
const struct tree *records_tree(const struct records *records);

#endif
