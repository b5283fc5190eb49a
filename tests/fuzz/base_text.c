/*
 * Read any text as a number, a size or a duration of a command line, and compare with another
 * computation. Also read any bytes as input, which lib/base cuts into lines, from a file and from a
 * pipe that delivers pieces; compare with a cut made here.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/line.h"
#include "base/opt.h"
#include "fuzz.h"

/* ---- values ---------------------------------------------------------------------------------- */

__extension__ typedef unsigned __int128 wide; /* no value here overflows it */

struct unit {
    const char *name;
    wide factor;
};

/* Return false when the text is no value. */
static int value_of(const char *text, const struct unit *units, uint64_t least, uint64_t most,
    uint64_t *value)
{
    size_t digits = strspn(text, "0123456789");
    wide sum = 0;
    for (size_t i = 0; i < digits; i++)
        if (sum <= UINT64_MAX)
            sum = sum * 10 + (unsigned)(text[i] - '0');
    for (; digits > 0 && units->name != NULL; units++) {
        if (strcmp(text + digits, units->name) != 0)
            continue;
        sum = sum > UINT64_MAX ? sum : sum * units->factor;
        *value = (uint64_t)sum;
        return sum >= least && sum <= most;
    }
    return 0;
}

static void check_values(const char *text, uint64_t least, uint64_t most)
{
    static const struct unit none[] = { { "", 1 }, { NULL, 0 } };
    static const struct unit sizes[] = { { "", 1 }, { "k", 1024 }, { "K", 1024 },
        { "m", 1024 * 1024 }, { "M", 1024 * 1024 }, { "g", 1024 * 1024 * 1024 },
        { "G", 1024 * 1024 * 1024 }, { NULL, 0 } };
    static const struct unit times[] = { { "", 1000 }, { "s", 1000 }, { "ms", 1 }, { "m", 60000 },
        { "h", 3600000 }, { "d", 86400000 }, { NULL, 0 } };
    static const struct {
        const struct unit *units;
        bool (*read)(const char *text, uint64_t least, uint64_t most, uint64_t *out);
    } kinds[] = { { none, opt_number }, { sizes, opt_size }, { times, opt_duration } };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        uint64_t value = 1, expected = 1;
        int good = kinds[i].read(text, least, most, &value);
        fuzz_require(good == value_of(text, kinds[i].units, least, most, &expected));
        fuzz_require(good ? value == expected : value == 1);
    }
}

/* ---- lines ----------------------------------------------------------------------------------- */

struct input {
    const char *text;
    size_t size;
    size_t at;
    uint64_t number;
};

/* Skip the rest of a broken line. */
static void pass_over(struct input *input)
{
    static const char mark[] = "\xef\xbb\xbf";
    if (input->at == 0 && input->size >= 3 && memcmp(input->text, mark, 3) == 0)
        input->at = 3;
    for (size_t at = input->at; at < input->size; at++) {
        if (input->text[at] == '\n') {
            input->at = at + 1;
            input->number++;
        } else if (strchr(" \t\r", input->text[at]) == NULL || input->text[at] == '\0') {
            return;
        }
    }
    input->at = input->size;
}

/* Return the next line, cut by the contract. */
static enum line_result next(struct input *input, size_t maximum, struct line *line)
{
    pass_over(input);
    if (input->at == input->size)
        return LINE_END;
    const char *start = input->text + input->at;
    const char *end = memchr(start, '\n', input->size - input->at);
    size_t length = end != NULL ? (size_t)(end - start) : input->size - input->at;
    input->at += length + (end != NULL);
    if (end != NULL && length > 0 && start[length - 1] == '\r')
        length--;
    *line = (struct line){ .text = start,
        .length = length,
        .number = ++input->number,
        .unended = end == NULL };
    return length <= maximum ? LINE_OK : LINE_LONG;
}

static void compare(struct line_reader *reader, struct input *input, size_t maximum, int fd,
    size_t piece)
{
    size_t given = fd == -1 ? input->size : 0;
    for (;;) {
        struct line expected = { .text = "" }, line = { .text = "" };
        enum line_result result = line_next(reader, 0, &line);
        if (result == LINE_AGAIN) {
            size_t more = input->size - given < piece ? input->size - given : piece;
            fuzz_require(fd != -1);
            fuzz_require(write(fd, input->text + given, more) == (ssize_t)more);
            given += more;
            if (given == input->size) {
                close(fd);
                fd = -1;
            }
            continue;
        }
        fuzz_require(result == next(input, maximum, &expected));
        if (result == LINE_END)
            return;
        fuzz_require(line.number == expected.number && line.unended == expected.unended);
        /* The beginning of a long line is kept. */
        fuzz_require(
            result == LINE_OK ? line.length == expected.length : line.length <= LINE_PREFIX);
        size_t known = line.length < expected.length ? line.length : expected.length;
        fuzz_require(known == 0 || memcmp(line.text, expected.text, known) == 0);
    }
}

static void check_file(const char *text, size_t size, size_t maximum)
{
    struct input input = { .text = text, .size = size };
    int fd = memfd_create("input", MFD_CLOEXEC);
    fuzz_require(fd != -1 && write(fd, text, size) == (ssize_t)size && lseek(fd, 0, SEEK_SET) == 0);
    struct line_reader *reader = line_open(fd, maximum, 0);
    fuzz_require(reader != NULL);
    compare(reader, &input, maximum, -1, 0);
    line_close(reader);
    close(fd);
}

static void check_pipe(const char *text, size_t size, size_t maximum, size_t piece)
{
    struct input input = { .text = text, .size = size };
    int ends[2];
    fuzz_require(pipe2(ends, O_CLOEXEC) == 0);
    struct line_reader *reader = line_open(ends[0], maximum, 0);
    fuzz_require(reader != NULL);
    compare(reader, &input, maximum, ends[1], piece);
    line_close(reader);
    close(ends[0]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_bytes bytes = { data, size };
    uint8_t choice = fuzz_byte(&bytes);
    if (bytes.size == 0)
        return 0;
    const char *text = (const char *)bytes.data;
    if ((choice & 3) == 0) {
        uint64_t least = 0, most = UINT64_MAX;
        if ((choice & 4) != 0) {
            least = fuzz_byte(&bytes);
            most = least << (choice >> 3);
        }
        char *value = fuzz_text(&bytes);
        check_values(value, least, most);
        free(value);
    } else if ((choice & 3) == 1) {
        check_file(text, bytes.size, (size_t)(choice >> 2) + 1);
    } else {
        check_pipe(text, bytes.size, (size_t)(choice >> 2) + 1, (choice & 3) == 2 ? 3 : 100);
    }
    return 0;
}
