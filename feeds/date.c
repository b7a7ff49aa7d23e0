#include "feeds/date.h"

#include <string.h>

#include "filter/base/clock.h"

enum { MINUTE_MS = 60000, DAY_MS = 86400000, MAX_TEXT = 128 };

struct reader {
    struct str text;
    size_t at;
};

/* What was found; -1: not yet. */
struct parts {
    int year, month, day, hour, minute, second, millisecond;
    int offset; /* minutes east */
    bool has_offset, is_pm, is_am;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80) != 0;
}

static char peek(const struct reader *in, size_t ahead)
{
    return in->at + ahead < in->text.len ? in->text.at[in->at + ahead] : '\0';
}

static size_t count_digits(const struct reader *in)
{
    size_t count = 0;
    while (is_digit(peek(in, count))) {
        count++;
    }
    return count;
}

static int take_number(struct reader *in, size_t digits)
{
    int number = 0;
    for (size_t i = 0; i < digits; i++) {
        number = number * 10 + (in->text.at[in->at++] - '0');
    }
    return number;
}

/* Whether `word` is `name` or begins with it, in any case; names are in lower case. */
static bool word_is(struct str word, const char *name, bool whole)
{
    size_t len = strlen(name);
    if (word.len < len || (whole && word.len != len)) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        char c = word.at[i];
        if ((c >= 'A' && c <= 'Z' ? c + 32 : c) != name[i]) {
            return false;
        }
    }
    return true;
}

/* A month's number from its name in English or Indonesian, full or cut; 0 if it is none. */
static int find_month(struct str word)
{
    static const struct {
        const char *name;
        int month;
    } months[] = {
        {"jan", 1},  {"feb", 2},  {"peb", 2},  {"mar", 3},  {"apr", 4},  {"may", 5},  {"mei", 5},
        {"jun", 6},  {"jul", 7},  {"aug", 8},  {"agu", 8},  {"agt", 8},  {"ags", 8},  {"sep", 9},
        {"oct", 10}, {"okt", 10}, {"nov", 11}, {"nop", 11}, {"dec", 12}, {"des", 12},
    };
    for (size_t i = 0; i < sizeof months / sizeof *months; i++) {
        if (word_is(word, months[i].name, false)) {
            return months[i].month;
        }
    }
    return 0;
}

/* Minutes east of UTC of a zone's name; false if it is none. RFC 5322, section 4.3, and ours. */
static bool find_zone(struct str word, int *offset)
{
    static const struct {
        const char *name;
        int hours;
    } zones[] = {
        {"z", 0},     {"ut", 0},    {"utc", 0},  {"gmt", 0},  {"wib", 7},  {"wita", 8},
        {"wit", 9},   {"est", -5},  {"edt", -4}, {"cst", -6}, {"cdt", -5}, {"mst", -7},
        {"mdt", -6},  {"pst", -8},  {"pdt", -7}, {"ast", -4}, {"adt", -3}, {"akst", -9},
        {"akdt", -8}, {"hst", -10}, {"et", -5},  {"ct", -6},  {"mt", -7},  {"pt", -8},
        {"at", -4},   {"bst", 1},   {"cet", 1},  {"cest", 2}, {"eet", 2},  {"eest", 3},
        {"msk", 3},   {"sgt", 8},   {"myt", 8},  {"jst", 9},  {"kst", 9},  {"aest", 10},
        {"aedt", 11},
    };
    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++) {
        if (word_is(word, zones[i].name, true)) {
            *offset = zones[i].hours * 60;
            return true;
        }
    }
    /* Military letters: RFC 822 had their signs the wrong way round, so they say nothing. */
    if (word.len == 1 && word_is(word, "t", true) == false && is_letter(word.at[0])) {
        *offset = 0;
        return (word.at[0] & 0x80) == 0;
    }
    return false;
}

