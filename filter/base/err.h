/* What went wrong and where: a fixed struct on the caller's stack, with nothing to free. */
#pragma once

#include <stdbool.h>

#include "filter/base/attr.h"

struct err {
    char file[256];    /* a file's path or a source's id; "" unknown */
    unsigned line;     /* from 1; 0 unknown */
    unsigned column;   /* in bytes, from 1; 0 unknown */
    char message[512]; /* what was found and what would be right; "" no error */
};

/* An empty error; every `struct err` starts as this. */
#define ERR_NONE ((struct err){.line = 0})

/*
 * Sets the message and returns false, so that failing is one line. The first error stays: on an
 * error that is already set this does nothing. Messages never hold a post's text or author.
 */
bool err_set(struct err *err, const char *format, ...) PRINTF_LIKE(2, 3);

/* The same with a place. */
bool err_set_at(struct err *err, unsigned line, unsigned column, const char *format, ...)
    PRINTF_LIKE(4, 5);

/* Adds the file if none is known yet; returns false. */
bool err_in_file(struct err *err, const char *file);

/* Whether an error is set. */
bool err_is_set(const struct err *err);

/*
 * Writes "file:line:column: message", leaving out what is unknown, into `out` of `size` bytes
 * (800 always suffice); returns `out`.
 */
char *err_format(const struct err *err, char *out, unsigned size);
