#include <stdlib.h>
#include <string.h>

#include "filter_reads.h"
#include "json/path_text.h"
#include "json/string.h"
#include "mapfile.h"
#include "plan_build.h"
#include "root.h"
#include "upsert_index.h"

enum { MAX_MAP = 1 << 20 };

/*
 * Set a failure such as "maps/t.map:3:17: …", as compilers write it. ${what} NULL: out of memory.
 */
static int map_failure(struct failure *failure, enum status status, const char *name, unsigned line,
    size_t column, const char *what, const char *about)
{
    if (what == NULL) /* says nothing about the map */
        return failure_no_memory(failure);
    return failure_set(failure, status, "%s:%u:%zu: %s%s%s", name, line, column, about,
        *about == '\0' ? "" : " ", what);
}

/* Set a hint to what an expression was meant to be that is no jq program. */
static int expression_hint(struct failure *failure, const char *text)
{
    static const char word[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
    size_t length = strspn(text, word);
    if (length > 0 && length <= 63 && text[length] == '\0')
        return failure_hint(failure, "begin a path with a dot: the key %s of the body is .body.%s",
            text, text);
    if (*text == '=')
        return failure_hint(failure,
            "write each line of a map as COLUMN EXPRESSION: user_id .body.user_id");
    return -1;
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t';
}

enum path { PATH_PLAIN, PATH_NONE, PATH_NO_MEMORY };

/* Point ${node} at a plain path of the record or of $sqs, if the text is one. */
static enum path resolve_path(struct column_plan *plan, const char *text, size_t length,
    uint32_t *node)
{
    uint32_t parent = JSON_ROOT;
    size_t error_at;
    while (length > 0 && is_blank(text[length - 1]))
        length--;
    /* A path would take the last of several values; jq counts them. */
    if (memmem(text, length, "[]", 2) != NULL)
        return PATH_NONE;
    if (length >= 4 && memcmp(text, "$sqs", 4) == 0) {
        parent = plan->nodes.sqs;
        text += 4;
        length -= 4;
        if (length == 0) {
            *node = parent;
            return PATH_PLAIN;
        }
        if (*text == '.' && length == 1)
            return PATH_NONE;
    }
    if (plan->rooted && length >= 5 && memcmp(text, ".body", 5) == 0 &&
        (length == 5 || text[5] == '.' || text[5] == '[')) {
        parent = plan->nodes.body;
        text += 5;
        length -= 5;
        if (length == 0) {
            *node = parent;
            return PATH_PLAIN;
        }
        if (*text == '.' && length == 1)
            return PATH_NONE;
    }
    uint32_t found = json_paths_add(plan->paths, parent, text, length, &error_at);
    if (found == JSON_NO_NODE)
        return error_at == SIZE_MAX ? PATH_NO_MEMORY : PATH_NONE;
    *node = found;
    return PATH_PLAIN;
}

/* Return true when the value comes from "sqs". */
static bool is_of_sqs(const struct column_plan *plan, const struct pg_map_line *line,
    const struct source *source)
{
    for (uint32_t node = source->node; node != JSON_ROOT;
         node = json_paths_parent(plan->paths, node))
        if (node == plan->nodes.sqs)
            return true;
    return source->filter != NULL &&
        (strstr(line->expression, "$sqs") != NULL || strstr(line->expression, ".sqs") != NULL);
}

/*
 * Compile an expression: a path, a path and a filter of its value, or a filter of the whole record.
 * ${known}: the same expression compiled in another plan, or NULL.
 */
static int resolve(struct column_plan *plan, const struct pg_map_line *line, const char *name,
    enum status status, const struct source *known, struct source *source, struct failure *failure)
{
    const char *text = line->expression;
    size_t length = strlen(text);
    size_t offset = 0;
    source->line = line;
    source->required = line->required;
    source->node = JSON_ROOT;
    bool piped = line->pipe != SIZE_MAX;
    enum path path = resolve_path(plan, text, piped ? line->pipe : length, &source->node);
    if (path == PATH_NO_MEMORY)
        return failure_no_memory(failure);
    if (path == PATH_PLAIN && !piped)
        return 0;
    source->whole = path == PATH_NONE;
    if (path == PATH_PLAIN) {
        offset = line->pipe + 1;
        while (offset < length && is_blank(text[offset]))
            offset++;
        if (offset == length)
            return map_failure(failure, status, name, line->line, line->expression_at + line->pipe,
                "a pipe without a filter behind it", "");
    }
    struct json_jq_problem problem;
    if (known != NULL) {
        source->filter = known->filter;
        return 0;
    }
    source->filter = json_jq_new(text + offset, length - offset, &problem);
    if (source->filter != NULL)
        return 0;
    (void)map_failure(failure, status, name, line->line, line->expression_at + offset + problem.at,
        problem.what, problem.name);
    return offset == 0 && failure->status == status ? expression_hint(failure, text) : -1;
}

/* Note the keys of the body that a source reads as named. ${all}: it reads the whole body. Return
 * 0, or -1 when memory runs out. */
static int note_reads(struct column_plan *plan, const struct source *source, bool *all)
{
    bool of_record = source->node == JSON_ROOT;
    if (source->filter == NULL || !of_record) {
        *all = *all || of_record || source->node == plan->nodes.body;
        return 0;
    }
    const char *text = source->line->expression;
    return filter_reads_body(text, strlen(text), plan->paths, plan->nodes.body, all);
}

/* Report a column that the table does not have, with one that was perhaps meant. */
static int no_column(struct failure *failure, const struct pg_table *table, const char *name,
    const struct pg_map_line *line)
{
    const char *meant = pg_table_similar(table, line->column);
    (void)map_failure(failure, STATUS_CONFIG, name, line->line, line->column_at,
        "is not a column of the table", line->column);
    return meant == NULL ? -1 : failure_hint(failure, "did you mean %s", meant);
}

static int add_mapped(struct column_plan *plan, const struct pg_table *table,
    const struct pg_map_line *line, const char *name, const struct source *known,
    struct failure *failure)
{
    size_t column = 0;
    while (column < table->count && strcmp(table->columns[column].name, line->column) != 0)
        column++;
    if (column == table->count)
        return no_column(failure, table, name, line);
    if (!table->columns[column].loadable)
        return map_failure(failure, STATUS_CONFIG, name, line->line, line->column_at,
            "is a column whose value the server makes", line->column);
    struct source *source = &plan->sources[plan->count];
    *source = (struct source){ .column = column };
    if (resolve(plan, line, name, STATUS_CONFIG, known, source, failure) != 0)
        return -1;
    source->of_sqs = is_of_sqs(plan, line, source);
    if (note_reads(plan, source, &plan->reads_all) != 0)
        return failure_no_memory(failure);
    plan->count++;
    return 0;
}

static int add_by_name(struct column_plan *plan, const struct pg_table *table,
    struct failure *failure)
{
    for (size_t i = 0; i < table->count; i++) {
        const struct pg_column *column = &table->columns[i];
        uint32_t node =
            json_paths_key(plan->paths, plan->nodes.body, column->name, strlen(column->name));
        if (node == JSON_NO_NODE)
            return failure_no_memory(failure);
        if (column->loadable)
            plan->sources[plan->count++] = (struct source){ .column = i, .node = node };
    }
    plan->unknown = json_paths_other(plan->paths, plan->nodes.body);
    return plan->unknown == JSON_NO_NODE ? failure_no_memory(failure) : 0;
}

/* Return the compiled line of that index in ${ahead}, if it is the same line. */
static const struct source *compiled(const struct column_plan *ahead,
    const struct pg_map_line *line, size_t index)
{
    if (ahead == NULL || index >= ahead->count || ahead->sources[index].filter == NULL)
        return NULL;
    const struct pg_map_line *known = ahead->sources[index].line;
    return known->pipe == line->pipe && strcmp(known->expression, line->expression) == 0
        ? &ahead->sources[index]
        : NULL;
}

/* Add the lines of the map of ${origin}. Each makes one source, so that their order is the same. */
static int add_lines(struct column_plan *plan, struct column_plan *origin,
    struct column_plan *ahead, const struct pg_table *table, struct failure *failure)
{
    const char *name = buf_cstr(&origin->map_name);
    if (name == NULL)
        return failure_no_memory(failure);
    for (size_t i = 0; i < origin->map.count; i++) {
        const struct source *known =
            origin == plan ? compiled(ahead, &plan->map.lines[i], i) : &origin->sources[i];
        if (add_mapped(plan, table, &origin->map.lines[i], name, known, failure) != 0)
            return -1;
        if (origin == plan && known != NULL)
            ahead->sources[i].filter = NULL; /* this plan owns it now */
    }
    if (plan->reads_all)
        return 0;
    plan->unknown = json_paths_other(plan->paths, plan->nodes.body);
    return plan->unknown == JSON_NO_NODE ? failure_no_memory(failure) : 0;
}

/* Return the number of the first line that is not UTF-8, or 0 when there is none. */
static unsigned line_not_utf8(const struct buf *text)
{
    const char *at = text->data == NULL ? "" : text->data;
    const char *end = at + text->length;
    for (unsigned line = 1; at < end; line++) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        const char *until = newline == NULL ? end : newline;
        if (!json_string_is_utf8(at, (size_t)(until - at)))
            return line;
        at = newline == NULL ? end : newline + 1;
    }
    return 0;
}

