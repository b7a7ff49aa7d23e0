#include "filter/console/shapes.h"

#include "filter/casebook/notes.h"

/* The names of our enums. X(function's name, enum's type, how many, the function that names it) */
#define NAMES(name, type, how_many, function)                                                      \
    static const char *name##_name(unsigned value)                                                 \
    {                                                                                              \
        return function((type)value);                                                              \
    }                                                                                              \
    static const struct shape_names name = {(how_many), name##_name};

enum { CLASSES = RULE_CLAIM + 1, LIKENESSES = LIKE_WORDING + 1 };
NAMES(classes, enum rule_class, CLASSES, rule_class_name)
NAMES(states, enum casebook_state, CASEBOOK_STATE_COUNT, casebook_state_name)
NAMES(entry_states, enum casebook_entry_state, ENTRY_EXPIRED + 1, casebook_entry_state_name)
NAMES(appeal_states, enum casebook_appeal_state, APPEAL_DECLINED + 1, casebook_appeal_state_name)
NAMES(likenesses, enum casebook_likeness, LIKENESSES, casebook_likeness_name)
NAMES(roles, enum casebook_role, ROLE_ADMIN + 1, casebook_role_name)

/* A line of the queue, where it stands in `type`. */
#define SUMMARY(type, where)                                                                       \
    SHAPE(type, where id, "id"), SHAPE(type, where version, "version"),                            \
        SHAPE_ENUM(type, where class, "class", &classes),                                          \
        SHAPE_ENUM(type, where state, "state", &states),                                           \
        SHAPE_TIME(type, where opened_ms, "opened"), SHAPE_TIME(type, where since_ms, "since"),    \
        SHAPE_TIME(type, where deadline_ms, "deadline"), SHAPE(type, where rule_id, "rule_id"),    \
        SHAPE(type, where rule_title, "rule_title"), SHAPE(type, where level, "level"),            \
        SHAPE(type, where revision, "revision"), SHAPE(type, where excerpt, "excerpt"),            \
        SHAPE(type, where copies, "copies"), SHAPE(type, where claimed_by, "claimed_by"),          \
        SHAPE(type, where like_case, "like_case"), SHAPE(type, where is_disputed, "disputed"),     \
        SHAPE(type, where is_demo, "demo")

static const struct shape summary = {
    "case_summary", (const struct shape_field[]){SUMMARY(struct casebook_case, ), SHAPE_END}};
static const struct shape queue_head = {
    "queue_head",
    (const struct shape_field[]){SHAPE(struct shapes_queue_head, page, "page"),
                                 SHAPE(struct shapes_queue_head, has_more, "has_more"), SHAPE_END}};
const struct shapes_answer shapes_queue = {"queue", true, &summary, &queue_head, NULL};

static const struct shape count = {
    "count",
    (const struct shape_field[]){SHAPE(struct shapes_count, waiting, "waiting"), SHAPE_END}};
const struct shapes_answer shapes_count = {"count", false, &count, NULL, NULL};

static const struct shape evidence = {
    "evidence",
    (const struct shape_field[]){SHAPE(struct rule_evidence, url, "url"),
                                 SHAPE(struct rule_evidence, publisher, "publisher"),
                                 SHAPE_TIME(struct rule_evidence, published_ms, "published"),
                                 SHAPE(struct rule_evidence, impersonates, "impersonates"),
                                 SHAPE_TIME(struct rule_evidence, valid_from_ms, "valid_from"),
                                 SHAPE_TIME(struct rule_evidence, valid_until_ms, "valid_until"),
                                 SHAPE(struct rule_evidence, sha256, "sha256"),
                                 SHAPE(struct rule_evidence, claim, "claim"),
                                 SHAPE(struct rule_evidence, rating, "rating"),
                                 SHAPE_TIME(struct rule_evidence, rated_ms, "rated"), SHAPE_END}};
static const struct shape case_rule = {
    "case_rule",
    (const struct shape_field[]){
        SHAPE(struct casebook_rule, id, "id"), SHAPE(struct casebook_rule, title, "title"),
        SHAPE(struct casebook_rule, description, "description"),
        SHAPE(struct casebook_rule, level, "level"),
        SHAPE(struct casebook_rule, revision, "revision"),
        SHAPE_LIST(struct casebook_rule, evidence, evidence_count, "evidence", &evidence),
        SHAPE_END}};
static const struct shape span = {
    "span", (const struct shape_field[]){SHAPE(struct casebook_span, field, "field"),
                                         SHAPE(struct casebook_span, span.start, "start"),
                                         SHAPE(struct casebook_span, span.end, "end"), SHAPE_END}};
/* What a machine is given of a post has no URL: give_case empties it. */
static const struct shape post = {
    "post",
    (const struct shape_field[]){
        SHAPE(struct casebook_post, number, "number"),
        SHAPE(struct casebook_post, source, "source"), SHAPE(struct casebook_post, url, "url"),
        SHAPE(struct casebook_post, title, "title"), SHAPE(struct casebook_post, text, "text"),
        SHAPE(struct casebook_post, lang, "lang"),
        SHAPE_TIME(struct casebook_post, published_ms, "published"),
        SHAPE_TIME(struct casebook_post, flagged_ms, "flagged"),
        SHAPE(struct casebook_post, ruleset, "ruleset"),
        SHAPE(struct casebook_post, found, "found"),
        SHAPE_LIST(struct casebook_post, spans, span_count, "spans", &span),
        SHAPE_STRINGS(struct casebook_post, links, link_count, "links"), SHAPE_END}};
static const struct shape event = {
    "event",
    (const struct shape_field[]){SHAPE(struct casebook_event, seq, "seq"),
                                 SHAPE_TIME(struct casebook_event, time_ms, "time"),
                                 SHAPE(struct casebook_event, actor, "actor"),
                                 SHAPE(struct casebook_event, action, "action"),
                                 SHAPE_JSON(struct casebook_event, detail, "detail"), SHAPE_END}};
static const struct shape before = {
    "before",
    (const struct shape_field[]){SHAPE(struct casebook_before, case_id, "case"),
                                 SHAPE_ENUM(struct casebook_before, how, "how", &likenesses),
                                 SHAPE_ENUM(struct casebook_before, state, "state", &states),
                                 SHAPE_TIME(struct casebook_before, ended_ms, "ended"),
                                 SHAPE(struct casebook_before, actor, "actor"),
                                 SHAPE(struct casebook_before, reason, "reason"), SHAPE_END}};
#define OBJECTION(type, where)                                                                     \
    SHAPE(type, where id, "id"), SHAPE(type, where number, "number"),                              \
        SHAPE_ENUM(type, where state, "state", &appeal_states),                                    \
        SHAPE_TIME(type, where lodged_ms, "lodged"), SHAPE_TIME(type, where since_ms, "since"),    \
        SHAPE_TIME(type, where deadline_ms, "deadline"), SHAPE(type, where ground, "ground"),      \
        SHAPE(type, where reason, "reason"), SHAPE(type, where decided_by, "decided_by"),          \
        SHAPE(type, where suspends, "suspends")
static const struct shape objection = {
    "objection", (const struct shape_field[]){OBJECTION(struct casebook_objection, ), SHAPE_END}};
static const struct shape claim = {
    "claim",
    (const struct shape_field[]){
        SHAPE(struct casebook_claim, id, "id"), SHAPE(struct casebook_claim, url, "url"),
        SHAPE(struct casebook_claim, publisher, "publisher"),
        SHAPE(struct casebook_claim, claim, "claim"), SHAPE(struct casebook_claim, title, "title"),
        SHAPE(struct casebook_claim, rating, "rating"),
        SHAPE_TIME(struct casebook_claim, rated_ms, "rated"),
        SHAPE(struct casebook_claim, is_false, "false"),
        SHAPE(struct casebook_claim, is_gone, "gone"), SHAPE_END}};
static const struct shape capture = {
    "capture",
    (const struct shape_field[]){SHAPE_TIME(struct casebook_capture, time_ms, "time"),
                                 SHAPE(struct casebook_capture, status, "status"),
                                 SHAPE(struct casebook_capture, url, "url"),
                                 SHAPE(struct casebook_capture, person, "by"),
                                 SHAPE(struct casebook_capture, sha256, "sha256"),
                                 SHAPE(struct casebook_capture, size, "bytes"), SHAPE_END}};
static const struct shape whole_case = {
    "case", (const struct shape_field[]){
                SUMMARY(struct shapes_case, summary.),
                SHAPE(struct shapes_case, rule_total, "rule_count"),
                SHAPE_LIST(struct shapes_case, rules, rule_count, "rules", &case_rule),
                SHAPE(struct shapes_case, post_total, "post_count"),
                SHAPE_LIST(struct shapes_case, posts, post_count, "posts", &post),
                SHAPE(struct shapes_case, event_total, "event_count"),
                SHAPE_LIST(struct shapes_case, events, event_count, "events", &event),
                SHAPE(struct shapes_case, proposal_kind, "proposal_kind"),
                SHAPE_JSON(struct shapes_case, proposal, "proposal"),
                SHAPE(struct shapes_case, entry_id, "entry_id"),
                SHAPE(struct shapes_case, entry_state, "entry_state"),
                SHAPE_TIME(struct shapes_case, entry_due_ms, "entry_due"),
                SHAPE(struct shapes_case, offered_by, "offered_by"),
                SHAPE_MAYBE(struct shapes_case, before, "before", &before),
                SHAPE(struct shapes_case, merged_into, "merged_into"),
                SHAPE_LIST(struct shapes_case, objections, objection_count, "appeals", &objection),
                SHAPE_LIST(struct shapes_case, claims, claim_count, "claims", &claim),
                SHAPE_LIST(struct shapes_case, captures, capture_count, "captures", &capture),
                SHAPE_STRINGS(struct shapes_case, may, may_count, "may"),
                SHAPE(struct shapes_case, lease, "lease"),
                SHAPE_END}};
const struct shapes_answer shapes_case = {"case", false, &whole_case, NULL, NULL};

static const struct shape question = {
    "question", (const struct shape_field[]){SHAPE(struct shapes_question, test, "test"),
                                             SHAPE(struct shapes_question, id, "id"),
                                             SHAPE(struct shapes_question, en, "en"), SHAPE_END}};
static const struct shape propose = {
    "propose",
    (const struct shape_field[]){
        SHAPE(struct shapes_propose, case_id, "case"),
        SHAPE(struct shapes_propose, version, "version"),
        SHAPE(struct shapes_propose, lease, "lease"), SHAPE(struct shapes_propose, kind, "kind"),
        SHAPE(struct shapes_propose, is_urgent, "urgent"),
        SHAPE_LIST(struct shapes_propose, questions, question_count, "questions", &question),
        SHAPE_STRINGS(struct shapes_propose, recipients, recipient_count, "recipients"),
        SHAPE_STRINGS(struct shapes_propose, captured, captured_count, "captured"),
        SHAPE_JSON(struct shapes_propose, preview, "preview"),
        SHAPE_STRINGS(struct shapes_propose, breaks, break_count, "breaks"), SHAPE_END}};
/* What a sent form led to. */
static const struct shape done = {
    "done",
    (const struct shape_field[]){SHAPE(struct shapes_done, message, "message"),
                                 SHAPE(struct shapes_done, location, "location"), SHAPE_END}};
const struct shapes_answer shapes_propose = {"propose", false, &propose, NULL, NULL};
const struct shapes_answer shapes_proposed = {"proposed", false, &propose, NULL, &done};

static const struct shape approve = {
    "approve",
    (const struct shape_field[]){
        SHAPE_MAYBE(struct shapes_approve, summary, "case", &summary),
        SHAPE_LIST(struct shapes_approve, questions, question_count, "questions", &question),
        SHAPE(struct shapes_approve, is_second, "second"),
        SHAPE(struct shapes_approve, is_open, "open"),
        SHAPE_JSON(struct shapes_approve, proposal, "proposal"),
        SHAPE_JSON(struct shapes_approve, record, "record"),
        SHAPE_JSON(struct shapes_approve, own, "own"),
        SHAPE(struct shapes_approve, refusal, "refusal"), SHAPE_END}};
const struct shapes_answer shapes_approve = {"approve", false, &approve, NULL, NULL};

static const struct shape said = {
    "said", (const struct shape_field[]){SHAPE(struct shapes_said, is_refused, "refused"),
                                         SHAPE(struct shapes_said, why, "why"), SHAPE_END}};
static const struct shape approval = {
    "approval",
    (const struct shape_field[]){SHAPE(struct shapes_approval, is_fresh, "fresh"),
                                 SHAPE(struct shapes_approval, offer, "offer"),
                                 SHAPE(struct shapes_approval, once, "once"),
                                 SHAPE_MAYBE(struct shapes_approval, outcome, "outcome", &said),
                                 SHAPE(struct shapes_approval, refusal, "refusal"),
                                 SHAPE(struct shapes_approval, token, "token"), SHAPE_END}};
const struct shapes_answer shapes_approval = {"approval", false, &approval, NULL, NULL};

static const struct shape entry = {
    "entry", (const struct shape_field[]){
                 SHAPE(struct casebook_look_entry, id, "id"),
                 SHAPE(struct casebook_look_entry, case_id, "case"),
                 SHAPE_ENUM(struct casebook_look_entry, state, "state", &entry_states),
                 SHAPE_TIME(struct casebook_look_entry, since_ms, "since"),
                 SHAPE_TIME(struct casebook_look_entry, end_ms, "end"),
                 SHAPE_TIME(struct casebook_look_entry, due_ms, "due"),
                 SHAPE_JSON(struct casebook_look_entry, json, "entry"),
                 SHAPE(struct casebook_look_entry, reviewer, "reviewer"),
                 SHAPE(struct casebook_look_entry, approver, "approver"),
                 SHAPE(struct casebook_look_entry, season, "season"), SHAPE_END}};
static const struct shape serial = {
    "entries_head",
    (const struct shape_field[]){SHAPE(struct shapes_serial, serial, "serial"), SHAPE_END}};
const struct shapes_answer shapes_entries = {"entries", true, &entry, &serial, NULL};

static const struct shape call = {
    "on_call", (const struct shape_field[]){SHAPE(struct shapes_call, name, "name"),
                                            SHAPE(struct shapes_call, organisation, "organisation"),
                                            SHAPE_END}};
static const struct shape urgent_head = {
    "urgent_head", (const struct shape_field[]){SHAPE(struct shapes_urgent_head, live, "live"),
                                                SHAPE(struct shapes_urgent_head, most, "most"),
                                                SHAPE_LIST(struct shapes_urgent_head, on_call,
                                                           on_call_count, "on_call", &call),
                                                SHAPE_END}};
const struct shapes_answer shapes_urgent = {"urgent", true, &entry, &urgent_head, NULL};

static const struct shape appeal = {
    "appeal", (const struct shape_field[]){
                  OBJECTION(struct casebook_appeal, objection.),
                  SHAPE(struct casebook_appeal, case_id, "case"),
                  SHAPE(struct casebook_appeal, version, "version"),
                  SHAPE_ENUM(struct casebook_appeal, class, "class", &classes),
                  SHAPE_ENUM(struct casebook_appeal, case_state, "case_state", &states),
                  SHAPE(struct casebook_appeal, entry_state, "entry_state"), SHAPE_END}};
const struct shapes_answer shapes_appeals = {"appeals", true, &appeal, NULL, NULL};

static const struct shape both_sides = {
    "appeal_and_case", (const struct shape_field[]){
                           SHAPE_MAYBE(struct shapes_appeal, appeal, "appeal", &appeal),
                           SHAPE_MAYBE(struct shapes_appeal, of, "case", &whole_case), SHAPE_END}};
const struct shapes_answer shapes_appeal = {"appeal_and_case", false, &both_sides, NULL, NULL};

static const struct shape group = {
    "alike_group", (const struct shape_field[]){
                       SHAPE(struct casebook_look_group, rule_id, "rule_id"),
                       SHAPE(struct casebook_look_group, rule_title, "rule_title"),
                       SHAPE_ENUM(struct casebook_look_group, class, "class", &classes),
                       SHAPE(struct casebook_look_group, cases, "cases"),
                       SHAPE(struct casebook_look_group, copies, "copies"),
                       SHAPE_TIME(struct casebook_look_group, oldest_ms, "oldest"), SHAPE_END}};
const struct shapes_answer shapes_alike = {"alike", true, &group, NULL, NULL};

static const struct shape alike_case = {
    "alike_case",
    (const struct shape_field[]){SHAPE(struct casebook_look_alike, id, "id"),
                                 SHAPE(struct casebook_look_alike, version, "version"),
                                 SHAPE_TIME(struct casebook_look_alike, opened_ms, "opened"),
                                 SHAPE(struct casebook_look_alike, copies, "copies"),
                                 SHAPE_ENUM(struct casebook_look_alike, class, "class", &classes),
                                 SHAPE(struct casebook_look_alike, rule_title, "rule_title"),
                                 SHAPE(struct casebook_look_alike, title, "title"),
                                 SHAPE(struct casebook_look_alike, text, "text"), SHAPE_END}};
const struct shapes_answer shapes_alike_rule = {"alike_cases", true, &alike_case, NULL, NULL};
const struct shapes_answer shapes_copies = {"copies", true, &post, NULL, NULL};

static const struct shape ease = {
    "wellbeing", (const struct shape_field[]){
                     SHAPE(struct shapes_ease, break_minutes, "break_minutes"),
                     SHAPE_STRINGS(struct shapes_ease, hidden, hidden_count, "hidden"), SHAPE_END}};
const struct shapes_answer shapes_wellbeing = {"wellbeing", false, &ease, NULL, NULL};

#define COUNTS(type)                                                                               \
    SHAPE(type, flagged, "flagged"), SHAPE(type, cases, "cases"),                                  \
        SHAPE(type, dismissed, "dismissed"), SHAPE(type, upheld, "upheld"),                        \
        SHAPE(type, rejected, "rejected"), SHAPE(type, lapsed, "lapsed")
static const struct shape counts = {
    "rule_counts", (const struct shape_field[]){SHAPE(struct shapes_counts, revision, "revision"),
                                                COUNTS(struct shapes_counts), SHAPE_END}};
static const struct shape dismissal = {
    "rule_dismissal",
    (const struct shape_field[]){SHAPE(struct shapes_reason, revision, "revision"),
                                 SHAPE(struct shapes_reason, reason, "reason"),
                                 SHAPE(struct shapes_reason, count, "count"), SHAPE_END}};
static const struct shape finding = {
    "finding",
    (const struct shape_field[]){
        SHAPE(struct shapes_finding, is_error, "error"), SHAPE(struct shapes_finding, file, "file"),
        SHAPE(struct shapes_finding, line, "line"), SHAPE(struct shapes_finding, column, "column"),
        SHAPE(struct shapes_finding, message, "message"), SHAPE_END}};
static const struct shape rule = {
    "rule",
    (const struct shape_field[]){SHAPE(struct shapes_rule, id, "id"),
                                 SHAPE(struct shapes_rule, title, "title"),
                                 SHAPE_ENUM(struct shapes_rule, class, "class", &classes),
                                 SHAPE(struct shapes_rule, level, "level"),
                                 SHAPE(struct shapes_rule, status, "status"),
                                 SHAPE(struct shapes_rule, file, "file"),
                                 SHAPE(struct shapes_rule, release, "release"),
                                 SHAPE(struct shapes_rule, revision, "revision"),
                                 SHAPE_TIME(struct shapes_rule, expires_ms, "expires"),
                                 SHAPE(struct shapes_rule, is_submitted, "submitted"),
                                 SHAPE(struct shapes_rule, is_released, "released"),
                                 SHAPE(struct shapes_rule, is_shipped, "shipped"),
                                 SHAPE(struct shapes_rule, submitter, "submitted_by"),
                                 SHAPE_TIME(struct shapes_rule, submitted_ms, "submitted_at"),
                                 SHAPE(struct shapes_rule, releaser, "released_by"),
                                 SHAPE_TIME(struct shapes_rule, released_ms, "released_at"),
                                 SHAPE(struct shapes_rule, shadow_hits, "shadow_hits"),
                                 COUNTS(struct shapes_rule),
                                 SHAPE(struct shapes_rule, findings, "findings"),
                                 SHAPE(struct shapes_rule, fast, "fast"),
                                 SHAPE(struct shapes_rule, slow, "slow"),
                                 SHAPE_END}};
static const struct shape rules_head = {
    "rules_head",
    (const struct shape_field[]){
        SHAPE(struct shapes_rules_head, is_loading, "loading"),
        SHAPE(struct shapes_rules_head, problem, "problem"),
        SHAPE_LIST(struct shapes_rules_head, findings, finding_count, "findings", &finding),
        SHAPE_END}};
const struct shapes_answer shapes_rules = {"rules", true, &rule, &rules_head, NULL};

static const struct shape whole_rule = {
    "rule_whole",
    (const struct shape_field[]){
        SHAPE_MAYBE(struct shapes_rule_whole, rule, "rule", &rule),
        SHAPE(struct shapes_rule_whole, description, "description"),
        SHAPE_LIST(struct shapes_rule_whole, evidence, evidence_count, "evidence", &evidence),
        SHAPE(struct shapes_rule_whole, source, "source"),
        SHAPE_LIST(struct shapes_rule_whole, revisions, revision_count, "revisions", &counts),
        SHAPE_LIST(struct shapes_rule_whole, reasons, reason_count, "dismissals", &dismissal),
        SHAPE_LIST(struct shapes_rule_whole, findings, finding_count, "findings", &finding),
        SHAPE_END}};
const struct shapes_answer shapes_rule = {"rule_whole", false, &whole_rule, NULL, NULL};

static const struct shape hit = {
    "hit",
    (const struct shape_field[]){
        SHAPE(struct shapes_hit, rule_id, "rule_id"), SHAPE(struct shapes_hit, title, "title"),
        SHAPE_ENUM(struct shapes_hit, class, "class", &classes),
        SHAPE_STRINGS(struct shapes_hit, spans, span_count, "spans"), SHAPE_END}};
const struct shapes_answer shapes_try = {"hits", true, &hit, NULL, NULL};

static const struct shape source = {
    "source",
    (const struct shape_field[]){
        SHAPE(struct shapes_source, id, "id"), SHAPE(struct shapes_source, name, "name"),
        SHAPE(struct shapes_source, kind, "kind"),
        SHAPE(struct shapes_source, organisation, "organisation"),
        SHAPE(struct shapes_source, lang, "lang"), SHAPE(struct shapes_source, url, "url"),
        SHAPE(struct shapes_source, path, "path"),
        SHAPE(struct shapes_source, is_enabled, "enabled"),
        SHAPE(struct shapes_source, status, "status"),
        SHAPE(struct shapes_source, health, "health"),
        SHAPE_TIME(struct shapes_source, fetched_ms, "fetched"), SHAPE_END}};
static const struct shape sources_head = {
    "sources_head",
    (const struct shape_field[]){SHAPE(struct shapes_sources_head, file, "file"),
                                 SHAPE(struct shapes_sources_head, problem, "problem"), SHAPE_END}};
const struct shapes_answer shapes_sources = {"sources", true, &source, &sources_head, NULL};

static const struct shape health = {
    "source_health",
    (const struct shape_field[]){SHAPE(struct shapes_health, fine, "fine"),
                                 SHAPE(struct shapes_health, silent, "silent"),
                                 SHAPE(struct shapes_health, failing, "failing"),
                                 SHAPE(struct shapes_health, off, "off"), SHAPE_END}};
static const struct shape figures = {
    "figures",
    (const struct shape_field[]){
        SHAPE_TIME(struct casebook_measures, hour_ms, "hour"),
        SHAPE_NUMBERS(struct casebook_measures, flagged[RULE_FRAUD], "flagged_fraud"),
        SHAPE_NUMBERS(struct casebook_measures, flagged[RULE_PROCEDURE], "flagged_procedure"),
        SHAPE_NUMBERS(struct casebook_measures, flagged[RULE_CLAIM], "flagged_claim"),
        SHAPE_NUMBERS(struct casebook_measures, waiting, "waiting_by_age"),
        SHAPE_NUMBERS(struct casebook_measures, times, "decided_by_time"),
        SHAPE(struct casebook_measures, decided, "decided"),
        SHAPE(struct casebook_measures, median_ms, "median_ms"),
        SHAPE(struct casebook_measures, p90_ms, "p90_ms"),
        SHAPE(struct casebook_measures, proposed, "proposed"),
        SHAPE(struct casebook_measures, approved, "approved"),
        SHAPE(struct casebook_measures, rejected, "rejected"),
        SHAPE(struct casebook_measures, lapsed, "lapsed"),
        SHAPE(struct casebook_measures, dismissed, "dismissed"),
        SHAPE(struct casebook_measures, appeals, "appeals"),
        SHAPE(struct casebook_measures, overturned, "overturned"), SHAPE_END}};
static const struct shape measures = {
    "measures", (const struct shape_field[]){
                    SHAPE_MAYBE(struct shapes_measures, measures, "figures", &figures),
                    SHAPE_MAYBE(struct shapes_measures, sources, "sources", &health), SHAPE_END}};
const struct shapes_answer shapes_measures = {"measures", false, &measures, NULL, NULL};

static const struct shape tie = {
    "tie", (const struct shape_field[]){SHAPE(struct shapes_tie, organisation, "organisation"),
                                        SHAPE(struct shapes_tie, reason, "reason"), SHAPE_END}};
static const struct shape organisation = {
    "organisation",
    (const struct shape_field[]){
        SHAPE(struct shapes_organisation, name, "name"),
        SHAPE(struct shapes_organisation, role, "role"),
        SHAPE(struct shapes_organisation, sector, "sector"),
        SHAPE(struct shapes_organisation, is_barred, "barred"),
        SHAPE(struct shapes_organisation, people, "people"),
        SHAPE_LIST(struct shapes_organisation, ties, tie_count, "ties", &tie), SHAPE_END}};
/* Of a person what anyone may see: no address, no password's or second factor's secrets. */
static const struct shape person = {
    "person",
    (const struct shape_field[]){SHAPE(struct casebook_person, name, "name"),
                                 SHAPE(struct casebook_person, organisation, "organisation"),
                                 SHAPE_ENUM(struct casebook_person, role, "role", &roles),
                                 SHAPE(struct casebook_person, fingerprint, "key"),
                                 SHAPE(struct casebook_person, is_sealed, "sealed"),
                                 SHAPE(struct casebook_person, is_disabled, "disabled"),
                                 SHAPE(struct casebook_person, has_factor, "second_factor"),
                                 SHAPE(struct casebook_person, conflicts, "conflicts"), SHAPE_END}};
static const struct shape people_head = {
    "people_head",
    (const struct shape_field[]){SHAPE_LIST(struct shapes_people_head, organisations,
                                            organisation_count, "organisations", &organisation),
                                 SHAPE_END}};
const struct shapes_answer shapes_people = {"people", true, &person, &people_head, NULL};

static const struct shape row = {
    "log_row", (const struct shape_field[]){SHAPE(struct casebook_row, seq, "seq"),
                                            SHAPE_TIME(struct casebook_row, time_ms, "time"),
                                            SHAPE(struct casebook_row, actor, "actor"),
                                            SHAPE(struct casebook_row, action, "action"),
                                            SHAPE(struct casebook_row, case_id, "case"),
                                            SHAPE_JSON(struct casebook_row, detail, "detail"),
                                            SHAPE(struct casebook_row, hash, "hash"), SHAPE_END}};
static const struct shape log_head = {
    "log_head",
    (const struct shape_field[]){
        SHAPE(struct shapes_log_head, head, "head"), SHAPE(struct shapes_log_head, hash, "hash"),
        SHAPE(struct shapes_log_head, chain, "chain"), SHAPE(struct shapes_log_head, rows, "rows"),
        SHAPE_TIME(struct shapes_log_head, checked_ms, "checked"),
        SHAPE(struct shapes_log_head, why, "why"), SHAPE_END}};
const struct shapes_answer shapes_log = {"log", true, &row, &log_head, NULL};

static const struct shape session = {
    "session",
    (const struct shape_field[]){
        SHAPE(struct shapes_session, stage, "stage"), SHAPE(struct shapes_session, name, "name"),
        SHAPE(struct shapes_session, organisation, "organisation"),
        SHAPE(struct shapes_session, role, "role"), SHAPE(struct shapes_session, token, "token"),
        SHAPE(struct shapes_session, once, "once"),
        SHAPE_TIME(struct shapes_session, ends_ms, "ends"),
        SHAPE(struct shapes_session, is_fresh, "fresh"),
        SHAPE(struct shapes_session, needs_key, "needs_key"),
        SHAPE(struct shapes_session, uri, "uri"),
        SHAPE_STRINGS(struct shapes_session, recovery, recovery_count, "recovery"), SHAPE_END}};
const struct shapes_answer shapes_session = {"session", false, &session, NULL, NULL};

static const struct shape key = {
    "key", (const struct shape_field[]){SHAPE(struct shapes_key, key, "key"),
                                        SHAPE(struct shapes_key, what, "what"), SHAPE_END}};
const struct shapes_answer shapes_keys = {"keys", true, &key, NULL, NULL};

static const struct shape merge_target = {
    "merge_target",
    (const struct shape_field[]){SHAPE(struct casebook_look_target, id, "id"),
                                 SHAPE(struct casebook_look_target, version, "version"),
                                 SHAPE_ENUM(struct casebook_look_target, state, "state", &states),
                                 SHAPE_TIME(struct casebook_look_target, opened_ms, "opened"),
                                 SHAPE(struct casebook_look_target, copies, "copies"),
                                 SHAPE(struct casebook_look_target, shared, "shared"),
                                 SHAPE(struct casebook_look_target, is_same_rule, "same_rule"),
                                 SHAPE(struct casebook_look_target, rule_title, "rule_title"),
                                 SHAPE(struct casebook_look_target, title, "title"),
                                 SHAPE(struct casebook_look_target, text, "text"), SHAPE_END}};
const struct shapes_answer shapes_merge = {"merge", true, &merge_target, NULL, NULL};
static const struct shape merging = {
    "merging",
    (const struct shape_field[]){SHAPE(struct shapes_merging, into, "into"),
                                 SHAPE(struct shapes_merging, into_version, "into_version"),
                                 SHAPE(struct shapes_merging, copies, "copies"), SHAPE_END}};
const struct shapes_answer shapes_merged = {"merged", false, &merging, NULL, &done};
static const struct shape splitting = {
    "splitting",
    (const struct shape_field[]){SHAPE(struct shapes_splitting, leaves, "leaves"),
                                 SHAPE(struct shapes_splitting, stays, "stays"), SHAPE_END}};
const struct shapes_answer shapes_split = {"split", false, &splitting, NULL, &done};

static const struct shape note = {
    "note", (const struct shape_field[]){SHAPE(struct casebook_note, id, "id"),
                                         SHAPE_TIME(struct casebook_note, time_ms, "time"),
                                         SHAPE(struct casebook_note, person, "by"),
                                         SHAPE(struct casebook_note, words, "note"), SHAPE_END}};
const struct shapes_answer shapes_notes = {"notes", true, &note, NULL, NULL};

static const struct shape order = {
    "capture_order",
    (const struct shape_field[]){
        SHAPE(struct shapes_order, url, "url"), SHAPE(struct shapes_order, person, "by"),
        SHAPE(struct shapes_order, state, "state"), SHAPE(struct shapes_order, why, "why"),
        SHAPE_TIME(struct shapes_order, asked_ms, "asked"),
        SHAPE_TIME(struct shapes_order, since_ms, "since"), SHAPE_END}};
static const struct shape evidence_head = {
    "evidence_head",
    (const struct shape_field[]){
        SHAPE(struct shapes_evidence_head, open, "open"),
        SHAPE_LIST(struct shapes_evidence_head, orders, order_count, "orders", &order), SHAPE_END}};
const struct shapes_answer shapes_evidence = {"captures", true, &capture, &evidence_head, NULL};
static const struct shape hop = {
    "capture_hop",
    (const struct shape_field[]){
        SHAPE(struct page_hop, url, "url"), SHAPE(struct page_hop, address, "address"),
        SHAPE(struct page_hop, content_type, "content_type"),
        SHAPE(struct page_hop, location, "location"), SHAPE(struct page_hop, status, "status"),
        SHAPE(struct page_hop, bytes, "bytes"), SHAPE(struct page_hop, is_cut, "cut"), SHAPE_END}};
static const struct shape kept = {
    "capture_read",
    (const struct shape_field[]){SHAPE(struct shapes_kept, case_id, "case"),
                                 SHAPE_MAYBE(struct shapes_kept, capture, "capture", &capture),
                                 SHAPE_LIST(struct shapes_kept, hops, hop_count, "hops", &hop),
                                 SHAPE(struct shapes_kept, text, "text"),
                                 SHAPE(struct shapes_kept, image_bytes, "image_bytes"),
                                 SHAPE(struct shapes_kept, is_readable, "readable"), SHAPE_END}};
const struct shapes_answer shapes_kept = {"capture_page", false, &kept, NULL, NULL};

static const struct shape sign_in = {
    "sign_in",
    (const struct shape_field[]){SHAPE(struct casebook_sign_in_seen, id, "id"),
                                 SHAPE_TIME(struct casebook_sign_in_seen, made_ms, "since"),
                                 SHAPE_TIME(struct casebook_sign_in_seen, seen_ms, "seen"),
                                 SHAPE(struct casebook_sign_in_seen, is_this, "this"), SHAPE_END}};
static const struct shape account = {
    "account", (const struct shape_field[]){
                   SHAPE(struct shapes_account, name, "name"),
                   SHAPE(struct shapes_account, organisation, "organisation"),
                   SHAPE(struct shapes_account, role, "role"),
                   SHAPE_TIME(struct shapes_account, created_ms, "since"),
                   SHAPE(struct shapes_account, fingerprint, "key"),
                   SHAPE(struct shapes_account, is_sealed, "sealed"),
                   SHAPE(struct shapes_account, has_factor, "second_factor"),
                   SHAPE(struct shapes_account, recovery_left, "recovery_left"),
                   SHAPE_LIST(struct shapes_account, sign_ins, sign_in_count, "sign_ins", &sign_in),
                   SHAPE_END}};
const struct shapes_answer shapes_account = {"account", false, &account, NULL, NULL};
static const struct shape recovery_codes = {
    "recovery_codes",
    (const struct shape_field[]){SHAPE_STRINGS(struct shapes_recovery, codes, count, "recovery"),
                                 SHAPE_END}};
const struct shapes_answer shapes_account_step = {"account_step", false, &recovery_codes, NULL,
                                                  &done};

const struct shapes_answer shapes_done = {"done", false, &done, NULL, NULL};

static const struct shape document = {"document", NULL};
const struct shapes_answer shapes_document = {"document", false, &document, NULL, NULL};
