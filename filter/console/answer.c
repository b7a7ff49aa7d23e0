#include "filter/console/answer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filter/base/clock.h"
#include "filter/base/log.h"
#include "filter/base/mem.h"
#include "filter/blocklist/guard.h"
#include "filter/casebook/addressees.h"
#include "filter/casebook/casebook.h"
#include "filter/casebook/figures.h"
#include "filter/casebook/look.h"
#include "filter/casebook/measures.h"
#include "filter/console/asked.h"
#include "filter/console/ease.h"
#include "filter/console/gzip.h"
#include "filter/console/html.h"
#include "filter/console/limit.h"
#include "filter/console/rulebook.h"
#include "filter/console/script.h"
#include "filter/console/style.h"
#include "filter/console/verify.h"

enum {
    LEAST_GZIP = 600,      /* below that it saves no packet */
    MAX_BYTES = 160 << 20, /* of a request's arena: 100 posts of 1 MiB, and what belongs to it */
    MEASURE_MS = 60000,
    FIGURES_MS = 1000,
    PROTECT_MS = 60000, /* between two readings of the protected list */
};

struct answers {
    struct answers_options options;
    struct casebook *reader, *writer;       /* NULL: not open */
    struct blocklist_guard *guard;          /* borrowed by the writer */
    int64_t next_protect_ms;                /* monotonic */
    struct casebook_addressees *addressees; /* the same */
    int64_t next_address_ms;                /* monotonic */
    struct casebook_web *web;
    struct tickets *tickets;
    struct limit *limit;
    struct verify *verify;
    struct rulebook *rulebook;
    struct casebook_measures measures;
    int64_t next_measure_ms; /* monotonic */
    struct casebook_figures figures;
    int64_t next_figures_ms; /* monotonic */
    bool is_failing;         /* and the log says so already */
};

const struct asked_failure asked_bad_request = {400, "bad_request", MSG_BAD_REQUEST,
                                                MSG_BAD_REQUEST_HINT},
                           asked_forbidden = {403, "forbidden", MSG_FORBIDDEN, MSG_FORBIDDEN_HINT},
                           asked_forged = {403, "not_from_here", MSG_FORGED, MSG_FORGED_HINT},
                           asked_not_secure = {403, "not_secure", MSG_NOT_SECURE,
                                               MSG_NOT_SECURE_HINT},
                           asked_not_found = {404, "not_found", MSG_NOT_FOUND, MSG_NOT_FOUND_HINT},
                           asked_too_large = {413, "too_large", MSG_TOO_LARGE, MSG_FORM_LARGE_HINT},
                           asked_too_many = {429, "too_many", MSG_TOO_MANY, MSG_TOO_MANY_HINT},
                           asked_unavailable = {503, "unavailable", MSG_UNAVAILABLE,
                                                MSG_UNAVAILABLE_HINT};
static const struct asked_failure not_signed_in = {401, "not_signed_in", MSG_SIGN_IN,
                                                   MSG_SIGN_IN_FIRST},
                                  not_allowed = {405, "method_not_allowed", MSG_NOT_ALLOWED,
                                                 MSG_NOT_ALLOWED_HINT},
                                  not_acceptable = {406, "not_acceptable", MSG_BAD_REQUEST,
                                                    MSG_BAD_REQUEST_HINT},
                                  bad_token = {401, "bad_token", MSG_SIGN_IN, MSG_BAD_TOKEN_HINT},
                                  no_scope = {403, "no_scope", MSG_FORBIDDEN, MSG_NO_SCOPE_HINT},
                                  too_long = {414, "too_long", MSG_TOO_LARGE, MSG_TOO_LARGE_HINT},
                                  no_form = {415, "no_form", MSG_BAD_REQUEST, MSG_NO_FORM_HINT},
                                  wrong_host = {421, "wrong_host", MSG_WRONG_HOST,
                                                MSG_WRONG_HOST_HINT};

struct answers *answers_new(const struct answers_options *options)
{
    struct answers *answers = mem_zero(1, sizeof *answers);
    answers->options = *options;
    answers->web = casebook_web_new();
    answers->tickets = tickets_new();
    answers->limit = limit_new();
    answers->verify = verify_new(options->casebook, options->clock);
    answers->rulebook = rulebook_new(options->rules, options->clock);
    return answers;
}