/* Parse the text of the map that ${plan} names. Return 0, or -1 with ${failure}. */
static int parse_map(struct column_plan *plan, const struct buf *text, struct failure *failure)
{
    struct pg_map_problem problem;
    const char *name = buf_cstr(&plan->map_name);
    if (name == NULL)
        return failure_no_memory(failure);
    unsigned wrong = line_not_utf8(text);
    if (wrong > 0)
        return failure_set(failure, STATUS_CONFIG, "%s:%u: not UTF-8", name, wrong);
    if (pg_map_parse(text->data == NULL ? "" : text->data, text->length, &plan->map, &problem) != 0)
        return map_failure(failure, STATUS_CONFIG, name, problem.line, problem.column, problem.what,
            "");
    if (plan->map.count == 0)
        return failure_set(failure, STATUS_CONFIG, "%s: it names no column", name);
    return 0;
}

static int add_key(struct column_plan *plan, const char *expression, struct column_plan *ahead,
    struct failure *failure)
{
    struct pg_map_problem problem;
    if (pg_map_expression(expression, strlen(expression), &plan->key_line, &problem) != 0)
        return map_failure(failure, STATUS_USAGE, "--key", problem.line, problem.column,
            problem.what, "");
    plan->has_key = true;
    const struct source *known = ahead == NULL || ahead->key.filter == NULL ? NULL : &ahead->key;
    if (resolve(plan, &plan->key_line, "--key", STATUS_USAGE, known, &plan->key, failure) != 0)
        return -1;
    if (known != NULL)
        ahead->key.filter = NULL;
    return 0;
}

