#include <string.h>

#include "base/buf.h"
#include "credentials/document.h"
#include "json/scan.h"
#include "json/string.h"

enum member { VERSION, CODE, ID, SECRET, TOKEN, EXPIRATION, MEMBERS };

enum { DEEPEST = 16, VALUE_MAXIMUM = 17000 };

struct reading {
    const char *text;
    uint32_t nodes[MEMBERS];
    struct json_match places[MEMBERS];
    bool given[MEMBERS];        /* the document has it, and it is not null */
    struct buf values[MEMBERS]; /* of strings */
};

static struct json_paths *paths_of(struct reading *reading, enum credentials_document_kind kind)
{
    const char *const names[MEMBERS] = { "Version", "Code", "AccessKeyId", "SecretAccessKey",
        kind == CREDENTIALS_DOCUMENT_PROCESS ? "SessionToken" : "Token", "Expiration" };
    struct json_paths *paths = json_paths_new();
    for (int member = 0; paths != NULL && member < MEMBERS; member++) {
        reading->nodes[member] =
            json_paths_key(paths, JSON_ROOT, names[member], strlen(names[member]));
        if (reading->nodes[member] == JSON_NO_NODE) {
            json_paths_free(paths);
            return NULL;
        }
    }
    return paths;
}

/* Of a repeated key, the last one counts. */
static void find_members(struct reading *reading, const struct json_matches *matches)
{
    for (size_t i = 0; i < matches->count; i++)
        for (int member = 0; member < MEMBERS; member++)
            if (matches->list[i].node == reading->nodes[member]) {
                reading->places[member] = matches->list[i];
                reading->given[member] = matches->list[i].kind != JSON_NULL;
            }
}

/* Return the string in a member, or NULL when it has none. */
static const char *string_of(struct reading *reading, enum member member)
{
    const struct json_match *place = &reading->places[member];
    struct buf *value = &reading->values[member];
    if (!reading->given[member] || place->kind != JSON_STRING)
        return NULL;
    /* Reserve the maximum: growing would leave copies of secrets in memory. */
    if (buf_reserve(value, (size_t)(place->end - place->value) + 1) == NULL ||
        json_string_decode(value, reading->text + place->value, place->end - place->value) != 0 ||
        memchr(value->data, '\0', value->length) != NULL)
        return NULL;
    return buf_cstr(value);
}

static bool is_version_1(const struct reading *reading)
{
    const struct json_match *place = &reading->places[VERSION];
    return reading->given[VERSION] && place->kind == JSON_NUMBER &&
        place->end - place->value == 1 && reading->text[place->value] == '1';
}

static enum aws_cause take(struct reading *reading, struct credentials *credentials,
    enum credentials_document_kind kind, const char *who, struct aws_error *error)
{
    uint64_t expires_ms = 0;
    const char *code = string_of(reading, CODE);
    if (kind == CREDENTIALS_DOCUMENT_ENDPOINT && code != NULL && strcmp(code, "Success") != 0)
        return error_set(error, AWS_SETTING, NULL, "%s has no credentials for us", who);
    if (kind == CREDENTIALS_DOCUMENT_PROCESS && !is_version_1(reading))
        return error_set(error, AWS_SETTING, NULL, "%s gives no \"Version\" 1", who);
    const char *id = string_of(reading, ID), *secret = string_of(reading, SECRET);
    const char *token = string_of(reading, TOKEN), *expiration = string_of(reading, EXPIRATION);
    if (id == NULL || secret == NULL || (token == NULL && reading->given[TOKEN]))
        return error_set(error, AWS_SETTING, NULL,
            "%s gives no AccessKeyId or no SecretAccessKey, or they are not strings", who);
    if (reading->given[EXPIRATION] &&
        (expiration == NULL || !credentials_time(expiration, &expires_ms)))
        return error_set(error, AWS_SETTING, NULL, "%s gives an Expiration that is not a time",
            who);
    enum aws_cause cause = credentials_set(credentials, id, secret,
        token != NULL && *token != '\0' ? token : NULL, AWS_SETTING, who, error);
    if (cause == AWS_OK)
        credentials->expires_ms = expires_ms;
    return cause;
}

enum aws_cause credentials_document_read(struct credentials *credentials,
    enum credentials_document_kind kind, const char *text, size_t length, const char *who,
    struct aws_error *error)
{
    struct reading reading = { .text = text };
    struct json_matches matches = { 0 };
    struct json_result result;
    enum aws_cause cause;
    *credentials = (struct credentials){ 0 };
    for (int member = 0; member < MEMBERS; member++)
        buf_init(&reading.values[member], VALUE_MAXIMUM);
    struct json_paths *paths = paths_of(&reading, kind);
    enum json_error scanned =
        paths == NULL ? JSON_TOO_MANY : json_scan(text, length, paths, DEEPEST, &matches, &result);
    if (scanned == JSON_TOO_MANY) {
        cause = error_no_memory(error);
    } else if (scanned != JSON_OK || result.kind != JSON_OBJECT) {
        cause = error_set(error, AWS_SETTING, NULL, "%s does not give a JSON object", who);
    } else {
        find_members(&reading, &matches);
        cause = take(&reading, credentials, kind, who, error);
    }
    for (int member = 0; member < MEMBERS; member++)
        buf_wipe(&reading.values[member]);
    json_matches_free(&matches);
    json_paths_free(paths);
    return cause;
}

enum aws_cause credentials_document_answer(struct credentials *credentials,
    const struct credentials_ask *ask, const char *hint, struct aws_error *error)
{
    if (ask->http.status != 200)
        return error_set(error, AWS_SETTING, hint, "%s answers with status %u", ask->who,
            ask->http.status);
    return credentials_document_read(credentials, CREDENTIALS_DOCUMENT_ENDPOINT, ask->answer.data,
        ask->answer.length, ask->who, error);
}
