#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/base64.h"
#include "inflate/inflate.h"
#include "json/children.h"
#include "layers.h"
#include "record/envelope.h"
#include "record/record.h"

enum {
    TEXTS = 4,       /* the result so far, its enclosing string, the attempt, the next one */
    ENVELOPES = 3,   /* of the result so far, the next one, that of an S3 record */
    LOOK_AHEAD = 16, /* encodings that may enclose an object or array */
    KEPT = 1 << 16,  /* bytes that a buffer keeps from message to message */
    MOST_TIMES = 64, /* limit of all inflated layers of a message, in units of the maximum */
    ENVELOPE_MAX = 5 * (ENVELOPE_MOST + 64)
};

struct layers {
    struct layers_options options;
    struct buf texts[TEXTS];
    struct buf envelopes[ENVELOPES];
    bool used;         /* since layers_begin(); otherwise there is nothing to reset */
    uint64_t inflated; /* bytes */
    uint64_t counts[KIND_COUNT];
};

/* Result of one attempt to remove a layer. */
enum attempt {
    ATTEMPT_NONE,    /* no layer */
    ATTEMPT_SETTLED, /* removed, and the rest can be a body */
    ATTEMPT_PENDING, /* removed, if the rest turns out to hold an object or array */
    ATTEMPT_TOO_BIG,
    ATTEMPT_NO_MEMORY
};

void layers_start(struct layers_state *state, const char *envelope, size_t envelope_length)
{
    state->content = (struct content){ .form = CONTENT_SCALAR };
    state->envelope = envelope;
    state->envelope_length = envelope_length;
    state->depth = 0;
    state->name_length = 0;
    state->name[0] = '\0';
}

/* Copy the used part of the name only. */
void layers_copy(struct layers_state *to, const struct layers_state *from)
{
    memcpy(to, from, offsetof(struct layers_state, name));
    memcpy(to->name, from->name, from->name_length + 1);
}

void layers_name(struct layers_state *state, const char *name)
{
    unsigned length = state->name_length;
    if (length > 0 && length < LAYERS_NAME_MAX - 1)
        state->name[length++] = '.';
    size_t size = strlen(name);
    if (size > LAYERS_NAME_MAX - 1 - length)
        size = LAYERS_NAME_MAX - 1 - length;
    memcpy(state->name + length, name, size);
    state->name_length = length + (unsigned)size;
    state->name[state->name_length] = '\0';
}

struct layers *layers_new(const struct layers_options *options)
{
    struct layers *layers = calloc(1, sizeof *layers);
    if (layers == NULL)
        return NULL;
    layers->options = *options;
    /* The text of a string is no longer than its line; a byte more shows a text that is too big. */
    for (size_t i = 0; i < TEXTS; i++)
        buf_init(&layers->texts[i], options->maximum + RECORD_MAX);
    /* An envelope of the record is the outermost one. */
    for (size_t i = 0; i < ENVELOPES; i++)
        buf_init(&layers->envelopes[i], RECORD_MAX + ENVELOPE_MAX + 2 * options->maximum);
    return layers;
}

void layers_free(struct layers *layers)
{
    if (layers == NULL)
        return;
    for (size_t i = 0; i < TEXTS; i++)
        buf_free(&layers->texts[i]);
    for (size_t i = 0; i < ENVELOPES; i++)
        buf_free(&layers->envelopes[i]);
    free(layers);
}

void layers_begin(struct layers *layers)
{
    if (!layers->used)
        return;
    layers->used = false;
    for (size_t i = 0; i < TEXTS; i++)
        buf_shrink(&layers->texts[i], KEPT);
    for (size_t i = 0; i < ENVELOPES; i++)
        buf_shrink(&layers->envelopes[i], KEPT);
    layers->inflated = 0;
    memset(layers->counts, 0, sizeof layers->counts);
}

void layers_count(const struct layers *layers, uint64_t counts[KIND_COUNT])
{
    for (enum kind kind = KIND_SNS; layers->used && kind < KIND_COUNT; kind++)
        counts[kind] += layers->counts[kind];
}

