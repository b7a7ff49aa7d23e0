/* A case merged into another: chosen, looked at, done. */
#include "filter/casebook/look.h"
#include "filter/console/asked.h"
#include "filter/console/give.h"
#include "filter/console/page_merge.h"

const struct form_field give_merge_fields[] = {
    {"action", 16, false},
    {"into", 20, false},
    {"other", 20, false},
    {"into_version", 20, false},
    {"version", 20, false},
    {"lease", 20, false},
    {"reason", 4 * (size_t)CASEBOOK_STATEMENT_MOST, false},
    {NULL, 0, false}};

struct targets {
    struct asked *asked;
    struct casebook_look_target at[PAGE_TARGETS];
    size_t count;
    bool is_full;
};

static bool take_target(void *context, const struct casebook_look_target *target)
{
    struct targets *targets = context;
    struct casebook_look_target *kept = &targets->at[targets->count++];
    *kept = *target;
    targets->is_full = !asked_keep(targets->asked, &kept->rule_title) ||
                       !asked_keep(targets->asked, &kept->title) ||
                       !asked_keep(targets->asked, &kept->text);
    return !targets->is_full && targets->count < PAGE_TARGETS;
}

static void show_choices(struct asked *asked, const struct page_merge *merge, unsigned status)
{
    struct err err = ERR_NONE;
    struct targets targets = {.asked = asked};
    struct casebook *casebook = asked_open(asked);
    if (casebook == NULL) {
        return;
    }
    if (!casebook_look_targets(casebook, asked->visitor.name, merge->one->summary.id, PAGE_TARGETS,
                               take_target, &targets, &err) ||
        (targets.is_full && !err_set(&err, "the posts are too long"))) {
        asked_fail_casebook(asked, &err);
        return;
    }
    if (asked_is_json(asked) && merge->problem.len > 0) {
        asked_problem(asked, status, "no_other_case", merge->problem);
        return;
    }
    if (asked_is_json(asked)) {
        asked_list_open(asked);
        for (size_t i = 0; i < targets.count; i++) {
            asked_list_row(asked, &targets.at[i]);
        }
        asked_list_close(asked, NULL, NULL);
        return;
    }
    struct page_merge shown = *merge;
    shown.targets = targets.at;
    shown.target_count = targets.count;
    page_merge(&asked->page, &shown);
    asked_finish(asked, status);
}

void give_merge(struct asked *asked)
{
    struct casebook_page one;
    struct casebook_chances chances;
    struct page_merge merge = {.one = &one, .chances = &chances};
    if (asked_case(asked, &one, &chances) && asked_may(asked, &chances, ACTION_MERGE)) {
        show_choices(asked, &merge, 200);
    }
}

static void preview(struct asked *asked)
{
    struct err err = ERR_NONE;
    struct casebook_page one, into;
    struct casebook_chances chances;
    struct page_merge merge = {.one = &one, .chances = &chances};
    bool found = false;
    int64_t typed = form_number(&asked->form, "other");
    int64_t id = typed > 0 ? typed : form_number(&asked->form, "into");
    if (!asked_case(asked, &one, &chances) || !asked_may(asked, &chances, ACTION_MERGE)) {
        return;
    }
    struct casebook *casebook = asked_open(asked);
    if (casebook == NULL) {
        return;
    }
    if (id > 0 && id != one.summary.id &&
        !casebook_show(casebook, id, asked->arena, &into, &found, &err)) {
        asked_fail_casebook(asked, &err);
        return;
    }
    if (!found) {
        merge.problem = message_text(asked->page.language, MSG_MERGE_WHICH);
        show_choices(asked, &merge, 422);
        return;
    }
    if (asked_is_json(asked)) {
        const struct shapes_merging merging = {
            .into = id,
            .into_version = into.summary.version,
            .copies = (int64_t)(one.summary.copies + into.summary.copies)};
        asked_record(asked, &merging);
        return;
    }
    merge.into = &into;
    page_merge(&asked->page, &merge);
    asked_finish(asked, 200);
}

void take_merge(struct asked *asked)
{
    struct err err = ERR_NONE;
    struct casebook_moved moved;
    struct place here = asked_place(asked, ROUTE_MERGE), there = asked_place(asked, ROUTE_CASE);
    here.case_id = asked->request->place.case_id;
    const struct casebook_request request = {
        .action = ACTION_MERGE,
        .case_id = here.case_id,
        .version = form_number(&asked->form, "version"),
        .lease = form_number(&asked->form, "lease"),
        .reason = form_get(&asked->form, "reason"),
        .into = form_number(&asked->form, "into"),
        .into_version = form_number(&asked->form, "into_version"),
    };
    struct str action = form_get(&asked->form, "action");
    if (str_is(action, "preview")) {
        preview(asked);
        return;
    }
    if (!str_is(action, "merge")) {
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
    there.case_id = request.into;
    asked_outcome(asked, outcome, MSG_MERGED_HERE, request.reason, &err,
                  outcome == CASEBOOK_DONE ? &there : &here);
}
