/*
 * What independent fact-checkers said of which claim (ClaimReviews), for people who look at a case
 * and for rules of class `claim`, which rest on one. A review that is changed or withdrawn takes
 * the cases that rest on it along.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/arena.h"
#include "filter/base/attr.h"
#include "filter/base/str.h"
#include "filter/casebook/casebook.h"

struct err;
struct rule_checkers;

/* One review. */
struct casebook_claim {
    int64_t id;
    struct str url, publisher; /* the publisher as the allow list names it */
    struct str claim, title, rating;
    int64_t rated_ms; /* CLOCK_NEVER: unknown */
    bool is_false;    /* rated plainly false: a rule may rest on it */
    bool is_gone;     /* changed or withdrawn since */
};

struct casebook_claims_report {
    size_t added, changed, same;
    size_t gone;    /* withdrawn, or no longer on their page */
    size_t refused; /* each told to `bad` */
    size_t voided;  /* cases that rested on what is gone or no longer false */
    int64_t import; /* the number of this import, for casebook_claims_list; 0: nothing came */
};

/* Told of a review or line that is not taken; `line` 0: the document is not by lines. */
typedef void casebook_claims_bad(void *context, unsigned line, const char *why);

/*
 * Takes in all reviews of a document (feeds/review.h), in one transaction with a row in the log.
 * One by nobody on the list of checkers is refused. What a document says of a page replaces what
 * was known of that page, unless it is an answer to a search. False if the document is none, or
 * the casebook can't be written; then nothing was taken.
 */
MUST_CHECK bool casebook_claims_import(struct casebook *casebook,
                                       const struct rule_checkers *checkers, struct str document,
                                       casebook_claims_bad *bad, void *context,
                                       struct casebook_claims_report *report, struct err *err);

/*
 * The same of a report by the ingest process (feeds/report.h): what a source says, or a page that
 * was looked at again. Nobody speaks for another checker's pages, but for a source of the team's
 * own; and only the page itself, or such a source, says what no longer stands there: what is
 * missing from a feed is not withdrawn. A page that answers 410, or 404 twice an hour apart, is
 * gone. What is no report is refused. False if the casebook can't be written.
 */
MUST_CHECK bool casebook_claims_report(struct casebook *casebook,
                                       const struct rule_checkers *checkers, struct str bytes,
                                       casebook_claims_bad *bad, void *context,
                                       struct casebook_claims_report *report, struct err *err);

/*
 * Calls `each` for the pages that a live case of class `claim` rests on and that are to be looked
 * at now, at most `most`: once a day, and one that was missing or did not answer after an hour.
 */
MUST_CHECK bool casebook_claims_due(struct casebook *casebook, size_t most,
                                    void (*each)(void *context, struct str url), void *context,
                                    struct err *err);

/* The same of reviews that a person saw withdrawn. `report->gone` is 0 if none is known there. */
MUST_CHECK bool casebook_claims_withdraw(struct casebook *casebook, struct str url,
                                         struct str reason, struct casebook_claims_report *report,
                                         struct err *err);

enum { CASEBOOK_CLAIMS_MOST = 5 };

/*
 * The reviews that are most about what this text says, the best first: BM25 over stems (SQLite's
 * FTS5). In the arena; `*count` is 0 if no word of it occurs in any.
 */
MUST_CHECK bool casebook_claims_like(struct casebook *casebook, struct str text,
                                     struct arena *arena,
                                     struct casebook_claim claims[CASEBOOK_CLAIMS_MOST],
                                     size_t *count, struct err *err);

/* The same for a case, by its first post. */
MUST_CHECK bool casebook_claims_of(struct casebook *casebook, int64_t case_id, struct arena *arena,
                                   struct casebook_claim claims[CASEBOOK_CLAIMS_MOST],
                                   size_t *count, struct err *err);

/*
 * Calls `each` for reviews, the newest first; of one import if `import` is not 0, only false ones
 * that stand if `only_false`. `each` returns false to stop; text stands during the call.
 */
MUST_CHECK bool casebook_claims_list(struct casebook *casebook, int64_t import, bool only_false,
                                     bool (*each)(void *context,
                                                  const struct casebook_claim *claim),
                                     void *context, struct err *err);

/* In the arena; `*found` is false if there is none of that number. */
MUST_CHECK bool casebook_claim_get(struct casebook *casebook, int64_t id, struct arena *arena,
                                   struct casebook_claim *claim, bool *found, struct err *err);

/* In how many reviews the word occurs, by its stem. */
MUST_CHECK bool casebook_claims_with(struct casebook *casebook, struct str word, int64_t *count,
                                     struct err *err);

/*
 * Whether the reviews of a rule's evidence stand, as far as is known here: one whose page was never
 * imported is believed, since the rule was checked by two people.
 */
MUST_CHECK bool casebook_claims_stand(struct casebook *casebook,
                                      const struct rule_evidence *evidence, size_t count,
                                      bool *stand, struct err *err);
