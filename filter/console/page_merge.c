#include "filter/console/page_merge.h"

#include <stdio.h>
#include <string.h>

#include "filter/base/clock.h"
#include "filter/console/diff.h"
#include "filter/console/flagged.h"
#include "filter/console/page_form.h"
#include "filter/console/page_table.h"
#include "filter/console/when.h"

enum { COST_DIFF = 900, COST_WORDS = 1800, POSTS_KEPT = 100 };

static void put_head(const struct page *page, const struct casebook_case *summary,
                     enum message title, enum message hint)
{
    struct html *html = page->html;
    HTML(html, "<div class=\"top\"><div><h1>");
    page_say(page, title);
    HTML(html, ": ");
    page_case_link(page, summary->id);
    HTML(html, "</h1><p class=\"hint\">");
    page_say(page, hint);
    HTML(html, "</p></div></div>");
}

static void put_problem(const struct page *page, struct str problem)
{
    if (problem.len > 0) {
        HTML(page->html, "<div class=\"said refused\" role=\"alert\"><strong>");
        page_say(page, MSG_REFUSED);
        HTML(page->html, "</strong> <span>");
        html_foreign(page->html, problem, 600);
        HTML(page->html, "</span></div>");
    }
}

static struct str words_of(const struct casebook_page *one)
{
    if (one->post_count == 0) {
        return STR("");
    }
    return one->posts[0].text.len > 0 ? one->posts[0].text : one->posts[0].title;
}

static void put_target(const struct page *page, const struct page_merge *merge, size_t which)
{
    struct html *html = page->html;
    const struct casebook_look_target *target = &merge->targets[which];
    HTML(html, "<li><label class=\"choice\"><input type=\"radio\" name=\"into\"");
    HTML_NUMBER(html, "value", target->id);
    HTML(html, "/> ");
    page_say(page, MSG_CASE);
    HTML(html, " ");
    html_int(html, target->id);
    HTML(html, "</label> <span class=\"hint\">");
    page_say(page, message_of_state(target->state));
    HTML(html, " · ");
    message_say_int(html, page->language, MSG_COPIES_N, target->copies);
    HTML(html, " · ");
    when_put_age(html, page->language, target->opened_ms, page->now_ms);
    if (target->shared > 0) {
        HTML(html, " · ");
        page_say(page, MSG_MERGE_SHARES);
    } else if (target->is_same_rule) {
        HTML(html, " · ");
        page_say(page, MSG_MERGE_SAME_RULE);
    }
    HTML(html, "</span><span class=\"rule\">");
    html_foreign(html, target->rule_title, 160);
    HTML(html, "</span><p class=\"diff\">");
    diff_put(html, words_of(merge->one), target->text.len > 0 ? target->text : target->title,
             COST_DIFF);
    HTML(html, "</p></li>\n");
}

static void put_choices(const struct page *page, const struct page_merge *merge)
{
    struct html *html = page->html;
    struct place here = *page->place;
    here.said[0] = '\0';
    HTML(html, "<section>");
    page_form_open(page, &here, "act-form");
    if (merge->target_count > 0) {
        HTML(html, "<ol class=\"alike\">");
        for (size_t i = 0; i < merge->target_count; i++) {
            put_target(page, merge, i);
        }
        HTML(html, "</ol>");
    } else {
        HTML(html, "<p class=\"empty\">");
        page_say(page, MSG_MERGE_NONE);
        HTML(html, "</p>");
    }
    page_field(page, &(struct page_field){.name = "other",
                                          .label = MSG_MERGE_OTHER,
                                          .hint = MSG_MERGE_OTHER_HINT,
                                          .type = "number",
                                          .is_optional = true});
    HTML(html, "<p class=\"buttons\">");
    page_button(page, "preview", "main", MSG_MERGE_PREVIEW);
    HTML(html, "</p></form></section>");
}

static void put_fact(const struct page *page, enum message what, int64_t number)
{
    HTML(page->html, "<li>");
    message_say_int(page->html, page->language, what, number);
    HTML(page->html, "</li>");
}

static int64_t more_than_kept(int64_t posts)
{
    return posts > POSTS_KEPT ? posts - POSTS_KEPT : 0;
}

