/* The queue: what waits for people, fraud first, then the oldest. No scores, no authors. */
#include "filter/console/flagged.h"
#include "filter/console/page.h"
#include "filter/console/when.h"

enum { COST_RULE = 120, COST_EXCERPT = 400 };

static void put_option(const struct page *page, const char *value, enum message label,
                       bool is_chosen)
{
    struct html *html = page->html;
    HTML(html, "<option");
    HTML_ATTRIBUTE(html, "value", str_of(value));
    if (is_chosen) {
        HTML(html, " selected=\"selected\"");
    }
    HTML(html, ">");
    page_say(page, label);
    HTML(html, "</option>");
}

static void put_class_choice(const struct page *page)
{
    const struct place *place = page->place;
    HTML(page->html, "<label>");
    page_say(page, MSG_CLASS);
    HTML(page->html, " <select name=\"class\">");
    put_option(page, "", MSG_CLASS_ALL, !place->only_class);
#define X(constant, name)                                                                          \
    put_option(page, name, message_of_class(constant),                                             \
               place->only_class && place->class == (constant));
    RULE_CLASSES(X)
#undef X
    HTML(page->html, "</select></label>");
}

static void put_state_choice(const struct page *page)
{
    const struct place *place = page->place;
    HTML(page->html, "<label>");
    page_say(page, MSG_STATE);
    HTML(page->html, " <select name=\"state\">");
    put_option(page, "live", MSG_STATE_LIVE, place->states == STATES_LIVE);
    put_option(page, "all", MSG_STATE_ALL, place->states == STATES_ALL);
    for (int i = CASE_NONE + 1; i < CASEBOOK_STATE_COUNT; i++) {
        enum casebook_state state = (enum casebook_state)i;
        put_option(page, casebook_state_name(state), message_of_state(state),
                   place->states == STATES_ONE && place->state == state);
    }
    HTML(page->html, "</select></label>");
}

static void put_filter(const struct page *page)
{
    struct html *html = page->html;
    HTML(html, "<form class=\"filter\" method=\"get\" action=\"/\">");
    if (page->place->has_language) {
        HTML(html, "<input type=\"hidden\" name=\"lang\"");
        HTML_ATTRIBUTE(html, "value", str_of(language_tag(page->place->language)));
        HTML(html, "/>");
    }
    if (page->visitor != NULL) {
        HTML(html, "<label>");
        page_say(page, MSG_SEARCH);
        HTML(html, " <input type=\"search\" name=\"q\" maxlength=\"100\"");
        HTML_ATTRIBUTE(html, "value", str_of(page->place->words));
        HTML(html, "/></label>");
    }
    if (page->place->rule[0] != '\0') {
        HTML(html, "<input type=\"hidden\" name=\"rule\"");
        HTML_ATTRIBUTE(html, "value", str_of(page->place->rule));
        HTML(html, "/>");
    }
    put_class_choice(page);
    put_state_choice(page);
    HTML(html, "<button type=\"submit\">");
    page_say(page, MSG_FILTER);
    HTML(html, "</button></form>\n");
}

/* The states that are asked for most. */
static void put_views(const struct page *page)
{
    static const struct {
        enum place_states states;
        enum casebook_state state;
        enum message label;
    } views[] = {{STATES_LIVE, CASE_NONE, MSG_STATE_LIVE},
                 {STATES_ONE, CASE_APPROVED, MSG_QUEUE_TO_DO},
                 {STATES_ONE, CASE_REFERRED, MSG_QUEUE_ANSWERS}};
    HTML(page->html, "<nav class=\"kinds\"");
    HTML_ATTRIBUTE(page->html, "aria-label", message_text(page->language, MSG_QUEUE_VIEWS));
    HTML(page->html, ">");
    for (size_t i = 0; i < sizeof views / sizeof *views; i++) {
        struct place there = page_place(page, ROUTE_QUEUE);
        there.states = views[i].states;
        there.state = views[i].state;
        HTML(page->html, "<a");
        place_link(page->html, &there);
        if (page->place->states == there.states && page->place->state == there.state) {
            HTML(page->html, " aria-current=\"page\"");
        }
        HTML(page->html, ">");
        page_say(page, views[i].label);
        HTML(page->html, "</a>");
    }
    HTML(page->html, "</nav>");
}

static void open_cell(const struct page *page, const char *kind, enum message label)
{
    HTML(page->html, "<td");
    HTML_ATTRIBUTE(page->html, "class", str_of(kind));
    HTML_ATTRIBUTE(page->html, "data-label", message_text(page->language, label));
    HTML(page->html, ">");
}

