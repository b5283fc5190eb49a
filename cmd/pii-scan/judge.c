#include "judge.h"

/* Return true when ${part} is above 0 and at least one in ${of} of ${whole}. */
static bool is_one_in(uint64_t part, uint64_t of, uint64_t whole)
{
    return part > 0 && part * of >= whole;
}

static uint64_t hits(const struct node *node, unsigned kind)
{
    return node->hits[kind];
}

static bool says(const struct node *node, unsigned kind)
{
    return (node->key.kinds & DETECT_BIT(kind)) != 0;
}

static bool is_weak(const struct node *node, unsigned kind)
{
    return (node->key.weak & DETECT_BIT(kind)) != 0;
}

/*
 * Return true when all are four numbers of at most two digits: such are versions. Of random
 * addresses one in forty looks so.
 */
static bool are_versions(const struct node *node)
{
    return !says(node, KEY_IP) && node->quads == hits(node, DETECT_IPV4) && node->quads > 2 &&
        node->low_quads == node->quads && node->ten_quads * 2 < node->quads;
}

/* Return true for addresses of servers in their own network, which identify no person. */
static bool are_of_machines(const struct node *node)
{
    return (node->key.traits & (KEY_MACHINE | KEY_PERSON)) == KEY_MACHINE &&
        node->local_quads == hits(node, DETECT_IPV4) && node->local_quads > 0 &&
        hits(node, DETECT_IPV6) == 0;
}

/* Return the kinds that values show by themselves. A few among thousands count as much as all. */
static unsigned by_shape(const struct node *node)
{
    enum { FEW = 2000, SOME = 200, PART = 20, THIRD = 3 };
    unsigned kinds = 0;
    if (is_one_in(hits(node, DETECT_IPV4), FEW, node->values) && !are_versions(node) &&
        !are_of_machines(node))
        kinds |= DETECT_BIT(DETECT_IPV4);
    if (is_one_in(hits(node, DETECT_IPV6), FEW, node->values))
        kinds |= DETECT_BIT(DETECT_IPV6);
    if (is_one_in(hits(node, DETECT_MAC), FEW, node->values))
        kinds |= DETECT_BIT(DETECT_MAC);
    if (hits(node, DETECT_EMAIL) > node->roles &&
        is_one_in(hits(node, DETECT_EMAIL) - node->roles, FEW, node->values))
        kinds |= DETECT_BIT(DETECT_EMAIL);
    if (is_one_in(hits(node, DETECT_IBAN), FEW, node->values))
        kinds |= DETECT_BIT(DETECT_IBAN);
    if (is_one_in(hits(node, DETECT_JWT), FEW, node->values))
        kinds |= DETECT_BIT(DETECT_JWT);
    if (is_one_in(hits(node, DETECT_PHONE) - node->loose_phones, SOME, node->values) ||
        is_one_in(hits(node, DETECT_PHONE), THIRD, node->values))
        kinds |= DETECT_BIT(DETECT_PHONE);
    if (is_one_in(hits(node, DETECT_SSN), PART, node->values))
        kinds |= DETECT_BIT(DETECT_SSN);
    /* one in ten numbers that are no cards has the right check digit */
    if (is_one_in(hits(node, DETECT_CARD), SOME, node->values) &&
        hits(node, DETECT_CARD) * 3 >= node->long_numbers)
        kinds |= DETECT_BIT(DETECT_CARD);
    return kinds;
}

/*
 * Return true when there are many different values and nearly all are shaped like a name. The list
 * of known names cannot cover all persons.
 */
static bool are_formed(const struct node *node)
{
    enum { DIFFERENT = 16 };
    return node->formed * 10 >= node->values * 9 && node->different != NULL &&
        estimate_count(node->different) >= DIFFERENT;
}

static unsigned name_of(const struct node *node)
{
    enum { SOME = 3, RARE = 10 };
    bool unsure = says(node, KEY_NAME) && is_weak(node, KEY_NAME);
    if (unsure && (node->key.traits & KEY_THING) != 0)
        return DETECT_NONE;
    bool person = (node->key.traits & (KEY_PERSON | KEY_NOUN)) == KEY_PERSON;
    uint64_t least = unsure && person ? 2 : are_formed(node) ? RARE : SOME;
    return is_one_in(hits(node, KEY_NAME), least, node->values) ? DETECT_BIT(KEY_NAME)
                                                                : DETECT_NONE;
}

