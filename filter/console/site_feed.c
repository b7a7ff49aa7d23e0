#include "filter/console/site_feed.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "filter/base/buf.h"
#include "filter/base/clock.h"
#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/console/html.h"
#include "filter/console/site_correction.h"
#include "filter/console/site_data.h"
#include "filter/console/site_mask.h"
#include "filter/console/site_part.h"

enum { SUMMARY_COST = 400 };

struct change {
    int64_t case_id, time_ms;
    bool is_correction; /* which has a page for people to read */
    struct hash hash;
    struct buf title, summary;
};

struct site_feed {
    struct change *changes;
    size_t count, room;
    json_t *states; /* of each case so far, to say what it was before */
};

struct site_feed *site_feed_new(void)
{
    struct site_feed *feed = mem_zero(1, sizeof *feed);
    feed->states = json_object();
    return feed;
}

void site_feed_free(struct site_feed *feed)
{
    if (feed == NULL) {
        return;
    }
    for (size_t i = 0; i < feed->count; i++) {
        buf_fini(&feed->changes[i].title);
        buf_fini(&feed->changes[i].summary);
    }
    json_decref(feed->states);
    free(feed->changes);
    free(feed);
}

int64_t site_feed_newest(const struct site_feed *feed)
{
    return feed->count > 0 ? feed->changes[feed->count - 1].time_ms : 0;
}

/* "Kasus 12: listed, active → suspended" */
void site_feed_add(struct site_feed *feed, const struct casebook_registered *row)
{
    char key[24];
    struct buf now = BUF_EMPTY;
    json_t *json = site_mask_read(row);
    struct str entry = site_text(json, "entry", "state");
    mem_grow(&feed->changes, &feed->room, feed->count + 1, sizeof *feed->changes);
    struct change *change = &feed->changes[feed->count++];
    *change = (struct change){.case_id = row->case_id, .time_ms = row->time_ms, .hash = row->hash};
    change->is_correction = site_correction_is(json);
    snprintf(key, sizeof key, "%lld", (long long)row->case_id);
    buf_printf(&now, "%.*s%s%.*s%s", STR_FORMAT(site_text(json, "state", NULL)),
               entry.len > 0 ? ", " : "", STR_FORMAT(entry),
               json_is_true(json_object_get(json, "disputed")) ? ", disputed" : "");
    const char *before = json_string_value(json_object_get(feed->states, key));
    buf_printf(&change->title, "Kasus %s: %s%s%s", key, before != NULL ? before : "",
               before != NULL ? " → " : "", now.bytes);
    buf_put_str(&change->summary, site_text(json, "decision", "reason"));
    json_object_set_new(feed->states, key, json_stringn(now.bytes, now.len));
    buf_fini(&now);
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

static void put_change(struct html *xml, const struct change *change)
{
    char path[48];
    snprintf(path, sizeof path, "/kasus-%lld.html", (long long)change->case_id);
    HTML(xml, "\n<entry><title>");
    html_text(xml, buf_str(&change->title));
    HTML(xml, "</title>");
    put_id(xml, &change->hash);
    HTML(xml, "<link");
    html_local(xml, str_of(path));
    HTML(xml, "/>");
    if (change->is_correction) {
        HTML(xml, "<link rel=\"related\"");
        html_local(xml, site_correction_path(change->case_id, path));
        HTML(xml, "/>");
    }
    put_time(xml, change->time_ms);
    HTML(xml, "<summary>");
    html_cut(xml, buf_str(&change->summary), SUMMARY_COST);
    HTML(xml, "</summary></entry>");
}

static void name_archive(size_t archive, char out[48])
{
    snprintf(out, 48, "/perubahan-%zu.atom", archive);
}

/* All documents of the feed are one feed, and have its id: that of the first change. */
static void open_feed(const struct site_feed *feed, struct html *xml, const char *origin,
                      struct str self, size_t archives, int64_t time_ms)
{
    char before[48];
    HTML(xml, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
              "<feed xmlns=\"http://www.w3.org/2005/Atom\" "
              "xmlns:fh=\"http://purl.org/syndication/history/1.0\" xml:lang=\"id\"");
    if (origin != NULL) {
        HTML_ATTRIBUTE(xml, "xml:base", str_of(origin)); /* addresses below are relative to it */
    }
    HTML(xml, "><title>saring: register publik</title><author><name>saring</name></author>");
    put_id(xml, feed->count > 0 ? &feed->changes[0].hash : &(struct hash){{0}});
    HTML(xml, "<link");
    html_local(xml, STR("/index.html"));
    HTML(xml, "/><link rel=\"self\"");
    html_local(xml, self);
    HTML(xml, "/>");
    if (archives > 0) {
        name_archive(archives, before);
        HTML(xml, "<link rel=\"prev-archive\"");
        html_local(xml, str_of(before));
        HTML(xml, "/>");
    }
    put_time(xml, time_ms);
}

/* An archive never changes once it is there. */
static bool put_archive(const struct site_feed *feed, struct site_data *data, size_t archive,
                        const char *origin, struct err *err)
{
    char name[48];
    size_t from = (archive - 1) * SITE_FEED_ENTRIES, to = from + SITE_FEED_ENTRIES;
    struct html *xml = html_new();
    name_archive(archive, name);
    open_feed(feed, xml, origin, str_of(name), archive - 1, feed->changes[to - 1].time_ms);
    HTML(xml, "<fh:archive/>");
    for (size_t i = to; i > from; i--) {
        put_change(xml, &feed->changes[i - 1]);
    }
    HTML(xml, "</feed>\n");
    bool done = site_data_page(data, name + 1, html_str(xml), err);
    html_free(xml);
    return done;
}

bool site_feed_write(const struct site_feed *feed, struct site_data *data, const char *origin,
                     struct err *err)
{
    size_t archives = feed->count / SITE_FEED_ENTRIES;
    /* Those of the last archive stand here too, so that the feed is never all but empty. */
    size_t from = archives > 0 ? (archives - 1) * SITE_FEED_ENTRIES : 0;
    for (size_t i = 1; i <= archives; i++) {
        if (!put_archive(feed, data, i, origin, err)) {
            return false;
        }
    }
    struct html *xml = html_new();
    open_feed(feed, xml, origin, STR("/perubahan.atom"), archives, site_feed_newest(feed));
    for (size_t i = feed->count; i > from; i--) {
        put_change(xml, &feed->changes[i - 1]);
    }
    HTML(xml, "</feed>\n");
    bool done = site_data_page(data, "perubahan.atom", html_str(xml), err);
    html_free(xml);
    return done;
}
