#include "filter/casebook/keys.h"

#include <string.h>

#include "filter/base/arena.h"
#include "filter/base/canonical.h"
#include "filter/base/err.h"
#include "filter/casebook/case.h"
#include "filter/casebook/sql.h"

#define TYPE "saring-key-1"
#define OPERATOR STR("operator")

bool casebook_key_is_taken(struct casebook *casebook, struct str key, struct err *err)
{
    int64_t count = 0;
    if (key.len > 0 && !casebook_sql_number(casebook, 0, &count, err,
                                            "SELECT count(*) FROM keys WHERE key = ?1", "t", key)) {
        return true;
    }
    if (count > 0) {
        err_set(err, "this key is another account's already, or was: one person, one account");
    }
    return count > 0;
}

bool casebook_key_put(struct casebook *casebook, struct str name, struct str folded,
                      enum casebook_role role, struct str key, int64_t now_ms, struct str reason,
                      struct err *err)
{
    return key.len == 0 ||
           casebook_sql_run(casebook, err,
                            "INSERT INTO keys (key, person, organisation, role, since_ms, reason)"
                            " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                            "ttttit", key, name, folded, str_of(casebook_role_name(role)), now_ms,
                            reason);
}

static bool find_member(struct casebook *casebook, struct arena *arena, struct str name,
                        struct casebook_member *member, struct err *err)
{
    bool found;
    if (!casebook_member_find(casebook, arena, name, member, &found, err)) {
        return false;
    }
    return (found && !member->is_disabled) ||
           err_set(err, "there is no person of the name %.*s", STR_FORMAT(name));
}

static bool change(struct casebook *casebook, const struct casebook_member *member, struct str key,
                   struct str reason, struct err *err)
{
    int64_t now, sealed; /* whether the other half lies here counts in the 24-hour lane */
    return !casebook_key_is_taken(casebook, key, err) && casebook_time(casebook, &now, err) &&
           casebook_sql_number(casebook, 1, &sealed, err,
                               "SELECT sealed IS NOT NULL FROM people WHERE name = ?1", "t",
                               member->name) &&
           casebook_sql_run(casebook, err,
                            "UPDATE keys SET until_ms = ?2 WHERE person = ?1 AND until_ms IS NULL",
                            "ti", member->name, now) &&
           casebook_sql_run(casebook, err, "UPDATE people SET key = ?2 WHERE name = ?1", "tt",
                            member->name, key) &&
           casebook_key_put(casebook, member->name, member->organisation, member->role, key, now,
                            reason, err) &&
           casebook_log(casebook, OPERATOR, "key", 0,
                        json_pack("{so so so sb}", "key", casebook_json_str(key), "name",
                                  casebook_json_str(member->name), "reason",
                                  casebook_json_str(reason), "sealed", sealed != 0),
                        err);
}

bool casebook_key_change(struct casebook *casebook, struct str name, struct str key,
                         struct str reason, struct err *err)
{
    struct arena *arena = arena_new(64 << 10);
    struct casebook_member member;
    bool done = find_member(casebook, arena, name, &member, err) &&
                change(casebook, &member, key, reason, err);
    arena_free(arena);
    return done;
}

/* A key of their own in the place of whatever there was; what a password sealed goes with it. */
static bool replace(struct casebook *casebook, struct arena *arena, struct str name, struct str key,
                    struct str reason, struct err *err)
{
    struct casebook_member member;
    if (!find_member(casebook, arena, name, &member, err)) {
        return false;
    }
    if (!casebook_acts_on_cases(member.role)) {
        return err_set(err, "an %s signs nothing", casebook_role_name(member.role));
    }
    return casebook_sql_run(casebook, err, "UPDATE people SET sealed = NULL WHERE name = ?1", "t",
                            name) &&
           casebook_sign_out(casebook, name, err) && change(casebook, &member, key, reason, err);
}

bool casebook_key_replace(struct casebook *casebook, struct str name, struct str line,
                          struct str reason, struct err *err)
{
    struct sshsig_key key;
    struct buf own = BUF_EMPTY;
    struct arena *arena = arena_new(64 << 10);
    bool done = sshsig_key_parse(line, &key, err) &&
                casebook_check_words(reason, "the reason", 3, CASEBOOK_STATEMENT_MOST, err) &&
                casebook_sql_enter(casebook, err);
    if (done) {
        sshsig_key_format(&key, &own);
        done = replace(casebook, arena, name, buf_str(&own), reason, err);
        done = casebook_sql_leave(casebook, done, err);
    }
    buf_fini(&own);
    arena_free(arena);
    return done;
}

