#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/msg.h"

static const char *program = "sqs2pg";
static int level = MSG_NORMAL;
static bool as_json;

/* The level that the last error or warning of this thread needs: a hint belongs to it. */
static _Thread_local int needed = MSG_NORMAL;

/* Guards the terminal: a message of any thread removes the live line. */
static pthread_mutex_t terminal = PTHREAD_MUTEX_INITIALIZER;
static size_t live_length; /* characters of the live line */

enum { LINE_SIZE = 2048, NAME_SIZE = 256, LIVE_SIZE = 256, USUAL_COLUMNS = 80 };

void msg_init(const char *name)
{
    program = name;
}

const char *msg_program(void)
{
    return program;
}

void msg_set_level(int new_level)
{
    level = new_level;
}

int msg_level(void)
{
    return level;
}

void msg_set_json(bool on)
{
    as_json = on;
}

bool msg_json(void)
{
    return as_json;
}

static void write_all(const char *text, size_t length)
{
    for (size_t done = 0; done < length;) {
        ssize_t written = write(STDERR_FILENO, text + done, length - done);
        if (written <= 0)
            return; /* there is no place left to report it */
        done += (size_t)written;
    }
}

/* Return the columns for a live line; the last one stays free, so that no terminal wraps. */
static size_t width(void)
{
    struct winsize size;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 && size.ws_col <= LIVE_SIZE)
        return (size_t)size.ws_col - 1;
    return USUAL_COLUMNS - 1;
}

static void show_live(const char *text)
{
    char line[2 + 2 * LIVE_SIZE];
    size_t length = text == NULL ? 0 : strnlen(text, width());
    if (length == 0 && live_length == 0)
        return;
    /* Blanks work on every terminal; an escape sequence may not. */
    size_t blanks = live_length > length ? live_length - length : 0;
    line[0] = '\r';
    if (length > 0)
        memcpy(line + 1, text, length);
    memset(line + 1 + length, ' ', blanks);
    line[1 + length + blanks] = '\r';
    write_all(line, 1 + length + blanks + (length == 0));
    live_length = length;
}

void msg_live(const char *text)
{
    (void)pthread_mutex_lock(&terminal);
    show_live(text);
    (void)pthread_mutex_unlock(&terminal);
}

/* Return the bytes of the UTF-8 character at ${text} (RFC 3629), or 0 when there is none. */
static size_t character(const char *text)
{
    const unsigned char *byte = (const unsigned char *)text;
    if (byte[0] < 0x80)
        return 1;
    size_t length = byte[0] >= 0xf0 ? 4 : byte[0] >= 0xe0 ? 3 : 2;
    unsigned least = byte[0] == 0xe0 ? 0xa0 : byte[0] == 0xf0 ? 0x90 : 0x80;
    unsigned most = byte[0] == 0xed ? 0x9f : byte[0] == 0xf4 ? 0x8f : 0xbf;
    if (byte[0] < 0xc2 || byte[0] > 0xf4 || byte[1] < least || byte[1] > most)
        return 0;
    for (size_t i = 2; i < length; i++)
        if ((byte[i] & 0xc0) != 0x80)
            return 0;
    return length;
}

/* Return true for a control character, C1 (U+0080 to U+009F) included: terminals act on them. */
static bool is_control(const char *text, size_t length)
{
    unsigned char byte = (unsigned char)*text;
    return length == 1 ? byte < 0x20 || byte == 0x7f
                       : length == 2 && byte == 0xc2 && (unsigned char)text[1] < 0xa0;
}

/* Write ${text} as the content of a JSON string; cut what does not fit at a character boundary. */
static void escape(char *out, size_t room, const char *text)
{
    size_t length = 0;
    for (size_t size; *text != '\0'; text += size == 0 ? 1 : size) {
        char piece[8];
        int wanted;
        size = character(text);
        if (*text == '"' || *text == '\\')
            wanted = snprintf(piece, sizeof piece, "\\%c", *text);
        else if (size > 0 && is_control(text, size))
            wanted = snprintf(piece, sizeof piece, "\\u%04x",
                (unsigned)(unsigned char)text[size - 1]); /* U+0080 to U+009F is C2 80 to C2 9F */
        else if (size > 0)
            wanted = snprintf(piece, sizeof piece, "%.*s", (int)size, text);
        else
            wanted = snprintf(piece, sizeof piece, "\\ufffd");
        if (length + (size_t)wanted >= room)
            break;
        memcpy(out + length, piece, (size_t)wanted);
        length += (size_t)wanted;
    }
    out[length] = '\0';
}

