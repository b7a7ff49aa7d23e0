#include "filter/casebook/look.h"
#include "filter/casebook/notes.h"
#include "filter/console/asked.h"
#include "filter/console/give.h"
#include "filter/console/page_notes.h"

struct notes {
    struct asked *asked;
    struct casebook_note at[CASEBOOK_NOTES_MOST];
    size_t first, most, seen, count;
    bool has_more, is_full;
};

static void take_one(void *context, const struct casebook_note *note)
{
    struct notes *notes = context;
    if (notes->seen++ < notes->first) {
        return;
    }
    if (notes->count == notes->most) {
        notes->has_more = true;
        return;
    }
    struct casebook_note *kept = &notes->at[notes->count++];
    *kept = *note;
    notes->is_full |=
        !asked_keep(notes->asked, &kept->person) || !asked_keep(notes->asked, &kept->words);
}

void give_notes(struct asked *asked)
{
    struct err err = ERR_NONE;
    struct casebook_page one;
    struct casebook_chances chances;
    const bool is_json = asked_is_json(asked);
    struct notes notes = {.asked = asked,
                          .first =
                              is_json ? 0 : (size_t)(asked->request->place.page - 1) * PAGE_NOTES,
                          .most = is_json ? CASEBOOK_NOTES_MOST : PAGE_NOTES};
    if (!asked_case(asked, &one, &chances)) {
        return;
    }
    struct casebook *casebook = asked_open(asked);
    if (casebook == NULL) {
        return;
    }
    if (!casebook_notes(casebook, one.summary.id, take_one, &notes, &err) ||
        (notes.is_full && !err_set(&err, "the notes are too long"))) {
        asked_fail_casebook(asked, &err);
        return;
    }
    if (asked_is_json(asked)) {
        asked_list_open(asked);
        for (size_t i = 0; i < notes.count; i++) {
            asked_list_row(asked, &notes.at[i]);
        }
        asked_list_close(asked, NULL, NULL);
        return;
    }
    page_notes(&asked->page, &one.summary, notes.at, notes.count, notes.has_more);
    asked_finish(asked, 200);
}

const struct form_field give_note_fields[] = {{"note", 4 * (size_t)CASEBOOK_STATEMENT_MOST, false},
                                              {NULL, 0, false}};

void take_note(struct asked *asked)
{
    struct err err = ERR_NONE;
    struct place there = asked_place(asked, ROUTE_CASE);
    struct str words = form_get(&asked->form, "note");
    there.case_id = asked->request->place.case_id;
    struct casebook *casebook = asked_writer(asked, &err);
    if (casebook == NULL) {
        asked_fail_casebook(asked, &err);
        return;
    }
    enum casebook_outcome outcome =
        casebook_note(casebook, asked->visit.session, there.case_id, words, &err);
    if (outcome == CASEBOOK_REFUSED) {
        there.route = ROUTE_NOTES;
    }
    asked_outcome(asked, outcome, MSG_NOTED, words, &err, &there);
}
