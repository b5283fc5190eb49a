/* lib/detect: personal values by their shape, and texts that only look like them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "detect/detect.h"

/* Brackets mark each finding: "at [ipv4 203.0.113.7], again". */
/* clang-format off */
static const char *const found[] = {
    "[ipv4 203.0.113.7]", "[ipv4 10.0.0.1]", "[ipv4 127.0.0.1]", "[ipv4 255.1.2.3]",
    "http://[ipv4 192.0.2.1]:8080/x", "http://x:y@[ipv4 192.0.2.1]/", "ip=[ipv4 198.51.100.7]&x=1",
    "[ipv4 10.0.0.0]/8", "[ipv4 10.0.0.1]-[ipv4 10.0.0.9]", "from [ipv4 203.0.113.7].",
    "broker-1/[ipv4 10.0.0.17]:9092", "https://x.example/hosts/[ipv4 203.0.113.9]",
    "(\xE2\x80\x9C[ipv4 203.0.113.7]\xE2\x80\x9D)", "[ipv4 203.0.113.7],[ipv4 198.51.100.2]",
    "[[ipv4 203.0.113.7]]", "\"[ipv4 203.0.113.7]\"", "[ipv4 7.113.0.203].in-addr.arpa",
    "地址[ipv4 203.0.113.7]来的",

    "[ipv6 2001:db8::1]", "[ipv6 ::1]", "[ipv6 fe80::1ff:fe23:4567:890a]%eth0", "[ipv6 2001:DB8::]/32",
    "[[ipv6 2001:db8::8a2e:370:7334]]:443", "[ipv6 2001:0db8:85a3:0000:0000:8a2e:0370:7334]",
    "[ipv6 ::ffff:203.0.113.7]", "addr:[ipv6 2001:db8::1].", "[ipv6 64:ff9b::cb00:7107]",
    "[ipv6 7c1f:1:2:3:4:5:6:78]", "from [ipv6 fd12:3456:789a::1], then",

    "[mac 00:1b:44:11:3a:b7]", "[mac 00-1B-44-11-3A-B7]", "[mac 001b.4411.3ab7]",
    "[mac aabb.ccdd.eeff]", "on [mac AABB.CCDD.EEFF].",     "mac:[mac 00:1b:44:11:3a:b7],", "[mac 02:00:5e:10:00:00:00:01]",

    "[email alice@example.com]", "Alice <[email alice.b+x@mail.example.co.uk]>",
    "mailto:[email a@example.org]?subject=x", "mail=[email a_b-c@x-y.example]&n=1",
    "[email m\xC3\xBCller@b\xC3\xBC""cher.example]", "?m=[email alice%40example.com]&x",
    "[email o'neil@example.ie]", "'[email alice@example.com]'", "x@[email y@example.com]",
    "[email alice@example.com], [email bob@example.net].", "[email 4915112345678@example.com]",
    "[email 203.0.113.7@example.com]", "[email a@xn--bcher-kva.xn--p1ai]", "[email info@3m.com]",

    "[phone +49 151 23456789]", "[phone +4915123456789]", "[phone +1 (212) 555-0123]",
    "[phone +1-212-555-0123]", "[phone +1 212.555.0123]", "tel:[phone +33612345678]",
    "[phone +49 (0)30 1234567]", "[phone +48 601 234 567]", "[phone +39 06 1234 5678]",
    "[phone (212) 555-0123]", "[phone 212-555-0123]", "[phone 212.555.0123] x", "[phone 1-800-555-0123]",
    "[phone 06 12 34 56 78]", "[phone 06.12.34.56.78]", "[phone 0151 23456789]",
    "[phone 030/1234567]", "[phone (030) 123-4567]", "[phone 020 7946 0958]",
    "[phone 090-1234-5678]", "[phone 612 34 56 78]", "[phone 0475 12 34 56]",
    "[phone 0049 151 23456789]", "[phone 001 212 555 0123]", "[phone 138 0013 8000]", "[phone (11) 91234-5678]",
    "Tel. [phone 2125550123]", "call me on [phone 555-0123]", "numer telefonu: [phone 601234567]",
    "Rappelez-moi au [phone 0612345678].", "m\xC3\xB3vil [phone 612 345 678]",
    "[phone +33\xC2\xA0" "6\xC2\xA0" "12\xC2\xA0" "34\xC2\xA0" "56\xC2\xA0" "78]", "Ann,[phone 212-555-0123],x",
    "[phone 212-555-0123]x12", "[phone +1 (555) 123-4567]", "[phone +1-800-123-4567]",

    /* beside a slash */
    "GET /users/[phone +14155552671]/profile", "https://wa.me/[phone +14155552671]",
    "[email a@b.com]/[phone +14155552671]", "[phone +14155552671]/[phone +14155552672]",
    "[phone +14155552671].Call", "#[phone +14155552671]", "$[phone +491701234567]", "[phone +491701234567]/[ssn 123-45-6789]",
    "[phone 415-555-2671]/[phone 415-555-2672]", "[phone 0170 1234567]/[phone 0171 7654321]",
    "[phone +49170123456]/[phone 0171 7654321]", "[phone +49 170/1234567]/x", "x/[phone 06 12 34 56 78]",

    "[card 4111111111111111]", "[card 4111 1111 1111 1111]", "[card 4111-1111-1111-1111]",
    "[card 5500005555555559]", "[card 2223003122003222]", "[card 378282246310005]",
    "[card 3782 822463 10005]", "[card 30569309025904]", "[card 6011111111111117]",
    "[card 3530111333300000]", "[card 6200000000000005]", "paid with [card 4111 1111 1111 1111] 12/25",

    "[iban DE89370400440532013000]", "[iban DE89 3704 0044 0532 0130 00]",
    "[iban GB82 WEST 1234 5698 7654 32]", "[iban FR1420041010050500013M02606]",
    "[iban NO9386011117947]", "IBAN: [iban PL61109010140000071219812874].",
    "[iban es9121000418450200051332]", "[iban IT60X0542811101000000123456]",

    "[card 4111111111111111].Expires", "[card 4111 1111 1111 1111].Expires",
    "SSN [ssn 123-45-6789].Name",
    "[ssn 536-22-8726]", "SSN [ssn 536-22-8726].", "ssn: [ssn 536228726]", "social security no. [ssn 536 22 8726]",

    "[jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U]",
    "Bearer [jwt eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.]",
    "t=[jwt eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0..aXY.Y2lwaGVy.dGFn]&x",

    /* behind an escape of JSON in a string, or of a URL */
    "{\"m\":\"hi\\n[ipv4 203.0.113.7]\"}", "{\"m\":\"\\t[ipv6 2001:db8::1]\\r\"}", "\\t[ipv6 ::1]",
    "\\u003c[ipv4 203.0.113.7]\\u003e", "\\\\n[ipv4 203.0.113.7]", "\\n[mac 00:1b:44:11:3a:b7]",
    "\\f[card 4111111111111111]", "\\b[iban DE89370400440532013000]", "\\n[ssn 536-22-8726]",
    "\\n[phone +4915123456789]", "\\u002b[phone 4915123456789]", "\\ntel [phone 5551234567]",
    "\\n[jwt eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.]",
    "{\"m\":\"\\n[email bob@example.org]\"}", "[\"\\u003c[email bob@example.org]\\u003e\"]",
    "{\"m\":\"[email ann\\u0040example.org]\"}", "CORP\\[email bob@example.org]",
    "http%3A%2F%2F[ipv4 203.0.113.77]%2Fx", "a%20[ipv4 203.0.113.77]", "a%2520[ipv4 203.0.113.77]",
    "%2B[phone 48123456789]", "c%3D[card 4111111111111111]", "q%3D[iban DE89370400440532013000]",
    "100%[ipv4 10.0.0.1]", "\\[ipv6 fe80::1]",

    "{\"m\":\"a\\n-[ipv4 203.0.113.7]\\n.[ipv4 203.0.113.7]\"}", "log%0A-[card 4111111111111111]",
    "%20[ipv4 10.0.0.1]-[ipv4 10.0.0.9]", "%252B[phone 48123456789]", "\\n-[phone 212-555-0123]",

    /* with separators of print */
    "[card 4111\xC2\xA0" "1111\xC2\xA0" "1111\xC2\xA0" "1111]",
    "[card 4111\xE2\x80\x91" "1111\xE2\x80\x91" "1111\xE2\x80\x91" "1111]",
    "[ssn 536\xE2\x80\x91" "22\xE2\x80\x91" "8726]",
    "[iban DE89\xC2\xA0" "3704\xC2\xA0" "0044\xC2\xA0" "0532\xC2\xA0" "0130\xC2\xA0" "00]",

    "[email a@example.com] at [ipv4 203.0.113.7], [phone +49 151 23456789]; [card 4111111111111111]",
    "{\"ip\":\"[ipv4 203.0.113.7]\"}",
};

