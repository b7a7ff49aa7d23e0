/*
 * The 24-hour lane (REVIEW, section 4): fraud alone, two reviewers of the team who each saw the
 * harvest within two hours, the second with a key that is not on this server, an approver on call.
 * The first offers it and signs two entries: the full one, for the approver, and the lane's, which
 * is the same with its end 24 hours from its start; the second signs the lane's, and it is in
 * force.
 */
#include "filter/base/arena.h"
#include "filter/base/err.h"
#include "filter/blocklist/entry.h"
#include "filter/casebook/act.h"
#include "filter/casebook/sql.h"
#include "filter/text/url.h"

static enum casebook_outcome refuse(struct casebook_act *act, const char *why)
{
    err_set(act->err, "%s", why);
    return CASEBOOK_REFUSED;
}

/* Whether any of the evidence was used for the lane by another case within 30 days. */
static bool find_evidence(struct casebook_act *act, const struct blocklist_draft *parts,
                          bool *is_used)
{
    *is_used = false;
    for (size_t i = 0; !*is_used && i < parts->evidence_count; i++) {
        int64_t found;
        if (!casebook_sql_number(act->casebook, 0, &found, act->err,
                                 "SELECT count(*) FROM lane_evidence JOIN lanes USING (case_id)"
                                 " WHERE sha256 = ?1 AND season = ?2 AND barred_ms > ?3",
                                 "hti", &parts->evidence[i], act->dossier.season, act->now_ms)) {
            return false;
        }
        *is_used = found > 0;
    }
    return true;
}

/* At most ten at once; never a sibling host or the same evidence within 30 days. */
static enum casebook_outcome judge_lane(struct casebook_act *act,
                                        const struct blocklist_entry *entry)
{
    int64_t live, siblings;
    bool is_used;
    struct str domain = url_registrable(blocklist_entry_host(entry));
    if (!casebook_sql_number(act->casebook, 0, &live, act->err,
                             "SELECT count(*) FROM entries JOIN cases ON cases.id = case_id"
                             " WHERE lane = 1 AND entries.state IN ('provisional', 'suspended')"
                             " AND season = ?1",
                             "t", act->dossier.season) ||
        !casebook_sql_number(act->casebook, 0, &siblings, act->err,
                             "SELECT count(*) FROM lanes WHERE domain = ?1 AND season = ?2 AND"
                             " barred_ms > ?3",
                             "tti", domain, act->dossier.season, act->now_ms) ||
        !find_evidence(act, blocklist_entry_parts(entry), &is_used)) {
        return CASEBOOK_FAILED;
    }
    if (live >= CASEBOOK_LANE_MOST) {
        return refuse(act, "sepuluh entri jalur 24 jam sedang berlaku / ten entries of the 24-hour "
                           "lane are live already");
    }
    if (siblings > 0) {
        return refuse(act, "domain ini sudah memakai jalur 24 jam dalam 30 hari terakhir / this "
                           "domain was in the 24-hour lane within the last 30 days");
    }
    if (is_used) {
        return refuse(act, "bukti ini sudah dipakai di jalur 24 jam dalam 30 hari terakhir / this "
                           "evidence was used in the 24-hour lane within the last 30 days");
    }
    return CASEBOOK_DONE;
}

/* Whoever is on call must be able to approve: a person with a key, and of no tied organisation. */
static enum casebook_outcome judge_call(struct casebook_act *act,
                                        const struct casebook_urgent *urgent)
{
    struct casebook_member approver;
    bool found, tied;
    if (!casebook_member_find(act->casebook, act->arena, urgent->on_call, &approver, &found,
                              act->err)) {
        return CASEBOOK_FAILED;
    }
    if (!found || approver.is_disabled || approver.role != ROLE_INDEPENDENT || !approver.has_key) {
        return refuse(act, "yang siaga bukan penyetuju independen di sini / who is on call is no "
                           "independent approver here");
    }
    if (!casebook_tied(act->casebook, approver.organisation, act->member.organisation, &tied,
                       act->err)) {
        return CASEBOOK_FAILED;
    }
    return tied ? refuse(act, "organisasi penyetuju yang siaga terikat dengan tim / the "
                              "organisation of the approver on call is tied to the team's")
                : CASEBOOK_DONE;
}

