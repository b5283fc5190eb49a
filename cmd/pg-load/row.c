#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "digits.h"
#include "json/string.h"
#include "record/record.h"
#include "root.h"
#include "row.h"
#include "split.h"

enum { MAX_TEXT = 64 << 20, KEEP_TEXT = 1 << 20 };

/* What a source yields for a record. */
enum found { FOUND_VALUE, FOUND_NULL, FOUND_MISSING, FOUND_WRONG, FOUND_FAILED };

struct value {
    const char *text; /* JSON */
    size_t length;
    bool plain; /* a string without escapes */
};

/* A line that has been scanned. */
struct view {
    struct row_reader *reader;
    const char *text;
    const struct json_match *sqs; /* an object, or NULL */
};

int row_open(struct row_reader *reader, const struct column_plan *plan)
{
    *reader = (struct row_reader){ .plan = plan };
    field_scratch_init(&reader->scratch);
    buf_init(&reader->text, MAX_TEXT);
    buf_init(&reader->name, MAX_TEXT);
    buf_init(&reader->salvaged, MAX_TEXT + 64);
    buf_init(&reader->record, 2 * MAX_TEXT + 64);
    reader->salvage = salvage_new();
    return reader->salvage == NULL ? -1 : row_adopt(reader, plan);
}

int row_adopt(struct row_reader *reader, const struct column_plan *plan)
{
    free(reader->last);
    free(reader->present);
    reader->plan = plan;
    reader->last = calloc(json_paths_count(plan->paths), sizeof *reader->last);
    reader->present = calloc((plan->count + 63) / 64 + 1, sizeof *reader->present);
    return reader->last == NULL || reader->present == NULL ? -1 : 0;
}

void row_close(struct row_reader *reader)
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

/* ---- finding ---- */

static void index_matches(struct row_reader *reader)
{
    memset(reader->last, 0, json_paths_count(reader->plan->paths) * sizeof *reader->last);
    reader->repeated = false;
    for (size_t i = 0; i < reader->matches.count; i++) {
        uint32_t *last = &reader->last[reader->matches.list[i].node];
        reader->repeated = reader->repeated || *last != 0;
        *last = (uint32_t)i + 1;
    }
}

/* The last occurrence, if it lies in the last occurrences of all that holds it. */
static const struct json_match *find(const struct row_reader *reader, uint32_t node)
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

/* Whether a path ends because a step of it met a value of another kind, where jq raises an error.
 */
