#include "filter/casebook/proposal.h"

#include <stdlib.h>
#include <string.h>

#include "filter/base/canonical.h"
#include "filter/base/err.h"
#include "filter/casebook/addressees.h"
#include "filter/casebook/case.h"
#include "filter/text/url.h"

#define RECORD "saring-record-1"
#define CORRECTION "saring-correction-2"
#define REFERRAL "saring-referral-2"

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
            return err_set(
                err,
                "pertanyaan \"%s\" belum dijawab / the question \"%s\" is not answered (yes or "
                "no)",
                casebook_test_name((enum casebook_test)i),
                casebook_test_name((enum casebook_test)i));
        }
    }
    return true;
}

/* Which tests may be answered with yes: bits 1 << enum casebook_test. */
static unsigned allowed_tests(const struct casebook_answers *answers, enum casebook_kind kind,
                              enum casebook_recipient recipient)
{
    /* What is a government's and was not hacked is the government's word, and nobody's report. */
    return kind == KIND_REFERRAL && recipient == RECIPIENT_HOSTING &&
                   answers->of[TEST_HACKED] == ANSWER_YES
               ? CASEBOOK_TESTS_OF_HOSTING
               : 0;
}

bool casebook_answers_allow(const struct casebook_answers *answers, enum casebook_kind kind,
                            enum casebook_recipient recipient, struct err *err)
{
    if (!casebook_answers_check(answers, err)) {
        return false;
    }
    unsigned allowed = allowed_tests(answers, kind, recipient);
    for (int i = 0; i < CASEBOOK_TEST_COUNT; i++) {
        if (answers->of[i] == ANSWER_YES && (allowed & (1u << i)) == 0) {
            return err_set(
                err,
                "tidak boleh didaftar: \"%s\" dijawab ya / it is not listable: \"%s\" is "
                "answered with yes",
                casebook_test_name((enum casebook_test)i),
                casebook_test_name((enum casebook_test)i));
        }
    }
    return true;
}

bool casebook_proposal_allowed(struct str answers, enum casebook_kind kind, struct str proposal,
                               bool *is_allowed, struct err *err)
{
    struct casebook_answers read;
    struct err none = ERR_NONE;
    enum casebook_recipient recipient = RECIPIENT_PLATFORM;
    json_t *given = canonical_read(answers, err);
    json_t *object = given != NULL ? canonical_read(proposal, err) : NULL;
    const json_t *to = json_object_get(object, "recipient");
    bool done = object != NULL;
    *is_allowed = done &&
                  (kind != KIND_REFERRAL ||
                   casebook_recipient_parse(casebook_json_text(to, "kind"), &recipient)) &&
                  take_answers(given, &read, &none) &&
                  casebook_answers_allow(&read, kind, recipient, &none);
    json_decref(given);
    json_decref(object);
    return done;
}

static json_t *urgent_json(const struct casebook_urgent *urgent)
{
    return json_pack("{so so so so so so}", "on_call", casebook_json_str(urgent->on_call),
                     "registrant", casebook_json_str(urgent->registrant), "second",
                     casebook_json_str(urgent->second), "second_at", time_text(urgent->second_ms),
                     "second_sha256", casebook_json_hash(&urgent->second_sha256), "told",
                     time_text(urgent->told_ms));
}

/* `urgent` points into `object`. */
static bool read_urgent(const json_t *object, struct casebook_urgent *urgent, struct err *err)
{
    urgent->on_call = casebook_json_text(object, "on_call");
    urgent->registrant = casebook_json_text(object, "registrant");
    urgent->second = casebook_json_text(object, "second");
    return (clock_parse(casebook_json_text(object, "second_at"), &urgent->second_ms) &&
            clock_parse(casebook_json_text(object, "told"), &urgent->told_ms) &&
            hash_parse(casebook_json_text(object, "second_sha256"), &urgent->second_sha256)) ||
           err_set(err, "catatan jalur 24 jam tidak lengkap / the record's part about the 24-hour "
                        "lane has not all its members");
}

