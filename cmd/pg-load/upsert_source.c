#include <inttypes.h>
#include <string.h>

#include "isolate.h"
#include "json/string.h"
#include "pg/copy.h"
#include "pg/copy_binary.h"
#include "upsert_source.h"

enum { GATHER_BYTES = 65536, MAX_FIELD = 1 << 30 };

/* ---- the temporary table ---- */

int upsert_source_open(struct loader *loader, const struct row_batch *batch)
{
    struct upsert *upsert = &loader->upsert;
    struct pg_conn *conn = loader->target->conn;
    if (upsert->staged)
        return pg_conn_exec(conn, "DELETE FROM pg_temp." PG_UPSERT_TABLE);
    bool some[PG_UPSERT_COLUMNS] = { false };
    for (size_t i = 0; i < batch->plan->count; i++)
        some[batch->plan->sources[i].column] = true;
    if (pg_upsert_create_sql(batch->table, some, &upsert->sql) != 0)
        return pg_conn_no_memory(conn);
    if (pg_conn_exec(conn, upsert->sql.data) != 0)
        return -1;
    upsert->staged = true;
    return 0;
}

/* Send each row after the numbers of its item and of its group. */
static int send(struct pg_conn *conn, struct buf *text, const struct row_batch *batch,
    const uint32_t *order, size_t count)
{
    buf_clear(text);
    for (size_t i = 0; i < count; i++) {
        const struct item *item = &batch->items[order[i]];
        buf_printf(text, "%" PRIu32 "\t%" PRIu32 "\t", order[i], item->group);
        if (buf_append(text, batch->rows.data + item->row.at, item->row.length) != 0)
            return pg_conn_no_memory(conn);
        if (text->length < GATHER_BYTES)
            continue;
        if (pg_conn_copy_data(conn, text->data, text->length) != 0)
            return -1;
        buf_clear(text);
    }
    return text->length == 0 ? 0 : pg_conn_copy_data(conn, text->data, text->length);
}

/* Write a row in the binary format after its two numbers. Return NULL when it has no such form. */
static char *put_numbered(char *to, const struct row_batch *batch, const struct group *group,
    uint32_t number)
{
    enum { FIELD = 8, NUMBERS = 2 * FIELD }; /* each after its length */
    const struct item *item = &batch->items[number];
    const uint32_t numbers[] = { number, item->group };
    size_t count = group->name_count + 2;
    /* The two numbers overwrite the count of fields in the row. */
    char *end = pg_copy_binary_row(to + NUMBERS, group->kinds, group->name_count,
        batch->rows.data + item->row.at, item->row.length);
    *to++ = (char)(count >> 8);
    *to++ = (char)count;
    for (size_t i = 0; i < 2; i++, to += FIELD) {
        memcpy(to, "\0\0\0\4", 4);
        for (size_t j = 0; j < 4; j++)
            to[4 + j] = (char)(numbers[i] >> (24 - 8 * j));
    }
    return end;
}

static int send_binary(struct pg_conn *conn, struct buf *text, const struct row_batch *batch,
    const struct group *group, const uint32_t *order, size_t count)
{
    enum { NUMBERED = 16 };
    buf_clear(text);
    buf_append(text, pg_copy_binary_header, PG_COPY_BINARY_HEADER);
    for (size_t i = 0; i < count; i++) {
        size_t bound =
            NUMBERED + pg_copy_binary_bound(group->name_count, batch->items[order[i]].row.length);
        char *to = buf_reserve(text, bound);
        if (to == NULL)
            return pg_conn_no_memory(conn);
        char *end = put_numbered(to, batch, group, order[i]);
        if (end == NULL) { /* becomes an error (22P04); text then finds it */
            buf_append(text, "\177\377", 2);
            break;
        }
        text->length += (size_t)(end - to);
        if (text->length < GATHER_BYTES)
            continue;
        if (pg_conn_copy_data(conn, text->data, text->length) != 0)
            return -1;
        buf_clear(text);
    }
    buf_append(text, pg_copy_binary_trailer, PG_COPY_BINARY_TRAILER);
    return text->failed ? pg_conn_no_memory(conn)
                        : pg_conn_copy_data(conn, text->data, text->length);
}

