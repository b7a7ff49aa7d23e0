#include "filter/base/flat.h"

#include <stdint.h>

#define ONES 0x0101010101010101u
#define HIGH 0x8080808080808080u

/* Non-zero if one of eight bytes is that one. */
static uint64_t has_byte(uint64_t eight, unsigned char byte)
{
    uint64_t x = eight ^ ONES * byte;
    return (x - ONES) & ~x & HIGH;
}

/* Plain ASCII that stands for itself in a JSON string, from `at` on. */
static const char *skip_plain(const char *at, const char *end)
{
    for (; end - at >= 8; at += 8) {
        uint64_t eight;
        memcpy(&eight, at, sizeof eight);
        /* The second term finds what is below 0x20, for bytes without their high bit. */
        if ((eight & HIGH) != 0 || ((eight - ONES * 0x20) & ~eight & HIGH) != 0 ||
            has_byte(eight, '"') != 0 || has_byte(eight, '\\') != 0) {
            break;
        }
    }
    while (at < end && (unsigned char)*at >= 0x20 && (unsigned char)*at < 0x80 && *at != '"' &&
           *at != '\\') {
        at++;
    }
    return at;
}

static bool is_next(unsigned char byte, unsigned char low, unsigned char high)
{
    return byte >= low && byte <= high;
}

/* The bytes of one well-formed sequence past ASCII (Unicode, table 3-7); 0 if it is none. */
static size_t measure(const char *text, const char *end)
{
    const unsigned char *at = (const unsigned char *)text;
    ptrdiff_t left = end - text;
    if (at[0] >= 0xc2 && at[0] <= 0xdf) {
        return left >= 2 && is_next(at[1], 0x80, 0xbf) ? 2 : 0;
    }
    if (at[0] >= 0xe0 && at[0] <= 0xef) {
        return left >= 3 &&
                       is_next(at[1], at[0] == 0xe0 ? 0xa0 : 0x80, at[0] == 0xed ? 0x9f : 0xbf) &&
                       is_next(at[2], 0x80, 0xbf)
                   ? 3
                   : 0;
    }
    return at[0] >= 0xf0 && at[0] <= 0xf4 && left >= 4 &&
                   is_next(at[1], at[0] == 0xf0 ? 0x90 : 0x80, at[0] == 0xf4 ? 0x8f : 0xbf) &&
                   is_next(at[2], 0x80, 0xbf) && is_next(at[3], 0x80, 0xbf)
               ? 4
               : 0;
}

/* From behind the opening quote to behind the closing one; NULL if it is not as said. */
static const char *take_string(const char *at, const char *end, struct str *raw)
{
    const char *start = at;
    for (;;) {
        at = skip_plain(at, end);
        if (at == end || (unsigned char)*at < 0x20) {
            return NULL;
        }
        if (*at == '"') {
            *raw = (struct str){.at = start, .len = (size_t)(at - start)};
            return at + 1;
        }
        if (*at == '\\') {
            if (end - at < 2 || at[1] == '\0' || strchr("\"\\bfnrt", at[1]) == NULL) {
                return NULL;
            }
            at += 2;
        } else {
            size_t len = measure(at, end);
            if (len == 0) {
                return NULL;
            }
            at += len;
        }
    }
}

/* `"name":"text"`, the name without escapes; returns what is behind. */
static const char *take_member(const char *at, const char *end, struct str *name, struct str *raw)
{
    if (end - at < 2 || *at != '"' || (at = take_string(at + 1, end, name)) == NULL ||
        memchr(name->at, '\\', name->len) != NULL || end - at < 2 || at[0] != ':' || at[1] != '"') {
        return NULL;
    }
    return take_string(at + 2, end, raw);
}

bool flat_read(struct str json, struct flat *out)
{
    out->count = 0;
    if (json.len < 2 || json.at[0] != '{') {
        return false;
    }
    const char *at = json.at + 1, *end = json.at + json.len;
    for (;;) {
        struct str name, raw;
        if (out->count == FLAT_MOST || (at = take_member(at, end, &name, &raw)) == NULL ||
            at == end) {
            return false;
        }
        /* Byte order is RFC 8785's for names that we write. */
        if (out->count > 0 && str_compare(out->members[out->count - 1].name, name) >= 0) {
            return false;
        }
        out->members[out->count].name = name;
        out->members[out->count++].raw = raw;
        if (*at == '}') {
            return at + 1 == end;
        }
        if (*at++ != ',') {
            return false;
        }
    }
}

struct str flat_raw(const struct flat *flat, const char *name)
{
    for (size_t i = 0; i < flat->count; i++) {
        if (str_is(flat->members[i].name, name)) {
            return flat->members[i].raw;
        }
    }
    return (struct str){.at = NULL};
}

/* What follows a backslash; returns behind it. \u is what buf_put_json writes: two zeros first. */
static const char *put_escaped(const char *from, const char *end, char **to)
{
    static const char letters[] = "\"\\bfnrt", texts[] = "\"\\\b\f\n\r\t";
    const char *letter = from < end && *from != '\0' ? strchr(letters, *from) : NULL;
    if (letter != NULL) {
        *(*to)++ = texts[letter - letters];
        return from + 1;
    }
    if (end - from >= 5 && *from == 'u') {
        int low = from[4] <= '9' ? from[4] - '0' : from[4] - 'a' + 10;
        *(*to)++ = (char)(((from[3] - '0') << 4 | low) & 0x1f);
        return from + 5;
    }
    return end;
}

void flat_text(struct str raw, struct buf *out)
{
    char *to = buf_reserve(out, raw.len), *start = to;
    const char *from = raw.at, *end = raw.at + raw.len;
    while (from < end) {
        const char *escape = memchr(from, '\\', (size_t)(end - from));
        size_t len = (size_t)((escape != NULL ? escape : end) - from);
        memcpy(to, from, len);
        to += len;
        from += len;
        if (escape != NULL) {
            from = put_escaped(escape + 1, end, &to);
        }
    }
    *to = '\0';
    out->len += (size_t)(to - start);
}