/* Return the kinds that the key names and the values have the shape for. */
static unsigned by_key(const struct node *node)
{
    unsigned kinds = name_of(node);
    bool person = (node->key.traits & KEY_PERSON) != 0;
    bool thing = (node->key.traits & KEY_THING) != 0;
    bool in_address =
        node->parent != NULL && (node->parent->key.kinds & DETECT_BIT(KEY_ADDRESS)) != 0;
    if (says(node, KEY_IP) && !are_of_machines(node) &&
        is_one_in(hits(node, KEY_IP), 5, node->values))
        kinds |= DETECT_BIT(KEY_IP);
    if (says(node, KEY_BIRTH) && (!is_weak(node, KEY_BIRTH) || person) &&
        is_one_in(hits(node, KEY_BIRTH), 3, node->values))
        kinds |= DETECT_BIT(KEY_BIRTH);
    if (says(node, KEY_ADDRESS) && !thing &&
        (!is_weak(node, KEY_ADDRESS) || person || in_address) &&
        is_one_in(hits(node, KEY_ADDRESS), 3, node->values))
        kinds |= DETECT_BIT(KEY_ADDRESS);
    if (says(node, KEY_GEO) && !thing && is_one_in(hits(node, KEY_GEO), 2, node->values))
        kinds |= DETECT_BIT(KEY_GEO);
    if (says(node, KEY_DEVICE) && (!is_weak(node, KEY_DEVICE) || !thing) &&
        is_one_in(hits(node, KEY_DEVICE), 3, node->values))
        kinds |= DETECT_BIT(KEY_DEVICE);
    if (says(node, KEY_USER) && hits(node, KEY_USER) > node->opaque && !thing &&
        is_one_in(hits(node, KEY_USER) - node->opaque, 3, node->values))
        kinds |= DETECT_BIT(KEY_USER);
    return kinds;
}

/*
 * Return the kinds of objects taken whole and of JSON texts, whose inner keys are no longer known.
 */
static unsigned by_content(const struct node *node)
{
    enum { SOME = 20 };
    const unsigned packed = 1u << INSPECT_JSON | 1u << INSPECT_BASE64;
    unsigned kinds = 0;
    uint64_t texts = hits(node, INSPECT_JSON) + hits(node, INSPECT_BASE64);
    if (node->step != TREE_DATA && texts == 0)
        return 0;
    for (unsigned kind = 0; kind < INSPECT_KINDS; kind++)
        if ((packed >> kind & 1) == 0 && is_one_in(hits(node, kind), SOME, node->values) &&
            (kind != KEY_USER || hits(node, kind) > node->opaque))
            kinds |= DETECT_BIT(kind);
    return kinds;
}

/*
 * Look at the keys beside a name. Set *person when one is another part of a name or is something
 * only persons have, and *contact when one is something companies have, too.
 */
static void look_beside(const struct node *node, bool *person, bool *contact)
{
    enum { HALF = 2 };
    const unsigned persons = DETECT_BIT(KEY_NAME) | DETECT_BIT(KEY_BIRTH) | DETECT_BIT(DETECT_SSN);
    const unsigned contacts = DETECT_BIT(DETECT_EMAIL) | DETECT_BIT(DETECT_PHONE);
    *person = false;
    *contact = false;
    for (const struct node *at = node->parent->first; at != NULL; at = at->next) {
        unsigned said = at->key.kinds & ~at->key.weak;
        for (unsigned kind = 0; at != node && kind < KEY_KINDS; kind++) {
            unsigned bit = said & DETECT_BIT(kind);
            if (bit == 0 || !is_one_in(hits(at, kind), HALF, at->values))
                continue;
            *person = *person || (bit & persons) != 0;
            *contact = *contact || (bit & contacts) != 0;
        }
    }
}

void judge_company(struct node *top)
{
    enum { SOME = 6 };
    for (struct node *at = top; at != NULL; at = tree_after(at, top)) {
        bool person;
        bool contact;
        if (at->parent == NULL || at->names_like == 0 || (at->key.traits & KEY_THING) != 0)
            continue;
        look_beside(at, &person, &contact);
        if (person || (contact && is_one_in(hits(at, KEY_NAME), SOME, at->values)))
            at->hits[KEY_NAME] = at->names_like;
    }
}

unsigned judge_personal(const struct node *node)
{
    if (node->values == 0)
        return 0;
    /* a few roots that are no objects are mistakes, which never pass in clear */
    if (node->step == TREE_ROOT && node->values * 2 < node->records)
        return 0;
    return by_shape(node) | by_key(node) | by_content(node);
}
