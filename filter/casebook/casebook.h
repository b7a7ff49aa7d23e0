/*
 * The casebook: flagged posts gathered into cases, what people decided about them, and the log of
 * it all, in one SQLite file. Proposals and people: move.h, people.h; the log: audit.h.
 *
 * Limits that live here (DESIGN, section 1): a machine only flags; every entry needs two people of
 * two organisations; no author is stored; every deadline ends in release; without a season all is
 * a demonstration. Cases of a demonstration are void when a season starts and never enter one.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/arena.h"
#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/clock.h"
#include "filter/base/hash.h"
#include "filter/base/str.h"
#include "filter/rule/rule.h"
#include "filter/text/view.h"

struct sshsig_key;
struct err;
struct verdict;
struct blocklist_entry;
struct casebook; /* one thread; open another one for another thread or process */

/* Appends "STATE/casebook.db", where `state` is the folder that state_dir gives. */
void casebook_path(const char *state, struct buf *out);

/*
 * Opens the casebook, makes it where there is none (with its secret, PATH.key, beside it) and
 * brings an older schema up to date. `clock` is borrowed and says what time it is from then on.
 * NULL, naming the file, if it can't be read and written, is no casebook, is damaged, or is of a
 * newer schema.
 */
MUST_CHECK struct casebook *casebook_open(const char *path, const struct clock *clock,
                                          struct err *err);

/* The same for reading only: makes nothing, changes nothing, waits for no writer. */
MUST_CHECK struct casebook *casebook_open_read(const char *path, const struct clock *clock,
                                               struct err *err);
void casebook_close(struct casebook *casebook); /* NULL is fine */

/* The states of cases. X(constant, name) */
#define CASEBOOK_STATES(X)                                                                         \
    X(CASE_NONE, "none")                                                                           \
    X(CASE_FLAGGED, "flagged")                                                                     \
    X(CASE_CLAIMED, "claimed")                                                                     \
    X(CASE_HELD, "held")                                                                           \
    X(CASE_PROPOSED, "proposed")                                                                   \
    X(CASE_URGENT, "urgent")                                                                       \
    X(CASE_RETURNED, "returned")                                                                   \
    X(CASE_APPROVED, "approved")                                                                   \
    X(CASE_LISTED, "listed")                                                                       \
    X(CASE_CORRECTED, "corrected")                                                                 \
    X(CASE_REFERRED, "referred")                                                                   \
    X(CASE_ANSWERED, "answered")                                                                   \
    X(CASE_UNANSWERED, "unanswered")                                                               \
    X(CASE_DISMISSED, "dismissed")                                                                 \
    X(CASE_REJECTED, "rejected")                                                                   \
    X(CASE_LAPSED, "lapsed")                                                                       \
    X(CASE_WITHDRAWN, "withdrawn")                                                                 \
    X(CASE_CLOSED, "closed")                                                                       \
    X(CASE_VOID, "void")                                                                           \
    X(CASE_MERGED, "merged")                                                                       \
    X(CASE_PURGED, "purged")

enum casebook_state {
#define X(constant, name) constant,
    CASEBOOK_STATES(X)
#undef X
};

enum { CASEBOOK_STATE_COUNT = CASE_PURGED + 1 };

const char *casebook_state_name(enum casebook_state state);
bool casebook_state_parse(struct str name, enum casebook_state *state);

/* The states of appeals. X(constant, name) */
#define CASEBOOK_APPEAL_STATES(X)                                                                  \
    X(APPEAL_NONE, "none")                                                                         \
    X(APPEAL_ASKED, "asked")   /* a further one: the panel says whether its facts are new */       \
    X(APPEAL_LODGED, "lodged") /* waits for the panel; an entry is suspended meanwhile */          \
    X(APPEAL_UPHELD, "upheld") /* the decision stands */                                           \
    X(APPEAL_OVERTURNED, "overturned")                                                             \
    X(APPEAL_ABUSIVE, "abusive")                                                                   \
    X(APPEAL_DECLINED, "declined") /* a further one without new facts */

enum casebook_appeal_state {
#define X(constant, name) constant,
    CASEBOOK_APPEAL_STATES(X)
#undef X
};

const char *casebook_appeal_state_name(enum casebook_appeal_state state);
MUST_CHECK bool casebook_appeal_state_parse(struct str name, enum casebook_appeal_state *state);

/* What became of a flagged verdict. The later ones change nothing in the casebook. */
enum casebook_flagged {
    CASEBOOK_OPENED,    /* a new case */
    CASEBOOK_JOINED,    /* one more near-copy in a case that waits, or whose outcome stands */
    CASEBOOK_DUPLICATE, /* this very post was flagged before */
    CASEBOOK_DECIDED,   /* people decided about this text and this revision of the rule before */
    CASEBOOK_SHADOW,    /* no rule of it is released (filter/casebook/released.h), or the review
                         * that it rests on fell (filter/casebook/claims.h) */
    CASEBOOK_OVER,      /* the season is over: nothing is flagged any more */
};

