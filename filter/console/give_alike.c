/* Cases that are alike: compared, and dismissed together; never anything else together. */
#include <stdio.h>

#include "filter/casebook/look.h"
#include "filter/console/asked.h"
#include "filter/console/give.h"
#include "filter/console/page_alike.h"
#include "filter/console/page_merge.h"
#include "filter/console/page_table.h"

enum { BULK_MOST = PAGE_ALIKE_ROWS, POSTS_MOST = PAGE_ALIKE_ROWS, TEXT_SHOWN = 4000 };

static bool group_row(void *context, const struct casebook_look_group *group)
{
    struct asked *asked = context;
    if (asked_is_json(asked)) {
        asked_list_row(asked, group);
        return true;
    }
    page_alike_group(&asked->page, group);
    return html_str(asked->page.html).len < 26000; /* a page has a size */
}

void give_alike(struct asked *asked)
{
    struct err err = ERR_NONE;
    struct casebook *casebook = asked_open(asked);
    if (casebook == NULL) {
        return;
    }
    if (asked_is_json(asked)) {
        asked_list_open(asked);
    } else {
        page_alike_open(&asked->page);
    }
    if (!casebook_look_groups(casebook, group_row, asked, &err)) {
        asked_fail_casebook(asked, &err);
        return;
    }
    if (asked_is_json(asked)) {
        asked_list_close(asked, NULL, NULL);
        return;
    }
    page_table_close(&asked->page);
    page_close(&asked->page);
    asked_finish(asked, 200);
}

struct rows {
    struct asked *asked;
    struct casebook_look_alike at[PAGE_ALIKE_ROWS];
    size_t count;
    bool has_more, is_full;
};

static bool keep_row(void *context, const struct casebook_look_alike *one)
{
    struct rows *rows = context;
    if (rows->count == PAGE_ALIKE_ROWS) {
        rows->has_more = true;
        return false;
    }
    struct casebook_look_alike *kept = &rows->at[rows->count++];
    *kept = *one;
    rows->is_full = !asked_keep(rows->asked, &kept->rule_title) ||
                    !asked_keep(rows->asked, &kept->title) || !asked_keep(rows->asked, &kept->text);
    return !rows->is_full;
}

static void write_alike(struct asked *asked, const struct rows *rows)
{
    struct casebook_after after = {.id = 0};
    asked_list_open(asked);
    for (size_t i = 0; i < rows->count; i++) {
        asked_list_row(asked, &rows->at[i]);
        after = casebook_look_alike_place(&rows->at[i]);
    }
    asked_list_close(asked, rows->has_more ? &after : NULL, NULL);
}

void give_alike_rule(struct asked *asked)
{
    struct err err = ERR_NONE;
    struct rows rows = {.asked = asked};
    const struct place *place = &asked->request->place;
    struct casebook *casebook = asked_open(asked);
    if (casebook == NULL) {
        return;
    }
    if (!casebook_look_alike(casebook, str_of(place->name), &place->after,
                             (size_t)(place->page - 1) * PAGE_ALIKE_ROWS, PAGE_ALIKE_ROWS + 1,
                             keep_row, &rows, &err) ||
        (rows.is_full && !err_set(&err, "the posts are too long"))) {
        asked_fail_casebook(asked, &err);
        return;
    }
    if (asked_is_json(asked)) {
        write_alike(asked, &rows);
        return;
    }
    page_alike_rule(&asked->page, rows.at, rows.count, rows.has_more);
    asked_finish(asked, 200);
}

/* "version-12" of the case 12, as it was shown; no form has other fields of that shape. */
const struct form_field give_bulk_fields[] = {
    {"case", 20, true},
    {"version-*", 20, false},
    {"reason", 4 * (size_t)CASEBOOK_STATEMENT_MOST, false},
    {NULL, 0, false}};

static int64_t number_of(struct str text)
{
    struct form one = {.count = 1, .values = {{.name = STR("n"), .value = text}}};
    return form_number(&one, "n");
}

/* Takes a case and dismisses it, as a person does with one; a case that moved on is left. */
static enum casebook_outcome dismiss(struct asked *asked, struct casebook *casebook, int64_t id,
                                     struct err *err)
{
    char name[40];
    struct casebook_moved moved;
    snprintf(name, sizeof name, "version-%lld", (long long)id);
    struct casebook_request request = {
        .action = ACTION_CLAIM, .case_id = id, .version = form_number(&asked->form, name)};
    enum casebook_outcome outcome =
        casebook_move(casebook, asked->visit.session, &request, &moved, err);
    if (outcome != CASEBOOK_DONE) {
        return outcome;
    }
    request = (struct casebook_request){.action = ACTION_DISMISS,
                                        .case_id = id,
                                        .version = moved.version,
                                        .lease = moved.lease,
                                        .reason = form_get(&asked->form, "reason")};
    return casebook_move(casebook, asked->visit.session, &request, &moved, err);
}

