#include "filter/console/site_rules.h"

#include <stdlib.h>
#include <string.h>

#include "feeds/source.h"
#include "filter/base/buf.h"
#include "filter/base/clock.h"
#include "filter/base/err.h"
#include "filter/casebook/evidence.h"
#include "filter/casebook/released.h"
#include "filter/console/site_part.h"
#include "filter/pipeline/config.h"
#include "filter/rule/set.h"
#include "filter/text/url.h"

enum { SOURCES_MOST = 100 }; /* on the page; the data has them all */

static json_t *text_json(struct str text)
{
    return json_stringn(text.at != NULL ? text.at : "", text.len);
}

/* Where it lies, without a path: that of a search may hold anything. */
static void put_host(json_t *object, struct str url)
{
    struct buf canonical = BUF_EMPTY;
    struct url parts;
    struct err none = ERR_NONE;
    if (url.len > 0 && url_canonical(url, &canonical, &parts, &none)) {
        json_object_set_new(object, "host", text_json(parts.host));
    }
    buf_fini(&canonical);
}

json_t *site_sources(const struct config *config, bool has_season, struct err *err)
{
    size_t count;
    struct feeds_sources *file = has_season ? feeds_sources_load(config->sources, err)
                                            : feeds_sources_example(config->example, err);
    if (file == NULL) {
        return NULL;
    }
    const struct feeds_source *all = feeds_sources_all(file, &count);
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        if (!all[i].is_enabled) {
            continue;
        }
        json_t *one = json_pack("{ss}", "kind", feeds_kind_name(all[i].kind));
        if (all[i].organisation.len > 0) {
            json_object_set_new(one, "organisation", text_json(all[i].organisation));
            json_object_set_new(one, "name", text_json(all[i].name));
        }
        put_host(one, all[i].url);
        json_array_append_new(list, one);
    }
    feeds_sources_free(file);
    return json_pack("{so ss}", "sources", list, "type", "saring-sources-1");
}

static json_t *rule_json(const struct rule *rule, const struct casebook_rule_standing *standing)
{
    char revision[HASH_HEX], release[HASH_HEX], document[HASH_HEX], expires[CLOCK_TEXT];
    struct buf evidence = BUF_EMPTY;
    casebook_evidence_write(rule->evidence, rule->evidence_count, &evidence);
    json_t *basis = json_loadb(evidence.bytes, evidence.len, 0, NULL);
    json_t *one = json_pack(
        "{so so so ss so ss ss ss so}", "id", text_json(rule->id), "title", text_json(rule->title),
        "description", text_json(rule->description), "class", rule_class_name(rule->class), "level",
        text_json(rule->level), "revision", hash_format(&rule->revision, revision), "release",
        hash_format(&rule->release, release), "document", hash_format(&rule->document, document),
        "evidence", basis != NULL ? basis : json_array());
    if (rule->expires_ms != CLOCK_NEVER) {
        json_object_set_new(one, "expires", json_string(clock_format(rule->expires_ms, expires)));
    }
    if (standing->releaser[0] != '\0') {
        json_object_set_new(one, "released",
                            json_string(clock_format(standing->released_ms, expires)));
    }
    buf_fini(&evidence);
    return one;
}

json_t *site_rules(struct casebook *casebook, const struct rule_set *set, struct err *err)
{
    const struct rule_program *program = rule_set_program(set);
    json_t *list = json_array();
    size_t shadows = 0;
    for (size_t i = 0; i < rule_program_heads(program); i++) {
        const struct rule *rule = rule_program_head(program, i);
        struct casebook_rule_standing standing;
        if (!casebook_rule_standing(casebook, &rule->release, &standing, err)) {
            json_decref(list);
            return NULL;
        }
        if (standing.is_released) {
            json_array_append_new(list, rule_json(rule, &standing));
        } else {
            shadows++;
        }
    }
    return json_pack("{so sI ss}", "rules", list, "shadows", (json_int_t)shadows, "type",
                     "saring-rules-1");
}

static enum message message_of_kind(struct str kind)
{
    return str_is(kind, "tip")                                        ? MSG_SITE_SOURCE_TIP
           : str_is(kind, "mastodon") || str_is(kind, "bluesky")      ? MSG_SITE_SOURCE_SEARCH
           : str_is(kind, "factcheck") || str_is(kind, "claimreview") ? MSG_SITE_SOURCE_CHECKS
                                                                      : MSG_SITE_SOURCE_FEED;
}

