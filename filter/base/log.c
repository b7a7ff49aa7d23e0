#include "filter/base/log.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "filter/base/clock.h"

enum { LINE_BYTES = 2048 };

/* The one piece of state of its own that `base` has: who is speaking, and how loud. */
static char process_name[32] = "saring";
static enum log_level least_level = LOG_INFO;

struct line {
    char bytes[LINE_BYTES];
    size_t len;
};

static void put(struct line *line, char c)
{
    if (line->len < LINE_BYTES - 1) { /* the last byte is for the newline */
        line->bytes[line->len++] = c;
    }
}

static void put_string(struct line *line, const char *string)
{
    for (; *string != '\0'; string++) {
        put(line, *string);
    }
}

/* The bytes of the UTF-8 character at `text`, if it is one and shows; else 0. */
static size_t visible_len(const unsigned char *text)
{
    size_t len = text[0] >= 0xf0 ? 4 : text[0] >= 0xe0 ? 3 : text[0] >= 0xc2 ? 2 : 1;
    uint32_t code = len == 1 ? text[0] : text[0] & (0x7fU >> len);
    for (size_t i = 1; i < len; i++) {
        if ((text[i] & 0xc0) != 0x80) {
            return 0; /* the NUL at the end is none either */
        }
        code = code << 6 | (text[i] & 0x3fU);
    }
    static const uint32_t least[] = {0, 0x20, 0xa0, 0x800, 0x10000};
    bool is_hidden = code == 0x7f || code == 0xad || (code >= 0x200b && code <= 0x200f) ||
                     (code >= 0x2028 && code <= 0x202e) || (code >= 0x2060 && code <= 0x206f) ||
                     (code >= 0xd800 && code <= 0xf8ff) || code == 0xfeff || code >= 0xe0000;
    return code < least[len] || is_hidden || (len == 1 && code > 0x7f) ? 0 : len;
}

/* Nothing that a terminal obeys, that turns a line around or that is not there to be seen. */
static void put_quoted(struct line *line, const char *text)
{
    put(line, '"');
    while (*text != '\0') {
        size_t len = visible_len((const unsigned char *)text);
        char escape[8];
        if (len == 0) {
            snprintf(escape, sizeof escape, "\\x%02x", (unsigned char)*text++);
            put_string(line, escape);
            continue;
        }
        if (*text == '"' || *text == '\\') {
            put(line, '\\');
        }
        for (; len > 0; len--) {
            put(line, *text++);
        }
    }
    put(line, '"');
}

static void put_value(struct line *line, const char *text)
{
    size_t plain = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "-_.:/@%+,[]");
    if (plain > 0 && text[plain] == '\0') {
        put_string(line, text);
    } else {
        put_quoted(line, text);
    }
}

void log_write(enum log_level level, const char *event, const struct log_field *fields,
               size_t count)
{
    static const char *const names[] = {"debug", "info", "warn", "error"};
    if (level < least_level) {
        return;
    }
    struct line line = {.len = 0};
    struct clock clock = clock_system();
    char text[CLOCK_TEXT];
    put_string(&line, "time=");
    put_string(&line, clock_format(clock_now_ms(&clock), text));
    put_string(&line, " level=");
    put_string(&line, names[level]);
    put_string(&line, " process=");
    put_string(&line, process_name);
    put_string(&line, " event=");
    put_value(&line, event);
    for (size_t i = 0; i < count; i++) {
        put(&line, ' ');
        put_string(&line, fields[i].name);
        put(&line, '=');
        if (fields[i].text != NULL) {
            put_value(&line, fields[i].text);
        } else {
            char number[24];
            snprintf(number, sizeof number, "%lld", (long long)fields[i].number);
            put_string(&line, number);
        }
    }
    line.bytes[line.len++] = '\n';
    ssize_t written = write(STDERR_FILENO, line.bytes, line.len);
    (void)written; /* nowhere to say that the log is full */
}

void log_set_process(const char *name)
{
    snprintf(process_name, sizeof process_name, "%s", name);
}

void log_set_level(enum log_level least)
{
    least_level = least;
}
