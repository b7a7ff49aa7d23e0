/*
 * The only way into a page. Mark-up is a string literal of ours; everything else is a value and is
 * escaped for the place where it stands. Where that is, is tracked: a value in the wrong place is
 * a failed assert, not a hole. tests/lint keeps page sources from any other way of writing.
 *
 * All values are made harmless alike: & < > " ' become references, bytes that are no UTF-8 become
 * U+FFFD, and what nobody would see (point.h) is shown as its number, as in "[U+202E]".
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/str.h"
#include "filter/console/point.h"

struct html; /* a page being written */

MUST_CHECK struct html *html_new(void); /* never NULL */
void html_free(struct html *page);      /* NULL is fine */

/* The whole page, which stands until it grows. It must not end within a tag. */
struct str html_str(const struct html *page);

/* Mark-up: only a string literal compiles. */
#define HTML(page, literal) html_literal_((page), "" literal "", sizeof(literal) - 1)
void html_literal_(struct html *page, const char *literal, size_t len);

/* A value between tags. */
void html_text(struct html *page, struct str value);
void html_int(struct html *page, int64_t value);

/*
 * At most `max_cost` bytes of page for the value, cut between code points, then "…". Returns how
 * many bytes of `value` are shown.
 */
size_t html_cut(struct html *page, struct str value, size_t max_cost);

/* The same for a value from outside, kept from turning the text around it: <bdi>…</bdi>. */
void html_foreign(struct html *page, struct str value, size_t max_cost);

/*
 * ` name="value"` within a tag; `name` is a literal. Not for what loads or runs (href, src, style,
 * on…): that fails an assert. Links are made by html_local and html_outside alone.
 */
#define HTML_ATTRIBUTE(page, name, value) html_attribute_((page), "" name "", (value))
void html_attribute_(struct html *page, const char *name, struct str value);

/* The same of several values, one behind the other. */
#define HTML_JOINED(page, name, values, count) html_joined_((page), "" name "", (values), (count))
void html_joined_(struct html *page, const char *name, const struct str *values, size_t count);

/* ` href="PATH"` within a tag: a place of this console, PATH starts with a single '/'. */
void html_local(struct html *page, struct str path);

/* ` action="PATH"` within the tag of a form: a place of this console, like html_local. */
void html_action(struct html *page, struct str path);

/* ` name="12"` within a tag, for what is drawn or counted; `name` is a literal. */
#define HTML_NUMBER(page, name, number) html_number_((page), "" name "", (number))
void html_number_(struct html *page, const char *name, int64_t number);

/* A square drawing of `size` units: `path` is the data of an SVG path, of digits and letters. */
void html_drawing(struct html *page, struct str path, unsigned size, struct str title);

/* A style sheet within a page that has no server: only a string literal compiles. */
#define HTML_STYLE(page, literal) html_style_((page), "" literal "", sizeof(literal) - 1)
void html_style_(struct html *page, const char *css, size_t len);

/* A picture of this console's own, which is kept from any size but the page's; grey by its class.
 */
void html_picture(struct html *page, struct str path, struct str words);

/* The one script, a module of our own. */
void html_script(struct html *page, struct str path);

/*
 * A link to a page elsewhere, with no referrer and no way back, if `url` is an http or https URL;
 * else its text alone. At most `max_cost` bytes of the text are shown.
 */
void html_outside(struct html *page, struct str url, size_t max_cost);

/* One code point of a value between tags, and how many bytes of page that takes. */
void html_point(struct html *page, const struct point *point);
size_t html_point_cost(const struct point *point);
