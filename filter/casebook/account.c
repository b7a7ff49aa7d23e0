/* What changes about an account that is there: password, statement, address, organisation. */
#include <sodium.h>
#include <string.h>

#include "filter/base/arena.h"
#include "filter/base/err.h"
#include "filter/casebook/case.h"
#include "filter/casebook/organisation.h"
#include "filter/casebook/sql.h"

#define OPERATOR STR("operator")

enum { ADDRESS_MOST = 254 }; /* RFC 5321, section 4.5.3 */

/* What of an account a change of its password needs; ended with account_fini. */
struct account {
    struct buf password, sealed, key;
    bool is_there;
};

static void account_fini(struct account *account)
{
    buf_fini(&account->password);
    buf_fini(&account->sealed);
    buf_fini(&account->key);
}

static bool read_account(struct casebook *casebook, struct str name, struct account *account,
                         struct err *err)
{
    *account = (struct account){.is_there = false};
    sqlite3_stmt *statement =
        casebook_sql(casebook, err,
                     "SELECT password, sealed, key FROM people WHERE name = ?1 AND"
                     " disabled_ms IS NULL",
                     "t", name);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step = casebook_sql_step(casebook, statement, err);
    account->is_there = step == SQL_ROW;
    if (account->is_there) {
        buf_put_str(&account->password, casebook_sql_text(statement, 0));
        buf_put_str(&account->sealed, casebook_sql_blob(statement, 1));
        buf_put_str(&account->key, casebook_sql_text(statement, 2));
    }
    casebook_sql_done(statement);
    return step != SQL_FAILED &&
           (account->is_there ||
            err_set(err, "there is no person of the name %.*s", STR_FORMAT(name)));
}

static bool log_about(struct casebook *casebook, struct str actor, const char *action,
                      struct str name, const char *member, struct str value, struct err *err)
{
    return casebook_log(
        casebook, actor, action, 0,
        json_pack("{so so}", "name", casebook_json_str(name), member, casebook_json_str(value)),
        err);
}

static bool put_password(struct casebook *casebook, struct str name, const struct buf *hash,
                         const struct buf *sealed, struct err *err)
{
    return casebook_sql_run(casebook, err,
                            "UPDATE people SET password = ?2, sealed = nullif(?3, x'')"
                            " WHERE name = ?1",
                            "ttb", name, buf_str(hash), buf_str(sealed)) &&
           casebook_sign_out(casebook, name, err);
}

static bool reseal(const struct account *account, struct str old_password, struct str new_password,
                   struct buf *sealed, struct err *err)
{
    struct sshsig_key key;
    unsigned char secret[SSHSIG_SECRET_BYTES];
    if (account->sealed.len == 0) {
        return true;
    }
    bool done = sshsig_key_parse(buf_str(&account->key), &key, err) &&
                casebook_unseal(buf_str(&account->sealed), old_password, &key, secret, err);
    if (done) {
        done = casebook_seal_secret(new_password, secret, sealed, err);
    }
    sodium_memzero(secret, sizeof secret);
    return done;
}

bool casebook_people_password(struct casebook *casebook, struct str name, struct str old_password,
                              struct str new_password, struct err *err)
{
    struct account account;
    struct buf hash = BUF_EMPTY, sealed = BUF_EMPTY;
    bool done = read_account(casebook, name, &account, err) &&
                (casebook_password_fits(buf_str(&account.password), old_password) ||
                 err_set(err, "name or password is wrong")) &&
                casebook_password_check(name, new_password, err) &&
                casebook_password_hash(new_password, &hash, err) &&
                reseal(&account, old_password, new_password, &sealed, err) &&
                casebook_sql_enter(casebook, err);
    if (done) {
        done = put_password(casebook, name, &hash, &sealed, err) &&
               log_about(casebook, name, "password", name, "how", STR("changed"), err);
        done = casebook_sql_leave(casebook, done, err);
    }
    account_fini(&account);
    buf_fini(&hash);
    buf_fini(&sealed);
    return done;
}

/* A new key pair in the place of one that nobody can unseal any more. */
static bool replace_sealed(struct casebook *casebook, struct str name, struct str key,
                           struct str reason, struct err *err)
{
    return key.len == 0 || casebook_key_change(casebook, name, key, reason, err);
}

