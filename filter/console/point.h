/*
 * The code points of text from outside, and which of them a reader would not see: controls,
 * bidirectional overrides (Trojan Source), zero-width and filler letters, tags. Those are shown as
 * their number. Joiners and selectors stay where emoji and scripts of their own need them.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/str.h"

struct point {
    uint32_t code; /* U+FFFD for bytes that are no UTF-8 */
    size_t bytes;  /* how many of the text it is, at least 1 */
    bool is_seen;  /* false: show its number */
};

/* The code point at `at`, before the end of `text`; `before` is the one before it, 0 at the start.
 */
struct point point_read(struct str text, size_t at, uint32_t before);

enum { POINT_TEXT = 12 };

/* "U+202E"; returns `out`. */
char *point_number(uint32_t code, char out[POINT_TEXT]);

/* UTF-8 of a code point that point_read gave; returns the number of bytes. */
size_t point_write(uint32_t code, char out[4]);