/* What happens to the posts, and to whatever comes later. */
static void put_effects(const struct page *page, const struct page_merge *merge)
{
    struct html *html = page->html;
    const struct casebook_case *from = &merge->one->summary, *into = &merge->into->summary;
    int64_t both = (int64_t)(from->copies + into->copies);
    int64_t opened = from->opened_ms < into->opened_ms ? from->opened_ms : into->opened_ms;
    char numbers[2][24];
    snprintf(numbers[0], sizeof numbers[0], "%zu", from->copies);
    snprintf(numbers[1], sizeof numbers[1], "%lld", (long long)both);
    HTML(html, "<h2>");
    page_say(page, MSG_EFFECTS);
    HTML(html, "</h2><ul><li>");
    message_say_with(html, page->language, MSG_MERGE_POSTS,
                     (const struct str[]){str_of(numbers[0]), str_of(numbers[1])}, 2);
    HTML(html, "</li><li>");
    page_say(page, MSG_MERGE_LATER);
    HTML(html, "</li><li>");
    page_say(page, MSG_MERGE_ALONG);
    HTML(html, "</li>");
    if (more_than_kept(both) > 0) {
        put_fact(page, MSG_MERGE_TRIMMED, more_than_kept(both));
    }
    HTML(html, "<li>");
    page_say(page, MSG_MERGE_AGE);
    HTML(html, " ");
    when_put(html, page->language, opened);
    if (into->state == CASE_FLAGGED && into->deadline_ms != CLOCK_NEVER) {
        HTML(html, ". ");
        page_say(page, MSG_MERGE_DEADLINE);
        HTML(html, " ");
        when_put(html, page->language, into->deadline_ms - (into->opened_ms - opened));
    }
    HTML(html, "</li><li>");
    page_say(page, MSG_MERGE_FINAL);
    HTML(html, "</li></ul>");
}

static void put_one(const struct page *page, const struct casebook_page *one, enum message role)
{
    struct html *html = page->html;
    HTML(html, "<section><h2>");
    page_say(page, role);
    HTML(html, " ");
    page_case_link(page, one->summary.id);
    HTML(html, "</h2><p class=\"badges\">");
    page_badge(page, one->summary.class);
    HTML(html, " <span class=\"state\">");
    page_say(page, message_of_state(one->summary.state));
    HTML(html, "</span> <small>");
    message_say_int(html, page->language, MSG_COPIES_N, (int64_t)one->summary.copies);
    HTML(html, "</small></p><p class=\"rule\">");
    html_foreign(html, one->summary.rule_title, 160);
    HTML(html, "</p><p>");
    flagged_line(html, words_of(one), COST_WORDS);
    HTML(html, "</p></section>");
}

static void put_preview(const struct page *page, const struct page_merge *merge)
{
    struct html *html = page->html;
    struct place here = *page->place;
    here.said[0] = '\0';
    HTML(html, "<div class=\"columns even\">");
    put_one(page, merge->one, MSG_MERGE_FROM);
    put_one(page, merge->into, MSG_MERGE_INTO);
    HTML(html, "</div><section class=\"act\">");
    put_effects(page, merge);
    page_form_open(page, &here, "act-form");
    PAGE_HIDDEN_NUMBER(page, "version", merge->one->summary.version);
    PAGE_HIDDEN_NUMBER(page, "lease", merge->chances->lease);
    PAGE_HIDDEN_NUMBER(page, "into", merge->into->summary.id);
    PAGE_HIDDEN_NUMBER(page, "into_version", merge->into->summary.version);
    page_field(page, &(struct page_field){.name = "reason",
                                          .label = MSG_REASON_FIELD,
                                          .hint = MSG_MERGE_REASON_HINT,
                                          .value = merge->reason,
                                          .most = CASEBOOK_STATEMENT_MOST,
                                          .least = 3,
                                          .rows = 2});
    HTML(html, "<p class=\"buttons\">");
    page_button(page, "merge", "main", MSG_DO_MERGE);
    page_link(page, &here, MSG_CHOOSE_AGAIN);
    HTML(html, "</p></form></section>");
}

