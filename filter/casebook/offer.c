#include "filter/casebook/offer.h"

#include <string.h>

#include "filter/base/canonical.h"
#include "filter/base/err.h"
#include "filter/blocklist/entry.h"
#include "filter/blocklist/guard.h"
#include "filter/casebook/act.h"
#include "filter/casebook/sql.h"

#define TYPE "saring-offer-3"

/* How old what was proposed may be (72 h, and a return), and how far two clocks may differ. */
#define OLDEST_MS (8 * CASEBOOK_DAY)
#define APART_MS (10 * CASEBOOK_MINUTE)

static bool load_answers(struct casebook_act *act, const struct casebook_open *open,
                         struct str *answers)
{
    sqlite3_stmt *statement = casebook_sql(
        act->casebook, act->err,
        "SELECT answers FROM answers WHERE case_id = ?1 AND number = ?2 AND person = ?3", "iit",
        act->dossier.id, open->number, act->member.name);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step = casebook_sql_step(act->casebook, statement, act->err);
    if (step == SQL_ROW) {
        *answers = casebook_keep(act->arena, casebook_sql_text(statement, 0));
    }
    casebook_sql_done(statement);
    return step != SQL_FAILED;
}

static enum casebook_outcome refuse_all(struct casebook_act *act)
{
    err_set(act->err,
            "tidak ada yang perlu ditandatangani %.*s / there is nothing for %.*s to sign",
            STR_FORMAT(act->member.name), STR_FORMAT(act->member.name));
    return CASEBOOK_REFUSED;
}

static void take_open(struct casebook_offer *offer, const struct casebook_open *open)
{
    offer->proposal = open->proposal;
    offer->record = open->record;
    offer->sign = open->proposal;
    offer->reviewer = open->proposer;
    offer->organisation = open->organisation;
    offer->made_ms = open->made_ms;
}

static enum casebook_outcome load_proposal(struct casebook_act *act, struct casebook_offer *offer)
{
    struct casebook_open open;
    bool found, is_clear;
    if (!casebook_open_load(act->casebook, act->arena, act->dossier.id, &open, &found, act->err) ||
        !casebook_answered(act, &open, &offer->is_answered, &is_clear)) {
        return CASEBOOK_FAILED;
    }
    enum casebook_outcome outcome = casebook_judge_person(act, &open);
    if (outcome != CASEBOOK_DONE || !offer->is_answered) {
        return outcome;
    }
    take_open(offer, &open);
    return load_answers(act, &open, &offer->own) ? CASEBOOK_DONE : CASEBOOK_FAILED;
}

/* The second reviewer sees it whole: they are of the team, and reproduce the harvest themselves. */
static enum casebook_outcome load_lane(struct casebook_act *act, struct casebook_offer *offer)
{
    struct casebook_open open;
    struct casebook_urgent urgent;
    bool found;
    if (!casebook_urgent_offered(act, &open, &urgent, &found)) {
        return CASEBOOK_FAILED;
    }
    if (!found || !str_equal(urgent.second, act->member.name)) {
        return refuse_all(act);
    }
    take_open(offer, &open);
    offer->what = OFFER_LANE;
    offer->is_answered = true;
    offer->sign = open.lane;
    return CASEBOOK_DONE;
}

static enum casebook_outcome load_restore(struct casebook_act *act, struct casebook_offer *offer)
{
    struct casebook_listing listing;
    struct casebook_open open;
    struct str bytes, person, signature;
    bool found, asked = false;
    if (!casebook_entry_load(act->casebook, act->arena, act->dossier.id, &listing, &found,
                             act->err) ||
        (found && !casebook_restore_asked(act->casebook, act->arena, &listing, &bytes, &person,
                                          &signature, &asked, act->err))) {
        return CASEBOOK_FAILED;
    }
    if (!asked || listing.state != ENTRY_SUSPENDED) {
        return refuse_all(act);
    }
    if (!casebook_open_load(act->casebook, act->arena, act->dossier.id, &open, &found, act->err)) {
        return CASEBOOK_FAILED;
    }
    open.proposer = person;
    enum casebook_outcome outcome = casebook_judge_person(act, &open);
    if (outcome == CASEBOOK_DONE) {
        take_open(offer, &open);
        offer->what = OFFER_RESTORE;
        offer->is_answered = true;
        offer->proposal = listing.json;
        offer->record = STR("");
        offer->sign = bytes;
        offer->made_ms = act->now_ms;
    }
    return outcome;
}

