#include "filter/console/flagged.h"

#include <assert.h>
#include <stdlib.h>
#include <strings.h>

#include "filter/base/mem.h"
#include "filter/base/post.h"
#include "filter/text/link.h"
#include "filter/text/utf8.h"

enum field { TITLE, TEXT, FIELDS };

enum {
    COST_MARK = sizeof "<mark></mark>" - 1,
    COST_UNSEEN = sizeof "<i></i>" - 1,
    COST_LINE = 40, /* so that a post of nothing but line ends is not endlessly tall */
};

/* Ranges of a field's bytes: in order, apart from one another. */
struct ranges {
    struct text_span *spans;
    size_t count, room;
};

struct cursor {
    enum field field;
    size_t at;
};

struct part {
    struct cursor start;
    bool is_marked;
};

struct flagged {
    struct str fields[FIELDS];
    struct ranges marks[FIELDS], links[FIELDS];
    struct part *parts; /* and one more: the end */
    size_t part_count, part_room;
    size_t max_cost;
};

static void add_range(struct ranges *ranges, struct text_span span)
{
    mem_grow(&ranges->spans, &ranges->room, ranges->count + 1, sizeof *ranges->spans);
    ranges->spans[ranges->count++] = span;
}

static int compare_spans(const void *a, const void *b)
{
    const struct text_span *one = a, *other = b;
    if (one->start != other->start) {
        return one->start < other->start ? -1 : 1;
    }
    return one->end < other->end ? -1 : one->end > other->end;
}

/* In order, and what overlaps or touches as one. */
static void settle(struct ranges *ranges)
{
    size_t kept = 0;
    if (ranges->count == 0) {
        return;
    }
    qsort(ranges->spans, ranges->count, sizeof *ranges->spans, compare_spans);
    for (size_t i = 1; i < ranges->count; i++) {
        struct text_span *last = &ranges->spans[kept];
        if (ranges->spans[i].start > last->end) {
            ranges->spans[++kept] = ranges->spans[i];
        } else if (ranges->spans[i].end > last->end) {
            last->end = ranges->spans[i].end;
        }
    }
    ranges->count = kept + 1;
}

/* The first range that ends behind `at`; NULL if there is none. */
static const struct text_span *range_at(const struct ranges *ranges, size_t at)
{
    size_t low = 0, high = ranges->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (ranges->spans[middle].end <= at) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < ranges->count ? &ranges->spans[low] : NULL;
}

static void collect_marks(struct flagged *flagged, const struct casebook_post *post)
{
    for (size_t i = 0; i < post->span_count; i++) {
        const struct casebook_span *span = &post->spans[i];
        bool is_title = str_is(span->field, post_field_name(POST_TITLE));
        if (!is_title && !str_is(span->field, post_field_name(POST_TEXT))) {
            continue; /* of a link from mark-up: it stands in neither */
        }
        enum field field = is_title ? TITLE : TEXT;
        struct text_span part = span->span;
        if (part.end > flagged->fields[field].len) {
            part.end = flagged->fields[field].len;
        }
        if (part.start < part.end) {
            add_range(&flagged->marks[field], part);
        }
    }
    settle(&flagged->marks[TITLE]);
    settle(&flagged->marks[TEXT]);
}

/* Posts are valid UTF-8 when they come in; a damaged casebook must not matter even so. */
static struct str searchable(struct str text)
{
    return utf8_is_valid(text) ? text : STR("");
}

static void collect_links(struct flagged *flagged)
{
    struct text_links *finder = text_links_new();
    struct post post = POST_EMPTY;
    const struct text_link *found;
    post.fields[POST_TITLE] = searchable(flagged->fields[TITLE]);
    post.fields[POST_TEXT] = searchable(flagged->fields[TEXT]);
    size_t count = text_links_find(finder, &post, &found);
    for (size_t i = 0; i < count; i++) {
        if (!found[i].in_mark_up) {
            add_range(&flagged->links[found[i].field == POST_TITLE ? TITLE : TEXT], found[i].span);
        }
    }
    settle(&flagged->links[TITLE]);
    settle(&flagged->links[TEXT]);
    text_links_free(finder);
}

