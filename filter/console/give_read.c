/* The queue, a case, and the files that pages are made with. */
#include <string.h>

#include "filter/base/clock.h"
#include "filter/casebook/look.h"
#include "filter/console/asked.h"
#include "filter/console/ease.h"
#include "filter/console/give.h"
#include "filter/console/page_case.h"
#include "filter/console/page_keys.h"
#include "filter/console/script.h"
#include "filter/console/style.h"

/* Rows of the queue, kept beyond the call that gave them. */
struct rows {
    struct asked *asked;
    struct casebook_case cases[PAGE_ROWS];
    size_t count;
    bool has_more, has_failed;
};

static bool take_row(void *context, const struct casebook_case *one)
{
    struct rows *rows = context;
    if (rows->count == PAGE_ROWS) {
        rows->has_more = true;
        return false;
    }
    struct casebook_case *kept = &rows->cases[rows->count];
    *kept = *one;
    if (!asked_keep(rows->asked, &kept->rule_id) || !asked_keep(rows->asked, &kept->rule_title) ||
        !asked_keep(rows->asked, &kept->level) || !asked_keep(rows->asked, &kept->excerpt) ||
        !asked_keep(rows->asked, &kept->claimed_by)) {
        rows->has_failed = true;
        return false;
    }
    rows->count++;
    return true;
}

/* A class that somebody asks for is shown, whatever they asked to be spared. */
static unsigned hidden_of(const struct asked *asked)
{
    bool spares = asked->page.visitor != NULL && !asked->request->place.only_class;
    return spares ? ease_read(asked->request->ease).hidden : 0;
}

static struct casebook_filter filter_of(struct asked *asked)
{
    const struct place *place = &asked->request->place;
    return (struct casebook_filter){
        .only_class = place->only_class,
        .class = place->class,
        .only_state = place->states == STATES_ONE,
        .state = place->state,
        .live = place->states == STATES_LIVE,
        .hidden = hidden_of(asked),
        .rule_id = str_of(place->rule),
        .words = str_of(place->words),
        .is_cut = &asked->page.is_cut,
        .after = place->after,
        .offset = (size_t)(place->page - 1) * PAGE_ROWS,
        .limit = PAGE_ROWS + 1, /* one more tells whether there is a next page */
    };
}

static void write_queue(struct asked *asked, const struct rows *rows)
{
    const struct shapes_queue_head head = {.page = asked->request->place.page,
                                           .has_more = rows->has_more};
    const struct casebook_case *last = rows->count > 0 ? &rows->cases[rows->count - 1] : NULL;
    struct casebook_after after = {.id = 0};
    asked_list_open(asked);
    for (size_t i = 0; i < rows->count; i++) {
        asked_list_row(asked, &rows->cases[i]);
    }
    if (last != NULL) {
        after = (struct casebook_after){.is_fraud = last->class == RULE_FRAUD,
                                        .opened_ms = last->opened_ms,
                                        .order_ms = last->order_ms,
                                        .id = last->id};
    }
    asked_list_close(asked, rows->has_more && last != NULL ? &after : NULL, &head);
}

void give_queue(struct asked *asked)
{
    struct err err = ERR_NONE;
    struct casebook_filter filter = filter_of(asked);
    struct rows rows = {.asked = asked};
    struct casebook *casebook = asked_open(asked);
    if (casebook == NULL) {
        return;
    }
    if (!casebook_list(casebook, &filter, take_row, &rows, &err)) {
        asked_fail_casebook(asked, &err);
    } else if (rows.has_failed) {
        err_set(&err, "a page of the queue is too large");
        asked_fail_casebook(asked, &err);
    } else if (asked_is_json(asked)) {
        write_queue(asked, &rows);
    } else {
        asked->page.hides_classes = filter.hidden != 0;
        page_queue(&asked->page, rows.cases, rows.count, rows.has_more);
        asked_finish(asked, 200);
    }
}

/* How many wait, for the count in a tab that is open: {"waiting":12}. */
void give_count(struct asked *asked)
{
    struct err err = ERR_NONE;
    struct casebook *casebook = asked_open(asked);
    struct shapes_count count = {.waiting = 0};
    if (casebook == NULL) {
        return;
    }
    if (!casebook_look_waiting(casebook, &count.waiting, &err)) {
        asked_fail_casebook(asked, &err);
        return;
    }
    asked_record(asked, &count);
}

