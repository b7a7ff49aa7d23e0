#include <string.h>

#include "filter/base/canonical.h"
#include "filter/blocklist/format.h"
#include "filter/casebook/case.h"
#include "filter/casebook/proposal.h"
#include "filter/casebook/registering.h"
#include "filter/casebook/sql.h"

enum { PSEUDONYM_BYTES = 4 };

json_t *casebook_registering_time(int64_t time_ms)
{
    char text[CLOCK_TEXT];
    return json_string(clock_format(time_ms, text));
}

static json_t *text_json(sqlite3_stmt *statement, int column)
{
    return casebook_json_str(casebook_sql_text(statement, column));
}

json_t *casebook_registering_person(const struct casebook_registering *in, struct str name,
                                    const char *role, struct str organisation)
{
    const struct str parts[] = {STR("pseudonym"), in->season, name};
    struct hash hash = casebook_keyed(in->casebook, parts, 3);
    struct buf pseudonym = BUF_EMPTY;
    buf_put_hex(&pseudonym, hash.bytes, PSEUDONYM_BYTES);
    json_t *person = json_pack("{ss ss so}", "pseudonym", pseudonym.bytes, "role", role,
                               "organisation", casebook_json_str(organisation));
    buf_fini(&pseudonym);
    return person;
}

static bool put_state(struct casebook_registering *in, bool *is_public)
{
    sqlite3_stmt *statement = casebook_sql(
        in->casebook, in->err,
        "SELECT class, state, since_ms, season, disputed, state IN ('corrected', 'referred',"
        " 'answered', 'unanswered', 'listed', 'urgent') OR EXISTS (SELECT 1 FROM entries WHERE"
        " case_id = cases.id) OR EXISTS (SELECT 1 FROM register WHERE case_id = cases.id)"
        " FROM cases WHERE id = ?1",
        "i", in->case_id);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step = casebook_sql_step(in->casebook, statement, in->err);
    *is_public = step == SQL_ROW && casebook_sql_int(statement, 5) != 0;
    if (*is_public) {
        in->class = casebook_keep(in->arena, casebook_sql_text(statement, 0));
        in->season = casebook_keep(in->arena, casebook_sql_text(statement, 3));
        json_object_set_new(in->row, "class", casebook_json_str(in->class));
        json_object_set_new(in->row, "state", text_json(statement, 1));
        json_object_set_new(in->row, "since",
                            casebook_registering_time(casebook_sql_int(statement, 2)));
        json_object_set_new(in->row, "season", casebook_json_str(in->season));
        json_object_set_new(in->row, "disputed", json_boolean(casebook_sql_int(statement, 4)));
    }
    casebook_sql_done(statement);
    return step != SQL_FAILED;
}

/* What was signed, but for a referral's address: it is one of a post. Parts of it, for people. */
static void put_signed(struct casebook_registering *in, json_t *proposal, const json_t *record)
{
    static const char *const published[] = {"answers", "conflict", "milder", "reason_en", NULL};
    json_t *because = json_object();
    json_object_del(proposal, "url");
    json_object_set_new(in->row, "measure", casebook_json_str(in->measure));
    json_object_set_new(in->row, "decision", proposal);
    for (const char *const *name = published; *name != NULL; name++) {
        json_t *value = json_object_get(record, *name);
        if (value != NULL) {
            json_object_set(because, *name, value);
        }
    }
    const json_t *urgent = json_object_get(record, "urgent");
    if (urgent != NULL) {
        json_object_set(because, "registrant", json_object_get(urgent, "registrant"));
    }
    json_object_set_new(in->row, "because", because);
}

/* Of which sector an organisation is and to whom it is tied: what its independence rests on. */
static bool put_independence(struct casebook_registering *in, json_t *person, struct str folded)
{
    json_t *ties = json_array();
    sqlite3_stmt *statement =
        casebook_sql(in->casebook, in->err,
                     "SELECT sector, organisations.name, '' FROM organisations WHERE folded = ?1"
                     " UNION ALL SELECT '', '', name FROM ties JOIN organisations ON folded ="
                     " other WHERE one = ?1",
                     "t", folded);
    enum casebook_step step = SQL_FAILED;
    while (statement != NULL &&
           (step = casebook_sql_step(in->casebook, statement, in->err)) == SQL_ROW) {
        if (casebook_sql_text(statement, 2).len > 0) {
            json_array_append_new(ties, text_json(statement, 2));
        } else {
            json_object_set_new(person, "sector", text_json(statement, 0));
            json_object_set_new(person, "organisation", text_json(statement, 1));
        }
    }
    casebook_sql_done(statement);
    json_object_set_new(person, "ties", ties);
    return step == SQL_END;
}

