#include <stdlib.h>

#include "json/path.h"
#include "json/whole.h"
#include "record/reserved.h"
#include "record/salvage.h"

enum { GIVEN_BACK_ABOVE = 1 << 20 };

struct salvage {
    struct json_paths *paths;
    uint32_t sqs;
    uint32_t member; /* any member of sqs */
    struct json_matches matches;
};

struct salvage *salvage_new(void)
{
    struct salvage *salvage = calloc(1, sizeof *salvage);
    if (salvage == NULL)
        return NULL;
    salvage->paths = json_paths_new();
    salvage->sqs =
        salvage->paths == NULL ? JSON_NO_NODE : reserved_node(salvage->paths, RESERVED_SQS);
    salvage->member = salvage->sqs == JSON_NO_NODE ? JSON_NO_NODE
                                                   : json_paths_other(salvage->paths, salvage->sqs);
    if (salvage->member == JSON_NO_NODE) {
        salvage_free(salvage);
        return NULL;
    }
    return salvage;
}

void salvage_free(struct salvage *salvage)
{
    if (salvage == NULL)
        return;
    json_paths_free(salvage->paths);
    json_matches_free(&salvage->matches);
    free(salvage);
}

bool salvage_is_address(const struct json_matches *matches, const struct json_match *sqs,
    uint32_t member)
{
    if (sqs->kind != JSON_OBJECT || sqs->end == UINT32_MAX)
        return false;
    const struct json_match *last = matches->list + matches->count;
    for (const struct json_match *match = sqs + 1; match < last && match->value < sqs->end; match++)
        if (match->node == member && (match->kind == JSON_OBJECT || match->kind == JSON_ARRAY))
            return false;
    return true;
}

void salvage_text(struct salvage *salvage, const char *text, size_t length,
    struct salvage_result *result)
{
    struct json_matches *matches = &salvage->matches;
    struct json_result scanned;
    *result = (struct salvage_result){ .sqs = NULL };
    json_matches_shrink(matches, GIVEN_BACK_ABOVE);
    /* An error is expected; matches before it are valid. */
    (void)json_scan(text, length, salvage->paths, JSON_MAX_DEPTH, matches, &scanned);
    for (size_t i = 0; i < matches->count; i++) {
        const struct json_match *match = &matches->list[i];
        if (match->node != salvage->sqs || !salvage_is_address(matches, match, salvage->member))
            continue;
        result->sqs = text + match->value;
        result->sqs_length = match->end - match->value;
        return;
    }
}

void salvage_line(struct salvage *salvage, const struct line *line, struct salvage_result *result)
{
    salvage_text(salvage, line->text, line->length, result);
    bool of_a_record = result->sqs != NULL || line_agrees(line, "{\"sqs\":{");
    result->cut = line->unended && of_a_record && !json_whole(line->text, line->length);
}
