/* lib/credentials/profile, chain and shell_words: the shared files of the AWS tools, and their
 * precedence. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "credentials/chain.h"
#include "credentials/profile.h"
#include "credentials/shell_words.h"

struct file {
    const char *text;
    const char *profile;
    enum profile_kind kind;
    enum profile_result result;
    size_t line; /* of an error */
    bool found;
    const char *setting;
    const char *value; /* NULL for none */
};

static const struct file files[] = {
    { "", "default", PROFILE_CONFIG, PROFILE_OK, 0, false, "region", NULL },
    { "[default]\nregion = eu-west-1\n", "default", PROFILE_CONFIG, PROFILE_OK, 0, true, "region",
        "eu-west-1" },
    { "[default]\nregion=eu-west-1", "default", PROFILE_CONFIG, PROFILE_OK, 0, true, "region",
        "eu-west-1" },
    { "[default]\r\nregion\t=\teu-west-1 \r\n", "default", PROFILE_CONFIG, PROFILE_OK, 0, true,
        "region", "eu-west-1" },
    { "# c\n; c\n\n[ default ] # c\nregion = a # b\n  # c\n", "default", PROFILE_CONFIG, PROFILE_OK,
        0, true, "region", "a # b" },
    { "[default]\nregion = a#b;c\n", "default", PROFILE_CONFIG, PROFILE_OK, 0, true, "region",
        "a#b;c" },
    { "[default]\nregion =\n", "default", PROFILE_CONFIG, PROFILE_OK, 0, true, "region", NULL },
    { "[default]\nk = a=b==\n", "default", PROFILE_CONFIG, PROFILE_OK, 0, true, "k", "a=b==" },
    { "[default]\nregion = a\nRegion = b\n", "default", PROFILE_CONFIG, PROFILE_MALFORMED, 3, true,
        "region", "a" },
    { "[default]\nregion = a\n[profile x]\nregion = b\n[default]\nk = v\n", "default",
        PROFILE_CONFIG, PROFILE_MALFORMED, 5, true, "region", "a" },
    { "[default]\nregion = a\nk = v\n[profile default]\nregion = b\n", "default", PROFILE_CONFIG,
        PROFILE_OK, 0, true, "region", "b" },
    { "[default]\nregion = a\nk = v\n[profile default]\nregion = b\n", "default", PROFILE_CONFIG,
        PROFILE_OK, 0, true, "k", NULL },
    { "[default]\nregion = a\n[profile default]\nregion = b\n[profile x]\nregion = c\n", "x",
        PROFILE_CONFIG, PROFILE_OK, 0, true, "region", "c" },
    { "[default]\nregion = a\n[profile x]\nregion = b\n", "x", PROFILE_CONFIG, PROFILE_OK, 0, true,
        "region", "b" },
    { "[profile  my one ]\nregion = b\n", "my one", PROFILE_CONFIG, PROFILE_MALFORMED, 1, false,
        "region", NULL },
    { "[profile]\nregion = b\n", "default", PROFILE_CONFIG, PROFILE_MALFORMED, 1, false, "region",
        NULL },
    { "[profile \"my one]\nregion = b\n", "my one", PROFILE_CONFIG, PROFILE_MALFORMED, 1, false,
        "region", NULL },
    { "[profile  \"my one\" ]\nregion = b\n", "my one", PROFILE_CONFIG, PROFILE_OK, 0, true,
        "region", "b" },
    { "[profile my\\ 'one']\n  region : b\n  k=v\n", "my one", PROFILE_CONFIG, PROFILE_OK, 0, true,
        "region", "b" },
    { "[my one]\nregion = b\n", "my one", PROFILE_CREDENTIALS, PROFILE_OK, 0, true, "region", "b" },
    { "['my one']\nregion = b\n", "my one", PROFILE_CREDENTIALS, PROFILE_OK, 0, false, "region",
        NULL },
    { "[DEFAULT]\nregion = b\n", "default", PROFILE_CONFIG, PROFILE_OK, 0, false, "region", NULL },
    { "[DEFAULT]\nregion = b\n[profile x]\nk = v\n", "x", PROFILE_CONFIG, PROFILE_OK, 0, true,
        "region", "b" },
    { "[profile x]\nregion = a\n[DEFAULT]\nregion = b\n", "x", PROFILE_CONFIG, PROFILE_OK, 0, true,
        "region", "a" },
    { "[default]\n    k = v\n  region = a\n\n   \n    b\n", "default", PROFILE_CONFIG, PROFILE_OK,
        0, true, "region", "a\n\n\nb" },
    { "[profile default]\nregion = b\n", "default", PROFILE_CONFIG, PROFILE_OK, 0, true, "region",
        "b" },
    /* the two files name profiles differently */
    { "[x]\nregion = b\n", "x", PROFILE_CONFIG, PROFILE_OK, 0, false, "region", NULL },
    { "[x]\nregion = b\n", "x", PROFILE_CREDENTIALS, PROFILE_OK, 0, true, "region", "b" },
    { "[profile x]\nregion = b\n", "x", PROFILE_CREDENTIALS, PROFILE_OK, 0, false, "region", NULL },
    { "[sso-session x]\nregion = b\n", "x", PROFILE_CONFIG, PROFILE_OK, 0, false, "region", NULL },
    /* settings of settings */
    { "[default]\ns3 =\n  region = no\nregion = yes\n", "default", PROFILE_CONFIG, PROFILE_OK, 0,
        true, "region", "yes" },
    { "[services x]\nsqs =\n  endpoint_url = http://no\n[default]\nk = v\n", "default",
        PROFILE_CONFIG, PROFILE_OK, 0, true, "endpoint_url", NULL },
    { "[default]\ns3 =\n  # c\n  region\nregion = yes\n", "default", PROFILE_CONFIG,
        PROFILE_MALFORMED, 4, true, "region", NULL },
    { "[default]\nregion =\n  a = b\n", "default", PROFILE_CONFIG, PROFILE_OK, 0, true, "region",
        NULL },
    /* errors */
    { "region = a\n", "default", PROFILE_CONFIG, PROFILE_MALFORMED, 1, false, "region", NULL },
    { "[default]\nregion\n", "default", PROFILE_CONFIG, PROFILE_MALFORMED, 2, true, "region",
        NULL },
    { "[default]\n\n= x\n", "default", PROFILE_CONFIG, PROFILE_MALFORMED, 3, true, "region", NULL },
    { "[default]\nregion = a\n[profile x]\nnonsense\n", "default", PROFILE_CONFIG,
        PROFILE_MALFORMED, 4, true, "region", "a" },
    { "[default\nregion = a\n", "default", PROFILE_CONFIG, PROFILE_MALFORMED, 1, false, "region",
        NULL },
    { "[default] x\n", "default", PROFILE_CONFIG, PROFILE_MALFORMED, 1, false, "region", NULL },
};

