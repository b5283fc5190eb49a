#include "mask/policy.h"

#include <stdlib.h>
#include <string.h>

/* ---- making and freeing ---------------------------------------------------------------------- */

/* A copy with a NUL behind it; NULL: no memory. */
static char *copy(const char *text, size_t length)
{
    char *made = malloc(length + 1);
    if (made == NULL)
        return NULL;
    if (length > 0)
        memcpy(made, text, length);
    made[length] = '\0';
    return made;
}

static uint32_t add_key(struct json_paths *paths, uint32_t parent, const char *name)
{
    return parent == JSON_NO_NODE ? parent : json_paths_key(paths, parent, name, strlen(name));
}

static bool add_reserved(struct policy *policy)
{
    struct json_paths *paths = policy->paths;
    policy->sqs = add_key(paths, JSON_ROOT, "sqs");
    policy->asides[POLICY_ATTRIBUTES] = add_key(paths, JSON_ROOT, "attributes");
    policy->asides[POLICY_FIFO] = add_key(paths, JSON_ROOT, "fifo");
    policy->pii = add_key(paths, JSON_ROOT, "pii");
    policy->pii_key = add_key(paths, policy->pii, "key");
    policy->error = add_key(paths, JSON_ROOT, "error");
    policy->error_stage = add_key(paths, policy->error, "stage");
    policy->sealed = add_key(paths, JSON_ROOT, "sealed");
    return policy->sqs != JSON_NO_NODE && policy->asides[POLICY_ATTRIBUTES] != JSON_NO_NODE &&
        policy->asides[POLICY_FIFO] != JSON_NO_NODE && policy->pii_key != JSON_NO_NODE &&
        policy->error_stage != JSON_NO_NODE && policy->sealed != JSON_NO_NODE;
}

enum policy_aside policy_aside_of(const struct policy *policy, uint32_t node)
{
    enum policy_aside aside = POLICY_ASIDES - 1;
    while (aside > POLICY_CONTENT && !policy_within(policy, node, policy->asides[aside]))
        aside--;
    return aside;
}

/* The child of ${above} that ${node}, which lies below it, is or is in. */
static uint32_t child_of(const struct json_paths *paths, uint32_t node, uint32_t above)
{
    while (json_paths_parent(paths, node) != above)
        node = json_paths_parent(paths, node);
    return node;
}

static bool is_reserved(const struct policy *policy, uint32_t node)
{
    uint32_t top = child_of(policy->paths, node, JSON_ROOT);
    return top == policy->sqs || policy_aside_of(policy, top) != POLICY_CONTENT ||
        top == policy->pii || top == policy->error || top == policy->sealed;
}

static enum policy_cause set_root(struct policy *policy, const char *root, size_t *error_at)
{
    struct json_paths *paths = policy->paths;
    *error_at = 0;
    policy->root = json_paths_add(paths, JSON_ROOT, root, strlen(root), error_at);
    if (policy->root == JSON_NO_NODE)
        return *error_at == SIZE_MAX ? POLICY_MEMORY : POLICY_ROOT;
    policy->top = JSON_ROOT;
    if (policy->root == JSON_ROOT)
        return POLICY_OK;
    for (uint32_t node = policy->root; node != JSON_ROOT; node = json_paths_parent(paths, node))
        if (json_paths_step(paths, node) != JSON_STEP_KEY)
            return POLICY_ROOT;
    policy->top = child_of(paths, policy->root, JSON_ROOT);
    return is_reserved(policy, policy->root) ? POLICY_ROOT : POLICY_OK;
}

struct policy *policy_new(const char *root, struct policy_error *error)
{
    size_t error_at = 0;
    enum policy_cause cause = POLICY_MEMORY;
    struct policy *policy = calloc(1, sizeof *policy);
    if (policy == NULL)
        goto fail;
    policy->paths = json_paths_new();
    policy->root_path = copy(root, strlen(root));
    if (policy->paths == NULL || policy->root_path == NULL || !add_reserved(policy))
        goto fail;
    cause = set_root(policy, root, &error_at);
    if (cause == POLICY_OK)
        return policy;
fail:
    policy_free(policy);
    const struct policy_word word = { NULL, 0, (unsigned)error_at + 1 };
    policy_error_set(error, cause, 0, &word);
    return NULL;
}

static void free_rule(struct policy_rule *rule)
{
    free(rule->path);
    free(rule->name);
    free(rule->domain);
}

void policy_free(struct policy *policy)
{
    if (policy == NULL)
        return;
    for (size_t i = 0; i < policy->rule_count; i++)
        free_rule(&policy->rules[i]);
    for (size_t i = 0; i < policy->require_count; i++)
        free(policy->required[i].path);
    free(policy->rules);
    free(policy->required);
    json_paths_free(policy->paths);
    free(policy->root_path);
    free(policy);
}