/* Whoever moved since was of `folded` then; "": of the one that they are of now. */
static bool put_person(struct casebook_registering *in, json_t *people, struct str name,
                       const char *role, struct str folded)
{
    if (folded.len == 0) {
        sqlite3_stmt *statement = casebook_sql(
            in->casebook, in->err, "SELECT organisation FROM people WHERE name = ?1", "t", name);
        if (statement == NULL) {
            return false;
        }
        enum casebook_step step = casebook_sql_step(in->casebook, statement, in->err);
        folded =
            step == SQL_ROW ? casebook_keep(in->arena, casebook_sql_text(statement, 0)) : STR("");
        casebook_sql_done(statement);
        if (step == SQL_FAILED) {
            return false;
        }
    }
    json_t *person = casebook_registering_person(in, name, role, STR(""));
    json_array_append_new(people, person);
    return put_independence(in, person, folded);
}

/* `second` is the second reviewer of the 24-hour lane; "" without one, and without an approver. */
static bool put_people(struct casebook_registering *in, struct str proposer, struct str folded,
                       struct str second, struct str approver)
{
    json_t *people = json_array();
    json_object_set_new(in->row, "people", people);
    return put_person(in, people, proposer, "reviewer", folded) &&
           (second.len == 0 || put_person(in, people, second, "second", STR(""))) &&
           (approver.len == 0 || put_person(in, people, approver, "approver", STR("")));
}

/* Parts that follow from the kind of a measure alone. */
static void put_constant(struct casebook_registering *in, const json_t *record)
{
    bool is_entry = str_is(in->measure, "entry");
    const json_t *urgent = json_object_get(record, "urgent");
    /*
     * Always our own: rules of ours on public sources, or on a tip that somebody chose to give.
     * No agency can open a case, and no one is asked where a tip came from.
     */
    json_object_set_new(in->row, "origin", json_string("own"));
    json_object_set_new(in->row, "automated", json_pack("{sb sb}", "detection", 1, "decision", 0));
    json_object_set_new(in->row, "territory",
                        json_string(is_entry                            ? "networks_that_fetch"
                                    : str_is(in->measure, "correction") ? "public"
                                                                        : "recipient"));
    /* Who runs a site is not known to us, and who wrote a post is never kept. */
    json_object_set_new(in->row, "notice",
                        urgent != NULL
                            ? json_pack("{sb so}", "given", 1, "registrant",
                                        json_incref(json_object_get(urgent, "registrant")))
                            : json_pack("{sb ss}", "given", 0, "because",
                                        is_entry ? "owner_unknown" : "nobody_identified"));
}

/* In which files an entry of its scope can stand at all; the others leave it out. */
static void put_consumers(struct casebook_registering *in)
{
    enum blocklist_scope scope;
    size_t count;
    const struct blocklist_format *formats = blocklist_formats(&count), *before = NULL;
    struct str name = casebook_json_text(json_object_get(in->row, "decision"), "scope");
    if (!str_is(in->measure, "entry") || !blocklist_scope_parse(name, &scope)) {
        return;
    }
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        if ((formats[i].scopes & 1U << scope) != 0 &&
            (before == NULL || strcmp(before->name, formats[i].name) != 0)) {
            json_array_append_new(list, json_string(formats[i].name));
            before = &formats[i];
        }
    }
    json_object_set_new(in->row, "consumers", list);
}

static json_t *capture_json(struct casebook_registering *in, const json_t *hash)
{
    json_t *one = json_pack("{sO ss}", "sha256", hash, "tool", "reviewer");
    struct hash wanted;
    int64_t time_ms = 0;
    if (!hash_parse(str_of(json_string_value(hash)), &wanted) ||
        !casebook_sql_number(in->casebook, 0, &time_ms, in->err,
                             "SELECT time_ms FROM captures WHERE case_id = ?1 AND sha256 = ?2",
                             "ih", in->case_id, &wanted)) {
        return one;
    }
    if (time_ms > 0) {
        json_object_set_new(one, "tool", json_string("saring evidence, WARC 1.1"));
        json_object_set_new(one, "captured", casebook_registering_time(time_ms));
    }
    return one;
}

/*
 * What was captured, when and by what. The time that others can trust is that of the approver's
 * signature over these hashes, made on a machine that is not ours: by then they were there.
 */
static bool put_evidence(struct casebook_registering *in)
{
    json_t *decision = json_object_get(in->row, "decision"), *list = json_array();
    const json_t *hash;
    size_t i;
    json_array_foreach(json_object_get(decision, "evidence"), i, hash)
    {
        if (json_is_string(hash)) {
            json_array_append_new(list, capture_json(in, hash));
        }
    }
    json_object_set_new(in->row, "evidence", list);
    return !err_is_set(in->err);
}