static void test_files(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        const struct file *file = &files[i];
        struct profile profile;
        size_t line;
        assert_int_equal(profile_init(&profile, file->profile), 0);
        enum profile_result result =
            profile_parse(&profile, file->kind, file->text, strlen(file->text), &line);
        if (result != file->result || profile.found != file->found)
            fail_msg("file %zu: result %d, found %d", i, (int)result, profile.found);
        if (result == PROFILE_MALFORMED)
            assert_int_equal(line, file->line);
        const char *value = profile_get(&profile, file->setting);
        if ((value == NULL) != (file->value == NULL) ||
            (value != NULL && file->value != NULL && strcmp(value, file->value) != 0))
            fail_msg("file %zu: value %s", i, value != NULL ? value : "none");
        profile_free(&profile);
    }
}

/* The environment of one case; all other variables that matter are unset. */
struct setting {
    const char *config; /* text of the files; NULL for none */
    const char *credentials;
    const char *variables[8]; /* name, value, … */
    const char *asked;        /* --profile */
    enum aws_cause cause;
    const char *id;    /* AWS_OK: the key found, … */
    const char *token; /* … and its token */
    const char *word;  /* else a part of the message */
};

#define FULL "[default]\naws_access_key_id = ID\naws_secret_access_key = hidden\n"
#define TWO \
    FULL "aws_session_token = TOKEN\n[x]\naws_access_key_id = XID\naws_secret_access_key = hidden\n"
#define ENVIRONMENT "AWS_ACCESS_KEY_ID", "EID", "AWS_SECRET_ACCESS_KEY", "hidden"

#define ROLE "[default]\nrole_arn = arn:aws:iam::1:role/r\n"
#define LINK(name, source) "[profile " name "]\nrole_arn = r\nsource_profile = " source "\n"
#define CONTAINER(uri) \
    NULL, NULL, { "AWS_CONTAINER_CREDENTIALS_FULL_URI", uri }, NULL, AWS_SETTING, NULL, NULL
