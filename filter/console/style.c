#include "filter/console/style.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "filter/base/buf.h"
#include "filter/base/hash.h"

/* C17 has no #embed. The Makefile knows that this file depends on the style sheet. */
__asm__(".section .rodata\n"
        ".global console_style_start\n"
        ".global console_style_end\n"
        "console_style_start:\n"
        ".incbin \"filter/console/style.css\"\n"
        "console_style_end:\n"
        ".previous\n");

extern const char console_style_start[], console_style_end[];

/* As it is served: without comments and the space that only people read. */
static struct buf packed;
static char path[sizeof "/style-0123abcd.css"];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static bool is_space(char c)
{
    return c == ' ' || c == '\n';
}

/* Where the space or the comment at `at` ends. */
static size_t skip(struct str css, size_t at)
{
    while (at < css.len) {
        if (is_space(css.at[at])) {
            at++;
        } else if (at + 1 < css.len && css.at[at] == '/' && css.at[at + 1] == '*') {
            const char *end = memmem(css.at + at, css.len - at, "*/", 2);
            at = end != NULL ? (size_t)(end - css.at) + 2 : css.len;
        } else {
            break;
        }
    }
    return at;
}

/* Space means nothing beside these; what stands in quotes is kept. */
static bool is_needless(char before, char after)
{
    return before == '\0' || after == '\0' || strchr("{};:,", before) != NULL ||
           strchr("{}", after) != NULL;
}

static void pack(struct str css, struct buf *out)
{
    bool is_quoted = false;
    for (size_t at = 0; at < css.len;) {
        size_t end = is_quoted ? at : skip(css, at);
        if (end > at) {
            char before = out->len > 0 ? out->bytes[out->len - 1] : '\0';
            if (!is_needless(before, end < css.len ? css.at[end] : '\0')) {
                buf_put_char(out, ' ');
            }
            at = end;
            continue;
        }
        is_quoted ^= css.at[at] == '"';
        if (!is_quoted && css.at[at] == '}' && out->bytes[out->len - 1] == ';') {
            out->len--; /* the last declaration of a block ends with it */
        }
        buf_put_char(out, css.at[at++]);
    }
}

static void make(void)
{
    pack((struct str){.at = console_style_start,
                      .len = (size_t)(console_style_end - console_style_start)},
         &packed);
    struct hash hash = hash_sha256(buf_str(&packed));
    snprintf(path, sizeof path, "/style-%02x%02x%02x%02x.css", hash.bytes[0], hash.bytes[1],
             hash.bytes[2], hash.bytes[3]);
}

struct str style_text(void)
{
    pthread_once(&once, make);
    return buf_str(&packed);
}

struct str style_path(void)
{
    pthread_once(&once, make);
    return str_of(path);
}
