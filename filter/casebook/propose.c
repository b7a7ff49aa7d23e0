#include <string.h>

#include "filter/base/arena.h"
#include "filter/base/canonical.h"
#include "filter/base/err.h"
#include "filter/blocklist/entry.h"
#include "filter/blocklist/guard.h"
#include "filter/casebook/act.h"
#include "filter/casebook/addressees.h"
#include "filter/casebook/captures.h"
#include "filter/casebook/sql.h"
#include "filter/text/url.h"

enum { PAGE_BYTES = 64 << 20 };

bool casebook_open_load(struct casebook *casebook, struct arena *arena, int64_t case_id,
                        struct casebook_open *open, bool *found, struct err *err)
{
    sqlite3_stmt *statement = casebook_sql(
        casebook, err,
        "SELECT number, kind, proposal, record, signature, proposer, organisation, rule_id,"
        " revision, made_ms, lane, lane_signature FROM proposals WHERE case_id = ?1 ORDER BY "
        "number DESC LIMIT 1",
        "i", case_id);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step = casebook_sql_step(casebook, statement, err);
    bool done = step != SQL_FAILED;
    *found = step == SQL_ROW;
    *open = (struct casebook_open){.number = 0};
    if (*found) {
        open->number = casebook_sql_int(statement, 0);
        open->proposal = casebook_keep(arena, casebook_sql_text(statement, 2));
        open->record = casebook_keep(arena, casebook_sql_text(statement, 3));
        open->signature = casebook_keep(arena, casebook_sql_text(statement, 4));
        open->proposer = casebook_keep(arena, casebook_sql_text(statement, 5));
        open->organisation = casebook_keep(arena, casebook_sql_text(statement, 6));
        open->rule_id = casebook_keep(arena, casebook_sql_text(statement, 7));
        open->revision = casebook_sql_hash(statement, 8);
        open->made_ms = casebook_sql_int(statement, 9);
        open->lane = casebook_keep(arena, casebook_sql_text(statement, 10));
        open->lane_signature = casebook_keep(arena, casebook_sql_text(statement, 11));
        done = casebook_kind_parse(casebook_sql_text(statement, 1), &open->kind) ||
               casebook_sql_error(casebook, SQLITE_CORRUPT, err);
    }
    casebook_sql_done(statement);
    return done;
}

struct casebook_basis casebook_act_basis(const struct casebook_act *act)
{
    return (struct casebook_basis){
        .case_id = act->dossier.id,
        .class = act->dossier.class,
        .rule_id = act->dossier.rule_id,
        .revision = act->dossier.revision,
        .reviewer = act->member.name,
        .organisation = act->member.organisation,
        .season = act->season.season,
        .is_demo = act->season.is_demo,
        .season_id = act->season.running.id,
        .season_end_ms = act->season.running.end_ms,
        .now_ms = act->now_ms,
    };
}

/* A whole second, as people write it. */
static int64_t start_of(const struct casebook_act *act)
{
    return act->now_ms - act->now_ms % 1000;
}

/* What a person typed is looked at before it is made canonical: a homograph shows only there. */
static bool check_typed(const struct casebook_act *act, const struct casebook_draft *draft)
{
    return draft->kind != KIND_ENTRY || act->casebook->guard == NULL ||
           blocklist_guard_check_typed(act->casebook->guard, draft->scope, draft->target, act->err);
}

/* A referral is about what was flagged: no other address can be sent in its name. */
static enum casebook_outcome judge_address(struct casebook_act *act, struct str address)
{
    struct buf canonical = BUF_EMPTY;
    struct casebook_page page;
    struct url wanted;
    bool found;
    enum casebook_outcome outcome = CASEBOOK_FAILED;
    struct arena *arena = arena_new(PAGE_BYTES);
    if (casebook_show(act->casebook, act->dossier.id, arena, &page, &found, act->err) &&
        url_canonical(address, &canonical, &wanted, act->err)) {
        outcome = found && casebook_is_of_posts(act->casebook, &page, &wanted) ? CASEBOOK_DONE
                                                                               : CASEBOOK_REFUSED;
    }
    if (outcome == CASEBOOK_REFUSED) {
        err_set(act->err, "URL rujukan bukan kiriman kasus ini atau yang ditautkannya / the "
                          "referral's URL is no post of this case, nor what one links to");
    }
    arena_free(arena);
    buf_fini(&canonical);
    return outcome;
}

