#include "filter/casebook/pack.h"

#include <string.h>

#include "filter/base/canonical.h"
#include "filter/base/err.h"
#include "filter/casebook/captures.h"
#include "filter/casebook/case.h"
#include "filter/casebook/evidence.h"
#include "filter/casebook/sql.h"

#define TYPE "saring-pack-1"

static const char *const kinds[] = {
#define X(constant, name) [constant] = (name),
    CASEBOOK_PACKS(X)
#undef X
};

const char *casebook_pack_name(enum casebook_pack_kind kind)
{
    return kinds[kind];
}

struct loading {
    struct casebook *casebook;
    struct arena *arena;
    struct casebook_pack *pack;
    struct err *err;
};

static struct str keep(struct loading *in, const json_t *object, const char *name)
{
    return casebook_keep(in->arena, casebook_json_text(object, name));
}

/* The bytes that were signed, and the English of their record. */
static bool load_proposal(struct loading *in, struct str proposal)
{
    struct casebook_pack *pack = in->pack;
    json_t *object = canonical_read(proposal, in->err);
    const json_t *to = json_object_get(object, "recipient"), *one;
    size_t at;
    if (object == NULL) {
        return false;
    }
    pack->proposal = proposal;
    pack->recipient_name = keep(in, to, "name");
    pack->url = keep(in, object, "url");
    pack->claim = keep(in, object, "claim");
    pack->reason = keep(in, object, "reason");
    bool done = casebook_recipient_parse(casebook_json_text(to, "kind"), &pack->recipient) &&
                clock_parse(casebook_json_text(object, "observed"), &pack->observed_ms);
    json_array_foreach((json_t *)(uintptr_t)json_object_get(object, "evidence"), at, one)
    {
        struct str hex = {json_string_value(one), json_string_length(one)};
        done = done && pack->evidence_count < BLOCKLIST_EVIDENCE_MOST &&
               hash_parse(hex, &pack->evidence[pack->evidence_count++].sha256);
    }
    json_decref(object);
    return done ||
           err_set(in->err, "the referral of case %lld is damaged", (long long)pack->case_id);
}

static bool load_record(struct loading *in)
{
    sqlite3_stmt *statement =
        casebook_sql(in->casebook, in->err,
                     "SELECT record FROM proposals WHERE case_id = ?1 ORDER BY number DESC LIMIT 1",
                     "i", in->pack->case_id);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step = casebook_sql_step(in->casebook, statement, in->err);
    json_t *record =
        step == SQL_ROW ? canonical_read(casebook_sql_text(statement, 0), in->err) : NULL;
    in->pack->reason_en = keep(in, record, "reason_en");
    in->pack->milder = keep(in, record, "milder");
    casebook_sql_done(statement);
    json_decref(record);
    return record != NULL;
}

/* Pseudonyms are the register's: they take the secret, which who only reads has not. */
static bool load_people(struct loading *in)
{
    sqlite3_stmt *statement =
        casebook_sql(in->casebook, in->err,
                     "SELECT json FROM register WHERE case_id = ?1 ORDER BY seq DESC LIMIT 1", "i",
                     in->pack->case_id);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step = casebook_sql_step(in->casebook, statement, in->err);
    struct str json = step == SQL_ROW ? casebook_sql_text(statement, 0) : STR("{}");
    json_t *row = json_loadb(json.at, json.len, 0, NULL), *one;
    size_t at;
    json_array_foreach(json_object_get(row, "people"), at, one)
    {
        if (at < CASEBOOK_PACK_PEOPLE) {
            in->pack->people[in->pack->people_count++] = (struct casebook_pack_person){
                .role = keep(in, one, "role"),
                .pseudonym = keep(in, one, "pseudonym"),
                .organisation = keep(in, one, "organisation"),
            };
        }
    }
    json_decref(row);
    casebook_sql_done(statement);
    return step != SQL_FAILED;
}

