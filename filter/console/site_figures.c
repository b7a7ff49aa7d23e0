#include "filter/console/site_figures.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "filter/base/canonical.h"
#include "filter/base/clock.h"
#include "filter/base/err.h"
#include "filter/console/plot.h"
#include "filter/console/site_part.h"

enum { NAMED_MOST = 20 }; /* rules and claims on the page; the data has them all */

bool site_figures_read(struct casebook *casebook, const struct casebook_pair *pairs,
                       size_t pair_count, struct arena *arena, struct site_figures *figures,
                       struct err *err)
{
    figures->pairs = pairs;
    figures->pair_count = pair_count;
    return casebook_tally(casebook, &figures->tally, err) &&
           casebook_mentions(casebook, pairs, pair_count, arena, &figures->mentions, err);
}

static const struct figure {
    const char *name;
    size_t at;
    enum message label;
} all_figures[] = {
#define X(member, action, by_clock)                                                                \
    {#member, offsetof(struct casebook_tally_class, member), MSG_TALLY_##member},
    {"flagged", offsetof(struct casebook_tally_class, flagged), MSG_TALLY_flagged},
    {"decided", offsetof(struct casebook_tally_class, decided), MSG_TALLY_decided},
    TALLY_COUNTS(X)
#undef X
};

enum { FIGURES = sizeof all_figures / sizeof *all_figures };

static int64_t value_at(const struct casebook_tally_class *one, const struct figure *figure)
{
    int64_t value;
    memcpy(&value, (const char *)one + figure->at, sizeof value);
    return value;
}

/* Data. */

static json_t *class_json(const struct casebook_tally_class *one)
{
    json_t *object = json_object(), *weeks = json_array();
    for (size_t i = 0; i < FIGURES; i++) {
        json_object_set_new(object, all_figures[i].name,
                            json_integer(value_at(one, &all_figures[i])));
    }
    for (size_t i = 0; i < TALLY_WEEKS; i++) {
        json_array_append_new(weeks, json_integer(one->weeks[i]));
    }
    json_object_set_new(object, "flagged_by_week", weeks);
    json_object_set_new(object, "median_ms",
                        one->decided >= TALLY_FEW ? json_integer(one->median_ms) : json_null());
    json_object_set_new(object, "p90_ms",
                        one->decided >= TALLY_FEW ? json_integer(one->p90_ms) : json_null());
    return object;
}

static json_t *text_json(struct str text)
{
    return json_stringn(text.at != NULL ? text.at : "", text.len);
}

static json_t *numbers_json(const struct site_figures *figures, uint64_t pairs)
{
    json_t *list = json_array();
    for (size_t i = 0; i < figures->pair_count; i++) {
        if ((pairs & (uint64_t)1 << i) != 0) {
            json_array_append_new(list, json_integer(figures->pairs[i].number));
        }
    }
    return list;
}

static json_t *named_json(const struct site_figures *figures, const struct casebook_named *named)
{
    json_t *object = json_pack(
        "{so so ss}", "cases", named->cases > 0 ? json_integer(named->cases) : json_null(), "pairs",
        numbers_json(figures, named->pairs), "class", rule_class_name(named->class));
    if (named->rule_id.len > 0) {
        json_object_set_new(object, "id", text_json(named->rule_id));
        json_object_set_new(object, "title", text_json(named->title));
    } else {
        json_object_set_new(object, "claim", text_json(named->claim));
        json_object_set_new(object, "publisher", text_json(named->publisher));
        json_object_set_new(object, "url", text_json(named->url));
    }
    return object;
}

static json_t *list_json(const struct site_figures *figures, const struct casebook_named *all,
                         size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(list, named_json(figures, &all[i]));
    }
    return list;
}

static json_t *pairs_json(const struct site_figures *figures)
{
    json_t *list = json_array();
    for (size_t i = 0; i < figures->pair_count; i++) {
        const struct casebook_pair_count *count = &figures->mentions.pairs[i];
        json_array_append_new(
            list, json_pack("{sI sI sI so sI}", "by_claim", (json_int_t)count->by_claim, "by_rule",
                            (json_int_t)count->by_rule, "cases", (json_int_t)count->cases, "name",
                            text_json(figures->pairs[i].name), "number",
                            (json_int_t)figures->pairs[i].number));
    }
    return list;
}

