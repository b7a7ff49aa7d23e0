/* Entries, the 24-hour lane, and appeals. */
#include <string.h>

#include "filter/base/file.h"
#include "filter/casebook/appeal.h"
#include "filter/casebook/look.h"
#include "filter/console/asked.h"
#include "filter/console/give.h"
#include "filter/console/page_appeal.h"
#include "filter/console/page_entries.h"
#include "filter/console/page_table.h"

enum { ROWS = 20 };

/* A page of rows that are written as they come. */
struct list {
    struct asked *asked;
    size_t count;
    bool has_more;
    int64_t live;
};

/* Whether one more fits on this page. */
static bool count_row(struct list *list)
{
    list->has_more = list->count == ROWS;
    list->count += list->has_more ? 0 : 1;
    return !list->has_more;
}

static size_t offset_of(const struct asked *asked)
{
    return (size_t)(asked->request->place.page - 1) * ROWS;
}

static void end_list(struct list *list, enum message empty)
{
    const struct page *page = &list->asked->page;
    struct place place = *page->place;
    if (list->count == 0) {
        HTML(page->html, "<p class=\"empty\">");
        page_say(page, empty);
        HTML(page->html, "</p>");
    }
    page_turn(page, MSG_PAGES, &place, &place.page, list->has_more);
}

static bool entry_row(void *context, const struct casebook_look_entry *entry)
{
    struct list *list = context;
    if (!count_row(list)) {
        return false;
    }
    page_entries_row(&list->asked->page, entry);
    return true;
}

/* The list's serial lies beside the casebook (blocklist/seal.h); a file that is not there is none.
 */
static void put_serial(struct asked *asked)
{
    struct buf path = BUF_EMPTY, text = BUF_EMPTY;
    struct err ignored = ERR_NONE;
    asked_state_file(asked, "list.serial", &path);
    struct str serial =
        file_read(path.bytes, 32, &text, &ignored) ? str_trim(buf_str(&text)) : STR("");
    page_entries_serial(&asked->page, serial);
    buf_fini(&path);
    buf_fini(&text);
}

void give_entries(struct asked *asked)
{
    struct err err = ERR_NONE;
    struct list list = {.asked = asked};
    struct casebook *casebook = asked_open(asked);
    if (casebook == NULL) {
        return;
    }
    page_entries_open(&asked->page);
    if (!casebook_look_entries(casebook, false, offset_of(asked), ROWS + 1, entry_row, &list,
                               &err)) {
        asked_fail_casebook(asked, &err);
        return;
    }
    page_table_close(&asked->page);
    end_list(&list, MSG_ENTRIES_NONE);
    put_serial(asked);
    page_close(&asked->page);
    asked_finish(asked, 200);
}

static bool count_lane(void *context, const struct casebook_look_entry *entry)
{
    struct list *list = context;
    list->live += entry->state == ENTRY_PROVISIONAL;
    return true;
}

static bool lane_row(void *context, const struct casebook_look_entry *entry)
{
    struct list *list = context;
    if (entry->state == ENTRY_PROVISIONAL) {
        list->count++;
        page_urgent_row(&list->asked->page, entry);
    }
    return true;
}

static void call_row(void *context, const struct casebook_person *person)
{
    struct list *list = context;
    if (person->role == ROLE_INDEPENDENT && !person->is_disabled) {
        list->count++;
        page_urgent_call(&list->asked->page, person);
    }
}

/* Cases of the lane, and of those that are offered for it and wait for a second reviewer. */
void give_urgent(struct asked *asked)
{
    struct err err = ERR_NONE;
    struct list list = {.asked = asked}, calls = {.asked = asked};
    struct casebook *casebook = asked_open(asked);
    const struct page *page = &asked->page;
    if (casebook == NULL) {
        return;
    }
    bool done = casebook_look_entries(casebook, true, 0, 10000, count_lane, &list, &err);
    if (done) {
        page_urgent_open(page, list.live);
        done = casebook_look_entries(casebook, true, 0, 10000, lane_row, &list, &err);
    }
    if (done) {
        end_list(&list, MSG_URGENT_NONE);
        HTML(page->html, "<section><h2>");
        page_say(page, MSG_ON_CALL_LIST);
        HTML(page->html, "</h2><p class=\"hint\">");
        page_say(page, MSG_ON_CALL_LIST_HINT);
        HTML(page->html, "</p><ul class=\"plain\">");
        done = casebook_people_list(casebook, call_row, &calls, &err);
        HTML(page->html, "</ul>");
        if (done && calls.count == 0) {
            HTML(page->html, "<p class=\"empty\">");
            page_say(page, MSG_ON_CALL_NONE);
            HTML(page->html, "</p>");
        }
        HTML(page->html, "</section>");
    }
    if (!done) {
        asked_fail_casebook(asked, &err);
        return;
    }
    page_close(page);
    asked_finish(asked, 200);
}

