/*
 * Read any bytes as the two profile files of the AWS tools, and assume the roles in them, with the
 * rest of the input as the network. Also split any text as the command line of a credential_process
 * into words; wordexp(3) must give the same.
 */
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>
#include <wordexp.h>

#include "credentials/from_profile.h"
#include "credentials/profile.h"
#include "credentials/shell_words.h"
#include "credentials_network.h"

static const struct credentials_request request = { .region = "eu-west-1", .stop_fd = -1 };

/* Make a file in memory, with its name in a variable. */
static int file_in(const char *variable)
{
    char name[64];
    int fd = memfd_create(variable, MFD_CLOEXEC);
    fuzz_require(fd != -1);
    (void)snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    fuzz_require(setenv(variable, name, 1) == 0);
    return fd;
}

static void fill(int fd, const char *text, size_t length)
{
    fuzz_require(ftruncate(fd, 0) == 0 && pwrite(fd, text, length, 0) == (ssize_t)length);
}

static int says(const char *text, size_t length, const char *word)
{
    return memmem(text, length, word, strlen(word)) != NULL;
}

/* Return true unless the text would run a program or read a file of the machine. */
static int harmless(const char *text, size_t length)
{
    return !says(text, length, "credential_process") &&
        !says(text, length, "web_identity_token_file");
}

static void check_profile(const struct profile *profile)
{
    static const char *const settings[] = { "region", "endpoint_url", "role_arn",
        "aws_access_key_id", "ca_bundle", "" };
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        char place[PROFILE_PLACE_SIZE];
        const char *value = profile_get(profile, settings[i]);
        fuzz_require(value == NULL || (*value != '\0' && profile->found));
        fuzz_require(value == NULL || (value[0] != '\n' && value[0] != ' '));
        fuzz_require(strlen(profile_place(profile, settings[i], place)) < sizeof place);
    }
}

static void check_files(const char *asked, int follow)
{
    struct profile profile;
    struct credentials credentials = { 0 };
    struct aws_error error = { .cause = AWS_OK };
    enum aws_cause cause = profile_load(&profile, asked, &error);
    fuzz_require(cause == AWS_OK || (cause == AWS_CONFIG && *error.text != '\0'));
    fuzz_require(cause == AWS_OK || (profile.settings == NULL && profile.name == NULL));
    if (cause != AWS_OK)
        return;
    check_profile(&profile);
    network_requests = 0;
    const char *url;
    cause = profile_service_endpoint(&profile, "sqs", &url, &error);
    fuzz_require(cause == AWS_OK ? url == NULL || strpbrk(url, "\n=") != url : cause == AWS_CONFIG);
    cause =
        follow ? credentials_from_profile_fetch(&credentials, &request, &profile, &error) : AWS_OK;
    fuzz_require(cause == AWS_OK || (cause == error.cause && *error.text != '\0'));
    fuzz_require(memchr(error.text, '\0', sizeof error.text) != NULL);
    fuzz_require(cause == AWS_OK || credentials.access_key_id == NULL);
    /* Three for an instance, and one for each role, or two with a wrong clock. */
    fuzz_require(network_requests <= 3 + 2 * FROM_PROFILE_ROLES);
    credentials_free(&credentials);
    profile_free(&profile);
}

/* Return true when a shell only removes quotes, and glibc's wordexp() does that correctly: it makes
 * two words of ""a. */
static int is_plain(const char *text)
{
    return strpbrk(text, "$`*?[]~|&;<>(){}\n\r#") == NULL && strstr(text, "\"\"") == NULL &&
        strstr(text, "''") == NULL;
}

static void check_words(const char *command)
{
    struct shell_words words;
    wordexp_t expected;
    int result = shell_words_split(&words, command);
    fuzz_require(result == 0 || errno == 0);
    if (result == 0) {
        size_t count = 0, used = 0;
        for (; words.list[count] != NULL; count++) {
            fuzz_require(count < SHELL_WORDS_MAXIMUM && words.list[count] == words.text + used);
            used += strlen(words.list[count]) + 1;
            fuzz_require(used <= words.size);
        }
        fuzz_require(count > 0);
        if (is_plain(command) && wordexp(command, &expected, WRDE_NOCMD) == 0) {
            fuzz_require(expected.we_wordc == count);
            for (size_t i = 0; i < count; i++)
                fuzz_require(strcmp(expected.we_wordv[i], words.list[i]) == 0);
            wordfree(&expected);
        }
    }
    shell_words_free(&words);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int config, credentials;
    struct fuzz_bytes bytes = { data, size };
    uint8_t choice = fuzz_byte(&bytes);
    if (config == 0) {
        fuzz_require(clearenv() == 0);
        config = file_in("AWS_CONFIG_FILE");
        credentials = file_in("AWS_SHARED_CREDENTIALS_FILE");
        fuzz_require(setenv("AWS_ACCESS_KEY_ID", "id", 1) == 0 &&
            setenv("AWS_SECRET_ACCESS_KEY", "secret", 1) == 0 && setenv("IFS", " \t\n", 1) == 0);
    }
    if ((choice & 3) == 3) {
        char *command = fuzz_text(&bytes);
        check_words(command);
        free(command);
        return 0;
    }
    size_t first_length, second_length;
    const char *first = fuzz_part(&bytes, &first_length);
    const char *second = fuzz_part(&bytes, &second_length);
    fill(config, first, first_length);
    fill(credentials, second, second_length);
    network = bytes;
    int follow = harmless(first, first_length) && harmless(second, second_length);
    check_files((choice & 3) == 0 ? NULL : (choice & 3) == 1 ? "x" : "my one", follow);
    return 0;
}
