#include "filter/casebook/web.h"

#include <arpa/inet.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "filter/base/err.h"
#include "filter/base/log.h"
#include "filter/base/mem.h"
#include "filter/casebook/case.h"
#include "filter/casebook/pace.h"
#include "filter/casebook/refused.h"
#include "filter/casebook/sql.h"
#include "filter/casebook/web_store.h"

enum {
    CODES_MOST = 10,     /* that one password buys */
    FRESH_TRIES = 3,     /* of an address on an account, whatever others did to that account */
    SEEN_MS = 60 * 1000, /* how exactly the disk knows when a session was last seen */
};

static const struct pace_rule by_address = {5, 2000, 15 * CASEBOOK_MINUTE};
static const struct pace_rule by_account = {20, 1000, CASEBOOK_MINUTE};
static const struct pace_rule by_codes = {10, 5000, 5 * CASEBOOK_MINUTE};
static const struct pace_rule by_device = {5, 2000, 5 * CASEBOOK_MINUTE};

/* What is in memory of one session: its person, and the unsealed key. */
struct kept {
    struct hash mark;
    struct casebook_session *session;
    bool needs_key;
    int64_t seen_ms, whole_ms;
};

struct casebook_web {
    struct pace *pace;
    struct refused *refused;
    struct kept *kept;
    size_t count, room;
};

struct casebook_web *casebook_web_new(void)
{
    struct casebook_web *web = mem_zero(1, sizeof *web);
    web->pace = pace_new();
    web->refused = refused_new();
    return web;
}

static void let_go(struct casebook_web *web, size_t at)
{
    casebook_session_free(web->kept[at].session);
    web->kept[at] = web->kept[--web->count];
}

void casebook_web_free(struct casebook_web *web)
{
    if (web == NULL) {
        return;
    }
    while (web->count > 0) {
        let_go(web, web->count - 1);
    }
    pace_free(web->pace);
    refused_free(web->refused);
    free(web->kept);
    free(web);
}

static struct kept *find_kept(struct casebook_web *web, const struct hash *mark)
{
    for (size_t i = 0; i < web->count; i++) {
        if (memcmp(&web->kept[i].mark, mark, sizeof *mark) == 0) {
            return &web->kept[i];
        }
    }
    return NULL;
}

static void forget(struct casebook_web *web, const struct hash *mark)
{
    struct kept *kept = find_kept(web, mark);
    if (kept != NULL) {
        let_go(web, (size_t)(kept - web->kept));
    }
}

/* Keys of sessions that ran out without a last request do not stay in memory. */
static void forget_old(struct casebook_web *web, int64_t now_ms)
{
    for (size_t i = web->count; i-- > 0;) {
        if (now_ms - web->kept[i].seen_ms > CASEBOOK_WEB_IDLE_MS ||
            now_ms >= web->kept[i].whole_ms) {
            let_go(web, i);
        }
    }
}

static struct kept *keep(struct casebook_web *web, const struct casebook_web_row *row,
                         struct casebook_session *session, bool needs_key)
{
    forget(web, &row->mark);
    mem_grow(&web->kept, &web->room, web->count + 1, sizeof *web->kept);
    web->kept[web->count] = (struct kept){
        .mark = row->mark,
        .session = session,
        .needs_key = needs_key,
        .seen_ms = row->seen_ms,
        .whole_ms = row->made_ms + CASEBOOK_WEB_WHOLE_MS,
    };
    return &web->kept[web->count++];
}

static bool is_token(struct str text)
{
    return text.len == CASEBOOK_TOKEN_TEXT - 1;
}

