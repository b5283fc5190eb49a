#ifndef RECORD_SALVAGE_H
#define RECORD_SALVAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/line.h"
#include "json/scan.h"

/*
 * What is known of a line that is not a record: its message, and whether it is a piece of a record.
 * Used by every program that reads records, so that all treat a line alike.
 */
struct salvage;

struct salvage *salvage_new(void); /* NULL: out of memory */
void salvage_free(struct salvage *salvage);

struct salvage_result {
    const char *sqs; /* the value of "sqs", in the line; NULL: none */
    size_t sqs_length;
    bool cut; /* the line is a piece of a record whose writer died */
};

/*
 * salvage_text(salvage, text, length, result):
 * Find the first top-level "sqs" that sqs-pull may have written (salvage_is_address()) in a cut or
 * malformed text. Sets ${cut} to false.
 */
void salvage_text(struct salvage *salvage, const char *text, size_t length,
    struct salvage_result *result);

/*
 * salvage_line(salvage, line, result):
 * Find the "sqs" of a line, as salvage_text() does. A line is cut when it is the last one, lacks
 * its LF and its closing brace, and has an "sqs" or ends before one. It is then treated as a piece
 * of a record: storing the piece would delete its message and lose the rest.
 */
void salvage_line(struct salvage *salvage, const struct line *line, struct salvage_result *result);

/*
 * salvage_is_address(matches, sqs, member):
 * Return true when the match ${sqs} of "sqs" is a complete object of plain values; ${member} is the
 * node of any member in it. Where a brace was lost, the rest of a record may be inside it.
 */
bool salvage_is_address(const struct json_matches *matches, const struct json_match *sqs,
    uint32_t member);

#endif
