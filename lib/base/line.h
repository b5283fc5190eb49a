#ifndef BASE_LINE_H
#define BASE_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Lines from a descriptor, in bounded memory. A line ends at LF; a CR before it is dropped; the
 * last line may lack its LF. Of a line longer than the maximum only the first LINE_PREFIX bytes are
 * kept, and the rest is skipped.
 *
 * A byte order mark (U+FEFF in UTF-8) before the first line is skipped, and so are lines that hold
 * only spaces, tabs and carriage returns. They keep their line numbers.
 *
 * Partial and interrupted reads are handled; EAGAIN on a non-blocking descriptor waits. A stop
 * request (base/stop.h) ends a regular file after the current line. A pipe, socket or terminal is
 * drained to its end, for at most the grace period, then reported as LINE_STOPPED.
 */
struct line_reader;

enum { LINE_PREFIX = 65536 };

enum line_result {
    LINE_OK,      /* a line */
    LINE_LONG,    /* a line over the maximum; text is its first LINE_PREFIX bytes */
    LINE_AGAIN,   /* no complete line within the timeout */
    LINE_END,     /* end of input */
    LINE_STOPPED, /* stop requested, and the file or the grace period has ended */
    LINE_ERROR    /* with errno */
};

struct line {
    const char *text; /* valid until the next call; not NUL-terminated; LF and CR removed */
    size_t length;
    uint64_t number; /* 1 for the first line */
    bool unended;    /* the last line lacks its LF: its writer may have died */
};

/*
 * line_open(fd, maximum, grace_ms):
 * Return a reader of ${fd} for lines of at most ${maximum} bytes, 1 to 64 MiB, or NULL with errno.
 * The caller keeps and closes ${fd}. Memory starts at about 128 KiB, grows with the longest line up
 * to about ${maximum}, and is freed after a long line.
 */
struct line_reader *line_open(int fd, size_t maximum, uint64_t grace_ms);
void line_close(struct line_reader *reader); /* NULL is fine */

/*
 * line_next(reader, timeout_ms, line):
 * Read the next line. ${timeout_ms} limits the wait for input when no complete line is in memory:
 * -1 waits without limit, 0 does not wait. A filter calls it with 0; on LINE_AGAIN it flushes its
 * output and calls again with -1. Then a slow input holds no output back.
 */
enum line_result line_next(struct line_reader *reader, int timeout_ms, struct line *line);

/* Return true when line_next(reader, 0, …) would return a line from memory. */
bool line_ready(struct line_reader *reader);

/* Return blank lines too from now on: for a text whose lines correspond to those of another. */
void line_keep_blanks(struct line_reader *reader);

/* Return the number of skipped lines so far; a byte order mark counts as one. */
uint64_t line_skipped(const struct line_reader *reader);

/* Write the end of a summary line: " skipped=N", or "" for 0. Return ${text}. */
enum { LINE_SKIPPED_SIZE = 32 };
const char *line_skipped_text(uint64_t skipped, char text[LINE_SKIPPED_SIZE]);

/*
 * line_has_writer(reader):
 * Return true when a process has the FIFO open for writing, or when unread bytes are in it. The
 * FIFO was opened with O_NONBLOCK. poll(2) cannot tell: it reports the end only after a writer has
 * come and gone.
 */
bool line_has_writer(struct line_reader *reader);

/*
 * line_agrees(line, start):
 * Return true when the line begins with ${start}, or ${start} with the line: then the line may be a
 * cut one.
 */
bool line_agrees(const struct line *line, const char *start);

/* Return the descriptor, for the program's own poll(). */
int line_fd(const struct line_reader *reader);

#endif
