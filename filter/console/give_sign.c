/* Signing in and out: a password, then a code; who has no second factor yet enrols one. */
#include "filter/base/log.h"
#include "filter/base/qr.h"
#include "filter/console/asked.h"
#include "filter/console/give.h"
#include "filter/console/limit.h"
#include "filter/console/page_sign.h"

const struct form_field give_sign_in_fields[] = {{"name", CASEBOOK_NAME_MOST, false},
                                                 {"password", CASEBOOK_PASSWORD_MOST, false},
                                                 {NULL, 0, false}};
const struct form_field give_code_fields[] = {{"code", 64, false}, {NULL, 0, false}};
const struct form_field give_no_fields[] = {{NULL, 0, false}};

static const struct asked_failure wrong = {403, "wrong", MSG_SIGN_IN_WRONG, MSG_SIGN_IN_WRONG};

static struct str stage_of(const struct asked *asked)
{
    static const char *const stages[] = {
        [STAGE_CODE] = "code", [STAGE_ENROL] = "enrol", [STAGE_IN] = "in"};
    return asked->has_visit ? str_of(stages[asked->visit.stage]) : STR("out");
}

/* How far they are in, and what forms in JSON must carry. */
static void write_session(struct asked *asked, struct str stage, struct str uri,
                          const struct casebook_recovery *recovery)
{
    struct str codes[CASEBOOK_RECOVERY_CODES];
    struct shapes_session shape = {
        .stage = stage, .ends_ms = CLOCK_NEVER, .uri = uri, .recovery = codes};
    if (asked->page.visitor != NULL && asked->request->method != METHOD_POST) {
        const struct page_visitor *visitor = &asked->visitor;
        shape.name = visitor->name;
        shape.organisation = visitor->organisation;
        shape.role = str_of(casebook_role_name(visitor->role));
        shape.token = visitor->token;
        shape.once = visitor->once;
        shape.ends_ms = visitor->ends_ms;
        shape.is_fresh = visitor->is_fresh;
        shape.needs_key = visitor->needs_key;
    }
    for (size_t i = 0; recovery != NULL && i < CASEBOOK_RECOVERY_CODES; i++) {
        codes[shape.recovery_count++] = str_of(recovery->code[i]);
    }
    asked_record(asked, &shape);
}

static void go_home(struct asked *asked)
{
    bool is_admin = asked->page.visitor != NULL && asked->visitor.role == ROLE_ADMIN;
    struct place there = asked_place(asked, is_admin ? ROUTE_PEOPLE : ROUTE_QUEUE);
    asked_go(asked, &there);
}

static void show_sign_in(struct asked *asked, enum message problem, int64_t wait_ms,
                         unsigned status)
{
    if (asked_open(asked) != NULL) {
        page_sign_in(&asked->page, problem, wait_ms);
        asked_finish(asked, status);
    }
}

void give_sign_in(struct asked *asked)
{
    if (asked_is_json(asked) && (asked->has_visit || asked->request->is_secure)) {
        write_session(asked, stage_of(asked), STR(""), NULL);
        return;
    }
    if (asked->has_visit) {
        struct place code = asked_place(asked, ROUTE_CODE);
        if (asked->visit.stage == STAGE_IN) {
            go_home(asked);
        } else {
            asked_go(asked, &code);
        }
        return;
    }
    if (!asked->request->is_secure) {
        asked_fail(asked, &asked_not_secure);
        return;
    }
    show_sign_in(asked, MESSAGE_COUNT, 0, 200);
}

/* What every step does with its result; false: nothing is left to do. */
static bool step(struct asked *asked, enum casebook_sign_in result,
                 const struct casebook_signed *signed_in, const struct err *err)
{
    switch (result) {
    case SIGN_IN_DONE:
        asked_set_cookies(asked, signed_in);
        return true;
    case SIGN_IN_WRONG:
        return true;
    case SIGN_IN_WAIT:
        asked->response->retry_s = (unsigned)((signed_in->wait_ms + 999) / 1000);
        return true;
    case SIGN_IN_REFUSED:
    case SIGN_IN_FAILED:
        break;
    }
    asked_fail_casebook(asked, err);
    return false;
}

/* In JSON what a step led to. */
static void end_step(struct asked *asked, enum casebook_sign_in result, enum casebook_stage stage)
{
    if (result == SIGN_IN_DONE) {
        write_session(asked,
                      stage == STAGE_IN      ? STR("in")
                      : stage == STAGE_ENROL ? STR("enrol")
                                             : STR("code"),
                      STR(""), NULL);
    } else {
        asked_fail(asked, result == SIGN_IN_WAIT ? &asked_too_many : &wrong);
    }
}

