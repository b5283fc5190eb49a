#include <stdio.h>
#include <string.h>

#include "base/sha256.h"
#include "record/record.h"
#include "root.h"
#include "row.h"
#include "row_key.h"
#include "split.h"

enum { KEEP_TEXT = 1 << 20, LONG_ROW = 1 << 14 };

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

/* Refuse a record that does not fit the map; many of them may mean that the map is wrong. */
static int refuse_misfit(struct row_batch *batch, struct item *item, const char *code,
    const struct source *source)
{
    item->misfit = true;
    return refuse(batch, item, code, source);
}

enum added {
    ADDED_FIELD, /* or the value is missing and its column left out */
    ADDED_REFUSED,
    ADDED_NO_MEMORY
};

/* Refuse a record because of a value that has no place in the row. */
static enum added refuse_value(struct row_batch *batch, struct item *item, const char *code,
    const struct source *source)
{
    return refuse_misfit(batch, item, code, source) == 0 ? ADDED_REFUSED : ADDED_NO_MEMORY;
}

/* Note whether the field from ${at} on needs COPY's text format. */
static void note_form(struct row_batch *batch, const struct pg_column *column, size_t at)
{
    if (column->binary > PG_COPY_BINARY_JSONB && !batch->text_only &&
        !pg_copy_binary_fits(column->binary, batch->rows.data + at, batch->rows.length - at))
        batch->text_only = true;
}

/* Append the field of one source. */
static enum added add_field(const struct view *view, struct row_batch *batch, struct item *item,
    size_t index, bool *first)
{
    const struct source *source = &batch->plan->sources[index];
    struct buf *rows = &batch->rows;
    struct value value = { NULL, 0, false };
    enum found found = row_reader_evaluate(view, source, &value);
    if (found == FOUND_FAILED)
        return ADDED_NO_MEMORY;
    if (found == FOUND_WRONG) {
        enum added refused = refuse_value(batch, item, "map", source);
        struct refusal *refusal = refused == ADDED_REFUSED ? &batch->refusals[item->refusal] : NULL;
        if (refusal != NULL && value.text != NULL)
            (void)snprintf(refusal->text, sizeof refusal->text, "%.*s", (int)value.length,
                value.text);
        return refused;
    }
    if (source->required && found != FOUND_VALUE)
        return refuse_value(batch, item, "missing", source);
    if (found == FOUND_MISSING)
        return ADDED_FIELD;
    if (!*first && buf_putc(rows, '\t') != 0)
        return ADDED_NO_MEMORY;
    *first = false;
    view->reader->present[index / 64] |= UINT64_C(1) << index % 64;
    if (found == FOUND_NULL)
        return buf_puts(rows, "\\N") == 0 ? ADDED_FIELD : ADDED_NO_MEMORY;
    const struct pg_column *column = &batch->table->columns[source->column];
    size_t at = rows->length;
    switch (
        field_write(rows, &view->reader->scratch, column, value.text, value.length, value.plain)) {
    case FIELD_WRITTEN:
        note_form(batch, column, at);
        return ADDED_FIELD;
    case FIELD_NUL:
        return refuse_value(batch, item, "nul", source);
    case FIELD_NO_MEMORY:
        break;
    }
    return ADDED_NO_MEMORY;
}

/* Add the last field, from ${at} on, and its column to the digest. */
static void digest_field(struct sha256 *sha, const struct row_batch *batch, size_t index, size_t at,
    bool first)
{
    const struct source *source = &batch->plan->sources[index];
    const char *name = batch->table->columns[source->column].name;
    size_t tab = !first && batch->rows.length > at;
    if (source->of_sqs)
        return;
    sha256_update(sha, name, strlen(name) + 1);
    if (batch->rows.length > at)
        sha256_update(sha, batch->rows.data + at + tab, batch->rows.length - at - tab);
    sha256_update(sha, "\n", 1);
}

static int hex_digit(char byte)
{
    return byte >= '0' && byte <= '9' ? byte - '0'
        : byte >= 'a' && byte <= 'f'  ? byte - 'a' + 10
                                      : -1;
}

/* Set the id of the key that masked the record, eight digits, or zeroes without one. */
static void set_key_id(const struct view *view, unsigned char id[4])
{
    const struct json_match *match =
        row_reader_find(view->reader, view->reader->plan->nodes.pii_key);
    memset(id, 0, 4);
    if (match == NULL || match->kind != JSON_STRING || match->end - match->value != 10)
        return;
    for (size_t i = 0; i < 4; i++) {
        int high = hex_digit(view->text[match->value + 1 + 2 * i]);
        int low = hex_digit(view->text[match->value + 2 + 2 * i]);
        id[i] = (unsigned char)(high < 0 || low < 0 ? 0 : high << 4 | low);
    }
}

static void set_content(const struct view *view, struct sha256 *sha, struct item *item)
{
    unsigned char digest[SHA256_SIZE];
    sha256_final(sha, digest);
    memcpy(item->content.bytes, digest, PG_CONTENT_DIGEST);
    set_key_id(view, item->content.bytes + PG_CONTENT_DIGEST);
}

