#include <stdlib.h>
#include <string.h>

#include "events.h"
#include "json/children.h"
#include "json/path.h"
#include "json/path_text.h"
#include "layers.h"
#include "record/record.h"

enum { KEPT = 1 << 16 };

/* A path and its place in a text. */
struct place {
    struct json_paths *paths; /* NULL without a path */
    uint32_t node;
};

struct events {
    struct layers *first;
    struct layers *second; /* for the results of --json and --each */
    struct place json;
    struct place each;
    bool lines;
    struct json_matches matches;
    struct buf body; /* decoded strings of the body */
    struct buf json_text;
    struct buf element;
};

/* State of one call of events_each(). */
struct walk {
    struct events *events;
    events_on_event *on_event;
    void *context;
};

static int place_open(struct place *place, const char *text)
{
    size_t wrong;
    if (text == NULL)
        return 0;
    place->paths = json_paths_new();
    if (place->paths == NULL)
        return -1;
    place->node = json_paths_add(place->paths, JSON_ROOT, text, strlen(text), &wrong);
    return place->node == JSON_NO_NODE ? -1 : 0;
}

bool events_path(const char *text)
{
    struct place place = { 0 };
    bool fine = place_open(&place, text) == 0;
    for (uint32_t node = place.node; fine && node != JSON_ROOT;
         node = json_paths_parent(place.paths, node))
        fine = json_paths_step(place.paths, node) != JSON_STEP_EACH;
    json_paths_free(place.paths);
    return fine;
}

struct events *events_new(const struct events_options *options)
{
    struct events *events = calloc(1, sizeof *events);
    if (events == NULL)
        return NULL;
    const struct layers_options layers = { options->kinds, options->lines, options->maximum };
    buf_init(&events->body, RECORD_MAX);
    buf_init(&events->json_text, options->maximum + RECORD_MAX);
    buf_init(&events->element, options->maximum + RECORD_MAX);
    events->lines = options->lines;
    events->first = layers_new(&layers);
    events->second = layers_new(&layers);
    if (events->first == NULL || events->second == NULL ||
        place_open(&events->json, options->json) != 0 ||
        place_open(&events->each, options->each) != 0) {
        events_free(events);
        return NULL;
    }
    return events;
}

void events_free(struct events *events)
{
    if (events == NULL)
        return;
    json_matches_free(&events->matches);
    json_paths_free(events->each.paths);
    json_paths_free(events->json.paths);
    layers_free(events->second);
    layers_free(events->first);
    buf_free(&events->element);
    buf_free(&events->json_text);
    buf_free(&events->body);
    free(events);
}

void events_count(const struct events *events, uint64_t counts[KIND_COUNT])
{
    layers_count(events->first, counts);
    layers_count(events->second, counts);
}

static enum events_result hand_on(const struct walk *walk, const struct layers_state *state,
    bool deep)
{
    const struct event event = { .content = state->content,
        .envelope = state->envelope,
        .envelope_length = state->envelope_length,
        .name = state->name,
        .deep = deep };
    return walk->on_event(walk->context, &event) ? EVENTS_OK : EVENTS_STOPPED;
}

/* Handler of an event after a layer was removed. */
typedef enum events_result step(const struct walk *walk, const struct layers_state *state);

static enum events_result leaf(const struct walk *walk, const struct layers_state *state)
{
    return hand_on(walk, state, false);
}

/* Handle each record of an S3 envelope. Those without an event count only when all are so. */
static enum events_result each_s3_record(const struct walk *walk, struct layers *layers,
    const struct layers_state *state, step *next)
{
    struct json_children records;
    struct json_child record;
    enum events_result result = EVENTS_OK;
    bool some = false, empty = false;
    (void)json_children_open(&records, state->content.text, state->content.length);
    while (result == EVENTS_OK && json_children_next(&records, &record)) {
        struct layers_state made;
        if (layers_s3_record(layers, state, records.text + record.value, record.end - record.value,
                &made) != 0)
            return EVENTS_NO_MEMORY;
        result = next(walk, &made);
        some = some || result == EVENTS_OK;
        empty = empty || result == EVENTS_EMPTY;
        if (result == EVENTS_EMPTY)
            result = EVENTS_OK;
    }
    return result == EVENTS_OK && empty && !some ? EVENTS_EMPTY : result;
}

/* Recognise layers again in the result of --json or --each; hand on unchanged a result that is too
 * deep. */
static enum events_result again(const struct walk *walk, const struct layers_state *from)
{
    struct layers *layers = walk->events->second;
    struct layers_state state;
    layers_copy(&state, from);
    switch (layers_take_off(layers, &state)) {
    case LAYERS_DONE:
        return hand_on(walk, &state, false);
    case LAYERS_SPLIT:
        return each_s3_record(walk, layers, &state, leaf);
    case LAYERS_DEEP:
        return hand_on(walk, from, true);
    case LAYERS_TOO_BIG:
        return EVENTS_TOO_BIG;
    case LAYERS_NO_MEMORY:
        break;
    }
    return EVENTS_NO_MEMORY;
}

