#include "filter/casebook/people.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "filter/base/arena.h"
#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/casebook/case.h"
#include "filter/casebook/internal.h"
#include "filter/casebook/sql.h"
#include "filter/text/utf8.h"
#include "filter/text/view.h"

#define OPERATOR STR("operator")

/* `what` in both languages, "alasan / the reason", is told of in both. */
static bool complain(struct err *err, const char *what, const char *id, const char *en)
{
    const char *bar = strstr(what, " / ");
    return bar == NULL ? err_set(err, "%s %s", what, en)
                       : err_set(err, "%.*s %s / %s %s", (int)(bar - what), what, id, bar + 3, en);
}

bool casebook_check_words(struct str text, const char *what, size_t least, size_t most,
                          struct err *err)
{
    size_t characters = 0;
    char id[96], en[96];
    if (!utf8_is_valid(text)) {
        return complain(err, what, "bukan UTF-8", "is no UTF-8");
    }
    for (size_t at = 0; at < text.len; characters++) {
        utf8proc_int32_t c;
        at += (size_t)utf8proc_iterate((const utf8proc_uint8_t *)text.at + at,
                                       (utf8proc_ssize_t)(text.len - at), &c);
        switch (utf8proc_category(c)) {
        case UTF8PROC_CATEGORY_CC:
            if (c == '\n') {
                break;
            }
            /* fall through */
        case UTF8PROC_CATEGORY_CF:
        case UTF8PROC_CATEGORY_CO:
        case UTF8PROC_CATEGORY_CN:
        case UTF8PROC_CATEGORY_ZL:
        case UTF8PROC_CATEGORY_ZP:
            snprintf(id, sizeof id, "memuat karakter tak terlihat (U+%04X)", (unsigned)c);
            snprintf(en, sizeof en, "holds a control or invisible character (U+%04X)", (unsigned)c);
            return complain(err, what, id, en);
        default: /* every other category is visible text */
            break;
        }
    }
    if (characters < least || characters > most) {
        snprintf(id, sizeof id, "memuat %zu huruf; perlu %zu sampai %zu", characters, least, most);
        snprintf(en, sizeof en, "has %zu characters; it takes %zu to %zu", characters, least, most);
        return complain(err, what, id, en);
    }
    return str_trim(text).len > 0 || least == 0 || complain(err, what, "kosong", "is blank");
}

/* "KPU  Contoh" and "kpu contoh" are one organisation, or the rule of two would be a spelling. */
bool casebook_fold_name(struct arena *arena, struct str name, struct str *folded, struct err *err)
{
    if (!casebook_check_words(name, "the organisation's name", 1, CASEBOOK_NAME_MOST, err) ||
        !text_fold_literal(TEXT_FOLDED, str_trim(name), arena, folded, err)) {
        return false;
    }
    return memchr(name.at, '\n', name.len) == NULL ||
           err_set(err, "the organisation's name holds a line break");
}