static void close_casebooks(struct answers *answers)
{
    casebook_close(answers->reader);
    casebook_close(answers->writer);
    answers->reader = answers->writer = NULL;
    answers->next_protect_ms = 0;
}

void answers_free(struct answers *answers)
{
    if (answers != NULL) {
        casebook_web_free(answers->web);
        tickets_free(answers->tickets);
        close_casebooks(answers);
        blocklist_guard_free(answers->guard);
        casebook_addressees_free(answers->addressees);
        limit_free(answers->limit);
        verify_free(answers->verify);
        rulebook_free(answers->rulebook);
        free(answers);
    }
}

struct casebook_web *answers_web(struct answers *answers)
{
    return answers->web;
}

struct verify *answers_verify(struct answers *answers)
{
    return answers->verify;
}

const struct casebook_measures *answers_measures(struct answers *answers, struct casebook *casebook,
                                                 struct err *err)
{
    int64_t now_ms = clock_monotonic_ms();
    if (now_ms >= answers->next_measure_ms) {
        if (!casebook_measure(casebook, &answers->measures, err)) {
            return NULL;
        }
        answers->next_measure_ms = now_ms + MEASURE_MS;
    }
    return &answers->measures;
}

const struct casebook_figures *answers_figures(struct answers *answers, struct casebook *casebook,
                                               struct err *err)
{
    int64_t now_ms = clock_monotonic_ms();
    if (now_ms >= answers->next_figures_ms) {
        if (!casebook_figures(casebook, &answers->figures, err)) {
            return NULL;
        }
        answers->next_figures_ms = now_ms + FIGURES_MS;
    }
    return &answers->figures;
}

struct rulebook *answers_rulebook(struct answers *answers)
{
    return answers->rulebook;
}

struct limit *answers_limit(struct answers *answers)
{
    return answers->limit;
}

const struct answers_options *answers_options(const struct answers *answers)
{
    return &answers->options;
}

void asked_finish(struct asked *asked, unsigned status)
{
    asked->response->status = status;
    asked->response->type = "text/html; charset=utf-8";
    buf_put_str(&asked->response->body, html_str(asked->page.html));
}

void asked_finish_json(struct asked *asked, unsigned status)
{
    asked->response->status = status;
    asked->response->type = "application/json";
}

void asked_fail(struct asked *asked, const struct asked_failure *failure)
{
    if (asked->request->wants_json) {
        asked_problem(asked, failure->status, failure->name,
                      message_text(asked->page.language, failure->hint));
        return;
    }
    html_free(asked->page.html); /* a page may have been begun */
    asked->page.html = html_new();
    page_error(&asked->page, failure->title, failure->hint);
    asked_finish(asked, failure->status);
}

void asked_forbid(struct asked *asked)
{
    char person[CASEBOOK_NAME_MOST + 1];
    snprintf(person, sizeof person, "%.*s", STR_FORMAT(asked->visitor.name));
    log_line(LOG_WARN, "access_refused", LOG_TEXT("person", person),
             LOG_TEXT("place", place_pattern(asked->request->place.route)),
             LOG_NUMBER("case", asked->request->place.case_id),
             LOG_TEXT("method", asked->request->method == METHOD_POST ? "POST" : "GET"));
    asked_fail(asked, &asked_forbidden);
}

void asked_fail_casebook(struct asked *asked, const struct err *err)
{
    char why[800];
    if (!asked->answers->is_failing) {
        log_line(LOG_ERROR, "console_casebook", LOG_TEXT("why", err_format(err, why, sizeof why)));
    }
    asked->answers->is_failing = true;
    close_casebooks(asked->answers);
    asked_fail(asked, &asked_unavailable);
}

struct casebook *asked_reader(struct asked *asked, struct err *err)
{
    struct answers *answers = asked->answers;
    if (answers->reader == NULL) {
        answers->reader =
            casebook_open_read(answers->options.casebook, answers->options.clock, err);
        answers->is_failing = answers->is_failing && answers->reader == NULL;
    }
    return answers->reader;
}

