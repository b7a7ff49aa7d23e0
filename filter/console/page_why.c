/* Why a case was flagged: its rules in words, each beside the evidence it rests on. */
#include <strings.h>

#include "filter/base/clock.h"
#include "filter/console/page_case.h"
#include "filter/console/when.h"

enum {
    COST_TITLE = 160,
    COST_DESCRIPTION = 500,
    COST_NAME = 120,
    COST_URL = 160,
    COST_CLAIM = 240,
    MAX_EVIDENCE = 2, /* more are in the JSON */
};

static void put_named(const struct page *page, enum message term, struct str value, size_t cost)
{
    if (value.len == 0) {
        return;
    }
    page_term(page, term);
    HTML(page->html, "<dd>");
    html_foreign(page->html, value, cost);
    HTML(page->html, "</dd>");
}

static void put_day(const struct page *page, enum message term, int64_t time_ms)
{
    if (time_ms == CLOCK_NEVER) {
        return;
    }
    page_term(page, term);
    HTML(page->html, "<dd>");
    when_put_date(page->html, page->language, time_ms);
    HTML(page->html, "</dd>");
}

static void put_validity(const struct page *page, const struct rule_evidence *evidence)
{
    if (evidence->valid_from_ms == CLOCK_NEVER && evidence->valid_until_ms == CLOCK_NEVER) {
        return;
    }
    page_term(page, MSG_VALID);
    HTML(page->html, "<dd>");
    when_put_date(page->html, page->language, evidence->valid_from_ms);
    HTML(page->html, " – ");
    when_put_date(page->html, page->language, evidence->valid_until_ms);
    HTML(page->html, "</dd>");
}

/* Whose word it is, with the way to read it. */
static void put_publisher(const struct page *page, enum message term,
                          const struct rule_evidence *evidence)
{
    struct html *html = page->html;
    page_term(page, term);
    HTML(html, "<dd>");
    html_foreign(html, evidence->publisher, COST_NAME);
    HTML(html, "<br/>");
    html_outside(html, evidence->url, COST_URL);
    HTML(html, "</dd>");
}

static void put_evidence(const struct page *page, enum rule_class class,
                         const struct rule_evidence *evidence)
{
    HTML(page->html, "<dl class=\"evidence\">");
    switch (class) {
    case RULE_FRAUD:
        put_named(page, MSG_IMPERSONATES, evidence->impersonates, COST_NAME);
        put_publisher(page, MSG_OFFICIAL, evidence);
        put_day(page, MSG_PUBLISHED, evidence->published_ms);
        break;
    case RULE_PROCEDURE:
        put_publisher(page, MSG_FACT, evidence);
        put_day(page, MSG_PUBLISHED, evidence->published_ms);
        put_validity(page, evidence);
        put_named(page, MSG_SHA256, evidence->sha256, 64);
        break;
    case RULE_CLAIM:
        put_named(page, MSG_CLAIM, evidence->claim, COST_CLAIM);
        put_named(page, MSG_RATING, evidence->rating, COST_NAME);
        put_publisher(page, MSG_CHECKED_BY, evidence);
        put_day(page, MSG_RATED, evidence->rated_ms);
        break;
    }
    HTML(page->html, "</dl>");
}

static void put_level(const struct page *page, struct str level)
{
    static const struct {
        const char *name;
        enum message word;
    } words[] = {
        {"informational", MSG_LEVEL_INFORMATIONAL},
        {"low", MSG_LEVEL_LOW},
        {"medium", MSG_LEVEL_MEDIUM},
        {"high", MSG_LEVEL_HIGH},
        {"critical", MSG_LEVEL_CRITICAL},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (str_is(level, words[i].name)) {
            HTML(page->html, "<span class=\"level\">");
            page_say(page, MSG_LEVEL);
            HTML(page->html, ": ");
            page_say(page, words[i].word);
            HTML(page->html, "</span>");
        }
    }
}

static void put_rule(const struct page *page, enum rule_class class,
                     const struct casebook_rule *rule)
{
    struct html *html = page->html;
    size_t shown = rule->evidence_count < MAX_EVIDENCE ? rule->evidence_count : MAX_EVIDENCE;
    HTML(html, "<article><h3>");
    html_foreign(html, rule->title, COST_TITLE);
    HTML(html, "</h3>");
    if (rule->description.len > 0) {
        HTML(html, "<p>");
        html_foreign(html, rule->description, COST_DESCRIPTION);
        HTML(html, "</p>");
    }
    for (size_t i = 0; i < shown; i++) {
        put_evidence(page, class, &rule->evidence[i]);
    }
    if (shown < rule->evidence_count) {
        HTML(html, "<p>");
        message_say_int(html, page->language, MSG_MORE_EVIDENCE,
                        (int64_t)(rule->evidence_count - shown));
        HTML(html, "</p>");
    }
    HTML(html, "<p class=\"hint\">");
    put_level(page, rule->level);
    HTML(html, " <code>");
    html_cut(html, rule->id, 64);
    HTML(html, "</code></p></article>");
}

static enum message why_class(enum rule_class class)
{
    switch (class) {
    case RULE_FRAUD:
        return MSG_WHY_FRAUD;
    case RULE_PROCEDURE:
        return MSG_WHY_PROCEDURE;
    case RULE_CLAIM:
        return MSG_WHY_CLAIM;
    }
    return MSG_WHY;
}

void page_case_why(const struct page *page, const struct casebook_page *one)
{
    struct html *html = page->html;
    struct place place = *page->place;
    size_t first = (size_t)(place.rules - 1) * PAGE_RULES;
    HTML(html, "<section class=\"why\" id=\"why\"><h2>");
    page_say(page, MSG_WHY);
    HTML(html, "</h2><p class=\"basis\">");
    page_say(page, why_class(one->summary.class));
    HTML(html, "</p>");
    for (size_t i = first; i < one->rule_count && i < first + PAGE_RULES; i++) {
        put_rule(page, one->summary.class, &one->rules[i]);
    }
    page_turn(page, MSG_RULES_PAGES, &place, &place.rules, first + PAGE_RULES < one->rule_count);
    HTML(html, "</section>\n");
}