/* What a certificate is about: the person and key of now, and the season that runs. */
struct subject {
    struct casebook_member member;
    struct casebook_now now;
    int64_t since_ms;
};

static bool find_subject(struct casebook *casebook, struct arena *arena, struct str name,
                         struct subject *subject, struct err *err)
{
    if (!find_member(casebook, arena, name, &subject->member, err) ||
        !casebook_now(casebook, arena, &subject->now, err)) {
        return false;
    }
    if (subject->now.is_demo || subject->now.is_over) {
        return err_set(err, "no season runs: in a demonstration every key counts");
    }
    if (!subject->member.has_key) {
        return err_set(err, "%.*s has no key that could be certified", STR_FORMAT(name));
    }
    return casebook_sql_number(casebook, 0, &subject->since_ms, err,
                               "SELECT since_ms FROM keys WHERE key = ?1", "t",
                               subject->member.key_line);
}

static bool write_certificate(const struct subject *subject, struct buf *out, struct err *err)
{
    char since[CLOCK_TEXT];
    const struct casebook_member *member = &subject->member;
    json_t *certificate = json_pack(
        "{so so so ss so ss ss}", "key", casebook_json_str(member->key_line), "name",
        casebook_json_str(member->name), "organisation", casebook_json_str(member->organisation),
        "role", casebook_role_name(member->role), "season", casebook_json_str(subject->now.season),
        "since", clock_format(subject->since_ms, since), "type", TYPE);
    bool done = canonical_json(certificate, out, err);
    json_decref(certificate);
    return done;
}

bool casebook_key_certificate(struct casebook *casebook, struct str name, struct buf *certificate,
                              struct err *err)
{
    struct arena *arena = arena_new(1 << 20);
    struct subject subject;
    bool done = find_subject(casebook, arena, name, &subject, err) &&
                write_certificate(&subject, certificate, err);
    arena_free(arena);
    return done;
}

bool casebook_season_file_load(struct casebook *casebook, struct arena *arena,
                               const struct hash *id, struct casebook_season_file *file,
                               struct err *err)
{
    struct buf text = BUF_EMPTY;
    sqlite3_stmt *statement =
        casebook_sql(casebook, err, "SELECT file FROM seasons WHERE id = ?1", "h", id);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step = casebook_sql_step(casebook, statement, err);
    buf_put_str(&text, step == SQL_ROW ? casebook_sql_text(statement, 0) : STR(""));
    casebook_sql_done(statement);
    bool done = step == SQL_ROW ? casebook_season_read(arena, buf_str(&text), file, err)
                                : step == SQL_END &&
                                      err_set(err, "the season's file is gone from the casebook");
    buf_fini(&text);
    return done;
}

bool casebook_key_counts(struct casebook *casebook, struct arena *arena,
                         const struct casebook_now *now, struct str organisation,
                         enum casebook_role role, struct str key, bool *counts, struct err *err)
{
    struct casebook_season_file file;
    int64_t certified, revoked;
    *counts = false;
    if (!casebook_season_file_load(casebook, arena, &now->running.id, &file, err) ||
        !casebook_season_names(arena, &file, organisation, role, key, counts, err) ||
        !casebook_sql_number(casebook, 0, &certified, err,
                             "SELECT count(*) FROM keys WHERE key = ?1 AND season = ?2 AND"
                             " organisation = ?3 AND role = ?4",
                             "tttt", key, now->season, organisation,
                             str_of(casebook_role_name(role))) ||
        !casebook_sql_number(casebook, 0, &revoked, err,
                             "SELECT count(*) FROM keys WHERE key = ?1 AND revoked_ms IS NOT NULL",
                             "t", key)) {
        return false;
    }
    *counts = (*counts || certified > 0) && revoked == 0;
    return true;
}

enum { SIGNERS_MOST = 256 };

/* The keys that might have signed: of the same organisation and role, of people who are there. */
static bool load_signers(struct casebook *casebook, struct arena *arena,
                         const struct casebook_member *member, struct str *signers, size_t *count,
                         struct err *err)
{
    sqlite3_stmt *statement = casebook_sql(
        casebook, err,
        "SELECT keys.key FROM keys JOIN people ON name = person WHERE keys.organisation = ?1 AND"
        " keys.role = ?2 AND revoked_ms IS NULL AND disabled_ms IS NULL AND keys.key <> ?3 AND"
        " people.organisation = ?1 AND (until_ms IS NULL OR person = ?4) ORDER BY since_ms",
        "tttt", member->organisation, str_of(casebook_role_name(member->role)), member->key_line,
        member->name);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step;
    *count = 0;
    while ((step = casebook_sql_step(casebook, statement, err)) == SQL_ROW &&
           *count < SIGNERS_MOST) {
        signers[(*count)++] = casebook_keep(arena, casebook_sql_text(statement, 0));
    }
    casebook_sql_done(statement);
    return step != SQL_FAILED;
}