bool plan_build_filters_key(const struct load_options *options)
{
    struct column_plan plan = { .unknown = JSON_NO_NODE };
    struct pg_map_problem problem;
    struct failure failure;
    uint32_t node;
    bool filters = false;
    if (options->key == NULL)
        return false;
    plan.paths = json_paths_new();
    /* plan_build() reports the errors. */
    if (plan.paths != NULL && record_nodes_add(plan.paths, &plan.nodes) == 0 &&
        root_set(&plan, options->root, &failure) == 0 &&
        pg_map_expression(options->key, strlen(options->key), &plan.key_line, &problem) == 0)
        filters = plan.key_line.pipe != SIZE_MAX ||
            resolve_path(&plan, plan.key_line.expression, strlen(plan.key_line.expression),
                &node) != PATH_PLAIN;
    column_plan_free(&plan);
    return filters;
}

int plan_build_round_key(struct column_plan *plan, struct failure *failure)
{
    if (resolve(plan, &plan->key_line, "--key", STATUS_USAGE, NULL, &plan->rounded_key, failure) !=
        0)
        return -1;
    json_jq_round(plan->rounded_key.filter);
    return 0;
}

/* Start an empty plan with the nodes of any record. Return 0, or -1 with ${failure}. */
static int begin(struct column_plan *plan, const struct load_options *options, size_t sources,
    struct failure *failure)
{
    *plan = (struct column_plan){ .unknown = JSON_NO_NODE,
        .root = options->root,
        .require_masked = options->require_masked,
        .refuse_unknown = options->refuse_unknown,
        .upsert = &options->upsert };
    buf_init(&plan->map_name, 8192);
    plan->paths = json_paths_new();
    plan->sources = calloc(sources + 1, sizeof *plan->sources);
    if (plan->paths == NULL || plan->sources == NULL ||
        record_nodes_add(plan->paths, &plan->nodes) != 0)
        return failure_no_memory(failure);
    return root_set(plan, plan->root, failure);
}

