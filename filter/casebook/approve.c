#include <string.h>

#include "filter/base/arena.h"
#include "filter/base/canonical.h"
#include "filter/base/err.h"
#include "filter/blocklist/entry.h"
#include "filter/casebook/act.h"
#include "filter/casebook/sql.h"

static enum casebook_outcome load_open(struct casebook_act *act, struct casebook_open *open)
{
    bool found;
    if (!casebook_open_load(act->casebook, act->arena, act->dossier.id, open, &found, act->err)) {
        return CASEBOOK_FAILED;
    }
    if (!found) {
        err_set(act->err, "kasus ini tidak punya usulan / the case has no proposal");
        return CASEBOOK_REFUSED;
    }
    return casebook_judge_person(act, open);
}

bool casebook_answered(struct casebook_act *act, const struct casebook_open *open,
                       bool *is_answered, bool *is_clear)
{
    sqlite3_stmt *statement = casebook_sql(
        act->casebook, act->err,
        "SELECT answers FROM answers WHERE case_id = ?1 AND number = ?2 AND person = ?3", "iit",
        act->dossier.id, open->number, act->member.name);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step = casebook_sql_step(act->casebook, statement, act->err);
    bool done = step != SQL_FAILED;
    *is_answered = step == SQL_ROW;
    *is_clear = false;
    if (*is_answered) {
        done = casebook_proposal_allowed(casebook_sql_text(statement, 0), open->kind,
                                         open->proposal, is_clear, act->err);
    }
    casebook_sql_done(statement);
    return done;
}

static enum casebook_outcome keep_answers(struct casebook_act *act,
                                          const struct casebook_open *open)
{
    struct buf text = BUF_EMPTY;
    if (!casebook_answers_check(act->request->answers, act->err)) {
        return CASEBOOK_REFUSED;
    }
    struct hash proposal = hash_sha256(open->proposal);
    bool done = casebook_answers_write(act->request->answers, &text, act->err);
    if (done) {
        json_t *detail = json_pack("{so so}", "answers", canonical_read(buf_str(&text), act->err),
                                   "proposal", casebook_json_hash(&proposal));
        done = casebook_case_enter(act->casebook, &act->dossier, act->move, act->member.name,
                                   detail, act->err) &&
               casebook_sql_run(act->casebook, act->err,
                                "INSERT INTO answers VALUES (?1, ?2, ?3, ?4)", "iitt",
                                act->dossier.id, open->number, act->member.name, buf_str(&text));
    }
    buf_fini(&text);
    return done ? CASEBOOK_DONE : CASEBOOK_FAILED;
}

enum casebook_outcome casebook_act_answer(struct casebook_act *act)
{
    struct casebook_open open;
    bool is_answered, is_clear;
    enum casebook_outcome outcome = load_open(act, &open);
    if (outcome != CASEBOOK_DONE) {
        return outcome;
    }
    if (!casebook_answered(act, &open, &is_answered, &is_clear)) {
        return CASEBOOK_FAILED;
    }
    if (is_answered) {
        err_set(act->err,
                "jawaban Anda sudah masuk dan tetap / your answers on this proposal are in "
                "already, and stay");
        return CASEBOOK_REFUSED;
    }
    return keep_answers(act, &open);
}

/* The approver's part: the proposal, once their own answers are in. */
static enum casebook_outcome give_proposal(struct casebook_act *act, struct buf *proposal,
                                           struct buf *record)
{
    struct casebook_open open;
    bool is_answered, is_clear;
    enum casebook_outcome outcome = load_open(act, &open);
    if (outcome == CASEBOOK_DONE && !casebook_answered(act, &open, &is_answered, &is_clear)) {
        outcome = CASEBOOK_FAILED;
    }
    if (outcome == CASEBOOK_DONE && !is_answered) {
        err_set(act->err, "isi formulir buta dulu; jawaban penelaah terlihat sesudahnya / answer "
                          "the blind form first: you see the reviewer's answers after yours");
        outcome = CASEBOOK_REFUSED;
    }
    if (outcome == CASEBOOK_DONE) {
        buf_put_str(proposal, open.proposal);
        buf_put_str(record, open.record);
    }
    return outcome;
}

