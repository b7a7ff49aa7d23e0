/* Entries, the 24-hour lane, and appeals. */
#include <stdio.h>
#include <string.h>

#include "filter/base/file.h"
#include "filter/base/sshsig.h"
#include "filter/casebook/appeal.h"
#include "filter/casebook/decision.h"
#include "filter/casebook/look.h"
#include "filter/console/asked.h"
#include "filter/console/give.h"
#include "filter/console/page_appeal.h"
#include "filter/console/page_entries.h"
#include "filter/console/page_table.h"

enum { ROWS = 20, CALLS_MOST = 64 };

/* A page of rows that are written as they come. */
struct list {
    struct asked *asked;
    size_t count, most;
    bool has_more;
    int64_t live;
    struct casebook_after last; /* the place of the last row that is shown */
};

/* Whether one more fits on this page. */
static bool count_row(struct list *list)
{
    list->has_more = list->count == list->most;
    list->count += list->has_more ? 0 : 1;
    return !list->has_more;
}

static struct list list_of(struct asked *asked)
{
    return (struct list){.asked = asked, .most = asked_rows(asked, ROWS)};
}

static size_t offset_of(const struct list *list)
{
    return (size_t)(list->asked->request->place.page - 1) * list->most;
}

static void end_json(struct list *list, const void *head)
{
    asked_list_close(list->asked, list->has_more ? &list->last : NULL, head);
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
    list->last = casebook_look_entry_place(entry);
    if (asked_is_json(list->asked)) {
        asked_list_row(list->asked, entry);
    } else {
        page_entries_row(&list->asked->page, entry);
    }
    return true;
}

/* The list's serial lies beside the casebook (blocklist/seal.h); a file that is not there is none.
 */
static struct str read_serial(struct asked *asked, struct buf *text)
{
    struct buf path = BUF_EMPTY;
    struct err ignored = ERR_NONE;
    asked_state_file(asked, "list.serial", &path);
    struct str serial =
        file_read(path.bytes, 32, text, &ignored) ? str_trim(buf_str(text)) : STR("");
    buf_fini(&path);
    return serial;
}

static void end_entries(struct list *list)
{
    const struct page *page = &list->asked->page;
    struct buf text = BUF_EMPTY;
    const struct shapes_serial head = {.serial = read_serial(list->asked, &text)};
    if (asked_is_json(list->asked)) {
        end_json(list, &head);
    } else {
        page_table_close(page);
        end_list(list, MSG_ENTRIES_NONE);
        page_entries_serial(page, head.serial);
        page_close(page);
        asked_finish(list->asked, 200);
    }
    buf_fini(&text);
}

/* Opens the list that is asked for: a page of it, or the JSON. */
static void open_list(struct asked *asked, void (*open_page)(const struct page *page))
{
    if (asked_is_json(asked)) {
        asked_list_open(asked);
    } else {
        open_page(&asked->page);
    }
}

void give_entries(struct asked *asked)
{
    struct err err = ERR_NONE;
    struct list list = list_of(asked);
    struct casebook *casebook = asked_open(asked);
    if (casebook == NULL) {
        return;
    }
    open_list(asked, page_entries_open);
    if (!casebook_look_entries(casebook, false, &asked->request->place.after, offset_of(&list),
                               list.most + 1, entry_row, &list, &err)) {
        asked_fail_casebook(asked, &err);
        return;
    }
    end_entries(&list);
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
        if (asked_is_json(list->asked)) {
            asked_list_row(list->asked, entry);
        } else {
            page_urgent_row(&list->asked->page, entry);
        }
    }
    return true;
}

/* Who may be called: independent approvers. */
struct calls {
    struct asked *asked;
    struct shapes_call at[CALLS_MOST];
    size_t count;
    bool is_full;
};

static void take_call(void *context, const struct casebook_person *person)
{
    struct calls *calls = context;
    if (person->role != ROLE_INDEPENDENT || person->is_disabled || calls->count == CALLS_MOST) {
        return;
    }
    struct shapes_call *call = &calls->at[calls->count++];
    *call = (struct shapes_call){.name = person->name, .organisation = person->organisation};
    calls->is_full |=
        !asked_keep(calls->asked, &call->name) || !asked_keep(calls->asked, &call->organisation);
}

static void put_calls(const struct page *page, const struct calls *calls)
{
    HTML(page->html, "<section><h2>");
    page_say(page, MSG_ON_CALL_LIST);
    HTML(page->html, "</h2><p class=\"hint\">");
    page_say(page, MSG_ON_CALL_LIST_HINT);
    HTML(page->html, "</p><ul class=\"plain\">");
    for (size_t i = 0; i < calls->count; i++) {
        page_urgent_call(page, &calls->at[i]);
    }
    HTML(page->html, "</ul>");
    if (calls->count == 0) {
        HTML(page->html, "<p class=\"empty\">");
        page_say(page, MSG_ON_CALL_NONE);
        HTML(page->html, "</p>");
    }
    HTML(page->html, "</section>");
}

/* Whom to call is for people: a machine calls nobody. */
static void end_urgent(struct list *list, const struct calls *calls)
{
    struct asked *asked = list->asked;
    const struct shapes_urgent_head head = {.live = list->live,
                                            .most = CASEBOOK_LANE_MOST,
                                            .on_call = calls->at,
                                            .on_call_count = asked->is_machine ? 0 : calls->count};
    if (asked_is_json(asked)) {
        end_json(list, &head);
        return;
    }
    end_list(list, MSG_URGENT_NONE);
    put_calls(&asked->page, calls);
    page_close(&asked->page);
    asked_finish(asked, 200);
}