static void take_signatures(struct loading *in, const json_t *detail)
{
    for (size_t i = 0; i < in->pack->people_count; i++) {
        struct casebook_pack_person *one = &in->pack->people[i];
        one->signature =
            keep(in, detail,
                 str_is(one->role, "reviewer") ? "reviewer_signature" : "approver_signature");
    }
}

/* When it was approved and sent, both signatures, and how it ended. */
static bool load_log(struct loading *in)
{
    struct casebook_pack *pack = in->pack;
    sqlite3_stmt *statement =
        casebook_sql(in->casebook, in->err,
                     "SELECT action, time_ms, detail FROM log WHERE case_id = ?1 AND action IN"
                     " ('approve', 'refer', 'withdraw', 'void') ORDER BY seq",
                     "i", pack->case_id);
    enum casebook_step step = SQL_FAILED;
    while (statement != NULL &&
           (step = casebook_sql_step(in->casebook, statement, in->err)) == SQL_ROW) {
        struct str action = casebook_sql_text(statement, 0);
        int64_t time = casebook_sql_int(statement, 1);
        struct str text = casebook_sql_text(statement, 2);
        json_t *detail = json_loadb(text.at, text.len, 0, NULL);
        if (str_is(action, "approve")) {
            pack->decided_ms = time;
            take_signatures(in, detail);
        } else if (str_is(action, "refer")) {
            pack->referred_ms = time;
        } else {
            pack->ended_ms = time;
            pack->ended_why = keep(in, detail, "reason");
        }
        json_decref(detail);
    }
    casebook_sql_done(statement);
    return step == SQL_END;
}

static void take_capture(void *context, const struct casebook_capture *capture)
{
    struct loading *in = context;
    for (size_t i = 0; i < in->pack->evidence_count; i++) {
        struct casebook_pack_evidence *one = &in->pack->evidence[i];
        if (memcmp(&one->sha256, &capture->sha256, sizeof one->sha256) == 0) {
            one->is_captured = true;
            one->time_ms = capture->time_ms;
            one->size = capture->size;
            one->url = casebook_keep(in->arena, capture->url);
        }
    }
}

/* What there is to tell, by how the case and its appeals stand. */
static enum casebook_pack_kind kind_of(const struct casebook_page *page)
{
    if (page->summary.state == CASE_WITHDRAWN || page->summary.state == CASE_VOID) {
        return PACK_WITHDRAWN;
    }
    if (page->summary.is_disputed) {
        return PACK_DISPUTED;
    }
    for (size_t i = 0; i < page->objection_count; i++) {
        enum casebook_appeal_state state = page->objections[i].state;
        if (state == APPEAL_UPHELD || state == APPEAL_ABUSIVE) {
            return PACK_UPHELD;
        }
    }
    return PACK_REFERRAL;
}

static enum casebook_outcome refuse(const struct casebook_page *page, bool found, int64_t case_id,
                                    struct err *err)
{
    if (!found) {
        err_set(err, "tidak ada kasus %lld / there is no case %lld", (long long)case_id,
                (long long)case_id);
    } else if (page->summary.state == CASE_PURGED) {
        err_set(err,
                "isi kasus %lld sudah dihapus, berkas rujukannya juga / the content of case "
                "%lld is gone, and the pack with it",
                (long long)case_id, (long long)case_id);
    } else {
        err_set(err,
                "kasus %lld belum dirujuk: usulan rujukan harus disetujui, lalu dikirim tim "
                "(refer) / case %lld was not referred: a referral is approved first, and sent by "
                "the team (refer)",
                (long long)case_id, (long long)case_id);
    }
    return CASEBOOK_REFUSED;
}

