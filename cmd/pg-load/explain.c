#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/out.h"
#include "explain.h"
#include "json/string.h"
#include "plan_build.h"
#include "target_open.h"

static const struct source *source_of(const struct column_plan *plan, size_t column)
{
    for (size_t i = 0; i < plan->count; i++)
        if (plan->sources[i].column == column)
            return &plan->sources[i];
    return NULL;
}

static const char *how(const struct source *source)
{
    if (source->line == NULL)
        return "by name";
    if (source->filter == NULL)
        return "path";
    return source->whole ? "jq on the record" : "path, jq on its value";
}

/* Append a name from the table, whose owner may have put control characters into it. */
static void put_name(struct buf *out, const char *name)
{
    for (; *name != '\0'; name++)
        buf_putc(out, (unsigned char)*name < ' ' || *name == '\177' ? '?' : *name);
}

/* Write a line for each column of the table. Return 0 or -1. */
static int write_plan(const struct column_plan *plan, const struct target *target, struct buf *out)
{
    const struct pg_table *table = &target->table;
    const struct pg_upsert_form *upsert = &target->upsert;
    for (size_t i = 0; i < table->count; i++) {
        const struct pg_column *column = &table->columns[i];
        const struct source *source = source_of(plan, i);
        put_name(out, column->quoted);
        buf_putc(out, '\t');
        put_name(out, column->type);
        buf_putc(out, '\t');
        if (source == NULL)
            buf_printf(out, "%s\t-\n", column->loadable ? "(default)" : "(made by the server)");
        else if (source->line == NULL) {
            buf_puts(out, ".body.");
            if (column->quoted[0] == '"')
                json_string_encode(out, column->name, strlen(column->name));
            else
                put_name(out, column->quoted);
            buf_printf(out, "\t%s\n", how(source));
        } else
            buf_printf(out, "%s%s\t%s, %.*s:%u\n", source->line->expression,
                source->required ? " !" : "", how(source), (int)plan->map_name.length,
                plan->map_name.data, source->line->line);
    }
    if (upsert->count > 0) {
        buf_puts(out, "(upsert)\t");
        put_name(out, upsert->index);
        for (size_t i = 0; i < upsert->count; i++) {
            buf_puts(out, i == 0 ? "\t" : ", ");
            put_name(out, table->columns[upsert->keys[i].column].quoted);
        }
        buf_puts(out, "\t--upsert\n");
    }
    if (upsert->has_newer) {
        buf_puts(out, "(newer)\t");
        put_name(out, table->columns[upsert->newer].type);
        buf_putc(out, '\t');
        put_name(out, table->columns[upsert->newer].quoted);
        buf_puts(out, "\t--newer\n");
    }
    if (plan->has_key)
        buf_printf(out, "(ledger key)\tuuid\t%s\t--key\n", plan->key_line.expression);
    return out->failed ? -1 : 0;
}

int explain_print(const struct load_options *options, struct failure *failure)
{
    struct target target;
    struct column_plan plan = { .unknown = JSON_NO_NODE };
    struct buf text;
    struct load_options look = *options;
    look.dry_run = look.look_only = true;
    buf_init(&text, 16 << 20);
    int status = target_open(&target, &look, NULL, failure);
    if (status == 0)
        status = plan_build(&plan, options, &target.table, NULL, failure);
    if (status == 0 && write_plan(&plan, &target, &text) != 0)
        status = failure_no_memory(failure);
    if (status == 0) {
        struct out *out = out_open(STDOUT_FILENO);
        if (out == NULL)
            status = failure_no_memory(failure);
        else if (out_write(out, text.data, text.length) != 0 || out_close(out) != 0)
            status = failure_set(failure, STATUS_IO, "cannot write to standard output: %s",
                out_reason(errno));
    }
    buf_free(&text);
    column_plan_free(&plan);
    target_close(&target);
    return status;
}
