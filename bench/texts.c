#include "texts.h"

#include <stdbool.h>
#include <string.h>

#include "json/string.h"

static uint64_t state;

void texts_seed(uint64_t seed)
{
    state = seed;
}

static uint32_t draw(uint32_t below) /* splitmix64 */
{
    uint64_t z = state += UINT64_C(0x9E3779B97F4A7C15);

    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return (uint32_t)((z ^ z >> 31) >> 32) % below;
}

static void put_drawn(struct buf *out, const char *alphabet, uint32_t count)
{
    uint32_t size = (uint32_t)strlen(alphabet);

    while (count-- > 0)
        buf_putc(out, alphabet[draw(size)]);
}

static void put_uuid(struct buf *out)
{
    static const uint32_t groups[] = { 8, 4, 4, 4, 12 };

    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        if (i > 0)
            buf_putc(out, '-');
        put_drawn(out, "0123456789abcdef", groups[i]);
    }
}

/*
 * Append ${before} and a number below ${below}. Each call draws once, because the compiler chooses
 * the order in which arguments are computed.
 */
static void put_below(struct buf *out, const char *before, uint32_t below)
{
    buf_puts(out, before);
    buf_printf(out, "%u", draw(below));
}

static void put_time(struct buf *out, const char *key)
{
    buf_printf(out, "\"%s\":\"2026-%02u", key, 1 + draw(12));
    buf_printf(out, "-%02uT", 1 + draw(28));
    buf_printf(out, "%02u:", draw(24));
    buf_printf(out, "%02u:", draw(60));
    buf_printf(out, "%02u.", draw(60));
    buf_printf(out, "%03uZ\",", draw(1000));
}

static void put_address(struct buf *out)
{
    if (draw(5) == 0) {
        buf_printf(out, "2001:db8:%x::", draw(65536));
        buf_printf(out, "%x", draw(65536));
        return;
    }
    put_below(out, "", 256);
    for (int i = 0; i < 3; i++)
        put_below(out, ".", 256);
}

static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* Append the members with personal values, before or after masking. */
static void put_personal(struct buf *out, bool masked)
{
    if (masked) {
        buf_puts(out, "\"masked_ip\":\"siv1.624887dd.");
        put_drawn(out, base64, 40);
        buf_puts(out, "\",\"masked_device_id\":\"siv1.624887dd.");
        put_drawn(out, base64, 38);
    } else {
        buf_puts(out, "\"ip\":\"");
        put_address(out);
        buf_printf(out, "\",\"device_id\":\"%03u-", draw(1000));
        buf_printf(out, "%02u-", draw(100));
        buf_printf(out, "%04u", draw(10000));
    }
}

static void put_body(struct buf *out, bool masked)
{
    static const char *const devices[] = { "android", "ios", "web" };
    static const char *const locales[] = { "\"RU\"", "\"en_US\"", "null", "\"de\"", "\"ID\"" };

    buf_puts(out, "{\"user_id\":\"");
    put_uuid(out);
    put_below(out, "\",\"app_version\":\"", 4);
    put_below(out, ".", 12);
    put_below(out, ".", 30);
    const char *locale = locales[draw(5)];
    buf_printf(out, "\",\"device_type\":\"%s\",\"locale\":%s,", devices[draw(3)], locale);
    put_personal(out, masked);
    buf_puts(out, "\"}");
}

void texts_body(struct buf *out)
{
    put_body(out, false);
}

/*
 * Append a record as sqs-pull prints it, up to its body, with a receipt handle of ${least} to
 * ${most} bytes.
 */
static void put_sqs(struct buf *out, uint32_t least, uint32_t most)
{
    buf_puts(out,
        "{\"sqs\":{\"queue_url\":\"https://sqs.eu-west-1.amazonaws.com/000000000000/"
        "logins\",\"message_id\":\"");
    put_uuid(out);
    buf_puts(out, "\",\"receipt_handle\":\"");
    put_drawn(out, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
        least + draw(most - least + 1));
    buf_puts(out, "\",");
    put_time(out, "sent_at");
    put_time(out, "first_received_at");
    put_time(out, "lease_until");
    buf_printf(out, "\"receive_count\":%u},\"body\":", 1 + draw(4));
}

