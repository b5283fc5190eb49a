/*
 * Give pii-unmask hostile input: any line, any text in the place of a token, a changed token, and
 * authentic tokens (the key is known here) of any bytes. The result is one JSON object, and never a
 * value other than the masked one.
 */
#include "crypto/siv.h"
#include "json/string.h"
#include "mask/method_siv.h"
#include "mask_common.h"

static const char *const policies[] = {
    "",
    ".masked_ip siv\n.device_id siv as masked_device_id in other\n.a[].b siv as ip\n",
    ".ip siv as masked_ip\nattributes.x siv\n.device_id hmac as masked_device_id\n",
};
enum { POLICIES = sizeof policies / sizeof *policies };

static struct unmask *unmaskers[POLICIES];
static struct mask *masker;
static struct buf out = { .maximum = 1 << 24 };
static struct buf line = { .maximum = 1 << 24 };
static struct buf scratch = { .maximum = 1 << 24 };

static void set_up(void)
{
    if (masker != NULL)
        return;
    for (size_t i = 0; i < POLICIES; i++) {
        unmaskers[i] = unmask_new(common_policy(".body", policies[i]), common_ring());
        common_require(unmaskers[i] != NULL);
    }
    masker = mask_new(common_policy(".body", ""), common_ring());
    common_require(masker != NULL);
}

static void try_line(const char *text, size_t length)
{
    for (size_t i = 0; i < POLICIES; i++)
        (void)common_pass(unmask_work(unmaskers[i]), text, length, &out);
}

/* Put text in the place of a token. */
static void try_token(const char *text, size_t length)
{
    buf_clear(&line);
    buf_puts(&line, "{\"body\":{\"masked_ip\":");
    json_string_encode_ascii(&line, text, length);
    buf_puts(&line, ",\"a\":[{\"ip\":");
    json_string_encode_ascii(&line, text, length);
    buf_puts(&line, "}]}," COMMON_CLAIM "}");
    try_line(line.data, line.length);
}

/* Put an authentic token of any plaintext as a value or as "sealed". */
static void try_plain(const uint8_t *data, size_t size, int sealed)
{
    static struct method_siv_state *values, *seals;
    if (values == NULL) {
        values = method_siv_open(common_ring(), "siv", "siv1", "ip", 2);
        seals = method_siv_open(common_ring(), "seal", "seal1", "", 0);
    }
    buf_clear(&scratch);
    common_require(buf_reserve(&scratch, SIV_TAG + size + 1) != NULL);
    scratch.length = SIV_TAG;
    buf_append(&scratch, data, size);
    buf_clear(&line);
    buf_puts(&line, sealed ? "{\"error\":{},\"sealed\":" : "{\"body\":{\"masked_ip\":");
    common_require(method_siv_seal(sealed ? seals : values, keyring_primary(common_ring()),
                       &scratch, &line) == 0);
    buf_puts(&line, sealed ? "}" : "}}");
    try_line(line.data, line.length);
}

/* Change some bytes of a good record: the value, if one comes back, is the right one. */
static void try_edits(const uint8_t *data, size_t size)
{
    static const char clear[] = "{\"body\":{\"ip\":\"203.0.113.7\"}}";
    common_require(
        common_pass(mask_work(masker), clear, sizeof clear - 1, &line) == FILTER_CHANGED);
    const char *token = memmem(line.data, line.length, "siv1.", 5);
    size_t start = (size_t)(token - line.data);
    size_t length = (size_t)((const char *)memchr(token, '"', 200) - token);
    int changed = 0;
    for (size_t i = 0; i + 1 < size; i += 2) {
        char *place = line.data + start + data[i] % length;
        char byte = (char)(data[i + 1] & 0x7f);
        if (byte < 0x20 || byte == '"' || byte == '\\')
            byte = 'A';
        changed = changed || *place != byte;
        *place = byte;
    }
    /* Edits that undo one another are no change; masking again shows that. */
    common_require(
        common_pass(mask_work(masker), clear, sizeof clear - 1, &scratch) == FILTER_CHANGED);
    changed = changed && memcmp(line.data, scratch.data, line.length) != 0;
    enum filter_outcome outcome =
        common_pass(unmask_work(unmaskers[0]), line.data, line.length, &out);
    common_require(outcome == (changed ? FILTER_ERROR : FILTER_CHANGED));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    set_up();
    if (size == 0)
        return 0;
    const char *text = (const char *)data + 1;
    switch (data[0] % 5) {
    case 0:
        /* A line contains no newline. */
        if (memchr(text, '\n', size - 1) == NULL)
            try_line(text, size - 1);
        break;
    case 1:
        try_token(text, size - 1);
        break;
    case 2:
        try_plain(data + 1, size - 1, 0);
        break;
    case 3:
        try_plain(data + 1, size - 1, 1);
        break;
    default:
        try_edits(data + 1, size - 1);
    }
    return 0;
}