static bool find_signer(struct casebook *casebook, struct arena *arena,
                        const struct subject *subject, struct str certificate, struct str signature,
                        struct str *signer, struct err *err)
{
    struct str *signers = arena_array(arena, SIGNERS_MOST, sizeof *signers);
    size_t count = 0;
    const struct casebook_member *member = &subject->member;
    if (signers == NULL || !load_signers(casebook, arena, member, signers, &count, err)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        struct sshsig_key key;
        struct err why = ERR_NONE;
        bool counts;
        if (!sshsig_key_parse(signers[i], &key, &why) ||
            !sshsig_verify(signature, certificate, &key, &why)) {
            continue;
        }
        if (!casebook_key_counts(casebook, arena, &subject->now, member->organisation, member->role,
                                 signers[i], &counts, err)) {
            return false;
        }
        if (counts) {
            *signer = signers[i];
            return true;
        }
    }
    return err_set(err,
                   "no key of %.*s that counts in this season signed this certificate: a "
                   "colleague's in the same role, or the one that was replaced",
                   STR_FORMAT(member->organisation));
}

static bool certify(struct casebook *casebook, struct arena *arena, struct str name,
                    struct str signature, struct err *err)
{
    struct subject subject;
    struct str signer;
    struct buf certificate = BUF_EMPTY;
    bool done =
        find_subject(casebook, arena, name, &subject, err) &&
        write_certificate(&subject, &certificate, err) &&
        find_signer(casebook, arena, &subject, buf_str(&certificate), signature, &signer, err) &&
        casebook_sql_run(casebook, err,
                         "UPDATE keys SET season = ?2, certificate = ?3, signer = ?4,"
                         " signature = ?5 WHERE key = ?1",
                         "ttttt", subject.member.key_line, subject.now.season,
                         buf_str(&certificate), signer, signature) &&
        casebook_log(casebook, OPERATOR, "certify", 0,
                     json_pack("{so so so so}", "certificate",
                               casebook_json_str(buf_str(&certificate)), "name",
                               casebook_json_str(name), "signature", casebook_json_str(signature),
                               "signer", casebook_json_str(signer)),
                     err);
    buf_fini(&certificate);
    return done;
}

bool casebook_key_certify(struct casebook *casebook, struct str name, struct str signature,
                          struct err *err)
{
    struct arena *arena = arena_new(8 << 20);
    bool done = casebook_sql_enter(casebook, err);
    if (done) {
        done = casebook_sql_leave(casebook, certify(casebook, arena, name, signature, err), err);
    }
    arena_free(arena);
    return done;
}

bool casebook_key_certify_by(struct casebook *casebook, const struct casebook_session *session,
                             struct str name, struct err *err)
{
    struct buf certificate = BUF_EMPTY, signature = BUF_EMPTY;
    const unsigned char *secret = casebook_session_secret(session);
    int64_t now;
    bool done =
        (secret != NULL ||
         err_set(err,
                 "no key of %.*s lies here: sign the certificate with ssh-keygen -Y "
                 "sign -n saring",
                 STR_FORMAT(casebook_session_name(session)))) &&
        casebook_time(casebook, &now, err) &&
        casebook_session_check(casebook, session, now, false, NEED_FRESH, err) == CASEBOOK_DONE &&
        casebook_key_certificate(casebook, name, &certificate, err);
    if (done) {
        sshsig_sign(secret, buf_str(&certificate), &signature);
        done = casebook_key_certify(casebook, name, buf_str(&signature), err);
    }
    buf_fini(&certificate);
    buf_fini(&signature);
    return done;
}

enum { RELEASED_MOST = 100000 };

/* The cases whose entry in force a key signed: the reviewer's by its proposal, else the log. */
static bool cases_signed_by(struct casebook *casebook, struct str person, struct buf *numbers,
                            struct err *err)
{
    sqlite3_stmt *statement =
        casebook_sql(casebook, err,
                     "SELECT case_id FROM entries WHERE state IN ('active', 'suspended',"
                     " 'provisional') AND (reviewer = ?1 OR approver = ?1) LIMIT ?2",
                     "ti", person, (int64_t)RELEASED_MOST);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step;
    while ((step = casebook_sql_step(casebook, statement, err)) == SQL_ROW) {
        int64_t number = casebook_sql_int(statement, 0);
        buf_put(numbers, &number, sizeof number);
    }
    casebook_sql_done(statement);
    return step == SQL_END;
}

