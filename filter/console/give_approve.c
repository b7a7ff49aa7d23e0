/* Judging a proposal: the blind form, the bytes, and the signature made elsewhere. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "filter/base/canonical.h"
#include "filter/base/sshsig.h"
#include "filter/casebook/look.h"
#include "filter/console/asked.h"
#include "filter/console/give.h"
#include "filter/console/page_approve.h"

const struct form_field give_answer_fields[] = {{"version", 20, false},
#define X(constant, name, id, en) {name, 4, false},
                                                CASEBOOK_TESTS(X)
#undef X
                                                    {NULL, 0, false}};
const struct form_field give_approve_fields[] = {
    {"action", 16, false},
    {"version", 20, false},
    {"signature", SSHSIG_MAX_BYTES, false},
    {"conflict", 4 * (size_t)CASEBOOK_STATEMENT_MOST, false},
    {"code", 64, false},
    {"reason", 4 * (size_t)CASEBOOK_STATEMENT_MOST, false},
    {NULL, 0, false}};

static struct place back_here(const struct asked *asked, enum place_route route)
{
    struct place there = asked_place(asked, route);
    there.case_id = asked->request->place.case_id;
    return there;
}

/* This person's own answers, from the history: the last ones stand. */
static struct str own_answers(struct asked *asked, const struct casebook_page *one)
{
    struct str own = STR("");
    for (size_t i = 0; i < one->event_count; i++) {
        const struct casebook_event *event = &one->events[i];
        if (!str_is(event->action, "answer") || !str_equal(event->actor, asked->visitor.name)) {
            continue;
        }
        json_t *detail = json_loadb(event->detail.at, event->detail.len, 0, NULL);
        char *text = json_dumps(json_object_get(detail, "answers"), JSON_COMPACT);
        if (text != NULL) {
            own = str_of(text);
            own = asked_keep(asked, &own) ? own : STR("");
        }
        free(text);
        json_decref(detail);
    }
    return own;
}

static bool has(const struct casebook_chances *chances, enum casebook_action action)
{
    return (chances->actions & (UINT64_C(1) << action)) != 0;
}

/* The bytes to sign; "" with the reason in `refusal` where there is nothing to sign. */
static bool read_bytes(struct asked *asked, struct casebook *casebook, struct page_approve *approve,
                       struct err *err)
{
    struct buf proposal = BUF_EMPTY, record = BUF_EMPTY;
    enum casebook_outcome outcome = casebook_to_sign(
        casebook, asked->visit.session, approve->one->summary.id, &proposal, &record, err);
    approve->proposal = outcome == CASEBOOK_DONE ? buf_str(&proposal) : STR("");
    approve->record = outcome == CASEBOOK_DONE ? buf_str(&record) : STR("");
    approve->refusal = outcome == CASEBOOK_REFUSED ? str_of(err->message) : STR("");
    bool done = outcome != CASEBOOK_FAILED && asked_keep(asked, &approve->proposal) &&
                asked_keep(asked, &approve->record);
    buf_fini(&proposal);
    buf_fini(&record);
    return done;
}

const struct shapes_question *give_questions(size_t *count)
{
    static const struct shapes_question questions[] = {
#define X(constant, name, id, en) {STR(name), STR(id), STR(en)},
        CASEBOOK_TESTS(X)
#undef X
    };
    *count = sizeof questions / sizeof *questions;
    return questions;
}

/* As on the page: the reviewer's record, with their answers, comes with the bytes alone. */
static void write_approve(struct asked *asked, const struct page_approve *approve)
{
    bool is_open = approve->proposal.len > 0;
    struct shapes_approve shape = {
        .summary = &approve->one->summary,
        .is_second = approve->is_second,
        .is_open = is_open,
        .proposal = is_open ? approve->proposal : approve->one->proposal,
        .record = is_open ? approve->record : STR(""),
        .own = approve->own,
        .refusal = approve->refusal,
    };
    shape.questions = give_questions(&shape.question_count);
    asked_record(asked, &shape);
}

void give_approve(struct asked *asked)
{
    struct err err = ERR_NONE;
    struct casebook_page one;
    struct casebook_chances chances;
    struct page_approve approve = {.one = &one, .chances = &chances};
    bool found = false;
    int64_t id = asked->request->place.case_id;
    struct casebook *reader = asked_open(asked);
    struct casebook *writer = reader != NULL ? asked_writer(asked, &err) : NULL;
    if (reader == NULL) {
        return;
    }
    if (writer == NULL || !casebook_show(reader, id, asked->arena, &one, &found, &err) ||
        !casebook_look_chances(reader, asked->visitor.name, asked->visitor.role, id, &chances,
                               &err)) {
        asked_fail_casebook(asked, &err);
        return;
    }
    if (!found) {
        asked_fail(asked, &asked_not_found);
        return;
    }
    approve.is_restore = has(&chances, ACTION_RESTORE);
    approve.is_second = asked->visitor.role == ROLE_TEAM && !approve.is_restore;
    approve.own = own_answers(asked, &one);
    bool signs = has(&chances, ACTION_APPROVE) || approve.is_restore ||
                 (approve.is_second && one.offered_by.len > 0);
    if (signs && !read_bytes(asked, writer, &approve, &err)) {
        asked_fail_casebook(asked, &err);
        return;
    }
    if (asked_is_json(asked)) {
        write_approve(asked, &approve);
        return;
    }
    page_approve(&asked->page, &approve);
    asked_finish(asked, 200);
}

