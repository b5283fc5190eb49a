/* lib/aws/profile and credentials: the shared files of the AWS tools, and what beats them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "aws/credentials.h"
#include "aws/profile.h"

struct file {
    const char *text;
    const char *profile;
    enum profile_kind kind;
    enum profile_result result;
    size_t line; /* of a mistake */
    bool found;
    const char *setting;
    const char *value; /* NULL: none */
};

static const struct file files[] = {
    { "", "default", PROFILE_CONFIG, PROFILE_OK, 0, false, "region", NULL },
    { "[default]\nregion = eu-west-1\n", "default", PROFILE_CONFIG, PROFILE_OK, 0, true, "region",
        "eu-west-1" },
    { "[default]\nregion=eu-west-1", "default", PROFILE_CONFIG, PROFILE_OK, 0, true, "region",
        "eu-west-1" },
    { "[default]\r\nregion\t=\teu-west-1 \r\n", "default", PROFILE_CONFIG, PROFILE_OK, 0, true,
        "region", "eu-west-1" },
    { "# c\n; c\n\n[ default ] # c\nregion = a # b\n", "default", PROFILE_CONFIG, PROFILE_OK, 0,
        true, "region", "a" },
    { "[default]\nregion = a#b;c\n", "default", PROFILE_CONFIG, PROFILE_OK, 0, true, "region",
        "a#b;c" },
    { "[default]\nregion =\n", "default", PROFILE_CONFIG, PROFILE_OK, 0, true, "region", NULL },
    { "[default]\nk = a=b==\n", "default", PROFILE_CONFIG, PROFILE_OK, 0, true, "k", "a=b==" },
    { "[default]\nregion = a\nregion = b\n", "default", PROFILE_CONFIG, PROFILE_OK, 0, true,
        "region", "b" },
    { "[default]\nregion = a\n[profile x]\nregion = b\n[default]\nk = v\n", "default",
        PROFILE_CONFIG, PROFILE_OK, 0, true, "region", "a" },
    { "[default]\nregion = a\n[profile x]\nregion = b\n", "x", PROFILE_CONFIG, PROFILE_OK, 0, true,
        "region", "b" },
    { "[profile  my one ]\nregion = b\n", "my one", PROFILE_CONFIG, PROFILE_OK, 0, true, "region",
        "b" },
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
    /* mistakes */
    { "region = a\n", "default", PROFILE_CONFIG, PROFILE_MALFORMED, 1, false, "region", NULL },
    { "[default]\nregion\n", "default", PROFILE_CONFIG, PROFILE_MALFORMED, 2, true, "region",
        NULL },
    { "[default]\n\n= x\n", "default", PROFILE_CONFIG, PROFILE_MALFORMED, 3, true, "region", NULL },
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
            (value != NULL && strcmp(value, file->value) != 0))
            fail_msg("file %zu: value %s", i, value != NULL ? value : "none");
        profile_free(&profile);
    }
}

/* The environment of one case; every other variable that matters is unset. */
struct setting {
    const char *config; /* text of the files; NULL: there is none */
    const char *credentials;
    const char *variables[8]; /* name, value, … */
    const char *asked;        /* --profile */
    enum aws_cause cause;
    const char *id;    /* AWS_OK: the key found, */
    const char *token; /* and its token */
    const char *word;  /* else a word of the message */
};

#define FULL "[default]\naws_access_key_id = ID\naws_secret_access_key = hidden\n"
#define TWO \
    FULL "aws_session_token = TOKEN\n[x]\naws_access_key_id = XID\naws_secret_access_key = hidden\n"
#define ENVIRONMENT "AWS_ACCESS_KEY_ID", "EID", "AWS_SECRET_ACCESS_KEY", "hidden"

static const struct setting settings[] = {
    { NULL, NULL, { ENVIRONMENT }, NULL, AWS_OK, "EID", NULL, NULL },
    { NULL, NULL, { ENVIRONMENT, "AWS_SESSION_TOKEN", "ETOKEN" }, NULL, AWS_OK, "EID", "ETOKEN",
        NULL },
    { NULL, FULL, { ENVIRONMENT }, NULL, AWS_OK, "EID", NULL, NULL },
    { NULL, TWO, { ENVIRONMENT, "AWS_PROFILE", "x" }, NULL, AWS_OK, "EID", NULL, NULL },
    { NULL, TWO, { ENVIRONMENT }, "x", AWS_OK, "XID", NULL, NULL },
    { NULL, FULL, { NULL }, NULL, AWS_OK, "ID", NULL, NULL },
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
    { "[default]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = x\n", TWO, { NULL }, NULL,
        AWS_SETTING, NULL, NULL, "role_arn" },
    { "[default]\nsso_session = s\n", NULL, { NULL }, NULL, AWS_SETTING, NULL, NULL,
        "sso_session" },
    { "[default]\ncredential_process = /bin/true\n", NULL, { NULL }, NULL, AWS_SETTING, NULL, NULL,
        "credential_process" },
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
        "AWS_SESSION_TOKEN", "AWS_PROFILE" };
    char name[256];
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
    char folder[] = "/tmp/aws_profile.XXXXXX", name[256];
    assert_non_null(mkdtemp(folder));
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        const struct setting *setting = &settings[i];
        struct credentials credentials;
        struct aws_error error = { .text = "" };
        arrange(setting, folder);
        enum aws_cause cause = credentials_load(&credentials, setting->asked, &error);
        if (cause != setting->cause)
            fail_msg("setting %zu: cause %d: %s", i, (int)cause, error.text);
        if (cause == AWS_OK) {
            assert_string_equal(credentials.access_key_id, setting->id);
            assert_true((credentials.session_token != NULL) == (setting->token != NULL));
            if (setting->token != NULL)
                assert_string_equal(credentials.session_token, setting->token);
        } else if (strstr(error.text, setting->word) == NULL) {
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
    struct credentials one = { id, secret, NULL }, two = { id, secret, token };
    assert_true(credentials_same(&one, &one));
    assert_true(credentials_same(&two, &two));
    assert_false(credentials_same(&one, &two));
    assert_false(credentials_same(&two, &one));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
