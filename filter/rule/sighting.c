#include "filter/rule/sighting.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "filter/base/mem.h"
#include "filter/text/url.h"

enum field { DOMAIN, HOST, LANG, SOURCE, FIELDS };

static const char *const names[FIELDS] = {
    [DOMAIN] = "link.domain", [HOST] = "link.host", [LANG] = "lang", [SOURCE] = "source"};

/* A value: which field, how long, its bytes. */
static void put_value(struct buf *out, enum field field, struct str text)
{
    uint32_t head[2] = {(uint32_t)field, (uint32_t)text.len};
    if (text.len > 0) {
        buf_put(out, head, sizeof head);
        buf_put_str(out, text);
    }
}

static void put_links(struct rule_matcher *matcher, struct buf *out)
{
    const struct text_link *links;
    size_t count = rule_matcher_links(matcher, &links);
    for (size_t i = 0; i < count; i++) {
        bool is_known = links[i].host.len == 0 || url_is_private_site(links[i].host);
        for (size_t before = 0; before < i && !is_known; before++) {
            is_known = str_equal(links[before].host, links[i].host);
        }
        if (!is_known) {
            put_value(out, HOST, links[i].host);
            put_value(out, DOMAIN, links[i].domain);
        }
    }
}

uint64_t rule_sighting_identity(const struct post *post)
{
    uint64_t source = XXH3_64bits(post->source.len > 0 ? post->source.at : "", post->source.len);
    return post->id.len > 0 ? XXH3_64bits_withSeed(post->id.at, post->id.len, source) : 0;
}

void rule_sighting_put(struct rule_matcher *matcher, const struct rule_match *match,
                       const struct post *post, bool is_organisation, int64_t now_ms,
                       struct buf *out)
{
    int64_t time_ms = post->published_ms != CLOCK_NEVER ? post->published_ms : post->fetched_ms;
    uint64_t identity = rule_sighting_identity(post), rules = match->hit_count, len = 0;
    time_ms = time_ms > now_ms ? now_ms : time_ms;
    buf_put(out, &time_ms, sizeof time_ms);
    buf_put(out, &identity, sizeof identity);
    buf_put(out, &rules, sizeof rules);
    for (size_t i = 0; i < match->hit_count; i++) {
        buf_put(out, &match->hits[i].rule, sizeof match->hits[i].rule);
    }
    size_t at = out->len;
    buf_put(out, &len, sizeof len);
    put_links(matcher, out);
    put_value(out, LANG, post->lang);
    put_value(out, SOURCE, is_organisation ? post->source : STR(""));
    len = out->len - at - sizeof len;
    memcpy(out->bytes + at, &len, sizeof len);
}

static void take(struct str *bytes, void *out, size_t len)
{
    memcpy(out, bytes->at, len);
    *bytes = str_part(*bytes, len, bytes->len);
}

static void look_up(const void *context, struct str field, struct rule_facts *facts)
{
    struct str left = ((const struct rule_sightings *)context)->fields;
    while (left.len > 0) {
        uint32_t head[2];
        take(&left, head, sizeof head);
        if (str_is(field, names[head[0]])) {
            facts->is_present = facts->is_full = true;
            rule_facts_put(facts, (struct rule_fact){.text = str_part(left, 0, head[1])});
        }
        left = str_part(left, head[1], left.len);
    }
}

bool rule_sighting_next(struct rule_sightings *sightings, struct rule_correlator_event *event)
{
    uint64_t rules, len;
    if (sightings->bytes.len == 0) {
        return false;
    }
    take(&sightings->bytes, &event->time_ms, sizeof event->time_ms);
    take(&sightings->bytes, &event->identity, sizeof event->identity);
    take(&sightings->bytes, &rules, sizeof rules);
    mem_grow(&sightings->rules, &sightings->rule_room, rules, sizeof(struct rule *));
    take(&sightings->bytes, sightings->rules, rules * sizeof(struct rule *));
    take(&sightings->bytes, &len, sizeof len);
    sightings->fields = str_part(sightings->bytes, 0, len);
    sightings->bytes = str_part(sightings->bytes, len, sightings->bytes.len);
    sightings->subject = (struct rule_subject){.look_up = look_up, .context = sightings};
    event->rules = sightings->rules;
    event->rule_count = rules;
    event->subject = &sightings->subject;
    return true;
}

void rule_sightings_fini(struct rule_sightings *sightings)
{
    free(sightings->rules);
    sightings->rules = NULL;
    sightings->rule_room = 0;
}