static bool reset(struct casebook *casebook, struct str name, const struct buf *hash,
                  const struct buf *sealed, struct str key, struct str reason, struct err *err)
{
    return put_password(casebook, name, hash, sealed, err) &&
           log_about(casebook, OPERATOR, "password", name, "reason", reason, err) &&
           replace_sealed(casebook, name, key, reason, err);
}

bool casebook_people_reset(struct casebook *casebook, struct str name, struct str new_password,
                           struct str reason, struct err *err)
{
    struct account account;
    struct sshsig_key key;
    struct buf hash = BUF_EMPTY, sealed = BUF_EMPTY, line = BUF_EMPTY;
    bool done = read_account(casebook, name, &account, err) &&
                casebook_check_words(reason, "the reason", 3, CASEBOOK_STATEMENT_MOST, err) &&
                casebook_password_check(name, new_password, err) &&
                casebook_password_hash(new_password, &hash, err);
    if (done && account.sealed.len > 0) {
        done = casebook_seal(new_password, &key, &sealed, err);
        if (done) {
            sshsig_key_format(&key, &line);
        }
    }
    if (done && casebook_sql_enter(casebook, err)) {
        done = casebook_sql_leave(
            casebook, reset(casebook, name, &hash, &sealed, buf_str(&line), reason, err), err);
    } else {
        done = false;
    }
    account_fini(&account);
    buf_fini(&hash);
    buf_fini(&sealed);
    buf_fini(&line);
    return done;
}

bool casebook_people_declare(struct casebook *casebook, struct str name, struct str statement,
                             struct err *err)
{
    if (!casebook_check_words(statement, "the statement", 2, CASEBOOK_STATEMENT_MOST, err) ||
        !casebook_sql_enter(casebook, err)) {
        return false;
    }
    bool done = casebook_sql_run(casebook, err,
                                 "UPDATE people SET conflicts = ?2 WHERE name = ?1 AND"
                                 " disabled_ms IS NULL",
                                 "tt", name, statement);
    if (done && sqlite3_changes(casebook->db) != 1) {
        done = err_set(err, "there is no person of the name %.*s", STR_FORMAT(name));
    }
    done = done && log_about(casebook, name, "declare", name, "conflicts", statement, err);
    return casebook_sql_leave(casebook, done, err);
}

/* Nothing that could end a header of a message, or name two recipients. */
static bool check_address(struct str address, struct err *err)
{
    size_t ats = 0;
    for (size_t i = 0; i < address.len; i++) {
        char c = address.at[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!plain && c != '@' && c != '.' && c != '-' && c != '_' && c != '+') {
            return err_set(err, "the address holds a character that is none of a-z 0-9 . - _ + @");
        }
        ats += c == '@' ? 1 : 0;
    }
    bool good =
        address.len == 0 || (ats == 1 && address.len <= ADDRESS_MOST && address.at[0] != '@' &&
                             address.at[address.len - 1] != '@' && address.at[0] != '-');
    return good || err_set(err, "the address is none like nama@contoh.example");
}

bool casebook_people_contact(struct casebook *casebook, struct str name, struct str address,
                             struct err *err)
{
    if (!check_address(address, err) || !casebook_sql_enter(casebook, err)) {
        return false;
    }
    bool done = casebook_sql_run(casebook, err,
                                 "UPDATE people SET contact = ?2 WHERE name = ?1 AND"
                                 " disabled_ms IS NULL",
                                 "tt", name, address);
    if (done && sqlite3_changes(casebook->db) != 1) {
        done = err_set(err, "there is no person of the name %.*s", STR_FORMAT(name));
    }
    /* That there is one, not which: the log is read by many. */
    done = done && log_about(casebook, OPERATOR, "contact", name, "notices",
                             address.len > 0 ? STR("on") : STR("off"), err);
    return casebook_sql_leave(casebook, done, err);
}

/* What a move leads to: the key of then, if it is another one, and whether one stays sealed. */
struct moving {
    struct str name, folded, organisation, key, reason;
    enum casebook_role role;
    bool keeps_sealed;
};