static bool is_wrong_kind(const struct row_reader *reader, uint32_t node)
{
    const struct json_paths *paths = reader->plan->paths;
    while (node != JSON_ROOT) {
        enum json_step step = json_paths_step(paths, node);
        node = json_paths_parent(paths, node);
        const struct json_match *holder = find(reader, node);
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

static enum found evaluate(const struct view *view, const struct source *source,
    struct value *value)
{
    const struct json_match *match = find(view->reader, source->node);
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

/* ---- the row ---- */

static int refuse(struct row_batch *batch, struct item *item, const char *code,
    const struct source *source)
{
    struct refusal *refusal = row_batch_refuse(batch, item, "load", code);
    if (refusal == NULL)
        return -1;
    item->kind = ITEM_REFUSED;
    if (source != NULL)
        memccpy(refusal->column, batch->table->columns[source->column].name, '\0',
            PG_NAME_SIZE - 1);
    return 0;
}

/* The same for a record that is one: many of them may mean that the map is wrong. */
static int refuse_misfit(struct row_batch *batch, struct item *item, const char *code,
    const struct source *source)
{
    item->misfit = true;
    return refuse(batch, item, code, source);
}

/* One source's field. 1: written or left out; 0: the record is refused; -1: no memory. */
static int add_field(const struct view *view, struct row_batch *batch, struct item *item,
    size_t index, bool *first)
{
    const struct source *source = &batch->plan->sources[index];
    struct buf *rows = &batch->rows;
    struct value value = { NULL, 0, false };
    enum found found = evaluate(view, source, &value);
    if (found == FOUND_FAILED)
        return -1;
    if (found == FOUND_WRONG) {
        int refused = refuse_misfit(batch, item, "map", source);
        struct refusal *refusal = refused == 0 ? &batch->refusals[item->refusal] : NULL;
        if (refusal != NULL && value.text != NULL)
            (void)snprintf(refusal->text, sizeof refusal->text, "%.*s", (int)value.length,
                value.text);
        return refused;
    }
    if (source->required && found != FOUND_VALUE)
        return refuse_misfit(batch, item, "missing", source);
    if (found == FOUND_MISSING)
        return 1;
    if (!*first && buf_putc(rows, '\t') != 0)
        return -1;
    *first = false;
    view->reader->present[index / 64] |= UINT64_C(1) << index % 64;
    if (found == FOUND_NULL)
        return buf_puts(rows, "\\N") == 0 ? 1 : -1;
    switch (field_write(rows, &view->reader->scratch, &batch->table->columns[source->column],
        value.text, value.length, value.plain)) {
    case FIELD_WRITTEN:
        return 1;
    case FIELD_NUL:
        return refuse_misfit(batch, item, "nul", source);
    case FIELD_NO_MEMORY:
        break;
    }
    return -1;
}

static int build_row(const struct view *view, struct row_batch *batch, struct item *item)
{
    struct row_reader *reader = view->reader;
    size_t start = batch->rows.length;
    bool first = true;
    memset(reader->present, 0, batch->words * sizeof *reader->present);
    for (size_t i = 0; i < batch->plan->count; i++) {
        int added = add_field(view, batch, item, i, &first);
        if (added > 0)
            continue;
        batch->rows.length = start;
        return added;
    }
    if (first)
        return refuse_misfit(batch, item, "no-columns", NULL);
    if (buf_putc(&batch->rows, '\n') != 0)
        return -1;
    item->group = row_batch_group(batch, reader->present);
    item->row = (struct span){ start, batch->rows.length - start };
    return item->group == ROW_BATCH_NONE ? -1 : 0;
}

/* ---- keys ---- */

/* The bytes of a string, decoded into ${scratch} if need be. 0, or -1: no memory. */
static int string_bytes(const char *text, const struct json_match *match, struct buf *scratch,
    const char **bytes, size_t *length)
{
    *bytes = text + match->value + 1;
    *length = match->end - match->value - 2;
    if (match->plain)
        return 0;
    buf_shrink(scratch, KEEP_TEXT);
    if (json_string_decode(scratch, text + match->value, match->end - match->value) != 0)
        return -1;
    *bytes = scratch->data == NULL ? "" : scratch->data;
    *length = scratch->length;
    return 0;
}

/* The queue's name, "" without one. */
static int queue_name(const struct view *view, const char **name, size_t *length)
{
    const struct json_match *match = find(view->reader, view->reader->plan->nodes.queue_url);
    *name = "";
    *length = 0;
    if (view->sqs == NULL || match == NULL || match->kind != JSON_STRING)
        return 0;
    const char *url;
    if (string_bytes(view->text, match, &view->reader->name, &url, length) != 0)
        return -1;
    *name = pg_key_queue(url, *length, length);
    return 0;
}

/* ${base}: where the view's text stands in the batch's lines. */
static int set_message_key(const struct view *view, struct item *item, size_t base)
{
    struct row_reader *reader = view->reader;
    const struct json_match *id = find(reader, reader->plan->nodes.message_id);
    const char *bytes;
    size_t length;
    if (view->sqs == NULL || id == NULL || id->kind != JSON_STRING || id->end - id->value == 2)
        return 0;
    item->id = (struct span){ base + id->value, id->end - id->value };
    item->has_message = true;
    if (string_bytes(view->text, id, &reader->text, &bytes, &length) != 0)
        return -1;
    if (pg_key_parse(bytes, length, &item->message_key))
        return 0;
    const char *queue;
    size_t queue_length;
    if (queue_name(view, &queue, &queue_length) != 0)
        return -1;
    pg_key_digest(queue, queue_length, bytes, length, &item->message_key);
    return 0;
}

/* Two long numbers that a filter rounds to one would make two records the same. */
static bool would_round(const struct view *view, const struct source *source)
{
    const struct json_match *match = find(view->reader, source->node);
    return source->filter != NULL && !source->whole && match != NULL &&
        digits_too_many(view->text + match->value, match->end - match->value);
}

/* 1: set, or none is wanted; 0: --key yields nothing; -1: no memory. */
static int set_ledger_key(const struct view *view, struct item *item)
{
    struct row_reader *reader = view->reader;
    struct value value = { NULL, 0, false };
    if (!reader->plan->has_key) {
        item->has_key = item->has_message;
        item->ledger_key = item->message_key;
        return 1;
    }
    const char *queue;
    size_t queue_length;
    if (queue_name(view, &queue, &queue_length) != 0)
        return -1;
    if (would_round(view, &reader->plan->key))
        return 0;
    enum found found = evaluate(view, &reader->plan->key, &value);
    if (found != FOUND_VALUE)
        return found == FOUND_FAILED ? -1 : 0;
    if (value.text[0] == '"' && value.plain) {
        value.text++;
        value.length -= 2;
    } else if (value.text[0] == '"') {
        buf_shrink(&reader->text, KEEP_TEXT);
        if (json_string_decode(&reader->text, value.text, value.length) != 0)
            return -1;
        value.text = reader->text.data == NULL ? "" : reader->text.data;
        value.length = reader->text.length;
    }
    pg_key_digest(queue, queue_length, value.text, value.length, &item->ledger_key);
    item->has_key = true;
    return 1;
}

/* ---- what is no row ---- */

static bool is_word(const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (bytes[i] == '\0' || strchr("abcdefghijklmnopqrstuvwxyz0123456789-", bytes[i]) == NULL)
            return false;
    return length > 0;
}

/* A word of an error record, to be shown: whoever wrote it, it must not carry a value. */
static void copy_word(char *to, size_t size, const struct view *view, uint32_t node)
{
    const struct json_match *match = find(view->reader, node);
    const char *bytes = "unknown";
    size_t length = strlen(bytes);
    if (match != NULL && match->kind == JSON_STRING && match->end - match->value - 2 < size &&
        is_word(view->text + match->value + 1, match->end - match->value - 2)) {
        bytes = view->text + match->value + 1;
        length = match->end - match->value - 2;
    }
    memcpy(to, bytes, length);
    to[length] = '\0';
}

static int take_error(const struct view *view, struct row_batch *batch, struct item *item)
{
    const struct record_nodes *nodes = &view->reader->plan->nodes;
    struct refusal *refusal = row_batch_refuse(batch, item, "", "");
    if (refusal == NULL)
        return -1;
    copy_word(refusal->stage, sizeof refusal->stage, view, nodes->error_stage);
    copy_word(refusal->code, sizeof refusal->code, view, nodes->error_code);
    item->kind =
        root_has_content(view->reader->plan, &view->reader->matches) ? ITEM_ERROR : ITEM_EMPTY;
    return 0;
}

/* ${text}: the item's line, which is an object, as the matches have it. */
static int take_object(struct row_reader *reader, const char *text, struct row_batch *batch,
    struct item *item)
{
    struct view view = { .reader = reader, .text = text };
    index_matches(reader);
    const struct json_match *sqs = find(reader, reader->plan->nodes.sqs);
    if (sqs != NULL && sqs->kind == JSON_OBJECT) {
        view.sqs = sqs;
        item->sqs = (struct span){ item->line.at + sqs->value, sqs->end - sqs->value };
    }
    if (set_message_key(&view, item, item->line.at) != 0)
        return -1;
    /* Most records have each node once: then no list is gone through. */
    if (split_delivery(&reader->matches, reader->repeated ? NULL : reader->last,
            &reader->plan->nodes, text, &item->delivery) != 0)
        return -1;
    int keyed = set_ledger_key(&view, item);
    if (keyed < 0)
        return -1;
    if (reader->last[reader->plan->nodes.error] != 0 &&
        root_has_error(reader->plan, &reader->matches))
        return take_error(&view, batch, item);
    if (reader->plan->unknown != JSON_NO_NODE && reader->last[reader->plan->unknown] != 0)
        unknown_note(&batch->unknown, text, &reader->matches, reader->plan->unknown);
    return keyed == 0 ? refuse_misfit(batch, item, "key", NULL) : build_row(&view, batch, item);
}

/* What a salvaged "sqs" tells of the message, read as a record of its own. */
static int take_salvaged(struct row_reader *reader, const char *sqs, size_t length,
    struct item *item)
{
    static const char prefix[] = "{\"sqs\":";
    struct json_result result;
    struct view view = { .reader = reader };
    buf_shrink(&reader->salvaged, KEEP_TEXT);
    buf_puts(&reader->salvaged, prefix);
    buf_append(&reader->salvaged, sqs, length);
    if (buf_putc(&reader->salvaged, '}') != 0)
        return -1;
    view.text = reader->salvaged.data;
    if (json_scan(view.text, reader->salvaged.length, reader->plan->paths, JSON_MAX_DEPTH,
            &reader->matches, &result) != JSON_OK)
        return -1; /* it was found valid before */
    index_matches(reader);
    view.sqs = find(reader, reader->plan->nodes.sqs);
    if (set_message_key(&view, item, item->sqs.at - strlen(prefix)) != 0)
        return -1;
    item->has_key = item->has_message && !reader->plan->has_key;
    item->ledger_key = item->message_key;
    return split_delivery(&reader->matches, NULL, &reader->plan->nodes, view.text, &item->delivery);
}

/*
 * A line that is no record: what can be told of it is its "sqs" (record/salvage.h). Of one that is
 * too long, or cut, no more is held.
 */
static int take_broken(struct row_reader *reader, const struct line *line, bool too_long,
    const char *code, struct row_batch *batch)
{
    struct salvage_result found;
    if (too_long)
        salvage_text(reader->salvage, line->text, line->length, &found);
    else
        salvage_line(reader->salvage, line, &found);
    const char *sqs = found.sqs;
    size_t length = found.sqs_length;
    bool cut = found.cut;
    bool held = !too_long && !cut;
    struct item *item = held ? row_batch_add(batch, line->number, line->text, line->length)
                             : row_batch_add(batch, line->number, sqs, length);
    if (item == NULL || refuse(batch, item, cut ? "cut" : code, NULL) != 0)
        return -1;
    item->is_long = !held;
    if (!held)
        item->kind = ITEM_EMPTY;
    if (sqs == NULL)
        return 0;
    item->sqs = (struct span){ item->line.at + (held ? (size_t)(sqs - line->text) : 0), length };
    return take_salvaged(reader, sqs, length, item);
}

int row_read(struct row_reader *reader, const struct line *line, bool too_long,
    struct row_batch *batch)
{
    struct json_result result;
    if (too_long)
        return take_broken(reader, line, true, "too-long", batch);
    enum json_error error = json_scan(line->text, line->length, reader->plan->paths, JSON_MAX_DEPTH,
        &reader->matches, &result);
    if (error == JSON_TOO_MANY)
        return -1;
    if (error != JSON_OK)
        return take_broken(reader, line, false, json_error_name(error), batch);
    struct item *item = row_batch_add(batch, line->number, line->text, line->length);
    if (item == NULL)
        return -1;
    item->is_json = true;
    return result.kind == JSON_OBJECT ? take_object(reader, line->text, batch, item)
                                      : refuse(batch, item, "not-object", NULL);
}

int row_read_again(struct row_reader *reader, struct row_batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        struct item *item = &batch->items[i];
        struct json_result result;
        if (!item->is_json || item->split)
            continue; /* it is refused whatever the columns are */
        const char *text = batch->lines.data + item->line.at;
        if (json_scan(text, item->line.length, reader->plan->paths, JSON_MAX_DEPTH,
                &reader->matches, &result) != JSON_OK)
            return -1; /* it was found valid before */
        if (result.kind != JSON_OBJECT)
            continue;
        *item = (struct item){ .number = item->number,
            .line = item->line,
            .refusal = ROW_BATCH_NONE,
            .next = ROW_BATCH_NONE,
            .is_json = true };
        if (take_object(reader, text, batch, item) != 0)
            return -1;
    }
    return 0;
}