static bool wants(const struct layers *layers, enum kind kind)
{
    return (layers->options.kinds >> kind & 1) != 0;
}

/* Return which of the texts hold the content, one bit for each. */
static unsigned texts_of(const struct layers *layers, const struct content *content)
{
    const uintptr_t places[] = { (uintptr_t)content->text, (uintptr_t)content->quoted };
    unsigned used = 0;
    for (unsigned i = 0; i < TEXTS; i++) {
        uintptr_t start = (uintptr_t)layers->texts[i].data;
        for (unsigned j = 0; j < 2 && start != 0; j++)
            if (places[j] >= start && places[j] - start < layers->texts[i].capacity)
                used |= 1U << i;
    }
    return used;
}

/* Return an empty text that holds neither content. Each content is in at most two texts, both
 * together in at most three. */
static struct buf *free_text(struct layers *layers, const struct content *reached,
    const struct content *tried)
{
    unsigned used = texts_of(layers, reached) | texts_of(layers, tried);
    unsigned i = 0;
    while (i < TEXTS - 1 && (used >> i & 1) != 0)
        i++;
    buf_shrink(&layers->texts[i], KEPT);
    return &layers->texts[i];
}

/* Judge whether the result of an encoding can be a body. */
static enum attempt end_attempt(const struct layers *layers, const struct content *content)
{
    return content->form == CONTENT_JSON || (layers->options.lines && content_is_lines(content))
        ? ATTEMPT_SETTLED
        : ATTEMPT_PENDING;
}

/* Put the earlier envelopes into the outer one of the new envelope. */
static int wrap(struct layers *layers, struct layers_state *at, const char *text,
    const struct envelope *envelope)
{
    struct buf *out = &layers->envelopes[at->envelope == layers->envelopes[0].data];
    buf_clear(out);
    if (envelope_write(out, text, envelope, at->envelope, at->envelope_length) != 0)
        return -1;
    at->envelope = out->data;
    at->envelope_length = out->length;
    return 0;
}

/* Take the event of an SNS or CloudEvents envelope when it is a string. */
static enum attempt open_string(struct layers *layers, struct layers_state *at,
    const struct content *reached, const struct envelope *envelope, const char *text)
{
    struct buf *decoded = free_text(layers, reached, &at->content);
    const char *quoted = text + envelope->event.start;
    size_t length = envelope->event.end - envelope->event.start;
    if (content_value(&at->content, quoted, length, decoded) != 0)
        return ATTEMPT_NO_MEMORY;
    if (envelope->base64) {
        if (base64_decode(decoded->data, decoded->length, (unsigned char *)decoded->data,
                &decoded->length) != 0)
            return ATTEMPT_NONE;
        content_bytes(&at->content, decoded->data, decoded->length);
    } else if (envelope->kind == ENVELOPE_SNS) {
        struct content whole;
        content_text(&whole, decoded->data, decoded->length);
        if (whole.form == CONTENT_JSON) {
            at->content = whole;
        }
    }
    return at->content.form == CONTENT_BYTES ? ATTEMPT_PENDING : ATTEMPT_SETTLED;
}

static enum attempt open_envelope(struct layers *layers, struct layers_state *at,
    const struct content *reached, enum kind *kind)
{
    static const enum kind kinds[] = { KIND_COUNT, KIND_SNS, KIND_EVENTBRIDGE, KIND_CLOUDEVENTS,
        KIND_S3 };
    const struct content from = at->content;
    struct json_children members;
    struct envelope envelope;
    if (from.members != NULL)
        members = *from.members;
    else if (!json_children_open(&members, from.text, from.length) || !members.object)
        return ATTEMPT_NONE;
    enum envelope_kind found = envelope_recognise_members(&members, &envelope);
    if (found == ENVELOPE_NONE || !wants(layers, kinds[found]))
        return ATTEMPT_NONE;
    *kind = kinds[found];
    const char *text = members.text;
    const char *event = text + envelope.event.start;
    size_t length = envelope.event.end - envelope.event.start;
    enum attempt attempt = ATTEMPT_SETTLED;
    if (*event == '"')
        attempt = open_string(layers, at, reached, &envelope, text);
    else
        (void)content_value(&at->content, event, length, NULL); /* it is no string */
    if (attempt != ATTEMPT_SETTLED && attempt != ATTEMPT_PENDING)
        return attempt;
    if (found == ENVELOPE_S3)
        return attempt;
    return wrap(layers, at, text, &envelope) == 0 ? attempt : ATTEMPT_NO_MEMORY;
}

