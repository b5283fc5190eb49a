/*
 * Read any line as input of pg-load: whole, as the last one without its LF, and as the beginning of
 * one too long. It goes into columns by name, by a map of plain paths, and with a ledger key from
 * the record.
 * Each line is one item with the same bytes. A row is one row of COPY with a field for each column
 * of its group, and where possible one in COPY's binary format. The reason of a refusal is one of
 * our words or a column name, never content. The "sqs" of the verdict is an object of the line.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../cmd/pg-load/plan_build.h"
#include "../../cmd/pg-load/row.h"
#include "fuzz.h"
#include "json/scan.h"
#include "json/string.h"

enum { PLANS = 3 };

static const char map[] = "user_id .body.user_id !\n"
                          "ip .body.device[0].ip\n"
                          "data .body\n"
                          "tags .body.tags\n"
                          "day $sqs.sent_at\n";

#define TEXT(text) \
    (char[])       \
    {              \
        text       \
    }

static struct pg_column columns[] = {
    { .name = TEXT("user_id"),
        .quoted = TEXT("user_id"),
        .type = TEXT("text"),
        .binary = PG_COPY_BINARY_BYTES,
        .loadable = true },
    { .name = TEXT("ip"),
        .quoted = TEXT("ip"),
        .type = TEXT("character varying(15)"),
        .binary = PG_COPY_BINARY_BYTES,
        .loadable = true },
    { .name = TEXT("data"),
        .quoted = TEXT("data"),
        .type = TEXT("jsonb"),
        .json = true,
        .binary = PG_COPY_BINARY_JSONB,
        .loadable = true },
    { .name = TEXT("tags"),
        .quoted = TEXT("tags"),
        .type = TEXT("text[]"),
        .array = true,
        .delimiter = ',',
        .loadable = true },
    { .name = TEXT("parts"),
        .quoted = TEXT("parts"),
        .type = TEXT("json[]"),
        .array = true,
        .json_elements = true,
        .delimiter = ';',
        .loadable = true },
    { .name = TEXT("day"),
        .quoted = TEXT("\"day\""),
        .type = TEXT("date"),
        .date = true,
        .binary = PG_COPY_BINARY_DATE,
        .loadable = true },
    { .name = TEXT("made"), .quoted = TEXT("made"), .type = TEXT("bigint") },
};
static const struct pg_table table = { .schema = TEXT("public"),
    .name = TEXT("t"),
    .quoted_schema = TEXT("public"),
    .qualified = TEXT("public.t"),
    .readable = true,
    .count = sizeof columns / sizeof *columns,
    .columns = columns };

static struct column_plan plans[PLANS];
static struct row_reader readers[PLANS];
static struct row_batch batches[PLANS];

static void set_up(void)
{
    static bool done;
    char path[64];
    if (done)
        return;
    done = true;
    int fd = memfd_create("map", MFD_CLOEXEC);
    fuzz_require(fd >= 0 && fchmod(fd, 0600) == 0 &&
        write(fd, map, sizeof map - 1) == (ssize_t)(sizeof map - 1));
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    const struct load_options options[PLANS] = { { .no_map = true },
        { .no_map = true, .key = ".body.user_id" }, { .map = path, .key = "$sqs.message_id" } };
    for (size_t i = 0; i < PLANS; i++) {
        struct failure failure = { .status = STATUS_OK };
        fuzz_require(plan_build(&plans[i], &options[i], &table, NULL, &failure) == 0);
        fuzz_require(row_reader_open(&readers[i], &plans[i]) == 0);
        row_batch_init(&batches[i], &plans[i], &table);
    }
    (void)close(fd);
}

/* ---- a row ----------------------------------------------------------------------------------- */

