/*
 * What each route answers in JSON: the shapes of records (shape.h), most of them straight from the
 * structs that the pages are made of. A list is {"items": […], "next": "…"} with what else the page
 * says beside it; "next", if there is more, is the "after" of what follows.
 */
#pragma once

#include "filter/casebook/appeal.h"
#include "filter/casebook/audit.h"
#include "filter/casebook/captures.h"
#include "filter/casebook/claims.h"
#include "filter/casebook/look.h"
#include "filter/casebook/measures.h"
#include "filter/casebook/organisation.h"
#include "filter/console/page_account.h"
#include "filter/console/page_evidence.h"
#include "filter/console/shape.h"

/* An answer of 200. */
struct shapes_answer {
    const char *name; /* of its schema */
    bool is_list;     /* of records of `of`; else one such record */
    const struct shape *of;
    const struct shape *head;  /* of a list: what stands beside "items"; NULL: nothing */
    const struct shape *other; /* or a record of this one; NULL: none */
};

extern const struct shapes_answer shapes_queue, shapes_count, shapes_case, shapes_propose,
    shapes_proposed, shapes_approve, shapes_approval, shapes_urgent, shapes_entries, shapes_appeals,
    shapes_appeal, shapes_alike, shapes_alike_rule, shapes_copies, shapes_wellbeing, shapes_rules,
    shapes_try, shapes_rule, shapes_sources, shapes_measures, shapes_people, shapes_log,
    shapes_session, shapes_keys, shapes_document, shapes_merge, shapes_merged, shapes_split,
    shapes_notes, shapes_evidence, shapes_kept, shapes_account, shapes_account_step;
/* What every form answers that is not told otherwise. */
extern const struct shapes_answer shapes_done;

struct shapes_queue_head {
    unsigned page;
    bool has_more;
};

struct shapes_count {
    int64_t waiting;
};

/* A case as its page shows it: rules, posts and events of the page numbers that were asked for. */
struct shapes_case {
    const struct casebook_page *page; /* not written itself */
    struct casebook_case summary;
    size_t rule_total, post_total, event_total;
    const struct casebook_rule *rules;
    const struct casebook_post *posts;
    const struct casebook_event *events; /* the newest first */
    size_t rule_count, post_count, event_count;
    struct str proposal, proposal_kind, entry_id, entry_state, offered_by;
    int64_t entry_due_ms;
    const struct casebook_before *before;
    int64_t merged_into;
    const struct casebook_objection *objections;
    size_t objection_count;
    const struct casebook_claim *claims;
    size_t claim_count;
    const struct casebook_capture *captures;
    size_t capture_count;
    const struct str *may; /* what whoever asks may do with it */
    size_t may_count;
    int64_t lease; /* of who holds it */
};

struct shapes_question {
    struct str test, id, en;
};

/* The state of the form to propose with, and what it would make. */
struct shapes_propose {
    int64_t case_id, version, lease;
    struct str kind;
    bool is_urgent;
    const struct shapes_question *questions;
    size_t question_count;
    const struct str *recipients; /* "kind:name", as the form takes it */
    size_t recipient_count;
    const struct str *captured; /* SHA-256 of what was captured lately */
    size_t captured_count;
    struct str preview; /* the proposal that would be signed */
    const struct str *breaks;
    size_t break_count;
};

/* What an approver judges; the reviewer's answers only behind their own. */
struct shapes_approve {
    const struct casebook_case *summary;
    const struct shapes_question *questions;
    size_t question_count;
    bool is_second, is_open; /* open: own answers are in, so that the rest is here */
    struct str proposal, record, own, refusal;
};

struct shapes_said {
    bool is_refused;
    struct str why;
};

/* What `saring approver` asks for. */
struct shapes_approval {
    bool is_fresh;
    struct str offer, once, refusal, token;
    const struct shapes_said *outcome;
};

struct shapes_call {
    struct str name, organisation;
};
struct shapes_urgent_head {
    int64_t live, most;
    const struct shapes_call *on_call;
    size_t on_call_count;
};

