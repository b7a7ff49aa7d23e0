#include "filter/console/range.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

/* Digits alone, at least one; what is beyond all files is UINT64_MAX. */
static bool read_number(struct str text, uint64_t *number)
{
    *number = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned digit = (unsigned char)text.at[i] - (unsigned)'0';
        if (digit > 9) {
            return false;
        }
        *number = *number > (UINT64_MAX - digit) / 10 ? UINT64_MAX : *number * 10 + digit;
    }
    return text.len > 0;
}

static bool is_caseless(struct str text, const char *word)
{
    return text.len == strlen(word) && strncasecmp(text.at, word, text.len) == 0;
}

/* "-500": so many from the end. */
static enum range_answer read_suffix(struct str digits, uint64_t length, uint64_t *first,
                                     uint64_t *last)
{
    uint64_t count;
    if (!read_number(digits, &count)) {
        return RANGE_WHOLE;
    }
    if (count == 0 || length == 0) {
        return RANGE_UNSATISFIABLE;
    }
    *first = count < length ? length - count : 0;
    *last = length - 1;
    return RANGE_PART;
}

enum range_answer range_read(struct str field, uint64_t length, uint64_t *first, uint64_t *last)
{
    const char *equals = field.len > 0 ? memchr(field.at, '=', field.len) : NULL;
    if (equals == NULL || !is_caseless(str_part(field, 0, (size_t)(equals - field.at)), "bytes")) {
        return RANGE_WHOLE;
    }
    struct str set = str_trim(str_part(field, (size_t)(equals - field.at) + 1, field.len));
    const char *dash = set.len > 0 ? memchr(set.at, '-', set.len) : NULL;
    if (dash == NULL) {
        return RANGE_WHOLE;
    }
    struct str from = str_part(set, 0, (size_t)(dash - set.at));
    struct str to = str_part(set, from.len + 1, set.len);
    if (from.len == 0) {
        return read_suffix(to, length, first, last);
    }
    *last = UINT64_MAX;
    /* "0-1,5-6" has no number behind its first dash. */
    if (!read_number(from, first) || (to.len > 0 && !read_number(to, last)) || *last < *first) {
        return RANGE_WHOLE;
    }
    if (*first >= length) {
        return RANGE_UNSATISFIABLE;
    }
    *last = *last < length ? *last : length - 1;
    return RANGE_PART;
}

bool range_if(struct str field, struct str tag, const char *modified)
{
    field = str_trim(field);
    return field.len == 0 || str_equal(field, tag) || str_is(field, modified);
}

bool range_if_match(struct str field, struct str tag)
{
    if (field.len == 0) {
        return true;
    }
    while (field.len > 0) {
        const char *comma = memchr(field.at, ',', field.len);
        size_t len = comma != NULL ? (size_t)(comma - field.at) : field.len;
        struct str one = str_trim(str_part(field, 0, len));
        if (str_is(one, "*") || str_equal(one, tag)) {
            return true;
        }
        field = str_part(field, comma != NULL ? len + 1 : len, field.len);
    }
    return false;
}

/* The names do not depend on a locale. */
const char *range_date(int64_t ms, char out[RANGE_DATE])
{
    static const char days[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t s = (time_t)(ms / 1000);
    struct tm at;
    if (gmtime_r(&s, &at) == NULL || at.tm_year < -1900 || at.tm_year > 9999 - 1900) {
        out[0] = '\0';
        return out;
    }
    snprintf(out, RANGE_DATE, "%s, %02u %s %04u %02u:%02u:%02u GMT", days[at.tm_wday],
             (unsigned)at.tm_mday % 100, months[at.tm_mon], (unsigned)(at.tm_year + 1900) % 10000,
             (unsigned)at.tm_hour % 100, (unsigned)at.tm_min % 100, (unsigned)at.tm_sec % 100);
    return out;
}