void take_sign_in(struct asked *asked)
{
    struct err err = ERR_NONE;
    struct casebook_signed signed_in = {.wait_ms = 0};
    struct casebook_caller caller = asked_caller(asked);
    if (!asked->request->is_secure) {
        asked_fail(asked, &asked_not_secure);
        return;
    }
    if (!limit_password(answers_limit(asked->answers))) {
        asked->response->retry_s = 2;
        asked_fail(asked, &asked_too_many);
        return;
    }
    struct casebook *casebook = asked_writer(asked, &err);
    if (casebook == NULL) {
        asked_fail_casebook(asked, &err);
        return;
    }
    enum casebook_sign_in result = casebook_web_password(
        answers_web(asked->answers), casebook, &caller, asked->request->cookie,
        form_get(&asked->form, "name"), form_raw(&asked->form, "password"), &signed_in, &err);
    if (!step(asked, result, &signed_in, &err)) {
        return;
    }
    if (asked_is_json(asked)) {
        end_step(asked, result, signed_in.stage);
    } else if (result == SIGN_IN_DONE) {
        struct place there =
            asked_place(asked, signed_in.stage == STAGE_IN ? ROUTE_QUEUE : ROUTE_CODE);
        asked_go(asked, &there);
    } else {
        asked->page.visitor = NULL;
        show_sign_in(asked, result == SIGN_IN_WAIT ? MSG_SIGN_IN_WAIT : MSG_SIGN_IN_WRONG,
                     signed_in.wait_ms, result == SIGN_IN_WAIT ? 429 : 403);
    }
}

/* The page that asks for a code, of a secret that is new or in use. */
static void show_code(struct asked *asked, enum message problem, int64_t wait_ms, unsigned status)
{
    struct err err = ERR_NONE;
    struct buf uri = BUF_EMPTY, drawing = BUF_EMPTY;
    unsigned size = 0;
    if (asked_open(asked) == NULL) {
        return;
    }
    bool is_new = asked->visit.stage == STAGE_ENROL;
    struct casebook *casebook = is_new ? asked_writer(asked, &err) : NULL;
    if (is_new && (casebook == NULL ||
                   !casebook_web_offer(answers_web(asked->answers), casebook,
                                       asked->request->cookie, &uri, &err) ||
                   !qr_svg_path(buf_str(&uri), &drawing, &size, &err))) {
        asked_fail_casebook(asked, &err);
    } else if (asked_is_json(asked)) {
        write_session(asked, stage_of(asked), buf_str(&uri), NULL);
    } else {
        const struct page_code code = {.is_new = is_new,
                                       .problem = problem,
                                       .wait_ms = wait_ms,
                                       .uri = buf_str(&uri),
                                       .drawing = buf_str(&drawing),
                                       .size = size};
        page_code(&asked->page, &code);
        asked_finish(asked, status);
    }
    buf_fini(&uri);
    buf_fini(&drawing);
}

void give_code(struct asked *asked)
{
    if (asked_is_json(asked) && (!asked->has_visit || asked->visit.stage == STAGE_IN)) {
        write_session(asked, stage_of(asked), STR(""), NULL);
    } else if (!asked->has_visit) {
        struct place there = asked_place(asked, ROUTE_SIGN_IN);
        asked_go(asked, &there);
    } else if (asked->visit.stage == STAGE_IN) {
        go_home(asked);
    } else {
        show_code(asked, MESSAGE_COUNT, 0, 200);
    }
}

void take_code(struct asked *asked)
{
    struct err err = ERR_NONE;
    struct casebook_signed signed_in = {.wait_ms = 0};
    struct casebook_recovery recovery;
    struct casebook_caller caller = asked_caller(asked);
    struct str code = form_get(&asked->form, "code"), token = asked->request->cookie;
    if (!asked->has_visit || asked->visit.stage == STAGE_IN) {
        give_code(asked);
        return;
    }
    struct casebook *casebook = asked_writer(asked, &err);
    if (casebook == NULL) {
        asked_fail_casebook(asked, &err);
        return;
    }
    bool is_new = asked->visit.stage == STAGE_ENROL;
    struct casebook_web *web = answers_web(asked->answers);
    enum casebook_sign_in result =
        is_new
            ? casebook_web_enrol(web, casebook, &caller, token, code, &signed_in, &recovery, &err)
            : casebook_web_code(web, casebook, &caller, token, code, &signed_in, &err);
    if (!step(asked, result, &signed_in, &err)) {
        return;
    }
    if (asked_is_json(asked) && (result != SIGN_IN_DONE || !is_new)) {
        end_step(asked, result, signed_in.stage);
    } else if (asked_is_json(asked)) {
        write_session(asked, STR("in"), STR(""), &recovery);
    } else if (result != SIGN_IN_DONE) {
        show_code(asked,
                  result == SIGN_IN_WAIT ? MSG_SIGN_IN_WAIT
                  : is_new               ? MSG_ENROL_WRONG
                                         : MSG_CODE_WRONG,
                  signed_in.wait_ms, result == SIGN_IN_WAIT ? 429 : 403);
    } else if (is_new) {
        if (asked_open(asked) != NULL) {
            page_recovery(&asked->page, &recovery);
            asked_finish(asked, 200);
        }
    } else {
        struct place there = asked_place(asked, ROUTE_QUEUE);
        asked_go(asked, &there);
    }
}

void take_sign_out(struct asked *asked)
{
    struct err err = ERR_NONE;
    const struct casebook_signed nobody = {.wait_ms = 0};
    struct casebook *casebook = asked_writer(asked, &err);
    if (casebook == NULL || !casebook_web_end(answers_web(asked->answers), casebook,
                                              asked->request->cookie, END_THIS, &err)) {
        asked_fail_casebook(asked, &err);
        return;
    }
    struct place there = asked_place(asked, ROUTE_SIGN_IN);
    asked_set_cookies(asked, &nobody);
    if (asked_is_json(asked)) {
        write_session(asked, STR("out"), STR(""), NULL);
    } else {
        asked_go(asked, &there);
    }
}
