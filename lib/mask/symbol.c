#include "mask/symbol.h"

bool symbol_is(uint32_t character)
{
    static const uint32_t ranges[][2] = { { 0xa0, 0xa9 }, { 0xab, 0xb1 }, { 0xb4, 0xb4 },
        { 0xb6, 0xb8 }, { 0xbb, 0xbb }, { 0xbf, 0xbf }, { 0xd7, 0xd7 }, { 0xf7, 0xf7 },
        { 0x2000, 0x206f }, { 0x20a0, 0x20c0 }, { 0x2190, 0x2426 }, { 0x2500, 0x2775 },
        { 0x2794, 0x2bff }, { 0x3000, 0x3004 }, { 0x3008, 0x3020 }, { 0x3030, 0x3030 },
        { 0xff01, 0xff0f }, { 0xff1a, 0xff20 }, { 0xff3b, 0xff40 }, { 0xff5b, 0xff65 },
        { 0x1f000, 0x1f0ff }, { 0x1f300, 0x1faff } };
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (character >= ranges[i][0] && character <= ranges[i][1])
            return true;
    return false;
}

size_t symbol_read(const char *text, uint32_t *character)
{
    const unsigned char *bytes = (const unsigned char *)text;
    size_t length = bytes[0] >= 0xf0 ? 4 : bytes[0] >= 0xe0 ? 3 : 2;
    *character = bytes[0] & (0xffu >> (length + 1));
    for (size_t i = 1; i < length; i++)
        *character = *character << 6 | (bytes[i] & 0x3fu);
    return length;
}
