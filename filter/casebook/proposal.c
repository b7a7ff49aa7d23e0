#include "filter/casebook/proposal.h"

#include <stdlib.h>
#include <string.h>

#include "filter/base/canonical.h"
#include "filter/base/err.h"
#include "filter/casebook/internal.h"
#include "filter/text/url.h"

#define RECORD "saring-record-1"
#define CORRECTION "saring-correction-1"
#define REFERRAL "saring-referral-1"

static json_t *time_text(int64_t time_ms)
{
    char text[CLOCK_TEXT];
    return json_string(clock_format(time_ms, text));
}

static json_t *answers_json(const struct casebook_answers *answers)
{
    json_t *object = json_object();
    for (int i = 0; i < CASEBOOK_TEST_COUNT; i++) {
        json_object_set_new(object, casebook_test_name((enum casebook_test)i),
                            json_string(answers->of[i] == ANSWER_YES ? "yes" : "no"));
    }
    return object;
}

bool casebook_answers_write(const struct casebook_answers *answers, struct buf *out,
                            struct err *err)
{
    json_t *object = answers_json(answers);
    bool done = canonical_json(object, out, err);
    json_decref(object);
    return done;
}

static bool take_answers(const json_t *object, struct casebook_answers *answers, struct err *err)
{
    for (int i = 0; i < CASEBOOK_TEST_COUNT; i++) {
        struct str word = casebook_json_text(object, casebook_test_name((enum casebook_test)i));
        answers->of[i] = str_is(word, "no")    ? ANSWER_NO
                         : str_is(word, "yes") ? ANSWER_YES
                                               : ANSWER_NONE;
    }
    return casebook_answers_check(answers, err);
}

bool casebook_answers_check(const struct casebook_answers *answers, struct err *err)
{
    for (int i = 0; i < CASEBOOK_TEST_COUNT; i++) {
        if (answers->of[i] != ANSWER_NO && answers->of[i] != ANSWER_YES) {
            return err_set(err, "the question \"%s\" is not answered (yes or no)",
                           casebook_test_name((enum casebook_test)i));
        }
    }
    return true;
}

bool casebook_answers_clear(const struct casebook_answers *answers, struct err *err)
{
    if (!casebook_answers_check(answers, err)) {
        return false;
    }
    for (int i = 0; i < CASEBOOK_TEST_COUNT; i++) {
        if (answers->of[i] == ANSWER_YES) {
            return err_set(err, "it is not listable: \"%s\" is answered with yes",
                           casebook_test_name((enum casebook_test)i));
        }
    }
    return true;
}

static bool write_record(const struct casebook_draft *draft, const struct casebook_basis *basis,
                         struct buf *out, struct err *err)
{
    char revision[HASH_HEX];
    json_t *record = json_pack(
        "{so ss so ss so so so so ss so ss}", "answers", answers_json(&draft->answers), "class",
        rule_class_name(basis->class), "conflict", casebook_json_str(draft->conflict), "kind",
        casebook_kind_name(draft->kind), "milder", casebook_json_str(draft->milder), "organisation",
        casebook_json_str(basis->organisation), "reason_en", casebook_json_str(draft->reason_en),
        "reviewer", casebook_json_str(basis->reviewer), "revision",
        hash_format(&basis->revision, revision), "rule", casebook_json_str(basis->rule_id), "type",
        RECORD);
    bool done = canonical_json(record, out, err);
    json_decref(record);
    return done;
}

static bool write_entry(const struct casebook_draft *draft, const struct casebook_basis *basis,
                        int64_t start_ms, const struct hash *record, struct buf *out,
                        struct blocklist_entry **entry, struct err *err)
{
    struct blocklist_draft parts = {
        .class = basis->class,
        .case_id = draft->case_id,
        .scope = draft->scope,
        .target = draft->target,
        .start_ms = start_ms,
        .end_ms = draft->end_ms,
        .harvest = draft->harvest,
        .observed_ms = draft->observed_ms,
        .evidence = draft->evidence,
        .evidence_count = draft->evidence_count,
        .reason = draft->reason,
        .record = *record,
        .season = basis->is_demo ? NULL : &basis->season_id,
    };
    *entry = blocklist_entry_new(&parts, err);
    if (*entry == NULL) {
        return false;
    }
    buf_put_str(out, blocklist_entry_json(*entry));
    return basis->is_demo || draft->end_ms <= basis->season_end_ms ||
           err_set(err, "the entry ends after the season");
}

