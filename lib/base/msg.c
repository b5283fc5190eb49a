#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/msg.h"

static const char *program = "sqs2pg";
static int level = MSG_NORMAL;
static bool as_json;

enum { LINE_SIZE = 2048 };

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

/* One write(2) a line, so that the lines of several programs on one stderr do not mix. */
static void write_line(char *line, size_t length)
{
    line[length++] = '\n';
    for (size_t done = 0; done < length;) {
        ssize_t written = write(STDERR_FILENO, line + done, length - done);
        if (written <= 0)
            return; /* nowhere left to say it */
        done += (size_t)written;
    }
}

/* ${text} as the inside of a JSON string; what does not fit is cut at a character's border. */
static size_t escape(char *out, size_t room, const char *text)
{
    size_t length = 0;
    for (; *text != '\0'; text++) {
        unsigned char byte = (unsigned char)*text;
        char piece[8];
        int size;
        if (byte == '"' || byte == '\\')
            size = snprintf(piece, sizeof piece, "\\%c", byte);
        else if (byte >= 0x20 && byte < 0x7f)
            size = snprintf(piece, sizeof piece, "%c", byte);
        else
            size = snprintf(piece, sizeof piece, "\\u%04x", byte < 0x80 ? byte : 0xfffd);
        if (length + (size_t)size >= room)
            break;
        memcpy(out + length, piece, (size_t)size);
        length += (size_t)size;
    }
    out[length] = '\0';
    return length;
}

/* Control bytes would let a name from outside forge a second line. */
static void flatten(char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            *text = '?';
}

static void emit(const char *kind, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

static void emit(const char *kind, const char *format, va_list arguments)
{
    char text[LINE_SIZE];
    (void)vsnprintf(text, sizeof text, format, arguments);
    char line[LINE_SIZE * 2];
    int length;
    if (as_json) {
        char now[CLOCK_RFC3339_SIZE];
        clock_rfc3339(clock_realtime_ms(), now);
        char escaped[LINE_SIZE];
        escape(escaped, sizeof escaped, text);
        length = snprintf(line, sizeof line - 1,
            "{\"time\":\"%s\",\"program\":\"%s\",\"level\":\"%s\",\"message\":\"%s\"}", now,
            program, *kind != '\0' ? kind : "summary", escaped);
    } else {
        flatten(text);
        length = snprintf(line, sizeof line - 1, "%s: %s%s%s", program, kind,
            *kind != '\0' ? ": " : "", text);
    }
    if (length > 0)
        write_line(line, (size_t)length < sizeof line - 1 ? (size_t)length : sizeof line - 2);
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
    EMIT("error");
}

void msg_hint(const char *format, ...)
{
    EMIT("hint");
}

void msg_warn(const char *format, ...)
{
    if (level >= MSG_NORMAL)
        EMIT("warning");
}

void msg_info(const char *format, ...)
{
    if (level >= MSG_VERBOSE)
        EMIT("info");
}

void msg_debug(const char *format, ...)
{
    if (level >= MSG_DEBUG)
        EMIT("debug");
}

void msg_summary(bool plain, const char *format, ...)
{
    bool wanted = level >= MSG_VERBOSE || (level >= MSG_NORMAL && isatty(STDERR_FILENO));
    if (wanted || !plain)
        EMIT("");
}
