/* lib/xml: events with pieces of any size; hostile or broken input ends the reading. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "xml_events.h"

/* Feed the document in pieces of ${size}; the events are in ${out}. */
static enum xml_result read_in_pieces(const char *text, size_t length, size_t size, struct buf *out)
{
    struct xml *xml = xml_open(&handler, out);
    assert_non_null(xml);
    for (size_t at = 0; at < length; at += size)
        xml_feed(xml, text + at, length - at < size ? length - at : size);
    enum xml_result result = xml_finish(xml);
    xml_free(xml);
    return result;
}

struct document {
    const char *text;
    enum xml_result result;
    const char *events; /* NULL to ignore */
};

static const struct document documents[] = {
    { "<a/>", XML_WELL, "<a></a>" },
    { "<?xml version=\"1.0\"?><a b=\"c\">x<d>y</d>z</a>\n", XML_WELL, "<a>x<d>y</d>z</a>" },
    { "<a xmlns=\"http://queue.amazonaws.com/doc/2012-11-05/\"><n:b xmlns:n=\"u\">1</n:b></a>",
        XML_WELL, "<a><b>1</b></a>" },
    { "<a>&lt;&gt;&amp;&quot;&apos;</a>", XML_WELL, "<a><>&\"'</a>" },
    { "<a>&#xD;&#10;&#x9;&#x1F600;</a>", XML_WELL, "<a>\r\n\t\xf0\x9f\x98\x80</a>" },
    { "<a>\xc3\xa9 \xe2\x82\xac</a>", XML_WELL, "<a>\xc3\xa9 \xe2\x82\xac</a>" },
    { "<a><![CDATA[<b>&amp;]]></a>", XML_WELL, "<a><b>&amp;</a>" },
    { "<a>x<!-- no -->y<?pi no?>z</a>", XML_WELL, "<a>xyz</a>" },
    { "<a>x</a><!-- no -->", XML_WELL, "<a>x</a>" },
    { "<a> \n </a>", XML_WELL, "<a> \n </a>" },
    /* forbidden characters are reported, and do not affect later ones */
    { "<a>x&#1;y&quot;</a>", XML_WELL, "<a>x\x01y\"</a>" },
    { "<a>x\x01y&quot;</a>", XML_WELL, "<a>x\x01y\"</a>" },
    { "<a>\x01&#x1;&#x01;&#0000001;</a>", XML_WELL, "<a>\x01\x01\x01\x01</a>" },
    { "<a>x&#xFFFF;y</a><!-- -->", XML_WELL, "<a>x\xef\xbf\xbfy</a>" },
    { "<a>\xef\xbf\xbe&#65534;&amp;</a>", XML_WELL, "<a>\xef\xbf\xbe\xef\xbf\xbe&</a>" },
    { "<a><![CDATA[\x02&#1;]&#2;]]>\x03]</a>", XML_WELL, "<a>\x02&#1;]&#2;\x03]</a>" },
    { "<a><!-- \x01&#1; -->&#1;<?p \x01&#1;?>&#2;</a>", XML_WELL, "<a>\x01\x02</a>" },
    { "<a b='&#1;\x01\xff'>\x1f</a>", XML_WELL, "<a>\x1f</a>" },
    { "<a\x01>x</a>", XML_MALFORMED, "" },
    /* the characters that stand for them */
    { "<a>\x01\xf4\x8f\xb8\x81&#x10FE01;&#x10FEFF;\xf4\x8f\xbc\x80\xf4\x8f\xb7\xbf</a>", XML_WELL,
        "<a>\x01\xf4\x8f\xb8\x81\xf4\x8f\xb8\x81\xf4\x8f\xbb\xbf\xf4\x8f\xbc\x80\xf4\x8f\xb7\xbf</a>" },
    /* characters outside Unicode give bytes outside UTF-8 */
    { "<a>&#xD800;&#xdc00;&lt;</a>", XML_WELL, "<a>\xed\xa0\x80\xed\xb0\x80<</a>" },
    { "<a>&#x110000;&#99999999999999999999;&lt;</a>", XML_WELL, "<a>\xff\xff<</a>" },
    { "<a>x\xff\xfey&lt;</a>", XML_WELL, "<a>x\xff\xfey<</a>" },
    { "<a>\xc3</a>", XML_WELL, "<a>\xc3</a>" },
    { "<a>\xf0\x9f\x98</a>", XML_WELL, "<a>\xf0\x9f\x98</a>" },
    { "<a>\xe0\x80\xaf\xed\xa0\x80</a>", XML_WELL, "<a>\xe0\x80\xaf\xed\xa0\x80</a>" },
    /* UTF-8, with any declaration */
    { "\xef\xbb\xbf<a>x</a>", XML_WELL, "<a>x</a>" },
    { "\xef\xbb<a>x</a>", XML_MALFORMED, "" },
    { "\xef\xbb\xbf", XML_MALFORMED, "" },
    { "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>\xc3\xa9</a>", XML_WELL,
        "<a>\xc3\xa9</a>" },
    { "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>\xe9</a>", XML_WELL, "<a>\xe9</a>" },
    { "<?xml version=\"1.0\" encoding=\"UTF-7\"?><a>+ADw-b+AD4-</a>", XML_WELL,
        "<a>+ADw-b+AD4-</a>" },
    /* broken */
    { "", XML_MALFORMED, "" },
    { "hello", XML_MALFORMED, "" },
    { "<a>", XML_MALFORMED, NULL },
    { "<a><b>x</b>", XML_MALFORMED, NULL },
    { "<a><b></a></b>", XML_MALFORMED, NULL },
    { "<a>&nope;</a>", XML_MALFORMED, NULL },
    { "<a>x & y</a>", XML_MALFORMED, NULL },
    { "<a/><b/>", XML_MALFORMED, NULL },
    { "<a>&#;</a>", XML_MALFORMED, NULL },
    { "<a>&#x;</a>", XML_MALFORMED, NULL },
    { "<a>&#1a;</a>", XML_MALFORMED, NULL },
    { "<a>\x01&#1</a>", XML_MALFORMED, NULL },
    { "<a>\x01 & y</a>", XML_MALFORMED, NULL },
    { "<html><body><p>502</body></html>", XML_MALFORMED, NULL },
    /* hostile */
    { "<!DOCTYPE a><a/>", XML_REFUSED, "" },
    { "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>", XML_REFUSED, "" },
    { "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>", XML_REFUSED, "" },
    { "<!DOCTYPE a SYSTEM \"http://127.0.0.1:1/a.dtd\"><a/>", XML_REFUSED, "" },
    { "<!DOCTYPE l [<!ENTITY a \"lol\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">"
      "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\">]><l>&c;</l>",
        XML_REFUSED, "" },
};

