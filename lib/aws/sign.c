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

/* Append percent-encoded, except letters, digits, "-._~" and the character ${kept}. */
static void append_encoded(struct buf *out, const char *text, char kept)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
    for (; *text != '\0'; text++) {
        if (*text == kept || strchr(plain, *text) != NULL)
            buf_putc(out, *text);
        else
            buf_printf(out, "%%%02X", (unsigned)(unsigned char)*text);
    }
}

/* Encode the path again: it is sent encoded already, and only "/" stays as it is. */
static void append_path(struct buf *out, const char *path)
{
    append_encoded(out, *path == '\0' ? "/" : path, '/');
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

/* The scope of a signature. */
struct sign_scope {
    const char *region;
    const char *service;
    const char *date;
};

static void append_scope(struct buf *out, const struct sign_scope *scope)
{
    buf_printf(out, "%.8s/%s/%s/aws4_request", scope->date, scope->region, scope->service);
}

/* Derive the key of this day, region and service from the secret. */
static int derive(const struct credentials *credentials, const struct sign_scope *scope,
    unsigned char key[HMAC_SIZE])
{
    static const char end[] = "aws4_request";
    struct buf first;
    buf_init(&first, 4096);
    buf_puts(&first, "AWS4");
    buf_puts(&first, credentials->secret_access_key);
    int result = first.failed ||
            hmac_once(first.data, first.length, scope->date, DAY_LENGTH, key) != 0 ||
            hmac_once(key, HMAC_SIZE, scope->region, strlen(scope->region), key) != 0 ||
            hmac_once(key, HMAC_SIZE, scope->service, strlen(scope->service), key) != 0 ||
            hmac_once(key, HMAC_SIZE, end, sizeof end - 1, key) != 0
        ? -1
        : 0;
    buf_wipe(&first);
    return result;
}

/* Write the signature of a canonical request, in hex. Return 0 or -1. */
static int sign(const struct buf *canonical, const struct credentials *credentials,
    const struct sign_scope *scope, char hex[HEX_SIZE])
{
    struct buf to_sign;
    unsigned char key[HMAC_SIZE], signature[HMAC_SIZE];
    int result = -1;
    buf_init(&to_sign, 4096);
    buf_printf(&to_sign, "AWS4-HMAC-SHA256\n%s\n", scope->date);
    append_scope(&to_sign, scope);
    buf_putc(&to_sign, '\n');
    if (append_digest(&to_sign, canonical->data, canonical->length) == 0 &&
        derive(credentials, scope, key) == 0 &&
        hmac_once(key, sizeof key, to_sign.data, to_sign.length, signature) == 0) {
        digest_hex(signature, sizeof signature, hex);
        result = 0;
    }
    secret_wipe(key, sizeof key);
    buf_free(&to_sign);
    return result;
}

int sign_authorize(struct buf *out, const struct credentials *credentials,
    const struct sign_request *request)
{
    const struct sign_scope scope = { request->region, request->service, request->date };
    struct buf canonical;
    char hex[HEX_SIZE];
    int result = -1;
    buf_init(&canonical, 65536);
    if (append_canonical(&canonical, request) == 0 &&
        sign(&canonical, credentials, &scope, hex) == 0) {
        buf_printf(out, "AWS4-HMAC-SHA256 Credential=%s/", credentials->access_key_id);
        append_scope(out, &scope);
        buf_puts(out, ", SignedHeaders=");
        append_names(out, request);
        buf_printf(out, ", Signature=%.*s", (int)sizeof hex, hex);
        result = out->failed ? -1 : 0;
    }
    buf_wipe(&canonical); /* its headers may hold a session token */
    return result;
}

/* Append the parameters in the order of sending; the canonical query has the names sorted. */
static int append_query(struct buf *out, const struct credentials *credentials,
    const struct sign_query *query, bool sorted)
{
    const char *token = credentials->session_token;
    char credential[512];
    int length = snprintf(credential, sizeof credential, "%s/%.8s/%s/%s/aws4_request",
        credentials->access_key_id, query->date, query->region, query->service);
    if (length < 0 || (size_t)length >= sizeof credential)
        return -1;
    for (const struct sign_parameter *one = query->parameters;
         one < query->parameters + query->count; one++) {
        buf_printf(out, "%s=", one->name);
        append_encoded(out, one->value, '\0');
        buf_putc(out, '&');
    }
    buf_puts(out, "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=");
    append_encoded(out, credential, '\0');
    buf_printf(out, "&X-Amz-Date=%s&X-Amz-Expires=%u", query->date, query->seconds);
    if (!sorted)
        buf_puts(out, "&X-Amz-SignedHeaders=host");
    if (token != NULL) {
        buf_puts(out, "&X-Amz-Security-Token=");
        append_encoded(out, token, '\0');
    }
    if (sorted)
        buf_puts(out, "&X-Amz-SignedHeaders=host");
    return out->failed ? -1 : 0;
}

int sign_query(struct buf *out, const struct credentials *credentials,
    const struct sign_query *query)
{
    const struct sign_scope scope = { query->region, query->service, query->date };
    struct buf canonical;
    char hex[HEX_SIZE];
    int result = -1;
    buf_init(&canonical, 65536);
    buf_puts(&canonical, "GET\n/\n");
    if (append_query(&canonical, credentials, query, true) != 0)
        goto done;
    buf_printf(&canonical, "\nhost:%s\n\nhost\n", query->host);
    if (append_digest(&canonical, "", 0) != 0 || sign(&canonical, credentials, &scope, hex) != 0 ||
        append_query(out, credentials, query, false) != 0)
        goto done;
    buf_printf(out, "&X-Amz-Signature=%.*s", (int)sizeof hex, hex);
    result = out->failed ? -1 : 0;
done:
    buf_wipe(&canonical);
    return result;
}
