/*
 * One request on its way to its response: what the routes' handlers (give_*.c) are given, and what
 * they may do. For this folder only.
 */
#pragma once

#include "filter/base/arena.h"
#include "filter/base/err.h"
#include "filter/casebook/machine.h"
#include "filter/casebook/move.h"
#include "filter/casebook/web.h"
#include "filter/console/answer.h"
#include "filter/console/form.h"
#include "filter/console/page.h"
#include "filter/console/request.h"
#include "filter/console/shapes.h"
#include "filter/console/ticket.h"

struct route;

struct asked {
    struct answers *answers;
    const struct request *request;
    const struct route *route; /* NULL until there is one */
    struct response *response;
    struct page page;
    struct arena *arena;
    bool has_visit; /* the cookie is somebody's; `visit.stage` says how far they came */
    struct casebook_visit visit;
    bool is_machine; /* a token's, which is nobody's session */
    struct casebook_machine_visit machine;
    struct form form; /* of a POST: its fields are known, its token is right */
    struct page_visitor visitor;
    char token[TICKET_TOKEN], once[TICKET_NAME], said[TICKET_NAME];
};

/* Everything that can come of a question, apart from a page. */
struct asked_failure {
    unsigned status;
    const char *name; /* for JSON */
    enum message title, hint;
};

extern const struct asked_failure asked_bad_request, asked_not_found, asked_forbidden,
    asked_unavailable, asked_too_many, asked_forged, asked_too_large, asked_not_secure;

/* What an answer of 200 is. */
enum route_gives {
    GIVES_PAGE, /* or JSON, as the request asks for */
    GIVES_JSON,
    GIVES_BYTES,
    GIVES_STYLE,
    GIVES_SCRIPT,
    GIVES_TEXT, /* plain, for machines that ask often */
};

/*
 * What a route is: the table is in routes.c. Whatever gives a page gives JSON too: its handler asks
 * asked_is_json and writes a record or a list of the route's shape (shapes.h), from which the
 * OpenAPI document takes its schema; a form's end (asked_done and its like) does so by itself.
 */
struct route {
    enum place_route place;
    enum request_method method; /* METHOD_GET, which is HEAD too, or METHOD_POST */
    unsigned roles;             /* bits 1 << enum casebook_role; 0: anyone, signed in or not */
    bool is_open_in_demo;       /* anyone may read it while there is no season */
    void (*give)(struct asked *asked);
    const struct form_field *fields; /* of a POST, beside route_always */
    enum route_gives gives;
    enum casebook_scope scope;        /* which token of a machine may; SCOPE_NONE: none */
    const struct shapes_answer *json; /* of GIVES_PAGE and GIVES_JSON */
};

/* NULL: nothing there answers to that method. */
const struct route *route_find(enum place_route place, enum request_method method);

const struct route *route_all(size_t *count);

/* The fields that every form has. */
extern const struct form_field route_always[];

/* Whether it is answered to whom it is asked by, and counted against them. */
bool route_is_for_people(const struct route *route);

/* Whether JSON is the answer, rather than a page: it is asked for, and what was sent is JSON too.
 */
bool asked_is_json(const struct asked *asked);
/* The record that the route answers. */
void asked_record(struct asked *asked, const void *record);
/* The same of a list: opened, its rows, closed with a 200. */
void asked_list_open(struct asked *asked);
void asked_list_row(struct asked *asked, const void *record);
/* `next`: the last row's place, if more rows follow; `head`: of the shape's head. Each may be NULL.
 */
void asked_list_close(struct asked *asked, const struct casebook_after *next, const void *head);
/* A place in a list of named things that is in no order of its own. */
struct casebook_after asked_name_place(struct str name);
/* Rows of a list on one page, and in one answer in JSON, which nobody has to look at. */
size_t asked_rows(const struct asked *asked, size_t of_page);
/*
 * The detail of a row of the log for whoever asks: an approver's blind answers are for themselves
 * alone, until the register has them. In the arena, or as it is.
 */
struct str asked_detail(struct asked *asked, struct str actor, struct str action,
                        struct str detail);
/* A problem that is told in words that are no message of ours. */
void asked_problem(struct asked *asked, unsigned status, const char *name, struct str detail);

/* The page as it was written, or the JSON. */
void asked_finish(struct asked *asked, unsigned status);
void asked_finish_json(struct asked *asked, unsigned status);
void asked_fail(struct asked *asked, const struct asked_failure *failure);
/* That this person has no right to it: 403, and a line in the log with who and where. */
void asked_forbid(struct asked *asked);
/* The casebook gave an error: it is opened anew next time, as it may have been replaced. */
void asked_fail_casebook(struct asked *asked, const struct err *err);

/* Opened if it is not; NULL with the reason. The writer knows the protected list of now. */
struct casebook *asked_reader(struct asked *asked, struct err *err);
struct casebook *asked_writer(struct asked *asked, struct err *err);
/* The season for the head of the page; false with the reason. */
bool asked_season(struct asked *asked, struct err *err);
/* Both: the casebook to read with the season known. NULL: the failure is written already. */
struct casebook *asked_open(struct asked *asked);
/* The case of the address, and what may be done with it; false: the failure is written already. */
struct casebook_chances;
bool asked_case(struct asked *asked, struct casebook_page *one, struct casebook_chances *chances);

/*
 * Whether that move is open to who asks, for instance as only who holds a case proposes or merges
 * it; others are shown the case, and the rest is done.
 */
MUST_CHECK bool asked_may(struct asked *asked, const struct casebook_chances *chances,
                          enum casebook_action action);

/* Sends the browser on with 303. */
void asked_go(struct asked *asked, const struct place *place);

/*
 * The end of a form: keeps what came of it, so that the same form sent again leads to the same
 * place, and sends the browser there.
 */
void asked_done(struct asked *asked, enum message what, const struct place *place);
void asked_refuse(struct asked *asked, enum message what, const char *why, struct str typed,
                  const struct place *place);
/* By what a move came to; `err` is set unless CASEBOOK_DONE. */
void asked_outcome(struct asked *asked, enum casebook_outcome outcome, enum message done,
                   struct str typed, const struct err *err, const struct place *place);

/* A place in the language of this page. */
struct place asked_place(const struct asked *asked, enum place_route route);

/* Room in the request's arena, for what a callback gives: a copy; false if it is full. */
MUST_CHECK bool asked_keep(struct asked *asked, struct str *text);

/* Appends the path of a file that lies beside the casebook. */
void asked_state_file(const struct asked *asked, const char *name, struct buf *out);

/* The cookies of a step of signing in, or out (`token` ""). */
void asked_set_cookies(struct asked *asked, const struct casebook_signed *signed_in);
void asked_set_ease(struct asked *asked, const char *value); /* for a year */
struct casebook_caller asked_caller(const struct asked *asked);

/* What the answers hold, for the handlers that need it. */
struct casebook_web *answers_web(struct answers *answers);
struct limit *answers_limit(struct answers *answers);
struct verify *answers_verify(struct answers *answers);
/* Measured at most once a minute: it takes long in a large casebook. NULL with the reason. */
const struct casebook_measures *answers_measures(struct answers *answers, struct casebook *casebook,
                                                 struct err *err);
/* Read at most once a second. NULL with the reason. */
const struct casebook_figures *answers_figures(struct answers *answers, struct casebook *casebook,
                                               struct err *err);
/* To whom cases may be referred, read at most once a minute; NULL: to nobody. */
struct casebook_addressees;
const struct casebook_addressees *answers_addressees(struct answers *answers);
struct rulebook *answers_rulebook(struct answers *answers);
const struct answers_options *answers_options(const struct answers *answers);