static void take_page(struct loading *in, const struct casebook_page *page,
                      const struct casebook_addressees *list)
{
    struct casebook_pack *pack = in->pack;
    const struct casebook_addressee *to =
        casebook_addressees_find(list, pack->recipient, pack->recipient_name);
    pack->kind = kind_of(page);
    pack->class = page->summary.class;
    pack->state = page->summary.state;
    pack->is_demo = page->summary.is_demo;
    pack->address = to != NULL ? casebook_keep(in->arena, to->address) : STR("");
    pack->answer_ms =
        page->summary.state == CASE_REFERRED ? page->summary.deadline_ms : CLOCK_NEVER;
    pack->rules = page->rules;
    pack->rule_count =
        page->rule_count < CASEBOOK_PACK_RULES ? page->rule_count : CASEBOOK_PACK_RULES;
    pack->objections = page->objections;
    pack->objection_count = page->objection_count;
}

enum casebook_outcome casebook_pack_load(struct casebook *casebook,
                                         const struct casebook_addressees *list, int64_t case_id,
                                         struct arena *arena, struct casebook_pack *pack,
                                         struct err *err)
{
    struct casebook_page page;
    bool found;
    struct loading in = {.casebook = casebook, .arena = arena, .pack = pack, .err = err};
    *pack = (struct casebook_pack){.case_id = case_id, .answer_ms = CLOCK_NEVER};
    if (!casebook_show(casebook, case_id, arena, &page, &found, err) ||
        (found && (!load_people(&in) || !load_log(&in)))) {
        return CASEBOOK_FAILED;
    }
    if (!found || page.proposal.len == 0 || !str_is(page.proposal_kind, "referral") ||
        pack->referred_ms == 0) {
        return refuse(&page, found, case_id, err);
    }
    if (!load_proposal(&in, page.proposal) || !load_record(&in) ||
        !casebook_captures(casebook, case_id, take_capture, &in, err)) {
        return CASEBOOK_FAILED;
    }
    take_page(&in, &page, list);
    return CASEBOOK_DONE;
}

static json_t *time_json(int64_t time_ms)
{
    char text[CLOCK_TEXT];
    return time_ms == CLOCK_NEVER ? json_null() : json_string(clock_format(time_ms, text));
}

static json_t *evidence_json(const struct casebook_pack *pack)
{
    json_t *list = json_array();
    for (size_t i = 0; i < pack->evidence_count; i++) {
        const struct casebook_pack_evidence *one = &pack->evidence[i];
        json_t *object = json_pack("{so}", "sha256", casebook_json_hash(&one->sha256));
        if (one->is_captured) {
            json_object_set_new(object, "captured", time_json(one->time_ms));
            json_object_set_new(object, "bytes", json_integer((json_int_t)one->size));
            json_object_set_new(object, "url", casebook_json_str(one->url));
        }
        json_array_append_new(list, object);
    }
    return list;
}

static void put_text(json_t *object, const char *name, struct str value)
{
    if (value.len > 0) {
        json_object_set_new(object, name, casebook_json_str(value));
    }
}

static void put_time(json_t *object, const char *name, int64_t time_ms)
{
    if (time_ms != CLOCK_NEVER) {
        json_object_set_new(object, name, time_json(time_ms));
    }
}

/* What a rule rests on: an official page, a fact, a fact-check. */
static json_t *basis_json(const struct casebook_rule *rule)
{
    json_t *list = json_array();
    for (size_t i = 0; i < rule->evidence_count; i++) {
        const struct rule_evidence *one = &rule->evidence[i];
        json_t *object = json_object();
        put_text(object, "url", one->url);
        put_text(object, "publisher", one->publisher);
        put_text(object, "impersonates", one->impersonates);
        put_text(object, "claim", one->claim);
        put_text(object, "rating", one->rating);
        put_text(object, "sha256", one->sha256);
        put_time(object, "published", one->published_ms);
        put_time(object, "valid_from", one->valid_from_ms);
        put_time(object, "valid_until", one->valid_until_ms);
        put_time(object, "rated", one->rated_ms);
        json_array_append_new(list, object);
    }
    return list;
}

static json_t *rules_json(const struct casebook_pack *pack)
{
    json_t *list = json_array();
    for (size_t i = 0; i < pack->rule_count; i++) {
        const struct casebook_rule *one = &pack->rules[i];
        json_array_append_new(list, json_pack("{so so so so}", "id", casebook_json_str(one->id),
                                              "title", casebook_json_str(one->title), "revision",
                                              casebook_json_hash(&one->revision), "basis",
                                              basis_json(one)));
    }
    return list;
}

