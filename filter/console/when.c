#include "filter/console/when.h"

#include <stdio.h>
#include <time.h>

#include "filter/base/clock.h"

#define MINUTE_MS ((int64_t)60 * 1000)
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)
#define WIB_MS (7 * HOUR_MS)

enum { WHEN_TEXT = 64 };

/* "3 jam", "1 hour"; whole units, the largest that fits, none below a minute. */
static const char *format_length(enum language language, int64_t length_ms, char out[WHEN_TEXT])
{
    static const struct {
        int64_t unit_ms;
        enum message one, many;
    } units[] = {
        {DAY_MS, MSG_DAY, MSG_DAYS},
        {HOUR_MS, MSG_HOUR, MSG_HOURS},
        {MINUTE_MS, MSG_MINUTE, MSG_MINUTES},
    };
    size_t unit = 0;
    while (unit < 2 && length_ms < 2 * units[unit].unit_ms) {
        unit++; /* up to "47 hours": rounding days down there would lose half of it */
    }
    int64_t count = length_ms / units[unit].unit_ms;
    struct str text = message_text(language, count == 1 ? units[unit].one : units[unit].many);
    snprintf(out, WHEN_TEXT, "%lld %.*s", (long long)count, STR_FORMAT(text));
    return out;
}

static int64_t distance(int64_t from_ms, int64_t to_ms)
{
    return from_ms < to_ms ? to_ms - from_ms : 0;
}

static void open_time(struct html *page, int64_t time_ms)
{
    char text[CLOCK_TEXT];
    HTML(page, "<time");
    HTML_ATTRIBUTE(page, "datetime", str_of(clock_format(time_ms, text)));
}

/* The whole moment, for who points at a relative one. */
static const char *format_moment(enum language language, int64_t time_ms, char out[WHEN_TEXT])
{
    time_t seconds = (time_t)((time_ms + WIB_MS) / 1000);
    struct tm parts;
    if (gmtime_r(&seconds, &parts) == NULL) {
        return "-";
    }
    struct str month = message_text(language, (enum message)(MSG_JAN + parts.tm_mon));
    snprintf(out, WHEN_TEXT, "%d %.*s %d %02d%c%02d WIB", parts.tm_mday, STR_FORMAT(month),
             parts.tm_year + 1900, parts.tm_hour, language == LANGUAGE_ID ? '.' : ':',
             parts.tm_min);
    return out;
}

static void put_short(struct html *page, enum language language, int64_t time_ms, struct str text)
{
    char moment[WHEN_TEXT];
    open_time(page, time_ms);
    HTML_ATTRIBUTE(page, "title", str_of(format_moment(language, time_ms, moment)));
    HTML(page, ">");
    html_text(page, text);
    HTML(page, "</time>");
}

void when_put(struct html *page, enum language language, int64_t time_ms)
{
    char moment[WHEN_TEXT];
    if (time_ms == CLOCK_NEVER) {
        HTML(page, "-");
        return;
    }
    open_time(page, time_ms);
    HTML(page, ">");
    html_text(page, str_of(format_moment(language, time_ms, moment)));
    HTML(page, "</time>");
}

void when_put_date(struct html *page, enum language language, int64_t time_ms)
{
    char moment[WHEN_TEXT];
    if (time_ms == CLOCK_NEVER) {
        HTML(page, "-");
        return;
    }
    struct str whole = str_of(format_moment(language, time_ms, moment));
    size_t end = whole.len, spaces = 0;
    while (end > 0 && spaces < 2) {
        spaces += whole.at[--end] == ' ';
    }
    open_time(page, time_ms);
    HTML(page, ">");
    html_text(page, str_part(whole, 0, end));
    HTML(page, "</time>");
}

void when_put_age(struct html *page, enum language language, int64_t time_ms, int64_t now_ms)
{
    char length[WHEN_TEXT];
    if (time_ms == CLOCK_NEVER) {
        HTML(page, "-");
    } else if (distance(time_ms, now_ms) < MINUTE_MS) {
        put_short(page, language, time_ms, message_text(language, MSG_JUST_NOW));
    } else {
        put_short(page, language, time_ms,
                  str_of(format_length(language, distance(time_ms, now_ms), length)));
    }
}

/* `key` with the length in it, as one short time. */
static void put_sentence(struct html *page, enum language language, enum message key,
                         int64_t time_ms, int64_t length_ms)
{
    char length[WHEN_TEXT], moment[WHEN_TEXT];
    open_time(page, time_ms);
    HTML_ATTRIBUTE(page, "title", str_of(format_moment(language, time_ms, moment)));
    HTML(page, ">");
    message_say_with(page, language, key,
                     (const struct str[]){str_of(format_length(language, length_ms, length))}, 1);
    HTML(page, "</time>");
}

void when_put_ago(struct html *page, enum language language, int64_t time_ms, int64_t now_ms)
{
    if (time_ms == CLOCK_NEVER) {
        HTML(page, "-");
    } else if (distance(time_ms, now_ms) < MINUTE_MS) {
        put_short(page, language, time_ms, message_text(language, MSG_JUST_NOW));
    } else {
        put_sentence(page, language, MSG_AGO, time_ms, distance(time_ms, now_ms));
    }
}

void when_put_deadline(struct html *page, enum language language, int64_t time_ms, int64_t now_ms)
{
    if (time_ms == CLOCK_NEVER) {
        message_say(page, language, MSG_NO_DEADLINE);
    } else if (time_ms > now_ms) {
        put_sentence(page, language, MSG_IN, time_ms, time_ms - now_ms);
    } else {
        put_sentence(page, language, MSG_OVERDUE, time_ms, now_ms - time_ms);
    }
}