bool site_figures_json(const struct site_figures *figures, struct buf *out, struct err *err)
{
    char until[CLOCK_TEXT], week[CLOCK_TEXT];
    const struct casebook_mentions *mentions = &figures->mentions;
    json_t *classes = json_object();
    for (unsigned class = 0; class < TALLY_CLASSES; class ++) {
        json_object_set_new(classes, rule_class_name((enum rule_class) class),
                            class_json(&figures->tally.classes[class]));
    }
    json_t *object =
        json_pack("{so so so ss sI sI sI ss ss so}", "classes", classes, "claims",
                  list_json(figures, mentions->claims, mentions->claim_count), "pairs",
                  pairs_json(figures), "counted_until", clock_format(mentions->until_ms, until),
                  "counted", (json_int_t)mentions->cases, "other", (json_int_t)mentions->none,
                  "records", (json_int_t)figures->records, "last_week",
                  clock_format(figures->tally.week_ms, week), "type", "saring-figures-1", "rules",
                  list_json(figures, mentions->rules, mentions->rule_count));
    bool done = canonical_json(object, out, err);
    json_decref(object);
    return done;
}

static void put_line(struct buf *out, const char *group, struct str name, const char *figure,
                     int64_t value)
{
    buf_put_csv(out, str_of(group));
    buf_put_csv(out, name);
    buf_put_csv(out, str_of(figure));
    buf_printf(out, ",%lld\r\n", (long long)value);
}

static void put_named_lines(struct buf *out, const char *group, const struct casebook_named *all,
                            size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct str name = all[i].rule_id.len > 0 ? all[i].title : all[i].claim;
        if (all[i].cases > 0) {
            put_line(out, group, name, "cases", all[i].cases);
        } else {
            buf_put_csv(out, str_of(group));
            buf_put_csv(out, name);
            buf_put_csv(out, STR("cases"));
            buf_put_csv(out, STR("<5"));
            buf_put_string(out, "\r\n");
        }
    }
}

void site_figures_csv(const struct site_figures *figures, struct buf *out)
{
    const struct casebook_mentions *mentions = &figures->mentions;
    buf_put_string(out, "group,name,figure,value\r\n");
    for (unsigned class = 0; class < TALLY_CLASSES; class ++) {
        const struct casebook_tally_class *one = &figures->tally.classes[class];
        struct str name = str_of(rule_class_name((enum rule_class) class));
        for (size_t i = 0; i < FIGURES; i++) {
            put_line(out, "class", name, all_figures[i].name, value_at(one, &all_figures[i]));
        }
        if (one->decided >= TALLY_FEW) {
            put_line(out, "class", name, "median_ms", one->median_ms);
            put_line(out, "class", name, "p90_ms", one->p90_ms);
        }
    }
    for (size_t i = 0; i < figures->pair_count; i++) {
        put_line(out, "pair", figures->pairs[i].name, "cases", mentions->pairs[i].cases);
        put_line(out, "pair", figures->pairs[i].name, "by_claim", mentions->pairs[i].by_claim);
        put_line(out, "pair", figures->pairs[i].name, "by_rule", mentions->pairs[i].by_rule);
    }
    put_named_lines(out, "rule", mentions->rules, mentions->rule_count);
    put_named_lines(out, "claim", mentions->claims, mentions->claim_count);
}

/* The page. */

static void put_cell(struct html *html, int64_t value)
{
    HTML(html, "<td class=\"number\">");
    html_int(html, value);
    HTML(html, "</td>");
}

/* Hours and minutes. */
static void put_duration_cell(struct html *html, const struct casebook_tally_class *one,
                              int64_t time_ms)
{
    char text[48] = "-";
    if (one->decided >= TALLY_FEW) {
        snprintf(text, sizeof text, "%lld:%02lld", (long long)(time_ms / 3600000),
                 (long long)(time_ms / 60000 % 60));
    }
    HTML(html, "<td class=\"number\">");
    html_text(html, str_of(text));
    HTML(html, "</td>");
}

