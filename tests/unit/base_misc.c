#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/backoff.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/out.h"
#include "base/sha256.h"
#include "base/stop.h"

static void writes_times(void **state)
{
    (void)state;
    static const struct {
        uint64_t ms;
        const char *text;
    } samples[] = {
        { 0, "1970-01-01T00:00:00.000Z" },
        { 951782400007, "2000-02-29T00:00:00.007Z" },
        { 1763715600123, "2025-11-21T09:00:00.123Z" },
        { 253402300799999, "9999-12-31T23:59:59.999Z" },
        { UINT64_MAX, "9999-12-31T23:59:59.999Z" },
    };
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        char text[CLOCK_RFC3339_SIZE];
        clock_rfc3339(samples[i].ms, text);
        assert_string_equal(text, samples[i].text);
    }
}

static void backs_off_within_bounds(void **state)
{
    (void)state;
    struct backoff backoff;
    backoff_init(&backoff, 100, 1000);
    uint64_t largest = 0;
    for (int round = 0; round < 200; round++) {
        static const uint64_t limits[] = { 100, 200, 400, 800, 1000, 1000, 1000, 1000 };
        backoff_reset(&backoff);
        for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
            uint64_t pause = backoff_next(&backoff);
            assert_true(pause <= limits[i]);
            if (pause > largest)
                largest = pause;
        }
    }
    assert_true(largest > 900); /* the cap is used: 1000 draws of [0, 1000] */
}

/* FIPS 180-4 example values (NIST, SHA256.pdf), and the million "a". */
static void digests(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        unsigned repeat;
        const char *hex;
    } samples[] = {
        { "", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
        { "abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
        { "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
        { "aaaaaaaaaa", 100000,
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0" },
    };
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        struct sha256 sha;
        sha256_init(&sha);
        for (unsigned k = 0; k < samples[i].repeat; k++)
            sha256_update(&sha, samples[i].text, strlen(samples[i].text));
        unsigned char digest[SHA256_SIZE];
        sha256_final(&sha, digest);
        char hex[2 * SHA256_SIZE + 1];
        for (int k = 0; k < SHA256_SIZE; k++)
            snprintf(hex + 2 * k, 3, "%02x", digest[k]);
        assert_string_equal(hex, samples[i].hex);
    }
}

static void hashes_every_byte(void **state)
{
    (void)state;
    char text[80] = { 0 };
    for (size_t length = 0; length < sizeof text; length++) {
        uint64_t hash = hash_bytes(text, length);
        assert_int_equal(hash, hash_bytes(text, length));
        assert_true(hash != hash_bytes(text, length + 1)); /* the bytes are equal */
        for (size_t i = 0; i < length; i++) {
            text[i] = 1;
            assert_true(hash != hash_bytes(text, length));
            text[i] = 0;
        }
    }
}

/*
 * The handles of one queue differ only in their number. With 10,000 random ones the fullest of
 * 1,024 buckets has about 25.
 */
static void spreads_handles(void **state)
{
    (void)state;
    enum { HANDLES = 10000, BUCKETS = 1024, FULLEST = 40 };
    static unsigned counts[BUCKETS];
    for (unsigned i = 0; i < HANDLES; i++) {
        char handle[256];
        int length = snprintf(handle, sizeof handle, "AQEBwJnKyrHigUMZj6rYigCg%05u%0180u", i, 7u);
        assert_true(++counts[hash_bytes(handle, (size_t)length) % BUCKETS] < FULLEST);
    }
}

static void checks_output(void **state)
{
    (void)state;
    struct out *out = out_open(open("/dev/full", O_WRONLY));
    assert_int_equal(out_write(out, "x", 1), 0);
    assert_int_equal(out_flush(out), -1);
    assert_int_equal(errno, ENOSPC);
    assert_int_equal(out_write(out, "x", 1), -1);
    assert_int_equal(out_error(out), ENOSPC);
    assert_int_equal(out_close(out), -1);
    assert_int_equal(errno, ENOSPC);
}

/* Write more than a pipe holds to a non-blocking pipe with a slow reader. */
static void waits_for_a_slow_reader(void **state)
{
    (void)state;
    enum { SIZE = 1 << 20 };
    int ends[2];
    assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
    pid_t child = fork();
    if (child == 0) {
        close(ends[1]);
        fcntl(ends[0], F_SETFL, 0);
        static char piece[5000];
        size_t total = 0;
        for (ssize_t got; (got = read(ends[0], piece, sizeof piece)) > 0; total += (size_t)got)
            for (ssize_t i = 0; i < got; i++)
                if (piece[i] != (char)((total + (size_t)i) % 251))
                    _exit(2);
        _exit(total == SIZE ? 0 : 1);
    }
    close(ends[0]);
    struct out *out = out_open(ends[1]);
    static char data[SIZE];
    for (size_t i = 0; i < SIZE; i++)
        data[i] = (char)(i % 251);
    for (size_t at = 0; at < SIZE;) {
        size_t size = 1 + at % 90000;
        if (size > SIZE - at)
            size = SIZE - at;
        assert_int_equal(out_write(out, data + at, size), 0);
        at += size;
    }
    assert_int_equal(out_close(out), 0);
    int status = 0;
    waitpid(child, &status, 0);
    assert_int_equal(status, 0);
}

static void stops_at_the_second_signal(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        if (stop_install() != 0 || stop_requested())
            _exit(1);
        raise(SIGTERM);
        char byte;
        if (!stop_requested() || read(stop_fd(), &byte, 1) != 1)
            _exit(2);
        raise(SIGINT);
        _exit(3);
    }
    int status = 0;
    waitpid(child, &status, 0);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 128 + SIGINT);
}

/* Compare with the C library: every day of some centuries, and the first and last days. */
static void dates_are_those_of_the_library(void **state)
{
    (void)state;
    for (uint64_t day = 0; day < 2932897; day += day % 1461 == 0 || day < 160000 ? 1 : 13) {
        char text[CLOCK_RFC3339_SIZE], wanted[CLOCK_RFC3339_SIZE];
        uint64_t second = day * 86400 + day * 7919 % 86400;
        time_t seconds = (time_t)second;
        struct tm utc;
        assert_non_null(gmtime_r(&seconds, &utc));
        assert_int_equal(strftime(wanted, sizeof wanted, "%Y-%m-%dT%H:%M:%S.000Z", &utc),
            sizeof wanted - 1);
        clock_rfc3339(second * 1000, text);
        assert_string_equal(text, wanted);
    }
}

/* The clock that advanced counts, whichever of the two stopped. */
static void ages_by_the_clock_that_went_on(void **state)
{
    (void)state;
    const struct clock_moment now = clock_moment_now();
    struct clock_moment then = now;
    assert_true(clock_moment_age_ms(&then) < 30000);
    then.wall_ms -= 60001;
    assert_in_range(clock_moment_age_ms(&then), 60001, 90000);
    then = now;
    then.running_ms = now.running_ms > 2000 ? now.running_ms - 2000 : 0;
    then.wall_ms += 3600000; /* set back */
    assert_in_range(clock_moment_age_ms(&then), now.running_ms - then.running_ms, 32000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_are_those_of_the_library),
        cmocka_unit_test(writes_times),
        cmocka_unit_test(ages_by_the_clock_that_went_on),
        cmocka_unit_test(backs_off_within_bounds),
        cmocka_unit_test(digests),
        cmocka_unit_test(hashes_every_byte),
        cmocka_unit_test(spreads_handles),
        cmocka_unit_test(checks_output),
        cmocka_unit_test(waits_for_a_slow_reader),
        cmocka_unit_test(stops_at_the_second_signal),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
