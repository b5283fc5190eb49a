#include <stdio.h>
#include <string.h>
#include <time.h>

#include "aws/sign.h"
#include "crypto/digest.h"
#include "crypto/hmac.h"
#include "crypto/secret.h"

enum { HEX_SIZE = 2 * HMAC_SIZE, DAY_LENGTH = 8 };

void sign_date(uint64_t time_ms, char date[SIGN_DATE_SIZE])
{
    time_t seconds = (time_t)(time_ms / 1000);
    struct tm broken;
    if (gmtime_r(&seconds, &broken) == NULL ||
        strftime(date, SIGN_DATE_SIZE, "%Y%m%dT%H%M%SZ", &broken) == 0)
        (void)snprintf(date, SIGN_DATE_SIZE, "19700101T000000Z");
}

static int append_digest(struct buf *out, const void *data, size_t length)
{
    unsigned char digest[DIGEST_SHA256_SIZE];
    char hex[HEX_SIZE];
    if (digest_sha256(data, length, digest) != 0)
        return -1;
    digest_hex(digest, sizeof digest, hex);
    return buf_append(out, hex, sizeof hex);
}

/* The path is encoded once more: what is sent is already encoded, and only "/" stays. */
static void append_path(struct buf *out, const char *path)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/";
    if (*path == '\0')
        buf_putc(out, '/');
    for (; *path != '\0'; path++) {
        if (strchr(plain, *path) != NULL)
            buf_putc(out, *path);
        else
            buf_printf(out, "%%%02X", (unsigned)(unsigned char)*path);
    }
}

static void append_names(struct buf *out, const struct sign_request *request)
{
    for (size_t i = 0; i < request->count; i++) {
        if (i > 0)
            buf_putc(out, ';');
        buf_puts(out, request->headers[i].name);
    }
}

static int append_canonical(struct buf *out, const struct sign_request *request)
{
    buf_puts(out, "POST\n");
    append_path(out, request->path);
    buf_puts(out, "\n\n"); /* no query */
    for (size_t i = 0; i < request->count; i++) {
        buf_puts(out, request->headers[i].name);
        buf_putc(out, ':');
        buf_puts(out, request->headers[i].value);
        buf_putc(out, '\n');
    }
    buf_putc(out, '\n');
    append_names(out, request);
    buf_putc(out, '\n');
    return append_digest(out, request->body, request->body_length) == 0 && !out->failed ? 0 : -1;
}

/* The key of this day, region and service, from the secret. */
static int derive(const struct credentials *credentials, const struct sign_request *request,
    unsigned char key[HMAC_SIZE])
{
    static const char end[] = "aws4_request";
    struct buf first;
    buf_init(&first, 4096);
    buf_puts(&first, "AWS4");
    buf_puts(&first, credentials->secret_access_key);
    int result = first.failed ||
            hmac_once(first.data, first.length, request->date, DAY_LENGTH, key) != 0 ||
            hmac_once(key, HMAC_SIZE, request->region, strlen(request->region), key) != 0 ||
            hmac_once(key, HMAC_SIZE, request->service, strlen(request->service), key) != 0 ||
            hmac_once(key, HMAC_SIZE, end, sizeof end - 1, key) != 0
        ? -1
        : 0;
    buf_wipe(&first);
    return result;
}

int sign_authorize(struct buf *out, const struct credentials *credentials,
    const struct sign_request *request)
{
    struct buf canonical, to_sign;
    unsigned char key[HMAC_SIZE], signature[HMAC_SIZE];
    char hex[HEX_SIZE], scope[160];
    int result = -1;
    buf_init(&canonical, 65536);
    buf_init(&to_sign, 4096);
    (void)snprintf(scope, sizeof scope, "%.8s/%s/%s/aws4_request", request->date, request->region,
        request->service);
    if (append_canonical(&canonical, request) != 0)
        goto done;
    buf_printf(&to_sign, "AWS4-HMAC-SHA256\n%s\n%s\n", request->date, scope);
    if (append_digest(&to_sign, canonical.data, canonical.length) != 0)
        goto done;
    if (derive(credentials, request, key) != 0 ||
        hmac_once(key, sizeof key, to_sign.data, to_sign.length, signature) != 0)
        goto done;
    digest_hex(signature, sizeof signature, hex);
    buf_printf(out, "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=", credentials->access_key_id,
        scope);
    append_names(out, request);
    buf_printf(out, ", Signature=%.*s", (int)sizeof hex, hex);
    result = out->failed ? -1 : 0;
done:
    secret_wipe(key, sizeof key);
    buf_wipe(&canonical); /* a session token is among the headers */
    buf_free(&to_sign);
    return result;
}
