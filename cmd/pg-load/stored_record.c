#include <limits.h>
#include <string.h>

#include "json/splice.h"
#include "json/write.h"
#include "pg/errors.h"
#include "stored_record.h"

int stored_record_open(struct stored_record *stored)
{
    *stored = (struct stored_record){ .line = { .data = NULL } };
    buf_init(&stored->line, (size_t)RECORD_MAX + 1);
    stored->paths = json_paths_new();
    return stored->paths == NULL ? -1 : record_nodes_add(stored->paths, &stored->nodes);
}

void stored_record_close(struct stored_record *stored)
{
    json_paths_free(stored->paths);
    json_matches_free(&stored->matches);
    buf_free(&stored->line);
}

int stored_record_write(struct stored_record *stored, struct buf *out, const char *line,
    size_t length, bool is_json)
{
    struct json_result result;
    struct json_splice splice = { .out = &stored->line, .text = line, .length = length };
    buf_clear(&stored->line);
    if (json_scan(line, length, stored->paths, JSON_MAX_DEPTH, &stored->matches, &result) ==
        JSON_TOO_MANY)
        return -1;
    for (size_t i = 0; i < stored->matches.count; i++) {
        const struct json_match *match = &stored->matches.list[i];
        if (match->node == stored->nodes.receipt_handle && match->end != UINT32_MAX)
            json_splice_remove(&splice, match->key, match->end);
    }
    json_splice_copy(&splice, length);
    if (stored->line.failed)
        return -1;
    const char *text = stored->line.data == NULL ? "" : stored->line.data;
    return is_json ? json_write_ascii(out, text, stored->line.length)
                   : pg_errors_escape(out, text, stored->line.length);
}