/* "+07:00", "-0500", "+7" at the reader's place. */
static bool take_offset(struct reader *in, struct parts *parts)
{
    bool west = peek(in, 0) == '-';
    in->at++;
    size_t digits = count_digits(in);
    if (digits == 0 || digits > 4) {
        return false;
    }
    int number = take_number(in, digits);
    int hours = digits > 2 ? number / 100 : number, minutes = digits > 2 ? number % 100 : 0;
    if (digits <= 2 && peek(in, 0) == ':') {
        in->at++;
        if (count_digits(in) < 2) {
            return false;
        }
        minutes = take_number(in, 2);
    }
    if (hours > 24 || minutes > 59) {
        return false;
    }
    parts->offset = (hours * 60 + minutes) * (west ? -1 : 1);
    parts->has_offset = true;
    return true;
}

/* "10:14", "10:14:55.25", "10.14": the hour's digits are next. */
static bool take_time(struct reader *in, struct parts *parts)
{
    size_t digits = count_digits(in);
    if (parts->hour >= 0 || digits == 0 || digits > 2) {
        return false;
    }
    parts->hour = take_number(in, digits);
    char mark = peek(in, 0);
    in->at++;
    digits = count_digits(in);
    if (digits == 0 || digits > 2) {
        return false;
    }
    parts->minute = take_number(in, digits);
    if (peek(in, 0) == mark && is_digit(peek(in, 1))) {
        in->at++;
        digits = count_digits(in);
        if (digits > 2) {
            return false;
        }
        parts->second = take_number(in, digits);
    }
    if ((peek(in, 0) == '.' || peek(in, 0) == ',') && is_digit(peek(in, 1)) && parts->second >= 0) {
        in->at++;
        parts->millisecond = 0;
        for (int scale = 100; is_digit(peek(in, 0)); scale /= 10) {
            parts->millisecond += (in->text.at[in->at++] - '0') * scale;
        }
    }
    return true;
}

/* Two digits of a year: RFC 5322, section 4.3, with POSIX's pivot. */
static int whole_year(int year, size_t digits)
{
    if (digits > 2) {
        return digits == 3 ? year + 1900 : year; /* RFC 5322, section 4.3 */
    }
    return year + (year < 69 ? 2000 : 1900);
}

/* "2003-12-31", "2003-12", "20031231", "2003-365", "2003"; four or more digits are next. */
static bool take_iso_date(struct reader *in, size_t digits, struct parts *parts)
{
    if (digits == 8) { /* also before "T101455" */
        parts->year = take_number(in, 4);
        parts->month = take_number(in, 2);
        parts->day = take_number(in, 2);
        return true;
    }
    parts->year = take_number(in, 4);
    if (digits == 6) {
        parts->month = take_number(in, 2);
        return true;
    }
    if (digits == 7) {
        parts->month = 1;
        parts->day = take_number(in, 3);
        return parts->day >= 1 && parts->day <= 366;
    }
    char mark = peek(in, 0);
    if ((mark != '-' && mark != '/' && mark != '.') || !is_digit(peek(in, 1))) {
        return true;
    }
    in->at++;
    digits = count_digits(in);
    if (digits == 3) {
        parts->month = 1;
        parts->day = take_number(in, 3);
        return parts->day >= 1 && parts->day <= 366;
    }
    if (digits == 4) {
        parts->month = take_number(in, 2);
        parts->day = take_number(in, 2);
        return true;
    }
    if (digits > 2) {
        return false;
    }
    parts->month = take_number(in, digits);
    if (peek(in, 0) == mark && is_digit(peek(in, 1))) {
        in->at++;
        digits = count_digits(in);
        if (digits > 2) {
            return false;
        }
        parts->day = take_number(in, digits);
    }
    return true;
}

/* "21/11/2026", as Indonesia writes it; the month first only where nothing else is possible. */
static bool take_slashes(struct reader *in, size_t digits, struct parts *parts)
{
    int first = take_number(in, digits);
    char mark = peek(in, 0);
    in->at++;
    digits = count_digits(in);
    if (digits == 0 || digits > 2) {
        return false;
    }
    int second = take_number(in, digits);
    if (peek(in, 0) != mark) {
        return false;
    }
    in->at++;
    digits = count_digits(in);
    if (digits != 2 && digits != 4) {
        return false;
    }
    parts->year = whole_year(take_number(in, digits), digits);
    bool month_first = second > 12;
    parts->day = month_first ? second : first;
    parts->month = month_first ? first : second;
    return true;
}