static int build_row(const struct view *view, struct row_batch *batch, struct item *item)
{
    struct row_reader *reader = view->reader;
    size_t start = batch->rows.length;
    bool first = true;
    bool digested = batch->plan->has_key;
    struct sha256 sha;
    sha256_init(&sha);
    memset(reader->present, 0, batch->words * sizeof *reader->present);
    for (size_t i = 0; i < batch->plan->count; i++) {
        size_t at = batch->rows.length;
        bool was_first = first;
        enum added added = add_field(view, batch, item, i, &first);
        if (added == ADDED_FIELD) {
            if (digested && (reader->present[i / 64] >> i % 64 & 1) != 0)
                digest_field(&sha, batch, i, at, was_first);
            continue;
        }
        batch->rows.length = start;
        return added == ADDED_REFUSED ? 0 : -1;
    }
    if (first)
        return refuse_misfit(batch, item, "no-columns", NULL);
    if (buf_putc(&batch->rows, '\n') != 0)
        return -1;
    if (digested)
        set_content(view, &sha, item);
    batch->text_only = batch->text_only || batch->rows.length - start > LONG_ROW;
    if (batch->plan->origin == NULL)
        unknown_met(&batch->unknown, reader->present, batch->words);
    item->group = row_batch_group(batch, reader->present);
    item->row = row_batch_span(start, batch->rows.length - start);
    return item->group == ROW_BATCH_NONE ? -1 : 0;
}

/* ---- lines that are not rows ---- */

static bool is_word(const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (bytes[i] == '\0' || strchr("abcdefghijklmnopqrstuvwxyz0123456789-", bytes[i]) == NULL)
            return false;
    return length > 0;
}

/* Copy a word of an error record for messages. Any writer's word is checked: it must not carry a
 * value. */
static void copy_word(char *to, size_t size, const struct view *view, uint32_t node)
{
    const struct json_match *match = row_reader_find(view->reader, node);
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

/* Refuse a line whose content may be clear. With --require-masked store it nowhere, so that its
 * message stays on the queue. */
static int refuse_clear(const struct column_plan *plan, struct row_batch *batch, struct item *item,
    const char *code)
{
    if (refuse(batch, item, code, NULL) != 0)
        return -1;
    if (plan->require_masked)
        item->kind = ITEM_EMPTY;
    return 0;
}

static int take_error(const struct view *view, struct row_batch *batch, struct item *item)
{
    const struct record_nodes *nodes = &view->reader->plan->nodes;
    struct refusal *refusal = row_batch_refuse(batch, item, "", "");
    if (refusal == NULL)
        return -1;
    copy_word(refusal->stage, sizeof refusal->stage, view, nodes->error_stage);
    copy_word(refusal->code, sizeof refusal->code, view, nodes->error_code);
    item->sealed = strcmp(refusal->stage, "mask") == 0;
    item->kind =
        root_has_content(view->reader->plan, &view->reader->matches) ? ITEM_ERROR : ITEM_EMPTY;
    return 0;
}

/* Take the line of an item, ${text}, which is an object and was scanned into the matches. */
static int take_object(struct row_reader *reader, const char *text, struct row_batch *batch,
    struct item *item)
{
    struct view view = { .reader = reader, .text = text };
    row_reader_index(reader);
    const struct json_match *sqs = row_reader_find(reader, reader->plan->nodes.sqs);
    if (sqs != NULL && sqs->kind == JSON_OBJECT) {
        view.sqs = sqs;
        item->sqs = row_batch_span(item->line.at + sqs->value, sqs->end - sqs->value);
    }
    if (row_key_message(&view, item, item->line.at) != 0)
        return -1;
    /* Most records have each node once; then no list is searched. */
    if (split_delivery(&reader->matches, reader->repeated ? NULL : reader->last,
            &reader->plan->nodes, text, &item->delivery) != 0)
        return -1;
    split_prefetch(reader->split, item->delivery);
    enum row_key keyed = row_key_ledger(&view, item);
    if (keyed == ROW_KEY_NO_MEMORY)
        return -1;
    if (reader->plan->require_masked && !root_is_masked(reader->plan, text, &reader->matches))
        return refuse_clear(reader->plan, batch, item, "unmasked");
    if (reader->last[reader->plan->nodes.error] != 0 &&
        root_has_error(reader->plan, &reader->matches))
        return take_error(&view, batch, item);
    bool extra = reader->plan->unknown != JSON_NO_NODE && reader->last[reader->plan->unknown] != 0;
    if (extra)
        unknown_note(&batch->unknown, text, &reader->matches, reader->plan->unknown);
    if (keyed == ROW_KEY_MISSING)
        return refuse_misfit(batch, item, "key", NULL);
    if (extra && reader->plan->refuse_unknown)
        return refuse(batch, item, "extra", NULL);
    return build_row(&view, batch, item);
}

/* Read the message of a salvaged "sqs", as a record with that member alone. */
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
        return -1; /* it was valid before */
    row_reader_index(reader);
    view.sqs = row_reader_find(reader, reader->plan->nodes.sqs);
    if (row_key_message(&view, item, item->sqs.at - strlen(prefix)) != 0)
        return -1;
    item->has_key = item->has_message && !reader->plan->has_key;
    item->ledger_key = item->message_key;
    return split_delivery(&reader->matches, NULL, &reader->plan->nodes, view.text, &item->delivery);
}

/*
 * Take a line that is not a record. Only its "sqs" is known (record/salvage.h); of a line that is
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
    if (item == NULL || refuse_clear(reader->plan, batch, item, cut ? "cut" : code) != 0)
        return -1;
    item->is_long = !held;
    if (!held)
        item->kind = ITEM_EMPTY;
    if (sqs == NULL)
        return 0;
    item->sqs = row_batch_span(item->line.at + (held ? (size_t)(sqs - line->text) : 0), length);
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
                                      : refuse_clear(reader->plan, batch, item, "not-object");
}

int row_read_again(struct row_reader *reader, struct row_batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        struct item *item = &batch->items[i];
        struct json_result result;
        if (!item->is_json || item->split)
            continue; /* refused, whatever the columns are */
        const char *text = batch->lines.data + item->line.at;
        if (json_scan(text, item->line.length, reader->plan->paths, JSON_MAX_DEPTH,
                &reader->matches, &result) != JSON_OK)
            return -1; /* it was valid before */
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