/* The appeal that waits longest; a correction or a referral is shown by what was proposed. */
static enum casebook_outcome load_appeal(struct casebook_act *act, struct casebook_offer *offer)
{
    struct casebook_listing listing;
    struct casebook_open open;
    int64_t appeal;
    bool has_entry, found;
    if (!casebook_sql_number(act->casebook, 0, &appeal, act->err,
                             "SELECT id FROM appeals WHERE case_id = ?1 AND state = 'lodged'"
                             " ORDER BY due_ms, id LIMIT 1",
                             "i", act->dossier.id) ||
        !casebook_entry_load(act->casebook, act->arena, act->dossier.id, &listing, &has_entry,
                             act->err) ||
        !casebook_open_load(act->casebook, act->arena, act->dossier.id, &open, &found, act->err)) {
        return CASEBOOK_FAILED;
    }
    if (appeal == 0 || !found) {
        return refuse_all(act);
    }
    take_open(offer, &open);
    offer->what = OFFER_APPEAL;
    offer->is_answered = true;
    offer->proposal = has_entry ? listing.json : open.proposal;
    offer->record = STR("");
    offer->sign = STR("");
    offer->made_ms = act->now_ms;
    offer->appeal = appeal;
    offer->panel = act->member.organisation;
    return CASEBOOK_DONE;
}

static enum casebook_outcome load_offer(struct casebook_act *act, struct casebook_offer *offer)
{
    enum casebook_state state = act->dossier.state;
    bool is_independent = act->member.role == ROLE_INDEPENDENT;
    if (is_independent && (state == CASE_PROPOSED || state == CASE_URGENT)) {
        return load_proposal(act, offer);
    }
    if (is_independent && state == CASE_LISTED) {
        return load_restore(act, offer);
    }
    if (act->member.role == ROLE_APPEALS) {
        return load_appeal(act, offer);
    }
    return act->member.role == ROLE_TEAM && state == CASE_CLAIMED ? load_lane(act, offer)
                                                                  : refuse_all(act);
}

static const char *const whats[] = {
#define X(constant, name) [constant] = (name),
    CASEBOOK_OFFERS(X)
#undef X
};

static bool read_what(struct str name, enum casebook_offer_what *what)
{
    for (size_t i = 0; i < sizeof whats / sizeof *whats; i++) {
        if (str_is(name, whats[i])) {
            *what = (enum casebook_offer_what)i;
            return true;
        }
    }
    return false;
}

enum casebook_outcome casebook_offer(struct casebook *casebook,
                                     const struct casebook_session *session, int64_t case_id,
                                     struct arena *arena, struct casebook_offer *offer,
                                     struct err *err)
{
    struct casebook_act act = {
        .casebook = casebook, .session = session, .arena = arena, .err = err};
    enum casebook_outcome outcome = casebook_act_load(&act, case_id);
    if (outcome != CASEBOOK_DONE) {
        return outcome;
    }
    *offer = (struct casebook_offer){
        .case_id = act.dossier.id,
        .version = act.dossier.version,
        .state = str_of(casebook_state_name(act.dossier.state)),
        .person = act.member.name,
        .key = act.member.key_line,
        .class = act.dossier.class,
        .rule_id = act.dossier.rule_id,
        .revision = act.dossier.revision,
        .season = act.season.season,
        .season_end_ms = act.season.is_demo ? 0 : act.season.running.end_ms,
    };
    return load_offer(&act, offer);
}

bool casebook_offer_write(const struct casebook_offer *offer, struct buf *out, struct err *err)
{
    json_t *object = json_pack(
        "{sI sb sI ss so sI so so so so so so so so so so sI so ss sI ss so}", "appeal",
        (json_int_t)offer->appeal, "answered", offer->is_answered, "case",
        (json_int_t)offer->case_id, "class", rule_class_name(offer->class), "key",
        casebook_json_str(offer->key), "made", (json_int_t)offer->made_ms, "organisation",
        casebook_json_str(offer->organisation), "own", casebook_json_str(offer->own), "panel",
        casebook_json_str(offer->panel), "person", casebook_json_str(offer->person), "proposal",
        casebook_json_str(offer->proposal), "record", casebook_json_str(offer->record), "reviewer",
        casebook_json_str(offer->reviewer), "revision", casebook_json_hash(&offer->revision),
        "rule", casebook_json_str(offer->rule_id), "season", casebook_json_str(offer->season),
        "season_end", (json_int_t)offer->season_end_ms, "state", casebook_json_str(offer->state),
        "type", TYPE, "version", (json_int_t)offer->version, "what", whats[offer->what], "sign",
        casebook_json_str(offer->sign));
    bool done = canonical_json(object, out, err);
    json_decref(object);
    return done;
}