struct shapes_serial {
    struct str serial;
};

struct shapes_appeal {
    const struct casebook_appeal *appeal;
    const struct shapes_case *of;
};

struct shapes_ease {
    unsigned break_minutes;
    const struct str *hidden; /* classes */
    size_t hidden_count;
};

struct shapes_counts {
    struct hash revision;
    uint64_t flagged, cases, dismissed, upheld, rejected, lapsed;
};
struct shapes_reason {
    struct hash revision;
    struct str reason;
    uint64_t count;
};
struct shapes_finding {
    bool is_error;
    struct str file, message;
    unsigned line, column;
};
struct shapes_rule {
    struct str id, title, level, status, file, submitter, releaser;
    enum rule_class class;
    struct hash release, revision;
    bool is_submitted, is_released, is_shipped;
    int64_t submitted_ms, released_ms, expires_ms;
    uint64_t shadow_hits;
    uint64_t flagged, cases, dismissed, upheld, rejected, lapsed;
    size_t findings, fast, slow;
};
struct shapes_rule_whole {
    const struct shapes_rule *rule;
    struct str description, source;
    const struct rule_evidence *evidence;
    size_t evidence_count;
    const struct shapes_counts *revisions;
    size_t revision_count;
    const struct shapes_reason *reasons;
    size_t reason_count;
    const struct shapes_finding *findings;
    size_t finding_count;
};
struct shapes_rules_head {
    bool is_loading;
    struct str problem; /* why they do not load */
    const struct shapes_finding *findings;
    size_t finding_count;
};
struct shapes_hit {
    struct str rule_id, title;
    enum rule_class class;
    const struct str *spans;
    size_t span_count;
};

struct shapes_source {
    struct str id, name, kind, organisation, lang, url, path, status, health;
    bool is_enabled;
    int64_t fetched_ms;
};
struct shapes_sources_head {
    struct str file, problem;
};

struct shapes_health {
    unsigned fine, silent, failing, off;
};
struct shapes_measures {
    const struct casebook_measures *measures;
    const struct shapes_health *sources;
};

struct shapes_tie {
    struct str organisation, reason;
};
struct shapes_organisation {
    struct str name, role, sector;
    size_t people;
    bool is_barred;
    const struct shapes_tie *ties;
    size_t tie_count;
};
struct shapes_people_head {
    const struct shapes_organisation *organisations;
    size_t organisation_count;
};

struct shapes_log_head {
    int64_t head;
    struct hash hash;
    struct str chain; /* how the last check of it ended */
    int64_t rows, checked_ms;
    struct str why;
};

/* How far somebody is in, and what their forms carry. */
struct shapes_session {
    struct str stage, name, organisation, role, token, once;
    int64_t ends_ms;
    bool is_fresh, needs_key;
    struct str uri;             /* of a second factor that is to be enrolled */
    const struct str *recovery; /* codes, shown once */
    size_t recovery_count;
};

struct shapes_key {
    struct str key, what;
};

/* What merging two cases, or splitting one, would make. */
struct shapes_merging {
    int64_t into, into_version, copies; /* of both */
};
struct shapes_splitting {
    int64_t leaves, stays; /* posts */
};

struct shapes_order {
    struct str url, person, state, why;
    int64_t asked_ms, since_ms;
};
struct shapes_evidence_head {
    int64_t open; /* orders that wait or are being fetched */
    const struct shapes_order *orders;
    size_t order_count;
};

/* A capture, read. */
struct shapes_kept {
    int64_t case_id;
    const struct casebook_capture *capture;
    const struct page_hop *hops;
    size_t hop_count;
    struct str text;
    size_t image_bytes;
    bool is_readable;
};

struct shapes_account {
    struct str name, organisation, role, fingerprint;
    bool is_sealed, has_factor;
    int64_t recovery_left, created_ms;
    const struct casebook_sign_in_seen *sign_ins;
    size_t sign_in_count;
};
struct shapes_recovery {
    const struct str *codes; /* shown once */
    size_t count;
};

/* What came of a form. */
struct shapes_done {
    struct str message, location;
};