bool casebook_record_urgent(struct str record, struct arena *arena, struct casebook_urgent *urgent,
                            bool *found, struct err *err)
{
    json_t *object = canonical_read(record, err);
    const json_t *part = json_object_get(object, "urgent");
    bool done = object != NULL;
    *found = part != NULL;
    if (done && *found) {
        done = read_urgent(part, urgent, err);
        urgent->on_call = casebook_keep(arena, urgent->on_call);
        urgent->registrant = casebook_keep(arena, urgent->registrant);
        urgent->second = casebook_keep(arena, urgent->second);
    }
    json_decref(object);
    return done;
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
    if (draft->urgent != NULL) {
        json_object_set_new(record, "urgent", urgent_json(draft->urgent));
    }
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
           err_set(err, "entri berakhir sesudah musim / the entry ends after the season");
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
        err_set(err,
                "ada %zu bukti; perlu 1 sampai %d / there are %zu pieces of evidence; 1 to %d are "
                "needed",
                count, BLOCKLIST_EVIDENCE_MOST, count, BLOCKLIST_EVIDENCE_MOST);
        return NULL;
    }
    memcpy(sorted, draft->evidence, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, compare_hashes);
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && compare_hashes(&sorted[i - 1], &sorted[i]) == 0) {
            err_set(err, "bukti yang sama disebut dua kali / the same evidence is named twice");
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

static bool check_text(struct str text, const char *what, size_t least, size_t most,
                       const struct casebook_basis *basis, struct err *err)
{
    return casebook_check_words(text, what, least, most, err) &&
           casebook_check_public(text, basis->class, what, err);
}

static bool check_claim(const struct casebook_draft *draft, const struct casebook_basis *basis,
                        struct err *err)
{
    return check_text(draft->claim, "klaimnya / the claim", CASEBOOK_CLAIM_LEAST,
                      CASEBOOK_CLAIM_MOST, basis, err);
}

static bool write_correction(const struct casebook_draft *draft, const struct casebook_basis *basis,
                             int64_t start_ms, const struct hash *record, struct buf *out,
                             struct err *err)
{
    if (basis->class == RULE_FRAUD) {
        return err_set(
            err, "pelurusan hanya untuk tata cara dan klaim / a correction is for procedure and "
                 "claim; fraud leads to an entry or a "
                 "referral");
    }
    if (!check_claim(draft, basis, err) ||
        !check_text(draft->text, "teks pelurusan / the correction", 1, CASEBOOK_TEXT_MOST, basis,
                    err) ||
        !check_text(draft->text_en, "teks pelurusan berbahasa Inggris / the English correction", 0,
                    CASEBOOK_TEXT_MOST, basis, err)) {
        return false;
    }
    json_t *object = common_json(draft, basis, start_ms, record, CORRECTION, err);
    if (object == NULL) {
        return false;
    }
    json_object_set_new(object, "claim", casebook_json_str(draft->claim));
    json_object_set_new(object, "text", casebook_json_str(draft->text));
    json_object_set_new(object, "text_en", casebook_json_str(draft->text_en));
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
        return err_set(err, "URL rujukan tidak berlaku / the referral's URL %s", why.message);
    }
    json_t *object =
        casebook_check_words(draft->recipient_name, "nama penerima / the recipient's name", 2,
                             CASEBOOK_RECIPIENT_MOST, err) &&
                casebook_addressee_check(draft->recipient_name, err) &&
                check_claim(draft, basis, err)
            ? common_json(draft, basis, start_ms, record, REFERRAL, err)
            : NULL;
    bool done = object != NULL;
    if (done) {
        json_object_set_new(object, "claim", casebook_json_str(draft->claim));
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
        return err_set(err, "usulan ini milik kasus lain / the proposal is of another case");
    }
    if (start_ms > basis->now_ms + CASEBOOK_BACK_MS || start_ms < basis->now_ms - CASEBOOK_HOUR) {
        return err_set(
            err,
            "usulan tidak dibuat dalam satu jam terakhir / the proposal was not made within the "
            "last hour: make it anew");
    }
    if (draft->observed_ms > basis->now_ms || draft->observed_ms > start_ms) {
        return err_set(err, "bukti bertanggal di masa depan / the evidence is from the future");
    }
    if (draft->observed_ms < basis->now_ms - BLOCKLIST_EVIDENCE_AGE_MS) {
        return err_set(
            err, "bukti lebih tua dari 24 jam; rekam lagi / the evidence is older than 24 hours; "
                 "capture it anew");
    }
    return casebook_answers_allow(&draft->answers, draft->kind, draft->recipient, err) &&
           check_text(draft->reason, "alasan / the reason", BLOCKLIST_REASON_LEAST,
                      BLOCKLIST_REASON_MOST, basis, err) &&
           check_text(draft->reason_en, "alasan berbahasa Inggris / the English reason", 0,
                      BLOCKLIST_REASON_MOST, basis, err) &&
           check_text(draft->conflict,
                      "pernyataan konflik kepentingan / the statement about conflicts of interest",
                      2, CASEBOOK_STATEMENT_MOST, basis, err) &&
           check_text(draft->milder,
                      "pernyataan cara lebih ringan / the statement about milder means", 3,
                      CASEBOOK_STATEMENT_MOST, basis, err);
}

