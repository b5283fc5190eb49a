#include "draft.h"

#include <inttypes.h>
#include <string.h>

#include "judge.h"
#include "listing.h"

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
 * Whether the rule has to be about the node itself: it is personal; or what is below it is, but no
 * path leads there, its keys being data, or its values being an object, an array or a text by
 * turns, of which a path can name one only.
 */
static bool is_place(struct node *node)
{
    uint64_t objects = node->types[JSON_OBJECT];
    uint64_t arrays = node->types[JSON_ARRAY];
    uint64_t others = node->types[JSON_STRING] + node->types[JSON_NUMBER] + node->types[JSON_TRUE] +
        node->types[JSON_FALSE];
    if (judge_personal(node) != 0)
        return true;
    if ((objects > 0) + (arrays > 0) + (others > 0) <= 1 && !has_data_below(node))
        return false;
    return has_personal_below(node);
}

static void add_kinds(struct buf *out, const struct node *node, unsigned kinds)
{
    const char *join = "";
    for (unsigned kind = 0; kind < INSPECT_KINDS; kind++) {
        if ((kinds >> kind & 1) == 0)
            continue;
        (void)buf_printf(out, "%s%s in ", join, inspect_kind_name(kind));
        (void)listing_share(out, node->hits[kind], node->values);
        join = ", ";
    }
}

/* What was found at and below the place of a rule, a line each. */
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

/* The names that the shipped map of user_logins has for them. */
static bool is_renamed(const struct node *node)
{
    static const char *const names[] = { "ip", "device_id" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (node->step == TREE_KEY && node->name_length == strlen(names[i]) &&
            memcmp(node->name, names[i], node->name_length) == 0)
            return true;
    return false;
}

static void add_rule(struct buf *out, struct node *node)
{
    add_comment(out, node);
    (void)tree_path(out, node);
    (void)buf_puts(out, " siv");
    if (is_renamed(node))
        (void)buf_printf(out, " as masked_%.*s", (int)node->name_length, node->name);
    (void)buf_puts(out, "\n\n");
}

/* Next, but not below ${node}. */
static struct node *beside(struct node *node, const struct node *top)
{
    while (node != top && node->next == NULL)
        node = node->parent;
    return node == top ? NULL : node->next;
}

/* Rules for what is below the root. How many. */
static size_t add_rules(struct buf *out, struct node *root)
{
    size_t rules = 0;
    for (struct node *at = root->first; at != NULL;) {
        bool named = at->step == TREE_KEY || at->parent != root;
        if (!named || at->step == TREE_DATA || !is_place(at)) {
            at = tree_after(at, root);
            continue;
        }
        add_rule(out, at);
        rules++;
        at = beside(at, root);
    }
    return rules;
}

/* Where not all that is to be hidden can be named, only those members pass that are. */
static void add_other(struct buf *out, struct node *root, const char *why)
{
    (void)buf_printf(out, "# %s: what is not named is sealed\n", why);
    for (struct node *child = root->first; child != NULL; child = child->next) {
        if (child->step != TREE_KEY || is_place(child) || has_personal_below(child))
            continue;
        (void)tree_path(out, child);
        (void)buf_puts(out, " keep\n");
    }
    (void)buf_puts(out, "other quarantine\n\n");
}

/* What passes only by name: without a rule it is dropped. */
static void add_aside(struct buf *out, struct node *root)
{
    bool any = false;
    for (struct node *at = root->first; at != NULL; at = tree_after(at, root)) {
        if (judge_personal(at) == 0)
            continue;
        if (!any)
            (void)buf_printf(out, "# members of %s pass only if they are named\n", root->prefix);
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

int draft_policy(struct buf *out, struct records *records)
{
    const struct records_counts *counts = records_counts(records);
    struct node *root = records_root(records, RECORDS_ROOT);
    (void)buf_printf(out,
        "# proposed by pii-scan from %" PRIu64
        " records: what is likely personal in them. Look it\n"
        "# over: names, free text and numbers of your own are known to you, not to it. See\n"
        "# pii-policy(5) for methods; siv can be undone by who holds the key, hmac cannot.\n\n",
        counts->records);
    size_t rules = add_rules(out, root);
    if (rules == 0) /* a policy has to hide something */
        add_other(out, root, "nothing likely personal was found");
    else if (has_data_below(root))
        add_other(out, root, "some keys at the root are themselves data");
    if (rules > 0)
        (void)buf_puts(out,
            "# seal a record in which none of these found a value, and one that has them elsewhere\n"
            "unmatched seal\n"
            "near seal\n\n");
    for (int part = RECORDS_ATTRIBUTES; part < RECORDS_PARTS; part++)
        add_aside(out, records_root(records, (enum records_part)part));
    return out->failed ? -1 : 0;
}
