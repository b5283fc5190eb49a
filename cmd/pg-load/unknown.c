#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "base/msg.h"
#include "base/similar.h"
#include "unknown.h"

enum {
    MAX_DIGITS = 6,  /* more are data: a phone, card or account number, a time */
    LONG_RUN = 16,   /* without "_" or "-" in it */
    RUN_DIGITS = 2,  /* a long run with more digits is not a word */
    MAC_LENGTH = 17, /* aa-bb-cc-dd-ee-ff */
    MAC_STEP = 3
};

static bool is_mac(const char *text, size_t length)
{
    if (length != MAC_LENGTH)
        return false;
    for (size_t i = 0; i < length; i++)
        if (i % MAC_STEP == 2 ? text[i] != '-' && text[i] != '_'
                              : !isxdigit((unsigned char)text[i]))
            return false;
    return true;
}

static bool is_name(const char *text, size_t length)
{
    size_t digits = 0, letters = 0, run = 0, run_digits = 0;
    bool hex = true;
    if (length == 0 || length >= UNKNOWN_NAME_SIZE)
        return false;
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)text[i];
        bool divides = byte == '_' || byte == '-';
        if (byte > '~' || !(isalnum(byte) || divides))
            return false;
        digits += isdigit(byte) != 0;
        letters += isalpha(byte) != 0;
        hex = hex && (isxdigit(byte) || divides);
        run = divides ? 0 : run + 1;
        run_digits = divides ? 0 : run_digits + (isdigit(byte) != 0);
        if (run >= LONG_RUN && run_digits > RUN_DIGITS)
            return false;
    }
    bool is_digest = hex && digits > 0 && letters + digits >= LONG_RUN;
    return letters > 0 && digits <= MAX_DIGITS && !is_digest && !is_mac(text, length);
}

/* Add a name. Return true when it is new and there was space for it. */
static bool add(struct unknown *unknown, const char *name, size_t length)
{
    for (size_t i = 0; i < unknown->named; i++)
        if (strncmp(unknown->names[i], name, length) == 0 && unknown->names[i][length] == '\0')
            return false;
    if (unknown->named == UNKNOWN_NAMES)
        return false;
    memcpy(unknown->names[unknown->named], name, length);
    unknown->names[unknown->named++][length] = '\0';
    return true;
}

void unknown_note(struct unknown *unknown, const char *text, const struct json_matches *matches,
    uint32_t node)
{
    uint64_t before = unknown->values;
    if (node == JSON_NO_NODE)
        return;
    for (size_t i = 0; i < matches->count; i++) {
        const struct json_match *match = &matches->list[i];
        if (match->node != node)
            continue;
        unknown->values++;
        /* A key with escapes has a backslash, and so is not a name. */
        const char *key = text + match->key + 1;
        size_t length = json_key_end_before(text, match->value) - match->key - 2;
        if (unknown->named < UNKNOWN_NAMES && is_name(key, length))
            (void)add(unknown, key, length);
    }
    unknown->records += unknown->values > before;
}

void unknown_warn(struct unknown *run, const struct unknown *more, bool refused)
{
    run->values += more->values;
    run->records += more->records;
    unknown_met(run, more->met, UNKNOWN_WORDS);
    for (size_t i = 0; i < more->named; i++)
        if (add(run, more->names[i], strlen(more->names[i])))
            msg_warn("no column takes key %s of the bodies: %s", more->names[i],
                refused ? "these records are refused" : "its values are not loaded");
}

void unknown_met(struct unknown *unknown, const uint64_t *sources, size_t words)
{
    for (size_t i = 0; i < words && i < UNKNOWN_WORDS; i++)
        unknown->met[i] |= sources[i];
}

/* Return true when the column is for a masked value whose clear value came. */
static bool lacks_mask(const struct unknown *run, const char *column)
{
    static const char masked[] = "masked_";
    if (strncmp(column, masked, sizeof masked - 1) != 0)
        return false;
    for (size_t i = 0; i < run->named; i++)
        if (strcmp(run->names[i], column + sizeof masked - 1) == 0)
            return true;
    return false;
}

/* Return true when a path lacks .body and so misses a key of the body that no path takes. */
static bool forgets_body(const struct unknown *run, const struct pg_map_line *line)
{
    for (size_t i = 0; line != NULL && line->expression[0] == '.' && i < run->named; i++)
        if (strcmp(line->expression + 1, run->names[i]) == 0)
            return true;
    return false;
}

static void tell_unmet(const struct unknown *run, const struct column_plan *plan,
    const struct source *source, const char *column, bool *clear)
{
    struct similar similar;
    similar_init(&similar, column, strlen(column));
    for (size_t i = 0; i < run->named; i++)
        similar_offer(&similar, run->names[i]);
    if (source->line == NULL)
        msg_warn("no record had a value for column %s%s%s", column,
            similar.best == NULL ? "" : "; perhaps its key is ",
            similar.best == NULL ? "" : similar.best);
    else
        msg_warn("no record had a value for column %s (%.*s:%u)%s%s", column,
            (int)plan->map_name.length, plan->map_name.data, source->line->line,
            similar.best == NULL ? "" : "; perhaps its key is ",
            similar.best == NULL ? "" : similar.best);
    *clear = *clear || lacks_mask(run, column);
}

static void tell_all_unmet(const struct unknown *run, const struct column_plan *plan,
    const struct pg_table *table)
{
    size_t told = 0;
    bool clear = false;
    const char *beside = NULL;
    for (size_t i = 0; i < plan->count && i < UNKNOWN_SOURCES && told < UNKNOWN_NAMES; i++) {
        const struct source *source = &plan->sources[i];
        if (source->of_sqs || (run->met[i / 64] >> i % 64 & 1) != 0)
            continue;
        tell_unmet(run, plan, source, table->columns[source->column].name, &clear);
        told++;
        if (beside == NULL && forgets_body(run, source->line))
            beside = source->line->expression;
    }
    if (beside != NULL)
        msg_hint("paths begin at the record: write .body%s for the key of the body", beside);
    if (clear)
        msg_hint("put pii-mask before pg-load; these records do not look masked");
}

void unknown_summarize(const struct unknown *run, const struct column_plan *plan,
    const struct pg_table *table)
{
    bool mapped = plan->map_name.length > 0;
    if (run->values == 0)
        return;
    msg_warn("%" PRIu64 " %s of %" PRIu64 " %s had %s that %s", run->values,
        run->values == 1 ? "value" : "values", run->records,
        run->records == 1 ? "record" : "records", run->values == 1 ? "a key" : "keys",
        mapped                 ? "no path of the map names"
            : run->values == 1 ? "matches no column"
                               : "match no column");
    tell_all_unmet(run, plan, table);
}