enum casebook_outcome casebook_judge_referral(struct casebook_act *act, struct str proposal)
{
    json_t *object = canonical_read(proposal, act->err);
    const json_t *to = json_object_get(object, "recipient");
    struct str name = casebook_keep(act->arena, casebook_json_text(to, "name"));
    struct str address = casebook_keep(act->arena, casebook_json_text(object, "url"));
    enum casebook_recipient kind;
    bool is_known = casebook_recipient_parse(casebook_json_text(to, "kind"), &kind) &&
                    casebook_addressees_find(act->casebook->addressees, kind, name) != NULL;
    json_decref(object);
    if (object == NULL) {
        return CASEBOOK_FAILED;
    }
    if (!is_known) {
        err_set(act->err,
                "penerima \"%.*s\" dari jenis itu tidak ada di allow/recipients.txt / there is no "
                "recipient \"%.*s\" of that kind in allow/recipients.txt",
                STR_FORMAT(name), STR_FORMAT(name));
        return CASEBOOK_REFUSED;
    }
    return judge_address(act, address);
}

/* What is known of the world by now: whether it may be listed, or who is referred to. */
static enum casebook_outcome judge(struct casebook_act *act, const struct blocklist_entry *entry,
                                   enum casebook_kind kind, struct str proposal)
{
    switch (kind) {
    case KIND_ENTRY:
        return casebook_judge_entry(act, entry, act->member.name, false);
    case KIND_REFERRAL:
        return casebook_judge_referral(act, proposal);
    case KIND_CORRECTION:
        break;
    }
    return CASEBOOK_DONE;
}

/* Makes the bytes of a draft and asks of them all but who signs. */
static enum casebook_outcome write_draft(struct casebook_act *act,
                                         const struct casebook_draft *draft, struct buf *proposal,
                                         struct buf *record)
{
    struct casebook_basis basis = casebook_act_basis(act);
    struct blocklist_entry *entry = NULL;
    struct casebook_draft rounded = *draft;
    int64_t start = start_of(act);
    /* Evidence of this very second is not from the future of a start that was rounded down. */
    if (rounded.observed_ms > start && rounded.observed_ms <= act->now_ms) {
        rounded.observed_ms = start;
    }
    enum casebook_outcome outcome = CASEBOOK_REFUSED;
    if (check_typed(act, &rounded) &&
        casebook_proposal_write(&rounded, &basis, start, proposal, record, &entry, act->err)) {
        outcome = judge(act, entry, draft->kind, buf_str(proposal));
    }
    blocklist_entry_free(entry);
    return outcome;
}

enum casebook_outcome casebook_draft(struct casebook *casebook,
                                     const struct casebook_session *session,
                                     const struct casebook_draft *draft, struct buf *proposal,
                                     struct buf *record, struct err *err)
{
    struct arena *arena = arena_new(4 << 20);
    struct casebook_act act = {
        .casebook = casebook, .session = session, .arena = arena, .err = err};
    size_t was[2] = {proposal->len, record->len};
    enum casebook_outcome outcome = casebook_act_load(&act, draft->case_id);
    if (outcome == CASEBOOK_DONE && act.member.role != ROLE_TEAM) {
        err_set(err, "mengusulkan adalah tugas tim / proposals are the team's");
        outcome = CASEBOOK_REFUSED;
    }
    if (outcome == CASEBOOK_DONE) {
        outcome = write_draft(&act, draft, proposal, record);
    }
    if (outcome != CASEBOOK_DONE) {
        proposal->len = was[0];
        record->len = was[1];
    }
    arena_free(arena);
    return outcome;
}

void casebook_proposing_fini(struct casebook_proposing *proposing)
{
    blocklist_entry_free(proposing->entry);
    buf_fini(&proposing->proposal);
    buf_fini(&proposing->record);
    buf_fini(&proposing->signature);
    buf_fini(&proposing->lane);
    buf_fini(&proposing->lane_signature);
}

static enum casebook_outcome take_request(struct casebook_act *act, struct casebook_proposing *new)
{
    const struct casebook_request *request = act->request;
    const unsigned char *secret = casebook_session_secret(act->session);
    if (request->draft == NULL) {
        buf_put_str(&new->proposal, request->proposal);
        buf_put_str(&new->record, request->record);
    } else {
        enum casebook_outcome outcome =
            write_draft(act, request->draft, &new->proposal, &new->record);
        if (outcome != CASEBOOK_DONE) {
            return outcome;
        }
    }
    buf_put_str(&new->signature, request->signature);
    if (new->signature.len == 0 && secret != NULL) {
        sshsig_sign(secret, buf_str(&new->proposal), &new->signature);
    }
    if (new->signature.len == 0) {
        err_set(act->err, "tanda tangan penelaah belum ada: akun ini menandatangani dengan kunci "
                          "sendiri / the reviewer's signature is missing: this account signs with "
                          "a key of its own, so draft, sign and then propose");
        return CASEBOOK_REFUSED;
    }
    return CASEBOOK_DONE;
}

