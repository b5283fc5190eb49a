/*
 * Read any bytes as a text; the first two choose the kinds. The pieces are in the text, in order,
 * none empty, of a chosen kind. A second search finds the same, and each piece is found alone. A
 * search for fewer kinds finds no new kind.
 */
#include "detect/detect.h"
#include "fuzz.h"

enum { PIECES_MOST = 4096 };

static size_t search(const char *text, size_t length, unsigned kinds, struct detect_piece *pieces)
{
    struct detect detect;
    size_t count = 0;
    size_t end = 0;
    detect_start(&detect, text, length, kinds);
    while (count < PIECES_MOST && detect_next(&detect, &pieces[count])) {
        const struct detect_piece *piece = &pieces[count++];
        fuzz_require(piece->length > 0 && piece->offset >= end && piece->offset < length);
        fuzz_require(piece->length <= length - piece->offset);
        fuzz_require((kinds & DETECT_BIT(piece->kind)) != 0);
        end = piece->offset + piece->length;
    }
    if (count < PIECES_MOST)
        fuzz_require(!detect_next(&detect, &pieces[count]));
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct detect_piece once[PIECES_MOST + 1];
    static struct detect_piece twice[PIECES_MOST + 1];
    if (size < 2)
        return 0;
    unsigned kinds = (data[0] | (unsigned)data[1] << 8) & DETECT_ALL;
    size_t length = size - 2;
    char *text = malloc(length > 0 ? length : 1); /* separate, so that ASan sees its ends */
    fuzz_require(text != NULL);
    memcpy(text, data + 2, length);
    size_t count = search(text, length, kinds, once);
    unsigned found = DETECT_NONE;
    fuzz_require(count == search(text, length, kinds, twice));
    for (size_t i = 0; i < count; i++) {
        fuzz_require(once[i].kind == twice[i].kind && once[i].offset == twice[i].offset &&
            once[i].length == twice[i].length);
        found |= DETECT_BIT(once[i].kind);
    }
    if (count < PIECES_MOST)
        fuzz_require(detect_kinds(text, length, kinds) == found);
    fuzz_require(search(text, length, DETECT_NONE, twice) == 0);
    free(text);
    return 0;
}