static bool starts_like(struct str text, const char *with)
{
    size_t len = strlen(with);
    return text.len >= len && strncasecmp(text.at, with, len) == 0;
}

/* Bytes of "http://" or "https://" at the start; 0 if there is neither. */
static size_t scheme_len(struct str url)
{
    return starts_like(url, "https://") ? 8 : starts_like(url, "http://") ? 7 : 0;
}

/* Where a URL's host ends. */
static size_t host_end(struct str url)
{
    size_t at = scheme_len(url);
    while (at < url.len && strchr("/?#\\", url.at[at]) == NULL) {
        at++;
    }
    return at;
}

/* How byte `at` of a link is written so that it opens nowhere; "" as it is. */
static struct str defanged(struct str url, size_t at)
{
    assert(url.at != NULL && at < url.len);
    size_t scheme = scheme_len(url);
    if (scheme > 0 && (at == 1 || at == 2)) {
        return url.at[at] == 'T' ? STR("X") : STR("x");
    }
    if (url.at[at] == '.' && at < host_end(url)) {
        return STR("[.]");
    }
    return STR("");
}

/* Writing (or, with no page, only measuring) a field from `at` on. */
struct walk {
    const struct flagged *flagged;
    struct html *page;
    struct cursor at;
    size_t cost;
    bool is_in_mark, is_marked;
};

static void end_mark(struct walk *walk)
{
    if (walk->is_in_mark && walk->page != NULL) {
        HTML(walk->page, "</mark>");
    }
    walk->is_in_mark = false;
}

static void keep_mark(struct walk *walk)
{
    const struct text_span *mark = range_at(&walk->flagged->marks[walk->at.field], walk->at.at);
    bool is_in = mark != NULL && mark->start <= walk->at.at;
    if (is_in == walk->is_in_mark) {
        return;
    }
    if (!is_in) {
        end_mark(walk);
        return;
    }
    walk->cost += COST_MARK;
    walk->is_in_mark = walk->is_marked = true;
    if (walk->page != NULL) {
        HTML(walk->page, "<mark>");
    }
}

static void put_point(struct walk *walk, const struct point *point, struct str instead)
{
    if (instead.len > 0) {
        walk->cost += instead.len;
    } else {
        walk->cost += html_point_cost(point);
    }
    walk->cost += point->is_seen ? 0 : COST_UNSEEN;
    walk->cost += point->code == '\n' ? COST_LINE : 0;
    if (walk->page == NULL) {
        return;
    }
    if (instead.len > 0) {
        html_text(walk->page, instead);
    } else if (point->is_seen) {
        html_point(walk->page, point);
    } else {
        HTML(walk->page, "<i>");
        html_point(walk->page, point);
        HTML(walk->page, "</i>");
    }
}

static struct str link_byte(const struct flagged *flagged, enum field field, size_t at)
{
    const struct text_span *link = range_at(&flagged->links[field], at);
    if (link == NULL || link->start > at) {
        return STR("");
    }
    return defanged(str_part(flagged->fields[field], link->start, link->end), at - link->start);
}

static void walk_field(struct walk *walk, size_t stop)
{
    struct str text = walk->flagged->fields[walk->at.field];
    uint32_t before = 0;
    while (walk->at.at < stop && walk->cost < walk->flagged->max_cost) {
        keep_mark(walk);
        struct point point = point_read(text, walk->at.at, before);
        put_point(walk, &point, link_byte(walk->flagged, walk->at.field, walk->at.at));
        walk->at.at += point.bytes;
        before = point.code;
    }
    end_mark(walk);
}

static bool is_at_end(const struct flagged *flagged, struct cursor at)
{
    return at.field == TEXT && at.at >= flagged->fields[TEXT].len;
}

static struct cursor next_field(const struct flagged *flagged, struct cursor at)
{
    if (at.field == TITLE && at.at >= flagged->fields[TITLE].len) {
        return (struct cursor){.field = TEXT};
    }
    return at;
}

static void add_part(struct flagged *flagged, struct part part)
{
    mem_grow(&flagged->parts, &flagged->part_room, flagged->part_count + 1, sizeof *flagged->parts);
    flagged->parts[flagged->part_count++] = part;
}