/* ---- rules ----------------------------------------------------------------------------------- */

bool policy_within(const struct policy *policy, uint32_t node, uint32_t above)
{
    while (node != above && node != JSON_ROOT)
        node = json_paths_parent(policy->paths, node);
    return node == above;
}

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

/* Whether a path or a written name gets into the way of a rule or requirement that is there. */
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

/* Whether every step down to ${node} can be of one kind. */
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

/* Parse a path below the root. Return its node, or JSON_NO_NODE with ${error}. */
static uint32_t add_path(struct policy *policy, const struct policy_word *path, unsigned line,
    struct policy_error *error)
{
    size_t error_at = 0;
    uint32_t node =
        json_paths_add(policy->paths, policy->root, path->text, path->length, &error_at);
    enum policy_cause cause = POLICY_OK;
    if (node == JSON_NO_NODE)
        cause = error_at == SIZE_MAX ? POLICY_MEMORY : POLICY_PATH;
    else if (node == policy->root)
        cause = POLICY_ROOT_ITSELF;
    else if (json_paths_step(policy->paths, child_of(policy->paths, node, policy->root)) !=
        JSON_STEP_KEY)
        cause = POLICY_NO_KEY;
    else if (policy->root == JSON_ROOT && is_reserved(policy, node))
        cause = POLICY_RESERVED;
    else if (!kinds_agree(policy, node))
        cause = POLICY_KINDS;
    if (cause == POLICY_OK)
        return node;
    const struct policy_word at = { NULL, 0,
        path->column + (cause == POLICY_PATH ? (unsigned)error_at : 0) };
    policy_error_set(error, cause, line, &at);
    return JSON_NO_NODE;
}

/* What SQS allows as the name of a message attribute; the ids of FIFO queues are of the same kind.
 */
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

/* The place of a value aside: of an attribute all of it when it is kept or dropped. */
static uint32_t add_aside(struct policy *policy, const struct policy_line *line,
    const struct method *method, struct policy_error *error)
{
    if (!is_aside_name(&line->path)) {
        policy_error_set(error, POLICY_PATH, line->line, &line->path);
        return JSON_NO_NODE;
    }
    uint32_t node = json_paths_key(policy->paths, policy->asides[line->aside], line->path.text,
        line->path.length);
    if (line->aside == POLICY_ATTRIBUTES && method->action == METHOD_REPLACE)
        node = add_key(policy->paths, node, "value");
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
    } else if (line->aside != POLICY_CONTENT) {
        domain = line->path.text;
        length = line->path.length;
    } else if (rule->method->keyed) {
        uint32_t node = rule->node;
        while (json_paths_step(policy->paths, node) != JSON_STEP_KEY)
            node = json_paths_parent(policy->paths, node);
        domain = json_paths_name(policy->paths, node, &length);
    }
    rule->domain = copy(domain, length);
    rule->domain_length = length;
    return rule->domain != NULL;
}

/* The name to write, unless it is the one that is there. */
static enum policy_cause set_name(struct policy *policy, const struct policy_line *line,
    struct policy_rule *rule)
{
    if (line->name.text == NULL)
        return POLICY_OK;
    uint32_t parent = json_paths_parent(policy->paths, rule->node);
    uint32_t written = json_paths_key(policy->paths, parent, line->name.text, line->name.length);
    rule->name = copy(line->name.text, line->name.length);
    rule->name_length = line->name.length;
    if (written == JSON_NO_NODE || rule->name == NULL)
        return POLICY_MEMORY;
    if (written == rule->node) {
        free(rule->name);
        rule->name = NULL;
        return POLICY_OK;
    }
    rule->written = written;
    if (policy->root == JSON_ROOT && is_reserved(policy, written))
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
    method_usual(rule->method, rule->options);
    for (size_t i = 0; i < line->option_count; i++) {
        const struct policy_word *word = &line->options[i];
        size_t number;
        *at = word;
        switch (method_set(rule->method, word->text, word->length, rule->options, &number)) {
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
    }
    return POLICY_OK;
}

/* Fill a zeroed rule; what it owns is freed by the caller when this fails. */
static int make_rule(struct policy *policy, const struct policy_line *line,
    struct policy_rule *rule, struct policy_error *error)
{
    rule->written = JSON_NO_NODE;
    rule->aside = line->aside;
    rule->line = line->line;
    rule->column = line->path.column;
    rule->method = method_find(line->method.text, line->method.length);
    if (rule->method == NULL)
        return policy_error_set(error, POLICY_METHOD, line->line, &line->method);
    const struct policy_word *at = &line->path;
    enum policy_cause cause = set_options(line, rule, &at);
    if (cause != POLICY_OK)
        return policy_error_set(error, cause, line->line, at);
    rule->node = line->aside != POLICY_CONTENT ? add_aside(policy, line, rule->method, error)
                                               : add_path(policy, &line->path, line->line, error);
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
    rule->path = copy_path(line);
    if (rule->path == NULL || !set_domain(policy, line, rule))
        return policy_error_set(error, POLICY_MEMORY, line->line, NULL);
    return 0;
}

int policy_add_rule(struct policy *policy, const struct policy_line *line,
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
        free_rule(rule);
        return -1;
    }
    if (rule->aside != POLICY_CONTENT)
        policy->named[rule->aside] = true;
    policy->rule_count++;
    return 0;
}

