#ifndef PG_LOAD_COLUMN_PLAN_H
#define PG_LOAD_COLUMN_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json/jq.h"
#include "json/path.h"
#include "pg/map.h"
#include "pg/table.h"
#include "record/record.h"
#include "upsert_names.h"

/* Where one value comes from: a path, and a filter for its value. */
struct source {
    size_t column;          /* index in the table's columns */
    uint32_t node;          /* in plan->paths */
    struct json_jq *filter; /* NULL: the value is taken unchanged */
    bool required;
    bool of_sqs;                    /* reads $sqs, which differs at each delivery */
    bool whole;                     /* the filter reads the whole record */
    const struct pg_map_line *line; /* NULL: by name */
};

/*
 * The plan: which values of a record go to which columns. A run builds it at its start, and again
 * when the columns of the target have changed (catalogue.h). Its paths include the reserved keys of
 * the record, so that one scan of a line finds everything.
 */
struct column_plan {
    struct json_paths *paths;
    struct record_nodes nodes;
    const char *root; /* --root, the caller's; NULL: .body */
    bool rooted;      /* nodes.body is the path of --root, not .body */
    bool require_masked;
    bool refuse_unknown;
    const struct upsert_names *upsert; /* columns that records must have; the caller's */
    bool reads_all;                    /* the map reads the body as a whole */
    uint32_t unknown; /* keys of the body that no column or path names; JSON_NO_NODE: none */
    struct source *sources;
    size_t count;
    bool has_key;
    struct source key;         /* --key */
    struct source rounded_key; /* as a jq that rounds makes it; no filter: unused */
    struct pg_map_line key_line;
    struct pg_map map;
    struct buf map_name;        /* empty: columns by name */
    struct column_plan *origin; /* the owner of its map and filters; NULL: its own */
};

void column_plan_free(struct column_plan *plan); /* a zeroed plan too */

/* Start the process that runs the filters of all plans, before any thread starts. Return true when
 * it is confined, or when there are no filters. */
bool column_plan_start_filters(void);

#endif