int plan_build(struct column_plan *plan, const struct load_options *options,
    const struct pg_table *table, struct column_plan *ahead, struct failure *failure)
{
    struct buf text;
    buf_init(&text, MAX_MAP + 65536);
    int status = begin(plan, options, table->count, failure);
    if (status == 0)
        status = mapfile_read(options, table, false, &plan->map_name, &text, failure);
    bool mapped = plan->map_name.length > 0;
    if (status == 0 && mapped)
        status = parse_map(plan, &text, failure);
    if (status == 0)
        status = mapped ? add_lines(plan, plan, ahead, table, failure)
                        : add_by_name(plan, table, failure);
    if (status == 0)
        status = upsert_index_require(plan, table, plan->upsert, failure);
    if (status == 0 && options->key != NULL)
        status = add_key(plan, options->key, ahead, failure);
    buf_free(&text);
    return status;
}

/* Compile the filters of a parsed map. */
static void compile_lines(struct column_plan *plan)
{
    struct failure failure;
    free(plan->sources);
    plan->sources = calloc(plan->map.count + 1, sizeof *plan->sources);
    while (plan->sources != NULL && plan->count < plan->map.count) {
        struct source *source = &plan->sources[plan->count];
        failure = (struct failure){ .status = STATUS_OK };
        if (resolve(plan, &plan->map.lines[plan->count], "", STATUS_CONFIG, NULL, source,
                &failure) != 0)
            break;
        plan->count++;
    }
}

void plan_build_ahead(struct column_plan *plan, const struct load_options *options,
    const struct pg_table *table)
{
    struct failure failure = { .status = STATUS_OK };
    struct buf text;
    buf_init(&text, MAX_MAP + 65536);
    if (begin(plan, options, 0, &failure) == 0) {
        if (mapfile_read(options, table, true, &plan->map_name, &text, &failure) == 0 &&
            plan->map_name.length > 0 && parse_map(plan, &text, &failure) == 0)
            compile_lines(plan);
        failure = (struct failure){ .status = STATUS_OK };
        if (options->key != NULL)
            (void)add_key(plan, options->key, NULL, &failure);
    }
    buf_free(&text);
}

int plan_build_again(struct column_plan *plan, struct column_plan *origin,
    const struct pg_table *table, struct failure *failure)
{
    *plan = (struct column_plan){ .unknown = JSON_NO_NODE,
        .origin = origin,
        .root = origin->root,
        .require_masked = origin->require_masked,
        .refuse_unknown = origin->refuse_unknown,
        .upsert = origin->upsert };
    plan->paths = json_paths_new();
    size_t most = table->count > origin->map.count ? table->count : origin->map.count;
    plan->sources = calloc(most + 1, sizeof *plan->sources);
    if (plan->paths == NULL || plan->sources == NULL ||
        record_nodes_add(plan->paths, &plan->nodes) != 0)
        return failure_no_memory(failure);
    if (root_set(plan, plan->root, failure) != 0)
        return -1;
    int status = origin->map_name.length > 0 ? add_lines(plan, origin, NULL, table, failure)
                                             : add_by_name(plan, table, failure);
    if (status == 0)
        status = upsert_index_require(plan, table, plan->upsert, failure);
    plan->has_key = origin->has_key;
    if (status == 0 && plan->has_key)
        status = resolve(plan, &origin->key_line, "--key", STATUS_USAGE, &origin->key, &plan->key,
            failure);
    if (status == 0 && origin->rounded_key.filter != NULL)
        status = resolve(plan, &origin->key_line, "--key", STATUS_USAGE, &origin->rounded_key,
            &plan->rounded_key, failure);
    return status;
}