/* The second reviewer: another person of the team, with a key that never lay on this server. */
static enum casebook_outcome judge_second(struct casebook_act *act,
                                          const struct casebook_urgent *urgent, struct str first)
{
    struct casebook_member second;
    int64_t sealed;
    bool found;
    if (!casebook_member_find(act->casebook, act->arena, urgent->second, &second, &found,
                              act->err) ||
        !casebook_sql_number(act->casebook, 1, &sealed, act->err,
                             "SELECT sealed IS NOT NULL FROM people WHERE name = ?1", "t",
                             urgent->second)) {
        return CASEBOOK_FAILED;
    }
    if (!found || second.is_disabled || second.role != ROLE_TEAM || str_equal(second.name, first)) {
        return refuse(act, "penelaah kedua haruslah orang lain dari tim / the second reviewer must "
                           "be another person of the team");
    }
    if (sealed != 0) {
        return refuse(act, "kunci penelaah kedua ada di server ini; ia perlu kunci sendiri / the "
                           "second reviewer's key lies on this server; it takes one of their own");
    }
    return casebook_judge_second(act, &second);
}

static enum casebook_outcome judge_all(struct casebook_act *act,
                                       const struct casebook_urgent *urgent, struct str first,
                                       const struct blocklist_entry *lane, bool is_approval)
{
    enum casebook_outcome outcome = judge_second(act, urgent, first);
    if (outcome == CASEBOOK_DONE) {
        outcome = judge_call(act, urgent);
    }
    if (outcome == CASEBOOK_DONE) {
        outcome = casebook_judge_entry(act, lane, first, is_approval);
    }
    return outcome == CASEBOOK_DONE ? judge_lane(act, lane) : outcome;
}

static enum casebook_outcome sign_lane(struct casebook_act *act, struct casebook_proposing *new)
{
    const unsigned char *secret = casebook_session_secret(act->session);
    struct err why = ERR_NONE;
    if (!casebook_lane(buf_str(&new->proposal), &new->lane, act->err)) {
        return CASEBOOK_REFUSED;
    }
    buf_put_str(&new->lane_signature, act->request->lane_signature);
    if (new->lane_signature.len == 0 && secret != NULL) {
        sshsig_sign(secret, buf_str(&new->lane), &new->lane_signature);
    }
    if (!sshsig_verify(buf_str(&new->lane_signature), buf_str(&new->lane), &act->member.key,
                       &why)) {
        err_set(act->err,
                "tanda tangan atas entri 24 jam tidak berlaku / the signature over the lane's "
                "entry %s",
                why.message);
        return CASEBOOK_REFUSED;
    }
    return CASEBOOK_DONE;
}

/* R1's part. */
static enum casebook_outcome offer(struct casebook_act *act, struct casebook_proposing *new)
{
    struct casebook_urgent urgent;
    bool found = false;
    enum casebook_outcome outcome = casebook_proposing_take(act, new);
    if (outcome != CASEBOOK_DONE) {
        return outcome;
    }
    if (!casebook_record_urgent(buf_str(&new->record), act->arena, &urgent, &found, act->err)) {
        return CASEBOOK_REFUSED;
    }
    if (!found || new->entry == NULL) {
        return refuse(act,
                      "keterangan jalur 24 jam belum diisi / what the 24-hour lane asks for is "
                      "missing");
    }
    outcome = sign_lane(act, new);
    if (outcome != CASEBOOK_DONE) {
        return outcome;
    }
    struct blocklist_entry *lane = blocklist_entry_read(buf_str(&new->lane), act->err);
    outcome =
        lane != NULL ? judge_all(act, &urgent, act->member.name, lane, false) : CASEBOOK_REFUSED;
    blocklist_entry_free(lane);
    return outcome == CASEBOOK_DONE && !casebook_proposing_keep(act, new) ? CASEBOOK_FAILED
                                                                          : outcome;
}

