/* A case as JSON: of rules, posts and events those that its page shows, by the same numbers. */
#include "filter/casebook/proposal.h"
#include "filter/console/asked.h"
#include "filter/console/give.h"

/* From page `number` of `size` each: where it starts, and how many of `count` are on it. */
static size_t part_of(unsigned number, size_t size, size_t count, size_t *on_it)
{
    size_t first = (size_t)(number - 1) * size;
    first = first < count ? first : count;
    *on_it = count - first > size ? size : count - first;
    return first;
}

/* The newest first, as on the page. */
static bool take_events(struct asked *asked, const struct casebook_page *one,
                        struct shapes_case *whole)
{
    size_t first =
        part_of(asked->request->place.events, PAGE_EVENTS, one->event_count, &whole->event_count);
    struct casebook_event *events =
        arena_array(asked->arena, whole->event_count + 1, sizeof *events);
    for (size_t i = 0; events != NULL && i < whole->event_count; i++) {
        events[i] = one->events[one->event_count - 1 - first - i];
        events[i].detail = asked_detail(asked, events[i].actor, events[i].action, events[i].detail);
    }
    whole->events = events;
    return events != NULL;
}

/* A post's address may name its author: a machine, which could gather them, gets none. */
static bool take_posts(struct asked *asked, const struct casebook_page *one,
                       struct shapes_case *whole)
{
    size_t first =
        part_of(asked->request->place.copies, PAGE_COPIES, one->post_count, &whole->post_count);
    struct casebook_post *posts = arena_array(asked->arena, whole->post_count + 1, sizeof *posts);
    for (size_t i = 0; posts != NULL && i < whole->post_count; i++) {
        posts[i] = one->posts[first + i];
        posts[i].url = asked->is_machine ? STR("") : posts[i].url;
    }
    whole->posts = posts;
    return posts != NULL;
}

static bool take_chances(struct asked *asked, const struct casebook_chances *chances,
                         struct shapes_case *whole)
{
    struct str *names = arena_array(asked->arena, ACTION_PURGE + 1, sizeof *names);
    for (unsigned i = 0; names != NULL && chances != NULL && i <= ACTION_PURGE; i++) {
        if ((chances->actions & UINT64_C(1) << i) != 0) {
            names[whole->may_count++] = str_of(casebook_action_name((enum casebook_action)i));
        }
    }
    whole->lease = chances != NULL && chances->is_holder ? chances->lease : 0;
    whole->may = names;
    return names != NULL;
}

bool give_case_shape(struct asked *asked, const struct casebook_page *one,
                     const struct casebook_chances *chances, const struct page_case_more *more,
                     struct shapes_case *whole)
{
    struct err err = ERR_NONE;
    *whole = (struct shapes_case){
        .summary = one->summary,
        .rule_total = one->rule_count,
        .post_total = one->post_count,
        .event_total = one->event_count,
        .proposal = one->proposal,
        .proposal_kind = one->proposal_kind,
        .entry_id = one->entry_id,
        .entry_state = one->entry_state,
        .entry_due_ms = one->entry_id.len > 0 ? one->entry_due_ms : CLOCK_NEVER,
        .offered_by = one->offered_by,
        .before = one->before.case_id > 0 ? &one->before : NULL,
        .merged_into = one->merged_into,
        .objections = one->objections,
        .objection_count = one->objection_count,
    };
    if (more != NULL) {
        whole->claims = more->claims;
        whole->claim_count = more->claim_count;
        whole->captures = more->captures;
        whole->capture_count = more->capture_count;
    }
    if (asked->is_machine) {
        whole->objection_count = 0; /* what people wrote to the panel is the panel's */
        bool is_referral = str_is(one->proposal_kind, casebook_kind_name(KIND_REFERRAL));
        whole->proposal = is_referral ? STR("") : whole->proposal; /* it names the post's address */
    }
    whole->rules = one->rules + part_of(asked->request->place.rules, PAGE_RULES, one->rule_count,
                                        &whole->rule_count);
    if (!take_events(asked, one, whole) || !take_posts(asked, one, whole) ||
        !take_chances(asked, chances, whole)) {
        err_set(&err, "a case is too large to be written");
        asked_fail_casebook(asked, &err);
        return false;
    }
    return true;
}