/* "T101455" behind a date without marks. */
static bool take_bare_time(struct reader *in, size_t digits, struct parts *parts)
{
    parts->hour = take_number(in, 2);
    parts->minute = take_number(in, 2);
    if (digits >= 6) {
        parts->second = take_number(in, 2);
    }
    return digits == 4 || digits == 6;
}

static bool take_digits(struct reader *in, struct parts *parts)
{
    size_t digits = count_digits(in);
    char next = peek(in, digits);
    bool before_digit = is_digit(peek(in, digits + 1));
    if (digits <= 2 && next == ':' && before_digit) {
        return take_time(in, parts);
    }
    if (digits <= 2 && parts->year < 0 && parts->month < 0 && before_digit &&
        (next == '/' || next == '-' || next == '.')) {
        return take_slashes(in, digits, parts);
    }
    if (digits <= 2 && next == '.' && before_digit && parts->day >= 0) {
        return take_time(in, parts);
    }
    if (parts->day >= 0 && parts->month >= 0 && parts->year >= 0 && parts->hour < 0 &&
        (digits == 4 || digits == 6) && in->at > 0 && in->text.at[in->at - 1] == 'T') {
        return take_bare_time(in, digits, parts);
    }
    if (digits >= 4 && digits <= 8 && digits != 5 && parts->year < 0 && parts->month < 0) {
        return take_iso_date(in, digits, parts);
    }
    if (digits <= 2 && parts->day < 0) {
        parts->day = take_number(in, digits);
        return true;
    }
    if (digits >= 2 && digits <= 4 && parts->year < 0) {
        parts->year = whole_year(take_number(in, digits), digits);
        return true;
    }
    if (digits <= 2 && parts->hour < 0 && (next == 'Z' || next == '+' || next == '\0')) {
        parts->hour = take_number(in, digits);
        parts->minute = 0;
        return true;
    }
    return false;
}

static bool take_word(struct reader *in, struct parts *parts)
{
    size_t start = in->at;
    while (is_letter(peek(in, 0))) {
        in->at++;
    }
    struct str word = str_part(in->text, start, in->at);
    int month = find_month(word), offset = 0;
    /* "Mar" begins no weekday, but "Minggu" and "Sabtu" begin no month either: no clash. */
    if (month > 0 && parts->month < 0) {
        parts->month = month;
        return true;
    }
    if (word_is(word, "pm", true) || word_is(word, "am", true)) {
        parts->is_pm = word_is(word, "pm", true);
        parts->is_am = !parts->is_pm;
        return parts->hour >= 0;
    }
    if (parts->hour >= 0 && !parts->has_offset && find_zone(word, &offset)) {
        parts->offset = offset;
        parts->has_offset = true;
        return true;
    }
    /* A weekday, "T", "pukul", a zone's comment: says nothing, in reason. */
    return word.len <= 24;
}

/* Days from 1970-01-01 to the month's first; years start in March here. */
static int64_t days_to_month(int64_t year, int month)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
           719468;
}

static bool join(struct parts *parts, int64_t *time_ms)
{
    if (parts->month < 0 && parts->day >= 0) {
        return false; /* a month's name in a language that we don't read */
    }
    int month = parts->month < 0 ? 1 : parts->month, day = parts->day < 0 ? 1 : parts->day;
    int hour = parts->hour < 0 ? 0 : parts->hour, minute = parts->minute < 0 ? 0 : parts->minute;
    int second = parts->second < 0 ? 0 : parts->second;
    if (parts->is_pm && hour < 12) {
        hour += 12;
    } else if (parts->is_am && hour == 12) {
        hour = 0;
    }
    bool ordinal = month == 1 && day > 31; /* a day of the year, already bounded */
    if (parts->year < 0 || month < 1 || month > 12 || day < 1 || (day > 31 && !ordinal) ||
        hour > 24 || minute > 59 || second > 60) {
        return false;
    }
    int64_t days = days_to_month(parts->year, month) + day - 1;
    int64_t minutes = (int64_t)hour * 60 + minute - parts->offset;
    *time_ms = days * DAY_MS + minutes * MINUTE_MS + (int64_t)second * 1000 +
               (parts->millisecond < 0 ? 0 : parts->millisecond);
    return true;
}

