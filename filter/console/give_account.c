/* What a person does with their own account, and with nobody else's. */
#include <string.h>

#include "filter/base/log.h"
#include "filter/casebook/factor.h"
#include "filter/console/asked.h"
#include "filter/console/give.h"
#include "filter/console/limit.h"
#include "filter/console/page_account.h"
#include "filter/console/page_sign.h"

const struct form_field give_account_fields[] = {{"action", 16, false},
                                                 {"old", CASEBOOK_PASSWORD_MOST, false},
                                                 {"new", CASEBOOK_PASSWORD_MOST, false},
                                                 {"again", CASEBOOK_PASSWORD_MOST, false},
                                                 {"code", 64, false},
                                                 {"last_code", 64, false},
                                                 {"id", CASEBOOK_SIGN_IN_ID, false},
                                                 {NULL, 0, false}};

struct reading {
    struct asked *asked;
    struct page_account *account;
};

static void take_person(void *context, const struct casebook_person *person)
{
    struct reading *reading = context;
    struct page_account *account = reading->account;
    if (!str_equal(person->name, reading->asked->visitor.name)) {
        return;
    }
    account->has_key = person->key.len > 0;
    account->is_sealed = person->is_sealed;
    account->created_ms = person->created_ms;
    account->fingerprint = person->fingerprint;
    if (!asked_keep(reading->asked, &account->fingerprint)) {
        account->fingerprint = STR("");
    }
}

static void take_one(void *context, const struct casebook_sign_in_seen *one)
{
    struct reading *reading = context;
    struct page_account *account = reading->account;
    if (account->sign_in_count < PAGE_SIGN_INS) {
        account->sign_ins[account->sign_in_count++] = *one;
    }
}

void give_account(struct asked *asked)
{
    struct err err = ERR_NONE;
    struct page_account account = {.has_key = false};
    struct reading reading = {.asked = asked, .account = &account};
    struct casebook *reader = asked_open(asked);
    struct casebook *casebook = reader != NULL ? asked_writer(asked, &err) : NULL;
    if (reader == NULL) {
        return;
    }
    if (casebook == NULL || !casebook_people_list(reader, take_person, &reading, &err) ||
        !casebook_factor_state(reader, asked->visitor.name, &account.has_factor,
                               &account.recovery_left, &err) ||
        !casebook_web_list(answers_web(asked->answers), casebook, asked->request->cookie, take_one,
                           &reading, &err)) {
        asked_fail_casebook(asked, &err);
        return;
    }
    if (asked_is_json(asked)) {
        const struct shapes_account shape = {
            .name = asked->visitor.name,
            .organisation = asked->visitor.organisation,
            .role = str_of(casebook_role_name(asked->visitor.role)),
            .fingerprint = account.fingerprint,
            .is_sealed = account.is_sealed,
            .has_factor = account.has_factor,
            .recovery_left = account.recovery_left,
            .created_ms = account.created_ms,
            .sign_ins = account.sign_ins,
            .sign_in_count = account.sign_in_count,
        };
        asked_record(asked, &shape);
        return;
    }
    page_account(&asked->page, &account);
    asked_finish(asked, 200);
}

/* What stands for every step that takes a secret: false, and answered, unless it is done. */
static bool step(struct asked *asked, enum casebook_sign_in result,
                 const struct casebook_signed *signed_in, enum message wrong, const struct err *err)
{
    struct place here = asked_place(asked, ROUTE_ACCOUNT);
    switch (result) {
    case SIGN_IN_DONE:
        asked_set_cookies(asked, signed_in);
        return true;
    case SIGN_IN_WRONG:
        asked_refuse(asked, wrong, "", STR(""), &here);
        break;
    case SIGN_IN_WAIT:
        asked_refuse(asked, MSG_TOO_MANY, "", STR(""), &here);
        break;
    case SIGN_IN_REFUSED:
        asked_refuse(asked, MSG_REFUSED, err->message, STR(""), &here);
        break;
    case SIGN_IN_FAILED:
        asked_fail_casebook(asked, err);
        break;
    }
    return false;
}

