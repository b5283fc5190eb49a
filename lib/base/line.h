#ifndef BASE_LINE_H
#define BASE_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Lines from a descriptor, bounded. A line ends at LF; a CR before it is dropped; the last line
 * may lack its LF. A line longer than the maximum is skipped in constant memory: only its first
 * LINE_PREFIX bytes are kept.
 *
 * What tools of other systems leave behind is passed over: a byte order mark (U+FEFF in UTF-8)
 * before the first line, and lines of nothing but spaces, tabs and carriage returns. They keep
 * their numbers.
 *
 * Reads are partial and interrupted at will; EAGAIN on a non-blocking descriptor waits. A stop
 * request (base/stop.h) ends a regular file at once, after the line in hand; a pipe, socket or
 * terminal is drained to its end, for at most the grace time, then reported as LINE_STOPPED.
 */
struct line_reader;

enum { LINE_PREFIX = 65536 };

enum line_result {
    LINE_OK,      /* a line */
    LINE_LONG,    /* a line over the maximum: text is its first LINE_PREFIX bytes */
    LINE_AGAIN,   /* nothing whole within the timeout */
    LINE_END,     /* end of input */
    LINE_STOPPED, /* stop was requested, and the file or the grace time is at its end */
    LINE_ERROR    /* errno says */
};

struct line {
    const char *text; /* valid until the next call; not NUL-terminated; LF and CR removed */
    size_t length;
    uint64_t number; /* 1 for the first */
    bool unended;    /* the last line, without its LF: its writer may have died in the middle */
};

/*
 * line_open(fd, maximum, grace_ms):
 * Return a reader of ${fd} (which stays the caller's to close) for lines of at most ${maximum}
 * bytes, 1 to 64 MiB, or NULL with errno. Memory starts at about 128 KiB and grows with the
 * longest line up to about ${maximum}; after a long line it is given back.
 */
struct line_reader *line_open(int fd, size_t maximum, uint64_t grace_ms);
void line_close(struct line_reader *reader); /* NULL is fine */

/*
 * line_next(reader, timeout_ms, line):
 * The next line. ${timeout_ms} is how long to wait for input when no whole line is in memory:
 * -1 for ever, 0 not at all. A filter calls it with 0 first, and on LINE_AGAIN flushes its output
 * and calls it with -1: so nothing is held back while the input is slow.
 */
enum line_result line_next(struct line_reader *reader, int timeout_ms, struct line *line);

/* Whether line_next(reader, 0, …) would return a line from memory without reading. */
bool line_ready(struct line_reader *reader);

/* From now on hand out lines of blanks too: of a text in which each line answers to one of another.
 */
void line_keep_blanks(struct line_reader *reader);

/* How many lines were passed over so far; a byte order mark counts as one. */
uint64_t line_skipped(const struct line_reader *reader);

/* The end of a summary line: " skipped=N", or "" for none. Returns ${text}. */
enum { LINE_SKIPPED_SIZE = 32 };
const char *line_skipped_text(uint64_t skipped, char text[LINE_SKIPPED_SIZE]);

/*
 * line_has_writer(reader):
 * For a FIFO opened with O_NONBLOCK: whether any process has it open for writing now, or has left
 * something in it. poll(2) does not tell: it reports the end only after a writer has come and gone.
 */
bool line_has_writer(struct line_reader *reader);

/*
 * line_agrees(line, start):
 * Whether the line begins with ${start}, or is itself the beginning of ${start}: what one that was
 * cut off may have been.
 */
bool line_agrees(const struct line *line, const char *start);

/* The descriptor, for a program's own poll(). */
int line_fd(const struct line_reader *reader);

#endif