bool casebook_urgent_offered(struct casebook_act *act, struct casebook_open *open,
                             struct casebook_urgent *urgent, bool *found)
{
    if (!casebook_open_load(act->casebook, act->arena, act->dossier.id, open, found, act->err)) {
        return false;
    }
    /* One that was offered under an earlier claim is as if it never was. */
    *found = *found && open->lane.len > 0 && act->dossier.state == CASE_CLAIMED &&
             open->made_ms >= act->dossier.since_ms &&
             str_equal(open->proposer, act->dossier.holder);
    return !*found || casebook_record_urgent(open->record, act->arena, urgent, found, act->err);
}

static json_t *lane_detail(const struct casebook_act *act, const struct casebook_open *open,
                           const struct casebook_urgent *urgent, const struct hash *id)
{
    struct hash record = hash_sha256(open->record);
    return json_pack(
        "{so so so so so so so so so so}", "conflict", casebook_json_str(act->request->conflict),
        "entry", casebook_json_hash(id), "json", casebook_json_str(open->lane), "on_call",
        casebook_json_str(urgent->on_call), "record", casebook_json_hash(&record), "registrant",
        casebook_json_str(urgent->registrant), "reviewer", casebook_json_str(open->proposer),
        "reviewer_signature", casebook_json_str(open->lane_signature), "second",
        casebook_json_str(act->member.name), "second_signature",
        casebook_json_str(act->request->signature));
}

static bool bar(struct casebook_act *act, const struct blocklist_entry *lane)
{
    const struct blocklist_draft *parts = blocklist_entry_parts(lane);
    if (!casebook_sql_run(act->casebook, act->err, "INSERT INTO lanes VALUES (?1, ?2, ?3, ?4)",
                          "itti", act->dossier.id, act->dossier.season,
                          url_registrable(blocklist_entry_host(lane)),
                          parts->end_ms + CASEBOOK_LANE_BARRED)) {
        return false;
    }
    for (size_t i = 0; i < parts->evidence_count; i++) {
        if (!casebook_sql_run(act->casebook, act->err, "INSERT INTO lane_evidence VALUES (?1, ?2)",
                              "hi", &parts->evidence[i], act->dossier.id)) {
            return false;
        }
    }
    return true;
}

/* The register's row first, then the entry in force. */
static bool put_lane(struct casebook_act *act, const struct casebook_open *open,
                     const struct casebook_urgent *urgent, const struct blocklist_entry *lane)
{
    struct hash id = blocklist_entry_id(lane);
    act->moved->entry = id;
    return casebook_case_enter(act->casebook, &act->dossier, act->move, act->member.name,
                               lane_detail(act, open, urgent, &id), act->err) &&
           casebook_sql_run(act->casebook, act->err,
                            "INSERT INTO entries (id, case_id, state, since_ms, due_ms, end_ms,"
                            " entry, host, reviewer, approver, lane)"
                            " VALUES (?1, ?2, 'provisional', ?3, ?4, ?4, ?5, ?6, ?7, ?8, 1)",
                            "hiiitttt", &id, act->dossier.id, act->now_ms,
                            blocklist_entry_parts(lane)->end_ms, open->lane,
                            blocklist_entry_host(lane), open->proposer, act->member.name) &&
           bar(act, lane);
}

static enum casebook_outcome check_harvest(struct casebook_act *act,
                                           const struct casebook_urgent *urgent,
                                           const struct blocklist_entry *lane)
{
    int64_t oldest = act->now_ms - CASEBOOK_HARVEST_MS;
    if (blocklist_entry_parts(lane)->observed_ms < oldest || urgent->second_ms < oldest) {
        return refuse(act,
                      "masing-masing harus mereproduksi panennya dalam 2 jam terakhir / each of "
                      "the two must have reproduced the harvest within the last 2 hours");
    }
    if (urgent->told_ms < oldest) {
        return refuse(act, "penyetuju yang siaga belum diberi tahu dalam 2 jam terakhir / the "
                           "approver on call was not told within the last 2 hours");
    }
    return CASEBOOK_DONE;
}

