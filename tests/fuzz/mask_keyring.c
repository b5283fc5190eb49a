/*
 * Read any bytes as a key file. An accepted file has one primary key, and reads the same after it
 * is written out.
 */
#include "mask_common.h"

static void check(const struct keyring *ring)
{
    size_t count = keyring_count(ring);
    unsigned line = 0;
    common_require(count > 0 && count <= KEYRING_MAX_KEYS && keyring_primary(ring) < count);
    for (size_t i = 0; i < count; i++) {
        unsigned char derived[64];
        common_require(strlen(keyring_id(ring, i)) == KEYRING_ID);
        common_require(keyring_find(ring, keyring_id(ring, i)) == i);
        common_require(keyring_line(ring, i) > line);
        common_require(keyring_derive(ring, i, "siv", "ip", 2, derived, sizeof derived) == 0);
        line = keyring_line(ring, i);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct keyring *ring = NULL;
    struct keyring_error error;
    (void)common_ring();
    if (keyring_parse((const char *)data, size, &ring, &error) == 0) {
        common_require(error.cause == KEYRING_OK);
        check(ring);
    } else {
        common_require(error.cause != KEYRING_OK && ring == NULL);
        common_require(*keyring_cause_text(error.cause) != '\0');
    }
    keyring_free(ring);
    return 0;
}