/* A list that can't be read leaves the one before in use: too much protected rather than less. */
static bool protect(struct answers *answers, struct err *err)
{
    size_t voided = 0;
    int64_t now_ms = clock_monotonic_ms();
    if (answers->options.rules == NULL || now_ms < answers->next_protect_ms) {
        return true;
    }
    struct err why = ERR_NONE;
    struct blocklist_guard *guard = blocklist_guard_load(answers->options.rules, &why);
    answers->next_protect_ms = now_ms + PROTECT_MS;
    if (guard == NULL) {
        log_line(LOG_ERROR, "console_protected_list", LOG_TEXT("why", why.message));
        return true;
    }
    bool done = casebook_protect(answers->writer, guard, &voided, err);
    blocklist_guard_free(answers->guard);
    answers->guard = guard;
    return done;
}

/* The same of whom cases may be referred to. */
const struct casebook_addressees *answers_addressees(struct answers *answers)
{
    struct err why = ERR_NONE;
    int64_t now_ms = clock_monotonic_ms();
    if (answers->options.rules == NULL || now_ms < answers->next_address_ms) {
        return answers->addressees;
    }
    answers->next_address_ms = now_ms + PROTECT_MS;
    struct casebook_addressees *list = casebook_addressees_load(answers->options.rules, &why);
    if (list == NULL) {
        log_line(LOG_ERROR, "console_recipients", LOG_TEXT("file", why.file),
                 LOG_NUMBER("line", why.line), LOG_TEXT("why", why.message));
        return answers->addressees;
    }
    if (answers->writer != NULL) {
        casebook_address(answers->writer, list);
    }
    casebook_addressees_free(answers->addressees);
    answers->addressees = list;
    return list;
}

struct casebook *asked_writer(struct asked *asked, struct err *err)
{
    struct answers *answers = asked->answers;
    if (answers->writer == NULL) {
        answers->writer = casebook_open(answers->options.casebook, answers->options.clock, err);
    }
    if (answers->writer == NULL || !protect(answers, err)) {
        return NULL;
    }
    casebook_address(answers->writer, answers_addressees(answers));
    return answers->writer;
}

/* What every page says on top. */
bool asked_season(struct asked *asked, struct err *err)
{
    struct page *page = &asked->page;
    page->knows_season =
        page->knows_season || (asked_reader(asked, err) != NULL &&
                               casebook_season(asked->answers->reader, asked->arena, &page->season,
                                               &page->has_season, err));
    return page->knows_season;
}

struct casebook *asked_open(struct asked *asked)
{
    struct err err = ERR_NONE;
    if (asked_season(asked, &err)) {
        return asked->answers->reader;
    }
    asked_fail_casebook(asked, &err);
    return NULL;
}

struct place asked_place(const struct asked *asked, enum place_route route)
{
    struct place place = place_of(route);
    place.has_language = asked->request->place.has_language;
    place.language = asked->request->place.language;
    return place;
}

bool asked_keep(struct asked *asked, struct str *text)
{
    text->at = arena_copy(asked->arena, text->at != NULL ? text->at : "", text->len);
    return text->at != NULL;
}

static void go_to(struct asked *asked, const char *location)
{
    asked->response->status = 303;
    asked->response->type = "text/plain; charset=utf-8";
    snprintf(asked->response->location, sizeof asked->response->location, "%s", location);
}

void asked_go(struct asked *asked, const struct place *place)
{
    struct buf target = BUF_EMPTY;
    place_write(place, &target);
    go_to(asked, target.bytes);
    buf_fini(&target);
}

/* What came of a form, now or before: a page that says so, or the same in JSON. */
static void say_outcome(struct asked *asked, const struct ticket_outcome *outcome)
{
    struct str message = message_text(asked->page.language, outcome->what);
    if (!asked_is_json(asked)) {
        go_to(asked, outcome->location);
    } else if (outcome->is_refused) {
        struct buf why = BUF_EMPTY;
        buf_put_str(&why, message);
        buf_put_string(&why, outcome->detail != NULL && outcome->detail[0] != '\0' ? ": " : "");
        buf_put_string(&why, outcome->detail != NULL ? outcome->detail : "");
        asked_problem(asked, 409, outcome->what == MSG_STALE ? "stale" : "refused", buf_str(&why));
        buf_fini(&why);
    } else {
        const struct shapes_done done = {.message = message, .location = str_of(outcome->location)};
        shape_put(shapes_done.of, &done, &asked->response->body);
        buf_put_char(&asked->response->body, '\n');
        asked_finish_json(asked, 200);
    }
}