/* Texts without a finding. */
static const char *const passed[] = {
    "", "a", "android", "en_US", "2.3.0", "550e8400-e29b-41d4-a716-446655440000",
    "12345678-1234-1234-1234-123456789012", "req-550e8400-e29b-41d4-a716-446655440000",
    /* no addresses */
    "v1.2.3.4", "1.2.3.4.5", "1.3.6.1.4.1.311", "1.2.3.4-beta", "1.2.3.4+build.7", "pkg-1.2.3.4",
    "Chrome/120.0.0.0 Safari/537.36", "Mozilla/5.0 Edg/119.0.0.0", "okhttp/4.0.0.0",
    "version 1.2.3.4", "Version: 10.0.1.4", "firmware 7.2.1.12", "upgraded to release 1.2.3.4",
    "0.9.8.1", "255.255.255.0", "256.1.1.1", "1.2.3.256", "01.2.3.4", "1.2.3", "10.0.19041.1",
    "3.1.4.1.5.9", "1.2.3.4_5", "x1.2.3.4", "1.2.3.4x",
    "12:34:56", "2024-01-15T10:30:00Z", "10:30:00:12", "std::cafe", "Ada::Bad", "a::b", "::",
    "ua=Mozilla%2F5.0%20Chrome%2F120.0.0.0%20Edg%2F120.0.0.0", "\\u0020Chrome\\u002f120.0.0.0",
    "{\"ua\":\"\\nChrome\\/120.0.0.0\"}",
    "C:\\new\\temp\\files\\bin\\rest", "50%20 off", "%%%", "\\u00", "4111-1111\xC2\xA0" "1111-1111",
    "Foo::1", "aa:bb:cc:dd:ee", "1:2:3", "fade:bad", "abc::12",
    "aa:bb:cc:dd:ee:ff:00:11:22:33:44:55:66:77:88:99", "00:00:00:00:00:00",
    "24-01-15-10-30-00", "1234.5678.9012", "00-1B-44-11-3A", "001b.4411.3ab7.0011",
    /* no e-mail */
    "@alice", "alice@", "user@host", "icon@2x.png", "react@18.2.0", "@scope/pkg@1.0.0-beta.dev",
    "a@b.c", "x@1.2.dev", "***@***.com", "5 @ 3.50", "a@-b.com", "a @ b.com", "sprite@3x.webp",
    /* no phones */
    "1700000000", "1700000000123", "20240115103000", "2024-01-15", "15.01.2024", "01/02/2024",
    "2024-01-15 10:30:00", "01.02.2024 10:30", "2024-01-15T10:30:00+01:00", "+48.856614", "+2.3522219",
    "48.8566140", "-122.4194155", "1234567890", "0000012345", "9783161484100", "978-3-16-148410-0",
    "ORD-212-555-0123", "ORD-2024-00123", "SKU-0151-23456789", "#212-555-0123", "order 212-555-0123",
    "Bestellnummer 0151 2345678", "$+1234567890", "1,234,567,890", "1 234 567 890", "1.234.567.890",
    "123-456-7890", "555-0123", "12345678", "01 02 03 04 05 06", "d41d8cd98f00b204e9800998ecf8427e",
    "2aae6c35c94fcfb415dbe95f408b9ce91ee846ed", "+0 123 456 789", "+1 123 456 7890", "0x0151234567",
    "114-1234567-1234567", "1-2-3-4-5-6-7-8-9", "tel 2024-01-15", "Hotel 12345678", "(2019) 123-456",
    "0012-3456-7890", "020-00-3456", "0151 2345 6789 0123",
    "h\xC3\xB4tel 12345678", "0.1234567890", "12-345-678-90", "2024.01.15.1234",
    "212-555-0123.jpg", "/v1/030/1234567", "/users/2125550123", "tel/2125550123", "a/030/1234567/1", "/2024-01-15/212",
    /* no cards */
    "img/4111111111111111.jpg", "img/378282246310005.json",
    "4111111111111112", "1111111111111117", "4111 1111 1111 1112", "4006381333931", "1234567812345670",
    "ORD-4111111111111111", "0.4111111111111111", "4111111111111111x", "x4111111111111111",
    "41111111111111110000", "4111111111111111-1", "1700000000000000", "1700000000000000000",
    "4111-1111-1111-1111-1111-1111", "a4111111-1111-1111-1111-111111111111",
    /* no accounts */
    "DE89370400440532013001", "DE8937040044053201300", "XX89370400440532013000", "DE00",
    "DE893704004405320130000", "AB12CD34EF56GH78IJ90",
    /* no social security */
    "000-22-8726", "666-22-8726", "936-22-8726", "536-00-8726", "536-22-0000", "536228726",
    "536-22-87261", "1536-22-8726", "A-536-22-8726", "order 536-22-8726", "invoice no. 536-22-8726",
    "536 22 8726", "#536-22-8726", "536-22-8726-1",
    /* no tokens */
    "eyJhbGciOiJIUzI1NiJ9", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0", "xeyJhbGciOiJIUzI1NiJ9.eyJzdWIi.abc",
    "eyJ.eyJ.abc", "a.eyJhbGciOiJIUzI1NiJ9.eyJzdWIi.abc",
};
/* clang-format on */

