/* Parts of the public pages, in Indonesian with English behind or below it. */
#pragma once

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/str.h"
#include "filter/console/html.h"
#include "filter/console/message.h"

enum { SITE_TEXT_COST = 6000, SITE_LINE_COST = 240 }; /* bytes of page for one value */

/* The text at a path of two names ("decision", "target"); "" if there is none. */
struct str site_text(const json_t *row, const char *one, const char *two);

/* The page up to its <h1>, whose words are `title`; and its end, with the data. */
void site_part_open(struct html *html, enum message title, const struct str *values, size_t count);
/* The same for what no search engine should keep: an answer to somebody. */
void site_part_open_unlisted(struct html *html, enum message title);
void site_part_open_unlisted_with(struct html *html, enum message title, const struct str *values,
                                  size_t count);
void site_part_close(struct html *html);

/* "Indonesian / English"; and a sentence with the English one below it. */
void site_part_both(struct html *html, enum message key);
void site_part_both_with(struct html *html, enum message key, const struct str *values,
                         size_t count);
void site_part_below(struct html *html, enum message key);
void site_part_hint(struct html *html, enum message key);    /* such a one in its own <p> */
void site_part_heading(struct html *html, enum message key); /* <h2> */

/* "2026-11-25 21:49 UTC" of an RFC 3339 time; nothing of anything else. */
void site_part_time(struct html *html, struct str time);

/* So that nobody opens it by a slip: kpu-tiruan[.]example. */
void site_part_target(struct html *html, struct str target);

/* Names as the register has them; what is none of them is written as it is. */
void site_part_class(struct html *html, struct str class);
void site_part_state(struct html *html, struct str state); /* of a case, an entry or an appeal */
enum message site_part_measure(struct str measure);

/* "Kasus 12", linked to its record. */
void site_part_case_link(struct html *html, int64_t case_id);

/* ` href="…"` within a tag: where to object to that case. */
void site_part_appeal_link(struct html *html, int64_t case_id);

/* <dt>…</dt>; and with its <dd>, nothing if the value is "". */
void site_part_term(struct html *html, enum message key);
void site_part_term_text(struct html *html, enum message key, struct str text);
void site_part_term_time(struct html *html, enum message key, struct str time);

/* The form for asking about a name, with what was asked before. */
void site_part_search(struct html *html, struct str asked);

/* Links to the numbered pages around this one: `first`, then `stem`2.html and so on. */
void site_part_turn(struct html *html, struct str first, struct str stem, unsigned number,
                    unsigned pages);