/* Check the fields, one after the other, none longer than the rest of the row. */
static void check_binary(const struct row_batch *batch, const struct item *item)
{
    const struct group *group = &batch->groups[item->group];
    size_t bound = pg_copy_binary_bound(group->name_count, item->row.length);
    char *out = malloc(bound);
    fuzz_require(out != NULL);
    const char *end = pg_copy_binary_row(out, group->kinds, group->name_count,
        batch->rows.data + item->row.at, item->row.length);
    fuzz_require(end != NULL && end <= out + bound);
    const unsigned char *at = (const unsigned char *)out + 2;
    fuzz_require(at[-2] == 0 && at[-1] == group->name_count);
    for (size_t i = 0; i < group->name_count; i++) {
        fuzz_require((const unsigned char *)end - at >= 4);
        uint32_t length =
            (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
        at += 4;
        fuzz_require(length == UINT32_MAX || length <= (size_t)((const unsigned char *)end - at));
        at += length == UINT32_MAX ? 0 : length;
    }
    fuzz_require(at == (const unsigned char *)end);
    free(out);
}

/* Check for as many fields as the group has columns, and nothing that COPY takes for an end. */
static void check_row(const struct row_batch *batch, const struct item *item)
{
    fuzz_require(item->group < batch->group_count && item->row.length > 0 &&
        item->row.at + item->row.length <= batch->rows.length);
    const char *row = batch->rows.data + item->row.at;
    size_t length = item->row.length - 1, tabs = 0;
    fuzz_require(row[length] == '\n' && json_string_is_utf8(row, length));
    fuzz_require(memchr(row, '\0', length) == NULL && memchr(row, '\n', length) == NULL &&
        memchr(row, '\r', length) == NULL);
    for (size_t i = 0; i < length; i++) {
        tabs += row[i] == '\t';
        if (row[i] != '\\')
            continue;
        i++;
        fuzz_require(i < length && strchr("\\tnrN", row[i]) != NULL);
        /* NULL is a whole field. */
        fuzz_require(row[i] != 'N' ||
            ((i == 1 || row[i - 2] == '\t') && (i + 1 == length || row[i + 1] == '\t')));
    }
    fuzz_require(tabs + 1 == batch->groups[item->group].name_count);
    if (row_batch_is_binary(batch, &batch->groups[item->group]))
        check_binary(batch, item);
}

/* ---- what is no row -------------------------------------------------------------------------- */

static void check_word(const char *word, size_t size)
{
    size_t length = strnlen(word, size);
    fuzz_require(length > 0 && length < size &&
        strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789-") == length);
}

static void check_refusal(const struct row_batch *batch, const struct item *item)
{
    fuzz_require(item->refusal < batch->refusal_count);
    const struct refusal *refusal = &batch->refusals[item->refusal];
    size_t at = 0;
    check_word(refusal->stage, sizeof refusal->stage);
    check_word(refusal->code, sizeof refusal->code);
    fuzz_require(refusal->text[0] == '\0' && refusal->constraint[0] == '\0');
    while (refusal->column[0] != '\0' && strcmp(refusal->column, columns[at].name) != 0) {
        at++;
        fuzz_require(at < table.count);
    }
}

/* ---- the message ----------------------------------------------------------------------------- */

static bool is_kind(const char *text, size_t length, enum json_kind kind)
{
    struct json_result result;
    return json_scan(text, length, NULL, JSON_MAX_DEPTH, NULL, &result) == JSON_OK &&
        result.kind == kind && result.start == 0 && result.end == length;
}

static void check_message(const struct row_batch *batch, const struct item *item)
{
    const char *lines = batch->lines.data;
    fuzz_require(item->has_message == (item->id.length > 0));
    fuzz_require(item->has_key || plans[1].has_key || !item->has_message);
    if (item->sqs.length == 0) {
        fuzz_require(!item->has_message);
        return;
    }
    fuzz_require(item->sqs.at >= item->line.at &&
        item->sqs.at + item->sqs.length <= item->line.at + item->line.length);
    fuzz_require(is_kind(lines + item->sqs.at, item->sqs.length, JSON_OBJECT));
    if (!item->has_message)
        return;
    fuzz_require(item->id.at > item->sqs.at &&
        item->id.at + item->id.length < item->sqs.at + item->sqs.length);
    fuzz_require(is_kind(lines + item->id.at, item->id.length, JSON_STRING));
}

/* ---- the whole reading ----------------------------------------------------------------------- */

static void check_item(const struct row_batch *batch, const struct item *item,
    const struct line *line, bool too_long)
{
    fuzz_require(item->number == line->number && (!too_long || item->is_long));
    fuzz_require(item->line.at + item->line.length <= batch->lines.length);
    fuzz_require(item->is_long ||
        (item->line.length == line->length &&
            memcmp(batch->lines.data + item->line.at, line->text, line->length) == 0));
    fuzz_require(!item->is_long || item->line.length <= line->length);
    fuzz_require(!item->is_json || !item->is_long);
    if (item->kind == ITEM_ROW)
        check_row(batch, item);
    else
        check_refusal(batch, item);
    check_message(batch, item);
}

/* Check the line twice in a batch: the same result both times, under one key. */
static void check(struct row_reader *reader, struct row_batch *batch, const struct line *line,
    bool too_long)
{
    row_batch_clear(batch);
    for (size_t i = 0; i < 2; i++) {
        size_t rows = batch->rows.length;
        fuzz_require(row_read(reader, line, too_long, batch) == 0 && batch->count == i + 1);
        fuzz_require(batch->items[i].kind == ITEM_ROW || batch->rows.length == rows);
        check_item(batch, &batch->items[i], line, too_long);
    }
    const struct item *a = &batch->items[0], *b = &batch->items[1];
    fuzz_require(a->kind == b->kind && a->has_key == b->has_key &&
        a->has_message == b->has_message && a->row.length == b->row.length);
    fuzz_require(!a->has_key || pg_key_compare(&a->ledger_key, &b->ledger_key) == 0);
    fuzz_require(row_batch_seal(batch, true) == 0);
    bool keyed = a->kind == ITEM_ROW && a->has_key;
    fuzz_require(batch->key_count == (keyed ? 1 : 0) &&
        batch->unkeyed == (a->kind == ITEM_ROW && !keyed ? 2 : 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct line line = { .text = (const char *)data, .length = size, .number = 7 };
    set_up();
    if (size == 0 || memchr(data, '\n', size) != NULL)
        return 0; /* lines contain none */
    for (size_t i = 0; i < PLANS; i++) {
        line.unended = false;
        check(&readers[i], &batches[i], &line, false);
        check(&readers[i], &batches[i], &line, true);
        line.unended = true;
        check(&readers[i], &batches[i], &line, false);
    }
    return 0;
}