static bool put_proposal(struct casebook_registering *in)
{
    sqlite3_stmt *statement = casebook_sql(
        in->casebook, in->err,
        "SELECT kind, proposal, record, proposer, approver, organisation FROM proposals"
        " WHERE case_id = ?1 AND record <> '' ORDER BY number DESC LIMIT 1",
        "i", in->case_id);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step = casebook_sql_step(in->casebook, statement, in->err);
    if (step != SQL_ROW) {
        casebook_sql_done(statement);
        return step != SQL_FAILED;
    }
    struct str proposal = casebook_sql_text(statement, 1), record = casebook_sql_text(statement, 2);
    json_t *signed_json = json_loadb(proposal.at, proposal.len, 0, NULL);
    json_t *record_json = json_loadb(record.at, record.len, 0, NULL);
    struct str proposer = casebook_keep(in->arena, casebook_sql_text(statement, 3));
    struct str approver = casebook_keep(in->arena, casebook_sql_text(statement, 4));
    struct str folded = casebook_keep(in->arena, casebook_sql_text(statement, 5));
    in->measure = casebook_keep(in->arena, casebook_sql_text(statement, 0));
    casebook_sql_done(statement);
    bool done = true;
    if (signed_json != NULL && record_json != NULL) {
        struct str second = casebook_json_text(json_object_get(record_json, "urgent"), "second");
        put_signed(in, signed_json, record_json);
        put_constant(in, record_json);
        put_consumers(in);
        json_object_set_new(in->row, "legal_ground", casebook_registering_ground(in));
        done = put_people(in, proposer, folded, second, approver) && put_evidence(in);
    } else {
        json_decref(signed_json);
    }
    json_decref(record_json);
    return done;
}

/* A review has no file of which a hash could be taken: it is that of what is said of it here. */
static void put_review_hash(struct casebook_registering *in, json_t *basis)
{
    json_t *one;
    size_t i;
    json_array_foreach(basis, i, one)
    {
        struct buf bytes = BUF_EMPTY;
        if (casebook_json_text(one, "rating").len > 0 && canonical_json(one, &bytes, in->err)) {
            struct hash hash = hash_sha256(buf_str(&bytes));
            json_object_set_new(one, "sha256", casebook_json_hash(&hash));
        }
        buf_fini(&bytes);
    }
}

/* The hash that a second person released the rule by, the newest of that revision. */
static bool put_release(struct casebook_registering *in, json_t *rule, const struct hash *revision)
{
    char hex[HASH_HEX];
    sqlite3_stmt *statement =
        casebook_sql(in->casebook, in->err,
                     "SELECT release FROM rule_releases WHERE rule_id = ?1 AND revision = ?2 AND"
                     " released_ms > 0 ORDER BY released_ms DESC LIMIT 1",
                     "th", casebook_json_text(rule, "id"), revision);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step = casebook_sql_step(in->casebook, statement, in->err);
    if (step == SQL_ROW) {
        struct hash release = casebook_sql_hash(statement, 0);
        json_object_set_new(rule, "release", json_string(hash_format(&release, hex)));
    }
    casebook_sql_done(statement);
    return step != SQL_FAILED;
}

static bool put_rules(struct casebook_registering *in)
{
    json_t *rules = json_array();
    sqlite3_stmt *statement =
        casebook_sql(in->casebook, in->err,
                     "SELECT rule_id, revision, title, evidence FROM case_rules WHERE case_id = ?1"
                     " ORDER BY rule_id, revision",
                     "i", in->case_id);
    enum casebook_step step = SQL_FAILED;
    bool done = true;
    while (done && statement != NULL &&
           (step = casebook_sql_step(in->casebook, statement, in->err)) == SQL_ROW) {
        char hex[HASH_HEX];
        struct hash revision = casebook_sql_hash(statement, 1);
        struct str evidence = casebook_sql_text(statement, 3);
        json_t *basis = json_loadb(evidence.at, evidence.len, 0, NULL);
        put_review_hash(in, basis);
        json_t *rule = json_pack("{so ss so so}", "id", text_json(statement, 0), "revision",
                                 hash_format(&revision, hex), "title", text_json(statement, 2),
                                 "evidence", basis != NULL ? basis : json_array());
        json_array_append_new(rules, rule);
        done = put_release(in, rule, &revision);
    }
    casebook_sql_done(statement);
    json_object_set_new(in->row, "rules", rules);
    return done && step == SQL_END;
}

