#include "filter/casebook/organisation.h"
#include "filter/casebook/proposal.h"
#include "filter/console/asked.h"
#include "filter/console/give.h"
#include "filter/console/page_people.h"

struct list {
    struct asked *asked;
    struct str own; /* what the visitor declared */
};

static void organisation_row(void *context, const struct casebook_organisation *one)
{
    struct list *list = context;
    page_people_organisation(&list->asked->page, one);
}

static void person_row(void *context, const struct casebook_person *person)
{
    struct list *list = context;
    page_people_person(&list->asked->page, person);
    if (str_equal(person->name, list->asked->visitor.name)) {
        list->own = person->conflicts;
        list->own = asked_keep(list->asked, &list->own) ? list->own : STR("");
    }
}

void give_people(struct asked *asked)
{
    struct err err = ERR_NONE;
    struct list list = {.asked = asked, .own = STR("")};
    struct casebook *casebook = asked_open(asked);
    if (casebook == NULL) {
        return;
    }
    page_people_open(&asked->page);
    bool done = casebook_organisations(casebook, organisation_row, &list, &err);
    if (done) {
        page_people_between(&asked->page);
        done = casebook_people_list(casebook, person_row, &list, &err);
    }
    if (!done) {
        asked_fail_casebook(asked, &err);
        return;
    }
    page_people_close(&asked->page, list.own);
    asked_finish(asked, 200);
}

const struct form_field give_people_fields[] = {
    {"statement", 4 * (size_t)CASEBOOK_STATEMENT_MOST, false}, {NULL, 0, false}};

void take_people(struct asked *asked)
{
    struct err err = ERR_NONE;
    struct place there = asked_place(asked, ROUTE_PEOPLE);
    struct str statement = form_get(&asked->form, "statement");
    struct casebook *casebook = asked_writer(asked, &err);
    if (casebook == NULL) {
        asked_fail_casebook(asked, &err);
    } else if (casebook_people_declare(casebook, asked->visit.name, statement, &err)) {
        asked_done(asked, MSG_DECLARED, &there);
    } else {
        asked_refuse(asked, MSG_REFUSED, err.message, statement, &there);
    }
}