static enum casebook_outcome check_hands(struct casebook_act *act, const struct casebook_open *open)
{
    struct casebook_member reviewer;
    struct err why = ERR_NONE;
    enum casebook_outcome outcome = casebook_judge_reviewer(act, open, &reviewer);
    if (outcome != CASEBOOK_DONE) {
        return outcome;
    }
    if (!sshsig_verify(open->lane_signature, open->lane, &reviewer.key, &why)) {
        err_set(act->err, "tanda tangan penelaah tidak berlaku / the reviewer's signature %s",
                why.message);
        return CASEBOOK_REFUSED;
    }
    if (!sshsig_verify(act->request->signature, open->lane, &act->member.key, &why)) {
        err_set(act->err,
                "tanda tangan penelaah kedua tidak berlaku / the second reviewer's signature %s",
                why.message);
        return CASEBOOK_REFUSED;
    }
    return CASEBOOK_DONE;
}

/* The offer, read anew: what is in force is the lane's form of what was proposed, nothing else. */
static enum casebook_outcome read_lane(struct casebook_act *act, const struct casebook_open *open,
                                       struct blocklist_entry **lane)
{
    struct blocklist_entry *full = NULL;
    struct buf again = BUF_EMPTY;
    enum casebook_outcome outcome = casebook_open_again(act, open, &full);
    if (outcome == CASEBOOK_DONE && !casebook_lane(open->proposal, &again, act->err)) {
        outcome = CASEBOOK_REFUSED;
    }
    if (outcome == CASEBOOK_DONE && !str_equal(buf_str(&again), open->lane)) {
        outcome =
            refuse(act, "entri 24 jam bukan bentuk pendek usulannya / the lane's entry is not "
                        "the short form of what was proposed");
    }
    if (outcome == CASEBOOK_DONE) {
        *lane = blocklist_entry_read(open->lane, act->err);
        outcome = *lane != NULL ? CASEBOOK_DONE : CASEBOOK_REFUSED;
    }
    blocklist_entry_free(full);
    buf_fini(&again);
    return outcome;
}

/* R2's part. */
static enum casebook_outcome second(struct casebook_act *act)
{
    struct casebook_open open;
    struct casebook_urgent urgent;
    struct blocklist_entry *lane = NULL;
    bool found;
    if (!casebook_urgent_offered(act, &open, &urgent, &found)) {
        return CASEBOOK_FAILED;
    }
    if (!found || !str_equal(urgent.second, act->member.name)) {
        return refuse(act, "kasus ini tidak ditawarkan kepada Anda untuk jalur 24 jam / this case "
                           "is not offered to you for the 24-hour lane");
    }
    enum casebook_outcome outcome = check_hands(act, &open);
    if (outcome == CASEBOOK_DONE) {
        outcome = read_lane(act, &open, &lane);
    }
    if (outcome == CASEBOOK_DONE) {
        outcome = check_harvest(act, &urgent, lane);
    }
    if (outcome == CASEBOOK_DONE) {
        outcome = judge_all(act, &urgent, open.proposer, lane, true);
    }
    if (outcome == CASEBOOK_DONE && !put_lane(act, &open, &urgent, lane)) {
        outcome = CASEBOOK_FAILED;
    }
    blocklist_entry_free(lane);
    return outcome;
}

enum casebook_outcome casebook_act_urgent(struct casebook_act *act)
{
    struct casebook_proposing new = {.entry = NULL};
    if ((act->move->by & BY_SECOND) != 0) {
        return second(act);
    }
    enum casebook_outcome outcome = offer(act, &new);
    casebook_proposing_fini(&new);
    return outcome;
}
