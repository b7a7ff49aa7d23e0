/* What the log tells of a case for its row in the register. */
#include "filter/casebook/case.h"
#include "filter/casebook/registering.h"
#include "filter/casebook/sql.h"

struct telling {
    struct casebook_registering *in;
    json_t *signatures, *ended, *outcome; /* NULL: nothing of it yet */
    struct str conflict;                  /* the approver's statement */
};

/* The public key that spoke for a person then. */
static bool find_key(struct casebook_registering *in, struct str name, int64_t time_ms,
                     struct str *key)
{
    sqlite3_stmt *statement =
        casebook_sql(in->casebook, in->err,
                     "SELECT key FROM keys WHERE person = ?1 AND since_ms <= ?2"
                     " ORDER BY since_ms DESC LIMIT 1",
                     "ti", name, time_ms);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step = casebook_sql_step(in->casebook, statement, in->err);
    *key = step == SQL_ROW ? casebook_keep(in->arena, casebook_sql_text(statement, 0)) : STR("");
    casebook_sql_done(statement);
    return step != SQL_FAILED;
}

/*
 * Anyone can verify a signature of an entry or a correction: `decision` is what was signed, byte
 * for byte. What was signed of a referral has the address of a post; a signature over it would
 * confirm whoever guesses that, so it is not published.
 */
static bool add_signature(struct telling *telling, const char *role, struct str name,
                          struct str signature, int64_t time_ms, bool is_secret)
{
    struct casebook_registering *in = telling->in;
    struct str key;
    char fingerprint[SSHSIG_FINGERPRINT];
    struct sshsig_key parsed;
    struct err none = ERR_NONE;
    if (!find_key(in, name, time_ms, &key)) {
        return false;
    }
    json_t *one = json_pack("{ss so}", "role", role, "time", casebook_registering_time(time_ms));
    if (sshsig_key_parse(key, &parsed, &none)) {
        json_object_set_new(one, "fingerprint",
                            json_string(sshsig_key_fingerprint(&parsed, fingerprint)));
    }
    if (!is_secret) {
        json_object_set_new(one, "key", casebook_json_str(key));
        json_object_set_new(one, "signature", casebook_json_str(signature));
    }
    json_array_append_new(telling->signatures, one);
    return true;
}

static bool tell_approval(struct telling *telling, const json_t *detail, int64_t time_ms)
{
    bool is_secret = str_is(casebook_json_text(detail, "kind"), "referral");
    json_array_clear(telling->signatures);
    telling->conflict = casebook_keep(telling->in->arena, casebook_json_text(detail, "conflict"));
    return add_signature(telling, "reviewer", casebook_json_text(detail, "reviewer"),
                         casebook_json_text(detail, "reviewer_signature"), time_ms, is_secret) &&
           add_signature(telling, "approver", casebook_json_text(detail, "approver"),
                         casebook_json_text(detail, "approver_signature"), time_ms, is_secret);
}

/* Of the lane both signed another entry, which ends after 24 hours: `signed` has its bytes. */
static bool tell_lane(struct telling *telling, const json_t *detail, int64_t time_ms)
{
    struct str second = casebook_json_text(detail, "second");
    if (second.len == 0) { /* offered only */
        return true;
    }
    json_array_clear(telling->signatures);
    telling->conflict = casebook_keep(telling->in->arena, casebook_json_text(detail, "conflict"));
    if (!add_signature(telling, "reviewer", casebook_json_text(detail, "reviewer"),
                       casebook_json_text(detail, "reviewer_signature"), time_ms, false) ||
        !add_signature(telling, "second", second, casebook_json_text(detail, "second_signature"),
                       time_ms, false)) {
        return false;
    }
    json_t *one;
    size_t i;
    json_array_foreach(telling->signatures, i, one)
    {
        json_object_set(one, "signed", json_object_get(detail, "json"));
    }
    return true;
}

