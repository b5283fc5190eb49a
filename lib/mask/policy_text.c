#include <string.h>

#include "json/string.h"
#include "mask/policy_checks.h"
#include "mask/policy_rule.h"
#include "mask/policy_text.h"
#include "mask/policy_word.h"

enum { WORDS = 72 }; /* more than any line has: 64 values behind "when" */

/* ---- words ----------------------------------------------------------------------------------- */

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t';
}

/*
 * Return the first control character but tab, as a word without length; text NULL when there is
 * none.
 */
static struct policy_word find_control(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (((unsigned char)text[i] < ' ' && text[i] != '\t') || text[i] == 0x7f)
            return (struct policy_word){ text + i, 0, (unsigned)i + 1 };
    return (struct policy_word){ .text = NULL };
}

/*
 * Return the end of the word at text[i]; blanks inside quotes belong to it. Return SIZE_MAX when a
 * quote stays open.
 */
static size_t word_end(const char *text, size_t length, size_t i)
{
    bool quoted = false;
    for (; i < length && (quoted || !is_blank(text[i])); i++) {
        if (text[i] == '"')
            quoted = !quoted;
        else if (quoted && text[i] == '\\' && i + 1 < length)
            i++;
    }
    return quoted ? SIZE_MAX : i;
}

/*
 * Cut a line into words. Return false when a quote stays open, with ${words}[*count] at that place.
 */
static bool cut_words(const char *text, size_t length, struct policy_word words[WORDS],
    size_t *count)
{
    *count = 0;
    for (size_t i = 0; i < length && *count < WORDS;) {
        if (is_blank(text[i])) {
            i++;
            continue;
        }
        if (text[i] == '#')
            return true;
        size_t end = word_end(text, length, i);
        words[*count] = (struct policy_word){ text + i, end - i, (unsigned)i + 1 };
        if (end == SIZE_MAX) {
            words[*count].length = 0;
            return false;
        }
        ++*count;
        i = end;
    }
    return true;
}

static bool is_option(const struct method *method, const struct policy_word *word)
{
    return memchr(word->text, '=', word->length) != NULL ||
        method_is_option(method, word->text, word->length);
}

/* ---- lines ----------------------------------------------------------------------------------- */

/* Take the prefix off a path aside and keep the rest of the path. */
static void cut_prefix(struct policy_line *line)
{
    for (line->aside = POLICY_RECORD; line->aside > POLICY_CONTENT; line->aside--) {
        const char *prefix = policy_prefix(line->aside);
        size_t skip = strlen(prefix);
        if (line->path.length <= skip || memcmp(line->path.text, prefix, skip) != 0)
            continue;
        line->path.text += skip;
        line->path.length -= skip;
        line->path.column += (unsigned)skip;
        return;
    }
}

/* PATH METHOD [OPTION ...] [as NAME] [in DOMAIN] [optional] */
static int add_rule(struct policy *policy, const struct policy_word *words, size_t count,
    unsigned number, struct policy_error *error)
{
    struct policy_word last = policy_word_after(&words[count - 1]);
    if (count < 2)
        return policy_error_set(error, POLICY_MISSING_WORD, number, &last);
    struct policy_line line = { .path = words[0], .method = words[1], .line = number };
    const struct method *method = method_find(words[1].text, words[1].length);
    if (method == NULL)
        return policy_error_set(error, POLICY_METHOD, number, &words[1]);
    cut_prefix(&line);
    if (count > 2 && policy_word_is(&words[count - 1], "optional") &&
        !policy_word_is(&words[count - 2], "as") && !policy_word_is(&words[count - 2], "in")) {
        line.optional = true;
        count--;
    }
    struct buf name, domain;
    buf_init(&name, POLICY_MAX_FILE);
    buf_init(&domain, POLICY_MAX_FILE);
    int result = -1;
    size_t i = 2;
    while (i < count && line.option_count < METHOD_MAX_OPTIONS && is_option(method, &words[i]))
        line.options[line.option_count++] = words[i++];
    for (; i < count; i += 2) {
        bool as = policy_word_is(&words[i], "as");
        struct policy_word *target = as ? &line.name : &line.domain;
        if ((!as && !policy_word_is(&words[i], "in")) || target->text != NULL) {
            policy_error_set(error, POLICY_WORD, number, &words[i]);
            goto out;
        }
        if (i + 1 == count) {
            policy_error_set(error, POLICY_MISSING_WORD, number, &last);
            goto out;
        }
        *target = words[i + 1];
        enum policy_cause cause = policy_word_decode(target, as ? &name : &domain);
        if (cause != POLICY_OK) {
            policy_error_set(error, cause, number, &words[i + 1]);
            goto out;
        }
    }
    result = policy_rule_add(policy, &line, error);
out:
    buf_free(&name);
    buf_free(&domain);
    return result;
}

static int set_other(struct policy *policy, const struct policy_word *words, unsigned number,
    struct policy_error *error)
{
    static const char *const names[] = { "keep", "drop", "quarantine" };
    if (policy->other_given)
        return policy_error_set(error, POLICY_REPEATED, number, &words[0]);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (policy_word_is(&words[1], names[i])) {
            policy->other = (enum policy_other)i;
            policy->other_given = true;
            return 0;
        }
    return policy_error_set(error, POLICY_WORD, number, &words[1]);
}