void page_merge(const struct page *page, const struct page_merge *merge)
{
    page_open(page, "merge-page", message_text(page->language, MSG_MERGE_TITLE));
    put_head(page, &merge->one->summary, MSG_MERGE_TITLE, MSG_MERGE_HINT);
    put_problem(page, merge->problem);
    if (merge->into != NULL) {
        put_preview(page, merge);
    } else {
        put_choices(page, merge);
    }
    page_close(page);
}

static bool is_chosen(const struct page_split *split, int64_t number)
{
    for (size_t i = 0; i < split->count; i++) {
        if (split->chosen[i] == number) {
            return true;
        }
    }
    return false;
}

static void put_part(const struct page *page, const struct page_split *split, bool chosen,
                     enum message title)
{
    enum { SHOWN = 6 };
    struct html *html = page->html;
    size_t shown = 0, kept = 0;
    HTML(html, "<section><h2>");
    page_say(page, title);
    HTML(html, "</h2><ol class=\"alike\">");
    for (size_t i = 0; i < split->one->post_count; i++) {
        const struct casebook_post *post = &split->one->posts[i];
        if (is_chosen(split, post->number) != chosen) {
            continue;
        }
        kept++;
        if (shown++ < SHOWN) {
            HTML(html, "<li>");
            html_foreign(html, post->source, 80);
            HTML(html, " <span class=\"hint\">");
            when_put(html, page->language, post->flagged_ms);
            HTML(html, "</span><p>");
            flagged_line(html, post->text.len > 0 ? post->text : post->title, 300);
            HTML(html, "</p></li>");
        }
    }
    HTML(html, "</ol>");
    if (kept > SHOWN) {
        HTML(html, "<p class=\"hint\">");
        message_say_int(html, page->language, MSG_AND_MORE, (int64_t)(kept - SHOWN));
        HTML(html, "</p>");
    }
    HTML(html, "</section>");
}

void page_split_preview(const struct page *page, const struct page_split *split)
{
    struct html *html = page->html;
    struct place here = *page->place;
    const struct casebook_case *summary = &split->one->summary;
    here.said[0] = '\0';
    page_open(page, "merge-page", message_text(page->language, MSG_SPLIT_TITLE));
    put_head(page, summary, MSG_SPLIT_TITLE, MSG_SPLIT_PREVIEW_HINT);
    HTML(html, "<div class=\"columns even\">");
    put_part(page, split, true, MSG_SPLIT_NEW);
    put_part(page, split, false, MSG_SPLIT_STAYS);
    HTML(html, "</div><section class=\"act\"><h2>");
    page_say(page, MSG_EFFECTS);
    HTML(html, "</h2><ul>");
    put_fact(page, MSG_SPLIT_POSTS, (int64_t)split->count);
    put_fact(page, MSG_SPLIT_REST, (int64_t)summary->copies - (int64_t)split->count);
    HTML(html, "<li>");
    page_say(page, MSG_SPLIT_LATER);
    HTML(html, "</li><li>");
    page_say(page, MSG_SPLIT_EVIDENCE);
    HTML(html, "</li><li>");
    page_say(page, MSG_SPLIT_AGE);
    HTML(html, " ");
    when_put(html, page->language, summary->opened_ms);
    HTML(html, "</li></ul>");
    page_form_open(page, &here, "act-form");
    PAGE_HIDDEN_NUMBER(page, "version", summary->version);
    PAGE_HIDDEN_NUMBER(page, "lease", split->chances->lease);
    for (size_t i = 0; i < split->count; i++) {
        PAGE_HIDDEN_NUMBER(page, "post", split->chosen[i]);
    }
    page_field(page, &(struct page_field){.name = "reason",
                                          .label = MSG_REASON_FIELD,
                                          .hint = MSG_SPLIT_HINT,
                                          .value = split->reason,
                                          .most = CASEBOOK_STATEMENT_MOST,
                                          .least = 3,
                                          .rows = 2});
    HTML(html, "<p class=\"buttons\">");
    page_button(page, "split", "main", MSG_DO_SPLIT_NOW);
    page_link(page, &here, MSG_CHOOSE_AGAIN);
    HTML(html, "</p></form></section>");
    page_close(page);
}
