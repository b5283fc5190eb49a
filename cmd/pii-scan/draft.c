#include <inttypes.h>
#include <string.h>

#include "alike.h"
#include "draft.h"
#include "judge.h"

#define MASKED "masked_"

struct proposal {
    struct buf *out;
    struct records *records;
    struct alike *alike;
    bool aside; /* the members beside the reserved ones, not the root's */
    size_t rules;
    uint64_t most; /* largest number of records with a value at one rule */
};

static bool has_personal_below(struct node *node)
{
    for (struct node *at = tree_after(node, node); at != NULL; at = tree_after(at, node))
        if (judge_personal(at) != 0)
            return true;
    return false;
}

static bool has_data_below(const struct node *node)
{
    for (const struct node *child = node->first; child != NULL; child = child->next)
        if (child->step == TREE_DATA)
            return true;
    return false;
}

/*
 * Return true when the values are of more than one of these kinds: objects, arrays, and all others.
 */
static bool is_mixed(const struct node *node)
{
    uint64_t objects = node->types[JSON_OBJECT];
    uint64_t arrays = node->types[JSON_ARRAY];
    uint64_t others = node->types[JSON_STRING] + node->types[JSON_NUMBER] + node->types[JSON_TRUE] +
        node->types[JSON_FALSE];
    return (objects > 0) + (arrays > 0) + (others > 0) > 1;
}

/*
 * Return true when the rule must name the node itself. Either the node is personal, or a value
 * below it is and no path can name that value. Then keys are data, or the node's values are
 * objects, arrays and texts in turn, of which a path names only one.
 */
static bool is_place(const struct proposal *proposal, struct node *node)
{
    if (node->step == TREE_DATA || (proposal->aside && records_is_way(proposal->records, node)))
        return false;
    if (judge_personal(node) != 0)
        return true;
    if (!is_mixed(node) && !has_data_below(node))
        return false;
    return has_personal_below(node);
}

static void add_kinds(struct buf *out, const struct node *node, unsigned kinds)
{
    const char *join = "";
    for (unsigned kind = 0; kind < INSPECT_KINDS; kind++) {
        if ((kinds >> kind & 1) == 0)
            continue;
        (void)buf_printf(out, "%s%s in %" PRIu64, join, inspect_kind_name(kind), node->hits[kind]);
        join = ", ";
    }
}

/* Append the findings at and below the path of a rule, one per line. */
static void add_comment(struct buf *out, struct node *node)
{
    for (struct node *at = node; at != NULL; at = tree_after(at, node)) {
        unsigned kinds = judge_personal(at);
        if (kinds == 0)
            continue;
        (void)buf_puts(out, "# ");
        (void)tree_path(out, at);
        (void)buf_puts(out, ": ");
        add_kinds(out, at, kinds);
        (void)buf_printf(out, " of %" PRIu64 " values, about %" PRIu64 " different\n", at->values,
            at->different == NULL ? 0 : estimate_count(at->different));
    }
}

