#ifndef RECORD_SALVAGE_H
#define RECORD_SALVAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/line.h"
#include "json/scan.h"

/*
 * What can be told of a line that is no record: which message it came from, and whether it is but a
 * piece of a record. For every program that reads records, so that all say the same of one line.
 */
struct salvage;

struct salvage *salvage_new(void); /* NULL: out of memory */
void salvage_free(struct salvage *salvage);

struct salvage_result {
    const char *sqs; /* the value of "sqs", in the line; NULL: none */
    size_t sqs_length;
    bool cut; /* the line is a piece of a record, whose writer died */
};

/*
 * salvage_text(salvage, text, length, result):
 * The first top-level "sqs" that can be what sqs-pull writes (salvage_is_address()), of a text that
 * breaks off or is malformed. ${cut} is false.
 */
void salvage_text(struct salvage *salvage, const char *text, size_t length,
    struct salvage_result *result);

/*
 * salvage_line(salvage, line, result):
 * The same of a line. It is cut when it is the last one, lacks its LF and its closing brace, and
 * has an "sqs" or ends before that does: then it is taken for a piece of a record. Were the piece
 * stored, its message would be deleted, and the rest of it be lost.
 */
void salvage_line(struct salvage *salvage, const struct line *line, struct salvage_result *result);

/*
 * salvage_is_address(matches, sqs, member):
 * Whether the match ${sqs} of "sqs" is a whole object of plain values, ${member} being the node of
 * any member in it. Where a brace was lost, the rest of a record may stand inside it.
 */
bool salvage_is_address(const struct json_matches *matches, const struct json_match *sqs,
    uint32_t member);

#endif
