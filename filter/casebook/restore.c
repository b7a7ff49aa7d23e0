/*
 * A suspended entry in force again: its reviewer asks, an independent approver signs anew. What
 * both sign names the row that suspended it, so that a signature is good for that suspension alone:
 * {"case":N,"entry":"…","suspended":SEQ,"type":"saring-restore-1"}.
 */
#include "filter/base/arena.h"
#include "filter/base/canonical.h"
#include "filter/base/err.h"
#include "filter/blocklist/entry.h"
#include "filter/casebook/act.h"
#include "filter/casebook/sql.h"

bool casebook_restore_bytes(const struct casebook_listing *listing, struct buf *out,
                            struct err *err)
{
    json_t *object = json_pack("{sI so sI ss}", "case", (json_int_t)listing->case_id, "entry",
                               casebook_json_hash(&listing->id), "suspended",
                               (json_int_t)listing->suspended_seq, "type", CASEBOOK_RESTORE_TYPE);
    bool done = canonical_json(object, out, err);
    json_decref(object);
    return done;
}

bool casebook_restore_asked(struct casebook *casebook, struct arena *arena,
                            const struct casebook_listing *listing, struct str *bytes,
                            struct str *person, struct str *signature, bool *found, struct err *err)
{
    struct buf expected = BUF_EMPTY;
    *found = false;
    sqlite3_stmt *statement =
        casebook_restore_bytes(listing, &expected, err)
            ? casebook_sql(casebook, err,
                           "SELECT bytes, person, signature FROM restores WHERE case_id = ?1", "i",
                           listing->case_id)
            : NULL;
    if (statement == NULL) {
        buf_fini(&expected);
        return false;
    }
    enum casebook_step step = casebook_sql_step(casebook, statement, err);
    /* Asked of an earlier suspension counts for nothing. */
    if (step == SQL_ROW && str_equal(casebook_sql_text(statement, 0), buf_str(&expected))) {
        *bytes = casebook_keep(arena, casebook_sql_text(statement, 0));
        *person = casebook_keep(arena, casebook_sql_text(statement, 1));
        *signature = casebook_keep(arena, casebook_sql_text(statement, 2));
        *found = true;
    }
    casebook_sql_done(statement);
    buf_fini(&expected);
    return step != SQL_FAILED;
}

static enum casebook_outcome check_restorable(struct casebook_act *act,
                                              const struct casebook_listing *listing)
{
    int64_t open;
    if (!casebook_sql_number(act->casebook, 0, &open, act->err,
                             "SELECT count(*) FROM appeals WHERE case_id = ?1 AND state = 'lodged'",
                             "i", act->dossier.id)) {
        return CASEBOOK_FAILED;
    }
    if (listing->is_lane) {
        err_set(act->err, "tak seorang independen pun menandatangani entri ini; entri 24 jam tidak "
                          "dipulihkan / nobody independent signed this entry: one of the 24-hour "
                          "lane is not restored");
    } else if (open > 0) {
        err_set(act->err, "banding masih menunggu panel, yang memutusnya / an appeal waits for the "
                          "panel, which decides it");
    } else {
        return CASEBOOK_DONE;
    }
    return CASEBOOK_REFUSED;
}

static enum casebook_outcome check_signature(struct casebook_act *act, struct str signature,
                                             struct str bytes, const struct sshsig_key *key,
                                             const char *who)
{
    struct err why = ERR_NONE;
    if (!sshsig_verify(signature, bytes, key, &why)) {
        err_set(act->err, "tanda tangan %s tidak cocok / the signature %s", who, why.message);
        return CASEBOOK_REFUSED;
    }
    return CASEBOOK_DONE;
}