static void end_form(struct asked *asked, const struct ticket_outcome *outcome,
                     const struct place *place)
{
    struct place there = *place;
    struct ticket_outcome kept = *outcome;
    struct buf target = BUF_EMPTY, person = BUF_EMPTY;
    memcpy(there.said, asked->said, sizeof there.said);
    memcpy(kept.said, asked->said, sizeof kept.said);
    place_write(&there, &target);
    buf_put_str(&person, asked->visit.name);
    kept.location = target.bytes;
    kept.person = person.bytes;
    ticket_put(asked->answers->tickets, &kept);
    say_outcome(asked, &kept);
    buf_fini(&target);
    buf_fini(&person);
}

void asked_done(struct asked *asked, enum message what, const struct place *place)
{
    const struct ticket_outcome outcome = {.what = what};
    end_form(asked, &outcome, place);
}

void asked_refuse(struct asked *asked, enum message what, const char *why, struct str typed,
                  const struct place *place)
{
    struct buf detail = BUF_EMPTY, text = BUF_EMPTY;
    buf_put_string(&detail, why);
    buf_put_str(&text, typed);
    const struct ticket_outcome outcome = {
        .is_refused = true, .what = what, .detail = detail.bytes, .typed = text.bytes};
    end_form(asked, &outcome, place);
    buf_fini(&detail);
    buf_fini(&text);
}

void asked_outcome(struct asked *asked, enum casebook_outcome outcome, enum message done,
                   struct str typed, const struct err *err, const struct place *place)
{
    switch (outcome) {
    case CASEBOOK_DONE:
        asked_done(asked, done, place);
        break;
    case CASEBOOK_REFUSED:
        asked_refuse(asked, MSG_REFUSED, err->message, typed, place);
        break;
    case CASEBOOK_STALE:
        asked_refuse(asked, MSG_STALE, "", typed, place);
        break;
    case CASEBOOK_FAILED:
        asked_fail_casebook(asked, err);
        break;
    }
}

void asked_state_file(const struct asked *asked, const char *name, struct buf *out)
{
    const char *path = asked->answers->options.casebook, *slash = strrchr(path, '/');
    buf_put(out, path, slash != NULL ? (size_t)(slash - path) + 1 : 0);
    buf_put_string(out, name);
}

static void put_cookie(char *out, size_t size, const char *name, const char *value, int64_t seconds)
{
    char age[40] = "";
    if (seconds >= 0) {
        snprintf(age, sizeof age, "; Max-Age=%lld", (long long)seconds);
    }
    snprintf(out, size, "%s=%s; Path=/; Secure; HttpOnly; SameSite=Strict%s", name, value, age);
}

void asked_set_cookies(struct asked *asked, const struct casebook_signed *signed_in)
{
    struct response *response = asked->response;
    bool is_out = signed_in->token.text[0] == '\0';
    put_cookie(response->cookie, sizeof response->cookie, REQUEST_COOKIE, signed_in->token.text,
               is_out ? 0 : -1);
    if (signed_in->device.text[0] != '\0') {
        put_cookie(response->device, sizeof response->device, REQUEST_DEVICE,
                   signed_in->device.text, CASEBOOK_DEVICE_MS / 1000);
    }
}

bool asked_case(struct asked *asked, struct casebook_page *one, struct casebook_chances *chances)
{
    struct err err = ERR_NONE;
    bool found = false;
    int64_t id = asked->request->place.case_id;
    struct casebook *casebook = asked_open(asked);
    if (casebook == NULL) {
        return false;
    }
    if (!casebook_show(casebook, id, asked->arena, one, &found, &err) ||
        !casebook_look_chances(casebook, asked->visitor.name, asked->visitor.role, id, chances,
                               &err)) {
        asked_fail_casebook(asked, &err);
        return false;
    }
    if (!found) {
        asked_fail(asked, &asked_not_found);
    }
    return found;
}

bool asked_may(struct asked *asked, const struct casebook_chances *chances,
               enum casebook_action action)
{
    struct place there = asked_place(asked, ROUTE_CASE);
    there.case_id = asked->request->place.case_id;
    if ((chances->actions & (UINT64_C(1) << action)) == 0) {
        if (asked_is_json(asked)) {
            asked_fail(asked, &asked_forbidden);
        } else {
            asked_go(asked, &there);
        }
        return false;
    }
    return true;
}

void asked_set_ease(struct asked *asked, const char *value)
{
    put_cookie(asked->response->device, sizeof asked->response->device, REQUEST_EASE, value,
               (int64_t)365 * 24 * 3600);
}

