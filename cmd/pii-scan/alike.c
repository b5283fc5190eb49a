#include <stdlib.h>
#include <string.h>

#include "alike.h"
#include "json/path.h"

struct alike {
    struct json_paths *keys;   /* folds keys as "near" does */
    const struct node **rules; /* nodes of the last keys of the rules */
    size_t count;
};

struct alike *alike_new(void)
{
    struct alike *alike = calloc(1, sizeof *alike);
    if (alike == NULL)
        return NULL;
    alike->keys = json_paths_new();
    alike->rules = calloc(TREE_MOST, sizeof *alike->rules);
    if (alike->keys == NULL || alike->rules == NULL) {
        alike_free(alike);
        return NULL;
    }
    return alike;
}

void alike_free(struct alike *alike)
{
    if (alike == NULL)
        return;
    json_paths_free(alike->keys);
    free(alike->rules);
    free(alike);
}

const struct node *alike_key(const struct node *node)
{
    while (node->step == TREE_EACH)
        node = node->parent;
    return node;
}

int alike_add(struct alike *alike, const struct node *node)
{
    const struct node *key = alike_key(node);
    if (key->step != TREE_KEY || alike->count == TREE_MOST)
        return 0;
    alike->rules[alike->count++] = key;
    return json_paths_watch(alike->keys, key->name, key->name_length) == JSON_NO_NODE ? -1 : 0;
}

static bool is_folded(const struct alike *alike, const struct node *node)
{
    return node->step == TREE_KEY &&
        json_paths_watched(alike->keys, node->name, node->name_length) != JSON_NO_NODE;
}

static bool is_spelt(const struct alike *alike, const struct node *node)
{
    for (size_t i = 0; i < alike->count; i++)
        if (tree_is_named(alike->rules[i], node->name, node->name_length, node->ends))
            return true;
    return false;
}

static bool has_personal(struct node *node)
{
    const unsigned packed = 1u << INSPECT_JSON | 1u << INSPECT_BASE64;
    for (struct node *at = node; at != NULL; at = tree_after(at, node)) {
        if (at->shaped != 0)
            return true;
        for (unsigned kind = 0; kind < INSPECT_KINDS; kind++)
            if ((packed >> kind & 1) == 0 && at->hits[kind] > 0)
                return true;
    }
    return false;
}

/* Return true when the path has other values than null, "", {} and [], which "near" passes. */
static bool has_content(const struct node *node)
{
    return node->values > 0 || node->first != NULL ||
        node->types[JSON_TRUE] + node->types[JSON_FALSE] > 0;
}

bool alike_is_near(const struct alike *alike, struct node *node)
{
    return is_folded(alike, node) && has_content(node) &&
        (!is_spelt(alike, node) || has_personal(node));
}

bool alike_is_personal(const struct alike *alike, struct node *node)
{
    for (struct node *at = node; at != NULL; at = tree_after(at, node))
        if (is_folded(alike, at) && has_personal(at))
            return true;
    return false;
}
