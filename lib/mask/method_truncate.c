#include <stdlib.h>

#include "mask/address.h"
#include "mask/method_parts.h"
#include "mask/method_truncate.h"
#include "mask/transition.h"

enum { MAPPED_BITS = 96 }; /* same as in the table of mask/method.c */

struct state {
    unsigned kept[2]; /* bits, of an IPv6 address and of a mapped IPv4 address */
};

static void *open_method(const struct method_use *use)
{
    struct state *state = calloc(1, sizeof *state);
    if (state != NULL) {
        state->kept[0] = use->options[METHOD_V6];
        state->kept[1] = use->options[METHOD_V4] + MAPPED_BITS;
    }
    return state;
}

/* Set the bits [from, to) to zero. */
static void clear_bits(unsigned char address[ADDRESS_SIZE], unsigned from, unsigned to)
{
    for (unsigned bit = from; bit < to; bit++)
        address[bit / 8] = (unsigned char)(address[bit / 8] & ~(0x80 >> bit % 8));
}

static enum token_result mask(void *opaque, size_t key, const struct token_value *value,
    struct buf *scratch, struct buf *out)
{
    const struct state *state = opaque;
    unsigned char address[ADDRESS_SIZE];
    (void)key;
    if (!address_read(value, scratch, address))
        return TOKEN_MALFORMED;
    unsigned kept = state->kept[address_is_ipv4(address)];
    struct transition held[TRANSITION_MOST];
    size_t count = address_is_ipv4(address) ? 0 : transition_find(address, held);
    clear_bits(address, kept, ADDRESS_SIZE * 8);
    /* An IPv4 address inside keeps no more bits than one that stands alone. */
    for (size_t i = 0; i < count; i++)
        clear_bits(address, held[i].from + (held[i].scattered ? 0 : state->kept[1] - MAPPED_BITS),
            held[i].to);
    return address_write(out, address) == 0 ? TOKEN_OK : TOKEN_FAILED;
}

/* Return true for the first address of a network, which stays unchanged. */
static bool made(void *opaque, const struct token_value *value, struct buf *scratch)
{
    return method_parts_stays(&method_truncate, opaque, value, scratch);
}

const struct method_work method_truncate = {
    .open = open_method,
    .close = free,
    .mask = mask,
    .made = made,
};