static void put_record(struct buf *out, uint32_t least, uint32_t most, bool masked)
{
    put_sqs(out, least, most);
    put_body(out, masked);
    buf_puts(out, masked ? ",\"pii\":{\"key\":\"624887dd\"}}" : "}");
}

void texts_short_record(struct buf *out)
{
    put_record(out, 20, 60, false);
}

void texts_long_record(struct buf *out)
{
    put_record(out, 400, 420, false);
}

void texts_masked_record(struct buf *out)
{
    put_record(out, 400, 420, true);
}

void texts_mail_record(struct buf *out)
{
    put_sqs(out, 20, 60);
    buf_puts(out, "{\"user_id\":\"");
    put_uuid(out);
    buf_puts(out, "\",\"email\":\"");
    put_drawn(out, "abcdefghijklmnopqrstuvwxyz", 4 + draw(10));
    put_below(out, ".", 1000);
    buf_puts(out, "@example.com\"}}");
}

#define TOPIC "arn:aws:sns:us-east-2:000000000000:logins"

void texts_sns_record(struct buf *out)
{
    struct buf body = { .maximum = 4096 };

    put_sqs(out, 400, 420);
    put_body(&body, false);
    buf_puts(out, "{\"Type\":\"Notification\",\"MessageId\":\"");
    put_uuid(out);
    buf_puts(out, "\",\"TopicArn\":\"" TOPIC "\",\"Message\":");
    if (json_string_encode(out, body.data, body.length) != 0)
        out->failed = true;
    buf_putc(out, ',');
    put_time(out, "Timestamp");
    buf_puts(out, "\"SignatureVersion\":\"1\",\"Signature\":\"");
    put_drawn(out, base64, 342);
    buf_puts(out,
        "==\",\"SigningCertURL\":\"https://sns.us-east-2.amazonaws.com/"
        "SimpleNotificationService-");
    put_drawn(out, "0123456789abcdef", 32);
    buf_puts(out,
        ".pem\",\"UnsubscribeURL\":\"https://sns.us-east-2.amazonaws.com/"
        "?Action=Unsubscribe&SubscriptionArn=" TOPIC ":");
    put_uuid(out);
    buf_puts(out, "\"}}");
    buf_free(&body);
}

/* Append 64 KiB: an array of bodies. */
void texts_array(struct buf *out)
{
    size_t start = out->length;

    buf_putc(out, '[');
    do {
        texts_body(out);
        buf_putc(out, ',');
    } while (out->length - start < 65000);
    texts_body(out);
    buf_putc(out, ']');
}

void texts_foreign(struct buf *out)
{
    static const char *const letters[] = { "д", "ж", "и", "к", "日", "本", "語", "漢", "é", "😀",
        " " };

    buf_puts(out, "{\"body\":{\"comment\":\"");
    for (uint32_t i = 0, count = 400 + draw(400); i < count; i++)
        buf_puts(out, letters[draw(11)]);
    buf_puts(out, "\"}}");
}

void texts_cyrillic(struct buf *out)
{
    static const char *const letters[] = { "а", "б", "в", "г", "д", "е", "ж", "з", "и", "к", "п",
        "р" };

    buf_puts(out, "{\"body\":{\"comment\":\"");
    for (uint32_t i = 0, count = 60 + draw(60); i < count; i++) {
        for (uint32_t k = 0, length = 1 + draw(11); k < length; k++)
            buf_puts(out, letters[draw(12)]);
        buf_putc(out, ' ');
    }
    buf_puts(out, "\"}}");
}

/* Append a body that is JSON in a string. */
void texts_escaped(struct buf *out)
{
    struct buf body;

    buf_init(&body, 4096);
    texts_body(&body);
    buf_puts(out, "{\"body\":\"");
    for (size_t i = 0; i < body.length; i++) {
        if (body.data[i] == '"')
            buf_putc(out, '\\');
        buf_putc(out, body.data[i]);
    }
    buf_puts(out, "\"}");
    buf_free(&body);
}

void texts_numbers(struct buf *out)
{
    buf_putc(out, '[');
    for (int i = 0; i < 80; i++) {
        put_below(out, i ? "," : "", 100000);
        put_below(out, ".", 1000);
    }
    buf_putc(out, ']');
}
