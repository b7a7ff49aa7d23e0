/*
 * The pages: what the casebook gave, as HTML through html.h and nothing else. They know neither
 * HTTP nor the database, so that tests can show them anything.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/casebook/casebook.h"
#include "filter/console/html.h"
#include "filter/console/message.h"
#include "filter/console/place.h"

/* What every page needs to know; borrowed during the call. */
struct page {
    struct html *html;
    enum language language;
    int64_t now_ms;
    const struct place *place; /* where it is */
    struct str style;          /* the path of the style sheet */
    bool knows_season;         /* else it shows nothing about it: an error page */
    bool has_season;           /* else it says that all is a demonstration */
    struct casebook_season season;
};

enum {
    PAGE_ROWS = 25, /* of the queue */
    PAGE_RULES = 2, /* of a case, like the next ones */
    PAGE_COPIES = 8,
    PAGE_EVENTS = 8,
    PAGE_POST_COST = 6000, /* bytes of page for a part of a post */
};

/* The queue: at most PAGE_ROWS of its cases, and whether there are more. */
void page_queue(const struct page *page, const struct casebook_case *cases, size_t count,
                bool has_more);

void page_case(const struct page *page, const struct casebook_page *one);

/* A plain page about what went wrong. */
void page_error(const struct page *page, enum message title, enum message hint);

/* Parts of pages, for the files that write them. */
void page_open(const struct page *page, const char *kind, struct str title);
void page_close(const struct page *page);
void page_say(const struct page *page, enum message key);
void page_badge(const struct page *page, enum rule_class class);

/* <dt>…</dt>; the caller writes the <dd>. */
void page_term(const struct page *page, enum message key);

/*
 * Links to the numbered pages around the one in `number`, a member of `place`, which is a copy to
 * work on; nothing if there is but one. `anchor` is the id of what is turned, "" for the top.
 */
void page_turn(const struct page *page, enum message label, struct place *place, unsigned *number,
               bool has_more);
