/*
 * Read a document in small pieces, as a server might send it, and in one piece after a byte order
 * mark, which libxml2 reads from the start. Both must report the same.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/xml_events.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int good)
{
    if (!good)
        abort();
}

static enum xml_result read_all(const char *before, const char *text, size_t length, size_t piece,
    struct buf *out)
{
    struct xml *xml = xml_open(&handler, out);
    require(xml != NULL);
    xml_feed(xml, before, strlen(before));
    for (size_t at = 0; at < length; at += piece)
        xml_feed(xml, text + at, length - at < piece ? length - at : piece);
    enum xml_result result = xml_finish(xml);
    xml_free(xml);
    return result;
}

/*
 * Input that libxml2 reads in another way after a mark: possible other encodings, and declarations
 * of an unknown version. Or in other pieces: a comment that begins as it ends, "<!-->" or "<!--->".
 */
static int depends_on_way(const char *text, size_t length)
{
    static const char known[] = "<?xml version=\"1.0\"?>";
    for (size_t i = 0; i < length && i < 4; i++)
        if (text[i] < '\t' || text[i] > '~')
            return 1;
    for (size_t i = 0; i + 5 <= length; i++)
        if (memcmp(text + i, known, 5) == 0 &&
            (length - i < sizeof known - 1 || memcmp(text + i, known, sizeof known - 1) != 0))
            return 1;
    if (memmem(text, length, "<!-->", 5) != NULL || memmem(text, length, "<!--->", 6) != NULL)
        return 1;
    return memchr(text, '\0', length) != NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf pieces = { .maximum = 1 << 20 }, whole = { .maximum = 1 << 20 };
    if (size == 0)
        return 0;
    const char *text = (const char *)data + 1;
    size_t length = size - 1;
    if (depends_on_way(text, length))
        return 0;
    enum xml_result first = read_all("", text, length, data[0] % 16 + 1u, &pieces);
    enum xml_result second = read_all("\xef\xbb\xbf", text, length, length + 1, &whole);
    require((first == XML_WELL) == (second == XML_WELL));
    if (first == XML_WELL)
        require(pieces.length == whole.length &&
            (pieces.length == 0 || memcmp(pieces.data, whole.data, pieces.length) == 0));
    buf_free(&pieces);
    buf_free(&whole);
    return 0;
}
