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
        err_set(act->err, "the case has no proposal");
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
    *is_answered = step == SQL_ROW;
    *is_clear = false;
    if (*is_answered) {
        struct casebook_answers all_no;
        struct buf clear = BUF_EMPTY;
        for (int i = 0; i < CASEBOOK_TEST_COUNT; i++) {
            all_no.of[i] = ANSWER_NO;
        }
        *is_clear = casebook_answers_write(&all_no, &clear, act->err) &&
                    str_equal(buf_str(&clear), casebook_sql_text(statement, 0));
        buf_fini(&clear);
    }
    casebook_sql_done(statement);
    return step != SQL_FAILED;
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
        err_set(act->err, "your answers on this proposal are in already, and stay");
        return CASEBOOK_REFUSED;
    }
    return keep_answers(act, &open);
}

enum casebook_outcome casebook_to_sign(struct casebook *casebook,
                                       const struct casebook_session *session, int64_t case_id,
                                       struct buf *proposal, struct buf *record, struct err *err)
{
    struct arena *arena = arena_new(4 << 20);
    struct casebook_act act = {
        .casebook = casebook, .session = session, .arena = arena, .err = err};
    struct casebook_open open;
    bool is_answered, is_clear;
    enum casebook_outcome outcome = casebook_act_load(&act, case_id);
    if (outcome == CASEBOOK_DONE &&
        (act.member.role != ROLE_INDEPENDENT || act.dossier.state != CASE_PROPOSED)) {
        err_set(err, "there is nothing for %.*s to sign", STR_FORMAT(act.member.name));
        outcome = CASEBOOK_REFUSED;
    }
    if (outcome == CASEBOOK_DONE) {
        outcome = load_open(&act, &open);
    }
    if (outcome == CASEBOOK_DONE && !casebook_answered(&act, &open, &is_answered, &is_clear)) {
        outcome = CASEBOOK_FAILED;
    }
    if (outcome == CASEBOOK_DONE && !is_answered) {
        err_set(err, "answer the blind form first: you see the reviewer's answers after yours");
        outcome = CASEBOOK_REFUSED;
    }
    if (outcome == CASEBOOK_DONE) {
        buf_put_str(proposal, open.proposal);
        buf_put_str(record, open.record);
    }
    arena_free(arena);
    return outcome;
}

/* The reviewer as of now: still there, and the signature is still good. */
static enum casebook_outcome check_reviewer(struct casebook_act *act,
                                            const struct casebook_open *open,
                                            struct casebook_member *reviewer)
{
    bool found;
    if (!casebook_member_find(act->casebook, act->arena, open->proposer, reviewer, &found,
                              act->err)) {
        return CASEBOOK_FAILED;
    }
    if (!found || reviewer->is_disabled || reviewer->role != ROLE_TEAM || !reviewer->has_key) {
        err_set(act->err, "the reviewer has no rights here any more");
        return CASEBOOK_REFUSED;
    }
    struct err why = ERR_NONE;
    if (!sshsig_verify(open->signature, open->proposal, &reviewer->key, &why)) {
        err_set(act->err, "the reviewer's signature %s", why.message);
        return CASEBOOK_REFUSED;
    }
    /* Other keys are refused when people are added; this is what the rule is about. */
    if (sshsig_key_equal(&reviewer->key, &act->member.key)) {
        err_set(act->err, "reviewer and approver have the same key");
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
        err_set(act->err, is_answered ? "your own answers say that it is not listable: return or "
                                        "reject it"
                                      : "answer the blind form first");
        return CASEBOOK_REFUSED;
    }
    struct err why = ERR_NONE;
    if (!sshsig_verify(act->request->signature, open->proposal, &act->member.key, &why)) {
        err_set(act->err, "the approver's signature %s", why.message);
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

/* The machine's part: an approved entry is in force with the row that holds all of it. */
static bool list_entry(struct casebook_act *act, const struct casebook_open *open,
                       const struct blocklist_entry *entry)
{
    struct hash id = blocklist_entry_id(entry);
    int64_t end_ms = blocklist_entry_parts(entry)->end_ms;
    json_t *detail = approval_detail(act, open);
    json_object_set_new(detail, "entry", casebook_json_hash(&id));
    json_object_set_new(detail, "json", casebook_json_str(open->proposal));
    const struct casebook_move *move =
        casebook_move_find(OF_CASE, CASE_APPROVED, ACTION_LIST, BY_MACHINE);
    act->moved->entry = id;
    return casebook_case_enter(act->casebook, &act->dossier, move, CASEBOOK_MACHINE, detail,
                               act->err) &&
           casebook_sql_run(act->casebook, act->err,
                            "INSERT INTO entries VALUES (?1, ?2, 'active', ?3, ?4, ?4, ?5, ?6, ?7,"
                            " ?8)",
                            "hiiitttt", &id, act->dossier.id, act->now_ms, end_ms, open->proposal,
                            blocklist_entry_host(entry), open->proposer, act->member.name);
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
                (open->kind != KIND_ENTRY || list_entry(act, open, entry));
    return done ? CASEBOOK_DONE : CASEBOOK_FAILED;
}

/* Reads the proposal anew, as it was checked when it was made. */
static enum casebook_outcome read_again(struct casebook_act *act, const struct casebook_open *open,
                                        struct blocklist_entry **entry)
{
    struct casebook_basis basis = casebook_act_basis(act);
    enum casebook_kind kind;
    basis.reviewer = open->proposer;
    basis.organisation = open->organisation;
    basis.now_ms = open->made_ms;
    if (!str_equal(open->rule_id, act->dossier.rule_id) ||
        memcmp(&open->revision, &act->dossier.revision, sizeof open->revision) != 0) {
        err_set(act->err, "the rule's class or evidence changed since this was proposed");
        return CASEBOOK_REFUSED;
    }
    if (!casebook_proposal_check(open->proposal, open->record, &basis, &kind, entry, act->err)) {
        return CASEBOOK_REFUSED;
    }
    if (kind != open->kind) {
        err_set(act->err, "the proposal is of another kind than it was kept as");
        return CASEBOOK_REFUSED;
    }
    return CASEBOOK_DONE;
}

enum casebook_outcome casebook_act_approve(struct casebook_act *act)
{
    struct casebook_open open;
    struct casebook_member reviewer;
    struct blocklist_entry *entry = NULL;
    enum casebook_outcome outcome = load_open(act, &open);
    if (outcome == CASEBOOK_DONE) {
        outcome = check_approver(act, &open);
    }
    if (outcome == CASEBOOK_DONE) {
        outcome = check_reviewer(act, &open, &reviewer);
    }
    if (outcome == CASEBOOK_DONE) {
        outcome = read_again(act, &open, &entry);
    }
    if (outcome == CASEBOOK_DONE) {
        outcome = approve(act, &open, entry);
    }
    blocklist_entry_free(entry);
    return outcome;
}