int upsert_source_copy(struct loader *loader, struct row_batch *batch, const struct group *group,
    const char *prefix, const uint32_t *order, size_t count)
{
    struct pg_conn *conn = loader->target->conn;
    struct buf *sql = &loader->upsert.sql;
    buf_clear(sql);
    bool binary = isolate_is_binary(loader, batch, group);
    buf_printf(sql, "%sCOPY pg_temp." PG_UPSERT_TABLE " (sqs2pg_row,sqs2pg_group,%s%s", prefix,
        group->target, binary ? " (FORMAT binary)" : "");
    if (buf_cstr(sql) == NULL)
        return pg_conn_no_memory(conn);
    if (pg_conn_copy_begin(conn, sql->data) != 0)
        return -1;
    int sent = binary ? send_binary(conn, &loader->upsert.json, batch, group, order, count)
                      : send(conn, &loader->upsert.json, batch, order, count);
    return pg_conn_copy_end(conn, sent == 0, PG_UPSERT_TABLE, group->names, group->name_count);
}

int upsert_source_thin(struct loader *loader, size_t count)
{
    struct upsert *upsert = &loader->upsert;
    struct buf *sql = &upsert->sql;
    const char *comma = "";
    buf_clear(sql);
    buf_puts(sql, "DELETE FROM pg_temp." PG_UPSERT_TABLE " AS r USING pg_catalog.unnest('{");
    for (size_t i = 0; i < count; i++) {
        if (upsert->rounds[upsert->sequence[i]] == 1)
            continue;
        buf_printf(sql, "%s%" PRIu32, comma, upsert->sequence[i]);
        comma = ",";
    }
    buf_puts(sql, "}'::pg_catalog.int4[]) AS w(n) WHERE r.sqs2pg_row OPERATOR(pg_catalog.=) w.n");
    if (buf_cstr(sql) == NULL)
        return pg_conn_no_memory(loader->target->conn);
    return pg_conn_exec(loader->target->conn, sql->data);
}

/* ---- JSON ---- */

/* Write a row as an object: values as texts, and no member for NULL. */
static int put_object(struct buf *json, struct buf *field, const struct row_batch *batch,
    const struct item *item)
{
    const struct group *group = &batch->groups[item->group];
    const char *at = batch->rows.data + item->row.at;
    const char *end = at + item->row.length;
    const char *comma = "{";
    for (size_t i = 0; i < group->name_count; i++) {
        bool null;
        if (pg_copy_field(field, &at, end, &null) != 0)
            return -1;
        if (null)
            continue;
        buf_puts(json, comma);
        comma = ",";
        json_string_encode(json, group->names[i], strlen(group->names[i]));
        buf_putc(json, ':');
        json_string_encode(json, field->data == NULL ? "" : field->data, field->length);
    }
    return buf_puts(json, *comma == '{' ? "{}" : "}");
}

int upsert_source_json(struct loader *loader, const struct row_batch *batch, const uint32_t *order,
    size_t count)
{
    struct buf *json = &loader->upsert.json;
    struct buf field;
    buf_init(&field, MAX_FIELD);
    buf_clear(json);
    int status = buf_putc(json, '[');
    for (size_t i = 0; i < count && status == 0; i++) {
        buf_puts(json, i == 0 ? "" : ",");
        status = put_object(json, &field, batch, &batch->items[order[i]]);
    }
    buf_free(&field);
    if (status == 0 && buf_putc(json, ']') == 0)
        return 0;
    return pg_conn_no_memory(loader->target->conn);
}

void upsert_source_columns(struct loader *loader, const struct row_batch *batch,
    const uint32_t *order, size_t count)
{
    struct pg_upsert_columns *columns = &loader->upsert.columns;
    size_t holders[PG_UPSERT_COLUMNS] = { 0 };
    size_t groups = 0;
    uint32_t last = ROW_BATCH_NONE;
    *columns = (struct pg_upsert_columns){ .some = { false } };
    for (size_t i = 0; i < count; i++) {
        uint32_t group = batch->items[order[i]].group;
        if (group == last)
            continue; /* mostly the group of the item before */
        last = group;
        groups++;
        for (size_t j = 0; j < batch->groups[group].name_count; j++)
            holders[batch->groups[group].columns[j]]++;
    }
    for (size_t i = 0; i < batch->table->count; i++) {
        columns->some[i] = holders[i] > 0;
        columns->every[i] = holders[i] == groups && groups > 0;
    }
}
