/* A growing run of bytes, and JSON written into it. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "filter/base/attr.h"
#include "filter/base/str.h"

struct buf {
    char *bytes; /* owned; a NUL stands behind the last byte once anything was put */
    size_t len, room;
};

#define BUF_EMPTY ((struct buf){.bytes = NULL})

void buf_fini(struct buf *buf);
void buf_clear(struct buf *buf); /* keeps the memory */

/* Room for `more` bytes and a NUL behind what is in it; returns where they go. */
char *buf_reserve(struct buf *buf, size_t more);

/* In the header because lists of a million names are made of a dozen short pieces each. */
static inline void buf_put(struct buf *buf, const void *bytes, size_t len)
{
    char *end = len < buf->room - buf->len ? buf->bytes + buf->len : buf_reserve(buf, len);
    if (len > 0) {
        memcpy(end, bytes, len);
    }
    end[len] = '\0';
    buf->len += len;
}

static inline void buf_put_str(struct buf *buf, struct str text)
{
    buf_put(buf, text.at, text.len);
}

static inline void buf_put_string(struct buf *buf, const char *string)
{
    buf_put(buf, string, strlen(string));
}

static inline void buf_put_char(struct buf *buf, char c)
{
    buf_put(buf, &c, 1);
}

void buf_put_int(struct buf *buf, int64_t number);
void buf_printf(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);

/*
 * A JSON string with its quotes (RFC 8259; RFC 8785's escapes, so that canonical JSON may use
 * it). The text must be valid UTF-8. U+2028 and U+2029 stay as they are.
 */
void buf_put_json(struct buf *buf, struct str text);

/* `"name":` and the value; a comma first unless the object or array was just opened. */
void buf_put_json_field(struct buf *buf, const char *name, struct str value);

/*
 * A cell of CSV (RFC 4180) in quotes, a comma first unless it opens a line. What a spreadsheet
 * would compute gets an apostrophe in front (OWASP, CSV injection).
 */
void buf_put_csv(struct buf *buf, struct str text);

/* Lower-case hexadecimal. */
void buf_put_hex(struct buf *buf, const void *bytes, size_t len);

/* What is in it; stands until it grows again. */
struct str buf_str(const struct buf *buf);
