#include <stdint.h>
#include <string.h>

#include "upsert_index.h"

static size_t find_column(const struct pg_table *table, const char *name)
{
    size_t column = 0;
    while (column < table->count && strcmp(table->columns[column].name, name) != 0)
        column++;
    return column;
}

/* a, "Odd name": the columns exist. */
static const char *list(const struct upsert_names *names, const struct pg_table *table,
    struct buf *text)
{
    for (size_t i = 0; i < names->count; i++)
        buf_printf(text, "%s%s", i == 0 ? "" : ", ",
            table->columns[find_column(table, names->keys[i])].quoted);
    const char *whole = buf_cstr(text);
    return whole == NULL ? "" : whole;
}

static void refuse(enum pg_upsert_result result, const char *shown, const struct pg_table *table,
    const char *index, const struct upsert_names *names, struct failure *failure)
{
    static const char *const faults[] = {
        [PG_UPSERT_DEFERRABLE] = "is deferrable",
        [PG_UPSERT_PARTIAL] = "is partial: it covers only some of the rows",
        [PG_UPSERT_EXPRESSION] = "is over an expression, not over columns alone",
        [PG_UPSERT_INVALID] = "is not valid: its build did not finish",
        [PG_UPSERT_OVERLAPS] = "is not a B-tree",
    };
    struct buf text;
    buf_init(&text, 8192);
    const char *columns = list(names, table, &text);
    if (result == PG_UPSERT_NO_ORDER) {
        (void)failure_set(failure, STATUS_UNAVAILABLE,
            "--newer: the type of column %s of %s has no order", names->newer, shown);
    } else if (result == PG_UPSERT_RULE) {
        (void)failure_set(failure, STATUS_UNAVAILABLE,
            "--upsert: %s has rule %s, and the server then takes no ON CONFLICT", shown, index);
        (void)failure_hint(failure, "replace the rule by a trigger, or load without --upsert");
    } else if (result == PG_UPSERT_NO_INDEX && !table->indexable) {
        (void)failure_set(failure, STATUS_UNAVAILABLE,
            "--upsert: %s is a view or a foreign table, which has no unique index", shown);
        (void)failure_hint(failure, "name an ordinary table, or load without --upsert");
    } else if (result == PG_UPSERT_NO_INDEX) {
        (void)failure_set(failure, STATUS_UNAVAILABLE, "%s has no unique index over (%s)", shown,
            columns);
        (void)failure_hint(failure, "--upsert needs one: CREATE UNIQUE INDEX ON %s (%s)", shown,
            columns);
    } else {
        (void)failure_set(failure, STATUS_UNAVAILABLE, "--upsert %s: unique index %s of %s %s",
            columns, index, shown, faults[result]);
        (void)failure_hint(failure, "%s",
            result == PG_UPSERT_INVALID
                ? "build it again with REINDEX; of a partitioned table, attach one of each partition"
                : "create one over these columns that is neither partial nor deferrable");
    }
    buf_free(&text);
}

enum upsert_index upsert_index_read(struct pg_conn *conn, const struct pg_table *table,
    const char *shown, const struct upsert_names *names, struct pg_upsert_form *form,
    struct failure *failure)
{
    size_t columns[PG_UPSERT_KEYS];
    size_t newer = SIZE_MAX;
    for (size_t i = 0; i <= names->count; i++) {
        if (i == names->count && !names->has_newer)
            break;
        const char *name = i < names->count ? names->keys[i] : names->newer;
        size_t column = find_column(table, name);
        if (column == table->count) {
            const char *meant = pg_table_similar(table, name);
            (void)failure_set(failure, STATUS_UNAVAILABLE, "%s: %s has no column %s%s%s",
                i < names->count ? "--upsert" : "--newer", shown, name,
                meant == NULL ? "" : ", did you mean ", meant == NULL ? "" : meant);
            return UPSERT_INDEX_REFUSED;
        }
        if (!table->columns[column].loadable) {
            (void)failure_set(failure, STATUS_UNAVAILABLE,
                "%s: the server makes the values of column %s",
                i < names->count ? "--upsert" : "--newer", name);
            return UPSERT_INDEX_REFUSED;
        }
        if (i < names->count)
            columns[i] = column;
        else
            newer = column;
    }
    enum pg_upsert_result result =
        pg_upsert_form_read(conn, table, columns, names->count, newer, form);
    if (result == PG_UPSERT_OK)
        return UPSERT_INDEX_READ;
    if (result == PG_UPSERT_FAILED)
        return UPSERT_INDEX_FAILED;
    refuse(result, shown, table, form->index, names, failure);
    return UPSERT_INDEX_REFUSED;
}

/* Make the plan require a value of that column. Return 0, or -1 with ${failure}. */
static int require(struct column_plan *plan, const struct pg_table *table, const char *option,
    const char *name, struct failure *failure)
{
    size_t column = find_column(table, name);
    if (column == table->count)
        return failure_set(failure, STATUS_UNAVAILABLE, "%s: column %s no longer exists", option,
            name);
    for (size_t i = 0; i < plan->count; i++) {
        if (plan->sources[i].column != column)
            continue;
        plan->sources[i].required = true;
        return 0;
    }
    if (!table->columns[column].loadable)
        return failure_set(failure, STATUS_UNAVAILABLE,
            "%s: the server now makes the values of column %s", option, name);
    return failure_set(failure, STATUS_CONFIG, "%.*s: no line for column %s, which %s names",
        (int)plan->map_name.length, plan->map_name.data, name, option);
}

int upsert_index_require(struct column_plan *plan, const struct pg_table *table,
    const struct upsert_names *names, struct failure *failure)
{
    for (size_t i = 0; i < names->count; i++)
        if (require(plan, table, "--upsert", names->keys[i], failure) != 0)
            return -1;
    return names->has_newer ? require(plan, table, "--newer", names->newer, failure) : 0;
}
