#include "filter/base/arena.h"
#include "filter/base/err.h"
#include "filter/casebook/act.h"
#include "filter/casebook/season.h"
#include "filter/casebook/sql.h"

static enum casebook_outcome check(struct casebook_act *act, struct str reason)
{
    enum casebook_outcome outcome = casebook_act_person(act);
    if (outcome != CASEBOOK_DONE) {
        return outcome;
    }
    if (!casebook_acts_on_cases(act->member.role)) {
        err_set(act->err, "a season is ended by the team, an approver or the appeal panel");
    } else if (act->season.is_demo || act->season.is_over) {
        err_set(act->err, "no season runs");
    } else if (casebook_check_words(reason, "the reason", 3, CASEBOOK_STATEMENT_MOST, act->err)) {
        return CASEBOOK_DONE;
    }
    return CASEBOOK_REFUSED;
}

static bool end(struct casebook_act *act, struct str reason)
{
    const struct hash *id = &act->season.running.id;
    return casebook_log(act->casebook, act->member.name, "season_end", 0,
                        json_pack("{so so}", "id", casebook_json_hash(id), "reason",
                                  casebook_json_str(reason)),
                        act->err) &&
           casebook_sql_run(act->casebook, act->err, "UPDATE seasons SET end_ms = ?2 WHERE id = ?1",
                            "hi", id, act->now_ms);
}

enum casebook_outcome casebook_season_end(struct casebook *casebook,
                                          const struct casebook_session *session, struct str reason,
                                          struct err *err)
{
    struct arena *arena = arena_new(4 << 20);
    struct err why = ERR_NONE;
    struct casebook_act act = {
        .casebook = casebook, .session = session, .arena = arena, .err = &why};
    enum casebook_outcome outcome = CASEBOOK_FAILED;
    if (casebook_sql_enter(casebook, &why)) {
        outcome = check(&act, reason);
        if (outcome == CASEBOOK_DONE && !end(&act, reason)) {
            outcome = CASEBOOK_FAILED;
        }
        if (!casebook_sql_leave(casebook, outcome == CASEBOOK_DONE, &why) &&
            outcome == CASEBOOK_DONE) {
            outcome = CASEBOOK_FAILED;
        }
    }
    struct err failure = ERR_NONE;
    if (outcome == CASEBOOK_REFUSED &&
        !casebook_log_refusal(casebook, casebook_session_name(session), "season_end", 0,
                              why.message, &failure)) {
        why = failure;
        outcome = CASEBOOK_FAILED;
    }
    if (outcome != CASEBOOK_DONE) {
        *err = why;
    }
    arena_free(arena);
    return outcome;
}