static enum casebook_outcome give_nothing(struct casebook_act *act)
{
    err_set(act->err,
            "tidak ada yang perlu ditandatangani %.*s / there is nothing for %.*s to sign",
            STR_FORMAT(act->member.name), STR_FORMAT(act->member.name));
    return CASEBOOK_REFUSED;
}

/* The second reviewer's part of the 24-hour lane. */
static enum casebook_outcome give_lane(struct casebook_act *act, struct buf *proposal,
                                       struct buf *record)
{
    struct casebook_open open;
    struct casebook_urgent urgent;
    bool found;
    if (!casebook_urgent_offered(act, &open, &urgent, &found)) {
        return CASEBOOK_FAILED;
    }
    if (!found || !str_equal(urgent.second, act->member.name)) {
        return give_nothing(act);
    }
    buf_put_str(proposal, open.lane);
    buf_put_str(record, open.record);
    return CASEBOOK_DONE;
}

/* What restores an entry: for who proposed it, and for an approver whom they asked. */
static enum casebook_outcome give_restoration(struct casebook_act *act, struct buf *proposal)
{
    struct casebook_listing listing;
    struct str bytes, person, signature;
    bool found, asked = false;
    bool is_proposer = str_equal(act->dossier.proposer, act->member.name);
    if (!casebook_entry_load(act->casebook, act->arena, act->dossier.id, &listing, &found,
                             act->err) ||
        (found && !casebook_restore_asked(act->casebook, act->arena, &listing, &bytes, &person,
                                          &signature, &asked, act->err))) {
        return CASEBOOK_FAILED;
    }
    bool is_approver = act->member.role == ROLE_INDEPENDENT && asked;
    if (!found || listing.state != ENTRY_SUSPENDED || (!is_proposer && !is_approver)) {
        return give_nothing(act);
    }
    return casebook_restore_bytes(&listing, proposal, act->err) ? CASEBOOK_DONE : CASEBOOK_FAILED;
}

enum casebook_outcome casebook_to_sign(struct casebook *casebook,
                                       const struct casebook_session *session, int64_t case_id,
                                       struct buf *proposal, struct buf *record, struct err *err)
{
    struct arena *arena = arena_new(4 << 20);
    struct casebook_act act = {
        .casebook = casebook, .session = session, .arena = arena, .err = err};
    enum casebook_outcome outcome = casebook_act_load(&act, case_id);
    enum casebook_state state = act.dossier.state;
    bool is_independent = act.member.role == ROLE_INDEPENDENT;
    if (outcome != CASEBOOK_DONE) {
        arena_free(arena);
        return outcome;
    }
    if (is_independent && (state == CASE_PROPOSED || state == CASE_URGENT)) {
        outcome = give_proposal(&act, proposal, record);
    } else if (act.member.role == ROLE_TEAM && state == CASE_CLAIMED) {
        outcome = give_lane(&act, proposal, record);
    } else if ((is_independent || act.member.role == ROLE_TEAM) && state == CASE_LISTED) {
        outcome = give_restoration(&act, proposal);
    } else {
        outcome = give_nothing(&act);
    }
    arena_free(arena);
    return outcome;
}

/* The reviewer as of now: still there, and the signature is still good. */
enum casebook_outcome casebook_judge_reviewer(struct casebook_act *act,
                                              const struct casebook_open *open,
                                              struct casebook_member *reviewer)
{
    bool found;
    if (!casebook_member_find(act->casebook, act->arena, open->proposer, reviewer, &found,
                              act->err)) {
        return CASEBOOK_FAILED;
    }
    if (!found || reviewer->is_disabled || reviewer->role != ROLE_TEAM || !reviewer->has_key) {
        err_set(act->err,
                "penelaahnya tidak berhak lagi di sini / the reviewer has no rights here any "
                "more");
        return CASEBOOK_REFUSED;
    }
    struct err why = ERR_NONE;
    if (!sshsig_verify(open->signature, open->proposal, &reviewer->key, &why)) {
        err_set(act->err, "tanda tangan penelaah tidak berlaku / the reviewer's signature %s",
                why.message);
        return CASEBOOK_REFUSED;
    }
    /* Other keys are refused when people are added; this is what the rule is about. */
    if (sshsig_key_equal(&reviewer->key, &act->member.key)) {
        err_set(act->err,
                "penelaah dan penyetuju berkunci sama / reviewer and approver have the same key");
        return CASEBOOK_REFUSED;
    }
    return casebook_judge_key(act, reviewer, false);
}

