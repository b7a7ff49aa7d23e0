/* What the appeal panel does: it admits, declines and decides appeals. */
#include "filter/base/arena.h"
#include "filter/base/err.h"
#include "filter/casebook/act.h"
#include "filter/casebook/decision.h"
#include "filter/casebook/sql.h"

#define ABUSIVE_MOST CASEBOOK_HOUR

/* Neither the team nor this case's approver: not by person, and not by organisation. */
static enum casebook_outcome judge_panel(struct casebook_act *act)
{
    int64_t acted, tied;
    if (!casebook_sql_number(act->casebook, 0, &acted, act->err,
                             "SELECT (SELECT count(*) FROM proposals WHERE case_id = ?1 AND"
                             " ?2 IN (proposer, approver)) +"
                             " (SELECT count(*) FROM answers WHERE case_id = ?1 AND person = ?2) +"
                             " (SELECT count(*) FROM entries WHERE case_id = ?1 AND"
                             " ?2 IN (reviewer, approver))",
                             "it", act->dossier.id, act->member.name) ||
        !casebook_sql_number(act->casebook, 0, &tied, act->err,
                             "WITH RECURSIVE reach (name) AS (VALUES (?2) UNION"
                             " SELECT ties.other FROM ties JOIN reach ON ties.one = reach.name)"
                             " SELECT count(*) FROM people JOIN reach ON organisation = reach.name"
                             " WHERE people.name IN (SELECT proposer FROM proposals WHERE"
                             " case_id = ?1 UNION SELECT approver FROM proposals WHERE"
                             " case_id = ?1 UNION SELECT approver FROM entries WHERE case_id = ?1)",
                             "it", act->dossier.id, act->member.organisation)) {
        return CASEBOOK_FAILED;
    }
    if (acted > 0) {
        err_set(act->err, "Anda sudah bertindak dalam kasus ini; banding diputus orang lain / you "
                          "acted in this case yourself: somebody else decides its appeals");
    } else if (tied > 0) {
        err_set(act->err, "organisasi Anda terikat dengan pengusul atau penyetuju kasus ini / your "
                          "organisation is tied to the reviewer's or the approver's of this case");
    } else {
        return CASEBOOK_DONE;
    }
    return CASEBOOK_REFUSED;
}

static enum casebook_outcome load_appeal(struct casebook_act *act,
                                         struct casebook_grievance *appeal)
{
    bool found;
    if (!casebook_appeal_load(act->casebook, act->dossier.id, act->request->appeal, appeal, &found,
                              act->err)) {
        return CASEBOOK_FAILED;
    }
    if (!found) {
        err_set(act->err, "kasus ini tidak punya banding %lld / this case has no appeal %lld",
                (long long)act->request->appeal, (long long)act->request->appeal);
        return CASEBOOK_REFUSED;
    }
    enum casebook_outcome outcome = casebook_act_row(act, OF_APPEAL, (int)appeal->state);
    if (outcome == CASEBOOK_DONE) {
        outcome = judge_panel(act);
    }
    if (outcome == CASEBOOK_DONE && act->request->action == ACTION_ABUSIVE &&
        act->now_ms - appeal->since_ms > ABUSIVE_MOST) {
        err_set(act->err, "hanya dalam satu jam pertama; kini kuatkan atau batalkan / an appeal is "
                          "rejected as abusive within an hour; by now uphold or overturn it");
        return CASEBOOK_REFUSED;
    }
    return outcome;
}

/* The decision as it stands now, at `decided_ms` and for that reason. */
static bool fill(struct casebook_act *act, const struct casebook_grievance *appeal,
                 struct str reason, int64_t decided_ms, struct casebook_decision *decision)
{
    struct casebook_listing listing;
    *decision = (struct casebook_decision){
        .appeal = appeal->id,
        .case_id = act->dossier.id,
        .result = (enum casebook_appeal_state)act->move->to,
        .reason = reason,
        .organisation = act->member.organisation,
        .decided_ms = decided_ms,
    };
    if (!casebook_entry_load(act->casebook, act->arena, act->dossier.id, &listing,
                             &decision->has_entry, act->err)) {
        return false;
    }
    if (decision->has_entry) {
        decision->entry = listing.id;
    }
    return true;
}