static enum events_result each_line(const struct walk *walk, const struct layers_state *from)
{
    enum events_result result = EVENTS_EMPTY;
    const char *line;
    size_t length;
    size_t at = 0;
    while (content_next_line(&from->content, &at, &line, &length)) {
        struct layers_state state;
        layers_copy(&state, from);
        content_text(&state.content, line, length);
        layers_name(&state, "lines");
        result = again(walk, &state);
        if (result != EVENTS_OK)
            break;
    }
    return result;
}

static enum events_result each_element(const struct walk *walk, const struct layers_state *from,
    const char *array, size_t length)
{
    enum events_result result = EVENTS_EMPTY;
    struct json_children elements;
    struct json_child element;
    (void)json_children_open(&elements, array, length);
    while (json_children_next(&elements, &element)) {
        struct layers_state state;
        layers_copy(&state, from);
        buf_shrink(&walk->events->element, KEPT);
        if (content_value(&state.content, array + element.value, element.end - element.value,
                &walk->events->element) != 0)
            return EVENTS_NO_MEMORY;
        layers_name(&state, "each");
        result = again(walk, &state);
        if (result != EVENTS_OK)
            break;
    }
    return result;
}

/*
 * Set *found to the only match of the place in the content, or to NULL. With two members of one
 * name, the meaning is ambiguous: no match. Return 0, or -1 when memory runs out.
 */
static int find(struct events *events, const struct place *place, const struct content *content,
    const struct json_match **found)
{
    struct json_result result;
    *found = NULL;
    if (json_scan(content->text, content->length, place->paths, JSON_MAX_DEPTH, &events->matches,
            &result) != JSON_OK)
        return result.error == JSON_TOO_MANY ? -1 : 0;
    for (size_t i = 0; i < events->matches.count; i++) {
        if (events->matches.list[i].node != place->node)
            continue;
        if (*found != NULL) {
            *found = NULL;
            return 0;
        }
        *found = &events->matches.list[i];
    }
    return 0;
}

static bool is_json(const struct layers_state *state)
{
    return state->content.form == CONTENT_JSON || state->content.form == CONTENT_SCALAR;
}

static enum events_result split(const struct walk *walk, const struct layers_state *state,
    bool changed)
{
    struct events *events = walk->events;
    if (events->lines && state->content.form == CONTENT_TEXT)
        return each_line(walk, state);
    if (events->each.paths != NULL && is_json(state)) {
        const struct json_match *match;
        if (find(events, &events->each, &state->content, &match) != 0)
            return EVENTS_NO_MEMORY;
        if (match != NULL && match->kind == JSON_ARRAY)
            return each_element(walk, state, state->content.text + match->value,
                match->end - match->value);
    }
    /* Only --json makes content that is new to recognition. */
    return changed ? again(walk, state) : hand_on(walk, state, false);
}

/* Take the text at the path of --json as the content, if it is an object or array. Return 0, or -1
 * when memory runs out. */
static int take_json(struct events *events, struct layers_state *state, bool *changed)
{
    struct content found = state->content;
    *changed = false;
    if (is_json(state)) {
        const struct json_match *match;
        if (find(events, &events->json, &state->content, &match) != 0)
            return -1;
        if (match == NULL)
            return 0;
        buf_shrink(&events->json_text, KEPT);
        if (content_value(&found, state->content.text + match->value, match->end - match->value,
                &events->json_text) != 0)
            return -1;
    } else if (events->json.node != JSON_ROOT) {
        return 0;
    }
    if (found.form == CONTENT_TEXT) {
        const struct content text = found;
        content_text(&found, text.text, text.length);
    } else if (events->json.node == JSON_ROOT) {
        return 0; /* it is the body already */
    }
    if (found.form != CONTENT_JSON)
        return 0;
    state->content = found;
    layers_name(state, "json");
    *changed = true;
    return 0;
}

static enum events_result pick(const struct walk *walk, const struct layers_state *from)
{
    struct layers_state state;
    bool changed;
    if (walk->events->json.paths == NULL)
        return split(walk, from, false);
    layers_copy(&state, from);
    if (take_json(walk->events, &state, &changed) != 0)
        return EVENTS_NO_MEMORY;
    return split(walk, &state, changed);
}

enum events_result events_each(struct events *events, const struct events_message *message,
    events_on_event *on_event, void *context)
{
    const struct walk walk = { events, on_event, context };
    struct layers_state state;
    layers_start(&state, message->envelope, message->envelope_length);
    layers_begin(events->first);
    layers_begin(events->second);
    buf_shrink(&events->body, KEPT);
    json_matches_shrink(&events->matches, KEPT);
    if (content_value(&state.content, message->body, message->length, &events->body) != 0)
        return EVENTS_NO_MEMORY;
    state.content.members = message->members;
    switch (layers_take_off(events->first, &state)) {
    case LAYERS_DONE:
        return pick(&walk, &state);
    case LAYERS_SPLIT:
        return each_s3_record(&walk, events->first, &state, pick);
    case LAYERS_DEEP:
        return EVENTS_DEEP;
    case LAYERS_TOO_BIG:
        return EVENTS_TOO_BIG;
    case LAYERS_NO_MEMORY:
        break;
    }
    return EVENTS_NO_MEMORY;
}
