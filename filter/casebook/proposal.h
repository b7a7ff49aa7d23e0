/*
 * What a reviewer proposes and an independent approver signs: the canonical JSON of a network
 * entry (filter/blocklist/entry.h), a correction or a referral, and the record behind it, whose
 * hash stands in the signed bytes.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/arena.h"
#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/hash.h"
#include "filter/base/str.h"
#include "filter/blocklist/entry.h"
#include "filter/rule/rule.h"

struct err;

/* What can come of a case. X(constant, name) */
#define CASEBOOK_KINDS(X)                                                                          \
    X(KIND_ENTRY, "entry")           /* fraud only */                                              \
    X(KIND_CORRECTION, "correction") /* procedure and claim: a text that the team publishes */     \
    X(KIND_REFERRAL, "referral")     /* any class: others decide */

enum casebook_kind {
#define X(constant, name) constant,
    CASEBOOK_KINDS(X)
#undef X
};

const char *casebook_kind_name(enum casebook_kind kind);
MUST_CHECK bool casebook_kind_parse(struct str name, enum casebook_kind *kind);

/* To whom a case may be referred: never the police. X(constant, name) */
#define CASEBOOK_RECIPIENTS(X)                                                                     \
    X(RECIPIENT_PLATFORM, "platform")                                                              \
    X(RECIPIENT_HOSTING, "hosting")                                                                \
    X(RECIPIENT_SUPERVISOR, "supervisor")

enum casebook_recipient {
#define X(constant, name) constant,
    CASEBOOK_RECIPIENTS(X)
#undef X
};

const char *casebook_recipient_name(enum casebook_recipient recipient);
MUST_CHECK bool casebook_recipient_parse(struct str name, enum casebook_recipient *recipient);

/*
 * "Why is this not listable?": each is asked on every proposal, and answered again, blind, by the
 * approver. One "yes" and nothing can be proposed or approved. X(constant, name, Indonesian,
 * English)
 */
#define CASEBOOK_TESTS(X)                                                                          \
    X(TEST_OPINION, "opinion", "Apakah ini pendapat atau kritik?", "Is it opinion or criticism?")  \
    X(TEST_SATIRE, "satire", "Apakah ini satire, parodi atau lelucon?",                            \
      "Is it satire, parody or a joke?")                                                           \
    X(TEST_TESTIMONY, "testimony", "Apakah ini kesaksian atau pengalaman seseorang?",              \
      "Is it testimony, something that somebody lived through?")                                   \
    X(TEST_CAMPAIGN, "campaign", "Apakah ini kampanye, janji atau ajakan memilih?",                \
      "Is it campaigning, a promise or a call to vote for somebody?")                              \
    X(TEST_PRESS, "press", "Apakah ini produk pers?", "Is it a product of the press?")             \
    X(TEST_DEBUNK, "debunk", "Apakah ini peringatan atau bantahan yang mengutip penipuannya?",     \
      "Is it a warning or a fact-check that quotes the fraud?")                                    \
    X(TEST_OFFICIAL, "official", "Apakah ini milik pemerintah, sekolah, bank atau penyelenggara?", \
      "Does it belong to a government, school, bank or election body?")                            \
    X(TEST_HACKED, "hacked", "Apakah sasarannya situs orang lain yang diretas?",                   \
      "Is the target somebody else's site that was hacked?")                                       \
    X(TEST_WIDER, "wider", "Apakah yang terkena lebih luas daripada pelanggarannya?",              \
      "Would it hit more than what is wrong?")

enum casebook_test {
#define X(constant, name, id, en) constant,
    CASEBOOK_TESTS(X)
#undef X
};

enum { CASEBOOK_TEST_COUNT = TEST_WIDER + 1 };

/* The name, and the question in words. */
const char *casebook_test_name(enum casebook_test test);
const char *casebook_test_question(enum casebook_test test, bool in_english);
MUST_CHECK bool casebook_test_parse(struct str name, enum casebook_test *test);

enum casebook_answer { ANSWER_NONE, ANSWER_NO, ANSWER_YES };

struct casebook_answers {
    enum casebook_answer of[CASEBOOK_TEST_COUNT]; /* by enum casebook_test; none may be missing */
};

/* What a hosting provider may be told of, though it can't be listed: a site that was hacked. */
#define CASEBOOK_TESTS_OF_HOSTING ((1u << TEST_OFFICIAL) | (1u << TEST_HACKED))

enum {
    CASEBOOK_STATEMENT_MOST = 1500, /* characters of any free text below but `text` */
    CASEBOOK_TEXT_MOST = 4000,      /* characters of a correction */
    CASEBOOK_CLAIM_LEAST = 10,      /* characters of a claim */
    CASEBOOK_CLAIM_MOST = 500,
};

#define CASEBOOK_LANE_MS ((int64_t)24 * 3600 * 1000) /* of a provisional entry, from its start */
#define CASEBOOK_HARVEST_MS                                                                        \
    ((int64_t)2 * 3600 * 1000) /* how old what each of the two saw may be                          \
                                */

/* What the 24-hour lane takes besides; it stands in the record, which both sign. */
struct casebook_urgent {
    struct str second;         /* the second reviewer's name */
    int64_t second_ms;         /* when they reproduced the harvest: at most 2 hours ago */
    struct hash second_sha256; /* of their own capture, which is among the draft's evidence */
    struct str on_call;        /* the approver who is on call, by name */
    int64_t told_ms;           /* when they were told: at most 2 hours ago */
    struct str registrant;     /* whom of the registrant was told, when, or why nobody could be */
};

/* What a reviewer fills in. Text is borrowed during the call. */
struct casebook_draft {
    enum casebook_kind kind;
    int64_t case_id;
    struct str reason;           /* the facts, for the public: Indonesian, 80 to 1,500 characters */
    struct str reason_en;        /* the same in English, or "" */
    const struct hash *evidence; /* SHA-256 of what was captured: 1 to BLOCKLIST_EVIDENCE_MOST */
    size_t evidence_count;
    int64_t observed_ms;             /* when that was: at most 24 hours ago, not in the future */
    struct casebook_answers answers; /* all "no", but for CASEBOOK_TESTS_OF_HOSTING */
    struct str conflict;             /* of interest: "tidak ada", or what there is; not "" */
    struct str milder;               /* what milder was tried, or why nothing milder would do */

    /* Of an entry; start is now. */
    enum blocklist_scope scope;
    struct str target;
    unsigned harvest; /* what was seen to be harvested: a set of enum blocklist_harvest */
    int64_t end_ms;   /* at most 30 days ahead, and not after the season's end */
    const struct casebook_urgent *urgent; /* for the 24-hour lane; else NULL */

    /* Of a correction and a referral: what is claimed falsely, in the reviewer's words. */
    struct str claim;

    /* Of a correction: what is published, word for word; `text_en` is English, or "". */
    struct str text, text_en;

    /* Of a referral: who decides (addressees.h), and the URL it is about. */
    enum casebook_recipient recipient;
    struct str recipient_name;
    struct str url;
};
