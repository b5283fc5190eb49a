#include <ctype.h>
#include <string.h>

#include "filter_reads.h"
#include "json/path_text.h"

enum { MAX_NESTING = 64 }; /* the limit for jq programs too */

struct level {
    char open;  /* '"', '(' (an interpolation too), '[', '{'; '\0': the program itself */
    bool root;  /* "." is the record here */
    bool began; /* "." was the record at the start of the level */
};

struct reading {
    const char *text;
    size_t length;
    size_t at;
    struct level levels[MAX_NESTING + 1];
    size_t depth;
    bool binds; /* "as" was read: the next pipe leaves "." unchanged */
    bool whole;
    bool failed;
    struct json_paths *paths;
    uint32_t body;
};

static char peek(const struct reading *reading, size_t at)
{
    return at < reading->length ? reading->text[at] : '\0';
}

static bool is_word(char byte)
{
    return isalnum((unsigned char)byte) || byte == '_';
}

static size_t word_end(const struct reading *reading, size_t at)
{
    while (is_word(peek(reading, at)))
        at++;
    return at;
}

static struct level *level(struct reading *reading)
{
    return &reading->levels[reading->depth];
}

static void push(struct reading *reading, char open)
{
    bool root = level(reading)->root;
    if (reading->depth == MAX_NESTING) {
        reading->whole = true;
        return;
    }
    reading->levels[++reading->depth] = (struct level){ open, root, root };
}

static void pop(struct reading *reading)
{
    if (reading->depth > 0)
        reading->depth--;
}

/* Note that the program reads "." itself. */
static void take_input(struct reading *reading)
{
    reading->whole = reading->whole || level(reading)->root;
}

/* Return the length of the step ".word", '."text"' or '["text"]' at text[at] as a path; 0: none. */
static size_t step_length(const struct reading *reading, size_t at)
{
    size_t end = at;
    bool bracket = peek(reading, at) == '[';
    if (!bracket && peek(reading, at) != '.')
        return 0;
    end++;
    if (peek(reading, end) != '"')
        return bracket ? 0 : word_end(reading, end) - at == 1 ? 0 : word_end(reading, end) - at;
    for (end++; end < reading->length && reading->text[end] != '"'; end++)
        if (reading->text[end] == '\\') /* an escape or an interpolation: not a plain step */
            return 0;
    end++;
    if (bracket && peek(reading, end) != ']')
        return 0;
    return end + bracket - at;
}

/* Take the key that follows ".body". */
static void take_key(struct reading *reading)
{
    size_t at = reading->at + (peek(reading, reading->at) == '?');
    if (peek(reading, at) == '.' && peek(reading, at + 1) == '[')
        at++;
    size_t length = step_length(reading, at);
    if (length == 0) {
        reading->whole = true;
        return;
    }
    char path[256] = ".";
    bool bracket = reading->text[at] == '[';
    size_t size = length - 1 - bracket;
    if (size + 1 >= sizeof path) {
        reading->whole = true;
        return;
    }
    memcpy(path + 1, reading->text + at + 1, size);
    size_t error_at;
    if (json_paths_add(reading->paths, reading->body, path, size + 1, &error_at) == JSON_NO_NODE)
        reading->failed = true;
    reading->at = at + length;
}

/* Take a "." in the program. */
static void take_dot(struct reading *reading)
{
    static const char body[] = ".body";
    size_t at = reading->at;
    char before = at == 0 ? '\0' : reading->text[at - 1];
    bool goes_on = is_word(before) || (before != '\0' && strchr("])}?\"", before) != NULL);
    size_t length = step_length(reading, at);
    if (length == 0)
        reading->at += peek(reading, at + 1) == '.' ? 2 : 1;
    else
        reading->at += length;
    if (goes_on)
        return;
    if (length == 0 || reading->text[at + 1] == '"') /* ."body" is too rare to handle */
        take_input(reading);
    else if (length == strlen(body) && memcmp(reading->text + at, body, length) == 0)
        take_key(reading);
}

/* Take a word that is neither a field nor a variable. A function reads its input, a keyword does
 * not. */
static void take_word(struct reading *reading)
{
    static const char *const keywords[] = { "if", "then", "else", "elif", "end", "and", "or", "as",
        "reduce", "foreach", "try", "catch", "null", "true", "false", "empty" };
    size_t start = reading->at;
    size_t end = word_end(reading, start);
    reading->at = end;
    while (isspace((unsigned char)peek(reading, end)))
        end++;
    if (level(reading)->open == '{' && peek(reading, end) == ':')
        return;
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
        if (strlen(keywords[i]) == reading->at - start &&
            memcmp(keywords[i], reading->text + start, reading->at - start) == 0) {
            reading->binds = reading->binds || strcmp(keywords[i], "as") == 0;
            return;
        }
    take_input(reading);
}

static void take_pipe(struct reading *reading)
{
    if (peek(reading, reading->at + 1) == '=')
        take_input(reading);
    else if (!reading->binds)
        level(reading)->root = false;
    reading->binds = false;
    reading->at++;
}

static void in_string(struct reading *reading)
{
    char byte = reading->text[reading->at++];
    if (byte == '"')
        pop(reading);
    else if (byte == '\\' && peek(reading, reading->at++) == '(')
        push(reading, '(');
}

static void in_code(struct reading *reading)
{
    char byte = reading->text[reading->at];
    if (byte == '.' && !isdigit((unsigned char)peek(reading, reading->at + 1))) {
        take_dot(reading);
    } else if (byte == '|') {
        take_pipe(reading);
    } else if (byte == '$' || isdigit((unsigned char)byte)) {
        reading->at = word_end(reading, reading->at + 1);
    } else if (is_word(byte)) {
        take_word(reading);
    } else if (byte == '#') {
        while (reading->at < reading->length && reading->text[reading->at] != '\n')
            reading->at++;
    } else {
        reading->at++;
        if (strchr("\"([{", byte) != NULL)
            push(reading, byte);
        else if (strchr(")]}", byte) != NULL)
            pop(reading);
        else if (byte == ';' || (byte == ',' && level(reading)->open == '{'))
            level(reading)->root = level(reading)->began;
        else if (byte == '@')
            take_input(reading);
    }
}

int filter_reads_body(const char *program, size_t length, struct json_paths *paths, uint32_t body,
    bool *whole)
{
    struct reading reading = { .text = program,
        .length = length,
        .levels = { { '\0', true, true } },
        .paths = paths,
        .body = body };
    while (reading.at < length && !reading.whole && !reading.failed) {
        if (level(&reading)->open == '"')
            in_string(&reading);
        else
            in_code(&reading);
    }
    *whole = *whole || reading.whole;
    return reading.failed ? -1 : 0;
}