/* Control bytes in a foreign name could forge a second line, or move the cursor. */
static void flatten(char *text)
{
    for (size_t size; *text != '\0'; text += size == 0 ? 1 : size) {
        size = character(text);
        if (size == 0)
            *text = '?';
        else if (is_control(text, size))
            memset(text, '?', size);
    }
}

/* Return true when text[0, length) is a JSON number without an exponent. */
static bool is_number(const char *text, size_t length)
{
    size_t whole = strspn(text, "0123456789");
    bool zeroed = whole > 1 && *text == '0';
    if (whole == 0 || whole > length || zeroed)
        return false;
    if (whole == length)
        return true;
    return text[whole] == '.' && strspn(text + whole + 1, "0123456789") == length - whole - 1 &&
        length > whole + 1;
}

/* Write the "name=value" words of a logfmt line as further members; ignore other words. */
static void put_fields(char *out, size_t room, const char *text)
{
    size_t length = 0;
    for (const char *word = text; *word != '\0'; word += strspn(word, " ")) {
        size_t whole = strcspn(word, " ");
        size_t name = strcspn(word, "=");
        char value[NAME_SIZE], escaped[2 * NAME_SIZE], piece[3 * NAME_SIZE];
        const char *start = word + name + 1;
        word += whole;
        if (name >= whole || name == 0 || whole - name > sizeof value ||
            strspn(start - 1 - name, "abcdefghijklmnopqrstuvwxyz_") != name)
            continue;
        (void)snprintf(value, sizeof value, "%.*s", (int)(whole - name - 1), start);
        escape(escaped, sizeof escaped, value);
        const char *quote = is_number(value, strlen(value)) ? "" : "\"";
        int wanted = snprintf(piece, sizeof piece, ",\"%.*s\":%s%s%s", (int)name, start - 1 - name,
            quote, escaped, quote);
        if (wanted < 0 || (size_t)wanted >= sizeof piece || length + (size_t)wanted >= room)
            break;
        memcpy(out + length, piece, (size_t)wanted + 1);
        length += (size_t)wanted;
    }
}

static void emit(const char *kind, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

/* One write(2) a line, so that lines of several programs on one stderr do not mix. */
static void emit(const char *kind, const char *format, va_list arguments)
{
    char text[LINE_SIZE];
    (void)vsnprintf(text, sizeof text, format, arguments);
    char line[LINE_SIZE * 2];
    int length;
    if (as_json) {
        char now[CLOCK_RFC3339_SIZE];
        clock_rfc3339(clock_realtime_ms(), now);
        char name[NAME_SIZE], escaped[LINE_SIZE];
        escape(name, sizeof name, program);
        escape(escaped, sizeof escaped, text);
        char fields[LINE_SIZE] = "";
        if (*kind == '\0')
            put_fields(fields, sizeof fields, text);
        length = snprintf(line, sizeof line - 1,
            "{\"time\":\"%s\",\"program\":\"%s\",\"level\":\"%s\",\"message\":\"%s\"%s}", now, name,
            *kind != '\0' ? kind : "summary", escaped, fields);
    } else {
        length = snprintf(line, sizeof line - 1, "%s: %s%s%s", program, kind,
            *kind != '\0' ? ": " : "", text);
        flatten(line);
    }
    if (length <= 0)
        return;
    size_t used = (size_t)length < sizeof line - 1 ? (size_t)length : sizeof line - 2;
    line[used] = '\n';
    (void)pthread_mutex_lock(&terminal);
    show_live(NULL);
    write_all(line, used + 1);
    (void)pthread_mutex_unlock(&terminal);
}

#define EMIT(kind)                     \
    do {                               \
        va_list arguments;             \
        va_start(arguments, format);   \
        emit(kind, format, arguments); \
        va_end(arguments);             \
    } while (0)

void msg_error(const char *format, ...)
{
    needed = MSG_QUIET;
    EMIT("error");
}

void msg_hint(const char *format, ...)
{
    if (level >= needed)
        EMIT("hint");
}

void msg_warn(const char *format, ...)
{
    needed = MSG_NORMAL;
    if (level >= MSG_NORMAL)
        EMIT("warning");
}

void msg_warn_always(const char *format, ...)
{
    needed = MSG_QUIET;
    EMIT("warning");
}

void msg_info(const char *format, ...)
{
    if (level >= MSG_VERBOSE)
        EMIT("info");
}

bool msg_noted(bool plain)
{
    return !plain || level >= MSG_VERBOSE || (level >= MSG_NORMAL && isatty(STDERR_FILENO));
}

void msg_summary(bool plain, const char *format, ...)
{
    if (msg_noted(plain))
        EMIT("");
}

void msg_note(bool plain, const char *format, ...)
{
    if (msg_noted(plain) && level >= MSG_NORMAL)
        EMIT("info");
}
