#include "filter/pipeline/nominated.h"

#include <string.h>

/* Whether the span covers the link where it stands: in mark-up, or in the title or text. */
static bool marks(const struct rule_span *span, const struct text_link *link)
{
    if (link->in_mark_up) {
        return strcmp(span->field, "link") == 0 && str_equal(span->text, link->original);
    }
    return strcmp(span->field, post_field_name(link->field)) == 0 &&
           span->span.start <= link->span.start && span->span.end >= link->span.end;
}

static bool is_marked(const struct rule_match *match, const struct text_link *link)
{
    for (size_t i = 0; i < match->hit_count; i++) {
        for (size_t k = 0; k < match->hits[i].span_count; k++) {
            if (marks(&match->hits[i].spans[k], link)) {
                return true;
            }
        }
    }
    return false;
}

static bool is_among(const struct text_link *const *picked, size_t count, struct str url)
{
    for (size_t i = 0; i < count; i++) {
        if (str_equal(picked[i]->url, url)) {
            return true;
        }
    }
    return false;
}

size_t nominated(const struct feeds_shorteners *list, const struct rule_match *match,
                 const struct text_link *links, size_t link_count,
                 const struct text_link *picked[NOMINATED_MOST])
{
    size_t count = 0;
    for (size_t i = 0; i < link_count && count < NOMINATED_MOST; i++) {
        if (feeds_shorteners_find(list, links[i].url) != NULL &&
            !is_among(picked, count, links[i].url) && is_marked(match, &links[i])) {
            picked[count++] = &links[i];
        }
    }
    return count;
}