void site_sources_page(struct html *html, const json_t *sources)
{
    const json_t *all = json_object_get(sources, "sources"), *one;
    size_t i;
    site_part_open(html, MSG_SITE_RULES_TAB, NULL, 0);
    site_part_hint(html, MSG_SITE_SOURCES_HINT);
    HTML(html, "<p><a class=\"button\"");
    html_local(html, STR("/aturan.html"));
    HTML(html, ">");
    site_part_both(html, MSG_SITE_RULES);
    HTML(html, "</a></p>");
    site_part_heading(html, MSG_SITE_SOURCES);
    HTML(html, "<ul>");
    json_array_foreach((json_t *)(uintptr_t)all, i, one)
    {
        if (i == SOURCES_MOST) {
            break;
        }
        HTML(html, "<li>");
        if (site_text(one, "organisation", NULL).len > 0) {
            html_foreign(html, site_text(one, "organisation", NULL), SITE_LINE_COST / 2);
            HTML(html, " · ");
        }
        site_part_both(html, message_of_kind(site_text(one, "kind", NULL)));
        HTML(html, " · ");
        html_text(html, site_text(one, "kind", NULL));
        if (site_text(one, "host", NULL).len > 0) {
            HTML(html, " · ");
            html_foreign(html, site_text(one, "host", NULL), SITE_LINE_COST / 2);
        }
        HTML(html, "</li>");
    }
    HTML(html, "</ul><p><a");
    html_local(html, STR("/sources.json"));
    HTML(html, ">JSON</a></p>");
    site_part_close(html);
}

static void put_rule(struct html *html, const json_t *rule)
{
    const json_t *one;
    size_t i;
    HTML(html, "<article class=\"card\"><h2>");
    html_foreign(html, site_text(rule, "title", NULL), SITE_LINE_COST);
    HTML(html, "</h2><p>");
    site_part_class(html, site_text(rule, "class", NULL));
    HTML(html, "</p><p>");
    html_foreign(html, site_text(rule, "description", NULL), 2 * (size_t)SITE_LINE_COST);
    HTML(html, "</p><dl class=\"facts\">");
    json_array_foreach(json_object_get(rule, "evidence"), i, one)
    {
        if (i == 3) {
            break;
        }
        site_part_term(html, MSG_SITE_BASIS);
        HTML(html, "<dd>");
        html_foreign(html, site_text(one, "publisher", NULL), SITE_LINE_COST / 2);
        HTML(html, ": ");
        html_outside(html, site_text(one, "url", NULL), SITE_LINE_COST);
        if (site_text(one, "claim", NULL).len > 0) {
            HTML(html, " · ");
            html_foreign(html, site_text(one, "claim", NULL), SITE_LINE_COST);
        }
        HTML(html, "</dd>");
    }
    site_part_term_time(html, MSG_SITE_RELEASED, site_text(rule, "released", NULL));
    site_part_term_time(html, MSG_SITE_END, site_text(rule, "expires", NULL));
    site_part_term(html, MSG_SITE_RULE_HASHES);
    HTML(html, "<dd><code>");
    html_text(html, site_text(rule, "release", NULL));
    HTML(html, "</code> <code>");
    html_text(html, site_text(rule, "revision", NULL));
    HTML(html, "</code></dd></dl></article>");
}

void site_rules_page(struct html *html, const json_t *rules, unsigned number, unsigned pages)
{
    const json_t *all = json_object_get(rules, "rules");
    size_t from = (size_t)(number - 1) * SITE_RULES_ROWS;
    site_part_open(html, MSG_SITE_RULES, NULL, 0);
    site_part_hint(html, MSG_SITE_RULES_HINT);
    HTML(html, "<dl class=\"facts\">");
    site_part_term(html, MSG_SITE_RULES_RELEASED);
    HTML(html, "<dd>");
    html_int(html, (int64_t)json_array_size(all));
    HTML(html, "</dd>");
    site_part_term(html, MSG_SITE_RULES_SHADOWS);
    HTML(html, "<dd>");
    html_int(html, json_integer_value(json_object_get(rules, "shadows")));
    HTML(html, "</dd></dl>");
    for (size_t i = from; i < from + SITE_RULES_ROWS && i < json_array_size(all); i++) {
        put_rule(html, json_array_get(all, i));
    }
    site_part_turn(html, STR("/aturan.html"), STR("/aturan-"), number, pages);
    HTML(html, "<p><a");
    html_local(html, STR("/rules.json"));
    HTML(html, ">JSON</a></p>");
    site_part_close(html);
}