static void change_password(struct asked *asked, struct casebook *casebook)
{
    struct err err = ERR_NONE;
    struct casebook_signed signed_in = {.wait_ms = 0};
    struct casebook_caller caller = asked_caller(asked);
    struct place here = asked_place(asked, ROUTE_ACCOUNT);
    struct str new_one = form_raw(&asked->form, "new");
    /* The session that the names are borrowed from ends with the old password. */
    if (!asked_keep(asked, &asked->visit.name)) {
        asked_fail(asked, &asked_unavailable);
        return;
    }
    asked->visit.session = NULL;
    asked->visitor.name = asked->visit.name;
    asked->visitor.organisation = STR("");
    if (!str_equal(new_one, form_raw(&asked->form, "again"))) {
        asked_refuse(asked, MSG_PASSWORD_DIFFERS, "", STR(""), &here);
        return;
    }
    if (!limit_password(answers_limit(asked->answers))) {
        asked->response->retry_s = 2;
        asked_fail(asked, &asked_too_many);
        return;
    }
    enum casebook_sign_in result = casebook_web_new_password(
        answers_web(asked->answers), casebook, &caller, asked->request->cookie,
        form_raw(&asked->form, "old"), new_one, &signed_in, &err);
    if (step(asked, result, &signed_in, MSG_PASSWORD_WRONG, &err)) {
        asked_done(asked, MSG_PASSWORD_CHANGED, &here);
    }
}

/* The second factor, shown for this: the browser goes on under a new token. */
static bool show_factor(struct asked *asked, struct casebook *casebook, const char *field)
{
    struct err err = ERR_NONE;
    struct casebook_signed signed_in = {.wait_ms = 0};
    struct casebook_caller caller = asked_caller(asked);
    enum casebook_sign_in result =
        casebook_web_code(answers_web(asked->answers), casebook, &caller, asked->request->cookie,
                          form_get(&asked->form, field), &signed_in, &err);
    return step(asked, result, &signed_in, MSG_CODE_WRONG, &err);
}

static void make_recovery(struct asked *asked, struct casebook *casebook)
{
    struct err err = ERR_NONE;
    struct casebook_recovery recovery;
    if (!show_factor(asked, casebook, "code")) {
        return;
    }
    if (!casebook_factor_recovery(casebook, asked->visitor.name, &recovery, &err)) {
        asked_fail_casebook(asked, &err);
    } else if (asked_is_json(asked)) {
        struct str codes[CASEBOOK_RECOVERY_CODES];
        for (size_t i = 0; i < CASEBOOK_RECOVERY_CODES; i++) {
            codes[i] = str_of(recovery.code[i]);
        }
        const struct shapes_recovery shape = {.codes = codes, .count = CASEBOOK_RECOVERY_CODES};
        asked_record(asked, &shape);
    } else if (asked_open(asked) != NULL) {
        /* Shown once, as they are in no other place. */
        page_recovery(&asked->page, &recovery);
        asked_finish(asked, 200);
    }
    explicit_bzero(&recovery, sizeof recovery);
}

static void renew_factor(struct asked *asked, struct casebook *casebook)
{
    struct err err = ERR_NONE;
    const struct casebook_signed nobody = {.wait_ms = 0};
    struct place there = asked_place(asked, ROUTE_SIGN_IN);
    if (!show_factor(asked, casebook, "last_code")) {
        return;
    }
    if (!casebook_factor_renew(casebook, asked->visitor.name, &err)) {
        asked_fail_casebook(asked, &err);
        return;
    }
    asked_set_cookies(asked, &nobody);
    if (asked_is_json(asked)) {
        asked_done(asked, MSG_FACTOR_RESET, &there);
    } else {
        asked_go(asked, &there);
    }
}

static void end_sign_ins(struct asked *asked, struct casebook *casebook, struct str id)
{
    struct err err = ERR_NONE;
    size_t ended;
    struct place here = asked_place(asked, ROUTE_ACCOUNT);
    if (!casebook_web_end_one(answers_web(asked->answers), casebook, asked->request->cookie, id,
                              &ended, &err)) {
        asked_fail_casebook(asked, &err);
    } else if (ended == 0) {
        asked_refuse(asked, MSG_SIGN_IN_GONE, "", STR(""), &here);
    } else {
        log_line(LOG_INFO, "sign_ins_ended", LOG_NUMBER("count", (int64_t)ended));
        asked_done(asked, MSG_SIGN_IN_ENDED, &here);
    }
}

void take_account(struct asked *asked)
{
    struct err err = ERR_NONE;
    struct str action = form_get(&asked->form, "action"), id = form_get(&asked->form, "id");
    struct casebook *casebook = asked_writer(asked, &err);
    if (casebook == NULL) {
        asked_fail_casebook(asked, &err);
    } else if (str_is(action, "password")) {
        change_password(asked, casebook);
    } else if (str_is(action, "recovery")) {
        make_recovery(asked, casebook);
    } else if (str_is(action, "factor")) {
        renew_factor(asked, casebook);
    } else if (str_is(action, "end") && id.len == CASEBOOK_SIGN_IN_ID - 1) {
        end_sign_ins(asked, casebook, id);
    } else if (str_is(action, "end_others")) {
        end_sign_ins(asked, casebook, STR(""));
    } else {
        asked_fail(asked, &asked_bad_request);
    }
}
