#include "json/write.h"
#include "record/member.h"
#include "record/record.h"

void member_body(struct buf *line, struct json_matches *matches, const char *text, size_t length)
{
    struct json_result result;
    const char *first = text;
    const char *end = text + length;
    while (first < end && (*first == ' ' || *first == '\t' || *first == '\n' || *first == '\r'))
        first++;
    if (first < end && (*first == '{' || *first == '[') &&
        json_scan(text, length, NULL, RECORD_BODY_DEPTH, matches, &result) == JSON_OK)
        json_write_compact(line, text, length);
    else
        json_string_encode(line, text, length);
}