enum { TEXT_MOST = 400, PIECES_MOST = 8 };

struct expected {
    char text[TEXT_MOST];
    size_t length;
    struct detect_piece pieces[PIECES_MOST];
    size_t count;
};

/* Remove the marks from a row of ${found}: "[KIND " up to "]". */
static void read_row(const char *row, struct expected *expected)
{
    memset(expected, 0, sizeof *expected);
    bool open = false;
    for (const char *at = row; *at != '\0'; at++) {
        struct detect_piece *piece = &expected->pieces[expected->count];
        const char *blank = *at == '[' ? strchr(at, ' ') : NULL;
        enum detect_kind kind =
            blank == NULL ? DETECT_KINDS : detect_of_name(at + 1, (size_t)(blank - at - 1));
        if (!open && kind != DETECT_KINDS) {
            open = true;
            piece->kind = kind;
            piece->offset = expected->length;
            at = blank;
        } else if (open && *at == ']') {
            open = false;
            piece->length = expected->length - piece->offset;
            expected->count++;
        } else {
            expected->text[expected->length++] = *at;
        }
    }
    assert_false(open);
}

static bool same(const struct detect_piece *one, const struct detect_piece *other)
{
    return one->kind == other->kind && one->offset == other->offset && one->length == other->length;
}

/*
 * Return the number of mistakes, 0 or 1. The text is on the heap, so that ASan detects a read
 * beyond its end.
 */