/* The live session of a token, its times checked; what ran out is dropped. */
static bool load(struct casebook_web *web, struct casebook *casebook, struct str token,
                 int64_t now_ms, struct casebook_web_row *row, bool *found, struct err *err)
{
    struct hash mark = casebook_token_mark(casebook, "web", token);
    *found = false;
    if (!is_token(token)) {
        return true;
    }
    if (!casebook_web_get(casebook, &mark, row, found, err)) {
        return false;
    }
    struct kept *kept = find_kept(web, &mark);
    if (!*found) {
        forget(web, &mark);
        return true;
    }
    if (kept != NULL && kept->seen_ms > row->seen_ms) {
        row->seen_ms = kept->seen_ms;
    }
    bool is_over = now_ms - row->seen_ms > CASEBOOK_WEB_IDLE_MS ||
                   now_ms - row->made_ms >= CASEBOOK_WEB_WHOLE_MS ||
                   (row->stage == STAGE_CODE && now_ms - row->made_ms > CASEBOOK_WEB_CODE_MS);
    if (is_over) {
        *found = false;
        forget(web, &mark);
        return casebook_web_drop(casebook, &mark, err);
    }
    return true;
}

/* An IPv6 customer has a /64 to try from. */
static struct str network_of(struct str address, char out[INET6_ADDRSTRLEN])
{
    unsigned char bytes[16];
    char text[INET6_ADDRSTRLEN] = "";
    if (address.len >= sizeof text) {
        return STR("?");
    }
    memcpy(text, address.at, address.len);
    if (inet_pton(AF_INET6, text, bytes) != 1) {
        return address;
    }
    memset(bytes + 8, 0, 8);
    return inet_ntop(AF_INET6, bytes, out, INET6_ADDRSTRLEN) != NULL ? str_of(out) : STR("?");
}

/* The counters that a try belongs to. */
struct tries {
    struct buf address, account, both, codes, device;
    bool is_known; /* from a device that signed this person in before */
};

static struct str keyed(struct buf *out, const char *kind, struct str one, struct str other)
{
    buf_printf(out, "%s%zu:", kind, one.len);
    buf_put_str(out, one);
    buf_put_str(out, other);
    return buf_str(out);
}

static bool gather(struct casebook *casebook, const struct casebook_caller *caller,
                   struct str person, int64_t now_ms, struct tries *tries, struct err *err)
{
    char text[INET6_ADDRSTRLEN];
    struct str network = network_of(caller->address, text);
    *tries = (struct tries){.is_known = false};
    keyed(&tries->address, "a", network, STR(""));
    keyed(&tries->account, "p", person, STR(""));
    keyed(&tries->both, "b", person, network);
    keyed(&tries->codes, "c", person, STR(""));
    keyed(&tries->device, "d", person, caller->device);
    return casebook_device_knows(casebook, caller->device, person, now_ms, &tries->is_known, err);
}

static void tries_fini(struct tries *tries)
{
    buf_fini(&tries->address);
    buf_fini(&tries->account);
    buf_fini(&tries->both);
    buf_fini(&tries->codes);
    buf_fini(&tries->device);
}