static int add_line(struct policy *policy, const char *text, size_t length, unsigned number,
    struct policy_error *error)
{
    struct policy_word words[WORDS] = { { .text = NULL } };
    size_t count;
    if (!json_string_is_utf8(text, length))
        return policy_error_set(error, POLICY_UTF8, number, NULL);
    const struct policy_word control = find_control(text, length);
    if (control.text != NULL)
        return policy_error_set(error, POLICY_CONTROL, number, &control);
    if (!cut_words(text, length, words, &count))
        return policy_error_set(error, POLICY_QUOTE, number, &words[count]);
    if (count == 0)
        return 0;
    bool require = policy_word_is(&words[0], "require");
    if (policy_checks_is(&words[0]))
        return policy_checks_add(policy, words, count, number, error);
    if (!require && !policy_word_is(&words[0], "other"))
        return add_rule(policy, words, count, number, error);
    if (count == 1) {
        struct policy_word last = policy_word_after(&words[0]);
        return policy_error_set(error, POLICY_MISSING_WORD, number, &last);
    }
    if (count > 2)
        return policy_error_set(error, POLICY_WORD, number, &words[2]);
    return require ? policy_rule_require(policy, &words[1], number, error)
                   : set_other(policy, words, number, error);
}

int policy_text_lines(struct policy *policy, const char *text, size_t length,
    struct policy_error *error)
{
    unsigned number = 0;
    for (size_t start = 0; start < length;) {
        const char *found = memchr(text + start, '\n', length - start);
        size_t end = found != NULL ? (size_t)(found - text) : length;
        size_t stop = end > start && text[end - 1] == '\r' ? end - 1 : end;
        if (add_line(policy, text + start, stop - start, ++number, error) != 0)
            return -1;
        start = end + 1;
    }
    return 0;
}

int policy_text_builtin(struct policy *policy, struct policy_error *error)
{
    static const char text[] = ".ip siv pad as masked_ip\n"
                               ".device_id siv pad as masked_device_id\n"
                               "unmatched seal\n"
                               "near seal\n";
    return policy_text_lines(policy, text, sizeof text - 1, error);
}

/* ---- options --------------------------------------------------------------------------------- */

int policy_text_option(struct policy *policy, const char *text, struct policy_error *error)
{
    size_t length = strlen(text);
    if (!json_string_is_utf8(text, length))
        return policy_error_set(error, POLICY_UTF8, 0, NULL);
    const struct policy_word control = find_control(text, length);
    if (control.text != NULL)
        return policy_error_set(error, POLICY_CONTROL, 0, &control);
    struct policy_line line = { .path = { text, 0, 1 } };
    bool quoted = false;
    size_t i = 0;
    for (; i < length && (quoted || text[i] != '='); i++) {
        if (text[i] == '"')
            quoted = !quoted;
        else if (quoted && text[i] == '\\' && i + 1 < length)
            i++;
    }
    struct policy_word end = { NULL, 0, (unsigned)length + 1 };
    if (i >= length)
        return policy_error_set(error, POLICY_MISSING_WORD, 0, &end);
    line.path.length = i;
    const char *method = text + i + 1;
    const char *colon = strchr(method, ':');
    line.method = (struct policy_word){ method,
        colon != NULL ? (size_t)(colon - method) : strlen(method), (unsigned)i + 2 };
    cut_prefix(&line);
    struct buf name;
    buf_init(&name, POLICY_MAX_FILE);
    int result = -1;
    enum policy_cause cause = POLICY_OK;
    if (colon != NULL) {
        line.name =
            (struct policy_word){ colon + 1, strlen(colon + 1), (unsigned)(colon + 1 - text) + 1 };
        cause = line.name.length == 0 ? POLICY_MISSING_WORD : policy_word_decode(&line.name, &name);
    }
    if (cause != POLICY_OK)
        policy_error_set(error, cause, 0, &line.name);
    else
        result = policy_rule_add(policy, &line, error);
    buf_free(&name);
    return result;
}

/* ---- printing -------------------------------------------------------------------------------- */

int policy_text_print(const struct policy *policy, struct buf *out)
{
    static const char *const names[] = { "keep", "drop", "quarantine" };
    buf_printf(out, "# paths below %s\n", policy->root_path);
    for (size_t i = 0; i < policy->rule_count; i++) {
        const struct policy_rule *rule = &policy->rules[i];
        buf_printf(out, "%s %s", rule->path, rule->method->name);
        method_print(rule->method, rule->options, rule->text, out);
        if (rule->name != NULL)
            policy_word_print(out, " as ", rule->name, rule->name_length);
        if (rule->method->keyed)
            policy_word_print(out, " in ", rule->domain, rule->domain_length);
        buf_puts(out, rule->optional ? " optional\n" : "\n");
    }
    for (size_t i = 0; i < policy->require_count; i++)
        buf_printf(out, "require %s\n", policy->required[i].path);
    buf_printf(out, "other %s\n", names[policy->other]);
    policy_checks_print(policy, out);
    return out->failed ? -1 : 0;
}