static int check(const char *row)
{
    int wrong = 0;
    struct expected expected;
    struct detect detect;
    struct detect_piece piece;
    read_row(row, &expected);
    char *tight = malloc(expected.length > 0 ? expected.length : 1);
    assert_non_null(tight);
    memcpy(tight, expected.text, expected.length);
    detect_start(&detect, tight, expected.length, DETECT_ALL);
    for (size_t i = 0; i <= expected.count && wrong == 0; i++) {
        bool any = detect_next(&detect, &piece);
        if (any == (i < expected.count) && (!any || same(&piece, &expected.pieces[i])))
            continue;
        wrong = 1;
        print_error("%s: piece %zu: %s %zu+%zu\n", row, i, any ? detect_name(piece.kind) : "none",
            any ? piece.offset : 0, any ? piece.length : 0);
    }
    free(tight);
    return wrong;
}

static void finds_what_is_personal(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < sizeof found / sizeof *found; i++)
        wrong += check(found[i]);
    assert_int_equal(wrong, 0);
}

static void passes_over_what_looks_alike(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < sizeof passed / sizeof *passed; i++)
        wrong += check(passed[i]);
    assert_int_equal(wrong, 0);
}

/* Only the requested kinds are found, whatever else is there. */
static void finds_only_the_kinds_asked_for(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof found / sizeof *found; i++) {
        struct expected row;
        read_row(found[i], &row);
        for (size_t k = 0; k < row.count; k++) {
            unsigned bit = DETECT_BIT(row.pieces[k].kind);
            assert_int_equal(detect_kinds(row.text, row.length, bit), bit);
            assert_int_equal(detect_kinds(row.text, row.length, DETECT_NONE), DETECT_NONE);
        }
    }
}

/* Values after many other bytes, also where the counts of sixteen bytes are summed. */
static void finds_them_anywhere(void **state)
{
    (void)state;
    static const char mail[] = " alice@example.com ";
    for (size_t before = 0; before < 9000; before = before < 40 ? before + 1 : before * 3 / 2) {
        size_t length = before + sizeof mail - 1 + before;
        char *text = malloc(length);
        struct detect detect;
        struct detect_piece piece;
        assert_non_null(text);
        memset(text, '-', length);
        memcpy(text + before, mail, sizeof mail - 1);
        detect_start(&detect, text, length, DETECT_ALL);
        assert_true(detect_next(&detect, &piece));
        assert_int_equal(piece.kind, DETECT_EMAIL);
        assert_int_equal(piece.offset, before + 1);
        assert_false(detect_next(&detect, &piece));
        free(text);
    }
}

static void names_go_both_ways(void **state)
{
    (void)state;
    for (int kind = 0; kind < DETECT_KINDS; kind++) {
        const char *name = detect_name((enum detect_kind)kind);
        assert_int_equal(detect_of_name(name, strlen(name)), kind);
        assert_int_equal(detect_of_name(name, strlen(name) - 1), DETECT_KINDS);
    }
    assert_int_equal(detect_of_name("ip", 2), DETECT_KINDS);
    assert_int_equal(detect_of_name("", 0), DETECT_KINDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_is_personal),
        cmocka_unit_test(passes_over_what_looks_alike),
        cmocka_unit_test(finds_only_the_kinds_asked_for),
        cmocka_unit_test(finds_them_anywhere),
        cmocka_unit_test(names_go_both_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