static int64_t longer(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/*
 * The slow-down of a password. A known device waits for its own failures alone. A stranger waits
 * for those of the address and, after three tries of their own, for those of the account: so
 * nobody can keep a person out of a new machine either.
 */
static int64_t password_wait(const struct casebook_web *web, const struct tries *tries,
                             int64_t now_ms)
{
    if (tries->is_known) {
        return pace_wait_ms(web->pace, buf_str(&tries->device), &by_device, now_ms);
    }
    int64_t wait = pace_wait_ms(web->pace, buf_str(&tries->address), &by_address, now_ms);
    if (pace_failures(web->pace, buf_str(&tries->both), now_ms) >= FRESH_TRIES) {
        wait = longer(wait, pace_wait_ms(web->pace, buf_str(&tries->account), &by_account, now_ms));
    }
    return wait;
}

static void password_failed(struct casebook_web *web, const struct tries *tries, int64_t now_ms)
{
    if (tries->is_known) {
        pace_failed(web->pace, buf_str(&tries->device), now_ms);
        return;
    }
    pace_failed(web->pace, buf_str(&tries->address), now_ms);
    pace_failed(web->pace, buf_str(&tries->both), now_ms);
    pace_failed(web->pace, buf_str(&tries->account), now_ms);
}

/*
 * Of a code. Whoever is asked for one knows the password, so strangers share one counter; the
 * person's own way round it is a device that is known, or a recovery code, which nobody guesses.
 */
static int64_t code_wait(const struct casebook_web *web, const struct tries *tries, bool is_short,
                         int64_t now_ms)
{
    if (tries->is_known) {
        return pace_wait_ms(web->pace, buf_str(&tries->device), &by_device, now_ms);
    }
    int64_t wait = pace_wait_ms(web->pace, buf_str(&tries->address), &by_address, now_ms);
    return is_short
               ? longer(wait, pace_wait_ms(web->pace, buf_str(&tries->codes), &by_codes, now_ms))
               : wait;
}

static void code_failed(struct casebook_web *web, const struct tries *tries, int64_t now_ms)
{
    if (tries->is_known) {
        pace_failed(web->pace, buf_str(&tries->device), now_ms);
        return;
    }
    pace_failed(web->pace, buf_str(&tries->address), now_ms);
    pace_failed(web->pace, buf_str(&tries->codes), now_ms);
}

/* Only what is in the casebook may stand in a log line: people type passwords into name fields. */
static void log_failure(struct casebook_web *web, struct casebook *casebook, const char *event,
                        enum refused_kind kind, struct str name, int64_t now_ms)
{
    int64_t count = 0;
    struct err ignored = ERR_NONE;
    char text[CASEBOOK_NAME_MOST + 1] = "unknown";
    if (name.len <= CASEBOOK_NAME_MOST &&
        casebook_sql_number(casebook, 0, &count, &ignored,
                            "SELECT count(*) FROM people WHERE name = ?1", "t", name) &&
        count > 0) {
        memcpy(text, name.at, name.len);
        text[name.len] = '\0';
    }
    log_line(LOG_WARN, event, LOG_TEXT("person", text));
    refused_note(web->refused, casebook, kind, count > 0 ? name : STR(""), now_ms);
}

/* Puts a session into the casebook and this memory; `session` is taken, or freed. */
static enum casebook_sign_in enter(struct casebook_web *web, struct casebook *casebook,
                                   struct casebook_web_row *row, struct casebook_session *session,
                                   bool needs_key, struct casebook_signed *signed_in,
                                   struct err *err)
{
    signed_in->token = casebook_token_new();
    signed_in->stage = row->stage;
    row->mark = casebook_token_mark(casebook, "web", str_of(signed_in->token.text));
    casebook_session_set_factor(session, row->factor_ms);
    if (!casebook_web_put(casebook, row, err)) {
        casebook_session_free(session);
        sodium_memzero(signed_in, sizeof *signed_in);
        return SIGN_IN_FAILED;
    }
    keep(web, row, session, needs_key);
    if (row->stage == STAGE_IN) {
        log_line(LOG_INFO, "signed_in", LOG_TEXT("person", row->person));
    }
    return SIGN_IN_DONE;
}

static bool first_row(struct casebook *casebook, const struct casebook_session *session,
                      int64_t now_ms, struct casebook_web_row *row, struct err *err)
{
    bool in_use;
    int64_t left;
    struct str name = casebook_session_name(session);
    if (!casebook_factor_state(casebook, name, &in_use, &left, err)) {
        return false;
    }
    *row = (struct casebook_web_row){
        .stage = in_use ? STAGE_CODE : STAGE_ENROL,
        .made_ms = now_ms,
        .seen_ms = now_ms,
        .factor_ms = CLOCK_NEVER,
    };
    memcpy(row->person, name.at, name.len);
    return true;
}

enum casebook_sign_in casebook_web_password(struct casebook_web *web, struct casebook *casebook,
                                            const struct casebook_caller *caller, struct str before,
                                            struct str name, struct str password,
                                            struct casebook_signed *signed_in, struct err *err)
{
    int64_t now;
    struct tries tries;
    struct casebook_web_row row;
    struct casebook_session *session = NULL;
    *signed_in = (struct casebook_signed){.wait_ms = 0};
    if (!casebook_time(casebook, &now, err) || !gather(casebook, caller, name, now, &tries, err)) {
        return SIGN_IN_FAILED;
    }
    forget_old(web, now);
    enum casebook_sign_in answer = SIGN_IN_FAILED;
    signed_in->wait_ms = password_wait(web, &tries, now);
    if (signed_in->wait_ms > 0) {
        log_failure(web, casebook, "sign_in_slowed", REFUSED_WAIT, name, now);
        tries_fini(&tries);
        return SIGN_IN_WAIT;
    }
    switch (casebook_login(casebook, name, password, &session, err)) {
    case LOGIN_FAILED:
        break;
    case LOGIN_WRONG:
        password_failed(web, &tries, now);
        log_failure(web, casebook, "sign_in_failed", REFUSED_PASSWORD, name, now);
        answer = SIGN_IN_WRONG;
        break;
    case LOGIN_FITS:
        if (!casebook_web_end(web, casebook, before, END_THIS, err) ||
            !first_row(casebook, session, now, &row, err)) {
            casebook_session_free(session);
            break;
        }
        answer = enter(web, casebook, &row, session, false, signed_in, err);
        break;
    }
    tries_fini(&tries);
    return answer;
}

/* The session in memory of a row; made anew, without a key, after a restart. */
static struct kept *revive(struct casebook_web *web, struct casebook *casebook,
                           const struct casebook_web_row *row, struct err *err)
{
    struct kept *kept = find_kept(web, &row->mark);
    struct casebook_session *session = NULL;
    bool is_sealed;
    if (kept != NULL) {
        return kept;
    }
    if (!casebook_session_of(casebook, str_of(row->person), &session, &is_sealed, err)) {
        return NULL;
    }
    if (session == NULL) {
        err_set(err, "a session is of nobody who has rights");
        return NULL;
    }
    casebook_session_set_factor(session, row->factor_ms);
    return keep(web, row, session, is_sealed);
}

/* The same person goes on under a new token, in and with a fresh second factor. */
static enum casebook_sign_in go_on(struct casebook_web *web, struct casebook *casebook,
                                   const struct casebook_caller *caller, bool is_known,
                                   struct casebook_web_row *row, int64_t now_ms,
                                   struct casebook_signed *signed_in, struct err *err)
{
    struct kept *kept = revive(web, casebook, row, err);
    if (kept == NULL || !casebook_web_drop(casebook, &row->mark, err)) {
        return SIGN_IN_FAILED;
    }
    struct casebook_session *session = kept->session;
    bool needs_key = kept->needs_key;
    kept->session = NULL; /* it moves on */
    forget(web, &row->mark);
    row->stage = STAGE_IN;
    row->seen_ms = now_ms;
    row->factor_ms = now_ms;
    row->tries = 0;
    enum casebook_sign_in answer = enter(web, casebook, row, session, needs_key, signed_in, err);
    if (answer != SIGN_IN_DONE) {
        return answer;
    }
    struct str device = caller->device;
    if (!is_known) {
        signed_in->device = casebook_token_new();
        device = str_of(signed_in->device.text);
    }
    return casebook_device_put(casebook, device, str_of(row->person), now_ms, err) ? SIGN_IN_DONE
                                                                                   : SIGN_IN_FAILED;
}

static enum casebook_sign_in wrong_code(struct casebook_web *web, struct casebook *casebook,
                                        const struct tries *tries,
                                        const struct casebook_web_row *row, int64_t now_ms,
                                        struct err *err)
{
    code_failed(web, tries, now_ms);
    log_failure(web, casebook, "second_factor_failed", REFUSED_CODE, str_of(row->person), now_ms);
    if (row->stage == STAGE_CODE && row->tries + 1 >= CODES_MOST) {
        forget(web, &row->mark);
        return casebook_web_drop(casebook, &row->mark, err) ? SIGN_IN_WRONG : SIGN_IN_FAILED;
    }
    return casebook_web_seen(casebook, &row->mark, row->seen_ms, row->tries + 1, err)
               ? SIGN_IN_WRONG
               : SIGN_IN_FAILED;
}

/* What the three steps with a token begin with: whose it is, and whether they must wait. */
struct step {
    int64_t now_ms;
    struct casebook_web_row row;
    struct tries tries;
};

static enum casebook_sign_in begin(struct casebook_web *web, struct casebook *casebook,
                                   const struct casebook_caller *caller, struct str token,
                                   struct casebook_signed *signed_in, struct step *step,
                                   struct err *err)
{
    bool found;
    *signed_in = (struct casebook_signed){.wait_ms = 0};
    *step = (struct step){.now_ms = 0};
    if (!casebook_time(casebook, &step->now_ms, err) ||
        !load(web, casebook, token, step->now_ms, &step->row, &found, err)) {
        return SIGN_IN_FAILED;
    }
    if (!found) {
        return SIGN_IN_WRONG;
    }
    return gather(casebook, caller, str_of(step->row.person), step->now_ms, &step->tries, err)
               ? SIGN_IN_DONE
               : SIGN_IN_FAILED;
}

enum casebook_sign_in casebook_web_code(struct casebook_web *web, struct casebook *casebook,
                                        const struct casebook_caller *caller, struct str token,
                                        struct str code, struct casebook_signed *signed_in,
                                        struct err *err)
{
    struct step step;
    enum casebook_sign_in answer = begin(web, casebook, caller, token, signed_in, &step, err);
    if (answer == SIGN_IN_DONE && step.row.stage == STAGE_ENROL) {
        answer = SIGN_IN_WRONG;
    } else if (answer == SIGN_IN_DONE) {
        signed_in->wait_ms = code_wait(web, &step.tries, code.len < 12, step.now_ms);
        if (signed_in->wait_ms > 0) {
            answer = SIGN_IN_WAIT;
        } else {
            switch (casebook_factor_take(casebook, str_of(step.row.person), code, err)) {
            case FACTOR_FITS:
                answer = go_on(web, casebook, caller, step.tries.is_known, &step.row, step.now_ms,
                               signed_in, err);
                break;
            case FACTOR_WRONG:
            case FACTOR_NONE:
                answer = wrong_code(web, casebook, &step.tries, &step.row, step.now_ms, err);
                break;
            case FACTOR_FAILED:
                answer = SIGN_IN_FAILED;
                break;
            }
        }
    }
    tries_fini(&step.tries);
    return answer;
}

bool casebook_web_offer(struct casebook_web *web, struct casebook *casebook, struct str token,
                        struct buf *uri, struct err *err)
{
    int64_t now;
    bool found;
    struct casebook_web_row row;
    if (!casebook_time(casebook, &now, err) ||
        !load(web, casebook, token, now, &row, &found, err)) {
        return false;
    }
    if (!found || row.stage != STAGE_ENROL) {
        return err_set(err, "there is nobody here who has to enrol");
    }
    return casebook_factor_offer(casebook, str_of(row.person), uri, err);
}

enum casebook_sign_in casebook_web_enrol(struct casebook_web *web, struct casebook *casebook,
                                         const struct casebook_caller *caller, struct str token,
                                         struct str code, struct casebook_signed *signed_in,
                                         struct casebook_recovery *recovery, struct err *err)
{
    struct step step;
    enum casebook_sign_in answer = begin(web, casebook, caller, token, signed_in, &step, err);
    if (answer == SIGN_IN_DONE && step.row.stage != STAGE_ENROL) {
        answer = SIGN_IN_WRONG;
    } else if (answer == SIGN_IN_DONE) {
        switch (casebook_factor_confirm(casebook, str_of(step.row.person), code, recovery, err)) {
        case FACTOR_FITS:
            answer = go_on(web, casebook, caller, step.tries.is_known, &step.row, step.now_ms,
                           signed_in, err);
            break;
        case FACTOR_WRONG:
        case FACTOR_NONE:
            answer = SIGN_IN_WRONG;
            break;
        case FACTOR_FAILED:
            answer = SIGN_IN_FAILED;
            break;
        }
    }
    tries_fini(&step.tries);
    return answer;
}

static void put_csrf(const struct casebook *casebook, struct str token,
                     char csrf[CASEBOOK_TOKEN_TEXT])
{
    struct hash mark = casebook_token_mark(casebook, "csrf", token);
    sodium_bin2base64(csrf, CASEBOOK_TOKEN_TEXT, mark.bytes, sizeof mark.bytes,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

bool casebook_web_find(struct casebook_web *web, struct casebook *casebook, struct str token,
                       struct casebook_visit *visit, bool *found, struct err *err)
{
    int64_t now;
    struct casebook_web_row row;
    *visit = (struct casebook_visit){.session = NULL};
    *found = false;
    if (!casebook_time(casebook, &now, err) || !load(web, casebook, token, now, &row, found, err)) {
        return false;
    }
    refused_settle(web->refused, casebook, now);
    if (!*found) {
        return true;
    }
    struct kept *kept = revive(web, casebook, &row, err);
    if (kept == NULL) {
        return false;
    }
    if (now - row.seen_ms >= SEEN_MS &&
        !casebook_web_seen(casebook, &row.mark, now, row.tries, err)) {
        return false;
    }
    /* Between password and code there is nothing to be active in: that time does not renew. */
    kept->seen_ms = now;
    const struct casebook_session *session = kept->session;
    *visit = (struct casebook_visit){
        .stage = row.stage,
        .session = row.stage == STAGE_IN ? session : NULL,
        .name = casebook_session_name(session),
        .organisation = casebook_session_organisation(session),
        .role = casebook_session_role(session),
        .is_fresh = row.factor_ms != CLOCK_NEVER && now - row.factor_ms <= CASEBOOK_FRESH_MS,
        .needs_key = kept->needs_key,
        .idle_end_ms = now + CASEBOOK_WEB_IDLE_MS,
        .end_ms = row.made_ms + CASEBOOK_WEB_WHOLE_MS,
    };
    put_csrf(casebook, token, visit->csrf);
    return true;
}

bool casebook_web_token_refused(struct casebook_web *web, struct casebook *casebook,
                                struct err *err)
{
    int64_t now;
    if (!casebook_time(casebook, &now, err)) {
        return false;
    }
    refused_note(web->refused, casebook, REFUSED_TOKEN, STR(""), now);
    return true;
}

bool casebook_web_csrf_fits(const struct casebook_visit *visit, struct str given)
{
    return visit->csrf[0] != '\0' && given.len == CASEBOOK_TOKEN_TEXT - 1 &&
           sodium_memcmp(visit->csrf, given.at, given.len) == 0;
}

static bool end_all(struct casebook_web *web, struct casebook *casebook, struct str person,
                    struct err *err)
{
    for (size_t i = web->count; i-- > 0;) {
        if (str_equal(casebook_session_name(web->kept[i].session), person)) {
            let_go(web, i);
        }
    }
    return casebook_sign_out(casebook, person, err);
}

/* The old password fitted; `session`, which it unsealed, goes on under the new one. */
static enum casebook_sign_in change_password(struct casebook_web *web, struct casebook *casebook,
                                             struct casebook_web_row *row,
                                             struct casebook_session *session,
                                             struct str old_password, struct str new_password,
                                             struct casebook_signed *signed_in, struct err *err)
{
    struct str name = str_of(row->person);
    if (!casebook_password_check(name, new_password, err)) {
        casebook_session_free(session);
        return SIGN_IN_REFUSED;
    }
    if (!casebook_people_password(casebook, name, old_password, new_password, err) ||
        !end_all(web, casebook, name, err)) {
        casebook_session_free(session);
        return SIGN_IN_FAILED;
    }
    return enter(web, casebook, row, session, false, signed_in, err);
}

enum casebook_sign_in casebook_web_new_password(struct casebook_web *web, struct casebook *casebook,
                                                const struct casebook_caller *caller,
                                                struct str token, struct str old_password,
                                                struct str new_password,
                                                struct casebook_signed *signed_in, struct err *err)
{
    struct step step;
    struct casebook_session *session = NULL;
    enum casebook_sign_in answer = begin(web, casebook, caller, token, signed_in, &step, err);
    struct str name = str_of(step.row.person);
    if (answer == SIGN_IN_DONE && step.row.stage != STAGE_IN) {
        answer = SIGN_IN_WRONG;
    } else if (answer == SIGN_IN_DONE) {
        signed_in->wait_ms = password_wait(web, &step.tries, step.now_ms);
        answer = signed_in->wait_ms > 0 ? SIGN_IN_WAIT : SIGN_IN_DONE;
    }
    if (answer == SIGN_IN_DONE) {
        switch (casebook_login(casebook, name, old_password, &session, err)) {
        case LOGIN_WRONG:
            password_failed(web, &step.tries, step.now_ms);
            log_failure(web, casebook, "sign_in_failed", REFUSED_PASSWORD, name, step.now_ms);
            answer = SIGN_IN_WRONG;
            break;
        case LOGIN_FAILED:
            answer = SIGN_IN_FAILED;
            break;
        case LOGIN_FITS:
            answer = change_password(web, casebook, &step.row, session, old_password, new_password,
                                     signed_in, err);
            break;
        }
    }
    tries_fini(&step.tries);
    return answer;
}

bool casebook_web_end(struct casebook_web *web, struct casebook *casebook, struct str token,
                      enum casebook_end which, struct err *err)
{
    struct casebook_web_row row;
    struct hash mark = casebook_token_mark(casebook, "web", token);
    bool found;
    if (!is_token(token)) {
        return true;
    }
    if (!casebook_web_get(casebook, &mark, &row, &found, err)) {
        return false;
    }
    forget(web, &mark);
    if (!casebook_web_drop(casebook, &mark, err)) {
        return false;
    }
    return !found || which == END_THIS || end_all(web, casebook, str_of(row.person), err);
}

enum { OWN_MOST = 16 };

/* The token's own session, and all of its person's. */
static bool load_own(struct casebook_web *web, struct casebook *casebook, struct str token,
                     struct casebook_web_row *own, struct casebook_web_row rows[OWN_MOST],
                     size_t *count, int64_t *now_ms, struct err *err)
{
    bool found;
    *count = 0;
    return casebook_time(casebook, now_ms, err) &&
           load(web, casebook, token, *now_ms, own, &found, err) &&
           (!found || own->stage != STAGE_IN ||
            casebook_web_of(casebook, str_of(own->person), rows, OWN_MOST, count, err));
}

static void write_id(const struct casebook_web_row *row, char id[CASEBOOK_SIGN_IN_ID])
{
    char hex[HASH_HEX];
    memcpy(id, hash_format(&row->mark, hex), CASEBOOK_SIGN_IN_ID - 1);
    id[CASEBOOK_SIGN_IN_ID - 1] = '\0';
}

bool casebook_web_list(struct casebook_web *web, struct casebook *casebook, struct str token,
                       void (*each)(void *context, const struct casebook_sign_in_seen *one),
                       void *context, struct err *err)
{
    struct casebook_web_row own, rows[OWN_MOST];
    size_t count;
    int64_t now_ms;
    if (!load_own(web, casebook, token, &own, rows, &count, &now_ms, err)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (now_ms - rows[i].seen_ms > CASEBOOK_WEB_IDLE_MS ||
            now_ms - rows[i].made_ms >= CASEBOOK_WEB_WHOLE_MS) {
            continue; /* it ran out, and goes at the next sign-in */
        }
        struct casebook_sign_in_seen one = {
            .stage = rows[i].stage,
            .made_ms = rows[i].made_ms,
            .seen_ms = rows[i].seen_ms,
            .is_this = memcmp(&rows[i].mark, &own.mark, sizeof own.mark) == 0,
        };
        write_id(&rows[i], one.id);
        each(context, &one);
    }
    return true;
}

bool casebook_web_end_one(struct casebook_web *web, struct casebook *casebook, struct str token,
                          struct str id, size_t *ended, struct err *err)
{
    struct casebook_web_row own, rows[OWN_MOST];
    size_t count;
    int64_t now_ms;
    *ended = 0;
    if (!load_own(web, casebook, token, &own, rows, &count, &now_ms, err)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        char own_id[CASEBOOK_SIGN_IN_ID];
        write_id(&rows[i], own_id);
        if (memcmp(&rows[i].mark, &own.mark, sizeof own.mark) == 0 ||
            (id.len > 0 && !str_is(id, own_id))) {
            continue;
        }
        forget(web, &rows[i].mark);
        if (!casebook_web_drop(casebook, &rows[i].mark, err)) {
            return false;
        }
        (*ended)++;
    }
    return true;
}
