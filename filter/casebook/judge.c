#include <string.h>

#include "filter/base/arena.h"
#include "filter/base/err.h"
#include "filter/blocklist/entry.h"
#include "filter/blocklist/guard.h"
#include "filter/casebook/act.h"
#include "filter/casebook/sql.h"

/*
 * How old an approver's account must be in a season. A demonstration has no such wait, so that it
 * can be tried in an afternoon: its entries bear "demo" in the signed bytes and no consumer takes
 * them, so that there is nothing that the wait would protect. All else is the same in both.
 */
#define ACCOUNT_AGE (72 * CASEBOOK_HOUR)

/* All renewals of one host's entries together. */
#define RENEWED_MOST (90 * CASEBOOK_DAY)

enum casebook_outcome casebook_judge_person(struct casebook_act *act,
                                            const struct casebook_open *open)
{
    bool tied;
    if (str_equal(open->proposer, act->member.name)) {
        err_set(act->err,
                "tak seorang pun menilai usulannya sendiri / nobody judges what they proposed "
                "themselves");
        return CASEBOOK_REFUSED;
    }
    if (!casebook_tied(act->casebook, open->organisation, act->member.organisation, &tied,
                       act->err)) {
        return CASEBOOK_FAILED;
    }
    if (tied) {
        err_set(act->err, "organisasi penyetuju sama atau terikat dengan organisasi penelaah / the "
                          "approver's organisation is the reviewer's, or tied to it");
        return CASEBOOK_REFUSED;
    }
    return CASEBOOK_DONE;
}

static enum casebook_outcome check_pinned(struct casebook_act *act,
                                          const struct casebook_member *member)
{
    bool counts;
    if (!casebook_key_counts(act->casebook, act->arena, &act->season, member->organisation,
                             member->role, member->key_line, &counts, act->err)) {
        return CASEBOOK_FAILED;
    }
    if (!counts) {
        err_set(act->err,
                "kunci %.*s tidak ada dalam berkas musim dan tidak disahkan / the key of %.*s is "
                "not among those of the season's file, nor certified by one",
                STR_FORMAT(member->name), STR_FORMAT(member->name));
        return CASEBOOK_REFUSED;
    }
    return CASEBOOK_DONE;
}

/* Whether an approver stands free: where they came from, and whom their organisation answers to. */
static enum casebook_outcome check_standing(struct casebook_act *act,
                                            const struct casebook_member *member)
{
    bool is_barred;
    if (member->moved_ms != CLOCK_NEVER && act->now_ms - member->moved_ms < CASEBOOK_MOVED_MS) {
        err_set(
            act->err,
            "%.*s pindah dari organisasi lain kurang dari 90 hari lalu / %.*s came from another "
            "organisation less than 90 days ago",
            STR_FORMAT(member->name), STR_FORMAT(member->name));
        return CASEBOOK_REFUSED;
    }
    if (!casebook_organisation_barred(act->casebook, member->organisation, &is_barred, act->err)) {
        return CASEBOOK_FAILED;
    }
    if (is_barred) {
        err_set(
            act->err,
            "organisasi %.*s termasuk atau terikat eksekutif, polisi, militer atau partai / the "
            "organisation of %.*s is of the executive, the police, the military or a party, or "
            "tied to one",
            STR_FORMAT(member->name), STR_FORMAT(member->name));
        return CASEBOOK_REFUSED;
    }
    return CASEBOOK_DONE;
}

static enum casebook_outcome check_in_season(struct casebook_act *act,
                                             const struct casebook_member *member, bool is_approver)
{
    if (is_approver && act->now_ms - member->created_ms < ACCOUNT_AGE) {
        err_set(act->err,
                "akun %.*s belum berumur 72 jam / the account of %.*s is younger than 72 hours",
                STR_FORMAT(member->name), STR_FORMAT(member->name));
        return CASEBOOK_REFUSED;
    }
    return check_pinned(act, member);
}

enum casebook_outcome casebook_judge_key(struct casebook_act *act,
                                         const struct casebook_member *member, bool is_approver)
{
    enum casebook_outcome outcome = is_approver ? check_standing(act, member) : CASEBOOK_DONE;
    if (outcome != CASEBOOK_DONE) {
        return outcome;
    }
    if (!member->has_key) {
        err_set(act->err,
                "%.*s tidak punya kunci untuk menandatangani / %.*s has no key to sign with",
                STR_FORMAT(member->name), STR_FORMAT(member->name));
        return CASEBOOK_REFUSED;
    }
    if (!act->season.is_demo) {
        outcome = check_in_season(act, member, is_approver);
    }
    return outcome == CASEBOOK_DONE && is_approver
               ? casebook_session_check(act->casebook, act->session, act->now_ms,
                                        act->season.is_demo, NEED_FRESH, act->err)
               : outcome;
}

enum casebook_outcome casebook_judge_second(struct casebook_act *act,
                                            const struct casebook_member *member)
{
    if (!member->has_key) {
        err_set(act->err,
                "%.*s tidak punya kunci untuk menandatangani / %.*s has no key to sign with",
                STR_FORMAT(member->name), STR_FORMAT(member->name));
        return CASEBOOK_REFUSED;
    }
    enum casebook_outcome outcome =
        act->season.is_demo ? CASEBOOK_DONE : check_in_season(act, member, true);
    bool is_here = str_equal(member->name, act->member.name);
    return outcome == CASEBOOK_DONE && is_here
               ? casebook_session_check(act->casebook, act->session, act->now_ms,
                                        act->season.is_demo, NEED_FRESH, act->err)
               : outcome;
}

