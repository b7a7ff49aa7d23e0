#include "filter/base/log.h"

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

static void put_quoted(struct line *line, const char *text)
{
    put(line, '"');
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        char escape[8];
        if (c == '"' || c == '\\') {
            put(line, '\\');
            put(line, (char)c);
        } else if (c < 0x20 || c == 0x7f) {
            snprintf(escape, sizeof escape, "\\x%02x", c);
            put_string(line, escape);
        } else {
            put(line, (char)c);
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
