#include <stdbool.h>
#include <string.h>

#include "kms_failure.h"

enum aws_cause kms_failure_transfer(struct aws_error *error, const struct kms_failure_place *place,
    const struct http_request *request)
{
    enum aws_cause cause = AWS_TEMPORARY;
    const char *hint = NULL;
    bool known = request->system_error != 0;
    switch (request->outcome) {
    case HTTP_NO_MEMORY:
        return error_no_memory(error);
    case HTTP_DESCRIPTORS:
        hint = ERROR_DESCRIPTORS_HINT;
        break;
    case HTTP_TOO_BIG:
        cause = AWS_REFUSED;
        break;
    case HTTP_UNTRUSTED:
    case HTTP_CA_BUNDLE:
        cause = AWS_SETTING;
        hint = "set AWS_CA_BUNDLE to a file of trusted certificates";
        break;
    default:
        break;
    }
    return error_set(error, cause, hint, "cannot reach %s: %s%s%s%s", place->host,
        http_outcome_text(request->outcome), known ? " (" : "",
        known ? strerror(request->system_error) : "", known ? ")" : "");
}

/* Errors of a key in the API reference that a user can fix. */
struct known {
    const char *name;
    const char *text;
    const char *hint;
};

static const struct known of_key[] = {
    { "NotFoundException", "knows no such key", "check --key-id, and the account and region" },
    { "DisabledException", "has disabled the key",
        "ask the administrator of the key to enable it" },
    { "KMSInvalidStateException", "cannot use the key in its present state",
        "cancel the deletion of the key, if one is scheduled" },
    { "InvalidKeyUsageException", "does not use this key for encryption", "give a symmetric key" },
};

static enum aws_cause set_usual(struct aws_error *error, const struct kms_failure_place *place,
    const struct kms_message *message, unsigned status, const char *name)
{
    enum aws_cause cause = error_cause_of(name, status, false, true);
    const char *reason = *name != '\0' ? name : "no reason given";
    switch (cause) {
    case AWS_EXPIRED:
    case AWS_IDENTITY:
        return error_set(error, cause,
            "check the access key, its secret, the session token and the region",
            "%s does not accept our credentials (%s)", place->host, reason);
    case AWS_DENIED:
        return error_set(error, cause,
            message->seal ? "allow kms:Encrypt in the key policy and in your own"
                          : "allow kms:Decrypt with this context in the key policy and in your own",
            "%s denies us %s (%s)", place->host, kms_message_action(message), reason);
    case AWS_SKEWED:
        return error_set(error, cause, "set this machine's clock", "%s finds our clock wrong (%s)",
            place->host, reason);
    default:
        return error_set(error, cause, NULL, "%s answers %s with status %u%s%s%s", place->host,
            kms_message_action(message), status, *name != '\0' ? " (" : "", name,
            *name != '\0' ? ")" : "");
    }
}

enum aws_cause kms_failure_answer(struct aws_error *error, const struct kms_failure_place *place,
    const struct kms_message *message, unsigned status, const char *name)
{
    if (strcmp(name, "InvalidCiphertextException") == 0)
        return error_set(error, AWS_REFUSED,
            "check --context and the region; the file may also be damaged",
            "%s does not open %s (%s)", place->host, place->file, name);
    if (strcmp(name, "IncorrectKeyException") == 0)
        return error_set(error, AWS_REFUSED, "omit --key-id, or give the key that sealed the file",
            "%s reports that another key sealed %s (%s)", place->host, place->file, name);
    for (size_t i = 0; i < sizeof of_key / sizeof *of_key; i++)
        if (strcmp(of_key[i].name, name) == 0)
            return error_set(error, AWS_REFUSED, of_key[i].hint, "%s %s (%s)", place->host,
                of_key[i].text, name);
    return set_usual(error, place, message, status, name);
}
