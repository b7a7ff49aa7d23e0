/*
 * The pages: what the casebook gave, as HTML through html.h and nothing else. They know neither
 * HTTP nor the database, so that tests can show them anything.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/casebook/captures.h"
#include "filter/casebook/casebook.h"
#include "filter/casebook/claims.h"
#include "filter/casebook/look.h"
#include "filter/casebook/notes.h"
#include "filter/casebook/people.h"
#include "filter/console/html.h"
#include "filter/console/message.h"
#include "filter/console/place.h"

/* Who is signed in, and what the forms of the page need; text is borrowed. */
struct page_visitor {
    struct str name, organisation;
    enum casebook_role role;
    struct str token, once;
    int64_t ends_ms;
    bool is_fresh, needs_key; /* the second factor; the key behind the password is not at hand */
    bool is_break;            /* it is time for one (ease.h) */
    bool has_outcome, is_refused; /* what the last form led to */
    enum message outcome;
    struct str detail, typed;
};

/* What every page needs to know; borrowed during the call. */
struct page {
    struct html *html;
    enum language language;
    int64_t now_ms;
    const struct place *place; /* where it is */
    struct str style, script;  /* the paths of the style sheet and the script; "" for none */
    const struct page_visitor *visitor; /* NULL: nobody is signed in */
    bool knows_season;                  /* else it shows nothing about it: an error page */
    bool hides_classes;                 /* of the queue: as the visitor asked */
    bool is_cut;     /* of the queue: more posts say the words than are looked at */
    bool has_season; /* else it says that all is a demonstration */
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

enum { PAGE_CAPTURES = 8 };

/* What stands beside a case. */
struct page_case_more {
    struct casebook_claim
        claims[CASEBOOK_CLAIMS_MOST]; /* what fact-checkers said, the best first */
    size_t claim_count;
    struct casebook_capture captures[PAGE_CAPTURES];
    size_t capture_count;
    bool more_captures;
    size_t orders;                 /* pages that wait to be captured, or failed */
    struct casebook_note notes[2]; /* the newest */
    size_t note_count;
    bool more_notes;
};

/* `chances`, `more`: what the visitor may do and see besides; NULL: nobody is signed in. */
void page_case(const struct page *page, const struct casebook_page *one,
               const struct casebook_chances *chances, const struct page_case_more *more);

/* A plain page about what went wrong. */
void page_error(const struct page *page, enum message title, enum message hint);

/* Who finds what: bits 1 << enum casebook_role. An administrator has no rights on cases. */
enum {
    PAGE_FOR_CASES = 1 << ROLE_TEAM | 1 << ROLE_INDEPENDENT | 1 << ROLE_APPEALS | 1 << ROLE_AUDITOR,
    PAGE_FOR_ALL = PAGE_FOR_CASES | 1 << ROLE_ADMIN,
};

/* Parts of pages, for the files that write them. */
void page_open(const struct page *page, const char *kind, struct str title);
void page_close(const struct page *page);
/* <h1> and a sentence below it. */
void page_title(const struct page *page, enum message title, enum message hint);
/* A place in the language of this page, and a link to one. */
struct place page_place(const struct page *page, enum place_route route);
void page_link(const struct page *page, const struct place *place, enum message label);
void page_say(const struct page *page, enum message key);
/* "19 menit lagi" within <time>; a script counts it down by the second. */
void page_countdown(const struct page *page, int64_t until_ms);
void page_badge(const struct page *page, enum rule_class class);

/* <dt>…</dt>; the caller writes the <dd>. */
void page_term(const struct page *page, enum message key);

/*
 * Links to the numbered pages around the one in `number`, a member of `place`, which is a copy to
 * work on; nothing if there is but one. `anchor` is the id of what is turned, "" for the top.
 */
void page_turn(const struct page *page, enum message label, struct place *place, unsigned *number,
               bool has_more);
