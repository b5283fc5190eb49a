#include <stdlib.h>
#include <string.h>

#include "root.h"
#include "row_reader.h"

enum { MAX_TEXT = 64 << 20 };

int row_reader_open(struct row_reader *reader, const struct column_plan *plan)
{
    *reader = (struct row_reader){ .plan = plan };
    field_scratch_init(&reader->scratch);
    buf_init(&reader->text, MAX_TEXT);
    buf_init(&reader->name, MAX_TEXT);
    buf_init(&reader->salvaged, MAX_TEXT + 64);
    buf_init(&reader->record, 2 * MAX_TEXT + 64);
    reader->salvage = salvage_new();
    return reader->salvage == NULL ? -1 : row_reader_adopt(reader, plan);
}

int row_reader_adopt(struct row_reader *reader, const struct column_plan *plan)
{
    free(reader->last);
    free(reader->present);
    reader->plan = plan;
    reader->last = calloc(json_paths_count(plan->paths), sizeof *reader->last);
    reader->present = calloc((plan->count + 63) / 64 + 1, sizeof *reader->present);
    return reader->last == NULL || reader->present == NULL ? -1 : 0;
}

void row_reader_close(struct row_reader *reader)
{
    free(reader->last);
    free(reader->present);
    json_matches_free(&reader->matches);
    salvage_free(reader->salvage);
    field_scratch_free(&reader->scratch);
    buf_free(&reader->text);
    buf_free(&reader->name);
    buf_free(&reader->salvaged);
    buf_free(&reader->record);
}

void row_reader_index(struct row_reader *reader)
{
    memset(reader->last, 0, json_paths_count(reader->plan->paths) * sizeof *reader->last);
    reader->repeated = false;
    for (size_t i = 0; i < reader->matches.count; i++) {
        uint32_t *last = &reader->last[reader->matches.list[i].node];
        reader->repeated = reader->repeated || *last != 0;
        *last = (uint32_t)i + 1;
    }
}

const struct json_match *row_reader_find(const struct row_reader *reader, uint32_t node)
{
    const struct json_match *list = reader->matches.list;
    if (reader->last[node] == 0)
        return NULL;
    const struct json_match *match = &list[reader->last[node] - 1];
    while (reader->repeated && node != JSON_ROOT) {
        node = json_paths_parent(reader->plan->paths, node);
        const struct json_match *holder = &list[reader->last[node] - 1];
        if (match->value < holder->value || match->value >= holder->end)
            return NULL;
    }
    return match;
}

/* Return true when a step of a path met a value of another kind, where jq raises an error. */
static bool is_wrong_kind(const struct row_reader *reader, uint32_t node)
{
    const struct json_paths *paths = reader->plan->paths;
    while (node != JSON_ROOT) {
        enum json_step step = json_paths_step(paths, node);
        node = json_paths_parent(paths, node);
        const struct json_match *holder = row_reader_find(reader, node);
        if (holder != NULL)
            return holder->kind != JSON_NULL &&
                holder->kind != (step == JSON_STEP_KEY ? JSON_OBJECT : JSON_ARRAY);
    }
    return false;
}

static enum found run_filter(const struct view *view, const struct source *source,
    const struct json_match *match, struct value *value)
{
    const char *input = match == NULL ? "null" : view->text + match->value;
    size_t length = match == NULL ? 4 : match->end - match->value;
    const struct json_match *sqs = view->sqs;
    if (source->whole && view->reader->plan->rooted) {
        struct buf *record = &view->reader->record;
        if (root_record(view->reader->plan, view->text, &view->reader->matches, record) != 0)
            return FOUND_FAILED;
        input = record->data;
        length = record->length;
    }
    switch (json_jq_run(source->filter, input, length, sqs == NULL ? NULL : view->text + sqs->value,
        sqs == NULL ? 0 : sqs->end - sqs->value, &value->text, &value->length)) {
    case JSON_JQ_VALUE:
        break;
    case JSON_JQ_EMPTY:
        return FOUND_MISSING;
    case JSON_JQ_MANY:
    case JSON_JQ_ERROR:
        return FOUND_WRONG;
    case JSON_JQ_FAILED:
        return FOUND_FAILED;
    }
    value->plain = memchr(value->text, '\\', value->length) == NULL;
    return value->text[0] == 'n' ? FOUND_NULL : FOUND_VALUE;
}

enum found row_reader_evaluate(const struct view *view, const struct source *source,
    struct value *value)
{
    const struct json_match *match = row_reader_find(view->reader, source->node);
    if (match == NULL && source->line != NULL && is_wrong_kind(view->reader, source->node))
        return FOUND_WRONG;
    if (source->filter != NULL)
        return run_filter(view, source, match, value);
    if (match == NULL)
        return FOUND_MISSING;
    if (match->kind == JSON_NULL)
        return FOUND_NULL;
    *value = (struct value){ view->text + match->value, match->end - match->value, match->plain };
    return FOUND_VALUE;
}
