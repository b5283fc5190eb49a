#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/line.h"
#include "crypto/siv.h"
#include "json/scan.h"
#include "json/splice.h"
#include "json/string.h"
#include "mask/mapping.h"
#include "mask/mapping_reader.h"
#include "mask/method_siv.h"

enum { GIVEN_BACK_ABOVE = 1 << 20 };

struct domain {
    char *name;
    size_t length;
    struct method_siv_state *tokens;
    uint64_t values; /* values opened */
};

struct mapping_reader {
    const struct keyring *ring;
    struct json_paths *paths;
    uint32_t domain_node;
    uint32_t value_node;
    struct json_matches matches;
    struct domain *domains;
    size_t count;
    struct buf name; /* domain of the current line, decoded, without the prefix */
    struct buf scratch;
};

/* The members of a line. */
struct found {
    const struct json_match *value;
    struct json_result result;
};

static struct domain *find_domain(struct mapping_reader *reader)
{
    for (size_t i = 0; i < reader->count; i++)
        if (reader->domains[i].length == reader->name.length &&
            memcmp(reader->domains[i].name, reader->name.data, reader->name.length) == 0)
            return &reader->domains[i];
    return NULL;
}

/*
 * *valid is true for a line of a mapping, with the name of its domain in reader->name. Return 0, or
 * -1 when memory runs out.
 */
static int read_line(struct mapping_reader *reader, const char *text, size_t length,
    struct found *found, bool *valid)
{
    const struct json_match *domain = NULL;
    found->value = NULL;
    *valid = false;
    enum json_error error =
        json_scan(text, length, reader->paths, JSON_MAX_DEPTH, &reader->matches, &found->result);
    if (error == JSON_TOO_MANY)
        return -1;
    if (error != JSON_OK || found->result.kind != JSON_OBJECT)
        return 0;
    for (size_t i = 0; i < reader->matches.count; i++) {
        const struct json_match *match = &reader->matches.list[i];
        if (match->node == reader->domain_node)
            domain = match;
        else if (match->node == reader->value_node)
            found->value = match;
    }
    if (domain == NULL || domain->kind != JSON_STRING || found->value == NULL)
        return 0;
    *valid = true;
    buf_clear(&reader->name);
    buf_puts(&reader->name, MAPPING_PREFIX);
    return json_string_decode(&reader->name, text + domain->value, domain->end - domain->value);
}

/* Add the domain in reader->name. Return 0, or -1 when memory runs out or OpenSSL failed. */
static int add_domain(struct mapping_reader *reader)
{
    if (reader->count == MAPPING_READER_DOMAINS || find_domain(reader) != NULL)
        return 0;
    struct domain *domain = &reader->domains[reader->count];
    domain->length = reader->name.length;
    domain->name = malloc(domain->length);
    if (domain->name == NULL)
        return -1;
    memcpy(domain->name, reader->name.data, domain->length);
    reader->count++;
    domain->tokens = method_siv_open(reader->ring, "siv", "siv1", domain->name, domain->length);
    return domain->tokens != NULL ? 0 : -1;
}

static int look_through(struct mapping_reader *reader, int fd, size_t max_record)
{
    struct line_reader *lines = line_open(fd, max_record, 0);
    int result = lines != NULL ? 0 : -1;
    while (result == 0) {
        struct line line;
        struct found found;
        enum line_result got = line_next(lines, -1, &line);
        if (got == LINE_END || got == LINE_STOPPED)
            break;
        bool valid = false;
        if (got == LINE_OK &&
            (read_line(reader, line.text, line.length, &found, &valid) != 0 ||
                (valid && add_domain(reader) != 0))) {
            errno = ENOMEM;
            result = -1;
        }
        if (got != LINE_OK && got != LINE_LONG)
            result = -1;
    }
    int error = errno;
    line_close(lines);
    if (result == 0 && lseek(fd, 0, SEEK_SET) == -1)
        return -1;
    errno = error;
    return result;
}