static json_t *people_json(const struct casebook_pack *pack, json_t *signatures)
{
    json_t *list = json_array();
    for (size_t i = 0; i < pack->people_count; i++) {
        const struct casebook_pack_person *one = &pack->people[i];
        json_array_append_new(list,
                              json_pack("{so so so}", "role", casebook_json_str(one->role),
                                        "pseudonym", casebook_json_str(one->pseudonym),
                                        "organisation", casebook_json_str(one->organisation)));
        json_array_append_new(signatures, json_pack("{so so}", "role", casebook_json_str(one->role),
                                                    "sshsig", casebook_json_str(one->signature)));
    }
    return list;
}

/* An objection's ground is whoever objected's: it stays with the panel. */
static json_t *appeals_json(const struct casebook_pack *pack)
{
    json_t *list = json_array();
    for (size_t i = 0; i < pack->objection_count; i++) {
        const struct casebook_objection *one = &pack->objections[i];
        json_t *object = json_pack("{sI ss so so}", "number", (json_int_t)one->number, "state",
                                   casebook_appeal_state_name(one->state), "lodged",
                                   time_json(one->lodged_ms), "since", time_json(one->since_ms));
        put_text(object, "reason", one->reason);
        json_array_append_new(list, object);
    }
    return list;
}

static json_t *route_json(const struct casebook_pack *pack, const char *origin)
{
    json_t *object = json_pack(
        "{sI ss}", "case", (json_int_t)pack->case_id, "how",
        "Siapa pun dapat berkeberatan tanpa akun, dengan nomor kasus ini, di register publik. / "
        "Anyone can object without an account, by this case's number, at the public register.");
    if (origin != NULL) {
        struct buf url = BUF_EMPTY;
        buf_printf(&url, "%s/kasus-%lld.html", origin, (long long)pack->case_id);
        json_object_set_new(object, "register", casebook_json_str(buf_str(&url)));
        buf_fini(&url);
    }
    return object;
}

bool casebook_pack_write(const struct casebook_pack *pack, const char *origin, struct buf *out,
                         struct err *err)
{
    json_t *signatures = json_array();
    json_t *people = people_json(pack, signatures);
    json_t *object = json_pack(
        "{ss ss sb sI ss s{ss so so} so so s{so so} so so so so so so so s{sb sb} so so s{so so}}",
        "type", TYPE, "notice", kinds[pack->kind], "demo", pack->is_demo, "case",
        (json_int_t)pack->case_id, "class", rule_class_name(pack->class), "recipient", "kind",
        casebook_recipient_name(pack->recipient), "name", casebook_json_str(pack->recipient_name),
        "address", casebook_json_str(pack->address), "url", casebook_json_str(pack->url), "claim",
        casebook_json_str(pack->claim), "statement", "id", casebook_json_str(pack->reason), "en",
        casebook_json_str(pack->reason_en), "milder", casebook_json_str(pack->milder), "observed",
        time_json(pack->observed_ms), "decided", time_json(pack->decided_ms), "referred",
        time_json(pack->referred_ms), "evidence", evidence_json(pack), "rules", rules_json(pack),
        "decided_by", people, "automated", "detection", 1, "decision", 0, "appeal",
        route_json(pack, origin), "appeals", appeals_json(pack), "signed", "bytes",
        casebook_json_str(pack->proposal), "signatures", signatures);
    put_time(object, "answer_by", pack->answer_ms);
    if (pack->kind == PACK_WITHDRAWN) {
        json_t *ended = json_pack("{so}", "time", time_json(pack->ended_ms));
        put_text(ended, "reason", pack->ended_why);
        json_object_set_new(object, "ended", ended);
    }
    bool done = canonical_json(object, out, err);
    json_decref(object);
    return done;
}
