#ifndef BASE_MSG_H
#define BASE_MSG_H

#include <stdbool.h>

/*
 * Messages for people, on stderr. One line each, lower case, no full stop and no newline in the
 * format: "pg-load: error: cannot open map: No such file or directory". With --log json each is one
 * JSON object: {"time":…,"program":…,"level":…,"message":…}. The level of the summary is "summary",
 * and its counts are members: {…,"committed":99,"seconds":0.41}. A message stays one line of valid
 * UTF-8 whatever a name in it holds. Every thread may print once main() has set name, level and
 * format.
 *
 * A message never holds content of a record, a receipt handle, a key or a credential. Print names
 * from files or the network through %s only when they are known to be names.
 */

enum msg_level { MSG_QUIET = -1, MSG_NORMAL = 0, MSG_VERBOSE = 1 };

/* Set the name before every message; the string must outlive all messages. */
void msg_init(const char *program);
const char *msg_program(void);

/* -q lowers the level, each -v raises it. Errors are printed at every level. */
void msg_set_level(int level);
int msg_level(void);
void msg_set_json(bool on);
bool msg_json(void);

void msg_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void msg_hint(const char *format, ...) /* with -q only behind msg_error() and msg_warn_always() */
    __attribute__((format(printf, 1, 2)));
void msg_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));
void msg_warn_always(const char *format, ...) /* with -q too */
    __attribute__((format(printf, 1, 2)));
void msg_info(const char *format, ...) __attribute__((format(printf, 1, 2))); /* with -v */

/*
 * Print the summary line in logfmt ("committed=99 rejected=0 seconds=0.41") when ${plain} is false
 * (something was not plain success), stderr is a terminal, or -v is given. With -q, print it only
 * when ${plain} is false.
 */
void msg_summary(bool plain, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * Print a note that explains a run: at level info, and wherever msg_summary() with ${plain} prints,
 * but never with -q.
 */
void msg_note(bool plain, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool msg_noted(bool plain); /* return true when it is printed */

/*
 * msg_live(text):
 * Show ${text} in place of the terminal's last line. NULL removes it, as every message does before
 * it is printed. It is cut at the terminal's width. For base/progress.h, which knows whether stderr
 * is a terminal.
 */
void msg_live(const char *text);

#endif
