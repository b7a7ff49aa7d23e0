#include "filter/base/clock.h"

#include <stdio.h>
#include <time.h>

enum { DAY_MS = 86400000 };

static int64_t read_system(const struct clock *clock)
{
    (void)clock;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t read_fixed(const struct clock *clock)
{
    return clock->fixed_ms;
}

struct clock clock_system(void)
{
    return (struct clock){.now_ms = read_system};
}

struct clock clock_fixed(int64_t now_ms)
{
    return (struct clock){.now_ms = read_fixed, .fixed_ms = now_ms};
}

int64_t clock_now_ms(const struct clock *clock)
{
    return clock->now_ms(clock);
}

int64_t clock_monotonic_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Floor division, also for times before 1970. */
static int64_t floor_div(int64_t number, int64_t by)
{
    return number / by - (number % by < 0);
}

/* UTC has no rules to look up: the days' date by arithmetic, from a year that starts in March. */
static struct tm split(int64_t time_ms)
{
    int64_t seconds = floor_div(time_ms, 1000), days = floor_div(seconds, 86400);
    unsigned of_day = (unsigned)(seconds - days * 86400);
    int64_t era = floor_div(days + 719468, 146097);
    unsigned day_of_era = (unsigned)(days + 719468 - era * 146097);
    unsigned year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    unsigned day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    unsigned month = (5 * day_of_year + 2) / 153; /* from March */
    return (struct tm){
        .tm_year = (int)(era * 400 + year_of_era + (month >= 10 ? 1 : 0) - 1900),
        .tm_mon = (int)(month < 10 ? month + 2 : month - 10),
        .tm_mday = (int)(day_of_year - (153 * month + 2) / 5 + 1),
        .tm_hour = (int)(of_day / 3600),
        .tm_min = (int)(of_day % 3600 / 60),
        .tm_sec = (int)(of_day % 60),
    };
}

/* Writes the last `digits` of a number, with zeros before it; returns what is behind. */
static char *put_digits(char *out, int number, unsigned digits)
{
    for (unsigned i = digits; i-- > 0; number /= 10) {
        out[i] = (char)('0' + number % 10);
    }
    return out + digits;
}

static char *put_date(char *out, const struct tm *at)
{
    out = put_digits(out, (at->tm_year + 1900) % 10000, 4);
    *out++ = '-';
    out = put_digits(out, at->tm_mon + 1, 2);
    *out++ = '-';
    return put_digits(out, at->tm_mday, 2);
}

/* By hand: lists hold two times a line, and printf takes half of a line's time for each. */
char *clock_format(int64_t time_ms, char out[CLOCK_TEXT])
{
    struct tm at = split(time_ms);
    int fraction = (int)(time_ms - floor_div(time_ms, 1000) * 1000);
    char *end = put_date(out, &at);
    *end++ = 'T';
    end = put_digits(end, at.tm_hour, 2);
    *end++ = ':';
    end = put_digits(end, at.tm_min, 2);
    *end++ = ':';
    end = put_digits(end, at.tm_sec, 2);
    if (fraction != 0) {
        *end++ = '.';
        end = put_digits(end, fraction, 3);
    }
    *end++ = 'Z';
    *end = '\0';
    return out;
}

char *clock_format_date(int64_t time_ms, char out[CLOCK_TEXT])
{
    struct tm at = split(time_ms);
    *put_date(out, &at) = '\0';
    return out;
}

/* Days from 1970-01-01 to a day of the proleptic Gregorian calendar. */
static int64_t days_from_civil(int64_t year, unsigned month, unsigned day)
{
    year -= month <= 2; /* years start in March, so that the leap day comes last */
    int64_t era = floor_div(year, 400);
    unsigned year_of_era = (unsigned)(year - era * 400);
    unsigned day_of_year = (153 * (month + (month > 2 ? -3U : 9U)) + 2) / 5 + day - 1;
    unsigned day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + (int64_t)day_of_era - 719468;
}

struct reader {
    struct str text;
    size_t at;
};

static bool take_number(struct reader *in, unsigned digits, unsigned *number)
{
    *number = 0;
    if (in->text.len - in->at < digits) {
        return false;
    }
    for (unsigned i = 0; i < digits; i++) {
        char c = in->text.at[in->at++];
        if (c < '0' || c > '9') {
            return false;
        }
        *number = *number * 10 + (unsigned)(c - '0');
    }
    return true;
}

static bool take(struct reader *in, const char *any_of)
{
    if (in->at < in->text.len && in->text.at[in->at] != '\0' &&
        strchr(any_of, in->text.at[in->at]) != NULL) {
        in->at++;
        return true;
    }
    return false;
}

static bool take_date(struct reader *in, int64_t *time_ms)
{
    unsigned year, month, day;
    if (!take_number(in, 4, &year) || !take(in, "-") || !take_number(in, 2, &month) ||
        !take(in, "-") || !take_number(in, 2, &day)) {
        return false;
    }
    static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    if (month < 1 || month > 12 || day < 1 ||
        day > days[month - 1] + (month == 2 && leap ? 1U : 0U)) {
        return false;
    }
    *time_ms = days_from_civil(year, month, day) * DAY_MS;
    return true;
}

/* The digits of a second's fraction as milliseconds; false if there is none. */
static bool take_fraction(struct reader *in, unsigned *fraction_ms)
{
    unsigned digits = 0, scale = 100;
    *fraction_ms = 0;
    for (; in->at < in->text.len && in->text.at[in->at] >= '0' && in->text.at[in->at] <= '9';
         in->at++, digits++) {
        *fraction_ms += (unsigned)(in->text.at[in->at] - '0') * scale;
        scale /= 10;
    }
    return digits > 0;
}

static bool take_time(struct reader *in, int64_t *time_ms)
{
    unsigned hour, minute, second, fraction_ms = 0;
    if (!take_number(in, 2, &hour) || !take(in, ":") || !take_number(in, 2, &minute) ||
        !take(in, ":") || !take_number(in, 2, &second) || hour > 23 || minute > 59 || second > 60) {
        return false;
    }
    if (take(in, ".") && !take_fraction(in, &fraction_ms)) {
        return false;
    }
    *time_ms += ((int64_t)hour * 3600 + (int64_t)minute * 60 + second) * 1000 + fraction_ms;
    return true;
}

static bool take_offset(struct reader *in, int64_t *time_ms)
{
    if (take(in, "Zz")) {
        return true;
    }
    bool west = in->at < in->text.len && in->text.at[in->at] == '-';
    unsigned hour, minute;
    if (!take(in, "+-") || !take_number(in, 2, &hour) || !take(in, ":") ||
        !take_number(in, 2, &minute) || hour > 23 || minute > 59) {
        return false;
    }
    int64_t offset_ms = ((int64_t)hour * 60 + minute) * 60000;
    *time_ms += west ? offset_ms : -offset_ms;
    return true;
}

bool clock_parse(struct str text, int64_t *time_ms)
{
    struct reader in = {.text = text};
    int64_t parsed = 0;
    if (!take_date(&in, &parsed)) {
        return false;
    }
    if (in.at < text.len &&
        (!take(&in, "Tt ") || !take_time(&in, &parsed) || !take_offset(&in, &parsed))) {
        return false;
    }
    if (in.at != text.len) {
        return false;
    }
    *time_ms = parsed;
    return true;
}