/* {"role","pseudonym","organisation"}, or who of those that are no person. */
static bool put_actor(struct casebook_registering *in, json_t *into, struct str actor)
{
    if (str_equal(actor, CASEBOOK_CLOCK) || str_equal(actor, CASEBOOK_MACHINE) ||
        str_equal(actor, CASEBOOK_PUBLIC)) {
        json_object_set_new(into, "by", json_pack("{so}", "role", casebook_json_str(actor)));
        return true;
    }
    sqlite3_stmt *statement =
        casebook_sql(in->casebook, in->err,
                     "SELECT people.role, organisations.name FROM people JOIN organisations ON"
                     " folded = organisation WHERE people.name = ?1",
                     "t", actor);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step = casebook_sql_step(in->casebook, statement, in->err);
    if (step == SQL_ROW) {
        json_t *by = casebook_registering_person(in, actor, "", casebook_sql_text(statement, 1));
        json_object_set_new(by, "role", casebook_json_str(casebook_sql_text(statement, 0)));
        json_object_set_new(into, "by", by);
    }
    casebook_sql_done(statement);
    return step != SQL_FAILED;
}

static bool tell_end(struct telling *telling, struct str action, struct str actor,
                     const json_t *detail, int64_t time_ms)
{
    json_decref(telling->ended);
    telling->ended = json_pack("{so so so}", "how", casebook_json_str(action), "reason",
                               casebook_json_str(casebook_json_text(detail, "reason")), "time",
                               casebook_registering_time(time_ms));
    return put_actor(telling->in, telling->ended, actor);
}

static void tell_outcome(struct telling *telling, struct str action, const json_t *detail,
                         int64_t time_ms)
{
    if (telling->outcome == NULL) {
        telling->outcome = json_object();
    }
    if (str_is(action, "reply")) {
        json_object_set_new(telling->outcome, "decision",
                            casebook_json_str(casebook_json_text(detail, "reason")));
    }
    json_object_set_new(telling->outcome,
                        str_is(action, "reply")      ? "answered"
                        : str_is(action, "no-reply") ? "unanswered"
                        : str_is(action, "refer")    ? "sent"
                                                     : "published",
                        casebook_registering_time(time_ms));
}

static bool tell(struct telling *telling, struct str action, struct str actor, const json_t *detail,
                 int64_t time_ms)
{
    if (str_is(action, "approve")) {
        return json_object_get(detail, "approver_signature") == NULL ||
               tell_approval(telling, detail, time_ms);
    }
    if (str_is(action, "urgent")) {
        return tell_lane(telling, detail, time_ms);
    }
    if (str_is(action, "refer") || str_is(action, "correct") || str_is(action, "reply") ||
        str_is(action, "no-reply")) {
        tell_outcome(telling, action, detail, time_ms);
        return true;
    }
    return tell_end(telling, action, actor, detail, time_ms);
}

static bool read_rows(struct telling *telling)
{
    struct casebook_registering *in = telling->in;
    bool done = true;
    sqlite3_stmt *statement = casebook_sql(
        in->casebook, in->err,
        "SELECT time_ms, action, actor, detail FROM log WHERE case_id = ?1 AND case_id > 0 AND"
        " action IN ('approve', 'urgent', 'refer', 'correct', 'reply', 'no-reply', 'remove',"
        " 'expire', 'lapse', 'withdraw', 'void', 'reject') ORDER BY seq",
        "i", in->case_id);
    enum casebook_step step = SQL_FAILED;
    while (done && statement != NULL &&
           (step = casebook_sql_step(in->casebook, statement, in->err)) == SQL_ROW) {
        struct str text = casebook_sql_text(statement, 3);
        json_t *detail = json_loadb(text.at, text.len, 0, NULL);
        done = tell(telling, casebook_sql_text(statement, 1), casebook_sql_text(statement, 2),
                    detail, casebook_sql_int(statement, 0));
        json_decref(detail);
    }
    casebook_sql_done(statement);
    return done && step == SQL_END;
}

bool casebook_registering_log(struct casebook_registering *in)
{
    struct telling telling = {.in = in, .signatures = json_array()};
    bool done = read_rows(&telling);
    json_t *because = json_object_get(in->row, "because");
    if (because != NULL && telling.conflict.len > 0) {
        json_object_set_new(because, "conflict_approver", casebook_json_str(telling.conflict));
    }
    json_object_set_new(in->row, "signatures", telling.signatures);
    if (telling.outcome != NULL) {
        json_object_set_new(in->row, "outcome", telling.outcome);
    }
    if (telling.ended != NULL) {
        json_object_set_new(in->row, "ended", telling.ended);
    }
    return done;
}
