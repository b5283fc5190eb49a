#include <stdlib.h>
#include <string.h>

#include "json/path_text.h"
#include "mask/policy_rule.h"

static enum policy_cause compare(const struct policy *policy, uint32_t node, uint32_t claimed)
{
    if (claimed == JSON_NO_NODE || node == JSON_NO_NODE)
        return POLICY_OK;
    if (node == claimed)
        return POLICY_REPEATED;
    if (policy_within(policy, node, claimed) || policy_within(policy, claimed, node))
        return POLICY_OVERLAP;
    return POLICY_OK;
}

/*
 * Return POLICY_OK, or the cause when a path or a written name conflicts with an earlier rule or
 * requirement.
 */
static enum policy_cause check_claims(const struct policy *policy, uint32_t node, bool is_name)
{
    for (size_t i = 0; i < policy->rule_count; i++) {
        enum policy_cause cause = compare(policy, node, policy->rules[i].node);
        if (cause == POLICY_OK)
            cause = compare(policy, node, policy->rules[i].written);
        if (cause != POLICY_OK)
            return cause;
    }
    for (size_t i = 0; i < policy->require_count; i++) {
        uint32_t required = policy->required[i].node;
        if (is_name && compare(policy, node, required) != POLICY_OK)
            return POLICY_OVERLAP;
        if (!is_name && node != required && policy_within(policy, required, node))
            return POLICY_OVERLAP;
    }
    return POLICY_OK;
}

/* Return true when every step down to ${node} can have one kind. */
static bool kinds_agree(const struct policy *policy, uint32_t node)
{
    while (node != policy->root && node != JSON_ROOT) {
        node = json_paths_parent(policy->paths, node);
        if (json_paths_wants_object(policy->paths, node) &&
            json_paths_wants_array(policy->paths, node))
            return false;
    }
    return true;
}

/*
 * Parse a path below ${base}, the root or the record. Return its node, or JSON_NO_NODE with
 * ${error}.
 */
static uint32_t add_path(struct policy *policy, uint32_t base, const struct policy_word *path,
    unsigned line, struct policy_error *error)
{
    size_t error_at = 0;
    uint32_t node = json_paths_add(policy->paths, base, path->text, path->length, &error_at);
    enum policy_cause cause = POLICY_OK;
    if (node == JSON_NO_NODE)
        cause = error_at == SIZE_MAX ? POLICY_MEMORY : POLICY_PATH;
    else if (node == base)
        cause = POLICY_ROOT_ITSELF;
    else if (json_paths_step(policy->paths, policy_child_of(policy, node, base)) != JSON_STEP_KEY)
        cause = POLICY_NO_KEY;
    else if (base == JSON_ROOT && policy_is_reserved(policy, node))
        cause = POLICY_RESERVED;
    else if (base != policy->root && !policy_is_beside(policy, node))
        cause = POLICY_NOT_BESIDE;
    else if (!kinds_agree(policy, node))
        cause = POLICY_KINDS;
    if (cause == POLICY_OK)
        return node;
    const struct policy_word at = { NULL, 0,
        path->column + (cause == POLICY_PATH ? (unsigned)error_at : 0) };
    policy_error_set(error, cause, line, &at);
    return JSON_NO_NODE;
}

uint32_t policy_rule_path(struct policy *policy, const struct policy_word *path, unsigned line,
    struct policy_error *error)
{
    return add_path(policy, policy->root, path, line, error);
}

