#include <ctype.h>
#include <string.h>

#include "json/names.h"

enum { MAX_NESTING = 64 };

static const char *const forbidden[] = { "now", "input", "inputs", "env", "debug", "stderr", "halt",
    "halt_error", "import", "include", "get_search_list", "localtime", "strflocaltime",
    "input_filename", "input_line_number", "modulemeta", "get_prog_origin", "get_jq_origin" };

static const char not_allowed[] = "is not allowed here: a filter sees its input and nothing else";

/* A walk over the program's tokens, as far as names and nesting need it. */
struct lexer {
    const char *text;
    size_t length;
    size_t at;
    char open[MAX_NESTING]; /* '"', '(' (also of an interpolation), '[', '{' */
    size_t depth;
};

struct name {
    size_t at;        /* offset of its "$", if it has one */
    const char *text; /* without the "$" */
    size_t length;
    bool variable;
};

static bool starts_word(char byte)
{
    return isalpha((unsigned char)byte) || byte == '_';
}

static size_t word_length(const struct lexer *lexer, size_t at)
{
    size_t end = at;
    while (end < lexer->length &&
        (starts_word(lexer->text[end]) || isdigit((unsigned char)lexer->text[end])))
        end++;
    return end - at;
}

static bool equals(const struct name *name, const char *word)
{
    return strlen(word) == name->length && memcmp(name->text, word, name->length) == 0;
}

static bool is_forbidden(const struct name *name)
{
    static const char program[] = "__prog"; /* the name that libjq binds to its own arguments */
    if (name->variable)
        return equals(name, "ENV") ||
            (name->length >= strlen(program) && memcmp(name->text, program, strlen(program)) == 0);
    for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++)
        if (equals(name, forbidden[i]))
            return true;
    return false;
}

/* Track brackets and strings; false: unbalanced or too deep. */
static bool nest(struct lexer *lexer, char byte)
{
    bool string = lexer->depth > 0 && lexer->open[lexer->depth - 1] == '"';
    char open = byte;
    if (string && byte == '"') {
        lexer->depth--;
        return true;
    }
    if (string && byte == '\\' && lexer->at + 1 < lexer->length) {
        lexer->at++;
        if (lexer->text[lexer->at] != '(')
            return true;
        open = '(';
    } else if (string) {
        return true;
    }
    if (open == '"' || open == '(' || open == '[' || open == '{') {
        if (lexer->depth == MAX_NESTING)
            return false;
        lexer->open[lexer->depth++] = open;
        return true;
    }
    if (open == ')' || open == ']' || open == '}') {
        char wanted = open == ')' ? '(' : open == ']' ? '[' : '{';
        if (lexer->depth == 0 || lexer->open[lexer->depth - 1] != wanted)
            return false;
        lexer->depth--;
    }
    return true;
}

static void skip_comment(struct lexer *lexer)
{
    while (lexer->at < lexer->length && lexer->text[lexer->at] != '\n')
        lexer->at++;
}

/* libjq 1.6 allows blanks and comments between a "$" and its name. */
static void skip_blanks(struct lexer *lexer)
{
    for (; lexer->at < lexer->length; lexer->at++) {
        if (lexer->text[lexer->at] == '#')
            skip_comment(lexer);
        if (lexer->at == lexer->length || !isspace((unsigned char)lexer->text[lexer->at]))
            return;
    }
}

/*
 * Find the next word that is not a field (.word), a format (@word) or in a string. Object keys
 * count: only the grammar tells {word: 1} from .[word:1]. Return false when there is none, with
 * ${lexer->at} at the end. When brackets or strings do not match, ${lexer->at} is before the end or
 * ${lexer->depth} is not 0.
 */
static bool next_name(struct lexer *lexer, struct name *name)
{
    for (; lexer->at < lexer->length; lexer->at++) {
        char byte = lexer->text[lexer->at];
        bool string = lexer->depth > 0 && lexer->open[lexer->depth - 1] == '"';
        if (string || !(starts_word(byte) || strchr("$.@#", byte) != NULL)) {
            if (!nest(lexer, byte))
                return false;
            continue;
        }
        if (byte == '#') {
            skip_comment(lexer);
            lexer->at--; /* the newline comes next */
            continue;
        }
        *name = (struct name){ .at = lexer->at, .variable = byte == '$' };
        lexer->at += starts_word(byte) ? 0 : 1;
        if (name->variable)
            skip_blanks(lexer);
        name->text = lexer->text + lexer->at;
        name->length = word_length(lexer, lexer->at);
        lexer->at += name->length;
        if (name->length > 0 && byte != '.' && byte != '@')
            return true;
        lexer->at--;
    }
    return false;
}

static bool refuse(struct json_jq_problem *problem, size_t at, const char *what,
    const struct name *name)
{
    size_t length = name->length;
    size_t prefix = name->variable ? 1 : 0;
    problem->at = at;
    problem->what = what;
    if (length >= sizeof problem->name - prefix)
        length = sizeof problem->name - prefix - 1;
    problem->name[0] = '$';
    memcpy(problem->name + prefix, name->text, length);
    problem->name[prefix + length] = '\0';
    return false;
}

bool json_names_check(const char *program, size_t length, struct json_jq_problem *problem,
    bool *uses_sqs)
{
    struct lexer lexer = { .text = program, .length = length };
    struct name name = { .text = "" };
    *uses_sqs = false;
    while (next_name(&lexer, &name)) {
        if (name.variable && equals(&name, "sqs"))
            *uses_sqs = true;
        if (is_forbidden(&name))
            return refuse(problem, name.at, not_allowed, &name);
    }
    if (lexer.at == length && lexer.depth == 0)
        return true;
    return refuse(problem, lexer.at < length ? lexer.at : length - 1,
        "brackets or quotes that do not match", &(struct name){ .text = "" });
}

/* Return the place of a name in the program. */
static size_t find_name(const char *program, size_t length, const struct name *wanted)
{
    struct lexer lexer = { .text = program, .length = length };
    struct name name;
    while (next_name(&lexer, &name))
        if (name.variable == wanted->variable && name.length == wanted->length &&
            memcmp(name.text, wanted->text, name.length) == 0)
            return name.at;
    return 0;
}

void json_names_locate(const char *program, size_t length, const char *text, size_t text_length,
    struct json_jq_problem *problem)
{
    struct name wanted = { .text = text, .variable = *text == '$' };
    wanted.text += wanted.variable ? 1 : 0;
    text_length -= wanted.variable ? 1 : 0;
    const char *arity = memchr(wanted.text, '/', text_length);
    wanted.length = arity == NULL ? text_length : (size_t)(arity - wanted.text);
    size_t at = find_name(program, length, &wanted);
    wanted.length = text_length;
    (void)refuse(problem, at, "is not defined", &wanted);
}