#define PROCESS(command) "[default]\ncredential_process = " command "\n", NULL, { NULL }, NULL
#define GIVEN "{\"Version\":1,\"AccessKeyId\":\"PID\",\"SecretAccessKey\":\"hidden\""

static const struct setting settings[] = {
    { NULL, NULL, { ENVIRONMENT }, NULL, AWS_OK, "EID", NULL, NULL },
    { NULL, NULL, { ENVIRONMENT, "AWS_SESSION_TOKEN", "ETOKEN" }, NULL, AWS_OK, "EID", "ETOKEN",
        NULL },
    { NULL, FULL, { ENVIRONMENT }, NULL, AWS_OK, "EID", NULL, NULL },
    { NULL, TWO, { ENVIRONMENT, "AWS_PROFILE", "x" }, NULL, AWS_OK, "EID", NULL, NULL },
    { NULL, TWO, { ENVIRONMENT }, "x", AWS_OK, "XID", NULL, NULL },
    { NULL, FULL, { NULL }, NULL, AWS_OK, "ID", NULL, NULL },
    { NULL, TWO, { "AWS_DEFAULT_PROFILE", "x", "AWS_PROFILE", "default" }, NULL, AWS_OK, "XID",
        NULL, NULL },
    { NULL, NULL, { ENVIRONMENT, "AWS_SECURITY_TOKEN", "OLD" }, NULL, AWS_OK, "EID", "OLD", NULL },
    { NULL, FULL "aws_security_token = OLD\n", { NULL }, NULL, AWS_OK, "ID", "OLD", NULL },
    { "[default]\nlogin_session = arn\n", NULL, { NULL }, NULL, AWS_SETTING, NULL, NULL,
        "by 'aws login'" },
    { "[default]\nlogin_session = arn\n", FULL, { NULL }, NULL, AWS_OK, "ID", NULL, NULL },
    { NULL, TWO, { NULL }, NULL, AWS_OK, "ID", "TOKEN", NULL },
    { NULL, TWO, { "AWS_PROFILE", "x" }, NULL, AWS_OK, "XID", NULL, NULL },
    { NULL, TWO, { "AWS_PROFILE", "" }, NULL, AWS_OK, "ID", "TOKEN", NULL },
    { FULL, NULL, { NULL }, NULL, AWS_OK, "ID", NULL, NULL },
    { "[default]\naws_access_key_id = CID\naws_secret_access_key = C\n", FULL, { NULL }, NULL,
        AWS_OK, "ID", NULL, NULL },
    { NULL, NULL, { NULL }, NULL, AWS_SETTING, NULL, NULL, "no credentials" },
    { NULL, FULL, { "AWS_ACCESS_KEY_ID", "EID" }, NULL, AWS_SETTING, NULL, NULL, "only one" },
    { NULL, FULL, { "AWS_SECRET_ACCESS_KEY", "E" }, NULL, AWS_SETTING, NULL, NULL, "only one" },
    { NULL, FULL, { "AWS_PROFILE", "nope" }, NULL, AWS_CONFIG, NULL, NULL, "profile nope" },
    { NULL, FULL, { ENVIRONMENT }, "nope", AWS_CONFIG, NULL, NULL, "profile nope" },
    { NULL, "[default]\naws_access_key_id = ID\n", { NULL }, NULL, AWS_CONFIG, NULL, NULL,
        "only one" },
    { NULL, "[default]\naws_access_key_id = I D\naws_secret_access_key = S\n", { NULL }, NULL,
        AWS_CONFIG, NULL, NULL, "malformed" },
    { "nonsense\n", FULL, { NULL }, NULL, AWS_CONFIG, NULL, NULL, "config:1:" },
    { "[default]\nsso_session = s\n", NULL, { NULL }, NULL, AWS_SETTING, NULL, NULL, "by SSO" },
    { "[default]\nsso_start_url = https://s\n", FULL, { NULL }, NULL, AWS_SETTING, NULL, NULL,
        "by SSO" },
    /* roles: errors are found before any request */
    { ROLE "\n", NULL, { NULL }, NULL, AWS_CONFIG, NULL, NULL, "config:2: role_arn needs one of" },
    { ROLE "\n", FULL, { NULL }, NULL, AWS_CONFIG, NULL, NULL, "config:2: role_arn needs one of" },
    { ROLE "source_profile = x\ncredential_source = Environment\n", TWO, { NULL }, NULL, AWS_CONFIG,
        NULL, NULL, "config:2: role_arn needs one of" },
    { ROLE "source_profile = nope\n", TWO, { NULL }, NULL, AWS_CONFIG, NULL, NULL,
        "config:3: source_profile names no profile" },
    { ROLE "source_profile = default\n", NULL, { NULL }, NULL, AWS_CONFIG, NULL, NULL,
        "config:3: source_profile leads back" },
    { ROLE "source_profile = a\n[profile a]\nrole_arn = r\nsource_profile = b\n"
           "[profile b]\nrole_arn = r\nsource_profile = a\n",
        NULL, { NULL }, NULL, AWS_CONFIG, NULL, NULL, "config:9: source_profile leads back" },
    { ROLE "source_profile = a\n[profile a]\nregion = x\n", NULL, { NULL }, NULL, AWS_CONFIG, NULL,
        NULL, "config:3: the source_profile has no credentials" },
    { ROLE "source_profile = a\n" LINK("a", "b") LINK("b", "c") LINK("c", "d") LINK("d", "e")
            LINK("e", "f") LINK("f", "g") LINK("g", "h") LINK("h", "x"),
        TWO, { NULL }, NULL, AWS_CONFIG, NULL, NULL, "through too many roles" },
    { ROLE "credential_source = Nowhere\n", NULL, { NULL }, NULL, AWS_CONFIG, NULL, NULL,
        "config:3: credential_source is not" },
    { ROLE "credential_source = Environment\n", NULL, { NULL }, NULL, AWS_SETTING, NULL, NULL,
        "config:3: there are no credentials" },
    { ROLE "credential_source = EcsContainer\n", NULL, { NULL }, NULL, AWS_SETTING, NULL, NULL,
        "config:3: there are no credentials" },
    { ROLE "source_profile = x\nmfa_serial = m\n", TWO, { NULL }, NULL, AWS_SETTING, NULL, NULL,
        "MFA device" },
    { ROLE "source_profile = x\nduration_seconds = 899\n", TWO, { NULL }, NULL, AWS_CONFIG, NULL,
        NULL, "config:4: duration_seconds" },
    { ROLE "source_profile = x\nduration_seconds = 43201\n", TWO, { NULL }, NULL, AWS_CONFIG, NULL,
        NULL, "config:4: duration_seconds" },
    { ROLE "source_profile = x\nduration_seconds = 1h\n", TWO, { NULL }, NULL, AWS_CONFIG, NULL,
        NULL, "config:4: duration_seconds" },
    { "[default]\nweb_identity_token_file = t\n", NULL, { NULL }, NULL, AWS_CONFIG, NULL, NULL,
        "config:2: web_identity_token_file needs a role_arn" },
    { ROLE "web_identity_token_file = /nonexistent\n", NULL, { NULL }, NULL, AWS_CONFIG, NULL, NULL,
        "config:3: cannot read the web identity token" },
    /* web identity and container of the environment */
    { NULL, NULL, { "AWS_WEB_IDENTITY_TOKEN_FILE", "/nonexistent" }, NULL, AWS_SETTING, NULL, NULL,
        "AWS_ROLE_ARN is not" },
    { NULL, NULL, { "AWS_WEB_IDENTITY_TOKEN_FILE", "/nonexistent", "AWS_ROLE_ARN", "arn" }, NULL,
        AWS_SETTING, NULL, NULL, "cannot read the web identity token" },
    { NULL, NULL, { "AWS_WEB_IDENTITY_TOKEN_FILE", "/dev/null", "AWS_ROLE_ARN", "arn" }, NULL,
        AWS_SETTING, NULL, NULL, "cannot read the web identity token" },
    { NULL, FULL, { "AWS_WEB_IDENTITY_TOKEN_FILE", "/nonexistent" }, NULL, AWS_SETTING, NULL, NULL,
        "AWS_ROLE_ARN is not" },
    { NULL, TWO, { "AWS_WEB_IDENTITY_TOKEN_FILE", "/nonexistent" }, "x", AWS_OK, "XID", NULL,
        NULL },
    { CONTAINER("http://example.org/x"), "not trusted with http" },
    { CONTAINER("http://127.0.0.1.example.org/x"), "not trusted with http" },
    { CONTAINER("http://169.254.170.3/x"), "not trusted with http" },
    { CONTAINER("http://169.254.169.254/x"), "not trusted with http" },
    { CONTAINER("http://[fd00:ec2::24]/x"), "not trusted with http" },
    { CONTAINER("http://localhost.example.org/x"), "not trusted with http" },
    { CONTAINER("http://user:word@127.0.0.1/x"), "not an http or https URL" },
    { CONTAINER("ftp://127.0.0.1/x"), "not an http or https URL" },
    { CONTAINER("127.0.0.1/x"), "not an http or https URL" },
    { CONTAINER("http://127.0.0.1/x?y#z"), "not an http or https URL" },
    { NULL, NULL, { "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "@127.0.0.1/x" }, NULL, AWS_SETTING,
        NULL, NULL, "is not a path" },
    { NULL, NULL,
        { "AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:1/",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN", "a\r\nb: c" },
        NULL, AWS_SETTING, NULL, NULL, "is not valid in a header" },
    { NULL, NULL,
        { "AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:1/",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/nonexistent" },
        NULL, AWS_SETTING, NULL, NULL, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE" },
    /* processes */
    { PROCESS("/bin/true"), AWS_SETTING, NULL, NULL, "does not give a JSON object" },
    { PROCESS("/bin/false"), AWS_SETTING, NULL, NULL,
        "config:2: credential_process ended with status 1" },
    { PROCESS("/nonexistent/program"), AWS_CONFIG, NULL, NULL, "config:2: cannot run" },
    { PROCESS("'/bin/true"), AWS_CONFIG, NULL, NULL,
        "config:2: credential_process is not a command" },
    { PROCESS("sh -c 'kill -9 $$'"), AWS_SETTING, NULL, NULL, "signal 9 ended" },
    { PROCESS("cat"), AWS_SETTING, NULL, NULL, "does not give a JSON object" },
    { PROCESS("echo '{\"Version\":2}'"), AWS_SETTING, NULL, NULL, "\"Version\" 1" },
    { PROCESS("echo '{\"Version\":\"1\"}'"), AWS_SETTING, NULL, NULL, "\"Version\" 1" },
    { PROCESS("echo '{\"Version\":1}'"), AWS_SETTING, NULL, NULL, "gives no AccessKeyId" },
    { PROCESS("echo '" GIVEN ",\"Expiration\":\"soon\"}'"), AWS_SETTING, NULL, NULL,
        "Expiration that is not a time" },
    { PROCESS("echo '" GIVEN ",\"Expiration\":7}'"), AWS_SETTING, NULL, NULL,
        "Expiration that is not a time" },
    { PROCESS(
          "echo '{\"Version\":1,\"AccessKeyId\":\"P\\u0000ID\",\"SecretAccessKey\":\"hidden\"}'"),
        AWS_SETTING, NULL, NULL, "gives no AccessKeyId" },
    { PROCESS("echo '" GIVEN ",\"SessionToken\":7}'"), AWS_SETTING, NULL, NULL, "not strings" },
    { PROCESS("echo '" GIVEN ",\"SessionToken\":\"a b\"}'"), AWS_SETTING, NULL, NULL, "malformed" },
    { PROCESS("echo '" GIVEN "} x'"), AWS_SETTING, NULL, NULL, "does not give a JSON object" },
    { PROCESS("yes"), AWS_SETTING, NULL, NULL, "prints more than 65536 bytes" },
    { PROCESS("echo '" GIVEN "}'"), AWS_OK, "PID", NULL, NULL },
    { PROCESS(
          "echo \"{\\\"Version\\\":1,\" '\"AccessKeyId\":\"PID\",'\\\"SecretAccessKey\\\":\\\"S\\\"}"),
        AWS_OK, "PID", NULL, NULL },
    { PROCESS(
          "echo '" GIVEN ",\"SessionToken\":\"T\",\"Expiration\":\"2126-11-21T13:00:00+01:00\"}'"),
        AWS_OK, "PID", "T", NULL },
    { PROCESS(
          "sh -c 'test -z \"$(ls /proc/self/fd | grep -v [0123])\" && test \"$(cat)\" = \"\" && echo \"$0\"' '" GIVEN
          "}'"),
        AWS_OK, "PID", NULL, NULL },
    { "[default]\ncredential_process = /bin/true\n", FULL, { NULL }, NULL, AWS_OK, "ID", NULL,
        NULL },
};

static void put_file(const char *name, const char *text)
{
    (void)unlink(name);
    if (text == NULL)
        return;
    FILE *file = fopen(name, "we");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void arrange(const struct setting *setting, const char *folder)
{
    static const char *const all[] = { "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AWS_PROFILE", "AWS_DEFAULT_PROFILE",
        "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE" };
    char name[256];
    setenv("AWS_EC2_METADATA_DISABLED", "true", 1);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        unsetenv(all[i]);
    for (size_t i = 0; i < 8 && setting->variables[i] != NULL; i += 2)
        setenv(setting->variables[i], setting->variables[i + 1], 1);
    (void)snprintf(name, sizeof name, "%s/config", folder);
    setenv("AWS_CONFIG_FILE", name, 1);
    put_file(name, setting->config);
    (void)snprintf(name, sizeof name, "%s/credentials", folder);
    setenv("AWS_SHARED_CREDENTIALS_FILE", name, 1);
    put_file(name, setting->credentials);
}

static void test_order(void **state)
{
    (void)state;
    char folder[] = "/tmp/credentials_profile.XXXXXX", name[256];
    assert_non_null(mkdtemp(folder));
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        const struct setting *setting = &settings[i];
        struct credentials credentials;
        struct aws_error error = { .text = "" };
        const struct credentials_request request = { .profile = setting->asked,
            .region = "us-east-1",
            .stop_fd = -1 };
        arrange(setting, folder);
        enum aws_cause cause = credentials_chain_load(&credentials, &request, &error);
        if (cause != setting->cause)
            fail_msg("setting %zu: cause %d: %s", i, (int)cause, error.text);
        if (cause == AWS_OK) {
            assert_string_equal(credentials.access_key_id, setting->id);
            assert_true((credentials.session_token != NULL) == (setting->token != NULL));
            if (setting->token != NULL)
                assert_string_equal(credentials.session_token, setting->token);
        } else if (setting->word == NULL || strstr(error.text, setting->word) == NULL) {
            fail_msg("setting %zu: %s", i, error.text);
        } else {
            assert_null(strstr(error.text, "hidden"));
        }
        credentials_free(&credentials);
    }
    put_file((snprintf(name, sizeof name, "%s/config", folder), name), NULL);
    put_file((snprintf(name, sizeof name, "%s/credentials", folder), name), NULL);
    assert_int_equal(rmdir(folder), 0);
}

static void test_same(void **state)
{
    (void)state;
    char id[] = "a", secret[] = "b", token[] = "c";
    struct credentials one = { id, secret, NULL, 0 }, two = { id, secret, token, 0 };
    assert_true(credentials_same(&one, &one));
    assert_true(credentials_same(&two, &two));
    assert_false(credentials_same(&one, &two));
    assert_false(credentials_same(&two, &one));
}

struct time_text {
    const char *text;
    uint64_t ms; /* 0 when invalid */
};

static const struct time_text times[] = {
    { "2026-11-21T13:00:00Z", 1795266000000 },
    { "2026-11-21T13:00:00.123456Z", 1795266000000 },
    { "2026-11-21T14:00:00+01:00", 1795266000000 },
    { "2026-11-21T08:30:00-0430", 1795266000000 },
    { "2026-11-21T13:00:00", 0 },
    { "2026-11-21T13:00:00.Z", 0 },
    { "2026-11-21T13:00:00+1", 0 },
    { "2026-11-21T13:00:00+01:000", 0 },
    { "2026-11-21T13:00:00Zx", 0 },
    { "2026-11-21", 0 },
    { "1795266000", 0 },
    { "1969-12-31T00:00:00Z", 0 },
    { "", 0 },
};

static void test_times(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        uint64_t ms = 0;
        bool good = credentials_time(times[i].text, &ms);
        if (good != (times[i].ms != 0) || (good && ms != times[i].ms))
            fail_msg("%s: %d, %llu", times[i].text, good, (unsigned long long)ms);
    }
}

/* The maximum number of words, and one more. */
static void test_words(void **state)
{
    (void)state;
    char command[2 * (SHELL_WORDS_MAXIMUM + 1) + 1] = "";
    for (size_t i = 0; i < SHELL_WORDS_MAXIMUM + 1; i++)
        memcpy(command + 2 * i, "a ", 3);
    struct shell_words words;
    assert_int_equal(shell_words_split(&words, command + 2), 0);
    assert_string_equal(words.list[SHELL_WORDS_MAXIMUM - 1], "a");
    assert_null(words.list[SHELL_WORDS_MAXIMUM]);
    shell_words_free(&words);
    assert_int_equal(shell_words_split(&words, command), -1);
    assert_int_equal(errno, 0);
    shell_words_free(&words);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_same),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
