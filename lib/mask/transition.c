#include <string.h>

#include "mask/transition.h"

struct mechanism {
    unsigned char prefix[ADDRESS_SIZE];
    size_t length; /* of the prefix, in bytes */
    struct transition held[TRANSITION_MOST];
    size_t count;
};

static const struct mechanism mechanisms[] = {
    { { 0x20, 0x02 }, 2, { { 16, 48, false } }, 1 },
    { { 0x20, 0x01 }, 4, { { 32, 64, false }, { 96, 128, false } }, 2 },
    { { 0x00, 0x64, 0xff, 0x9b, 0x00, 0x01 }, 6, { { 48, 128, true } }, 1 },
    { { 0x00, 0x64, 0xff, 0x9b }, 12, { { 96, 128, false } }, 1 },
    { { [8] = 0xff, [9] = 0xff }, 12, { { 96, 128, false } }, 1 },
    { { 0 }, 12, { { 96, 128, false } }, 1 },
};

/*
 * Return true for the interface identifier of ISATAP; the bit in front says whether the address is
 * unique.
 */
static bool is_isatap(const unsigned char address[ADDRESS_SIZE])
{
    return (address[8] & 0xfd) == 0 && address[9] == 0 && address[10] == 0x5e &&
        address[11] == 0xfe;
}

size_t transition_find(const unsigned char address[ADDRESS_SIZE],
    struct transition found[TRANSITION_MOST])
{
    for (size_t i = 0; i < sizeof mechanisms / sizeof *mechanisms; i++) {
        const struct mechanism *mechanism = &mechanisms[i];
        if (memcmp(address, mechanism->prefix, mechanism->length) == 0) {
            memcpy(found, mechanism->held, sizeof mechanism->held);
            return mechanism->count;
        }
    }
    if (!is_isatap(address))
        return 0;
    found[0] = (struct transition){ 96, 128, false };
    return 1;
}