/* Return true for a name that SQS allows for a message attribute; ids of FIFO queues are alike. */
static bool is_aside_name(const struct policy_word *name)
{
    for (size_t i = 0; i < name->length; i++) {
        char byte = name->text[i];
        if (!((byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
                (byte >= 'a' && byte <= 'z') || byte == '_' || byte == '-' || byte == '.'))
            return false;
    }
    return true;
}

/* Add the place of a value aside; for keep and drop, the whole attribute. */
static uint32_t add_aside(struct policy *policy, const struct policy_line *line,
    const struct method *method, struct policy_error *error)
{
    if (!is_aside_name(&line->path)) {
        policy_error_set(error, POLICY_PATH, line->line, &line->path);
        return JSON_NO_NODE;
    }
    /* "envelope.rest.ip" would be one name, which no member has: the rule would hide nothing */
    if (line->aside != POLICY_ATTRIBUTES &&
        memchr(line->path.text, '.', line->path.length) != NULL) {
        policy_error_set(error, POLICY_WHOLE, line->line, &line->path);
        return JSON_NO_NODE;
    }
    uint32_t node = json_paths_key(policy->paths, policy->asides[line->aside], line->path.text,
        line->path.length);
    if (node != JSON_NO_NODE && line->aside == POLICY_ATTRIBUTES &&
        method->action == METHOD_REPLACE)
        node = json_paths_key(policy->paths, node, "value", 5);
    if (node == JSON_NO_NODE)
        policy_error_set(error, POLICY_MEMORY, line->line, NULL);
    return node;
}

static enum policy_cause check_words(const struct policy *policy, const struct policy_line *line,
    const struct method *method, uint32_t node, const struct policy_word **at)
{
    bool element = json_paths_step(policy->paths, node) != JSON_STEP_KEY;
    *at = &line->name;
    if (line->name.text != NULL &&
        (method->action != METHOD_REPLACE || line->aside != POLICY_CONTENT))
        return POLICY_NAMES_NOTHING;
    if (line->name.text != NULL && element)
        return POLICY_NAMES_ELEMENT;
    *at = &line->domain;
    if (line->domain.text != NULL && !method->keyed)
        return POLICY_NO_DOMAIN;
    *at = &line->path;
    if (method->action == METHOD_DROP && element)
        return POLICY_DROPS_ELEMENT;
    return POLICY_OK;
}

static bool set_domain(const struct policy *policy, const struct policy_line *line,
    struct policy_rule *rule)
{
    const char *domain = "";
    size_t length = 0;
    if (line->domain.text != NULL) {
        domain = line->domain.text;
        length = line->domain.length;
    } else if (line->aside != POLICY_CONTENT && line->aside != POLICY_RECORD) {
        domain = line->path.text;
        length = line->path.length;
    } else if (rule->method->keyed) {
        uint32_t node = rule->node;
        while (json_paths_step(policy->paths, node) != JSON_STEP_KEY)
            node = json_paths_parent(policy->paths, node);
        domain = json_paths_name(policy->paths, node, &length);
    }
    rule->domain = policy_copy(domain, length);
    rule->domain_length = length;
    return rule->domain != NULL;
}

/* Set the name to write, unless the key stays. */
static enum policy_cause set_name(struct policy *policy, const struct policy_line *line,
    struct policy_rule *rule)
{
    if (line->name.text == NULL)
        return POLICY_OK;
    uint32_t parent = json_paths_parent(policy->paths, rule->node);
    uint32_t written = json_paths_key(policy->paths, parent, line->name.text, line->name.length);
    rule->name = policy_copy(line->name.text, line->name.length);
    rule->name_length = line->name.length;
    if (written == JSON_NO_NODE || rule->name == NULL)
        return POLICY_MEMORY;
    if (written == rule->node) {
        free(rule->name);
        rule->name = NULL;
        return POLICY_OK;
    }
    rule->written = written;
    if (policy->root == JSON_ROOT && policy_is_reserved(policy, written))
        return POLICY_RESERVED;
    return check_claims(policy, written, true);
}

static char *copy_path(const struct policy_line *line)
{
    const char *prefix = policy_prefix(line->aside);
    size_t skip = strlen(prefix);
    char *path = malloc(skip + line->path.length + 1);
    if (path == NULL)
        return NULL;
    memcpy(path, prefix, skip);
    memcpy(path + skip, line->path.text, line->path.length);
    path[skip + line->path.length] = '\0';
    return path;
}

static enum policy_cause set_options(const struct policy_line *line, struct policy_rule *rule,
    const struct policy_word **at)
{
    bool given[METHOD_MAX_OPTIONS] = { false };
    method_set_defaults(rule->method, rule->options);
    for (size_t i = 0; i < line->option_count; i++) {
        const struct policy_word *word = &line->options[i];
        size_t number, value;
        *at = word;
        switch (
            method_set(rule->method, word->text, word->length, rule->options, &number, &value)) {
        case METHOD_OPTION_UNKNOWN:
            return POLICY_OPTION;
        case METHOD_OPTION_VALUE:
            return POLICY_OPTION_VALUE;
        case METHOD_OPTION_OK:
            break;
        }
        if (given[number])
            return POLICY_WORD;
        given[number] = true;
        if (rule->method->options[number].text == METHOD_NO_TEXT)
            continue;
        rule->text = policy_copy(word->text + value, word->length - value);
        if (rule->text == NULL)
            return POLICY_MEMORY;
    }
    *at = &line->method;
    for (size_t i = 0; i < rule->method->option_count; i++)
        if (rule->method->options[i].needed && !given[i])
            return POLICY_OPTION_NEEDED;
    return POLICY_OK;
}

/* Return the value of the option "by", with text NULL when it is absent. */
static struct policy_word find_by(const struct policy_line *line, const struct method *method)
{
    static const char by[] = "by=";
    const size_t skip = sizeof by - 1;
    for (size_t i = 0; i < line->option_count && method->needs_record; i++) {
        const struct policy_word *word = &line->options[i];
        if (word->length > skip && memcmp(word->text, by, skip) == 0)
            return (struct policy_word){ word->text + skip, word->length - skip,
                word->column + (unsigned)skip };
    }
    return (struct policy_word){ .text = NULL };
}

/* Set the path of "by", a path of keys. Return 0, or -1 with ${error}. */
static int set_by(struct policy *policy, const struct policy_line *line, struct policy_rule *rule,
    struct policy_error *error)
{
    const struct policy_word path = find_by(line, rule->method);
    rule->by = JSON_NO_NODE;
    if (path.text == NULL)
        return 0;
    rule->by = policy_rule_path(policy, &path, line->line, error);
    if (rule->by == JSON_NO_NODE)
        return -1;
    for (uint32_t node = rule->by; node != policy->root;
         node = json_paths_parent(policy->paths, node))
        if (json_paths_step(policy->paths, node) != JSON_STEP_KEY)
            return policy_error_set(error, POLICY_BY, line->line, &path);
    return 0;
}

/* Fill a zeroed rule. On failure the caller frees its memory. */
static int make_rule(struct policy *policy, const struct policy_line *line,
    struct policy_rule *rule, struct policy_error *error)
{
    rule->written = JSON_NO_NODE;
    rule->aside = line->aside;
    rule->optional = line->optional;
    rule->line = line->line;
    rule->column = line->path.column;
    rule->method = method_find(line->method.text, line->method.length);
    if (rule->method == NULL)
        return policy_error_set(error, POLICY_METHOD, line->line, &line->method);
    const struct policy_word *at = &line->path;
    enum policy_cause cause = set_options(line, rule, &at);
    if (cause != POLICY_OK) {
        (void)policy_error_set(error, cause, line->line, at);
        error->method = rule->method;
        return -1;
    }
    if (line->aside == POLICY_CONTENT)
        rule->node = add_path(policy, policy->root, &line->path, line->line, error);
    else if (line->aside == POLICY_RECORD)
        rule->node = add_path(policy, JSON_ROOT, &line->path, line->line, error);
    else
        rule->node = add_aside(policy, line, rule->method, error);
    if (rule->node == JSON_NO_NODE)
        return -1;
    cause = check_words(policy, line, rule->method, rule->node, &at);
    if (cause == POLICY_OK)
        cause = check_claims(policy, rule->node, false);
    if (cause != POLICY_OK)
        return policy_error_set(error, cause, line->line, at);
    cause = set_name(policy, line, rule);
    if (cause != POLICY_OK)
        return policy_error_set(error, cause, line->line, &line->name);
    if (set_by(policy, line, rule, error) != 0)
        return -1;
    rule->path = copy_path(line);
    if (rule->path == NULL || !set_domain(policy, line, rule))
        return policy_error_set(error, POLICY_MEMORY, line->line, NULL);
    return 0;
}

int policy_rule_add(struct policy *policy, const struct policy_line *line,
    struct policy_error *error)
{
    if (policy->rule_count == POLICY_MAX_RULES)
        return policy_error_set(error, POLICY_TOO_MANY, line->line, NULL);
    struct policy_rule *rules = realloc(policy->rules, (policy->rule_count + 1) * sizeof *rules);
    if (rules == NULL)
        return policy_error_set(error, POLICY_MEMORY, line->line, NULL);
    policy->rules = rules;
    struct policy_rule *rule = &rules[policy->rule_count];
    *rule = (struct policy_rule){ 0 };
    if (make_rule(policy, line, rule, error) != 0) {
        policy_free_rule(rule);
        return -1;
    }
    if (rule->aside != POLICY_CONTENT && rule->aside != POLICY_RECORD)
        policy->named[rule->aside] = true;
    policy->rule_count++;
    return 0;
}

/* Return POLICY_OK, or the cause when a required path is at a place that a rule masks or writes. */
static enum policy_cause check_required(const struct policy *policy, uint32_t node)
{
    for (size_t i = 0; i < policy->rule_count; i++) {
        const struct policy_rule *rule = &policy->rules[i];
        if (node != rule->node && policy_within(policy, node, rule->node))
            return POLICY_OVERLAP;
        if (compare(policy, node, rule->written) != POLICY_OK)
            return POLICY_OVERLAP;
    }
    for (size_t i = 0; i < policy->require_count; i++)
        if (policy->required[i].node == node)
            return POLICY_REPEATED;
    return POLICY_OK;
}

int policy_rule_require(struct policy *policy, const struct policy_word *path, unsigned line,
    struct policy_error *error)
{
    if (policy->require_count == POLICY_MAX_RULES)
        return policy_error_set(error, POLICY_TOO_MANY, line, NULL);
    uint32_t node = policy_rule_path(policy, path, line, error);
    if (node == JSON_NO_NODE)
        return -1;
    enum policy_cause cause = check_required(policy, node);
    if (cause != POLICY_OK)
        return policy_error_set(error, cause, line, path);
    struct policy_require *grown =
        realloc(policy->required, (policy->require_count + 1) * sizeof *grown);
    char *text = policy_copy(path->text, path->length);
    if (grown != NULL)
        policy->required = grown;
    if (grown == NULL || text == NULL) {
        free(text);
        return policy_error_set(error, POLICY_MEMORY, line, NULL);
    }
    grown[policy->require_count++] = (struct policy_require){ text, node };
    return 0;
}