static int compare_hashes(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct hash));
}

/* The evidence in order; NULL if there is none, too much, or the same twice. */
static json_t *evidence_json(const struct casebook_draft *draft, struct err *err)
{
    struct hash sorted[BLOCKLIST_EVIDENCE_MOST];
    size_t count = draft->evidence_count;
    if (count < 1 || count > BLOCKLIST_EVIDENCE_MOST) {
        err_set(err, "there are %zu pieces of evidence; 1 to %d are needed", count,
                BLOCKLIST_EVIDENCE_MOST);
        return NULL;
    }
    memcpy(sorted, draft->evidence, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, compare_hashes);
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && compare_hashes(&sorted[i - 1], &sorted[i]) == 0) {
            err_set(err, "the same evidence is named twice");
            json_decref(list);
            return NULL;
        }
        json_array_append_new(list, casebook_json_hash(&sorted[i]));
    }
    return list;
}

/* What a correction and a referral have in common. */
static json_t *common_json(const struct casebook_draft *draft, const struct casebook_basis *basis,
                           int64_t start_ms, const struct hash *record, const char *type,
                           struct err *err)
{
    json_t *evidence = evidence_json(draft, err);
    if (evidence == NULL) {
        return NULL;
    }
    return json_pack("{sI ss so so so so so so ss}", "case", (json_int_t)draft->case_id, "class",
                     rule_class_name(basis->class), "evidence", evidence, "observed",
                     time_text(draft->observed_ms), "reason", casebook_json_str(draft->reason),
                     "record", casebook_json_hash(record), "season",
                     casebook_json_str(basis->season), "start", time_text(start_ms), "type", type);
}

static bool write_correction(const struct casebook_draft *draft, const struct casebook_basis *basis,
                             int64_t start_ms, const struct hash *record, struct buf *out,
                             struct err *err)
{
    if (basis->class == RULE_FRAUD) {
        return err_set(err, "a correction is for procedure and claim; fraud leads to an entry or a "
                            "referral");
    }
    if (!casebook_check_words(draft->text, "the correction", 1, CASEBOOK_TEXT_MOST, err)) {
        return false;
    }
    json_t *object = common_json(draft, basis, start_ms, record, CORRECTION, err);
    if (object == NULL) {
        return false;
    }
    json_object_set_new(object, "text", casebook_json_str(draft->text));
    bool done = canonical_json(object, out, err);
    json_decref(object);
    return done;
}

static bool write_referral(const struct casebook_draft *draft, const struct casebook_basis *basis,
                           int64_t start_ms, const struct hash *record, struct buf *out,
                           struct err *err)
{
    struct buf canonical = BUF_EMPTY;
    struct url parts;
    struct err why = ERR_NONE;
    if (!url_canonical(draft->url, &canonical, &parts, &why)) {
        buf_fini(&canonical);
        return err_set(err, "the referral's URL %s", why.message);
    }
    json_t *object =
        casebook_check_words(draft->recipient_name, "the recipient's name", 2, 200, err)
            ? common_json(draft, basis, start_ms, record, REFERRAL, err)
            : NULL;
    bool done = object != NULL;
    if (done) {
        json_object_set_new(object, "recipient",
                            json_pack("{ss so}", "kind", casebook_recipient_name(draft->recipient),
                                      "name", casebook_json_str(draft->recipient_name)));
        json_object_set_new(object, "url", casebook_json_str(buf_str(&canonical)));
        done = canonical_json(object, out, err);
    }
    json_decref(object);
    buf_fini(&canonical);
    return done;
}

