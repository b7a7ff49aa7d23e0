/* The moves that take no more than a click and a reason (page_act.c). */
#include "filter/console/asked.h"
#include "filter/console/give.h"

const struct form_field give_move_fields[] = {
    {"action", 16, false},
    {"version", 20, false},
    {"lease", 20, false},
    {"reason", 4 * (size_t)CASEBOOK_STATEMENT_MOST, false},
    {NULL, 0, false}};

void take_move(struct asked *asked)
{
    struct err err = ERR_NONE;
    struct casebook_request request = {
        .case_id = asked->request->place.case_id,
        .version = form_number(&asked->form, "version"),
        .lease = form_number(&asked->form, "lease"),
        .reason = form_get(&asked->form, "reason"),
    };
    struct casebook_moved moved;
    struct place there = asked_place(asked, ROUTE_CASE);
    there.case_id = request.case_id;
    if (!casebook_action_parse(form_get(&asked->form, "action"), &request.action)) {
        asked_fail(asked, &asked_bad_request);
        return;
    }
    struct casebook *casebook = asked_writer(asked, &err);
    if (casebook == NULL) {
        asked_fail_casebook(asked, &err);
        return;
    }
    enum casebook_outcome outcome =
        casebook_move(casebook, asked->visit.session, &request, &moved, &err);
    asked_outcome(asked, outcome, message_of_action(request.action), request.reason, &err, &there);
}