/* Whether what was signed is this decision and no other, by the key of who decides it. */
static enum casebook_outcome check_signed(struct casebook_act *act,
                                          const struct casebook_grievance *appeal,
                                          const struct casebook_decision *given)
{
    struct buf expected = BUF_EMPTY;
    struct err why = ERR_NONE;
    struct casebook_decision decision;
    enum casebook_outcome outcome = casebook_judge_key(act, &act->member, false);
    if (outcome != CASEBOOK_DONE) {
        return outcome;
    }
    if (!fill(act, appeal, given->reason, given->decided_ms, &decision) ||
        !casebook_decision_write(&decision, &expected, act->err)) {
        buf_fini(&expected);
        return CASEBOOK_FAILED;
    }
    bool is_same = str_equal(buf_str(&expected), act->request->proposal);
    buf_fini(&expected);
    if (!is_same) {
        err_set(act->err, "byte itu memutus banding, entri atau hasil lain / the bytes decide "
                          "another appeal, entry or result");
    } else if (given->decided_ms > act->now_ms + CASEBOOK_DECISION_APART_MS ||
               given->decided_ms < appeal->since_ms - CASEBOOK_DECISION_APART_MS) {
        err_set(act->err, "waktu dalam byte itu bukan sejak banding ini masuk sampai kini / the "
                          "time in the bytes is not between this appeal and now");
    } else if (!sshsig_verify(act->request->signature, act->request->proposal, &act->member.key,
                              &why)) {
        err_set(act->err, "tanda tangan panel tidak cocok / the signature %s", why.message);
    } else {
        return CASEBOOK_DONE;
    }
    return CASEBOOK_REFUSED;
}

/* The reason is the one that is signed, whatever was typed beside it. */
static enum casebook_outcome take_signed(struct casebook_act *act,
                                         struct casebook_grievance *appeal,
                                         struct casebook_request *request)
{
    struct casebook_decision given;
    enum casebook_outcome outcome;
    if (request->signature.len == 0) {
        return casebook_act_attached(act); /* which says what is missing */
    }
    if (!casebook_decision_read(request->proposal, act->arena, &given, act->err)) {
        return CASEBOOK_REFUSED;
    }
    request->reason = given.reason;
    outcome = casebook_act_attached(act);
    if (outcome == CASEBOOK_DONE) {
        outcome = check_signed(act, appeal, &given);
    }
    appeal->bytes = request->proposal;
    appeal->signature = request->signature;
    return outcome;
}

enum casebook_outcome casebook_act_panel(struct casebook_act *act)
{
    struct casebook_grievance appeal;
    struct casebook_request request = *act->request;
    const struct casebook_request *asked = act->request;
    enum casebook_outcome outcome = load_appeal(act, &appeal);
    if (outcome != CASEBOOK_DONE) {
        return outcome;
    }
    act->request = &request;
    outcome = (act->move->needs & NEEDS_SIGNATURE) != 0 ? take_signed(act, &appeal, &request)
                                                        : casebook_act_attached(act);
    if (outcome == CASEBOOK_DONE &&
        !casebook_appeal_decide(act->casebook, act->arena, &act->dossier, &appeal, act->move,
                                BY_APPEALS, act->member.name, request.reason, act->err)) {
        outcome = CASEBOOK_FAILED;
    }
    act->request = asked;
    return outcome;
}

static enum casebook_outcome draft(struct casebook_act *act, struct buf *bytes)
{
    struct casebook_grievance appeal;
    struct casebook_decision decision;
    enum casebook_outcome outcome = casebook_act_load(act, act->request->case_id);
    if (outcome == CASEBOOK_DONE) {
        outcome = load_appeal(act, &appeal);
    }
    if (outcome == CASEBOOK_DONE && (act->move->needs & NEEDS_SIGNATURE) == 0) {
        err_set(act->err, "putusan ini tidak ditandatangani / this decision is not signed");
        outcome = CASEBOOK_REFUSED;
    }
    if (outcome == CASEBOOK_DONE) {
        outcome = casebook_judge_key(act, &act->member, false);
    }
    if (outcome == CASEBOOK_DONE) { /* all but the signature, which is yet to be made */
        struct casebook_request request = *act->request;
        const struct casebook_request *asked = act->request;
        request.signature = STR("-");
        act->request = &request;
        outcome = casebook_act_attached(act);
        act->request = asked;
    }
    return outcome != CASEBOOK_DONE ? outcome
           : fill(act, &appeal, act->request->reason, act->now_ms, &decision) &&
                   casebook_decision_write(&decision, bytes, act->err)
               ? CASEBOOK_DONE
               : CASEBOOK_FAILED;
}

enum casebook_outcome casebook_decision_draft(struct casebook *casebook,
                                              const struct casebook_session *session,
                                              const struct casebook_request *request,
                                              struct buf *bytes, struct err *err)
{
    struct arena *arena = arena_new(4 << 20);
    struct casebook_act act = {
        .casebook = casebook, .session = session, .request = request, .arena = arena, .err = err};
    enum casebook_outcome outcome = draft(&act, bytes);
    arena_free(arena);
    return outcome;
}