/* Take a text that is JSON: an object or array, or a string that may hold one. */
static enum attempt open_json(struct layers *layers, struct layers_state *at,
    const struct content *reached)
{
    struct content whole;
    struct json_result result;
    content_text(&whole, at->content.text, at->content.length);
    if (whole.form == CONTENT_JSON) {
        at->content = whole;
        return ATTEMPT_SETTLED;
    }
    if (memchr(at->content.text, '"', at->content.length < 16 ? at->content.length : 16) == NULL ||
        json_scan(at->content.text, at->content.length, NULL, 1, NULL, &result) != JSON_OK ||
        result.kind != JSON_STRING)
        return ATTEMPT_NONE;
    struct buf *decoded = free_text(layers, reached, &at->content);
    if (content_value(&whole, at->content.text + result.start, result.end - result.start,
            decoded) != 0)
        return ATTEMPT_NO_MEMORY;
    content_text(&at->content, decoded->data, decoded->length);
    return end_attempt(layers, &at->content);
}

/* Decode standard or url-safe base64, padded or not; line breaks of encoders are ignored. */
static enum attempt open_base64(struct layers *layers, struct layers_state *at,
    const struct content *reached)
{
    struct buf *decoded = free_text(layers, reached, &at->content);
    const char *text = at->content.text;
    size_t length = at->content.length;
    if (length < 3) /* "e30" is {} */
        return ATTEMPT_NONE;
    /* With room for the text, which is in the same buffer during decoding. */
    unsigned char *out = (unsigned char *)buf_reserve(decoded, length + base64_decoded_max(0));
    if (out == NULL)
        return ATTEMPT_NO_MEMORY;
    if (memchr(text, '\n', length) != NULL) {
        size_t kept = 0;
        for (size_t i = 0; i < length; i++)
            if (text[i] != '\n' && text[i] != '\r')
                out[kept++] = (unsigned char)text[i];
        text = decoded->data;
        length = kept;
    }
    if (base64_decode_any(text, length, out, &decoded->length) != 0)
        return ATTEMPT_NONE;
    content_bytes(&at->content, decoded->data, decoded->length);
    return end_attempt(layers, &at->content);
}

static enum attempt open_deflated(struct layers *layers, struct layers_state *at,
    const struct content *reached, enum inflate_format format)
{
    struct buf *decoded = free_text(layers, reached, &at->content);
    size_t maximum = layers->options.maximum;
    switch (inflate_decode(decoded, format, at->content.text, at->content.length, maximum)) {
    case INFLATE_OK:
        break;
    case INFLATE_MALFORMED:
        return ATTEMPT_NONE;
    case INFLATE_TOO_BIG:
        return ATTEMPT_TOO_BIG;
    case INFLATE_NO_MEMORY:
        return ATTEMPT_NO_MEMORY;
    }
    layers->inflated += decoded->length;
    if (layers->inflated > (uint64_t)maximum * MOST_TIMES)
        return ATTEMPT_TOO_BIG;
    content_bytes(&at->content, decoded->data, decoded->length);
    return end_attempt(layers, &at->content);
}

/* The first bytes of gzip (RFC 1952) and zlib (RFC 1950, deflate with a checksum of the header). */
static bool begins_gzip(const struct content *content)
{
    return content->length > 2 && (unsigned char)content->text[0] == 0x1F &&
        (unsigned char)content->text[1] == 0x8B;
}

static bool begins_zlib(const struct content *content)
{
    if (content->length <= 2)
        return false;
    unsigned header =
        (unsigned)(unsigned char)content->text[0] << 8 | (unsigned char)content->text[1];
    return (header >> 8 & 15) == 8 && header % 31 == 0;
}

