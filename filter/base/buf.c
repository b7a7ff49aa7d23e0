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

static char *reserve(struct buf *buf, size_t more)
{
    assert(more < SIZE_MAX - buf->len);
    mem_grow(&buf->bytes, &buf->room, buf->len + more + 1, 1);
    return buf->bytes + buf->len;
}

void buf_put(struct buf *buf, const void *bytes, size_t len)
{
    char *end = reserve(buf, len);
    if (len > 0) {
        memcpy(end, bytes, len);
    }
    end[len] = '\0';
    buf->len += len;
}

void buf_put_str(struct buf *buf, struct str text)
{
    buf_put(buf, text.at, text.len);
}

void buf_put_string(struct buf *buf, const char *string)
{
    buf_put(buf, string, strlen(string));
}

void buf_put_char(struct buf *buf, char c)
{
    buf_put(buf, &c, 1);
}

void buf_put_int(struct buf *buf, int64_t number)
{
    buf_printf(buf, "%lld", (long long)number);
}

void buf_printf(struct buf *buf, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    assert(len >= 0);
    vsnprintf(reserve(buf, (size_t)len), (size_t)len + 1, format, again);
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
    for (size_t i = 0; i < len; i++) {
        buf_put(buf, (char[]){digits[at[i] >> 4], digits[at[i] & 15]}, 2);
    }
}

struct str buf_str(const struct buf *buf)
{
    return (struct str){.at = buf->bytes, .len = buf->len};
}
