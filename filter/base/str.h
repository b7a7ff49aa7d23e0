/* Text as pointer and length, borrowed from whoever owns the bytes. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct str {
    const char *at; /* not ended by NUL; may be NULL when len is 0 */
    size_t len;     /* bytes */
};

/* A string literal as a str. */
#define STR(literal) ((struct str){.at = (literal), .len = sizeof(literal) - 1})

/* For printf's "%.*s". */
#define STR_FORMAT(s) (int)(s).len, ((s).at != NULL ? (s).at : "")

static inline struct str str_of(const char *string)
{
    return (struct str){.at = string, .len = string != NULL ? strlen(string) : 0};
}

static inline bool str_equal(struct str a, struct str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

static inline bool str_is(struct str a, const char *string)
{
    return str_equal(a, str_of(string));
}

static inline bool str_starts(struct str a, struct str with)
{
    return a.len >= with.len && (with.len == 0 || memcmp(a.at, with.at, with.len) == 0);
}

static inline bool str_ends(struct str a, struct str with)
{
    return a.len >= with.len &&
           (with.len == 0 || memcmp(a.at + a.len - with.len, with.at, with.len) == 0);
}

/* The bytes from `start` to before `end`. */
static inline struct str str_part(struct str a, size_t start, size_t end)
{
    return (struct str){.at = start > 0 ? a.at + start : a.at, .len = end - start};
}

/* Takes what stands before the first `at` off `*rest`, which loses it and the `at`. */
struct str str_cut(struct str *rest, char at);

/* Byte order, a prefix first: <0, 0, >0. */
int str_compare(struct str a, struct str b);

/* Without ASCII white space at both ends. */
struct str str_trim(struct str a);
