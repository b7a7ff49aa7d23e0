#include "filter/console/page_measures.h"

#include <stdio.h>

#include "filter/console/plot.h"
#include "filter/console/when.h"

static void put_figure(const struct page *page, enum message label, const char *value)
{
    HTML(page->html, "<div>");
    page_term(page, label);
    HTML(page->html, "<dd>");
    html_text(page->html, str_of(value));
    HTML(page->html, "</dd></div>");
}

/* "4 jam" as a figure. */
static void put_duration(const struct page *page, enum message label, int64_t ms, bool is_known)
{
    HTML(page->html, "<div>");
    page_term(page, label);
    HTML(page->html, "<dd>");
    if (is_known && ms < INT64_C(60000)) {
        page_say(page, MSG_UNDER_A_MINUTE);
    } else if (is_known) {
        when_put_age(page->html, page->language, page->now_ms - ms, page->now_ms);
    } else {
        HTML(page->html, "-");
    }
    HTML(page->html, "</dd></div>");
}

/* "3 dari 40 (7,5 %)"; "-" without anything to be a part of. */
static void put_share(const struct page *page, enum message label, int64_t part, int64_t whole)
{
    char text[80] = "-";
    if (whole > 0) {
        snprintf(text, sizeof text, "%lld / %lld (%lld%%)", (long long)part, (long long)whole,
                 (long long)(part * 100 / whole));
    }
    put_figure(page, label, text);
}

static void put_figures(const struct page *page, const struct casebook_measures *measures)
{
    char number[24];
    int64_t judged = measures->approved + measures->rejected + measures->lapsed;
    HTML(page->html, "<dl class=\"times figures\">");
    snprintf(number, sizeof number, "%lld", (long long)measures->decided);
    put_figure(page, MSG_DECIDED, number);
    put_duration(page, MSG_MEDIAN, measures->median_ms, measures->decided > 0);
    put_duration(page, MSG_P90, measures->p90_ms, measures->decided > 0);
    snprintf(number, sizeof number, "%lld", (long long)measures->dismissed);
    put_figure(page, MSG_STATE_OF_CASE_DISMISSED, number);
    snprintf(number, sizeof number, "%lld", (long long)measures->proposed);
    put_figure(page, MSG_STATE_OF_CASE_PROPOSED, number);
    put_share(page, MSG_LAPSE_RATE, measures->lapsed, judged);
    put_share(page, MSG_OVERTURN_RATE, measures->overturned, measures->appeals);
    HTML(page->html, "</dl>");
}

static void put_flagged(const struct page *page, const struct casebook_measures *measures)
{
    const struct plot_series series[] = {
        {"fraud", MSG_CLASS_FRAUD, measures->flagged[RULE_FRAUD]},
        {"procedure", MSG_CLASS_PROCEDURE, measures->flagged[RULE_PROCEDURE]},
        {"claim", MSG_CLASS_CLAIM, measures->flagged[RULE_CLAIM]},
    };
    const struct plot plot = {.title = MSG_PLOT_FLAGGED,
                              .series = series,
                              .series_count = 3,
                              .bars = MEASURES_HOURS,
                              .first = message_text(page->language, MSG_PLOT_48_HOURS),
                              .last = message_text(page->language, MSG_PLOT_NOW)};
    plot_put(page, &plot);
}

static void put_bins(const struct page *page, enum message title, const uint32_t *values,
                     size_t count, const enum message *labels)
{
    struct str ticks[8];
    const struct plot_series series = {"plain", title, values};
    for (size_t i = 0; i < count; i++) {
        ticks[i] = message_text(page->language, labels[i]);
    }
    const struct plot plot = {
        .title = title, .series = &series, .series_count = 1, .bars = count, .ticks = ticks};
    plot_put(page, &plot);
}

static void put_health(const struct page *page, const struct page_source_health *health)
{
    static const enum message labels[] = {MSG_HEALTH_FINE, MSG_HEALTH_SILENT, MSG_HEALTH_FAILING,
                                          MSG_HEALTH_OFF};
    const uint32_t values[] = {health->fine, health->silent, health->failing, health->off};
    if (health->is_known) {
        put_bins(page, MSG_PLOT_SOURCES, values, 4, labels);
    }
}

void page_measures(const struct page *page, const struct casebook_measures *measures,
                   const struct page_source_health *health)
{
    static const enum message ages[MEASURES_AGES] = {MSG_BIN_1H,  MSG_BIN_6H, MSG_BIN_24H,
                                                     MSG_BIN_72H, MSG_BIN_7D, MSG_BIN_OLDER};
    static const enum message times[MEASURES_TIMES] = {MSG_BIN_5M,  MSG_BIN_15M,   MSG_BIN_30M,
                                                       MSG_BIN_1H,  MSG_BIN_6H,    MSG_BIN_24H,
                                                       MSG_BIN_72H, MSG_BIN_LONGER};
    struct html *html = page->html;
    page_open(page, "measures-page", message_text(page->language, MSG_MEASURES));
    page_title(page, MSG_MEASURES, MSG_MEASURES_HINT);
    put_figures(page, measures);
    HTML(html, "<div class=\"plots\">");
    put_flagged(page, measures);
    put_bins(page, MSG_PLOT_AGES, measures->waiting, MEASURES_AGES, ages);
    put_bins(page, MSG_PLOT_TIMES, measures->times, MEASURES_TIMES, times);
    put_health(page, health);
    HTML(html, "</div>");
    page_close(page);
}
