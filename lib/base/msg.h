#ifndef BASE_MSG_H
#define BASE_MSG_H

#include <stdbool.h>

/*
 * Messages for people, on stderr. One line each, lower case, no full stop and no newline in the
 * format: "pg-load: error: cannot open map: No such file or directory". With --log json each is
 * one JSON object: {"time":…,"program":…,"level":…,"message":…}; the summary's level is "summary",
 * and what it counts stands beside them, {…,"committed":99,"seconds":0.41}.
 * Whatever a name holds, a message stays one line of valid UTF-8. Every thread may print, once
 * main() has set name, level and format.
 *
 * A message never holds content of a record, a receipt handle, a key or a credential. Names taken
 * from files or the network go through %s only when they are known to be names.
 */

enum msg_level { MSG_QUIET = -1, MSG_NORMAL = 0, MSG_VERBOSE = 1 };

/* Set the name in front of every message; the string must outlive the program's messages. */
void msg_init(const char *program);
const char *msg_program(void);

/* -q lowers, each -v raises. Errors are printed at every level. */
void msg_set_level(int level);
int msg_level(void);
void msg_set_json(bool on);
bool msg_json(void);

void msg_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void msg_hint(const char *format, ...) __attribute__((format(printf, 1, 2)));
void msg_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));
void msg_warn_always(const char *format, ...) /* with -q too */
    __attribute__((format(printf, 1, 2)));
void msg_info(const char *format, ...) __attribute__((format(printf, 1, 2))); /* with -v */

/*
 * The summary line in logfmt ("committed=99 rejected=0 seconds=0.41"), printed when ${plain} is
 * false (something was not plain success), when stderr is a terminal, or with -v; never with -q
 * unless ${plain} is false.
 */
void msg_summary(bool plain, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same for what helps to understand a run: at the level info, and where a summary with ${plain}
 * is printed. */
void msg_note(bool plain, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool msg_noted(bool plain); /* whether it is */

/*
 * msg_live(text):
 * Show ${text} on the terminal's last line, in the place of the one shown before; NULL takes it
 * away, as every message does before it is printed. Cut at the terminal's width. For
 * base/progress.h, which knows whether stderr is a terminal.
 */
void msg_live(const char *text);

#endif
