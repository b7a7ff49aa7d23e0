/* What a visitor may do with a case: one form, a button for each move that is theirs now. */
#include "filter/console/page_case.h"
#include "filter/console/page_form.h"

/* The moves that take no more than a click or a reason; the others have pages of their own. */
static const struct {
    enum casebook_action action;
    enum message label;
    const char *kind; /* of the button */
} simple[] = {
    {ACTION_CLAIM, MSG_DO_CLAIM, "main"},     {ACTION_DISMISS, MSG_DO_DISMISS, "main"},
    {ACTION_HOLD, MSG_DO_HOLD, ""},           {ACTION_RELEASE, MSG_DO_RELEASE, ""},
    {ACTION_CORRECT, MSG_DO_CORRECT, "main"}, {ACTION_REFER, MSG_DO_REFER, "main"},
    {ACTION_REPLY, MSG_DO_REPLY, ""},         {ACTION_WITHDRAW, MSG_DO_WITHDRAW, ""},
    {ACTION_RESTORE, MSG_DO_RESTORE, "main"}, {ACTION_SUSPEND, MSG_DO_SUSPEND, "danger"},
    {ACTION_REMOVE, MSG_DO_REMOVE, "danger"},
};

enum { SIMPLE = sizeof simple / sizeof *simple };

static bool has(uint64_t set, enum casebook_action action)
{
    return (set & (UINT64_C(1) << action)) != 0;
}

static void put_link_to(const struct page *page, enum place_route route, enum message label)
{
    struct place there = page_place(page, route);
    there.case_id = page->place->case_id;
    HTML(page->html, "<a class=\"button\"");
    place_link(page->html, &there);
    HTML(page->html, ">");
    page_say(page, label);
    HTML(page->html, "</a> ");
}

/* The ways to the pages on which a proposal is made, and judged. */
static void put_ways(const struct page *page, const struct casebook_page *one,
                     const struct casebook_chances *chances)
{
    if (has(chances->actions, ACTION_PROPOSE)) {
        put_link_to(page, ROUTE_PROPOSE, MSG_PROPOSE);
    }
    if (has(chances->actions, ACTION_ANSWER) || has(chances->actions, ACTION_APPROVE) ||
        has(chances->actions, ACTION_RETURN)) {
        put_link_to(page, ROUTE_APPROVE, MSG_JUDGE);
    }
    if (has(chances->actions, ACTION_RESTORE)) {
        put_link_to(page, ROUTE_APPROVE, MSG_RESTORE_LOOK);
    }
    if (has(chances->actions, ACTION_MERGE)) {
        put_link_to(page, ROUTE_MERGE, MSG_MERGE_TITLE);
    }
    if (has(chances->actions, ACTION_SPLIT) && one->post_count > 1) {
        put_link_to(page, ROUTE_COPIES, MSG_SPLIT_TITLE);
    }
}

/* Giving a case back takes none; without that way every way takes one. */
static void put_reason(const struct page *page, bool may_give_back)
{
    const struct page_visitor *visitor = page->visitor;
    const struct page_field reason = {
        .name = "reason",
        .label = MSG_REASON_FIELD,
        .hint = may_give_back ? MSG_REASON_BACK : MSG_REASON_HINT,
        .value = visitor->is_refused ? visitor->typed : STR(""),
        .most = CASEBOOK_STATEMENT_MOST,
        .rows = 3,
        .is_optional = may_give_back,
        .is_unmarked = true,
    };
    page_field(page, &reason);
}

void page_case_act(const struct page *page, const struct casebook_page *one,
                   const struct casebook_chances *chances)
{
    struct html *html = page->html;
    struct place there = page_place(page, ROUTE_MOVE);
    uint64_t known = 0;
    for (size_t i = 0; i < SIMPLE; i++) {
        known |= UINT64_C(1) << simple[i].action;
    }
    if (page->visitor->role != ROLE_TEAM) { /* an approver signs it; the panel upholds an appeal */
        known &= ~(UINT64_C(1) << ACTION_RESTORE);
    }
    uint64_t offered = chances->actions & known;
    if (chances->actions == 0) {
        return;
    }
    HTML(html, "<section class=\"act\" id=\"act\"><h2>");
    page_say(page, MSG_ACT);
    HTML(html, "</h2>");
    if (chances->is_holder && one->summary.deadline_ms != CLOCK_NEVER) {
        HTML(html, "<p class=\"lease\">");
        page_say(page, MSG_LEASE);
        HTML(html, " ");
        page_countdown(page, one->summary.deadline_ms);
        HTML(html, "</p>");
    }
    HTML(html, "<p class=\"buttons\">");
    put_ways(page, one, chances);
    HTML(html, "</p>");
    if (offered != 0) {
        there.case_id = one->summary.id;
        page_form_open(page, &there, "act-form");
        PAGE_HIDDEN_NUMBER(page, "version", one->summary.version);
        if (chances->lease > 0) {
            PAGE_HIDDEN_NUMBER(page, "lease", chances->lease);
        }
        if ((offered & chances->reasons) != 0) {
            put_reason(page, (offered & ~chances->reasons) != 0);
        }
        HTML(html, "<p class=\"buttons\">");
        for (size_t i = 0; i < SIMPLE; i++) {
            if (has(offered, simple[i].action)) {
                page_button(page, casebook_action_name(simple[i].action), simple[i].kind,
                            simple[i].label);
            }
        }
        HTML(html, "</p></form>");
    }
    HTML(html, "</section>\n");
}
