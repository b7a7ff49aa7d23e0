#include "filter/casebook/factor.h"

#include <liboath/oath.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "filter/base/err.h"
#include "filter/casebook/case.h"
#include "filter/casebook/sql.h"

enum {
    SECRET = 20, /* bytes, as RFC 4226 asks for */
    SEALED = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + SECRET,
    DIGITS = 6,
    STEP_MS = 30 * 1000,
    CODE_LETTERS = 16, /* of a recovery code: 80 bits */
};

static const char base32[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";

/* The key that seals one person's secret: another person's row does not open with it. */
static struct hash seal_key(const struct casebook *casebook, struct str name)
{
    struct str parts[] = {STR("second factor"), name};
    return casebook_keyed(casebook, parts, 2);
}

static void seal(const struct casebook *casebook, struct str name,
                 const unsigned char secret[SECRET], unsigned char sealed[SEALED])
{
    struct hash key = seal_key(casebook, name);
    randombytes_buf(sealed, crypto_secretbox_NONCEBYTES);
    crypto_secretbox_easy(sealed + crypto_secretbox_NONCEBYTES, secret, SECRET, sealed, key.bytes);
    sodium_memzero(&key, sizeof key);
}

static bool unseal(const struct casebook *casebook, struct str name, struct str sealed,
                   unsigned char secret[SECRET])
{
    const unsigned char *bytes = (const unsigned char *)sealed.at;
    struct hash key = seal_key(casebook, name);
    bool fits =
        sealed.len == SEALED &&
        crypto_secretbox_open_easy(secret, bytes + crypto_secretbox_NONCEBYTES,
                                   SEALED - crypto_secretbox_NONCEBYTES, bytes, key.bytes) == 0;
    sodium_memzero(&key, sizeof key);
    return fits;
}

/* A person's row as it is read. */
struct stored {
    unsigned char secret[SECRET], offered[SECRET];
    bool is_person, has_secret, has_offer;
    int64_t step;
};

static bool take_row(const struct casebook *casebook, sqlite3_stmt *row, struct str name,
                     struct stored *stored, struct err *err)
{
    struct str secret = casebook_sql_blob(row, 0);
    stored->is_person = true;
    stored->has_secret = secret.len > 0;
    stored->step = casebook_sql_int(row, 2);
    if (stored->has_secret && !unseal(casebook, name, secret, stored->secret)) {
        return err_set(err, "the second factor in the casebook is damaged, or another person's");
    }
    struct str offered = casebook_sql_blob(row, 1);
    stored->has_offer = offered.len > 0 && unseal(casebook, name, offered, stored->offered);
    return true;
}

static bool read_stored(struct casebook *casebook, struct str name, struct stored *stored,
                        struct err *err)
{
    *stored = (struct stored){.is_person = false};
    sqlite3_stmt *statement =
        casebook_sql(casebook, err,
                     "SELECT secret, offered, coalesce(step, 0) FROM people"
                     " LEFT JOIN factors ON person = name WHERE name = ?1 AND disabled_ms IS NULL",
                     "t", name);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step = casebook_sql_step(casebook, statement, err);
    bool done =
        step == SQL_END || (step == SQL_ROW && take_row(casebook, statement, name, stored, err));
    casebook_sql_done(statement);
    return done;
}

static void put_uri(struct str name, const unsigned char secret[SECRET], struct buf *uri)
{
    buf_printf(uri, "otpauth://totp/saring:%.*s?secret=", STR_FORMAT(name));
    for (size_t bit = 0; bit < (size_t)8 * SECRET; bit += 5) {
        size_t at = bit / 8;
        unsigned two = (unsigned)secret[at] << 8 | (at + 1 < SECRET ? secret[at + 1] : 0);
        buf_put_char(uri, base32[two >> (11 - bit % 8) & 31]);
    }
    buf_put_string(uri, "&issuer=saring&algorithm=SHA1&digits=6&period=30");
}

static bool no_person(struct str name, struct err *err)
{
    return err_set(err, "there is no person of the name %.*s", STR_FORMAT(name));
}

bool casebook_factor_offer(struct casebook *casebook, struct str name, struct buf *uri,
                           struct err *err)
{
    struct stored stored;
    if (!read_stored(casebook, name, &stored, err)) {
        return false;
    }
    bool free = stored.is_person && !stored.has_secret;
    bool is_person = stored.is_person;
    sodium_memzero(&stored, sizeof stored);
    if (!free) {
        return is_person ? err_set(err, "%.*s has a second factor in use already", STR_FORMAT(name))
                         : no_person(name, err);
    }
    unsigned char secret[SECRET], sealed[SEALED];
    randombytes_buf(secret, sizeof secret);
    seal(casebook, name, secret, sealed);
    bool done = casebook_sql_run(casebook, err,
                                 "INSERT INTO factors (person, offered) VALUES (?1, ?2)"
                                 " ON CONFLICT (person) DO UPDATE SET offered = ?2",
                                 "tb", name, (struct str){(const char *)sealed, sizeof sealed});
    if (done) {
        put_uri(name, secret, uri);
    }
    sodium_memzero(secret, sizeof secret);
    return done;
}

/* What was typed without spaces and dashes, in lower case; "" if it is longer than any code. */
static struct str plain(struct str code, char out[CODE_LETTERS + 1])
{
    size_t len = 0;
    for (size_t i = 0; i < code.len; i++) {
        char c = code.at[i];
        if (c == ' ' || c == '-') {
            continue;
        }
        if (len == CODE_LETTERS) {
            return STR("");
        }
        out[len++] = (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
    }
    out[len] = '\0';
    return (struct str){out, len};
}

/* The step whose code this is, later than `after`; 0: none is. Looks at all, whatever fits. */
static int64_t step_of(const unsigned char secret[SECRET], struct str code, int64_t after,
                       int64_t now_ms)
{
    int64_t fits = 0, now = now_ms / STEP_MS;
    for (int64_t step = now - 1; step <= now + 1; step++) {
        char right[DIGITS + 1];
        if (step > after && code.len == DIGITS &&
            oath_hotp_generate((const char *)secret, SECRET, (uint64_t)step, DIGITS, false,
                               OATH_HOTP_DYNAMIC_TRUNCATION, right) == OATH_OK &&
            sodium_memcmp(right, code.at, DIGITS) == 0) {
            fits = step;
        }
    }
    return fits;
}

static bool log_factor(struct casebook *casebook, struct str actor, struct str name,
                       const char *how, struct err *err)
{
    return casebook_log(casebook, actor, "factor", 0,
                        json_pack("{ss so}", "how", how, "name", casebook_json_str(name)), err);
}

static struct hash recovery_mark(const struct casebook *casebook, struct str name, struct str code)
{
    struct str parts[] = {STR("recovery code"), name, code};
    return casebook_keyed(casebook, parts, 3);
}

static bool put_recovery(struct casebook *casebook, struct str name,
                         struct casebook_recovery *recovery, struct err *err)
{
    if (!casebook_sql_run(casebook, err, "DELETE FROM recovery WHERE person = ?1", "t", name)) {
        return false;
    }
    for (size_t i = 0; i < CASEBOOK_RECOVERY_CODES; i++) {
        char code[CODE_LETTERS + 1] = "";
        for (size_t j = 0; j < CODE_LETTERS; j++) {
            code[j] = letters[randombytes_uniform(32)];
        }
        struct hash mark = recovery_mark(casebook, name, str_of(code));
        snprintf(recovery->code[i], sizeof recovery->code[i], "%.4s-%.4s-%.4s-%.4s", code, code + 4,
                 code + 8, code + 12);
        sodium_memzero(code, sizeof code);
        if (!casebook_sql_run(casebook, err, "INSERT INTO recovery VALUES (?1, ?2)", "ht", &mark,
                              name)) {
            return false;
        }
    }
    return true;
}

static enum casebook_factor confirm(struct casebook *casebook, struct str name, struct str code,
                                    struct casebook_recovery *recovery, struct err *err)
{
    struct stored stored;
    char text[CODE_LETTERS + 1];
    int64_t now;
    enum casebook_factor answer = FACTOR_FAILED;
    if (casebook_time(casebook, &now, err) && read_stored(casebook, name, &stored, err)) {
        int64_t step = stored.has_offer ? step_of(stored.offered, plain(code, text), 0, now) : 0;
        answer = !stored.has_offer || stored.has_secret ? FACTOR_NONE
                 : step == 0                            ? FACTOR_WRONG
                                                        : FACTOR_FITS;
        if (answer == FACTOR_FITS &&
            !(casebook_sql_run(casebook, err,
                               "UPDATE factors SET secret = offered, offered = NULL, step = ?2"
                               " WHERE person = ?1",
                               "ti", name, step) &&
              put_recovery(casebook, name, recovery, err) &&
              log_factor(casebook, name, name, "enrolled", err))) {
            answer = FACTOR_FAILED;
        }
    }
    sodium_memzero(&stored, sizeof stored);
    return answer;
}

enum casebook_factor casebook_factor_confirm(struct casebook *casebook, struct str name,
                                             struct str code, struct casebook_recovery *recovery,
                                             struct err *err)
{
    if (!casebook_sql_enter(casebook, err)) {
        return FACTOR_FAILED;
    }
    enum casebook_factor answer = confirm(casebook, name, code, recovery, err);
    if (!casebook_sql_leave(casebook, answer == FACTOR_FITS, err) && answer == FACTOR_FITS) {
        answer = FACTOR_FAILED;
    }
    if (answer != FACTOR_FITS) {
        sodium_memzero(recovery, sizeof *recovery);
    }
    return answer;
}

static enum casebook_factor take_recovery(struct casebook *casebook, struct str name,
                                          struct str code, struct err *err)
{
    struct hash mark = recovery_mark(casebook, name, code);
    if (!casebook_sql_run(casebook, err, "DELETE FROM recovery WHERE mark = ?1 AND person = ?2",
                          "ht", &mark, name)) {
        return FACTOR_FAILED;
    }
    if (sqlite3_changes(casebook->db) != 1) {
        return FACTOR_WRONG;
    }
    return log_factor(casebook, name, name, "recovery code used", err) ? FACTOR_FITS
                                                                       : FACTOR_FAILED;
}

static enum casebook_factor take_step(struct casebook *casebook, struct str name, struct str code,
                                      const struct stored *stored, struct err *err)
{
    int64_t now;
    if (!casebook_time(casebook, &now, err)) {
        return FACTOR_FAILED;
    }
    int64_t step = step_of(stored->secret, code, stored->step, now);
    if (step == 0) {
        return FACTOR_WRONG;
    }
    return casebook_sql_run(casebook, err, "UPDATE factors SET step = ?2 WHERE person = ?1", "ti",
                            name, step)
               ? FACTOR_FITS
               : FACTOR_FAILED;
}

enum casebook_factor casebook_factor_take(struct casebook *casebook, struct str name,
                                          struct str code, struct err *err)
{
    struct stored stored;
    char text[CODE_LETTERS + 1];
    struct str typed = plain(code, text);
    enum casebook_factor answer = FACTOR_FAILED;
    if (!casebook_sql_enter(casebook, err)) {
        return FACTOR_FAILED;
    }
    if (read_stored(casebook, name, &stored, err)) {
        answer = !stored.has_secret          ? FACTOR_NONE
                 : typed.len == CODE_LETTERS ? take_recovery(casebook, name, typed, err)
                                             : take_step(casebook, name, typed, &stored, err);
    }
    sodium_memzero(&stored, sizeof stored);
    sodium_memzero(text, sizeof text);
    if (!casebook_sql_leave(casebook, answer == FACTOR_FITS, err) && answer == FACTOR_FITS) {
        answer = FACTOR_FAILED;
    }
    return answer;
}

bool casebook_factor_recovery(struct casebook *casebook, struct str name,
                              struct casebook_recovery *recovery, struct err *err)
{
    bool in_use;
    int64_t left;
    if (!casebook_factor_state(casebook, name, &in_use, &left, err)) {
        return false;
    }
    if (!in_use) {
        return err_set(err, "%.*s has no second factor to recover", STR_FORMAT(name));
    }
    if (!casebook_sql_enter(casebook, err)) {
        return false;
    }
    bool done = put_recovery(casebook, name, recovery, err) &&
                log_factor(casebook, name, name, "recovery codes made", err);
    done = casebook_sql_leave(casebook, done, err);
    if (!done) {
        sodium_memzero(recovery, sizeof *recovery);
    }
    return done;
}

static bool reset(struct casebook *casebook, struct str actor, struct str name, struct str reason,
                  struct err *err)
{
    int64_t now;
    if (!casebook_time(casebook, &now, err) ||
        !casebook_sql_run(casebook, err, "DELETE FROM factors WHERE person = ?1", "t", name)) {
        return false;
    }
    if (sqlite3_changes(casebook->db) != 1) {
        return err_set(err, "%.*s has no second factor", STR_FORMAT(name));
    }
    json_t *detail = json_pack("{ss so so}", "how", "reset", "name", casebook_json_str(name),
                               "reason", casebook_json_str(reason));
    return casebook_sql_run(casebook, err, "DELETE FROM recovery WHERE person = ?1", "t", name) &&
           casebook_sql_run(casebook, err, "UPDATE people SET renewed_ms = ?2 WHERE name = ?1",
                            "ti", name, now) &&
           casebook_sign_out(casebook, name, err) &&
           casebook_log(casebook, actor, "factor", 0, detail, err);
}

bool casebook_factor_reset(struct casebook *casebook, struct str name, struct str reason,
                           struct err *err)
{
    if (!casebook_check_words(reason, "the reason", 3, CASEBOOK_STATEMENT_MOST, err) ||
        !casebook_sql_enter(casebook, err)) {
        return false;
    }
    return casebook_sql_leave(casebook, reset(casebook, STR("operator"), name, reason, err), err);
}

bool casebook_factor_renew(struct casebook *casebook, struct str name, struct err *err)
{
    return casebook_sql_enter(casebook, err) &&
           casebook_sql_leave(
               casebook, reset(casebook, name, name, STR("perangkat baru / a new device"), err),
               err);
}

bool casebook_factor_state(struct casebook *casebook, struct str name, bool *in_use,
                           int64_t *recovery_left, struct err *err)
{
    int64_t count;
    bool done = casebook_sql_number(casebook, 0, &count, err,
                                    "SELECT count(*) FROM factors WHERE person = ?1 AND"
                                    " secret IS NOT NULL",
                                    "t", name) &&
                casebook_sql_number(casebook, 0, recovery_left, err,
                                    "SELECT count(*) FROM recovery WHERE person = ?1", "t", name);
    *in_use = done && count > 0;
    return done;
}
