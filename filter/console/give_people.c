#include "filter/casebook/organisation.h"
#include "filter/casebook/proposal.h"
#include "filter/console/asked.h"
#include "filter/console/give.h"
#include "filter/console/page_people.h"

enum { ORGANISATIONS_MOST = 4096 };

struct list {
    struct asked *asked;
    struct str own; /* what the visitor declared */
    struct shapes_organisation *organisations;
    size_t count;
    bool is_full;
};

/* Kept for the end of the JSON, where they stand beside the people. */
static void keep_organisation(struct list *list, const struct casebook_organisation *one)
{
    struct shapes_tie *ties = arena_array(list->asked->arena, one->tie_count + 1, sizeof *ties);
    list->is_full |= ties == NULL || list->count == ORGANISATIONS_MOST;
    if (list->is_full) {
        return;
    }
    for (size_t i = 0; i < one->tie_count; i++) {
        ties[i] = (struct shapes_tie){.organisation = one->ties[i], .reason = one->tie_reasons[i]};
        list->is_full |= !asked_keep(list->asked, &ties[i].organisation) ||
                         !asked_keep(list->asked, &ties[i].reason);
    }
    struct shapes_organisation *kept = &list->organisations[list->count++];
    *kept = (struct shapes_organisation){
        .name = one->name,
        .role = one->has_role ? str_of(casebook_role_name(one->role)) : STR(""),
        .sector = str_of(casebook_sector_name(one->sector)),
        .people = one->people,
        .is_barred = one->is_barred,
        .ties = ties,
        .tie_count = one->tie_count,
    };
    list->is_full |= !asked_keep(list->asked, &kept->name);
}

static void organisation_row(void *context, const struct casebook_organisation *one)
{
    struct list *list = context;
    if (asked_is_json(list->asked)) {
        keep_organisation(list, one);
    } else {
        page_people_organisation(&list->asked->page, one);
    }
}

static void person_row(void *context, const struct casebook_person *person)
{
    struct list *list = context;
    if (asked_is_json(list->asked)) {
        asked_list_row(list->asked, person);
        return;
    }
    page_people_person(&list->asked->page, person);
    if (str_equal(person->name, list->asked->visitor.name)) {
        list->own = person->conflicts;
        list->own = asked_keep(list->asked, &list->own) ? list->own : STR("");
    }
}

static void write_people(struct asked *asked, struct casebook *casebook)
{
    struct err err = ERR_NONE;
    struct list list = {.asked = asked};
    list.organisations = arena_array(asked->arena, ORGANISATIONS_MOST, sizeof *list.organisations);
    asked_list_open(asked);
    if (list.organisations == NULL ||
        !casebook_organisations(casebook, organisation_row, &list, &err) ||
        !casebook_people_list(casebook, person_row, &list, &err) || list.is_full) {
        err_set(&err, "there are too many organisations");
        asked_fail_casebook(asked, &err);
        return;
    }
    const struct shapes_people_head head = {.organisations = list.organisations,
                                            .organisation_count = list.count};
    asked_list_close(asked, NULL, &head);
}

void give_people(struct asked *asked)
{
    struct err err = ERR_NONE;
    struct list list = {.asked = asked, .own = STR("")};
    struct casebook *casebook = asked_open(asked);
    if (casebook == NULL) {
        return;
    }
    if (asked_is_json(asked)) {
        write_people(asked, casebook);
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
