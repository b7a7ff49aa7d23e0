#include "filter/rule/number.h"

#include <stdlib.h>
#include <string.h>

enum { DIGITS_MAX = 400 }; /* of a number: no double has more */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_digit_of(char c, unsigned base)
{
    char small = (char)(c | 32);
    return base == 8 ? c >= '0' && c <= '7' : is_digit(c) || (small >= 'a' && small <= 'f');
}

static bool parse_based(struct str text, unsigned base, long double *number)
{
    *number = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (!is_digit_of(c, base)) {
            return false;
        }
        *number = *number * base + (is_digit(c) ? c - '0' : (c | 32) - 'a' + 10);
    }
    return text.len > 0;
}

static size_t skip_digits(struct str text, size_t at)
{
    while (at < text.len && is_digit(text.at[at])) {
        at++;
    }
    return at;
}

/* [-+]? digits with a point somewhere, and an exponent. */
static bool is_decimal(struct str text)
{
    size_t at = text.len > 0 && (text.at[0] == '-' || text.at[0] == '+') ? 1 : 0;
    size_t end = skip_digits(text, at), digits = end - at;
    if (end < text.len && text.at[end] == '.') {
        at = end + 1;
        end = skip_digits(text, at);
        digits += end - at;
    }
    if (digits == 0) {
        return false;
    }
    if (end < text.len && (text.at[end] | 32) == 'e') {
        at = end + 1;
        at += at < text.len && (text.at[at] == '-' || text.at[at] == '+') ? 1 : 0;
        end = skip_digits(text, at);
        return end > at && end == text.len;
    }
    return end == text.len;
}

bool rule_number_parse(struct str text, long double *number)
{
    char copy[DIGITS_MAX + 1];
    if (text.len == 0 || text.len > DIGITS_MAX) {
        return false;
    }
    if (text.len > 2 && text.at[0] == '0' && (text.at[1] == 'x' || text.at[1] == 'o')) {
        return parse_based(str_part(text, 2, text.len), text.at[1] == 'x' ? 16 : 8, number);
    }
    if (!is_decimal(text)) {
        return false;
    }
    memcpy(copy, text.at, text.len);
    copy[text.len] = '\0';
    *number = strtold(copy, NULL); /* the program never leaves the C locale */
    return true;
}

bool rule_number_is(long double number, enum rule_relation relation, long double other)
{
    switch (relation) {
    case RULE_EQUAL:
        return number == other;
    case RULE_LESS:
        return number < other;
    case RULE_AT_MOST:
        return number <= other;
    case RULE_MORE:
        return number > other;
    case RULE_AT_LEAST:
        return number >= other;
    }
    return false;
}

/* `digits` digits at `*at`, as a number; `*at` goes behind them. */
static bool take(struct str text, size_t *at, size_t digits, unsigned *number)
{
    *number = 0;
    for (size_t i = 0; i < digits; i++, ++*at) {
        if (*at >= text.len || !is_digit(text.at[*at])) {
            return false;
        }
        *number = 10 * *number + (unsigned)(text.at[*at] - '0');
    }
    return true;
}

static bool is_leap(unsigned year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static unsigned days_of(unsigned year, unsigned month)
{
    static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && is_leap(year) ? 1 : 0);
}

/* 1 for Monday to 7 for Sunday, by Sakamoto's method. */
static unsigned weekday(unsigned year, unsigned month, unsigned day)
{
    static const unsigned char shifts[] = {0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4};
    unsigned y = year - (month < 3 ? 1 : 0);
    unsigned sunday_is_0 = (y + y / 4 - y / 100 + y / 400 + shifts[month - 1] + day) % 7;
    return sunday_is_0 == 0 ? 7 : sunday_is_0;
}

/* A year has 53 weeks if it begins or ends on a Thursday. */
static unsigned weeks_of(unsigned year)
{
    return weekday(year, 1, 1) == 4 || weekday(year, 12, 31) == 4 ? 53 : 52;
}

/* ISO 8601: the week that has the year's first Thursday is 1. */
static unsigned week_of(unsigned year, unsigned month, unsigned day)
{
    unsigned in_year = day;
    for (unsigned m = 1; m < month; m++) {
        in_year += days_of(year, m);
    }
    unsigned week = (in_year + 10 - weekday(year, month, day)) / 7;
    if (week == 0) {
        return weeks_of(year - 1);
    }
    return week > weeks_of(year) ? 1 : week;
}

bool rule_date_part(struct str text, enum rule_date_part part, long double *number)
{
    unsigned year, month, day, hour = 0, minute = 0;
    size_t at = 0;
    text = str_trim(text);
    if (!take(text, &at, 4, &year) || at >= text.len ||
        (text.at[at] != '-' && text.at[at] != '/')) {
        return false;
    }
    char between = text.at[at++];
    if (!take(text, &at, 2, &month) || at >= text.len || text.at[at++] != between ||
        !take(text, &at, 2, &day) || year == 0 || month < 1 || month > 12 || day < 1 ||
        day > days_of(year, month)) {
        return false;
    }
    bool has_time = at < text.len;
    if (has_time) {
        if (text.at[at] != 'T' && text.at[at] != 't' && text.at[at] != ' ') {
            return false;
        }
        at++;
        if (!take(text, &at, 2, &hour) || at >= text.len || text.at[at++] != ':' ||
            !take(text, &at, 2, &minute) || hour > 23 || minute > 59) {
            return false;
        }
    }
    switch (part) {
    case RULE_WHOLE:
        return false;
    case RULE_MINUTE:
        *number = minute;
        return has_time;
    case RULE_HOUR:
        *number = hour;
        return has_time;
    case RULE_DAY:
        *number = day;
        return true;
    case RULE_WEEK:
        *number = week_of(year, month, day);
        return true;
    case RULE_MONTH:
        *number = month;
        return true;
    case RULE_YEAR:
        *number = year;
        return true;
    }
    return false;
}