/* The bytes as a file. */
void give_bytes(struct asked *asked)
{
    struct err err = ERR_NONE;
    struct buf record = BUF_EMPTY;
    struct casebook *casebook = asked_writer(asked, &err);
    enum casebook_outcome outcome =
        casebook == NULL
            ? CASEBOOK_FAILED
            : casebook_to_sign(casebook, asked->visit.session, asked->request->place.case_id,
                               &asked->response->body, &record, &err);
    buf_fini(&record);
    if (outcome == CASEBOOK_FAILED) {
        asked_fail_casebook(asked, &err);
    } else if (outcome != CASEBOOK_DONE) {
        buf_clear(&asked->response->body);
        asked_forbid(asked);
    } else {
        asked->response->status = 200;
        asked->response->type = "application/octet-stream"; /* kept byte for byte, opened by none */
        snprintf(asked->response->file, sizeof asked->response->file, "entri.json");
    }
}

void take_answer(struct asked *asked)
{
    struct err err = ERR_NONE;
    struct casebook_answers answers;
    struct casebook_moved moved;
    struct place there = back_here(asked, ROUTE_APPROVE);
    const struct casebook_request request = {
        .action = ACTION_ANSWER,
        .case_id = there.case_id,
        .version = form_number(&asked->form, "version"),
        .answers = &answers,
    };
    if (!give_read_answers(&asked->form, &answers, &err)) {
        asked_refuse(asked, MSG_REFUSED, err.message, STR(""), &there);
        return;
    }
    struct casebook *casebook = asked_writer(asked, &err);
    if (casebook == NULL) {
        asked_fail_casebook(asked, &err);
        return;
    }
    enum casebook_outcome outcome =
        casebook_move(casebook, asked->visit.session, &request, &moved, &err);
    asked_outcome(asked, outcome, MSG_BLIND_DONE, STR(""), &err, &there);
}

/*
 * The second factor anew, for this approval: gives the browser its new cookie. False: what was
 * wrong is answered already.
 */
static bool make_fresh(struct asked *asked, struct casebook *casebook, const struct place *there)
{
    struct err err = ERR_NONE;
    struct casebook_signed signed_in = {.wait_ms = 0};
    struct casebook_caller caller = asked_caller(asked);
    struct str code = form_get(&asked->form, "code"), token = asked->request->cookie;
    bool found = false;
    if (asked->visit.is_fresh || code.len == 0) {
        return true; /* an account without a second factor: the move itself is refused in a season
                      */
    }
    enum casebook_sign_in result = casebook_web_code(answers_web(asked->answers), casebook, &caller,
                                                     token, code, &signed_in, &err);
    if (result == SIGN_IN_FAILED) {
        asked_fail_casebook(asked, &err);
        return false;
    }
    if (result != SIGN_IN_DONE) {
        asked_refuse(asked, result == SIGN_IN_WAIT ? MSG_TOO_MANY : MSG_CODE_WRONG, "",
                     form_get(&asked->form, "signature"), there);
        return false;
    }
    asked_set_cookies(asked, &signed_in);
    if (!casebook_web_find(answers_web(asked->answers), casebook, str_of(signed_in.token.text),
                           &asked->visit, &found, &err) ||
        !found) {
        asked_fail_casebook(asked, &err);
        return false;
    }
    return true;
}

void take_approve(struct asked *asked)
{
    struct err err = ERR_NONE;
    struct casebook_moved moved;
    struct place there = back_here(asked, ROUTE_CASE), here = back_here(asked, ROUTE_APPROVE);
    struct str action = form_get(&asked->form, "action");
    const struct casebook_request request = {
        .action = str_is(action, "urgent")    ? ACTION_URGENT
                  : str_is(action, "restore") ? ACTION_RESTORE
                                              : ACTION_APPROVE,
        .reason = form_get(&asked->form, "reason"),
        .case_id = there.case_id,
        .version = form_number(&asked->form, "version"),
        .signature = form_get(&asked->form, "signature"),
        .conflict = form_get(&asked->form, "conflict"),
    };
    if (!str_is(action, "urgent") && !str_is(action, "approve") && !str_is(action, "restore")) {
        asked_fail(asked, &asked_bad_request);
        return;
    }
    struct casebook *casebook = asked_writer(asked, &err);
    if (casebook == NULL) {
        asked_fail_casebook(asked, &err);
        return;
    }
    if (!make_fresh(asked, casebook, &here)) {
        return;
    }
    enum casebook_outcome outcome =
        casebook_move(casebook, asked->visit.session, &request, &moved, &err);
    asked_outcome(asked, outcome, message_of_action(request.action), request.signature, &err,
                  outcome == CASEBOOK_DONE ? &there : &here);
}