struct captures {
    struct asked *asked;
    struct page_case_more *more;
    bool is_full;
};

/* The newest ones first, as a page shows but a few. */
static void take_capture(void *context, const struct casebook_capture *capture)
{
    struct captures *captures = context;
    struct page_case_more *more = captures->more;
    if (more->capture_count == PAGE_CAPTURES) {
        more->more_captures = true;
        more->capture_count--;
    }
    memmove(more->captures + 1, more->captures, more->capture_count * sizeof *more->captures);
    struct casebook_capture *kept = &more->captures[0];
    more->capture_count++;
    *kept = *capture;
    captures->is_full |=
        !asked_keep(captures->asked, &kept->url) || !asked_keep(captures->asked, &kept->person);
}

static void count_order(void *context, const struct casebook_order *order)
{
    struct captures *captures = context;
    (void)order;
    captures->more->orders++;
}

static void take_note_of(void *context, const struct casebook_note *note)
{
    struct captures *captures = context;
    struct page_case_more *more = captures->more;
    if (more->note_count == sizeof more->notes / sizeof *more->notes) {
        more->more_notes = true;
        return;
    }
    struct casebook_note *kept = &more->notes[more->note_count++];
    *kept = *note;
    captures->is_full |=
        !asked_keep(captures->asked, &kept->person) || !asked_keep(captures->asked, &kept->words);
}

/* What stands beside a case: what fact-checkers said of it, and what was captured. */
static bool read_more(struct asked *asked, struct casebook *casebook, int64_t id,
                      struct page_case_more *more, struct err *err)
{
    struct captures captures = {.asked = asked, .more = more};
    return casebook_claims_of(casebook, id, asked->arena, more->claims, &more->claim_count, err) &&
           casebook_captures(casebook, id, take_capture, &captures, err) &&
           casebook_orders(casebook, id, count_order, &captures, err) &&
           casebook_notes(casebook, id, take_note_of, &captures, err) &&
           (!captures.is_full || err_set(err, "the captures of a case are too many"));
}

void give_case(struct asked *asked)
{
    struct err err = ERR_NONE;
    struct casebook_page one;
    bool found = false;
    struct casebook_chances chances;
    struct page_case_more more = {.claim_count = 0};
    struct shapes_case whole;
    const bool is_known = asked->page.visitor != NULL;
    int64_t id = asked->request->place.case_id;
    struct casebook *casebook = asked_open(asked);
    if (casebook == NULL) {
        return;
    }
    if (!casebook_show(casebook, id, asked->arena, &one, &found, &err)) {
        asked_fail_casebook(asked, &err);
    } else if (!found) {
        asked_fail(asked, &asked_not_found);
    } else if (is_known && (!casebook_look_chances(casebook, asked->visitor.name,
                                                   asked->visitor.role, id, &chances, &err) ||
                            !read_more(asked, casebook, id, &more, &err))) {
        asked_fail_casebook(asked, &err);
    } else if (!asked_is_json(asked)) {
        page_case(&asked->page, &one, is_known ? &chances : NULL, is_known ? &more : NULL);
        asked_finish(asked, 200);
    } else if (give_case_shape(asked, &one, is_known ? &chances : NULL, is_known ? &more : NULL,
                               &whole)) {
        asked_record(asked, &whole);
    }
}

static void give_file(struct asked *asked, const char *type, struct str text)
{
    asked->response->status = 200;
    asked->response->type = type;
    asked->response->is_lasting = asked->request->place.is_current;
    buf_put_str(&asked->response->body, text);
}

void give_style(struct asked *asked)
{
    give_file(asked, "text/css; charset=utf-8", style_text());
}

void give_script(struct asked *asked)
{
    give_file(asked, "text/javascript; charset=utf-8", script_text());
}

void give_keys(struct asked *asked)
{
    size_t count;
    const struct page_key *keys = page_key_all(&count);
    if (asked_open(asked) == NULL) {
        return;
    }
    if (!asked_is_json(asked)) {
        page_keys(&asked->page);
        asked_finish(asked, 200);
        return;
    }
    asked_list_open(asked);
    for (size_t i = 0; i < count; i++) {
        const struct shapes_key key = {.key = keys[i].key,
                                       .what = message_text(asked->page.language, keys[i].what)};
        asked_list_row(asked, &key);
    }
    asked_list_close(asked, NULL, NULL);
}