static enum casebook_outcome check_approver(struct casebook_act *act,
                                            const struct casebook_open *open)
{
    bool is_answered, is_clear;
    enum casebook_outcome outcome = casebook_judge_key(act, &act->member, true);
    if (outcome != CASEBOOK_DONE) {
        return outcome;
    }
    if (!casebook_answered(act, open, &is_answered, &is_clear)) {
        return CASEBOOK_FAILED;
    }
    if (!is_clear) {
        err_set(act->err, is_answered
                              ? "jawaban Anda sendiri berkata ini tidak boleh didaftar: kembalikan "
                                "atau tolak / your own answers say that it is not listable: return "
                                "or reject it"
                              : "isi formulir buta dulu / answer the blind form first");
        return CASEBOOK_REFUSED;
    }
    struct err why = ERR_NONE;
    if (!sshsig_verify(act->request->signature, open->proposal, &act->member.key, &why)) {
        err_set(act->err, "tanda tangan penyetuju tidak berlaku / the approver's signature %s",
                why.message);
        return CASEBOOK_REFUSED;
    }
    return CASEBOOK_DONE;
}

static json_t *approval_detail(struct casebook_act *act, const struct casebook_open *open)
{
    struct hash proposal = hash_sha256(open->proposal), record = hash_sha256(open->record);
    return json_pack(
        "{so ss so so so so so so}", "conflict", casebook_json_str(act->request->conflict), "kind",
        casebook_kind_name(open->kind), "proposal", casebook_json_hash(&proposal), "record",
        casebook_json_hash(&record), "approver", casebook_json_str(act->member.name),
        "approver_signature", casebook_json_str(act->request->signature), "reviewer",
        casebook_json_str(open->proposer), "reviewer_signature",
        casebook_json_str(open->signature));
}

static bool put_entry(struct casebook_act *act, const struct casebook_open *open,
                      const struct blocklist_entry *entry, const struct hash *id)
{
    int64_t end_ms = blocklist_entry_parts(entry)->end_ms;
    return casebook_sql_run(act->casebook, act->err,
                            "INSERT INTO entries (id, case_id, state, since_ms, due_ms, end_ms,"
                            " entry, host, reviewer, approver)"
                            " VALUES (?1, ?2, 'active', ?3, ?4, ?4, ?5, ?6, ?7, ?8)"
                            /* a provisional one gives way to what A signed */
                            " ON CONFLICT (case_id) DO UPDATE SET id = ?1, state = 'active',"
                            " since_ms = ?3, due_ms = ?4, end_ms = ?4, entry = ?5, host = ?6,"
                            " reviewer = ?7, approver = ?8, lane = 0 WHERE state = 'provisional'",
                            "hiiitttt", id, act->dossier.id, act->now_ms, end_ms, open->proposal,
                            blocklist_entry_host(entry), open->proposer, act->member.name) &&
           (sqlite3_changes(act->casebook->db) == 1 ||
            err_set(act->err, "kasus ini sudah punya entri / this case has an entry already"));
}

/* The machine's part: an approved entry is in force with the row that holds all of it. */
static bool list_entry(struct casebook_act *act, const struct casebook_open *open,
                       const struct blocklist_entry *entry)
{
    struct hash id = blocklist_entry_id(entry);
    json_t *detail = approval_detail(act, open);
    json_object_set_new(detail, "entry", casebook_json_hash(&id));
    json_object_set_new(detail, "json", casebook_json_str(open->proposal));
    const struct casebook_move *move =
        casebook_move_find(OF_CASE, CASE_APPROVED, ACTION_LIST, BY_MACHINE);
    act->moved->entry = id;
    return casebook_case_enter(act->casebook, &act->dossier, move, CASEBOOK_MACHINE, detail,
                               act->err) &&
           put_entry(act, open, entry, &id);
}