/* Return true for names that the shipped map of user_logins changes. */
static bool is_renamed(const struct node *node)
{
    static const char *const names[] = { "ip", "device_id" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (node->step == TREE_KEY && node->name_length == strlen(names[i]) &&
            memcmp(node->name, names[i], node->name_length) == 0)
            return true;
    return false;
}

/* Return true when the same key also occurs elsewhere with nothing personal. */
static bool is_elsewhere(const struct proposal *proposal, const struct node *place)
{
    const struct node *node = alike_key(place);
    for (int part = RECORDS_ROOT; part < RECORDS_PARTS; part++) {
        struct node *root = records_root(proposal->records, (enum records_part)part);
        for (struct node *at = root->first; at != NULL; at = tree_after(at, root))
            if (at != node && at->step == TREE_KEY && node->step == TREE_KEY &&
                at->name_length == node->name_length &&
                memcmp(at->name, node->name, node->name_length) == 0 && judge_personal(at) == 0)
                return true;
    }
    return false;
}

/* Return true when the records have that key beside the node: pii-mask does not write over it. */
static bool is_taken(const struct node *node, const char *prefix)
{
    size_t length = strlen(prefix);
    const struct node *at = node->parent == NULL ? NULL : node->parent->first;
    while (at != NULL &&
        (at->step != TREE_KEY || at->name_length != length + node->name_length ||
            memcmp(at->name, prefix, length) != 0 ||
            memcmp(at->name + length, node->name, node->name_length) != 0))
        at = at->next;
    return at != NULL;
}

static void add_rule(struct proposal *proposal, struct node *node)
{
    struct buf *out = proposal->out;
    uint64_t records = records_counts(proposal->records)->records;
    uint64_t with = node->present;
    add_comment(out, node);
    (void)tree_path(out, node);
    (void)buf_puts(out, " siv pad");
    if (!proposal->aside && is_renamed(node) && !is_taken(node, MASKED))
        (void)buf_printf(out, " as " MASKED "%.*s", (int)node->name_length, node->name);
    if (with * 2 < records || (with < records && is_elsewhere(proposal, node)))
        (void)buf_puts(out, " optional");
    (void)buf_puts(out, "\n\n");
    if (alike_add(proposal->alike, node) != 0)
        out->failed = true;
    proposal->rules++;
    if (with > proposal->most)
        proposal->most = with;
}

/* Return the next node that is not below ${node}, or NULL. */
static struct node *next_outside(struct node *node, const struct node *top)
{
    while (node != top && node->next == NULL)
        node = node->parent;
    return node == top ? NULL : node->next;
}

/* Add rules for the paths below a root. */
static void add_rules(struct proposal *proposal, struct node *root)
{
    for (struct node *at = root->first; at != NULL;) {
        bool named = at->step == TREE_KEY || at->parent != root;
        if (!named || !is_place(proposal, at)) {
            at = tree_after(at, root);
            continue;
        }
        add_rule(proposal, at);
        at = next_outside(at, root);
    }
}

/* Hide a path that has a value of a personal kind below a key as that of a rule. */
static void add_hidden(struct proposal *proposal, struct node *node)
{
    (void)buf_puts(proposal->out, "# ");
    (void)tree_path(proposal->out, node);
    (void)buf_puts(proposal->out,
        ": a key as that of a rule, with some value of a personal kind\n");
    add_rule(proposal, node);
}

/* Return true when a line must name the path itself, so that "near" does not seal the sample. */
static bool is_near_place(const struct proposal *proposal, struct node *node)
{
    if (node->step == TREE_DATA || has_personal_below(node) ||
        (proposal->aside && records_is_way(proposal->records, node)))
        return false;
    /* no path can name a part of values that are objects, arrays and texts in turn */
    for (struct node *at = node; is_mixed(node) && at != NULL; at = tree_after(at, node))
        if (alike_is_near(proposal->alike, at))
            return true;
    return alike_is_near(proposal->alike, node);
}

/*
 * Name the paths without a finding whose key is that of a rule: they pass, or are hidden when a
 * value there is of a personal kind.
 */
static void add_near(struct proposal *proposal, struct node *root)
{
    bool any = false;
    for (struct node *at = root->first; at != NULL;) {
        bool place = is_place(proposal, at);
        if (!place && at->parent == root && at->step != TREE_KEY) {
            at = next_outside(at, root); /* a root that is an array */
            continue;
        }
        if (!place && !is_near_place(proposal, at)) {
            at = tree_after(at, root);
            continue;
        }
        if (!place && alike_is_personal(proposal->alike, at)) {
            if (any)
                (void)buf_putc(proposal->out, '\n');
            any = false;
            add_hidden(proposal, at);
        } else if (!place) {
            if (!any)
                (void)buf_puts(proposal->out,
                    "# Nothing likely personal, but with the key of a rule in another spelling:\n");
            any = true;
            (void)tree_path(proposal->out, at);
            (void)buf_puts(proposal->out, " keep\n");
        }
        at = next_outside(at, root);
    }
    if (any)
        (void)buf_putc(proposal->out, '\n');
}

/* Add "keep" for the paths without a rule that are not personal and whose names are known. */
static void add_known(struct proposal *proposal, struct node *root)
{
    for (struct node *at = root->first; at != NULL;) {
        bool place = is_place(proposal, at);
        bool way = proposal->aside && records_is_way(proposal->records, at);
        if (at->step == TREE_DATA || (!place && (way || has_personal_below(at)))) {
            at = at->step == TREE_DATA ? next_outside(at, root) : tree_after(at, root);
            continue;
        }
        if (!place && alike_is_personal(proposal->alike, at)) {
            add_hidden(proposal, at);
        } else if (!place) {
            (void)tree_path(proposal->out, at);
            (void)buf_puts(proposal->out, " keep\n");
        }
        at = next_outside(at, root);
    }
}

/*
 * Return true when keys that are data hold something personal and no rule can name the whole
 * object.
 */
static bool has_unnamed(const struct proposal *proposal, struct node *root)
{
    for (struct node *at = root; at != NULL; at = tree_after(at, root)) {
        bool whole = at == root || (proposal->aside && records_is_way(proposal->records, at));
        for (struct node *child = at->first; whole && child != NULL; child = child->next)
            if (child->step == TREE_DATA && judge_personal(child) != 0)
                return true;
    }
    return false;
}

/* List what is personal in the members that pass only by name: without a rule they are dropped. */
static void add_aside(struct buf *out, struct node *root)
{
    bool any = false;
    for (struct node *at = root->first; at != NULL; at = tree_after(at, root)) {
        if (judge_personal(at) == 0)
            continue;
        if (!any)
            (void)buf_printf(out,
                "# Of %s only members named here pass; the rest is removed. Personal in it:\n",
                root->prefix);
        any = true;
        (void)buf_puts(out, "# ");
        (void)tree_path(out, at);
        (void)buf_puts(out, ": ");
        add_kinds(out, at, judge_personal(at));
        (void)buf_putc(out, '\n');
    }
    if (any)
        (void)buf_putc(out, '\n');
}

static void add_head(struct buf *out, uint64_t records)
{
    (void)buf_printf(out,
        "# Proposed by pii-scan from %" PRIu64 " records.\n"
        "# Each likely personal path has a rule. Review the policy before you use it:\n"
        "# - Is anything missing? pii-scan sees no names in free text, and no numbers whose meaning\n"
        "#   only you know. A line PATH METHOD hides a value.\n"
        "# - Is anything too much? Write keep instead of the method, and the path passes.\n"
        "# - A holder of the key can undo siv, but not hmac or redact. See pii-policy(5).\n"
        "# Try it on records, without a clear sample on disk:\n"
        "#   sqs-pull -n 10 | sqs-unwrap | pii-scan -p THIS\n"
        "#   sqs-pull -n 10 | sqs-unwrap | pii-mask -v -k KEYFILE -p THIS\n\n",
        records);
}

static void add_checks(struct proposal *proposal)
{
    struct buf *out = proposal->out;
    uint64_t records = records_counts(proposal->records)->records;
    if (proposal->most < records)
        (void)buf_printf(out,
            "# %" PRIu64 " of the %" PRIu64
            " records at least had a value at one of these rules. A record that has\n"
            "# none is sealed. To let some pass, write: unmatched keep when PATH VALUE\n",
            proposal->most, records);
    (void)buf_puts(out,
        "# Seal a record that no rule matches, and one that has such a value elsewhere.\n"
        "unmatched seal\n"
        "near seal\n\n");
}

static void add_policy(struct buf *out, struct records *records, struct alike *alike)
{
    struct node *root = records_root(records, RECORDS_ROOT);
    struct node *beside_root = records_root(records, RECORDS_RECORD);
    struct proposal proposal = { .out = out, .records = records, .alike = alike };
    struct proposal aside = { .out = out, .records = records, .alike = alike, .aside = true };
    add_head(out, records_counts(records)->records);
    add_rules(&proposal, root);
    add_rules(&aside, beside_root);
    bool unnamed = has_unnamed(&proposal, root) || has_unnamed(&aside, beside_root);
    bool nothing = proposal.rules + aside.rules == 0 && !unnamed;
    bool named = nothing && !has_data_below(root) && !has_data_below(beside_root);
    if (unnamed)
        (void)buf_puts(out,
            "# Some keys are data themselves, and no path can name them. A record with anything\n"
            "# not named here is sealed as a whole.\n");
    else if (named)
        (void)buf_puts(out,
            "# Nothing likely personal was found. The listed paths pass; a record with anything\n"
            "# else is sealed as a whole.\n");
    else if (nothing)
        (void)buf_puts(out,
            "# Nothing likely personal was found, so everything passes.\n"
            "other keep\n\n");
    if (unnamed || named) {
        add_known(&proposal, root);
        add_known(&aside, beside_root);
        (void)buf_puts(out, "other quarantine\n\n");
    } else {
        add_near(&proposal, root);
        add_near(&aside, beside_root);
    }
    proposal.rules += aside.rules;
    if (aside.most > proposal.most)
        proposal.most = aside.most;
    if (proposal.rules > 0)
        add_checks(&proposal);
    add_aside(out, records_root(records, RECORDS_ATTRIBUTES));
    add_aside(out, records_root(records, RECORDS_FIFO));
    add_aside(out, records_root(records, RECORDS_ENVELOPE));
}

int draft_policy(struct buf *out, struct records *records)
{
    struct alike *alike = alike_new();
    if (alike == NULL)
        return -1;
    add_policy(out, records, alike);
    alike_free(alike);
    return out->failed ? -1 : 0;
}