static void split(struct flagged *flagged)
{
    struct cursor at = next_field(flagged, (struct cursor){.field = TITLE});
    do {
        struct walk walk = {.flagged = flagged, .at = at};
        struct part part = {.start = at};
        while (walk.cost < flagged->max_cost && !is_at_end(flagged, walk.at)) {
            walk_field(&walk, flagged->fields[walk.at.field].len);
            walk.at = next_field(flagged, walk.at);
        }
        part.is_marked = walk.is_marked;
        at = walk.at;
        add_part(flagged, part);
    } while (!is_at_end(flagged, at));
    add_part(flagged, (struct part){.start = at});
    flagged->part_count--; /* the end is none */
}

struct flagged *flagged_new(const struct casebook_post *post, size_t max_cost)
{
    struct flagged *flagged = mem_zero(1, sizeof *flagged);
    assert(max_cost > 0);
    flagged->max_cost = max_cost;
    flagged->fields[TITLE] = post->title;
    flagged->fields[TEXT] = post->text;
    collect_marks(flagged, post);
    collect_links(flagged);
    split(flagged);
    return flagged;
}

void flagged_free(struct flagged *flagged)
{
    if (flagged == NULL) {
        return;
    }
    for (size_t i = 0; i < FIELDS; i++) {
        free(flagged->marks[i].spans);
        free(flagged->links[i].spans);
    }
    free(flagged->parts);
    free(flagged);
}

size_t flagged_parts(const struct flagged *flagged)
{
    return flagged->part_count;
}

bool flagged_is_marked(const struct flagged *flagged, size_t part)
{
    assert(part < flagged->part_count);
    return flagged->parts[part].is_marked;
}

void flagged_write(const struct flagged *flagged, size_t part, struct html *page)
{
    assert(part < flagged->part_count);
    struct walk walk = {.flagged = flagged, .page = page, .at = flagged->parts[part].start};
    struct cursor end = flagged->parts[part + 1].start;
    if (walk.at.field == TITLE) {
        HTML(page, "<p class=\"post-title\"><bdi>");
        walk_field(&walk, end.field == TITLE ? end.at : flagged->fields[TITLE].len);
        HTML(page, "</bdi></p>");
        walk.at = next_field(flagged, walk.at);
    }
    if (walk.at.field == TEXT && end.field == TEXT && walk.at.at < end.at) {
        HTML(page, "<p class=\"post-text\"><bdi>");
        walk_field(&walk, end.at);
        HTML(page, "</bdi></p>");
    }
}

/* Whole code points of `text`, at most `most` bytes. */
static struct str start_of(struct str text, size_t most)
{
    if (text.len <= most) {
        return text;
    }
    while (most > 0 && ((unsigned char)text.at[most] & 0xC0) == 0x80) {
        most--;
    }
    return str_part(text, 0, most);
}

void flagged_line(struct html *page, struct str text, size_t max_cost)
{
    /* No byte costs less than one, so that more of a long post need not be looked at. */
    struct casebook_post post = {.text = start_of(text, max_cost)};
    struct flagged *flagged = flagged_new(&post, max_cost);
    struct walk walk = {.flagged = flagged, .page = page, .at = {.field = TEXT}};
    HTML(page, "<bdi>");
    walk_field(&walk, post.text.len);
    if (walk.at.at < text.len) {
        html_text(page, STR("…"));
    }
    HTML(page, "</bdi>");
    flagged_free(flagged);
}

void flagged_link(struct html *page, struct str url, size_t max_cost)
{
    size_t cost = 0;
    uint32_t before = 0;
    HTML(page, "<bdi class=\"link\">");
    for (size_t at = 0; at < url.len;) {
        struct point point = point_read(url, at, before);
        struct str instead = defanged(url, at);
        cost += instead.len > 0 ? instead.len : html_point_cost(&point);
        if (cost > max_cost) {
            html_text(page, STR("…"));
            break;
        }
        if (instead.len > 0) {
            html_text(page, instead);
        } else {
            html_point(page, &point);
        }
        at += point.bytes;
        before = point.code;
    }
    HTML(page, "</bdi>");
}