/* What every proposal must have, whatever its kind. */
static bool check_draft(const struct casebook_draft *draft, const struct casebook_basis *basis,
                        int64_t start_ms, struct err *err)
{
    if (draft->case_id != basis->case_id) {
        return err_set(err, "the proposal is of another case");
    }
    if (start_ms > basis->now_ms + CASEBOOK_BACK_MS || start_ms < basis->now_ms - CASEBOOK_HOUR) {
        return err_set(err, "the proposal was not made within the last hour: make it anew");
    }
    if (draft->observed_ms > basis->now_ms || draft->observed_ms > start_ms) {
        return err_set(err, "the evidence is from the future");
    }
    if (draft->observed_ms < basis->now_ms - BLOCKLIST_EVIDENCE_AGE_MS) {
        return err_set(err, "the evidence is older than 24 hours; capture it anew");
    }
    return casebook_answers_clear(&draft->answers, err) &&
           casebook_check_words(draft->reason, "the reason", BLOCKLIST_REASON_LEAST,
                                BLOCKLIST_REASON_MOST, err) &&
           casebook_check_words(draft->reason_en, "the English reason", 0, BLOCKLIST_REASON_MOST,
                                err) &&
           casebook_check_words(draft->conflict, "the statement about conflicts of interest", 2,
                                CASEBOOK_STATEMENT_MOST, err) &&
           casebook_check_words(draft->milder, "the statement about milder means", 3,
                                CASEBOOK_STATEMENT_MOST, err);
}

bool casebook_proposal_write(const struct casebook_draft *draft, const struct casebook_basis *basis,
                             int64_t start_ms, struct buf *proposal, struct buf *record,
                             struct blocklist_entry **entry, struct err *err)
{
    *entry = NULL;
    if (!check_draft(draft, basis, start_ms, err) || !write_record(draft, basis, record, err)) {
        return false;
    }
    struct hash hash = hash_sha256(buf_str(record));
    switch (draft->kind) {
    case KIND_ENTRY:
        return write_entry(draft, basis, start_ms, &hash, proposal, entry, err);
    case KIND_CORRECTION:
        return write_correction(draft, basis, start_ms, &hash, proposal, err);
    case KIND_REFERRAL:
        return write_referral(draft, basis, start_ms, &hash, proposal, err);
    }
    return err_set(err, "the proposal is of no known kind");
}

/* A proposal being read: what its draft points to. */
struct reading {
    struct casebook_draft draft;
    int64_t start_ms;
    struct hash evidence[BLOCKLIST_EVIDENCE_MOST];
    json_t *record, *other;        /* own the text */
    struct blocklist_entry *entry; /* owns the text of an entry */
};

static bool read_record(struct str text, struct reading *in, struct err *err)
{
    struct err why = ERR_NONE;
    in->record = canonical_read(text, &why);
    if (in->record == NULL) {
        return err_set(err, "the record %s", why.message);
    }
    in->draft.conflict = casebook_json_text(in->record, "conflict");
    in->draft.milder = casebook_json_text(in->record, "milder");
    in->draft.reason_en = casebook_json_text(in->record, "reason_en");
    if (!casebook_kind_parse(casebook_json_text(in->record, "kind"), &in->draft.kind)) {
        return err_set(err, "the record is of no known kind (entry, correction, referral)");
    }
    return take_answers(json_object_get(in->record, "answers"), &in->draft.answers, err);
}

static bool read_entry(struct str text, struct reading *in, struct err *err)
{
    in->entry = blocklist_entry_read(text, err);
    if (in->entry == NULL) {
        return false;
    }
    const struct blocklist_draft *parts = blocklist_entry_parts(in->entry);
    in->draft.case_id = parts->case_id;
    in->draft.scope = parts->scope;
    in->draft.target = parts->target;
    in->draft.harvest = parts->harvest;
    in->draft.observed_ms = parts->observed_ms;
    in->draft.end_ms = parts->end_ms;
    in->draft.reason = parts->reason;
    in->draft.evidence = parts->evidence;
    in->draft.evidence_count = parts->evidence_count;
    in->start_ms = parts->start_ms;
    return true;
}