/*
 * Takes a flagged verdict in, durably: when it returns true, a crash loses nothing of it. The same
 * verdict may come again. Its rules are gathered by class, one case each; `*outcome` is that of
 * the class that came furthest. A case gathers near-copies: a link with the same canonical URL or
 * the same registrable domain (not of a shared host), or the same rule and MinHash similarity
 * >= 0.7. The post's own URL plays no part in that.
 */
MUST_CHECK bool casebook_flag(struct casebook *casebook, const struct verdict *verdict,
                              enum casebook_flagged *outcome, struct err *err);

/*
 * Many verdicts in one transaction, which is a hundred times faster: what casebook_flag takes in
 * between the two is durable when casebook_commit has returned true, not before. A verdict that
 * fails in between changes nothing; the others stand. After a commit that returned false none of
 * them does. No other call between the two.
 */
MUST_CHECK bool casebook_begin(struct casebook *casebook, struct err *err);
MUST_CHECK bool casebook_commit(struct casebook *casebook, struct err *err);

/*
 * Makes the moves of the clock and the machine that are due: claims given back, what nobody
 * decided released, entries at their end, cases of another season void, content purged. Call it
 * at least every minute. `*moved` counts them.
 */
MUST_CHECK bool casebook_tick(struct casebook *casebook, size_t *moved, struct err *err);

/* The season of now. Names stand as long as the arena. */
struct casebook_season {
    struct str name;
    struct hash id; /* SHA-256 of the signed file */
    int64_t start_ms, end_ms;
    struct str team, independent; /* the organisations that signed */
};

/* `*found` is false without a season: then everything is a demonstration. */
MUST_CHECK bool casebook_season(struct casebook *casebook, struct arena *arena,
                                struct casebook_season *season, bool *found, struct err *err);

/* One line of the queue. Text stands during the call. */
struct casebook_case {
    int64_t id, version;
    enum rule_class class;
    enum casebook_state state;
    int64_t opened_ms, since_ms; /* since: in this state */
    int64_t deadline_ms;         /* when the clock releases it; CLOCK_NEVER: it does not */
    struct str rule_id, rule_title, level;
    struct hash revision;
    struct str excerpt; /* of the first post, at most 120 characters on one line; "" if purged */
    size_t copies;      /* posts, the first one included */
    struct str claimed_by;
    int64_t order_ms;  /* its place among those opened at the same time (struct casebook_after) */
    int64_t like_case; /* an earlier case that this one is like, decided then; 0: none */
    bool is_disputed;  /* an appeal about it waits for the panel */
    bool is_demo;
};

/* A place in the order of cases: behind it come the same cases, whatever is opened meanwhile. */
struct casebook_after {
    bool is_fraud;
    int64_t opened_ms, order_ms, id; /* as casebook_case has them; id 0: from the first one on */
};

struct casebook_filter {
    bool only_class, only_state; /* use `class`, `state` */
    enum rule_class class;
    enum casebook_state state;
    bool live;          /* only cases that wait for people */
    unsigned hidden;    /* classes to leave out: bits 1 << enum rule_class */
    struct str rule_id; /* only cases of this rule; "": any */
    struct str words;   /* only cases with a post that says all of them; "": any */
    bool *is_cut;       /* set: CASEBOOK_SEARCH_MOST posts say them, and older ones were not looked
                         * at; NULL is fine */
    struct casebook_after after;
    size_t offset, limit; /* limit 0: all */
};

/* Posts that are looked at for words, the newest first: a word that half of all say is no search.
 */
enum { CASEBOOK_SEARCH_MOST = 2000 };

/* Calls `row` for each case, fraud first, then the oldest; it returns false to stop. */
MUST_CHECK bool casebook_list(struct casebook *casebook, const struct casebook_filter *filter,
                              bool (*row)(void *context, const struct casebook_case *one),
                              void *context, struct err *err);

struct casebook_span {
    struct str field; /* "title", "text", "link" */
    struct text_span span;
};

/* A flagged post of a case. The URL is for looking it up by hand: do not list or group by it. */
struct casebook_post {
    int64_t number; /* its name for ACTION_SPLIT */
    struct str source, id, url, title, text, lang;
    int64_t published_ms, flagged_ms;
    struct str ruleset;
    struct str found; /* what correlations counted with it, one a line; "" if there are none */
    const struct casebook_span *spans;
    size_t span_count;
    const struct str *links; /* canonical URLs */
    size_t link_count;
};

/* One row of a case's history. */
struct casebook_event {
    int64_t seq, time_ms;
    struct str actor, action, detail; /* detail: a JSON object */
};

/* A rule that flagged the case, as it stood then: what people are told of why. */
struct casebook_rule {
    struct str id, title, description, level;
    struct hash revision;
    const struct rule_evidence *evidence;
    size_t evidence_count;
};