static void open_row(struct html *html, enum message label)
{
    HTML(html, "<tr><th scope=\"row\">");
    site_part_below(html, label);
    HTML(html, "</th>");
}

static void put_classes(struct html *html, const struct casebook_tally *tally)
{
    HTML(html, "<table class=\"compare\"><thead><tr><td></td>");
    for (unsigned class = 0; class < TALLY_CLASSES; class ++) {
        HTML(html, "<th scope=\"col\">");
        site_part_below(html, message_of_class((enum rule_class) class));
        HTML(html, "</th>");
    }
    HTML(html, "</tr></thead><tbody>");
    for (size_t i = 0; i < FIGURES; i++) {
        open_row(html, all_figures[i].label);
        for (unsigned class = 0; class < TALLY_CLASSES; class ++) {
            put_cell(html, value_at(&tally->classes[class], &all_figures[i]));
        }
        HTML(html, "</tr>");
    }
    open_row(html, MSG_SITE_MEDIAN);
    for (unsigned class = 0; class < TALLY_CLASSES; class ++) {
        put_duration_cell(html, &tally->classes[class], tally->classes[class].median_ms);
    }
    HTML(html, "</tr>");
    open_row(html, MSG_SITE_P90);
    for (unsigned class = 0; class < TALLY_CLASSES; class ++) {
        put_duration_cell(html, &tally->classes[class], tally->classes[class].p90_ms);
    }
    HTML(html, "</tr></tbody></table>");
}

static void put_weeks(const struct page *page, const struct casebook_tally *tally)
{
    char first[CLOCK_TEXT], last[CLOCK_TEXT];
    const struct plot_series series[] = {
        {"fraud", MSG_CLASS_FRAUD, tally->classes[RULE_FRAUD].weeks},
        {"procedure", MSG_CLASS_PROCEDURE, tally->classes[RULE_PROCEDURE].weeks},
        {"claim", MSG_CLASS_CLAIM, tally->classes[RULE_CLAIM].weeks},
    };
    const struct plot plot = {.title = MSG_SITE_PLOT_WEEKS,
                              .series = series,
                              .series_count = 3,
                              .bars = TALLY_WEEKS,
                              .first = str_of(clock_format_date(
                                  tally->week_ms - (TALLY_WEEKS - 1) * TALLY_WEEK_MS, first)),
                              .last = str_of(clock_format_date(tally->week_ms, last))};
    plot_put(page, &plot);
}

static void put_times(const struct page *page, const struct casebook_tally *tally)
{
    static const enum message labels[TALLY_TIMES] = {MSG_BIN_5M,  MSG_BIN_15M,   MSG_BIN_30M,
                                                     MSG_BIN_1H,  MSG_BIN_6H,    MSG_BIN_24H,
                                                     MSG_BIN_72H, MSG_BIN_LONGER};
    uint32_t sums[TALLY_TIMES] = {0};
    struct str ticks[TALLY_TIMES];
    uint32_t all = 0;
    for (size_t i = 0; i < TALLY_TIMES; i++) {
        for (unsigned class = 0; class < TALLY_CLASSES; class ++) {
            sums[i] += tally->classes[class].times[i];
        }
        ticks[i] = message_text(page->language, labels[i]);
        all += sums[i];
    }
    const struct plot_series series = {"plain", MSG_PLOT_TIMES, sums};
    const struct plot plot = {.title = MSG_PLOT_TIMES,
                              .series = &series,
                              .series_count = 1,
                              .bars = TALLY_TIMES,
                              .ticks = ticks};
    if (all >= TALLY_FEW) {
        plot_put(page, &plot);
    }
}

