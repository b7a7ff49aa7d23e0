/* One line of logfmt on stderr per event. Never a post's text, author or matched words. */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

struct log_field {
    const char *name;
    const char *text; /* NULL: `number` counts */
    int64_t number;
};

#define LOG_TEXT(field, value) ((struct log_field){.name = (field), .text = (value)})
#define LOG_NUMBER(field, value) ((struct log_field){.name = (field), .number = (int64_t)(value)})

/*
 * Writes `time=… level=… process=… event=… name=value …` as one write(2), so that lines of
 * several threads and processes do not mix. Values are quoted and escaped as needed: a value
 * cannot start a line or a field of its own. Longer lines than 2 KiB are cut.
 */
void log_write(enum log_level level, const char *event, const struct log_field *fields,
               size_t count);

/* log_line(LOG_INFO, "redis_down", LOG_TEXT("url", url), LOG_NUMBER("tries", tries)); */
#define log_line(level, ...) LOG_LINE_(level, __VA_ARGS__, LOG_TEXT(NULL, NULL))
#define LOG_LINE_(level, event, ...)                                                               \
    log_write((level), (event), (const struct log_field[]){__VA_ARGS__},                           \
              sizeof((const struct log_field[]){__VA_ARGS__}) / sizeof(struct log_field) - 1)

/* What `process=` says; copied, kept for the process' life. Set once at start. */
void log_set_process(const char *name);

/* Lines below this level are left out; LOG_INFO at start. */
void log_set_level(enum log_level least);
