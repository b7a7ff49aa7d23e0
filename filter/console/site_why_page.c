/* The answer as a page. What was asked is shown as text, and nothing of it is linked. */
#include "filter/console/site_part.h"
#include "filter/console/site_why.h"

static enum message message_of_how(enum site_why_how how)
{
    switch (how) {
    case WHY_IN_FORCE:
        return MSG_SITE_WHY_IN_FORCE;
    case WHY_SUSPENDED:
        return MSG_SITE_WHY_SUSPENDED;
    case WHY_PARTLY:
        return MSG_SITE_WHY_PARTLY;
    case WHY_OVER:
        break;
    }
    return MSG_SITE_WHY_OVER;
}

static enum message message_of_scope(enum blocklist_scope scope)
{
    switch (scope) {
    case BLOCKLIST_URL:
        return MSG_SCOPE_URL;
    case BLOCKLIST_URL_PREFIX:
        return MSG_SCOPE_PREFIX;
    case BLOCKLIST_HOST:
        return MSG_SCOPE_HOST;
    case BLOCKLIST_DOMAIN:
        break;
    }
    return MSG_SCOPE_DOMAIN;
}

static void put_entry(struct html *html, const struct site_why_entry *entry)
{
    HTML(html, "<article class=\"card\"><h2>");
    site_part_case_link(html, entry->case_id);
    HTML(html, "</h2><p><strong>");
    site_part_both(html, message_of_how(entry->how));
    HTML(html, "</strong></p><dl class=\"facts\">");
    site_part_term(html, MSG_SITE_TARGET);
    HTML(html, "<dd><code>");
    site_part_target(html, entry->target);
    HTML(html, "</code> (");
    site_part_both(html, message_of_scope(entry->scope));
    HTML(html, ")</dd>");
    site_part_term_time(html, MSG_SITE_SINCE, entry->since);
    site_part_term_time(html, MSG_SITE_END, entry->end);
    site_part_term_text(html, MSG_SITE_FACTS, entry->reason);
    HTML(html, "</dl>");
    if (entry->how != WHY_OVER) {
        HTML(html, "<p><a class=\"button main\"");
        site_part_appeal_link(html, entry->case_id);
        HTML(html, ">");
        site_part_both(html, MSG_SITE_OBJECT);
        HTML(html, "</a></p>");
    }
    HTML(html, "</article>");
}

static enum message headline(const struct site_why_answer *answer)
{
    if (!answer->is_name) {
        return MSG_SITE_WHY_NO_NAME;
    }
    if (answer->count == 0) {
        return MSG_SITE_WHY_NOT;
    }
    switch (answer->found[0].how) {
    case WHY_IN_FORCE:
        return MSG_SITE_WHY_YES;
    case WHY_SUSPENDED:
        return MSG_SITE_WHY_PAUSED;
    case WHY_PARTLY:
        return MSG_SITE_WHY_PART;
    case WHY_OVER:
        break;
    }
    return MSG_SITE_WHY_WAS;
}

void site_why_page(struct html *html, struct str asked, const struct site_why_answer *answer)
{
    bool is_clear = answer->is_name && (answer->count == 0 || answer->found[0].how == WHY_OVER);
    site_part_open_unlisted(html, MSG_SITE_BLOCKED);
    site_part_search(html, asked.len <= SITE_WHY_ASKED ? asked : STR(""));
    if (answer->is_name) {
        HTML(html, "<p><code>");
        site_part_target(html, answer->host);
        HTML(html, "</code></p>");
    }
    if (is_clear || !answer->is_name) {
        HTML(html, "<p class=\"said\" role=\"status\">");
    } else {
        HTML(html, "<p class=\"said refused\" role=\"status\">");
    }
    site_part_below(html, headline(answer));
    HTML(html, "</p>");
    for (size_t i = 0; i < answer->count; i++) {
        put_entry(html, &answer->found[i]);
    }
    if (is_clear) {
        site_part_hint(html, answer->count > 0 ? MSG_SITE_WHY_STALE : MSG_SITE_WHY_OTHERS);
    }
    HTML(html, "<p><a");
    html_local(html, STR("/diblokir.html"));
    HTML(html, ">");
    site_part_both(html, MSG_SITE_WHY_MORE);
    HTML(html, "</a></p>");
    site_part_close(html);
}