struct casebook_caller asked_caller(const struct asked *asked)
{
    return (struct casebook_caller){.address = asked->request->from,
                                    .device = asked->request->device};
}

/* Whose cookie came along. A reader without one costs no write. */
static bool find_visit(struct asked *asked, struct err *err)
{
    if (asked->request->cookie.len == 0) {
        return true;
    }
    struct casebook *casebook = asked_writer(asked, err);
    return casebook != NULL &&
           casebook_web_find(asked->answers->web, casebook, asked->request->cookie, &asked->visit,
                             &asked->has_visit, err);
}

/* Who asks, and what their last form led to, for the page. */
static void introduce(struct asked *asked)
{
    const struct tickets *tickets = asked->answers->tickets;
    if (!asked->has_visit || asked->visit.stage != STAGE_IN) {
        return;
    }
    const struct ticket_outcome *outcome =
        ticket_find(tickets, str_of(asked->request->place.said), asked->visit.name);
    asked->visitor = (struct page_visitor){
        .name = asked->visit.name,
        .organisation = asked->visit.organisation,
        .role = asked->visit.role,
        .token = str_of(ticket_token(tickets, str_of(asked->visit.csrf), asked->token)),
        .once = str_of(ticket_once(asked->once)),
        .ends_ms = asked->visit.end_ms,
        .is_fresh = asked->visit.is_fresh,
        .needs_key = asked->visit.needs_key,
    };
    const struct ease ease = ease_read(asked->request->ease);
    asked->visitor.is_break =
        ease_is_time(&ease, asked->visit.end_ms - CASEBOOK_WEB_WHOLE_MS, asked->page.now_ms);
    if (outcome != NULL) {
        asked->visitor.has_outcome = true;
        asked->visitor.is_refused = outcome->is_refused;
        asked->visitor.outcome = outcome->what;
        asked->visitor.detail = str_of(outcome->detail);
        asked->visitor.typed = str_of(outcome->typed);
    }
    asked->page.visitor = &asked->visitor;
}

/* A form that no page of ours sends is a sign of something: logged, without anything that is in it.
 */
static void log_refusal(const struct asked *asked, const struct asked_failure *failure)
{
    log_line(LOG_WARN, "form_refused", LOG_TEXT("why", failure->name),
             LOG_NUMBER("signed_in", asked->page.visitor != NULL ? 1 : 0));
}

static void refuse_form(struct asked *asked, const struct asked_failure *failure)
{
    log_refusal(asked, failure);
    asked_fail(asked, failure);
}

/* The same fields in either encoding. */
static enum form_fault parse_form(struct asked *asked)
{
    const struct request *request = asked->request;
    return request->is_json ? form_parse_json(request->body, asked->arena, &asked->form)
                            : form_parse(request->body, asked->arena, &asked->form);
}

/*
 * Takes the form in; false: what is wrong with it is answered already. A machine's token is not
 * sent along by a browser for another site's page: it needs neither Origin nor token.
 */
static bool read_form(struct asked *asked, const struct route *route)
{
    const struct request *request = asked->request;
    struct str name;
    if (!request->is_same_origin && !asked->is_machine) {
        refuse_form(asked, &asked_forged);
    } else if (request->is_body_too_long || request->body.len > FORM_MOST_BYTES) {
        refuse_form(asked, &asked_too_large);
    } else if (!request->is_form && !request->is_json) {
        refuse_form(asked, &no_form);
    } else if (parse_form(asked) != FORM_FINE ||
               form_check(&asked->form, route->fields, route_always, &name) != FORM_FINE) {
        refuse_form(asked, &asked_bad_request);
    } else if (asked->has_visit && asked->visit.stage == STAGE_IN &&
               (!ticket_token_fits(asked->answers->tickets, str_of(asked->visit.csrf),
                                   form_raw(&asked->form, "token")) ||
                form_raw(&asked->form, "once").len != TICKET_NAME - 1)) {
        refuse_form(asked, &asked_forged);
    } else {
        return true;
    }
    return false;
}

static void give_form(struct asked *asked, const struct route *route)
{
    if (!read_form(asked, route)) {
        return;
    }
    if (asked->page.visitor != NULL) {
        const struct tickets *tickets = asked->answers->tickets;
        ticket_said(tickets, asked->visit.name, form_raw(&asked->form, "once"),
                    asked->request->target, form_raw(&asked->form, "action"), asked->said);
        const struct ticket_outcome *before =
            ticket_find(tickets, str_of(asked->said), asked->visit.name);
        if (before != NULL) {
            say_outcome(asked, before); /* the same form again: the same outcome */
            return;
        }
    }
    route->give(asked);
}