static void test_documents(void **state)
{
    (void)state;
    static const size_t sizes[] = { 1, 2, 3, 7, 64, 65536 };
    for (size_t i = 0; i < sizeof documents / sizeof *documents; i++) {
        const struct document *document = &documents[i];
        for (size_t j = 0; j < sizeof sizes / sizeof *sizes; j++) {
            struct buf out;
            buf_init(&out, 65536);
            enum xml_result result =
                read_in_pieces(document->text, strlen(document->text), sizes[j], &out);
            if (result != document->result)
                fail_msg("document %zu in pieces of %zu: result %d", i, sizes[j], (int)result);
            if (document->events != NULL && strcmp(buf_cstr(&out), document->events) != 0)
                fail_msg("document %zu in pieces of %zu: %s", i, sizes[j], buf_cstr(&out));
            buf_free(&out);
        }
    }
}

/* The character U+0000 is a byte like any other. */
static void test_nul(void **state)
{
    (void)state;
    static const char text[] = "<a>&#0;\0&#x00;&gt;</a>", events[] = "<a>\0\0\0></a>";
    for (size_t size = 1; size < sizeof text; size++) {
        struct buf out;
        buf_init(&out, 65536);
        assert_int_equal(read_in_pieces(text, sizeof text - 1, size, &out), XML_WELL);
        assert_int_equal(out.length, sizeof events - 1);
        assert_memory_equal(out.data, events, sizeof events - 1);
        buf_free(&out);
    }
}

static void test_depth(void **state)
{
    (void)state;
    for (int extra = 0; extra <= 1; extra++) {
        struct buf text, out;
        buf_init(&text, 65536);
        buf_init(&out, 65536);
        for (int i = 0; i < XML_MAX_DEPTH + extra; i++)
            buf_puts(&text, "<a>");
        for (int i = 0; i < XML_MAX_DEPTH + extra; i++)
            buf_puts(&text, "</a>");
        assert_int_equal(read_in_pieces(text.data, text.length, 100, &out),
            extra == 0 ? XML_WELL : XML_REFUSED);
        buf_free(&text);
        buf_free(&out);
    }
}

/* libxml2 reads names longer than the plain reader keeps. */
static void test_long_names(void **state)
{
    (void)state;
    char name[101];
    struct buf text, out;
    memset(name, 'a', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    buf_init(&text, 65536);
    buf_init(&out, 65536);
    for (int i = 0; i < XML_MAX_DEPTH; i++)
        buf_printf(&text, "<%s>", name);
    buf_putc(&text, 'x');
    for (int i = 0; i < XML_MAX_DEPTH; i++)
        buf_printf(&text, "</%s>", name);
    assert_int_equal(read_in_pieces(text.data, text.length, 100, &out), XML_WELL);
    assert_string_equal(buf_cstr(&out), buf_cstr(&text));
    buf_free(&text);
    buf_free(&out);
}

/* The largest receive: ten messages of 1 MiB, each character an entity. */
static void test_large(void **state)
{
    (void)state;
    struct buf text, out;
    buf_init(&text, 80 << 20);
    buf_init(&out, 80 << 20);
    buf_puts(&text, "<a>");
    for (int i = 0; i < 10; i++) {
        buf_puts(&text, "<b>");
        for (int j = 0; j < 1 << 20; j++)
            buf_puts(&text, "&quot;");
        buf_puts(&text, "</b>");
    }
    buf_puts(&text, "</a>");
    assert_false(text.failed);
    assert_int_equal(read_in_pieces(text.data, text.length, 16384, &out), XML_WELL);
    assert_int_equal(out.length, 7 + 10 * ((1 << 20) + 7));
    buf_free(&text);
    buf_free(&out);
}

static void test_restart(void **state)
{
    (void)state;
    struct buf out;
    buf_init(&out, 65536);
    struct xml *xml = xml_open(&handler, &out);
    assert_int_equal(xml_feed(xml, "<a><b></a>", 10), XML_MALFORMED);
    assert_int_equal(xml_feed(xml, "<c/>", 4), XML_MALFORMED);
    assert_int_equal(xml_finish(xml), XML_MALFORMED);
    buf_clear(&out);
    assert_int_equal(xml_restart(xml), 0);
    assert_int_equal(xml_feed(xml, "<c/>", 4), XML_WELL);
    assert_int_equal(xml_finish(xml), XML_WELL);
    assert_string_equal(buf_cstr(&out), "<c></c>");
    xml_free(xml);
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_documents),
        cmocka_unit_test(test_nul),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_long_names),
        cmocka_unit_test(test_large),
        cmocka_unit_test(test_restart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