static void put_main_cell(const struct page *page, const struct casebook_case *one)
{
    struct html *html = page->html;
    struct place there = place_of(ROUTE_CASE);
    there.case_id = one->id;
    there.has_language = page->place->has_language;
    there.language = page->place->language;
    HTML(html, "<td class=\"what\"><a");
    place_link(html, &there);
    HTML(html, ">");
    if (one->excerpt.len > 0) {
        flagged_line(html, one->excerpt, COST_EXCERPT);
    } else {
        page_say(page, MSG_CASE);
        HTML(html, " ");
        html_int(html, one->id);
    }
    HTML(html, "</a><span class=\"rule\">");
    html_foreign(html, one->rule_title, COST_RULE);
    HTML(html, "</span></td>");
}

static void put_row(const struct page *page, const struct casebook_case *one)
{
    struct html *html = page->html;
    HTML(html, "<tr><td class=\"class\">");
    page_badge(page, one->class);
    HTML(html, "</td>");
    put_main_cell(page, one);
    open_cell(page, "number", MSG_COPIES);
    html_int(html, (int64_t)one->copies);
    HTML(html, "</td>");
    open_cell(page, "when", MSG_AGE);
    when_put_age(html, page->language, one->opened_ms, page->now_ms);
    HTML(html, "</td>");
    open_cell(page, "when", MSG_DEADLINE);
    when_put_deadline(html, page->language, one->deadline_ms, page->now_ms);
    HTML(html, "</td>");
    open_cell(page, "state", MSG_STATE);
    page_say(page, message_of_state(one->state));
    HTML(html, "</td></tr>\n");
}

static void put_table(const struct page *page, const struct casebook_case *cases, size_t count)
{
    static const enum message heads[] = {MSG_CLASS, MSG_EXCERPT,  MSG_COPIES,
                                         MSG_AGE,   MSG_DEADLINE, MSG_STATE};
    struct html *html = page->html;
    HTML(html, "<table class=\"queue\"><thead><tr>");
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        HTML(html, "<th scope=\"col\">");
        page_say(page, heads[i]);
        if (heads[i] == MSG_EXCERPT) {
            HTML(html, " · ");
            page_say(page, MSG_RULE);
        }
        HTML(html, "</th>");
    }
    HTML(html, "</tr></thead><tbody>\n");
    for (size_t i = 0; i < count; i++) {
        put_row(page, &cases[i]);
    }
    HTML(html, "</tbody></table>");
}

/* What is not on the page though it is of it. */
static void put_left_out(const struct page *page, const struct casebook_case *cases, size_t count)
{
    struct html *html = page->html;
    if (page->is_cut) {
        HTML(html, "<p class=\"hint\" role=\"status\">");
        page_say(page, MSG_SEARCH_CUT);
        HTML(html, "</p>");
    }
    if (page->place->rule[0] != '\0') {
        struct place all = *page->place;
        all.rule[0] = '\0';
        all.page = 1;
        all.after = (struct casebook_after){.id = 0};
        HTML(html, "<p class=\"hint\">");
        page_say(page, MSG_OF_RULE);
        HTML(html, " <strong>");
        html_foreign(html, count > 0 ? cases[0].rule_title : str_of(page->place->rule), COST_RULE);
        HTML(html, "</strong> · <a");
        place_link(html, &all);
        HTML(html, ">");
        page_say(page, MSG_ALL_RULES);
        HTML(html, "</a></p>");
    }
}

void page_queue(const struct page *page, const struct casebook_case *cases, size_t count,
                bool has_more)
{
    struct html *html = page->html;
    struct place place = *page->place;
    page_open(page, "queue-page", message_text(page->language, MSG_QUEUE_TITLE));
    HTML(html, "<div class=\"top\"><div><h1>");
    page_say(page, MSG_QUEUE_TITLE);
    HTML(html, "</h1><p class=\"hint\">");
    page_say(page, MSG_QUEUE_ORDER);
    if (page->hides_classes) {
        struct place wellbeing = page_place(page, ROUTE_WELLBEING);
        HTML(html, " <a");
        place_link(html, &wellbeing);
        HTML(html, ">");
        page_say(page, MSG_HIDDEN_CLASSES);
        HTML(html, "</a>");
    }
    HTML(html, "</p></div>");
    put_filter(page);
    HTML(html, "</div>");
    if (page->visitor != NULL) {
        put_views(page);
    }
    put_left_out(page, cases, count);
    if (count > 0) {
        put_table(page, cases, count);
    } else {
        HTML(html, "<p class=\"empty\"><strong>");
        page_say(page, MSG_QUEUE_EMPTY);
        HTML(html, "</strong> ");
        page_say(page, MSG_QUEUE_EMPTY_HINT);
        HTML(html, "</p>");
    }
    page_turn(page, MSG_PAGES, &place, &place.page, has_more);
    page_close(page);
}