/* How a case came to be like an earlier one. X(constant, name) */
#define CASEBOOK_LIKENESSES(X)                                                                     \
    X(LIKE_NONE, "none")                                                                           \
    X(LIKE_TEXT, "text")       /* the very same text and links */                                  \
    X(LIKE_URL, "url")         /* a link to the same page */                                       \
    X(LIKE_DOMAIN, "domain")   /* a link to the same site */                                       \
    X(LIKE_WORDING, "wording") /* the same rule and a near-copy of the text */

enum casebook_likeness {
#define X(constant, name) constant,
    CASEBOOK_LIKENESSES(X)
#undef X
};

const char *casebook_likeness_name(enum casebook_likeness likeness);
MUST_CHECK bool casebook_likeness_parse(struct str name, enum casebook_likeness *likeness);

/* Why reviewers see a case again: the newest earlier one that it is like, and how that ended. */
struct casebook_before {
    int64_t case_id; /* 0: it is like none */
    enum casebook_likeness how;
    enum casebook_state state; /* in which the earlier one ended: dismissed, lapsed, void, … */
    int64_t ended_ms;
    struct str actor,
        reason; /* who ended it, and in whose words why; reason "" if none was given */
};

/* An appeal about a case, as people may see it; the ground is text of whoever sent it. */
struct casebook_objection {
    int64_t id, number; /* number: of this case's, from 1 */
    enum casebook_appeal_state state;
    int64_t lodged_ms, since_ms;   /* since: in this state */
    int64_t deadline_ms;           /* CLOCK_NEVER once it is decided */
    struct str ground;             /* "" once it is purged */
    struct str reason, decided_by; /* "" while it waits */
    bool suspends;                 /* the entry is out of force because of this one */
};

/* A case with all that belongs to it; in the arena. */
struct casebook_page {
    struct casebook_case summary;
    const struct casebook_rule *rules;
    size_t rule_count;
    const struct casebook_post *posts; /* the first 50 and the newest 50; summary.copies: all */
    size_t post_count;
    const struct casebook_event *events;
    size_t event_count;
    struct str proposal;              /* the canonical JSON that is signed; "" if there is none */
    struct str proposal_kind;         /* "entry", "correction", "referral" */
    struct str entry_id, entry_state; /* "" if there is none; a casebook_entry_state's name */
    int64_t entry_due_ms; /* when the clock ends it, or its suspension; CLOCK_NEVER: it is over */
    bool is_lane;         /* the entry is, or was when it ended, of the 24-hour lane */
    struct str
        offered_by; /* who offered the case for the lane and waits for a second; "" if none */
    struct casebook_before before;
    int64_t merged_into; /* 0: it was not */
    const struct casebook_objection *objections;
    size_t objection_count;
};

/* `*found` is false if there is no such case. */
MUST_CHECK bool casebook_show(struct casebook *casebook, int64_t id, struct arena *arena,
                              struct casebook_page *page, bool *found, struct err *err);

/* An entry that is in force. Everything stands during the call. */
struct casebook_entry {
    const struct blocklist_entry *entry;
    struct str reviewer_org, approver_org;
    const struct sshsig_key *reviewer_key, *approver_key;
    int64_t case_id, seq; /* the log's row that listed it */
    struct hash row;      /* that row's hash: for casebook_entry_lines */
    bool is_registered;   /* has a row in the public register: without one no list holds it */
    bool is_provisional;  /* of the 24-hour lane: `approver` is the second reviewer, of the team */
    bool is_demo;
};

/*
 * Calls `each` for every entry in force now: active or provisional, its end ahead, both signatures
 * verified anew, of the running season (or all of the demonstration if there is none). Read from
 * the log and the clock alone. False, with nothing called, if the log's chain is broken, the log
 * does not hold the head in audit.head, or the clock went back by more than 5 minutes: then nothing
 * may be in force.
 */
MUST_CHECK bool casebook_entries(struct casebook *casebook,
                                 void (*each)(void *context, const struct casebook_entry *entry),
                                 void *context, struct err *err);

/* The same, some thousands at a time, for who asks the same of all of them. */
MUST_CHECK bool casebook_entries_some(struct casebook *casebook,
                                      void (*some)(void *context,
                                                   const struct casebook_entry *entries,
                                                   size_t count),
                                      void *context, struct err *err);

struct casebook_ref {
    int64_t seq;
    struct hash row;
};

/*
 * Calls `each` with what a consumer reads of entries that were handed out, in the log's order: an
 * entry's bytes, both signatures and their keys, one line (filter/blocklist/signed.h). They are
 * read from the log anew, as a million of them is more than a gigabyte; false if a row is another
 * one than it was, or if `each` says so.
 */
MUST_CHECK bool casebook_entry_lines(struct casebook *casebook, const struct casebook_ref *refs,
                                     size_t count,
                                     bool (*each)(void *context, struct str line, struct err *err),
                                     void *context, struct err *err);

/* The log's last row: what outsiders witness. `*seq` is 0 in an empty log. */
MUST_CHECK bool casebook_head(struct casebook *casebook, int64_t *seq, struct hash *head,
                              struct err *err);