static struct str keep(struct arena *arena, const json_t *object, const char *name)
{
    return casebook_keep(arena, casebook_json_text(object, name));
}

static int64_t number(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

bool casebook_offer_read(struct str json, struct arena *arena, struct casebook_offer *offer,
                         struct err *err)
{
    struct err why = ERR_NONE;
    *offer = (struct casebook_offer){.case_id = 0};
    json_t *object = json.len <= CASEBOOK_OFFER_BYTES ? canonical_read(json, &why) : NULL;
    bool done = object != NULL && json_object_size(object) == 22 &&
                str_is(casebook_json_text(object, "type"), TYPE) &&
                rule_class_parse(casebook_json_text(object, "class"), &offer->class) &&
                hash_parse(casebook_json_text(object, "revision"), &offer->revision) &&
                read_what(casebook_json_text(object, "what"), &offer->what) &&
                number(object, "case") > 0 && number(object, "version") > 0;
    if (done) {
        offer->case_id = number(object, "case");
        offer->version = number(object, "version");
        offer->state = keep(arena, object, "state");
        offer->person = keep(arena, object, "person");
        offer->key = keep(arena, object, "key");
        offer->rule_id = keep(arena, object, "rule");
        offer->season = keep(arena, object, "season");
        offer->season_end_ms = number(object, "season_end");
        offer->is_answered = json_is_true(json_object_get(object, "answered"));
        offer->own = keep(arena, object, "own");
        offer->proposal = keep(arena, object, "proposal");
        offer->record = keep(arena, object, "record");
        offer->sign = keep(arena, object, "sign");
        offer->reviewer = keep(arena, object, "reviewer");
        offer->organisation = keep(arena, object, "organisation");
        offer->made_ms = number(object, "made");
        offer->appeal = number(object, "appeal");
        offer->panel = keep(arena, object, "panel");
    }
    json_decref(object);
    return done || err_set(err, "what the server gave is no offer of saring's");
}

static bool check_entry(const struct blocklist_entry *entry, int64_t now_ms,
                        const struct blocklist_guard *guard, struct err *err)
{
    const struct blocklist_draft *parts = blocklist_entry_parts(entry);
    if (parts->end_ms <= now_ms) {
        return err_set(err, "the entry's end has passed");
    }
    return blocklist_guard_check(guard, entry, err);
}

/* The bytes of a proposal are what is signed; of the lane, the same with its end in 24 hours. */
static bool check_sign(const struct casebook_offer *offer, int64_t now_ms, struct err *err)
{
    struct buf lane = BUF_EMPTY;
    struct arena *arena = arena_new(CASEBOOK_OFFER_BYTES);
    struct casebook_urgent urgent;
    bool found = false, done;
    if (offer->what == OFFER_PROPOSAL) {
        done = str_equal(offer->sign, offer->proposal) ||
               err_set(err, "other bytes are to be signed than those of the proposal");
    } else {
        done = casebook_record_urgent(offer->record, arena, &urgent, &found, err) &&
               ((found && str_equal(urgent.second, offer->person)) ||
                err_set(err, "the 24-hour lane is offered to somebody else")) &&
               casebook_lane(offer->proposal, &lane, err) &&
               (str_equal(buf_str(&lane), offer->sign) ||
                err_set(err, "other bytes are to be signed than those of the 24-hour entry"));
    }
    struct blocklist_entry *entry =
        done && offer->what == OFFER_LANE ? blocklist_entry_read(offer->sign, err) : NULL;
    if (done && offer->what == OFFER_LANE) {
        done = entry != NULL && (blocklist_entry_parts(entry)->end_ms > now_ms ||
                                 err_set(err, "the entry's end has passed"));
    }
    blocklist_entry_free(entry);
    buf_fini(&lane);
    arena_free(arena);
    return done;
}

/* What restores an entry names it and the row that suspended it, and nothing else. */
static bool check_restore_bytes(const struct casebook_offer *offer,
                                const struct blocklist_entry *entry, struct err *err)
{
    struct err why = ERR_NONE;
    struct buf again = BUF_EMPTY;
    json_t *given = canonical_read(offer->sign, &why);
    struct casebook_listing listing = {.case_id = offer->case_id,
                                       .id = blocklist_entry_id(entry),
                                       .suspended_seq = number(given, "suspended")};
    bool done = given != NULL && listing.suspended_seq > 0 &&
                casebook_restore_bytes(&listing, &again, &why) &&
                str_equal(buf_str(&again), offer->sign);
    json_decref(given);
    buf_fini(&again);
    return done || err_set(err, "the bytes to sign restore another entry than the one shown");
}

/* Whether an entry is of the case and the season that the offer names. */
static bool check_shown(const struct casebook_offer *offer, const struct blocklist_entry *entry,
                        struct err *err)
{
    struct hash season;
    const struct blocklist_draft *parts = blocklist_entry_parts(entry);
    bool is_demo = str_is(offer->season, "demo");
    bool same_season = is_demo ? parts->season == NULL
                               : parts->season != NULL && hash_parse(offer->season, &season) &&
                                     memcmp(&season, parts->season, sizeof season) == 0;
    return (parts->case_id == offer->case_id && same_season) ||
           err_set(err, "the entry is of another case or season");
}

static bool check_restore(const struct casebook_offer *offer, int64_t now_ms,
                          const struct blocklist_guard *guard, struct blocklist_entry **entry,
                          struct err *err)
{
    *entry = blocklist_entry_read(offer->proposal, err);
    if (*entry == NULL) {
        return false;
    }
    bool done = check_shown(offer, *entry, err) && check_restore_bytes(offer, *entry, err) &&
                check_entry(*entry, now_ms, guard, err);
    if (!done) {
        blocklist_entry_free(*entry);
        *entry = NULL;
    }
    return done;
}

/* No bytes come with it: who decides makes them, of what is here and of their own words. */
static bool check_appeal(const struct casebook_offer *offer, int64_t now_ms,
                         const struct blocklist_guard *guard, enum casebook_kind *kind,
                         struct blocklist_entry **entry, struct err *err)
{
    struct err why = ERR_NONE;
    *kind = KIND_ENTRY;
    if (offer->appeal < 1 || offer->panel.len == 0 || offer->sign.len > 0 ||
        offer->made_ms < now_ms - APART_MS) {
        return err_set(err, "what the server gave names no appeal of now, or no panel");
    }
    if (offer->class == RULE_FRAUD) {
        *entry = blocklist_entry_read(offer->proposal, &why);
    }
    if (*entry != NULL) {
        return check_shown(offer, *entry, err) && check_entry(*entry, now_ms, guard, err);
    }
    json_t *object = canonical_read(offer->proposal, &why);
    *kind = json_object_get(object, "recipient") != NULL ? KIND_REFERRAL : KIND_CORRECTION;
    bool done = object != NULL && number(object, "case") == offer->case_id &&
                json_object_get(object, "target") == NULL;
    json_decref(object);
    return done || err_set(err, "what the server shows as decided is nothing of this case");
}

bool casebook_offer_check(const struct casebook_offer *offer, int64_t case_id, int64_t now_ms,
                          const struct blocklist_guard *guard, enum casebook_kind *kind,
                          struct blocklist_entry **entry, struct err *err)
{
    struct casebook_basis basis = {
        .case_id = offer->case_id,
        .class = offer->class,
        .rule_id = offer->rule_id,
        .revision = offer->revision,
        .reviewer = offer->reviewer,
        .organisation = offer->organisation,
        .season = offer->season,
        .is_demo = str_is(offer->season, "demo"),
        .season_end_ms = offer->season_end_ms,
        .now_ms = offer->made_ms,
    };
    *entry = NULL;
    if (offer->case_id != case_id) {
        return err_set(err, "the server gave case %lld in the place of case %lld",
                       (long long)offer->case_id, (long long)case_id);
    }
    if (offer->made_ms > now_ms + APART_MS || offer->made_ms < now_ms - OLDEST_MS) {
        return err_set(err, "the proposal is of another time than now: is this clock right?");
    }
    if (str_equal(offer->reviewer, offer->person)) {
        return err_set(err, "the proposal is your own");
    }
    if (!basis.is_demo && !hash_parse(offer->season, &basis.season_id)) {
        return err_set(err, "the season is neither \"demo\" nor a hash");
    }
    if (offer->what == OFFER_APPEAL) {
        bool done = check_appeal(offer, now_ms, guard, kind, entry, err);
        if (!done) {
            blocklist_entry_free(*entry);
            *entry = NULL;
        }
        return done;
    }
    if (offer->what == OFFER_RESTORE) {
        *kind = KIND_ENTRY;
        return check_restore(offer, now_ms, guard, entry, err);
    }
    if (!check_sign(offer, now_ms, err) ||
        !casebook_proposal_check(offer->proposal, offer->record, &basis, kind, entry, err)) {
        return false;
    }
    if (*entry != NULL && !check_entry(*entry, now_ms, guard, err)) {
        blocklist_entry_free(*entry);
        *entry = NULL;
        return false;
    }
    return true;
}