static bool read_evidence(const json_t *list, struct reading *in, struct err *err)
{
    size_t count = json_array_size(list);
    if (count > BLOCKLIST_EVIDENCE_MOST) {
        return err_set(err, "there are more than %d pieces of evidence", BLOCKLIST_EVIDENCE_MOST);
    }
    for (size_t i = 0; i < count; i++) {
        const json_t *hex = json_array_get(list, i);
        struct str text = {json_string_value(hex), json_string_length(hex)};
        if (!hash_parse(text, &in->evidence[i])) {
            return err_set(err, "a piece of evidence is no SHA-256 in lower-case hexadecimal");
        }
    }
    in->draft.evidence = in->evidence;
    in->draft.evidence_count = count;
    return true;
}

static bool read_other(struct str text, struct reading *in, struct err *err)
{
    struct err why = ERR_NONE;
    in->other = canonical_read(text, &why);
    if (in->other == NULL) {
        return err_set(err, "the proposal %s", why.message);
    }
    const json_t *recipient = json_object_get(in->other, "recipient");
    in->draft.case_id = json_integer_value(json_object_get(in->other, "case"));
    in->draft.reason = casebook_json_text(in->other, "reason");
    in->draft.text = casebook_json_text(in->other, "text");
    in->draft.url = casebook_json_text(in->other, "url");
    in->draft.recipient_name = casebook_json_text(recipient, "name");
    if (in->draft.kind == KIND_REFERRAL &&
        !casebook_recipient_parse(casebook_json_text(recipient, "kind"), &in->draft.recipient)) {
        return err_set(err, "the recipient is none of platform, hosting, supervisor");
    }
    if (!clock_parse(casebook_json_text(in->other, "observed"), &in->draft.observed_ms) ||
        !clock_parse(casebook_json_text(in->other, "start"), &in->start_ms)) {
        return err_set(err, "the proposal has no times of observation and start");
    }
    return read_evidence(json_object_get(in->other, "evidence"), in, err);
}

static bool read_both(struct str proposal, struct str record, struct reading *in, struct err *err)
{
    if (proposal.len > CASEBOOK_PROPOSAL_BYTES || record.len > CASEBOOK_PROPOSAL_BYTES) {
        return err_set(err, "the proposal is longer than %d bytes", CASEBOOK_PROPOSAL_BYTES);
    }
    if (!read_record(record, in, err)) {
        return false;
    }
    return in->draft.kind == KIND_ENTRY ? read_entry(proposal, in, err)
                                        : read_other(proposal, in, err);
}

bool casebook_proposal_check(struct str proposal, struct str record,
                             const struct casebook_basis *basis, enum casebook_kind *kind,
                             struct blocklist_entry **entry, struct err *err)
{
    struct reading in = {.draft = {.kind = KIND_ENTRY}};
    struct buf again = BUF_EMPTY, record_again = BUF_EMPTY;
    *entry = NULL;
    bool done =
        read_both(proposal, record, &in, err) &&
        casebook_proposal_write(&in.draft, basis, in.start_ms, &again, &record_again, entry, err);
    /* One way to write it: whatever is unknown, of others, or spelled otherwise shows here. */
    if (done &&
        (!str_equal(buf_str(&again), proposal) || !str_equal(buf_str(&record_again), record))) {
        done = err_set(err, "the proposal or its record has other members or values than saring "
                            "writes for this case and person");
    }
    *kind = in.draft.kind;
    if (!done) {
        blocklist_entry_free(*entry);
        *entry = NULL;
    }
    json_decref(in.record);
    json_decref(in.other);
    blocklist_entry_free(in.entry);
    buf_fini(&again);
    buf_fini(&record_again);
    return done;
}