/* What a browser's reader is led to, and a program told (RFC 9110, section 15.5.2). */
static void ask_to_sign_in(struct asked *asked, const struct asked_failure *failure)
{
    snprintf(asked->response->challenge, sizeof asked->response->challenge,
             failure == &bad_token ? "Bearer realm=\"saring\", error=\"invalid_token\""
                                   : "Bearer realm=\"saring\"");
    asked_fail(asked, failure);
}

/* A token reads what its scopes name, and what is open to all; it is no one's session. */
static bool machine_may(struct asked *asked, const struct route *route)
{
    bool is_open = route->roles == 0 && route->method == METHOD_GET && route->gives != GIVES_PAGE;
    if (is_open || casebook_scope_has(asked->machine.scopes, route->scope)) {
        return true;
    }
    const char *wants = route->scope != SCOPE_NONE ? casebook_scope_name(route->scope) : "";
    snprintf(asked->response->challenge, sizeof asked->response->challenge,
             "Bearer realm=\"saring\", error=\"insufficient_scope\"%s%s%s",
             wants[0] != '\0' ? ", scope=\"" : "", wants, wants[0] != '\0' ? "\"" : "");
    log_line(LOG_WARN, "token_refused", LOG_TEXT("token", asked->machine.name));
    asked_fail(asked, &no_scope);
    return false;
}

/* Whether whoever asks may have it; if not, that is answered already. */
static bool may(struct asked *asked, const struct route *route)
{
    struct err err = ERR_NONE;
    if (asked->is_machine) {
        return machine_may(asked, route);
    }
    if (route->roles == 0) {
        return true;
    }
    if (asked->page.visitor != NULL) {
        if ((route->roles & (1u << asked->visitor.role)) != 0) {
            return true;
        }
        asked_forbid(asked);
        return false;
    }
    if (route->is_open_in_demo && route->method == METHOD_GET) {
        if (!asked_season(asked, &err)) {
            asked_fail_casebook(asked, &err);
            return false;
        }
        if (!asked->page.has_season) {
            return true; /* a demonstration: example posts that we wrote */
        }
    }
    if (route->method == METHOD_POST) {
        log_refusal(asked, &not_signed_in);
    }
    if (asked->request->wants_json || route->method == METHOD_POST) {
        ask_to_sign_in(asked, &not_signed_in);
    } else {
        struct place there = asked_place(asked, asked->has_visit ? ROUTE_CODE : ROUTE_SIGN_IN);
        asked_go(asked, &there);
    }
    return false;
}

/* Whose token came along; false: it is none that counts here, or asks too often. */
static bool find_machine(struct asked *asked)
{
    struct err err = ERR_NONE;
    if (!asked->request->is_secure) {
        asked_fail(asked, &asked_not_secure);
        return false;
    }
    struct casebook *casebook = asked_writer(asked, &err);
    if (casebook == NULL || !casebook_machine_find(casebook, asked->request->bearer,
                                                   &asked->machine, &asked->is_machine, &err)) {
        asked_fail_casebook(asked, &err);
    } else if (!asked->is_machine) {
        log_line(LOG_WARN, "token_refused", LOG_TEXT("token", "unknown"));
        if (!casebook_web_token_refused(asked->answers->web, casebook, &err)) {
            log_line(LOG_ERROR, "console_casebook", LOG_TEXT("why", err.message));
        }
        ask_to_sign_in(asked, &bad_token);
    } else if (!limit_machine(asked->answers->limit, str_of(asked->machine.name))) {
        asked->response->retry_s = 5;
        asked_fail(asked, &asked_too_many);
    } else {
        return true;
    }
    return false;
}

/* Who asks; false: what is wrong is answered already. */
static bool recognise(struct asked *asked)
{
    struct err err = ERR_NONE;
    if (asked->request->is_bearer) {
        return find_machine(asked);
    }
    if (!find_visit(asked, &err)) {
        asked_fail_casebook(asked, &err);
        return false;
    }
    introduce(asked);
    return true;
}

