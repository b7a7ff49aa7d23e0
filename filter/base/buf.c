#include "filter/base/buf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "filter/base/mem.h"

void buf_fini(struct buf *buf)
{
    free(buf->bytes);
    *buf = BUF_EMPTY;
}

void buf_clear(struct buf *buf)
{
    buf->len = 0;
}

char *buf_reserve(struct buf *buf, size_t more)
{
    assert(more < SIZE_MAX - buf->len);
    mem_grow(&buf->bytes, &buf->room, buf->len + more + 1, 1);
    return buf->bytes + buf->len;
}

void buf_put_int(struct buf *buf, int64_t number)
{
    char digits[20]; /* of 2^63, and a sign */
    size_t at = sizeof digits;
    uint64_t left = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    do {
        digits[--at] = (char)('0' + left % 10);
        left /= 10;
    } while (left > 0);
    if (number < 0) {
        digits[--at] = '-';
    }
    buf_put(buf, digits + at, sizeof digits - at);
}

void buf_printf(struct buf *buf, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    assert(len >= 0);
    vsnprintf(buf_reserve(buf, (size_t)len), (size_t)len + 1, format, again);
    va_end(again);
    buf->len += (size_t)len;
}

void buf_put_json(struct buf *buf, struct str text)
{
    /* The escape's letter for control characters that have one, 'u' for the others. */
    static const char letters[32] = "uuuuuuuubtnufruuuuuuuuuuuuuuuuuu";
    buf_put_char(buf, '"');
    size_t from = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];
        if (c >= 0x20 && c != '"' && c != '\\') {
            continue;
        }
        buf_put(buf, text.at + from, i - from);
        from = i + 1;
        if (c >= 0x20) {
            buf_put(buf, (char[]){'\\', (char)c}, 2);
        } else if (letters[c] == 'u') {
            buf_printf(buf, "\\u%04x", c);
        } else {
            buf_put(buf, (char[]){'\\', letters[c]}, 2);
        }
    }
    buf_put(buf, text.at + from, text.len - from);
    buf_put_char(buf, '"');
}

void buf_put_json_field(struct buf *buf, const char *name, struct str value)
{
    char last = buf->len > 0 ? buf->bytes[buf->len - 1] : '{';
    if (last != '{' && last != '[') {
        buf_put_char(buf, ',');
    }
    buf_put_json(buf, str_of(name));
    buf_put_char(buf, ':');
    buf_put_json(buf, value);
}

void buf_put_hex(struct buf *buf, const void *bytes, size_t len)
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *at = bytes;
    char *out = buf_reserve(buf, 2 * len);
    for (size_t i = 0; i < len; i++) {
        *out++ = digits[at[i] >> 4];
        *out++ = digits[at[i] & 15];
    }
    *out = '\0';
    buf->len += 2 * len;
}

struct str buf_str(const struct buf *buf)
{
    return (struct str){.at = buf->bytes, .len = buf->len};
}

/* What makes a spreadsheet compute a cell, the full-width forms included (OWASP, CSV injection). */
static bool is_formula(struct str text)
{
    static const char *const starts[] = {"=",  "+",  "-",  "@",  "\t", "\r",
                                         "\n", "＝", "＋", "－", "＠"};
    while (text.len > 0 && text.at[0] == ' ') {
        text = str_part(text, 1, text.len);
    }
    /* Most cells start with a letter or a digit, and there are eight in each of a million lines. */
    unsigned char first = text.len > 0 ? (unsigned char)text.at[0] | 0x20 : 'a';
    if ((first >= 'a' && first <= 'z') || (first >= '0' && first <= '9')) {
        return false;
    }
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        if (str_starts(text, str_of(starts[i]))) {
            return true;
        }
    }
    return false;
}

void buf_put_csv(struct buf *out, struct str text)
{
    char last = out->len > 0 ? out->bytes[out->len - 1] : '\n';
    if (last != '\n') {
        buf_put_char(out, ',');
    }
    buf_put_char(out, '"');
    if (is_formula(text)) {
        buf_put_char(out, '\'');
    }
    for (const char *quote; text.len > 0 && (quote = memchr(text.at, '"', text.len)) != NULL;) {
        size_t len = (size_t)(quote - text.at) + 1;
        buf_put(out, text.at, len);
        buf_put_char(out, '"');
        text = str_part(text, len, text.len);
    }
    buf_put_str(out, text);
    buf_put_char(out, '"');
}