static bool release(struct casebook *casebook, struct arena *arena, struct str person,
                    size_t *released, struct err *err)
{
    struct buf numbers = BUF_EMPTY;
    bool done = cases_signed_by(casebook, person, &numbers, err);
    for (size_t at = 0; done && at < numbers.len; at += sizeof(int64_t)) {
        int64_t number;
        bool voided = false;
        memcpy(&number, numbers.bytes + at, sizeof number);
        done = casebook_case_void(casebook, arena, number, "a key that signed it was revoked",
                                  &voided, err);
        *released += voided ? 1 : 0;
    }
    buf_fini(&numbers);
    return done;
}

static bool revoke(struct casebook *casebook, struct arena *arena, struct str name, struct str key,
                   struct str reason, size_t *released, struct err *err)
{
    int64_t now;
    if (!casebook_time(casebook, &now, err) ||
        !casebook_sql_run(casebook, err,
                          "UPDATE keys SET revoked_ms = ?3, until_ms = coalesce(until_ms, ?3),"
                          " reason = ?4 WHERE key = ?1 AND person = ?2 AND revoked_ms IS NULL",
                          "ttit", key, name, now, reason)) {
        return false;
    }
    if (sqlite3_changes(casebook->db) != 1) {
        return err_set(err, "this is no key of %.*s that could be revoked", STR_FORMAT(name));
    }
    return casebook_log(casebook, OPERATOR, "revoke", 0,
                        json_pack("{so so so}", "key", casebook_json_str(key), "name",
                                  casebook_json_str(name), "reason", casebook_json_str(reason)),
                        err) &&
           release(casebook, arena, name, released, err);
}

bool casebook_key_revoke(struct casebook *casebook, struct str name, struct str line,
                         struct str reason, size_t *released, struct err *err)
{
    struct arena *arena = arena_new(8 << 20);
    struct casebook_member member;
    struct sshsig_key key;
    struct buf own = BUF_EMPTY;
    bool found;
    *released = 0;
    bool done = casebook_check_words(reason, "the reason", 3, CASEBOOK_STATEMENT_MOST, err) &&
                casebook_member_find(casebook, arena, name, &member, &found, err) &&
                (found || err_set(err, "there is no person of the name %.*s", STR_FORMAT(name))) &&
                sshsig_key_parse(line.len > 0 ? line : member.key_line, &key, err) &&
                casebook_sql_enter(casebook, err);
    if (done) {
        sshsig_key_format(&key, &own);
        done = revoke(casebook, arena, name, buf_str(&own), reason, released, err);
        done = casebook_sql_leave(casebook, done, err);
    }
    buf_fini(&own);
    arena_free(arena);
    return done;
}

static void hand_out(sqlite3_stmt *row, void (*each)(void *context, const struct casebook_key *key),
                     void *context)
{
    char fingerprint[SSHSIG_FINGERPRINT] = "";
    struct sshsig_key parsed;
    struct err ignored = ERR_NONE;
    struct casebook_key key = {
        .line = casebook_sql_text(row, 0),
        .person = casebook_sql_text(row, 1),
        .organisation = casebook_sql_text(row, 2),
        .since_ms = casebook_sql_int(row, 4),
        .until_ms = casebook_sql_int(row, 5),
        .is_revoked = casebook_sql_int(row, 6) != 0,
        .reason = casebook_sql_text(row, 7),
        .season = casebook_sql_text(row, 8),
        .certificate = casebook_sql_text(row, 9),
        .signer = casebook_sql_text(row, 10),
        .signature = casebook_sql_text(row, 11),
    };
    if (sshsig_key_parse(key.line, &parsed, &ignored)) {
        sshsig_key_fingerprint(&parsed, fingerprint);
    }
    key.fingerprint = str_of(fingerprint);
    if (casebook_role_parse(casebook_sql_text(row, 3), &key.role)) {
        each(context, &key);
    }
}

bool casebook_keys(struct casebook *casebook,
                   void (*each)(void *context, const struct casebook_key *key), void *context,
                   struct err *err)
{
    sqlite3_stmt *statement =
        casebook_sql(casebook, err,
                     "SELECT key, person, name, keys.role, since_ms, coalesce(until_ms, ?1),"
                     " revoked_ms IS NOT NULL, reason, season, certificate, signer, signature"
                     " FROM keys JOIN organisations ON folded = organisation"
                     " ORDER BY since_ms, person",
                     "i", CLOCK_NEVER);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step;
    while ((step = casebook_sql_step(casebook, statement, err)) == SQL_ROW) {
        hand_out(statement, each, context);
    }
    casebook_sql_done(statement);
    return step == SQL_END;
}
