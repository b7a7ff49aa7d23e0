#include "filter/console/site_feed.h"

#include <jansson.h>

#include "filter/base/clock.h"
#include "filter/console/html.h"
#include "filter/console/site_page.h"

void site_feed_add(struct site_feed *feed, const struct casebook_registered *row)
{
    size_t at = feed->added++ % SITE_FEED_ENTRIES;
    json_t *json = json_loadb(row->json.at, row->json.len, 0, NULL);
    struct str state = site_text(json, "entry", "state");
    struct buf *title = &feed->entries[at].title;
    feed->entries[at].seq = row->seq;
    feed->entries[at].case_id = row->case_id;
    feed->entries[at].time_ms = row->time_ms;
    feed->entries[at].hash = row->hash;
    buf_clear(title);
    buf_printf(title, "Kasus %lld: %.*s, %.*s", (long long)row->case_id,
               STR_FORMAT(site_text(json, "measure", NULL)),
               STR_FORMAT(state.len > 0 ? state : site_text(json, "state", NULL)));
    json_decref(json);
}

static void put_time(struct html *xml, int64_t time_ms)
{
    char text[CLOCK_TEXT];
    HTML(xml, "<updated>");
    html_text(xml, str_of(clock_format(time_ms, text)));
    HTML(xml, "</updated>");
}

/* Named by what it holds, so that a reader knows it again wherever it is served. */
static void put_id(struct html *xml, const struct hash *hash)
{
    char hex[HASH_HEX];
    HTML(xml, "<id>urn:sha256:");
    html_text(xml, str_of(hash_format(hash, hex)));
    HTML(xml, "</id>");
}

static void put_link(struct html *xml, const char *path)
{
    HTML(xml, "<link");
    html_local(xml, str_of(path));
    HTML(xml, "/>");
}

void site_feed_write(const struct site_feed *feed, const char *origin, struct buf *out)
{
    struct html *xml = html_new();
    size_t count = feed->added < SITE_FEED_ENTRIES ? feed->added : SITE_FEED_ENTRIES;
    size_t newest = (feed->added + SITE_FEED_ENTRIES - 1) % SITE_FEED_ENTRIES;
    HTML(xml, "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"id\"");
    if (origin != NULL) {
        HTML_ATTRIBUTE(xml, "xml:base", str_of(origin)); /* addresses below are relative to it */
    }
    HTML(xml, "><title>saring: register publik</title><author><name>saring</name></author>");
    put_id(xml, &(struct hash){{0}});
    put_link(xml, "/index.html");
    put_time(xml, count > 0 ? feed->entries[newest].time_ms : 0);
    for (size_t i = 0; i < count; i++) {
        size_t at = (newest + SITE_FEED_ENTRIES - i) % SITE_FEED_ENTRIES;
        char path[48];
        snprintf(path, sizeof path, "/kasus-%lld.html", (long long)feed->entries[at].case_id);
        HTML(xml, "\n<entry><title>");
        html_text(xml, buf_str(&feed->entries[at].title));
        HTML(xml, "</title>");
        put_id(xml, &feed->entries[at].hash);
        put_link(xml, path);
        put_time(xml, feed->entries[at].time_ms);
        HTML(xml, "</entry>");
    }
    HTML(xml, "</feed>\n");
    buf_put_str(out, html_str(xml));
    html_free(xml);
}

void site_feed_fini(struct site_feed *feed)
{
    for (size_t i = 0; i < SITE_FEED_ENTRIES; i++) {
        buf_fini(&feed->entries[i].title);
    }
}