/* What the lane asks besides: what each of the two saw, who is on call, who was told. */
static bool check_urgent(const struct casebook_draft *draft, const struct casebook_basis *basis,
                         int64_t start_ms, struct err *err)
{
    const struct casebook_urgent *urgent = draft->urgent;
    int64_t oldest = basis->now_ms - CASEBOOK_HARVEST_MS;
    bool is_theirs = false;
    if (urgent == NULL) {
        return true;
    }
    if (draft->kind != KIND_ENTRY) {
        return err_set(err,
                       "jalur 24 jam hanya untuk entri / the 24-hour lane is for entries only");
    }
    if (draft->observed_ms < oldest || urgent->second_ms < oldest ||
        urgent->second_ms > basis->now_ms) {
        return err_set(err, "masing-masing harus mereproduksi panennya dalam 2 jam terakhir / each "
                            "of the two must have reproduced the harvest within the last 2 hours");
    }
    if (urgent->told_ms < oldest || urgent->told_ms > basis->now_ms) {
        return err_set(err, "penyetuju yang siaga belum diberi tahu dalam 2 jam terakhir / the "
                            "approver on call was not told within the last 2 hours");
    }
    if (draft->end_ms < start_ms + CASEBOOK_LANE_MS) {
        return err_set(err, "usulan penuhnya berakhir sebelum 24 jam / the full proposal ends "
                            "before the 24 hours of the lane");
    }
    for (size_t i = 0; i < draft->evidence_count; i++) {
        is_theirs |= memcmp(&draft->evidence[i], &urgent->second_sha256, sizeof(struct hash)) == 0;
    }
    if (!is_theirs || draft->evidence_count < 2) {
        return err_set(err,
                       "bukti tangkapan masing-masing penelaah harus ada / the capture of each "
                       "of the two must be among the evidence");
    }
    return casebook_check_words(urgent->registrant,
                                "pemberitahuan ke pendaftar domain / the registrant's notice", 3,
                                CASEBOOK_STATEMENT_MOST, err) &&
           casebook_check_words(urgent->on_call, "penyetuju siaga / the approver on call", 1,
                                CASEBOOK_NAME_MOST, err) &&
           casebook_check_words(urgent->second, "penelaah kedua / the second reviewer", 1,
                                CASEBOOK_NAME_MOST, err);
}

bool casebook_proposal_write(const struct casebook_draft *draft, const struct casebook_basis *basis,
                             int64_t start_ms, struct buf *proposal, struct buf *record,
                             struct blocklist_entry **entry, struct err *err)
{
    *entry = NULL;
    if (!check_draft(draft, basis, start_ms, err) || !check_urgent(draft, basis, start_ms, err) ||
        !write_record(draft, basis, record, err)) {
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
    struct casebook_urgent urgent;
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
    const json_t *urgent = json_object_get(in->record, "urgent");
    if (urgent != NULL) {
        in->draft.urgent = &in->urgent;
        if (!read_urgent(urgent, &in->urgent, err)) {
            return false;
        }
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
    in->draft.claim = casebook_json_text(in->other, "claim");
    in->draft.text = casebook_json_text(in->other, "text");
    in->draft.text_en = casebook_json_text(in->other, "text_en");
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

bool casebook_lane(struct str proposal, struct buf *lane, struct err *err)
{
    struct blocklist_entry *entry = blocklist_entry_read(proposal, err);
    if (entry == NULL) {
        return false;
    }
    struct blocklist_draft parts = *blocklist_entry_parts(entry);
    parts.end_ms = parts.start_ms + CASEBOOK_LANE_MS;
    struct blocklist_entry *short_one = blocklist_entry_new(&parts, err);
    if (short_one != NULL) {
        buf_put_str(lane, blocklist_entry_json(short_one));
    }
    blocklist_entry_free(short_one);
    blocklist_entry_free(entry);
    return short_one != NULL;
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
        done = err_set(
            err,
            "isi usulan atau catatannya berbeda dari yang ditulis saring / the proposal or its "
            "record has other members or values than saring "
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