static bool is_deflated(const struct layers *layers, const struct content *content)
{
    return (begins_gzip(content) && wants(layers, KIND_GZIP)) ||
        (begins_zlib(content) && wants(layers, KIND_ZLIB));
}

/* Where base64 is not among the kinds, decode it only around deflated data, which needs it. */
static enum attempt open_base64_around(struct layers *layers, struct layers_state *at,
    const struct content *reached)
{
    const struct content whole = at->content;
    if (!wants(layers, KIND_BASE64) && !wants(layers, KIND_GZIP) && !wants(layers, KIND_ZLIB))
        return ATTEMPT_NONE;
    enum attempt attempt = open_base64(layers, at, reached);
    if (attempt == ATTEMPT_NO_MEMORY || wants(layers, KIND_BASE64) ||
        is_deflated(layers, &at->content))
        return attempt;
    at->content = whole;
    return ATTEMPT_NONE;
}

static enum attempt open_encoding(struct layers *layers, struct layers_state *at,
    const struct content *reached, enum kind *kind)
{
    const struct content *content = &at->content;
    enum attempt attempt = ATTEMPT_NONE;
    if (content->form == CONTENT_TEXT && wants(layers, KIND_JSON)) {
        *kind = KIND_JSON;
        attempt = open_json(layers, at, reached);
    }
    if (attempt == ATTEMPT_NONE && content->form == CONTENT_TEXT) {
        *kind = KIND_BASE64;
        attempt = open_base64_around(layers, at, reached);
    }
    if (attempt == ATTEMPT_NONE && begins_gzip(content) && wants(layers, KIND_GZIP)) {
        *kind = KIND_GZIP;
        attempt = open_deflated(layers, at, reached, INFLATE_GZIP);
    }
    if (attempt == ATTEMPT_NONE && begins_zlib(content) && wants(layers, KIND_ZLIB)) {
        *kind = KIND_ZLIB;
        attempt = open_deflated(layers, at, reached, INFLATE_ZLIB);
    }
    return attempt;
}

/* Count the layers that are removed for good. */
static void count_layers(struct layers *layers, const enum kind *kinds, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        layers->counts[kinds[i]]++;
}

enum layers_result layers_take_off(struct layers *layers, struct layers_state *state)
{
    struct layers_state at;
    enum kind kinds[LOOK_AHEAD];
    unsigned pending = 0;
    layers_copy(&at, state);
    layers->used = true;
    while (pending < LOOK_AHEAD) {
        enum kind kind = KIND_COUNT;
        enum attempt attempt = ATTEMPT_NONE;
        if (at.content.form == CONTENT_JSON)
            attempt = open_envelope(layers, &at, &state->content, &kind);
        else if (at.content.form != CONTENT_SCALAR)
            attempt = open_encoding(layers, &at, &state->content, &kind);
        if (attempt == ATTEMPT_NONE)
            break;
        if (attempt == ATTEMPT_NO_MEMORY)
            return LAYERS_NO_MEMORY;
        if (attempt == ATTEMPT_TOO_BIG)
            return LAYERS_TOO_BIG;
        kinds[pending++] = kind;
        at.depth++;
        layers_name(&at, kind_name(kind));
        if (attempt == ATTEMPT_PENDING)
            continue;
        if (at.depth > LAYERS_MOST)
            return LAYERS_DEEP;
        count_layers(layers, kinds, pending);
        pending = 0;
        layers_copy(state, &at);
        if (kind == KIND_S3)
            return LAYERS_SPLIT;
    }
    return LAYERS_DONE;
}

int layers_s3_record(struct layers *layers, const struct layers_state *state, const char *record,
    size_t length, struct layers_state *made)
{
    struct envelope envelope;
    struct buf *out = &layers->envelopes[ENVELOPES - 1];
    envelope_s3_record(record, length, &envelope);
    layers_copy(made, state);
    made->content = (struct content){ .form = CONTENT_JSON, .text = record, .length = length };
    buf_clear(out);
    if (envelope_write(out, record, &envelope, state->envelope, state->envelope_length) != 0)
        return -1;
    made->envelope = out->data;
    made->envelope_length = out->length;
    return 0;
}