int mapping_reader_new(int fd, size_t max_record, const struct keyring *ring,
    struct mapping_reader **result)
{
    struct mapping_reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL)
        return -1;
    reader->ring = ring;
    buf_init(&reader->name, SIZE_MAX);
    buf_init(&reader->scratch, SIZE_MAX);
    reader->paths = json_paths_new();
    reader->domains = calloc(MAPPING_READER_DOMAINS, sizeof *reader->domains);
    if (reader->paths == NULL || reader->domains == NULL)
        goto fail;
    reader->domain_node = json_paths_key(reader->paths, JSON_ROOT, "domain", 6);
    reader->value_node = json_paths_key(reader->paths, JSON_ROOT, "value", 5);
    if (reader->domain_node == JSON_NO_NODE || reader->value_node == JSON_NO_NODE)
        goto fail;
    if (look_through(reader, fd, max_record) != 0) {
        int error = errno;
        mapping_reader_free(reader);
        errno = error;
        return -1;
    }
    *result = reader;
    return 0;
fail:
    mapping_reader_free(reader);
    errno = ENOMEM;
    return -1;
}

void mapping_reader_free(struct mapping_reader *reader)
{
    if (reader == NULL)
        return;
    for (size_t i = 0; reader->domains != NULL && i < reader->count; i++) {
        method_siv_close(reader->domains[i].tokens);
        free(reader->domains[i].name);
    }
    free(reader->domains);
    json_paths_free(reader->paths);
    json_matches_free(&reader->matches);
    buf_wipe(&reader->name);
    buf_wipe(&reader->scratch);
    free(reader);
}

/* Open the value into the scratch memory. */
static enum token_result open_value(struct mapping_reader *reader, const char *text,
    const struct json_match *match)
{
    const struct token_value value = token_value_of(text, match);
    struct domain *domain = find_domain(reader);
    if (domain == NULL)
        return TOKEN_MALFORMED;
    enum token_result result = method_siv_unseal(domain->tokens, &value, &reader->scratch);
    domain->values += result == TOKEN_OK;
    return result;
}

static enum filter_outcome fail_line(const char *code, struct buf *out)
{
    buf_printf(out, "{\"error\":{\"stage\":\"unmask\",\"code\":\"%s\"}}\n", code);
    return out->failed ? FILTER_FAILED : FILTER_ERROR;
}

static enum filter_outcome read_mapping(void *state, const struct line *line, struct buf *out)
{
    struct mapping_reader *reader = state;
    struct found found;
    struct json_splice splice = { out, line->text, line->length, 0 };
    bool valid;
    if (read_line(reader, line->text, line->length, &found, &valid) != 0)
        return FILTER_FAILED;
    if (!valid)
        return fail_line("syntax", out);
    enum token_result result = open_value(reader, line->text, found.value);
    json_splice_open_end(&splice, found.result.end);
    size_t start = out->length;
    buf_puts(out, "\"clear\":");
    if (result == TOKEN_OK)
        result = token_restore(out, &reader->scratch, SIV_TAG);
    if (result == TOKEN_FAILED)
        return FILTER_FAILED;
    if (result != TOKEN_OK) {
        out->length = start;
        buf_printf(out, "\"error\":{\"stage\":\"unmask\",\"code\":\"%s\"}",
            result == TOKEN_UNKNOWN_KEY ? "unknown-key" : "token");
    }
    buf_shrink(&reader->scratch, GIVEN_BACK_ABOVE);
    json_matches_shrink(&reader->matches, GIVEN_BACK_ABOVE);
    if (json_splice_finish(&splice) != 0)
        return FILTER_FAILED;
    return result == TOKEN_OK ? FILTER_CHANGED : FILTER_ERROR;
}

static enum filter_outcome read_long_line(void *state, const char *text, size_t length,
    struct buf *out)
{
    (void)state;
    (void)text;
    (void)length;
    return fail_line("too-long", out);
}

const char *mapping_reader_domain(const struct mapping_reader *reader, size_t number,
    size_t *length, uint64_t *values)
{
    const size_t skip = sizeof MAPPING_PREFIX - 1;
    if (number >= reader->count)
        return NULL;
    *length = reader->domains[number].length - skip;
    *values = reader->domains[number].values;
    return reader->domains[number].name + skip;
}

struct filter_work mapping_reader_work(struct mapping_reader *reader)
{
    return (struct filter_work){ reader, read_mapping, read_long_line, NULL };
}