/* Seconds or milliseconds since 1970, as some programs write: ten digits, or thirteen. */
static bool take_epoch(struct str text, int64_t *time_ms)
{
    int64_t number = 0;
    if (text.len != 10 && text.len != 13) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        if (!is_digit(text.at[i])) {
            return false;
        }
        number = number * 10 + (text.at[i] - '0');
    }
    *time_ms = text.len == 10 ? number * 1000 : number;
    return true;
}

/* "2004-W28-4" (ISO 8601): week 1 is the one of 4 January. */
static bool take_week(struct str text, int64_t *time_ms)
{
    int year = 0, week = 0, day = 1;
    if (text.len < 8 || text.at[4] != '-' || (text.at[5] | 0x20) != 'w') {
        return false;
    }
    for (size_t i = 0; i < 8; i++) {
        if (i != 4 && i != 5 && !is_digit(text.at[i])) {
            return false;
        }
    }
    for (size_t i = 0; i < 4; i++) {
        year = year * 10 + (text.at[i] - '0');
    }
    week = (text.at[6] - '0') * 10 + text.at[7] - '0';
    if (text.len == 10 && text.at[8] == '-' && is_digit(text.at[9])) {
        day = text.at[9] - '0';
    } else if (text.len != 8) {
        return false;
    }
    if (week < 1 || week > 53 || day < 1 || day > 7) {
        return false;
    }
    int64_t fourth = days_to_month(year, 1) + 3;
    int64_t monday = fourth - ((fourth + 3) % 7 + 7) % 7; /* 1970-01-01 was a Thursday */
    *time_ms = (monday + (int64_t)(week - 1) * 7 + day - 1) * DAY_MS;
    return true;
}

bool feeds_date_parse(struct str text, int64_t *time_ms)
{
    struct reader in = {.text = str_trim(text)};
    struct parts parts = {-1, -1, -1, -1, -1, -1, -1, 0, false, false, false};
    if (in.text.len > MAX_TEXT) {
        return false;
    }
    if (clock_parse(in.text, time_ms)) { /* RFC 3339, by far the most frequent, is read at once */
        return true;
    }
    if (take_epoch(in.text, time_ms)) {
        return true;
    }
    if (peek(&in, 0) == '-') {
        return false;
    }
    if (in.text.len > 5 && in.text.at[4] == '-' && (in.text.at[5] | 0x20) == 'w') {
        return take_week(in.text, time_ms);
    }
    while (in.at < in.text.len) {
        char c = peek(&in, 0);
        bool right;
        /* A minus sign as typographers write it is one. */
        if (c == '\xE2' && peek(&in, 1) == '\x88' && peek(&in, 2) == '\x92' && parts.hour >= 0) {
            in.at += 2;
            right = take_offset(&in, &parts) && (parts.offset = -parts.offset, true);
        } else if (is_digit(c)) {
            right = take_digits(&in, &parts);
        } else if ((c == '+' || c == '-') && parts.hour >= 0 && is_digit(peek(&in, 1))) {
            right = take_offset(&in, &parts);
        } else if (is_letter(c)) {
            right = take_word(&in, &parts);
        } else {
            right = strchr(" ,.-/:;()|'\t\r\n", c) != NULL && c != '\0';
            in.at++;
        }
        if (!right) {
            return false;
        }
    }
    /* A bare number is no date, whatever ISO 8601 says of "2003": it needs a month. */
    return (parts.month >= 0 || parts.year >= 1000) && parts.year >= 100 && join(&parts, time_ms);
}