static enum casebook_outcome check_signature(struct casebook_act *act, const struct buf *signature,
                                             const struct buf *bytes)
{
    struct err why = ERR_NONE;
    if (!sshsig_verify(buf_str(signature), buf_str(bytes), &act->member.key, &why)) {
        err_set(act->err, "tanda tangan penelaah tidak berlaku / the reviewer's signature %s",
                why.message);
        return CASEBOOK_REFUSED;
    }
    return CASEBOOK_DONE;
}

enum casebook_outcome casebook_proposing_take(struct casebook_act *act,
                                              struct casebook_proposing *new)
{
    struct casebook_basis basis = casebook_act_basis(act);
    enum casebook_outcome outcome = take_request(act, new);
    if (outcome == CASEBOOK_DONE) {
        outcome = casebook_judge_key(act, &act->member, false);
    }
    if (outcome != CASEBOOK_DONE) {
        return outcome;
    }
    if (!casebook_proposal_check(buf_str(&new->proposal), buf_str(&new->record), &basis, &new->kind,
                                 &new->entry, act->err)) {
        return CASEBOOK_REFUSED;
    }
    outcome = check_signature(act, &new->signature, &new->proposal);
    return outcome == CASEBOOK_DONE ? judge(act, new->entry, new->kind, buf_str(&new->proposal))
                                    : outcome;
}

bool casebook_proposing_keep(struct casebook_act *act, const struct casebook_proposing *new)
{
    int64_t number;
    struct hash proposal = hash_sha256(buf_str(&new->proposal));
    struct hash record = hash_sha256(buf_str(&new->record));
    if (!casebook_sql_number(act->casebook, 0, &number, act->err,
                             "SELECT max(number) FROM proposals WHERE case_id = ?1", "i",
                             act->dossier.id)) {
        return false;
    }
    number++;
    json_t *detail =
        json_pack("{so sI ss so so}", "key", casebook_json_str(act->member.key_line), "number",
                  (json_int_t)number, "kind", casebook_kind_name(new->kind), "proposal",
                  casebook_json_hash(&proposal), "record", casebook_json_hash(&record));
    act->dossier.proposer = act->member.name;
    return casebook_case_enter(act->casebook, &act->dossier, act->move, act->member.name, detail,
                               act->err) &&
           casebook_sql_run(
               act->casebook, act->err,
               "INSERT INTO proposals (case_id, number, kind, proposal, record, signature,"
               " proposer, organisation, rule_id, revision, made_ms, lane, lane_signature)"
               " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
               "iitttttt"
               "thitt",
               act->dossier.id, number, str_of(casebook_kind_name(new->kind)),
               buf_str(&new->proposal), buf_str(&new->record), buf_str(&new->signature),
               act->member.name, act->member.organisation, act->dossier.rule_id,
               &act->dossier.revision, act->now_ms, buf_str(&new->lane),
               buf_str(&new->lane_signature));
}

/* What is for the 24-hour lane goes by its own move, which asks for more. */
static enum casebook_outcome check_no_lane(struct casebook_act *act,
                                           const struct casebook_proposing *new)
{
    struct casebook_urgent urgent;
    bool found;
    if (!casebook_record_urgent(buf_str(&new->record), act->arena, &urgent, &found, act->err)) {
        return CASEBOOK_REFUSED;
    }
    if (found) {
        err_set(act->err, "usulan ini untuk jalur 24 jam: pakai \"urgent\" / this is for the "
                          "24-hour lane: use \"urgent\"");
        return CASEBOOK_REFUSED;
    }
    return CASEBOOK_DONE;
}

enum casebook_outcome casebook_act_propose(struct casebook_act *act)
{
    struct casebook_proposing new = {.entry = NULL};
    enum casebook_outcome outcome = casebook_proposing_take(act, &new);
    if (outcome == CASEBOOK_DONE) {
        outcome = check_no_lane(act, &new);
    }
    if (outcome == CASEBOOK_DONE && !casebook_proposing_keep(act, &new)) {
        outcome = CASEBOOK_FAILED;
    }
    casebook_proposing_fini(&new);
    return outcome;
}
