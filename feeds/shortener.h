/*
 * Which hosts only shorten links: a list that the team edits, one host a line, '#' to the line's
 * end a comment. No other host is ever asked where a link leads.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "filter/base/attr.h"
#include "filter/base/str.h"

struct err;

struct feeds_shortener {
    struct str host;    /* canonical; with ":port" where the line has one */
    bool allow_private; /* the line ends in this word: it may be at a private address */
};

struct feeds_shorteners;

/* NULL, with the line and what would be right, if the file can't be used. */
MUST_CHECK struct feeds_shorteners *feeds_shorteners_load(const char *path, struct err *err);

/* The same from text that would stand in such a file. */
MUST_CHECK struct feeds_shorteners *feeds_shorteners_parse(struct str text, struct err *err);
void feeds_shorteners_free(struct feeds_shorteners *list); /* NULL is fine */

size_t feeds_shorteners_count(const struct feeds_shorteners *list);

/*
 * The shortener at which a canonical URL (filter/text/url.h) is, "www." before its name or not;
 * NULL: none, or its front page, which shortens nothing. It stands as long as the list.
 */
const struct feeds_shortener *feeds_shorteners_find(const struct feeds_shorteners *list,
                                                    struct str url);

/* Whether it is at a shortener at all, its front page too. */
bool feeds_shorteners_has(const struct feeds_shorteners *list, struct str url);

/* Its place in the list: 0 to count - 1. */
size_t feeds_shorteners_place(const struct feeds_shorteners *list,
                              const struct feeds_shortener *shortener);