static bool move_person(struct casebook *casebook, const struct moving *moving, struct err *err)
{
    const char *role = casebook_role_name(moving->role);
    int64_t now;
    if (!casebook_time(casebook, &now, err) ||
        !casebook_organisation_put(casebook, moving->organisation, moving->folded,
                                   casebook_acts_on_cases(moving->role) ? role : NULL, err) ||
        !casebook_sql_run(casebook, err,
                          "UPDATE people SET organisation = ?2, role = ?3, moved_ms = ?4,"
                          " sealed = iif(?5, sealed, NULL) WHERE name = ?1",
                          "tttii", moving->name, moving->folded, str_of(role), now,
                          (int64_t)moving->keeps_sealed) ||
        !casebook_sql_run(casebook, err,
                          "UPDATE keys SET organisation = ?2, role = ?3, season = '',"
                          " certificate = '', signer = '', signature = ''"
                          " WHERE person = ?1 AND until_ms IS NULL",
                          "ttt", moving->name, moving->folded, str_of(role)) ||
        !casebook_sign_out(casebook, moving->name, err)) {
        return false;
    }
    json_t *detail = json_pack("{so so so ss}", "name", casebook_json_str(moving->name),
                               "organisation", casebook_json_str(moving->folded), "reason",
                               casebook_json_str(moving->reason), "role", role);
    return casebook_log(casebook, OPERATOR, "move", 0, detail, err) &&
           (moving->key.len == 0 ||
            casebook_key_change(casebook, moving->name, moving->key, moving->reason, err));
}

/* Which key they have from then on. */
static bool settle_key(const struct casebook_member *member, bool is_sealed, struct str line,
                       struct moving *moving, struct buf *own, struct err *err)
{
    struct sshsig_key key;
    if (!casebook_acts_on_cases(moving->role) && line.len > 0) {
        return err_set(err, "an %s signs nothing: leave the key out",
                       casebook_role_name(moving->role));
    }
    if (line.len > 0) {
        if (!sshsig_key_parse(line, &key, err)) {
            return false;
        }
        sshsig_key_format(&key, own);
    }
    moving->key = str_equal(buf_str(own), member->key_line) ? STR("") : buf_str(own);
    moving->keeps_sealed = is_sealed && line.len == 0 && moving->role == ROLE_TEAM;
    bool has_key = moving->key.len > 0 || moving->keeps_sealed || (member->has_key && !is_sealed);
    if (casebook_acts_on_cases(moving->role) && !has_key) {
        return err_set(err, "a person who moves to this role brings a key (--key FILE.pub) whose "
                            "other half is not on this server");
    }
    return true;
}

static bool move(struct casebook *casebook, struct arena *arena, struct moving *moving,
                 struct str line, struct err *err)
{
    struct casebook_member member;
    struct account account;
    struct buf own = BUF_EMPTY;
    bool found;
    bool done = casebook_member_find(casebook, arena, moving->name, &member, &found, err) &&
                read_account(casebook, moving->name, &account, err);
    if (!done) {
        return false;
    }
    if (str_equal(member.organisation, moving->folded)) {
        done = err_set(err, "%.*s acts for that organisation already", STR_FORMAT(moving->name));
    }
    done = done && settle_key(&member, account.sealed.len > 0, line, moving, &own, err) &&
           move_person(casebook, moving, err);
    account_fini(&account);
    buf_fini(&own);
    return done;
}

bool casebook_people_move(struct casebook *casebook, struct str name, struct str organisation,
                          enum casebook_role role, struct str key, struct str reason,
                          struct err *err)
{
    struct arena *arena = arena_new(64 << 10);
    struct moving moving = {
        .name = name, .organisation = organisation, .role = role, .reason = reason};
    bool done = casebook_fold_name(arena, organisation, &moving.folded, err) &&
                casebook_check_words(reason, "the reason", 3, CASEBOOK_STATEMENT_MOST, err) &&
                casebook_sql_enter(casebook, err);
    if (done) {
        done = move(casebook, arena, &moving, key, err);
        done = casebook_sql_leave(casebook, done, err);
    }
    arena_free(arena);
    return done;
}