/* Whether a required path lies where a rule masks or writes. */
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

int policy_add_require(struct policy *policy, const struct policy_word *path, unsigned line,
    struct policy_error *error)
{
    if (policy->require_count == POLICY_MAX_RULES)
        return policy_error_set(error, POLICY_TOO_MANY, line, NULL);
    uint32_t node = add_path(policy, path, line, error);
    if (node == JSON_NO_NODE)
        return -1;
    enum policy_cause cause = check_required(policy, node);
    if (cause != POLICY_OK)
        return policy_error_set(error, cause, line, path);
    struct policy_require *grown =
        realloc(policy->required, (policy->require_count + 1) * sizeof *grown);
    char *text = copy(path->text, path->length);
    if (grown != NULL)
        policy->required = grown;
    if (grown == NULL || text == NULL) {
        free(text);
        return policy_error_set(error, POLICY_MEMORY, line, NULL);
    }
    grown[policy->require_count++] = (struct policy_require){ text, node };
    return 0;
}

int policy_add_builtin(struct policy *policy, struct policy_error *error)
{
    static const char *const lines[][2] = { { ".ip", "masked_ip" },
        { ".device_id", "masked_device_id" } };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        const struct policy_line line = {
            .path = { lines[i][0], strlen(lines[i][0]), 0 },
            .method = { "siv", 3, 0 },
            .name = { lines[i][1], strlen(lines[i][1]), 0 },
        };
        if (policy_add_rule(policy, &line, error) != 0)
            return -1;
    }
    return 0;
}

/* ---- the whole ------------------------------------------------------------------------------- */

/* The rule whose path ends at or goes through ${node}. */
static const struct policy_rule *rule_through(const struct policy *policy, uint32_t node)
{
    for (size_t i = 0; i < policy->rule_count; i++)
        if (policy_within(policy, policy->rules[i].node, node))
            return &policy->rules[i];
    return NULL;
}

static bool has_each(const struct policy *policy, uint32_t parent)
{
    for (uint32_t i = 0; i < json_paths_count(policy->paths); i++)
        if (json_paths_step(policy->paths, i) == JSON_STEP_EACH &&
            json_paths_parent(policy->paths, i) == parent)
            return true;
    return false;
}

/* Whether something of a record is replaced, or removed. */
static bool hides_anything(const struct policy *policy)
{
    for (size_t i = 0; i < policy->rule_count; i++)
        if (policy->rules[i].method->action != METHOD_KEEP)
            return true;
    return false;
}

/*
 * An element that [N] names is not looked at by [], so [N] has to say all there is to say about it;
 * and where elements are named one by one, the rest cannot be dropped without moving them.
 */
int policy_finish(struct policy *policy, struct policy_error *error)
{
    /* A file cut short must not turn the masker into a copier, unless it says so by "other". */
    if (!hides_anything(policy) && !policy->other_given)
        return policy_error_set(error, POLICY_EMPTY, 0, NULL);
    for (uint32_t i = 0; i < json_paths_count(policy->paths); i++) {
        if (json_paths_step(policy->paths, i) != JSON_STEP_INDEX)
            continue;
        const struct policy_rule *rule = rule_through(policy, i);
        const struct policy_word at = { NULL, 0, rule != NULL ? rule->column : 0 };
        unsigned line = rule != NULL ? rule->line : 0;
        bool each = has_each(policy, json_paths_parent(policy->paths, i));
        if (each && (rule == NULL || rule->node != i))
            return policy_error_set(error, POLICY_INDEX_BESIDE, line, &at);
        if (!each && policy->other == POLICY_DROP)
            return policy_error_set(error, POLICY_INDEX_OTHER, line, &at);
    }
    return 0;
}