static void put_pairs(struct html *html, const struct site_figures *figures)
{
    char until[CLOCK_TEXT];
    const struct casebook_mentions *mentions = &figures->mentions;
    site_part_heading(html, MSG_SITE_PAIRS);
    site_part_hint(html, MSG_SITE_PAIRS_HINT);
    HTML(html, "<table class=\"compare\"><caption>");
    site_part_both(html, MSG_SITE_UNTIL);
    HTML(html, " ");
    html_text(html, str_of(clock_format_date(mentions->until_ms, until)));
    HTML(html, "</caption><thead><tr><td></td><th scope=\"col\">");
    site_part_below(html, MSG_SITE_PAIR_CASES);
    HTML(html, "</th><th scope=\"col\">");
    site_part_below(html, MSG_SITE_PAIR_BY_CLAIM);
    HTML(html, "</th><th scope=\"col\">");
    site_part_below(html, MSG_SITE_PAIR_BY_RULE);
    HTML(html, "</th></tr></thead><tbody>");
    for (size_t i = 0; i < figures->pair_count; i++) {
        HTML(html, "<tr><th scope=\"row\">");
        html_int(html, figures->pairs[i].number);
        HTML(html, ". ");
        html_foreign(html, figures->pairs[i].name, SITE_LINE_COST);
        HTML(html, "</th>");
        put_cell(html, mentions->pairs[i].cases);
        put_cell(html, mentions->pairs[i].by_claim);
        put_cell(html, mentions->pairs[i].by_rule);
        HTML(html, "</tr>");
    }
    open_row(html, MSG_SITE_PAIR_NONE);
    put_cell(html, mentions->none);
    HTML(html, "<td></td><td></td></tr></tbody></table>");
}

/* What a rule or a claim names, and how often; of few the number is nobody's business. */
static void put_named(struct html *html, const struct site_figures *figures, enum message heading,
                      const struct casebook_named *all, size_t count)
{
    if (count == 0) {
        return;
    }
    site_part_heading(html, heading);
    HTML(html, "<table class=\"compare\"><tbody>");
    for (size_t i = 0; i < count && i < NAMED_MOST; i++) {
        HTML(html, "<tr><th scope=\"row\">");
        html_foreign(html, all[i].rule_id.len > 0 ? all[i].title : all[i].claim, SITE_LINE_COST);
        for (size_t k = 0; k < figures->pair_count; k++) {
            if ((all[i].pairs & (uint64_t)1 << k) != 0) {
                HTML(html, " · ");
                html_int(html, figures->pairs[k].number);
            }
        }
        HTML(html, "</th><td class=\"number\">");
        if (all[i].cases > 0) {
            html_int(html, all[i].cases);
        } else {
            site_part_both(html, MSG_SITE_FEW);
        }
        HTML(html, "</td></tr>");
    }
    HTML(html, "</tbody></table>");
}

void site_figures_page(struct html *html, const struct site_figures *figures)
{
    const struct page page = {.html = html, .language = LANGUAGE_ID};
    const struct casebook_mentions *mentions = &figures->mentions;
    site_part_open(html, MSG_SITE_FIGURES, NULL, 0);
    site_part_hint(html, MSG_SITE_FIGURES_HINT);
    HTML(html, "<dl class=\"facts\">");
    site_part_term(html, MSG_SITE_RECORDS);
    HTML(html, "<dd>");
    html_int(html, (int64_t)figures->records);
    HTML(html, "</dd></dl>");
    put_classes(html, &figures->tally);
    site_part_hint(html, MSG_SITE_TIMES_HINT);
    HTML(html, "<div class=\"plots\">");
    put_weeks(&page, &figures->tally);
    put_times(&page, &figures->tally);
    HTML(html, "</div>");
    put_pairs(html, figures);
    put_named(html, figures, MSG_SITE_BY_CLAIM, mentions->claims, mentions->claim_count);
    put_named(html, figures, MSG_SITE_BY_RULE, mentions->rules, mentions->rule_count);
    HTML(html, "<p><a");
    html_local(html, STR("/figures.json"));
    HTML(html, ">JSON</a> · <a");
    html_local(html, STR("/figures.csv"));
    HTML(html, ">CSV</a></p>");
    site_part_close(html);
}
