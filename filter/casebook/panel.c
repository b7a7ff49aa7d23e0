/* What the appeal panel does: it admits, declines and decides appeals. */
#include "filter/base/err.h"
#include "filter/casebook/act.h"
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

enum casebook_outcome casebook_act_panel(struct casebook_act *act)
{
    struct casebook_grievance appeal;
    bool found;
    if (!casebook_appeal_load(act->casebook, act->dossier.id, act->request->appeal, &appeal, &found,
                              act->err)) {
        return CASEBOOK_FAILED;
    }
    if (!found) {
        err_set(act->err, "kasus ini tidak punya banding %lld / this case has no appeal %lld",
                (long long)act->request->appeal, (long long)act->request->appeal);
        return CASEBOOK_REFUSED;
    }
    enum casebook_outcome outcome = casebook_act_find(act, OF_APPEAL, (int)appeal.state);
    if (outcome == CASEBOOK_DONE) {
        outcome = judge_panel(act);
    }
    if (outcome != CASEBOOK_DONE) {
        return outcome;
    }
    if (act->request->action == ACTION_ABUSIVE && act->now_ms - appeal.since_ms > ABUSIVE_MOST) {
        err_set(act->err, "hanya dalam satu jam pertama; kini kuatkan atau batalkan / an appeal is "
                          "rejected as abusive within an hour; by now uphold or overturn it");
        return CASEBOOK_REFUSED;
    }
    return casebook_appeal_decide(act->casebook, act->arena, &act->dossier, &appeal, act->move,
                                  BY_APPEALS, act->member.name, act->request->reason, act->err)
               ? CASEBOOK_DONE
               : CASEBOOK_FAILED;
}
