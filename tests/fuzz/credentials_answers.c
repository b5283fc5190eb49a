/*
 * Read any bytes as the answers of sources of credentials. These are the container endpoint, the
 * instance metadata service (token, name of the role and credentials, in turn), STS in XML, and a
 * credential_process. Accepted credentials are valid in a header. No answer leads the next request
 * to another place, and refused ones leave nothing behind.
 */
#include "credentials/container.h"
#include "credentials/document.h"
#include "credentials/instance.h"
#include "credentials/profile.h"
#include "credentials/role.h"
#include "credentials_network.h"

enum source { CONTAINER, INSTANCE, ROLE, TOKEN, PROCESS, TIME, SOURCES };

static const struct credentials_request request = { .region = "eu-west-1", .stop_fd = -1 };

static void set_up(struct profile *profile)
{
    if (profile->name != NULL)
        return;
    fuzz_require(clearenv() == 0 &&
        setenv("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/x", 1) == 0 &&
        profile_init(profile, "default") == 0);
}

static void check_word(const char *text)
{
    fuzz_require(*text != '\0');
    for (; *text != '\0'; text++)
        fuzz_require(*text > ' ' && *text <= '~');
}

static void check(enum source source, enum aws_cause cause, const struct credentials *credentials,
    const struct aws_error *error)
{
    if (cause != AWS_OK) {
        fuzz_require(cause == error->cause && error->text[0] != '\0');
        fuzz_require(fuzz_is_line(error->text, sizeof error->text));
        fuzz_require(credentials->access_key_id == NULL && credentials->session_token == NULL &&
            credentials->secret_access_key == NULL);
        return;
    }
    if (credentials->access_key_id == NULL) {
        fuzz_require(source == INSTANCE); /* which may have none */
        return;
    }
    check_word(credentials->access_key_id);
    check_word(credentials->secret_access_key);
    fuzz_require((source != ROLE && source != TOKEN) ||
        (credentials->session_token != NULL && credentials->expires_ms > 0));
    if (credentials->session_token != NULL)
        check_word(credentials->session_token);
}

static enum aws_cause fetch(enum source source, const struct profile *profile,
    struct credentials *credentials, struct aws_error *error)
{
    static char id[] = "AKIDEXAMPLE", secret[] = "secret";
    static const struct credentials by = { .access_key_id = id, .secret_access_key = secret };
    const struct credentials_role role = { .arn = "arn:aws:iam::1:role/r",
        .settings = profile,
        .name = "r" };
    const char *reason;
    size_t length;
    const char *text;
    switch (source) {
    case CONTAINER:
        return credentials_container_fetch(credentials, &request, error);
    case INSTANCE:
        return credentials_instance_fetch(credentials, &request, profile, &reason, error);
    case ROLE:
        return credentials_role_assume(credentials, &request, &role, &by, error);
    case TOKEN:
        return credentials_role_assume_by_token(credentials, &request, &role, "token", error);
    default:
        text = fuzz_part(&network, &length);
        return credentials_document_read(credentials, CREDENTIALS_DOCUMENT_PROCESS, text, length,
            "it", error);
    }
}

static void check_time(void)
{
    uint64_t time_ms = 0;
    char *text = fuzz_text(&network);
    bool good = credentials_time(text, &time_ms);
    fuzz_require(!good || (time_ms > 0 && time_ms % 1000 == 0));
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct profile profile;
    struct credentials credentials = { 0 };
    struct aws_error error = { .cause = AWS_OK };
    set_up(&profile);
    network = (struct fuzz_bytes){ data, size };
    network_requests = 0;
    enum source source = fuzz_byte(&network) % SOURCES;
    if (source == TIME) {
        check_time();
        return 0;
    }
    enum aws_cause cause = fetch(source, &profile, &credentials, &error);
    check(source, cause, &credentials, &error);
    fuzz_require(network_requests <= 3); /* a chain of three is the longest */
    credentials_free(&credentials);
    return 0;
}
