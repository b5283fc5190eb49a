/* The base of confinement. Each test is a child process with a fresh OpenSSL. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crypto/aes.h"
#include "crypto/algorithms.h"
#include "crypto/digest.h"
#include "crypto/hkdf.h"
#include "crypto/hmac.h"
#include "crypto/random.h"
#include "crypto/siv.h"

/* A configuration that hides all algorithms: no provider claims to be validated. */
static const char hostile[] = "openssl_conf = init\n"
                              "[init]\n"
                              "alg_section = algorithms\n"
                              "[algorithms]\n"
                              "default_properties = fips=yes\n";
static char config_path[] = "/tmp/crypto_algorithms.XXXXXX";

static int write_config(void **state)
{
    (void)state;
    int fd = mkstemp(config_path);
    ssize_t written;

    if (fd < 0)
        return -1;
    written = write(fd, hostile, sizeof(hostile) - 1);
    close(fd);
    return written == (ssize_t)sizeof(hostile) - 1 ? 0 : -1;
}

static int remove_config(void **state)
{
    (void)state;
    return unlink(config_path);
}

static int run(int (*body)(void))
{
    int status;
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0)
        _exit(body());
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

/* Use everything of the folder once. Return 0 when all of it worked. */
static int use_all(void)
{
    static const unsigned char key[64] = { 3 };
    static const size_t key_lengths[] = { 32, 48, 64 };
    unsigned char out[4096] = { 0 };
    unsigned char sealed[SIV_TAG + 2048];
    struct digest *digest;
    struct aes *aes;

    for (size_t i = 0; i < 3; i++) {
        struct siv *siv = siv_new(key, key_lengths[i]);

        if (siv == NULL || siv_add_ad(siv, "ad", 2) != 0 || siv_seal(siv, out, 2048, sealed) != 0 ||
            siv_open(siv, sealed, sizeof(sealed), out) != 0)
            return 10;
        sealed[5] ^= 1;
        if (siv_open(siv, sealed, sizeof(sealed), out) != -1)
            return 11;
        siv_free(siv);
    }
    aes = aes_new(key, 16, AES_INVERSE);
    if (aes == NULL || aes_blocks(aes, out, out, 8) != 0)
        return 12;
    aes_free(aes);
    digest = digest_new(DIGEST_MD5);
    if (digest == NULL || digest_update(digest, "x", 1) != 0 || digest_final(digest, out) != 0)
        return 13;
    digest_free(digest);
    if (digest_sha256("x", 1, out) != 0 || digest_md5("x", 1, out) != 0)
        return 14;
    if (hkdf_derive(key, "info", 4, out, 64) != 0 || hmac_once(key, 32, "x", 1, out) != 0)
        return 15;
    return random_bytes(out, 32) == 0 ? 0 : 16;
}

static int shared_context_finds_nothing(void)
{
    setenv("OPENSSL_CONF", config_path, 1);
    return EVP_MD_fetch(NULL, "SHA256", NULL) == NULL ? 0 : 1;
}

static int uninitialised_under_hostile_config(void)
{
    setenv("OPENSSL_CONF", config_path, 1);
    return use_all();
}

static int initialised_under_hostile_config(void)
{
    setenv("OPENSSL_CONF", config_path, 1);
    if (algorithms_init() != 0 || algorithms_init() != 0)
        return 1;
    /* No part of the library has read the configuration. */
    if (EVP_MD_fetch(NULL, "SHA256", NULL) == NULL)
        return 2;
    return use_all();
}

static void ignores_configuration(void **state)
{
    (void)state;
    assert_int_equal(run(shared_context_finds_nothing), 0); /* or the file would prove nothing */
    assert_int_equal(run(uninitialised_under_hostile_config), 0);
    assert_int_equal(run(initialised_under_hostile_config), 0);
}

/* Die by SIGSYS at any call that opens, connects, runs a program or makes memory executable. */
static int confine(void)
{
#define REFUSE(number)                                   \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (number), 0, 1), \
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
#ifdef SYS_open
        REFUSE(SYS_open),
#endif
#ifdef SYS_access
        REFUSE(SYS_access),
#endif
        REFUSE(SYS_openat),
        REFUSE(SYS_openat2),
        REFUSE(SYS_faccessat),
        REFUSE(SYS_socket),
        REFUSE(SYS_connect),
        REFUSE(SYS_execve),
        REFUSE(SYS_execveat),
        REFUSE(SYS_mprotect),
        REFUSE(SYS_clone),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = { sizeof(filter) / sizeof(*filter), filter };
#undef REFUSE

    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return -1;
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

static int opens_confined(void)
{
    if (confine() != 0)
        return 1;
    return open("/dev/null", O_RDONLY) < 0 ? 2 : 3;
}

static int works_after_init(void)
{
    if (algorithms_init() != 0)
        return 1;
    if (confine() != 0)
        return 2;
    for (int i = 0; i < 100; i++) {
        int result = use_all();

        if (result != 0)
            return result;
    }
    return 0;
}

static size_t allocations;

static void *counted_malloc(size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    allocations++;
    return malloc(size);
}

static int fetches_at_init(void)
{
    size_t before;

    if (CRYPTO_set_mem_functions(counted_malloc, NULL, NULL) != 1 || algorithms_init() != 0)
        return 1;
    before = allocations;
    for (int name = 0; name < ALGORITHM_COUNT; name++)
        if (algorithms_fetch((enum algorithm)name) == NULL)
            return 2;
    return before > 0 && allocations == before ? 0 : 3;
}

static void fetches_everything_at_init(void **state)
{
    (void)state;
    assert_int_equal(run(fetches_at_init), 0);
}

static void works_confined(void **state)
{
    (void)state;
    int status = run(opens_confined);

    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
    assert_int_equal(run(works_after_init), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ignores_configuration),
        cmocka_unit_test(fetches_everything_at_init),
        cmocka_unit_test(works_confined),
    };
    return cmocka_run_group_tests(tests, write_config, remove_config);
}