static bool appeal_row(void *context, const struct casebook_appeal *appeal)
{
    struct list *list = context;
    if (!count_row(list)) {
        return false;
    }
    page_appeals_row(&list->asked->page, appeal);
    return true;
}

void give_appeals(struct asked *asked)
{
    struct err err = ERR_NONE;
    struct list list = {.asked = asked};
    struct casebook *casebook = asked_open(asked);
    const struct casebook_appeal_filter filter = {.offset = offset_of(asked), .limit = ROWS + 1};
    if (casebook == NULL) {
        return;
    }
    page_appeals_open(&asked->page);
    if (!casebook_appeals(casebook, &filter, appeal_row, &list, &err)) {
        asked_fail_casebook(asked, &err);
        return;
    }
    end_list(&list, MSG_APPEALS_NONE);
    page_close(&asked->page);
    asked_finish(asked, 200);
}

struct search {
    struct asked *asked;
    int64_t id;
    struct casebook_appeal found;
    bool is_found, is_full;
};

static bool take_appeal(void *context, const struct casebook_appeal *appeal)
{
    struct search *search = context;
    if (appeal->objection.id != search->id) {
        return true;
    }
    search->found = *appeal;
    search->is_found = true;
    search->is_full = !asked_keep(search->asked, &search->found.objection.ground) ||
                      !asked_keep(search->asked, &search->found.objection.reason) ||
                      !asked_keep(search->asked, &search->found.objection.decided_by) ||
                      !asked_keep(search->asked, &search->found.entry_state);
    return false;
}

static bool find_appeal(struct asked *asked, struct casebook *casebook, struct search *search,
                        struct err *err)
{
    const struct casebook_appeal_filter all = {.waiting = false};
    *search = (struct search){.asked = asked, .id = asked->request->place.case_id};
    return casebook_appeals(casebook, &all, take_appeal, search, err) &&
           (!search->is_full || err_set(err, "the appeal is too long"));
}

/* An appeal with both sides beside one another: what was decided and why, and the objection. */
void give_appeal(struct asked *asked)
{
    struct err err = ERR_NONE;
    struct search search;
    struct casebook_page one;
    bool found = false;
    struct casebook *casebook = asked_open(asked);
    if (casebook == NULL) {
        return;
    }
    if (!find_appeal(asked, casebook, &search, &err) ||
        (search.is_found &&
         !casebook_show(casebook, search.found.case_id, asked->arena, &one, &found, &err))) {
        asked_fail_casebook(asked, &err);
    } else if (!found) {
        asked_fail(asked, &asked_not_found);
    } else {
        page_appeal(&asked->page, &search.found, &one);
        asked_finish(asked, 200);
    }
}

const struct form_field give_appeal_fields[] = {
    {"action", 16, false},
    {"version", 20, false},
    {"reason", 4 * (size_t)CASEBOOK_STATEMENT_MOST, false},
    {NULL, 0, false}};

void take_appeal_decision(struct asked *asked)
{
    struct err err = ERR_NONE;
    struct search search;
    struct casebook_moved moved;
    struct place there = asked_place(asked, ROUTE_APPEAL);
    there.case_id = asked->request->place.case_id;
    struct casebook *reader = asked_open(asked);
    struct casebook *casebook = reader != NULL ? asked_writer(asked, &err) : NULL;
    struct casebook_request request = {
        .appeal = there.case_id,
        .version = form_number(&asked->form, "version"),
        .reason = form_get(&asked->form, "reason"),
    };
    if (reader == NULL) {
        return;
    }
    if (casebook == NULL || !find_appeal(asked, casebook, &search, &err)) {
        asked_fail_casebook(asked, &err);
    } else if (!search.is_found) {
        asked_fail(asked, &asked_not_found);
    } else if (!casebook_action_parse(form_get(&asked->form, "action"), &request.action)) {
        asked_fail(asked, &asked_bad_request);
    } else {
        request.case_id = search.found.case_id;
        enum casebook_outcome outcome =
            casebook_move(casebook, asked->visit.session, &request, &moved, &err);
        asked_outcome(asked, outcome, message_of_action(request.action), request.reason, &err,
                      &there);
    }
}