/* R1's part: asks, with a signature of their own. */
static enum casebook_outcome ask(struct casebook_act *act, struct casebook_listing *listing)
{
    struct buf bytes = BUF_EMPTY, signature = BUF_EMPTY;
    const unsigned char *secret = casebook_session_secret(act->session);
    enum casebook_outcome outcome = casebook_judge_key(act, &act->member, false);
    if (outcome == CASEBOOK_DONE && !casebook_restore_bytes(listing, &bytes, act->err)) {
        outcome = CASEBOOK_FAILED;
    }
    if (outcome == CASEBOOK_DONE) {
        buf_put_str(&signature, act->request->signature);
        if (signature.len == 0 && secret != NULL) {
            sshsig_sign(secret, buf_str(&bytes), &signature);
        }
        outcome = check_signature(act, buf_str(&signature), buf_str(&bytes), &act->member.key,
                                  "penelaah");
    }
    if (outcome == CASEBOOK_DONE &&
        !(casebook_entry_enter(act->casebook, &act->dossier, listing, act->move, act->member.name,
                               casebook_reason_json(act->request->reason), act->err) &&
          casebook_sql_run(
              act->casebook, act->err, "INSERT OR REPLACE INTO restores VALUES (?1, ?2, ?3, ?4)",
              "ittt", act->dossier.id, buf_str(&bytes), act->member.name, buf_str(&signature)))) {
        outcome = CASEBOOK_FAILED;
    }
    buf_fini(&bytes);
    buf_fini(&signature);
    return outcome;
}

static enum casebook_outcome
judge_target(struct casebook_act *act, const struct casebook_listing *listing, struct str reviewer)
{
    struct blocklist_entry *entry = blocklist_entry_read(listing->json, act->err);
    enum casebook_outcome outcome =
        entry != NULL ? casebook_judge_entry(act, entry, reviewer, false) : CASEBOOK_REFUSED;
    blocklist_entry_free(entry);
    return outcome;
}

/* A's part: the signature over the same bytes. */
static enum casebook_outcome sign(struct casebook_act *act, struct casebook_listing *listing)
{
    struct casebook_open open = {.number = 0};
    struct casebook_member reviewer;
    bool asked, found;
    if (!casebook_open_load(act->casebook, act->arena, act->dossier.id, &open, &found, act->err) ||
        !casebook_restore_asked(act->casebook, act->arena, listing, &open.proposal, &open.proposer,
                                &open.signature, &asked, act->err)) {
        return CASEBOOK_FAILED;
    }
    if (!found || !asked) {
        err_set(act->err, "pengusulnya belum meminta entri ini dipulihkan / its reviewer has not "
                          "asked for this entry to be restored");
        return CASEBOOK_REFUSED;
    }
    enum casebook_outcome outcome = casebook_judge_person(act, &open);
    if (outcome == CASEBOOK_DONE) {
        outcome = casebook_judge_key(act, &act->member, true);
    }
    if (outcome == CASEBOOK_DONE) {
        outcome = casebook_judge_reviewer(act, &open, &reviewer);
    }
    if (outcome == CASEBOOK_DONE) {
        outcome = check_signature(act, act->request->signature, open.proposal, &act->member.key,
                                  "penyetuju");
    }
    if (outcome == CASEBOOK_DONE) {
        outcome = judge_target(act, listing, open.proposer);
    }
    if (outcome != CASEBOOK_DONE) {
        return outcome;
    }
    json_t *detail = json_pack(
        "{so so so so so so}", "approver", casebook_json_str(act->member.name),
        "approver_signature", casebook_json_str(act->request->signature), "bytes",
        casebook_json_str(open.proposal), "conflict", casebook_json_str(act->request->conflict),
        "reviewer", casebook_json_str(open.proposer), "reviewer_signature",
        casebook_json_str(open.signature));
    listing->appeal = 0;
    return casebook_entry_enter(act->casebook, &act->dossier, listing, act->move, act->member.name,
                                detail, act->err) &&
                   casebook_sql_run(act->casebook, act->err,
                                    "DELETE FROM restores WHERE case_id = ?1", "i", act->dossier.id)
               ? CASEBOOK_DONE
               : CASEBOOK_FAILED;
}

enum casebook_outcome casebook_act_restore(struct casebook_act *act,
                                           struct casebook_listing *listing)
{
    if ((act->move->by & BY_APPEALS) != 0) {
        err_set(act->err, "panel memulihkan dengan menguatkan bandingnya (uphold) / the panel "
                          "restores by upholding the appeal (uphold)");
        return CASEBOOK_REFUSED;
    }
    enum casebook_outcome outcome = check_restorable(act, listing);
    if (outcome != CASEBOOK_DONE) {
        return outcome;
    }
    return (act->move->by & BY_PROPOSER) != 0 ? ask(act, listing) : sign(act, listing);
}
