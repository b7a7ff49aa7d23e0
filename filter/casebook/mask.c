#include "filter/casebook/mask.h"

#include "filter/base/arena.h"
#include "filter/base/err.h"
#include "filter/casebook/case.h"
#include "filter/casebook/proposal.h"
#include "filter/casebook/sql.h"

enum { LEAST = 10 };

static enum casebook_outcome check(struct casebook *casebook, struct arena *arena, struct str name,
                                   int64_t case_id, struct err *err)
{
    struct casebook_member member;
    bool found;
    int64_t undone, masked;
    if (!casebook_member_find(casebook, arena, name, &member, &found, err) ||
        !casebook_sql_number(casebook, 0, &undone, err,
                             "SELECT count(*) FROM entries WHERE case_id = ?1 AND state IN"
                             " ('removed', 'lapsed')",
                             "i", case_id) ||
        !casebook_sql_number(casebook, 0, &masked, err,
                             "SELECT count(*) FROM masks WHERE case_id = ?1", "i", case_id)) {
        return CASEBOOK_FAILED;
    }
    const char *why = NULL;
    if (!found || member.is_disabled ||
        (member.role != ROLE_INDEPENDENT && member.role != ROLE_APPEALS)) {
        why = "hanya penyetuju dan panel banding yang menyamarkan / only approvers and the appeal "
              "panel mask";
    } else if (undone == 0) {
        why = "hanya entri yang sudah dicabut atau gugur yang disamarkan / only what was removed "
              "or lapsed is masked";
    } else if (masked > 0) {
        why = "sudah disamarkan / it is masked already";
    }
    if (why != NULL) {
        err_set(err, "%s", why);
        return CASEBOOK_REFUSED;
    }
    return CASEBOOK_DONE;
}

static bool put(struct casebook *casebook, struct str person, int64_t case_id, struct str reason,
                struct err *err)
{
    int64_t now_ms;
    return casebook_time(casebook, &now_ms, err) &&
           casebook_log(casebook, person, "mask", case_id,
                        json_pack("{so}", "reason", casebook_json_str(reason)), err) &&
           casebook_sql_run(casebook, err, "INSERT INTO masks VALUES (?1, ?2)", "ii", case_id,
                            now_ms);
}

enum casebook_outcome casebook_mask(struct casebook *casebook,
                                    const struct casebook_session *session, int64_t case_id,
                                    struct str reason, struct err *err)
{
    struct arena *arena = arena_new(1 << 20);
    struct str name = casebook_session_name(session);
    struct err failure = ERR_NONE;
    enum casebook_outcome outcome = CASEBOOK_FAILED;
    if (!casebook_check_words(reason, "alasan / the reason", LEAST, CASEBOOK_STATEMENT_MOST, err)) {
        outcome = CASEBOOK_REFUSED;
    } else if (casebook_sql_enter(casebook, err)) {
        outcome = check(casebook, arena, name, case_id, err);
        if (outcome == CASEBOOK_DONE && !put(casebook, name, case_id, reason, err)) {
            outcome = CASEBOOK_FAILED;
        }
        if (!casebook_sql_leave(casebook, outcome == CASEBOOK_DONE, err) &&
            outcome == CASEBOOK_DONE) {
            outcome = CASEBOOK_FAILED;
        }
    }
    if (outcome == CASEBOOK_REFUSED &&
        !casebook_log_refusal(casebook, name, "mask", case_id, err->message, &failure)) {
        *err = failure;
        outcome = CASEBOOK_FAILED;
    }
    arena_free(arena);
    return outcome;
}
