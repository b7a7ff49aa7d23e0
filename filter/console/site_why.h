/*
 * "Why is this name blocked?" (REVIEW, page 18), answered from the register's static file of
 * entries: in force, suspended, over, or none of ours. Asks no database and keeps nothing of what
 * was asked. One thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/str.h"
#include "filter/blocklist/entry.h"

struct err;
struct html;
struct site_why;

/* Reads `folder`/entries.ndjson when first asked, and again whenever it changed. Never NULL. */
MUST_CHECK struct site_why *site_why_new(const char *folder);
void site_why_free(struct site_why *why); /* NULL is fine */

/* How much an entry has to do with what was asked, the most first. */
enum site_why_how {
    WHY_IN_FORCE,
    WHY_SUSPENDED, /* by an appeal, or in doubt: on no list meanwhile */
    WHY_PARTLY,    /* other addresses on that host are listed, not what was asked */
    WHY_OVER,      /* it was blocked and is no longer */
};

/* Text stands until the next question. */
struct site_why_entry {
    enum site_why_how how;
    int64_t case_id, end_ms;
    enum blocklist_scope scope;
    struct str target, host, since, end, reason;
};

enum { SITE_WHY_MOST = 10, SITE_WHY_ASKED = 400 /* bytes of a question */ };

struct site_why_answer {
    bool is_name; /* else what was asked is no name and no address of a site */
    struct buf canonical;
    struct str host; /* of it; points into `canonical` */
    struct site_why_entry found[SITE_WHY_MOST];
    size_t count; /* 0: none of ours */
};

/*
 * `asked` as people paste it: a name or a URL in any spelling, also kpu-palsu[.]example and
 * hxxps://. False if the file can't be read; `answer` ends with site_why_answer_fini in any case.
 */
MUST_CHECK bool site_why_ask(struct site_why *why, struct str asked, int64_t now_ms,
                             struct site_why_answer *answer, struct err *err);
void site_why_answer_fini(struct site_why_answer *answer);

/* The page with the answer. */
void site_why_page(struct html *html, struct str asked, const struct site_why_answer *answer);