/* The methods that a place answers (RFC 9110, section 10.2.1). */
static const char *allowed_at(enum place_route place)
{
    bool gets = route_find(place, METHOD_GET) != NULL,
         posts = route_find(place, METHOD_POST) != NULL;
    return gets && posts ? "GET, HEAD, POST, OPTIONS"
           : gets        ? "GET, HEAD, OPTIONS"
                         : "POST, OPTIONS";
}

static void give_options(struct asked *asked, const char *allow)
{
    asked->response->status = 204;
    asked->response->allow = allow;
}

static void give_route(struct asked *asked)
{
    const struct request *request = asked->request;
    bool is_post = request->method == METHOD_POST;
    const struct route *route =
        route_find(request->place.route, is_post ? METHOD_POST : METHOD_GET);
    if (request->method == METHOD_OPTIONS) {
        give_options(asked, allowed_at(request->place.route));
        return;
    }
    if (route == NULL || request->method == METHOD_OTHER) {
        asked->response->allow = allowed_at(request->place.route);
        asked_fail(asked, &not_allowed);
        return;
    }
    asked->route = route;
    bool is_page = route_is_for_people(route);
    bool asks_who = is_page || (request->is_bearer && route->scope != SCOPE_NONE);
    if (asks_who && !limit_take(asked->answers->limit, request->from, is_post)) {
        asked->response->retry_s = 5;
        asked_fail(asked, &asked_too_many);
        return;
    }
    if (asks_who && !recognise(asked)) {
        return;
    }
    if (!may(asked, route)) {
        return;
    }
    if (route->gives == GIVES_PAGE && request->takes_none) {
        asked_fail(asked, &not_acceptable);
    } else if (is_post) {
        give_form(asked, route);
    } else {
        route->give(asked);
    }
}

/*
 * Names what is in the answer, so that a client that has it already is told so and no more. Pages
 * bear a masked token, another one each time: they have no tag.
 */
static void put_tag(const struct request *request, struct response *response)
{
    static const char *const types[] = {"application/json", "text/css", "text/javascript"};
    enum { TAG_DIGITS = 32 };
    char hex[HASH_HEX];
    bool is_tagged = false;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        is_tagged |=
            response->type != NULL && strncmp(response->type, types[i], strlen(types[i])) == 0;
    }
    if (!is_tagged || response->status != 200 || request->method == METHOD_POST) {
        return;
    }
    struct hash hash = hash_sha256(buf_str(&response->body));
    snprintf(response->tag, sizeof response->tag, "\"%.*s\"", TAG_DIGITS, hash_format(&hash, hex));
    if (request_has_tag(request->if_none_match, str_of(response->tag))) {
        response->status = 304;
        buf_clear(&response->body);
    }
}

/*
 * What is secret on a page, the token, is masked anew each time: compressing it beside text from
 * outside tells nothing of it.
 */
static void pack(struct response *response)
{
    struct buf packed = BUF_EMPTY;
    if (response->body.len < LEAST_GZIP || !gzip_put(buf_str(&response->body), &packed)) {
        buf_fini(&packed);
        return;
    }
    buf_fini(&response->body);
    response->body = packed;
    response->is_gzip = true;
}

void answers_give(struct answers *answers, const struct request *request, struct response *response)
{
    struct asked asked = {.answers = answers,
                          .request = request,
                          .response = response,
                          .arena = arena_new(MAX_BYTES)};
    *response = (struct response){.status = 500};
    asked.visitor.name = STR("");
    asked.page = (struct page){
        .html = html_new(),
        .language = request->language,
        .now_ms = clock_now_ms(answers->options.clock),
        .place = &request->place,
        .style = style_path(),
        .script = script_path(),
    };
    if (!request->is_ours) {
        asked_fail(&asked, &wrong_host);
    } else if (request->method == METHOD_OPTIONS && str_is(request->target, "*")) {
        give_options(&asked, "GET, HEAD, POST, OPTIONS");
    } else if (request->is_too_long) {
        asked_fail(&asked, &too_long);
    } else if (request->answer == PLACE_NONE) {
        asked_fail(&asked, &asked_not_found);
    } else if (request->answer == PLACE_BAD) {
        asked_fail(&asked, &asked_bad_request);
    } else {
        give_route(&asked);
    }
    put_tag(request, response);
    if (request->takes_gzip) {
        pack(response);
    }
    html_free(asked.page.html);
    arena_free(asked.arena);
}