/* What an earlier entry of the same host asks of a new one. */
struct earlier {
    int64_t listed_ms;
    bool in_force, same_people, same_evidence;
};

static bool shares_evidence(const struct blocklist_entry *one, const struct blocklist_entry *other)
{
    const struct blocklist_draft *a = blocklist_entry_parts(one);
    const struct blocklist_draft *b = blocklist_entry_parts(other);
    for (size_t i = 0; i < a->evidence_count; i++) {
        for (size_t j = 0; j < b->evidence_count; j++) {
            if (memcmp(&a->evidence[i], &b->evidence[j], sizeof(struct hash)) == 0) {
                return true;
            }
        }
    }
    return false;
}

static bool add_earlier(struct casebook_act *act, const struct blocklist_entry *entry,
                        struct str reviewer, sqlite3_stmt *row, struct earlier *earlier)
{
    struct blocklist_entry *old = blocklist_entry_read(casebook_sql_text(row, 0), act->err);
    if (old == NULL) {
        return false;
    }
    const struct blocklist_draft *parts = blocklist_entry_parts(old);
    enum casebook_entry_state state = ENTRY_NONE;
    bool known = casebook_entry_state_parse(casebook_sql_text(row, 1), &state);
    bool in_force =
        known && (state == ENTRY_ACTIVE || state == ENTRY_PROVISIONAL || state == ENTRY_SUSPENDED);
    bool is_target = str_equal(parts->target, blocklist_entry_parts(entry)->target);
    int64_t end = in_force ? parts->end_ms : casebook_sql_int(row, 2);
    earlier->in_force |= in_force && is_target;
    earlier->listed_ms += (end < parts->end_ms ? end : parts->end_ms) - parts->start_ms;
    /* Both the same as before: a renewal takes one new person. */
    earlier->same_people |= str_equal(casebook_sql_text(row, 3), reviewer) &&
                            str_equal(casebook_sql_text(row, 4), act->member.name);
    earlier->same_evidence |= shares_evidence(entry, old);
    blocklist_entry_free(old);
    return true;
}

static enum casebook_outcome check_earlier(struct casebook_act *act,
                                           const struct blocklist_entry *entry, struct str reviewer,
                                           bool is_approval)
{
    struct earlier earlier = {.listed_ms = 0};
    const struct blocklist_draft *parts = blocklist_entry_parts(entry);
    sqlite3_stmt *statement = casebook_sql(
        act->casebook, act->err,
        "SELECT entry, entries.state, entries.since_ms, reviewer, approver FROM entries"
        " JOIN cases ON cases.id = case_id WHERE host = ?1 AND cases.season = ?2 AND"
        " case_id <> ?3",
        "tti", blocklist_entry_host(entry), act->dossier.season, act->dossier.id);
    if (statement == NULL) {
        return CASEBOOK_FAILED;
    }
    enum casebook_step step;
    bool done = true;
    while (done && (step = casebook_sql_step(act->casebook, statement, act->err)) != SQL_END) {
        done = step == SQL_ROW && add_earlier(act, entry, reviewer, statement, &earlier);
    }
    casebook_sql_done(statement);
    if (!done) {
        return CASEBOOK_FAILED;
    }
    if (earlier.in_force) {
        err_set(act->err,
                "sasaran ini sudah didaftar, atau ditangguhkan, oleh kasus lain / this target is "
                "listed, or suspended, by another case already");
    } else if (earlier.same_evidence) {
        err_set(act->err,
                "entri lama host ini memakai bukti yang sama; perpanjangan perlu bukti baru / an "
                "earlier entry of this host rests on the same evidence: a renewal takes "
                "fresh evidence");
    } else if (earlier.listed_ms + parts->end_ms - parts->start_ms > RENEWED_MOST) {
        err_set(act->err,
                "host ini akan terdaftar lebih dari 90 hari seluruhnya / this host would be "
                "listed for more than 90 days in all");
    } else if (is_approval && earlier.same_people) {
        err_set(act->err,
                "dua orang yang sama pernah mendaftarkan host ini; perpanjangan perlu satu orang "
                "baru / the same two people listed this host before: a renewal takes one "
                "new person");
    } else {
        return CASEBOOK_DONE;
    }
    return CASEBOOK_REFUSED;
}

enum casebook_outcome casebook_judge_entry(struct casebook_act *act,
                                           const struct blocklist_entry *entry, struct str reviewer,
                                           bool is_approval)
{
    const struct blocklist_draft *parts = blocklist_entry_parts(entry);
    if (act->casebook->guard == NULL) {
        err_set(act->err,
                "daftar yang dilindungi belum termuat / no protected list is loaded: nothing can "
                "be listed without one");
        return CASEBOOK_REFUSED;
    }
    if (parts->end_ms <= act->now_ms) {
        err_set(act->err, "masa entri sudah lewat / the entry's end has passed");
        return CASEBOOK_REFUSED;
    }
    if (!blocklist_guard_check(act->casebook->guard, entry, act->err)) {
        return CASEBOOK_REFUSED;
    }
    return check_earlier(act, entry, reviewer, is_approval);
}