void take_alike_rule(struct asked *asked)
{
    struct err err = ERR_NONE;
    struct place there = *asked->page.place;
    struct str reason = form_get(&asked->form, "reason"), value;
    size_t at = 0, done = 0, left = 0, tried = 0;
    there.said[0] = '\0';
    struct casebook *casebook = asked_writer(asked, &err);
    if (casebook == NULL) {
        asked_fail_casebook(asked, &err);
        return;
    }
    if (reason.len < 3) {
        asked_refuse(asked, MSG_REASON_MISSING, "", reason, &there);
        return;
    }
    while (form_next(&asked->form, "case", &at, &value) && tried++ < BULK_MOST) {
        struct err why = ERR_NONE;
        enum casebook_outcome outcome = dismiss(asked, casebook, number_of(value), &why);
        if (outcome == CASEBOOK_FAILED) {
            asked_fail_casebook(asked, &why);
            return;
        }
        done += outcome == CASEBOOK_DONE;
        left += outcome != CASEBOOK_DONE;
        err = why;
    }
    if (tried == 0) {
        asked_refuse(asked, MSG_NOTHING_CHOSEN, "", reason, &there);
    } else if (left > 0) {
        asked_refuse(asked, done > 0 ? MSG_BULK_SOME : MSG_REFUSED, err.message, STR(""), &there);
    } else {
        asked_done(asked, MSG_BULK_DONE, &there);
    }
}

/* As many as on a page: a post may be a megabyte. A place among them is a post's number. */
static void write_copies(struct asked *asked, const struct casebook_page *one)
{
    const struct place *place = &asked->request->place;
    size_t first = 0;
    struct casebook_after last = {.id = 0};
    while (place->after.id > 0 && first < one->post_count &&
           one->posts[first++].number != place->after.id) {
    }
    first += (size_t)(place->page - 1) * PAGE_ALIKE_ROWS;
    asked_list_open(asked);
    for (size_t i = first; i < one->post_count && i < first + PAGE_ALIKE_ROWS; i++) {
        struct casebook_post post = one->posts[i];
        post.url = asked->is_machine ? STR("") : post.url;
        asked_list_row(asked, &post);
        last.id = post.number;
    }
    asked_list_close(asked, one->post_count > first + PAGE_ALIKE_ROWS ? &last : NULL, NULL);
}

void give_copies(struct asked *asked)
{
    struct casebook_page one;
    struct casebook_chances chances;
    if (!asked_case(asked, &one, &chances)) {
        return;
    }
    if (asked_is_json(asked)) {
        write_copies(asked, &one);
    } else {
        page_copies(&asked->page, &one, &chances);
        asked_finish(asked, 200);
    }
}

const struct form_field give_split_fields[] = {
    {"action", 16, false},
    {"post", 20, true},
    {"version", 20, false},
    {"lease", 20, false},
    {"reason", 4 * (size_t)CASEBOOK_STATEMENT_MOST, false},
    {NULL, 0, false}};

static size_t read_posts(const struct asked *asked, int64_t posts[POSTS_MOST])
{
    size_t count = 0, at = 0;
    struct str value;
    while (count < POSTS_MOST && form_next(&asked->form, "post", &at, &value)) {
        posts[count++] = number_of(value);
    }
    return count;
}

static void preview_split(struct asked *asked)
{
    struct casebook_page one;
    struct casebook_chances chances;
    int64_t posts[POSTS_MOST];
    struct page_split split = {.one = &one,
                               .chances = &chances,
                               .chosen = posts,
                               .count = read_posts(asked, posts),
                               .reason = form_get(&asked->form, "reason")};
    struct place there = asked_place(asked, ROUTE_COPIES);
    there.case_id = asked->request->place.case_id;
    if (!asked_case(asked, &one, &chances)) {
        return;
    }
    bool may_split = (chances.actions & (UINT64_C(1) << ACTION_SPLIT)) != 0;
    if (!may_split && asked_is_json(asked)) {
        asked_fail(asked, &asked_forbidden);
    } else if (!may_split) {
        asked_go(asked, &there);
    } else if (split.count == 0) {
        asked_refuse(asked, MSG_NOTHING_CHOSEN, "", split.reason, &there);
    } else {
        if (asked_is_json(asked)) {
            const struct shapes_splitting splitting = {.leaves = (int64_t)split.count,
                                                       .stays = (int64_t)one.summary.copies -
                                                                (int64_t)split.count};
            asked_record(asked, &splitting);
            return;
        }
        page_split_preview(&asked->page, &split);
        asked_finish(asked, 200);
    }
}

/* Some posts into a case of their own. */
void take_split(struct asked *asked)
{
    struct err err = ERR_NONE;
    struct casebook_moved moved;
    int64_t posts[POSTS_MOST];
    struct place there = asked_place(asked, ROUTE_COPIES);
    struct str action = form_get(&asked->form, "action");
    there.case_id = asked->request->place.case_id;
    if (str_is(action, "preview")) {
        preview_split(asked);
        return;
    }
    if (action.len > 0 && !str_is(action, "split")) {
        asked_fail(asked, &asked_bad_request);
        return;
    }
    const struct casebook_request request = {
        .action = ACTION_SPLIT,
        .case_id = there.case_id,
        .version = form_number(&asked->form, "version"),
        .lease = form_number(&asked->form, "lease"),
        .reason = form_get(&asked->form, "reason"),
        .posts = posts,
        .post_count = read_posts(asked, posts),
    };
    struct casebook *casebook = asked_writer(asked, &err);
    if (casebook == NULL) {
        asked_fail_casebook(asked, &err);
        return;
    }
    enum casebook_outcome outcome =
        casebook_move(casebook, asked->visit.session, &request, &moved, &err);
    if (outcome == CASEBOOK_DONE) {
        there = asked_place(asked, ROUTE_CASE);
        there.case_id = moved.other;
    }
    asked_outcome(asked, outcome, MSG_SPLIT_HERE, request.reason, &err, &there);
}
