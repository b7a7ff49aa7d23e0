/* The handlers of the routes, a file for each page (give_X.c, page_X.c); the table is routes.c. */
#pragma once

#include <stdbool.h>

#include "filter/base/attr.h"
#include "filter/console/form.h"

struct asked;
struct casebook_answers;
struct casebook_chances;
struct casebook_page;
struct err;
struct form;
struct form_field;
struct page_case_more;
struct shapes_case;
struct shapes_question;

void give_queue(struct asked *asked);
void give_count(struct asked *asked);
void give_case(struct asked *asked);
/*
 * Fills in what JSON says of a case; `chances` and `more` NULL: nobody who acts asks. False, with
 * the failure written, if there is no room for it.
 */
MUST_CHECK bool give_case_shape(struct asked *asked, const struct casebook_page *one,
                                const struct casebook_chances *chances,
                                const struct page_case_more *more, struct shapes_case *whole);
void give_style(struct asked *asked);
void give_script(struct asked *asked);
void give_health(struct asked *asked);
void give_openapi(struct asked *asked);
void give_ready(struct asked *asked);
void give_metrics(struct asked *asked);
void give_keys(struct asked *asked);

void give_sign_in(struct asked *asked);
void take_sign_in(struct asked *asked);
void give_code(struct asked *asked);
void take_code(struct asked *asked);
void take_sign_out(struct asked *asked);
extern const struct form_field give_sign_in_fields[], give_code_fields[], give_no_fields[];

void take_move(struct asked *asked);
extern const struct form_field give_move_fields[];

void give_propose(struct asked *asked);
void take_propose(struct asked *asked);
extern const struct form_field give_propose_fields[];
/* The nine tests of a form; false, naming the one that is not answered. */
MUST_CHECK bool give_read_answers(const struct form *form, struct casebook_answers *answers,
                                  struct err *err);

/* The nine questions, in both languages. */
const struct shapes_question *give_questions(size_t *count);

void give_approve(struct asked *asked);
void take_approve(struct asked *asked);
void take_answer(struct asked *asked);
void give_bytes(struct asked *asked);
void give_approval(struct asked *asked);
extern const struct form_field give_answer_fields[], give_approve_fields[];

void give_pack(struct asked *asked);
void give_pack_json(struct asked *asked);

void give_entries(struct asked *asked);
void give_urgent(struct asked *asked);
void give_appeals(struct asked *asked);
void give_appeal(struct asked *asked);
void take_appeal_decision(struct asked *asked);
extern const struct form_field give_appeal_fields[];

void give_people(struct asked *asked);
void take_people(struct asked *asked);
extern const struct form_field give_people_fields[];

void give_log(struct asked *asked);
void take_log(struct asked *asked);

void give_rules(struct asked *asked);
void take_try(struct asked *asked);
void give_rule(struct asked *asked);
void take_rule(struct asked *asked);
extern const struct form_field give_try_fields[], give_rule_fields[];

void give_sources(struct asked *asked);
void take_source(struct asked *asked);
extern const struct form_field give_source_fields[];
void give_measures(struct asked *asked);

void give_alike(struct asked *asked);
void give_alike_rule(struct asked *asked);
void take_alike_rule(struct asked *asked);
void give_copies(struct asked *asked);
void take_split(struct asked *asked);
extern const struct form_field give_bulk_fields[], give_split_fields[];

void give_merge(struct asked *asked);
void take_merge(struct asked *asked);
extern const struct form_field give_merge_fields[];

void give_notes(struct asked *asked);
void take_note(struct asked *asked);
extern const struct form_field give_note_fields[];

void give_evidence(struct asked *asked);
void take_evidence(struct asked *asked);
void give_capture(struct asked *asked);
void give_capture_image(struct asked *asked);
void give_capture_file(struct asked *asked);
extern const struct form_field give_evidence_fields[];

void give_account(struct asked *asked);
void take_account(struct asked *asked);
extern const struct form_field give_account_fields[];

void give_wellbeing(struct asked *asked);
void take_wellbeing(struct asked *asked);
extern const struct form_field give_wellbeing_fields[];