/* By what the class is fulfilled (REVIEW: elements). */
static void put_elements(struct casebook_registering *in)
{
    static const struct {
        const char *class, *member, *of_evidence;
    } elements[] = {{"fraud", "impersonates", "impersonates"},
                    {"procedure", "contradicts", "url"},
                    {"claim", "repeats", "claim"}};
    json_t *object = json_object(),
           *harvest = json_object_get(json_object_get(in->row, "decision"), "harvest");
    const json_t *rule, *one;
    size_t i, k;
    for (size_t c = 0; c < sizeof elements / sizeof *elements; c++) {
        if (!str_is(in->class, elements[c].class)) {
            continue;
        }
        json_t *list = json_array();
        json_array_foreach(json_object_get(in->row, "rules"), i, rule)
        {
            json_array_foreach(json_object_get(rule, "evidence"), k, one)
            {
                struct str text = casebook_json_text(one, elements[c].of_evidence);
                if (text.len > 0) {
                    json_array_append_new(list, casebook_json_str(text));
                }
            }
        }
        json_object_set_new(object, elements[c].member, list);
    }
    if (harvest != NULL) {
        json_object_set(object, "harvest", harvest);
    }
    if (json_object_get(in->row, "decision") != NULL) {
        json_object_set_new(in->row, "elements", object);
    } else {
        json_decref(object);
    }
}

static bool put_entry(struct casebook_registering *in)
{
    sqlite3_stmt *statement = casebook_sql(
        in->casebook, in->err,
        "SELECT id, state, since_ms, end_ms, lane, EXISTS (SELECT 1 FROM lanes WHERE case_id ="
        " entries.case_id) FROM entries WHERE case_id = ?1",
        "i", in->case_id);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step = casebook_sql_step(in->casebook, statement, in->err);
    if (step == SQL_ROW) {
        char hex[HASH_HEX];
        struct hash id = casebook_sql_hash(statement, 0);
        bool is_lane = casebook_sql_int(statement, 4) != 0,
             was_lane = casebook_sql_int(statement, 5) != 0;
        struct str state = casebook_sql_text(statement, 1);
        json_object_set_new(in->row, "entry",
                            json_pack("{ss so so so sb ss}", "id", hash_format(&id, hex), "state",
                                      casebook_json_str(state), "since",
                                      casebook_registering_time(casebook_sql_int(statement, 2)),
                                      "end",
                                      casebook_registering_time(casebook_sql_int(statement, 3)),
                                      "urgent", is_lane, "lane",
                                      !is_lane && was_lane      ? "confirmed"
                                      : !is_lane                ? "none"
                                      : str_is(state, "lapsed") ? "lapsed"
                                                                : "provisional"));
    }
    casebook_sql_done(statement);
    return step != SQL_FAILED;
}

/* Its ground is not published: whoever appealed may have named people in it. */
static bool put_appeals(struct casebook_registering *in)
{
    json_t *appeals = json_array();
    sqlite3_stmt *statement = casebook_sql(
        in->casebook, in->err,
        "SELECT number, state, lodged_ms, since_ms, reason, signed, signature FROM appeals"
        " WHERE case_id = ?1 ORDER BY number",
        "i", in->case_id);
    enum casebook_step step = SQL_FAILED;
    while (statement != NULL &&
           (step = casebook_sql_step(in->casebook, statement, in->err)) == SQL_ROW) {
        json_t *one =
            json_pack("{sI so so so so}", "number", (json_int_t)casebook_sql_int(statement, 0),
                      "state", text_json(statement, 1), "lodged",
                      casebook_registering_time(casebook_sql_int(statement, 2)), "since",
                      casebook_registering_time(casebook_sql_int(statement, 3)), "reason",
                      text_json(statement, 4));
        /* Whose key it is stands in the signature, and in the season's file. */
        if (casebook_sql_text(statement, 6).len > 0) {
            json_object_set_new(one, "signed", text_json(statement, 5));
            json_object_set_new(one, "signature", text_json(statement, 6));
        }
        json_array_append_new(appeals, one);
    }
    casebook_sql_done(statement);
    json_object_set_new(in->row, "appeals", appeals);
    return step == SQL_END;
}

/* Where to object to it and what else there is, with when that ends. */
static void put_remedies(struct casebook_registering *in)
{
    char link[64];
    struct str end = casebook_json_text(json_object_get(in->row, "entry"), "end");
    snprintf(link, sizeof link, "/kasus-%lld.html#keberatan", (long long)in->case_id);
    json_object_set_new(in->row, "appeal",
                        json_pack("{ss so si s[sss]}", "link", link, "until",
                                  end.len > 0 ? casebook_json_str(end) : json_null(),
                                  "decided_within_hours", 72, "outside", "Ombudsman RI", "PTUN",
                                  "Dewan Pers"));
}

bool casebook_registering_fill(struct casebook_registering *in, bool *is_public)
{
    if (!put_state(in, is_public)) {
        return false;
    }
    if (!*is_public) {
        return true;
    }
    bool done = put_proposal(in) && put_rules(in) && put_entry(in) && put_appeals(in);
    put_elements(in);
    put_remedies(in);
    return done;
}