/* Of an appeal and an approval at once, the suspension wins. */
static enum casebook_outcome check_provisional(struct casebook_act *act)
{
    struct casebook_listing listing;
    bool found;
    if (act->dossier.state != CASE_URGENT) {
        return CASEBOOK_DONE;
    }
    if (!casebook_entry_load(act->casebook, act->arena, act->dossier.id, &listing, &found,
                             act->err)) {
        return CASEBOOK_FAILED;
    }
    if (!found ||
        casebook_move_find(OF_ENTRY, (int)listing.state, ACTION_APPROVE, BY_INDEPENDENT) == NULL) {
        err_set(act->err, "entri sementaranya ditangguhkan; penangguhan menang / its provisional "
                          "entry is suspended, and a suspension wins");
        return CASEBOOK_REFUSED;
    }
    return CASEBOOK_DONE;
}

static enum casebook_outcome approve(struct casebook_act *act, const struct casebook_open *open,
                                     const struct blocklist_entry *entry)
{
    if (open->kind == KIND_ENTRY) {
        enum casebook_outcome outcome = casebook_judge_entry(act, entry, open->proposer, true);
        if (outcome != CASEBOOK_DONE) {
            return outcome;
        }
    }
    bool done = casebook_case_enter(act->casebook, &act->dossier, act->move, act->member.name,
                                    approval_detail(act, open), act->err) &&
                casebook_sql_run(act->casebook, act->err,
                                 "UPDATE proposals SET approver = ?3 WHERE case_id = ?1 AND"
                                 " number = ?2",
                                 "iit", act->dossier.id, open->number, act->member.name) &&
                (open->kind != KIND_ENTRY || list_entry(act, open, entry));
    return done ? CASEBOOK_DONE : CASEBOOK_FAILED;
}

/* Reads the proposal anew, as it was checked when it was made. */
enum casebook_outcome casebook_open_again(struct casebook_act *act,
                                          const struct casebook_open *open,
                                          struct blocklist_entry **entry)
{
    struct casebook_basis basis = casebook_act_basis(act);
    enum casebook_kind kind;
    basis.reviewer = open->proposer;
    basis.organisation = open->organisation;
    basis.now_ms = open->made_ms;
    if (!str_equal(open->rule_id, act->dossier.rule_id) ||
        memcmp(&open->revision, &act->dossier.revision, sizeof open->revision) != 0) {
        err_set(act->err,
                "kelas atau bukti aturannya berubah sejak diusulkan / the rule's class or "
                "evidence changed since this was proposed");
        return CASEBOOK_REFUSED;
    }
    if (!casebook_proposal_check(open->proposal, open->record, &basis, &kind, entry, act->err)) {
        return CASEBOOK_REFUSED;
    }
    if (kind != open->kind) {
        err_set(act->err,
                "jenis usulan berbeda dari yang disimpan / the proposal is of another kind than "
                "it was kept as");
        return CASEBOOK_REFUSED;
    }
    return CASEBOOK_DONE;
}

enum casebook_outcome casebook_act_approve(struct casebook_act *act)
{
    struct casebook_open open;
    struct casebook_member reviewer;
    struct blocklist_entry *entry = NULL;
    enum casebook_outcome outcome = check_provisional(act);
    if (outcome == CASEBOOK_DONE) {
        outcome = load_open(act, &open);
    }
    if (outcome == CASEBOOK_DONE) {
        outcome = check_approver(act, &open);
    }
    if (outcome == CASEBOOK_DONE) {
        outcome = casebook_judge_reviewer(act, &open, &reviewer);
    }
    if (outcome == CASEBOOK_DONE) {
        outcome = casebook_open_again(act, &open, &entry);
    }
    if (outcome == CASEBOOK_DONE) {
        outcome = approve(act, &open, entry);
    }
    blocklist_entry_free(entry);
    return outcome;
}