bool casebook_check_name(struct str name, struct err *err)
{
    bool good = name.len > 0 && name.len <= CASEBOOK_NAME_MOST;
    for (size_t i = 0; good && i < name.len; i++) {
        char c = name.at[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        good = plain || (i > 0 && (c == '.' || c == '_' || c == '-'));
    }
    if (!good) {
        return err_set(err, "a person's name takes 1 to %d of a-z, 0-9 and . _ - inside",
                       CASEBOOK_NAME_MOST);
    }
    return (!str_is(name, "operator") && !str_is(name, "clock") && !str_is(name, "machine")) ||
           err_set(err, "the log speaks of the %.*s in this name; take another one",
                   STR_FORMAT(name));
}

bool casebook_acts_on_cases(enum casebook_role role)
{
    return role == ROLE_TEAM || role == ROLE_INDEPENDENT || role == ROLE_APPEALS;
}

static bool find_role(struct casebook *casebook, struct str folded, struct buf *role,
                      struct err *err)
{
    sqlite3_stmt *statement = casebook_sql(
        casebook, err, "SELECT role FROM organisations WHERE folded = ?1", "t", folded);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step = casebook_sql_step(casebook, statement, err);
    if (step == SQL_ROW) {
        buf_put_str(role, casebook_sql_text(statement, 0));
    }
    casebook_sql_done(statement);
    return step != SQL_FAILED;
}

/* An organisation acts in one of the roles that decide, for good. */
bool casebook_organisation_put(struct casebook *casebook, struct str name, struct str folded,
                               const char *role, struct err *err)
{
    struct buf has = BUF_EMPTY;
    bool done = casebook_sql_run(casebook, err,
                                 "INSERT OR IGNORE INTO organisations (folded, name, role)"
                                 " VALUES (?1, ?2, '')",
                                 "tt", folded, str_trim(name)) &&
                find_role(casebook, folded, &has, err);
    if (done && role != NULL && has.len == 0) {
        done =
            casebook_sql_run(casebook, err, "UPDATE organisations SET role = ?2 WHERE folded = ?1",
                             "tt", folded, str_of(role));
    } else if (done && role != NULL && !str_is(buf_str(&has), role)) {
        done = err_set(err, "%.*s acts as %s here; an organisation can't be %s as well",
                       STR_FORMAT(name), has.bytes, role);
    }
    done = done &&
           (role == NULL || casebook_organisation_may(casebook, name, folded, str_of(role), err));
    buf_fini(&has);
    return done;
}

static bool is_taken(struct casebook *casebook, const struct casebook_newcomer *newcomer,
                     struct str key, struct err *err)
{
    int64_t names;
    if (!casebook_sql_number(casebook, 0, &names, err,
                             "SELECT count(*) FROM people WHERE name = ?1", "t", newcomer->name)) {
        return true;
    }
    if (names > 0) {
        err_set(err, "there is a person of the name %.*s already", STR_FORMAT(newcomer->name));
        return true;
    }
    return casebook_key_is_taken(casebook, key, err);
}

struct account {
    struct buf key, password, sealed;
};

static bool make_account(const struct casebook_newcomer *newcomer, struct account *account,
                         struct err *err)
{
    struct sshsig_key key;
    bool has_key = newcomer->key.len > 0;
    if (!casebook_acts_on_cases(newcomer->role) && has_key) {
        return err_set(err, "an %s signs nothing: leave the key out",
                       casebook_role_name(newcomer->role));
    }
    if (has_key && !sshsig_key_parse(newcomer->key, &key, err)) {
        struct err why = *err;
        *err = ERR_NONE;
        return err_set(err, "the key %s", why.message);
    }
    if (!has_key && (newcomer->role == ROLE_INDEPENDENT || newcomer->role == ROLE_APPEALS)) {
        return err_set(err,
                       "a person of the role %s brings a public key (--key FILE.pub), whose "
                       "other half is never on this server",
                       casebook_role_name(newcomer->role));
    }
    if (!casebook_password_hash(newcomer->password, &account->password, err)) {
        return false;
    }
    if (!has_key && newcomer->role == ROLE_TEAM) {
        if (!casebook_seal(newcomer->password, &key, &account->sealed, err)) {
            return false;
        }
        has_key = true;
    }
    if (has_key) {
        sshsig_key_format(&key, &account->key);
    }
    return true;
}

static bool put_person(struct casebook *casebook, const struct casebook_newcomer *newcomer,
                       struct str folded, const struct account *account, struct err *err)
{
    const char *role = casebook_role_name(newcomer->role);
    struct str key = buf_str(&account->key), sealed = buf_str(&account->sealed);
    int64_t now; /* the log's at least: a clock set back makes nobody's account older */
    if (!casebook_time(casebook, &now, err) || is_taken(casebook, newcomer, key, err) ||
        !casebook_organisation_put(casebook, newcomer->organisation, folded,
                                   casebook_acts_on_cases(newcomer->role) ? role : NULL, err) ||
        !casebook_sql_run(casebook, err,
                          "INSERT INTO people (name, organisation, role, key, password, sealed,"
                          " created_ms) VALUES (?1, ?2, ?3, nullif(?4, ''), ?5,"
                          " nullif(?6, x''), ?7)",
                          "ttttt"
                          "bi",
                          newcomer->name, folded, str_of(role), key, buf_str(&account->password),
                          sealed, now) ||
        !casebook_key_put(casebook, newcomer->name, folded, newcomer->role, key, now, STR(""),
                          err)) {
        return false;
    }
    json_t *detail = json_pack("{so so ss so sb}", "name", casebook_json_str(newcomer->name),
                               "organisation", casebook_json_str(folded), "role", role, "key",
                               casebook_json_str(key), "sealed", sealed.len > 0);
    return casebook_log(casebook, OPERATOR, "user", 0, detail, err);
}

bool casebook_people_add(struct casebook *casebook, const struct casebook_newcomer *newcomer,
                         struct err *err)
{
    struct account account = {.key = BUF_EMPTY};
    struct arena *arena = arena_new(64 << 10);
    struct str folded;
    bool done = casebook_check_name(newcomer->name, err) &&
                casebook_fold_name(arena, newcomer->organisation, &folded, err) &&
                casebook_password_check(newcomer->name, newcomer->password, err) &&
                make_account(newcomer, &account, err) && casebook_sql_enter(casebook, err);
    if (done) {
        done = put_person(casebook, newcomer, folded, &account, err);
        done = casebook_sql_leave(casebook, done, err);
    }
    buf_fini(&account.key);
    buf_fini(&account.password);
    buf_fini(&account.sealed);
    arena_free(arena);
    return done;
}

bool casebook_people_refused(struct casebook *casebook, const char *action, const char *why,
                             struct err *err)
{
    return casebook_log_refusal(casebook, OPERATOR, action, 0, why, err);
}

static bool disable(struct casebook *casebook, struct str name, struct str reason, struct err *err)
{
    int64_t now;
    if (!casebook_time(casebook, &now, err) ||
        !casebook_sql_run(casebook, err,
                          "UPDATE people SET disabled_ms = ?2 WHERE name = ?1 AND"
                          " disabled_ms IS NULL",
                          "ti", name, now)) {
        return false;
    }
    if (sqlite3_changes(casebook->db) != 1) {
        return err_set(err, "there is no person of the name %.*s who could be disabled",
                       STR_FORMAT(name));
    }
    return casebook_sign_out(casebook, name, err) &&
           casebook_log(casebook, OPERATOR, "disable", 0,
                        json_pack("{so so}", "name", casebook_json_str(name), "reason",
                                  casebook_json_str(reason)),
                        err);
}

bool casebook_people_disable(struct casebook *casebook, struct str name, struct str reason,
                             struct err *err)
{
    if (!casebook_check_name(name, err) ||
        !casebook_check_words(reason, "the reason", 3, CASEBOOK_STATEMENT_MOST, err) ||
        !casebook_sql_enter(casebook, err)) {
        return false;
    }
    return casebook_sql_leave(casebook, disable(casebook, name, reason, err), err);
}

static bool tie(struct casebook *casebook, const struct str names[2], const struct str folded[2],
                struct str reason, struct err *err)
{
    return casebook_organisation_put(casebook, names[0], folded[0], NULL, err) &&
           casebook_organisation_put(casebook, names[1], folded[1], NULL, err) &&
           casebook_sql_run(casebook, err,
                            "INSERT OR IGNORE INTO ties (one, other, reason)"
                            " VALUES (?1, ?2, ?3), (?2, ?1, ?3)",
                            "ttt", folded[0], folded[1], reason) &&
           casebook_log(casebook, OPERATOR, "tie", 0,
                        json_pack("{so so so}", "one", casebook_json_str(folded[0]), "other",
                                  casebook_json_str(folded[1]), "reason",
                                  casebook_json_str(reason)),
                        err);
}

bool casebook_people_tie(struct casebook *casebook, struct str one, struct str other,
                         struct str reason, struct err *err)
{
    struct arena *arena = arena_new(64 << 10);
    struct str names[2] = {one, other}, folded[2];
    bool done = casebook_fold_name(arena, one, &folded[0], err) &&
                casebook_fold_name(arena, other, &folded[1], err) &&
                (!str_equal(folded[0], folded[1]) ||
                 err_set(err, "these are two spellings of one organisation")) &&
                casebook_check_words(reason, "the reason", 3, CASEBOOK_STATEMENT_MOST, err) &&
                casebook_sql_enter(casebook, err);
    if (done) {
        done = tie(casebook, names, folded, reason, err);
        done = casebook_sql_leave(casebook, done, err);
    }
    arena_free(arena);
    return done;
}

bool casebook_tied(struct casebook *casebook, struct str one, struct str other, bool *tied,
                   struct err *err)
{
    int64_t found;
    bool done =
        casebook_sql_number(casebook, 0, &found, err,
                            "WITH RECURSIVE reach (name) AS (VALUES (?1) UNION"
                            " SELECT ties.other FROM ties JOIN reach ON ties.one = reach.name)"
                            " SELECT count(*) FROM reach WHERE name = ?2",
                            "tt", one, other);
    *tied = !done || found > 0;
    return done;
}

bool casebook_member_find(struct casebook *casebook, struct arena *arena, struct str name,
                          struct casebook_member *member, bool *found, struct err *err)
{
    sqlite3_stmt *statement =
        casebook_sql(casebook, err,
                     "SELECT name, organisation, role, key, coalesce(renewed_ms, created_ms),"
                     " disabled_ms, moved_ms, EXISTS (SELECT 1 FROM keys WHERE keys.key ="
                     " people.key AND revoked_ms IS NOT NULL) FROM people WHERE name = ?1",
                     "t", name);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step = casebook_sql_step(casebook, statement, err);
    bool done = step != SQL_FAILED;
    *found = step == SQL_ROW;
    *member = (struct casebook_member){.has_key = false};
    if (step == SQL_ROW) {
        member->name = casebook_keep(arena, casebook_sql_text(statement, 0));
        member->organisation = casebook_keep(arena, casebook_sql_text(statement, 1));
        member->key_line = casebook_keep(arena, casebook_sql_text(statement, 3));
        member->created_ms = casebook_sql_int(statement, 4);
        member->is_disabled = sqlite3_column_type(statement, 5) != SQLITE_NULL;
        member->moved_ms = sqlite3_column_type(statement, 6) == SQLITE_NULL
                               ? CLOCK_NEVER
                               : casebook_sql_int(statement, 6);
        struct err why = ERR_NONE;
        member->has_key = member->key_line.len > 0 && casebook_sql_int(statement, 7) == 0 &&
                          sshsig_key_parse(member->key_line, &member->key, &why);
        done = casebook_role_parse(casebook_sql_text(statement, 2), &member->role) ||
               err_set(err, "a person has no known role in the casebook");
    }
    casebook_sql_done(statement);
    return done;
}

bool casebook_people_list(struct casebook *casebook,
                          void (*each)(void *context, const struct casebook_person *person),
                          void *context, struct err *err)
{
    sqlite3_stmt *statement =
        casebook_sql(casebook, err,
                     "SELECT people.name, organisations.name, people.role, key, sealed IS NOT NULL,"
                     " disabled_ms IS NOT NULL, created_ms, coalesce(moved_ms, ?1), conflicts,"
                     " contact, secret IS NOT NULL FROM people JOIN organisations"
                     " ON folded = organisation LEFT JOIN factors ON person = people.name"
                     " ORDER BY people.name",
                     "i", CLOCK_NEVER);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step;
    while ((step = casebook_sql_step(casebook, statement, err)) == SQL_ROW) {
        char fingerprint[SSHSIG_FINGERPRINT] = "";
        struct sshsig_key key;
        struct err ignored = ERR_NONE;
        struct casebook_person person = {
            .name = casebook_sql_text(statement, 0),
            .organisation = casebook_sql_text(statement, 1),
            .key = casebook_sql_text(statement, 3),
            .is_sealed = casebook_sql_int(statement, 4) != 0,
            .is_disabled = casebook_sql_int(statement, 5) != 0,
            .created_ms = casebook_sql_int(statement, 6),
            .moved_ms = casebook_sql_int(statement, 7),
            .conflicts = casebook_sql_text(statement, 8),
            .contact = casebook_sql_text(statement, 9),
            .has_factor = casebook_sql_int(statement, 10) != 0,
        };
        if (person.key.len > 0 && sshsig_key_parse(person.key, &key, &ignored)) {
            sshsig_key_fingerprint(&key, fingerprint);
        }
        person.fingerprint = str_of(fingerprint);
        if (casebook_role_parse(casebook_sql_text(statement, 2), &person.role)) {
            each(context, &person);
        }
    }
    casebook_sql_done(statement);
    return step != SQL_FAILED;
}