/* Cases of the lane, and of those that are offered for it and wait for a second reviewer. */
void give_urgent(struct asked *asked)
{
    struct err err = ERR_NONE;
    struct list list = {.asked = asked};
    struct calls calls = {.asked = asked};
    struct casebook *casebook = asked_open(asked);
    if (casebook == NULL) {
        return;
    }
    bool done = casebook_look_entries(casebook, true, NULL, 0, 10000, count_lane, &list, &err);
    if (done && asked_is_json(asked)) {
        asked_list_open(asked);
    } else if (done) {
        page_urgent_open(&asked->page, list.live);
    }
    done = done && casebook_look_entries(casebook, true, NULL, 0, 10000, lane_row, &list, &err) &&
           casebook_people_list(casebook, take_call, &calls, &err) &&
           (!calls.is_full || err_set(&err, "too many approvers"));
    if (done) {
        end_urgent(&list, &calls);
    } else {
        asked_fail_casebook(asked, &err);
    }
}

static bool appeal_row(void *context, const struct casebook_appeal *appeal)
{
    struct list *list = context;
    if (!count_row(list)) {
        return false;
    }
    list->last = casebook_appeal_place(appeal);
    if (asked_is_json(list->asked)) {
        asked_list_row(list->asked, appeal);
    } else {
        page_appeals_row(&list->asked->page, appeal);
    }
    return true;
}

void give_appeals(struct asked *asked)
{
    struct err err = ERR_NONE;
    struct list list = list_of(asked);
    struct casebook *casebook = asked_open(asked);
    const struct casebook_appeal_filter filter = {
        .after = asked->request->place.after, .offset = offset_of(&list), .limit = list.most + 1};
    if (casebook == NULL) {
        return;
    }
    open_list(asked, page_appeals_open);
    if (!casebook_appeals(casebook, &filter, appeal_row, &list, &err)) {
        asked_fail_casebook(asked, &err);
        return;
    }
    if (asked_is_json(asked)) {
        end_json(&list, NULL);
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

/*
 * An appeal with both sides beside one another: what was decided and why, and the objection; with
 * `bytes` also what the panel is to sign.
 */
static void show_appeal(struct asked *asked, struct str bytes)
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
    } else if (asked_is_json(asked)) {
        struct shapes_case whole;
        if (give_case_shape(asked, &one, NULL, NULL, &whole)) {
            const struct shapes_appeal both = {.appeal = &search.found, .of = &whole};
            asked_record(asked, &both);
        }
    } else {
        page_appeal(&asked->page, &search.found, &one, bytes);
        asked_finish(asked, 200);
    }
}

void give_appeal(struct asked *asked)
{
    show_appeal(asked, STR(""));
}

const struct form_field give_appeal_fields[] = {
    {"action", 16, false},
    {"version", 20, false},
    {"reason", 4 * (size_t)CASEBOOK_STATEMENT_MOST, false},
    {"bytes", CASEBOOK_DECISION_BYTES, false},
    {"signature", SSHSIG_MAX_BYTES, false},
    {NULL, 0, false}};

/* The bytes of the form as a file: they are the decision's, or nothing is given. */
static void give_decision_file(struct asked *asked, struct str bytes)
{
    struct err err = ERR_NONE;
    struct casebook_decision decision;
    if (!casebook_decision_read(bytes, asked->arena, &decision, &err)) {
        asked_fail(asked, &asked_bad_request);
        return;
    }
    buf_clear(&asked->response->body);
    buf_put_str(&asked->response->body, bytes);
    asked->response->status = 200;
    asked->response->type = "application/octet-stream"; /* kept byte for byte, opened by none */
    snprintf(asked->response->file, sizeof asked->response->file, "putusan.json");
}

/* What is signed is shown first. True: that was all. */
static bool show_decision(struct asked *asked, struct casebook *casebook,
                          const struct casebook_request *request, const struct place *there)
{
    struct err err = ERR_NONE;
    struct buf bytes = BUF_EMPTY;
    enum casebook_appeal_state result;
    if (asked_is_json(asked) || request->signature.len > 0 ||
        !casebook_decision_result(request->action, &result)) {
        return false;
    }
    enum casebook_outcome outcome =
        casebook_decision_draft(casebook, asked->visit.session, request, &bytes, &err);
    if (outcome == CASEBOOK_DONE) {
        struct str text = buf_str(&bytes);
        if (asked_keep(asked, &text)) {
            show_appeal(asked, text);
        } else {
            asked_fail_casebook(asked, &err);
        }
    } else {
        asked_outcome(asked, outcome, MSG_REFUSED, request->reason, &err, there);
    }
    buf_fini(&bytes);
    return true;
}

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
        .proposal = form_get(&asked->form, "bytes"),
        .signature = form_get(&asked->form, "signature"),
    };
    if (reader == NULL) {
        return;
    }
    if (casebook == NULL || !find_appeal(asked, casebook, &search, &err)) {
        asked_fail_casebook(asked, &err);
    } else if (!search.is_found) {
        asked_fail(asked, &asked_not_found);
    } else if (!asked_is_json(asked) && str_is(form_get(&asked->form, "action"), "bytes")) {
        give_decision_file(asked, request.proposal);
    } else if (!casebook_action_parse(form_get(&asked->form, "action"), &request.action)) {
        asked_fail(asked, &asked_bad_request);
    } else {
        request.case_id = search.found.case_id;
        if (show_decision(asked, casebook, &request, &there)) {
            return;
        }
        enum casebook_outcome outcome =
            casebook_move(casebook, asked->visit.session, &request, &moved, &err);
        asked_outcome(asked, outcome, message_of_action(request.action), request.reason, &err,
                      &there);
    }
}
