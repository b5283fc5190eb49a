#include <string.h>

#include "detect/key_meaning.h"
#include "name.h"
#include "type.h"

/* ---- numbers that are moments ---- */

enum { KEY_MOST = 1 << 10 };

/* Return true for a key that names a moment: created_at, ts, exp. */
static bool is_time_key(const struct node *node, struct type *type)
{
    static const char words[] =
        "_at_ts_time_timestamp_date_datetime_epoch_created_updated_modified_expires_expiry_exp_iat_"
        "nbf_seen_when_on_since_until_started_ended_sent_received_login_logout_";
    struct key_meaning meaning;
    struct buf name;
    bool found = false;
    key_meaning_read(node->name, node->name_length, &meaning);
    if ((meaning.traits & KEY_TIME) != 0)
        return true;
    buf_init(&name, KEY_MOST);
    (void)buf_putc(&name, '_');
    (void)name_add_key(&name, node->name, node->name_length);
    (void)buf_puts(&name, "_");
    const char *word = buf_cstr(&name);
    type->failed |= word == NULL || name.failed;
    while (word != NULL && !found && word[1] != '\0') {
        size_t length = 1 + strcspn(word + 1, "_");
        found = length > 1 && memmem(words, strlen(words), word, length + 1) != NULL;
        word += length;
    }
    buf_free(&name);
    return found;
}

static void of_moment(struct type *type, const char *filter, const char *remark)
{
    type->sql = "timestamptz";
    type->filter = filter;
    type->remark = remark;
}

/*
 * Make a moment of a number. jq's todate() takes whole seconds only; the fraction is added as text.
 */
static bool of_epoch(const struct node *node, struct type *type)
{
    if ((node->allowed & (VALUE_SECONDS | VALUE_MILLIS | VALUE_MICROS)) == 0 ||
        !is_time_key(node, type))
        return false;
    bool whole = (node->traits & VALUE_FRACTION) == 0;
    if ((node->allowed & VALUE_SECONDS) != 0 && whole)
        of_moment(type, "if . == null then . else todate end", "seconds since 1970");
    else if ((node->allowed & VALUE_SECONDS) != 0)
        of_moment(type,
            "if . == null then . else (. * 1000000 | round) | (. / 1000000 | floor | todate | "
            "rtrimstr(\"Z\")) + \".\" + (. % 1000000 + 1000000 | tostring | .[1:]) + \"Z\" end",
            "seconds since 1970");
    else if ((node->allowed & VALUE_MILLIS) != 0 && whole)
        of_moment(type,
            "if . == null then . else (. / 1000 | floor | todate | rtrimstr(\"Z\")) + \".\" + "
            "(. % 1000 + 1000 | tostring | .[1:]) + \"Z\" end",
            "milliseconds since 1970");
    else if (whole)
        of_moment(type,
            "if . == null then . else (. / 1000000 | floor | todate | rtrimstr(\"Z\")) + \".\" + "
            "(. % 1000000 + 1000000 | tostring | .[1:]) + \"Z\" end",
            "microseconds since 1970");
    else
        return false;
    return true;
}

/* ---- by the values ---- */

static void of_number(const struct node *node, struct type *type)
{
    bool floating = (node->traits & VALUE_FLOATING) != 0;
    type->unit = "digit";
    type->exact = (node->traits & VALUE_DIGITS) != 0;
    if (of_epoch(node, type))
        return;
    if ((node->allowed & VALUE_BIGINT) != 0)
        type->sql = "bigint";
    else if ((node->allowed & VALUE_DOUBLE) != 0 &&
        (floating || (node->allowed & VALUE_NUMERIC) == 0))
        type->sql = "double precision";
    else if ((node->allowed & VALUE_NUMERIC) != 0)
        type->sql = "numeric";
    else
        type->remark = "numbers beyond the range of the server";
}

/* Make the column take a text that holds U+0000, which PostgreSQL cannot store. */
static void without_nul(struct type *type)
{
    type->sql = "text";
    type->filter = "if type == \"string\" then split(\"\\u0000\") | join(\"\\ufffd\") else . end";
    type->remark = "U+0000 becomes U+FFFD";
}

static void of_string(const struct node *node, struct type *type)
{
    struct key_meaning meaning;
    key_meaning_read(node->name, node->name_length, &meaning);
    /* Versions such as "2023-10-16" of an interface, "1.2.3.4" of a program. */
    bool version = (meaning.traits & KEY_VERSION) != 0 && !node->text_nul && node->tokens == 0;
    type->unit = "character";
    if (version) {
        type->sql = "text";
    } else if ((node->allowed & VALUE_DATE) != 0) {
        type->sql = "date";
    } else if ((node->allowed & VALUE_TIMESTAMPTZ) != 0) {
        type->sql = "timestamptz";
        if ((node->traits & VALUE_LOCAL) != 0)
            type->remark = "without a zone: the database's is taken";
    } else if ((node->allowed & VALUE_UUID) != 0) {
        type->sql = "uuid";
    } else if ((node->allowed & VALUE_INET) != 0) {
        type->sql = "inet";
    } else if (node->text_nul) {
        without_nul(type);
    } else if (node->tokens * 2 > node->types[JSON_STRING]) {
        type->lookup = true;
        type->remark = "masked";
    }
}

/* Set the type for objects, arrays, and values of several types. */
static void of_any(const struct node *node, struct type *type)
{
    const uint64_t *types = node->types;
    uint64_t others =
        types[JSON_FALSE] + types[JSON_TRUE] + types[JSON_NUMBER] + types[JSON_STRING];
    bool object = types[JSON_OBJECT] > 0;
    bool array = types[JSON_ARRAY] > 0;
    type->sql = "jsonb";
    type->unit = others > 0 ? NULL : "byte";
    type->exact = (node->traits & VALUE_DIGITS) != 0;
    type->remark = others > 0 || (object && array) ? "of several types"
        : array                                    ? "an array"
                                                   : "an object";
    if (object && node->map && others == 0 && !array)
        type->remark = "an object of varying keys";
    if ((node->traits & (VALUE_NUL | VALUE_HUGE)) == 0)
        return;
    /* The JSON text unchanged, because jsonb would not take it. */
    type->sql = "text";
    type->remark = "JSON, with what jsonb does not take";
    if (node->text_nul)
        without_nul(type);
}

bool type_is_object(const struct node *node)
{
    const uint64_t *types = node->types;
    return types[JSON_OBJECT] > 0 &&
        types[JSON_FALSE] + types[JSON_TRUE] + types[JSON_NUMBER] + types[JSON_STRING] +
            types[JSON_ARRAY] ==
        0;
}

void type_of(const struct node *node, struct type *type)
{
    const uint64_t *types = node->types;
    uint64_t booleans = types[JSON_FALSE] + types[JSON_TRUE];
    int classes = (booleans > 0) + (types[JSON_NUMBER] > 0) + (types[JSON_STRING] > 0);
    *type = (struct type){ .sql = "text" };
    if (types[JSON_OBJECT] + types[JSON_ARRAY] > 0 || classes > 1)
        of_any(node, type);
    else if (booleans > 0)
        type->sql = "boolean";
    else if (types[JSON_NUMBER] > 0)
        of_number(node, type);
    else if (types[JSON_STRING] > 0)
        of_string(node, type);
    else
        type->remark = "always null";
}
