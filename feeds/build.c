#include "feeds/build.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <xxhash.h>

#include "feeds/date.h"
#include "feeds/resolve.h"
#include "filter/base/mem.h"

void feeds_build_fini(struct feeds_build *build)
{
    buf_fini(&build->head_text);
    buf_fini(&build->text);
    feeds_links_fini(&build->links);
    feeds_links_fini(&build->summary_links);
    free(build->link_list);
}

/* Empty, but with bytes behind it, so that parts of it have an address. */
static void empty(struct buf *buf)
{
    buf_clear(buf);
    buf_put(buf, "", 0);
}

void feeds_build_start(struct feeds_build *build, const struct feeds_document *document,
                       feeds_on_entry *on_entry, void *context, struct feeds_head *head)
{
    build->document = document;
    build->on_entry = on_entry;
    build->context = context;
    build->head = head;
    build->is_stopped = false;
    build->in_entry = false;
    build->depth = 0;
    build->links.most = build->summary_links.most = POST_MAX_LINKS;
    empty(&build->head_text);
    memset(build->head_slots, 0, sizeof build->head_slots);
    build->head_updated_rank = 0;
    build->ttl_ms = build->period_ms = 0;
    build->frequency = 1;
    *head = (struct feeds_head){.version = "", .updated_ms = CLOCK_NEVER};
}

static void empty_links(struct feeds_links *links)
{
    empty(&links->text);
    links->count = 0;
}

void feeds_build_open(struct feeds_build *build)
{
    build->in_entry = true;
    empty(&build->text);
    memset(build->slots, 0, sizeof build->slots);
    for (int i = 0; i < FEEDS_MOMENTS; i++) {
        build->moments[i] = CLOCK_NEVER;
        build->moment_ranks[i] = 0;
    }
    build->category_count = build->enclosure_count = 0;
    empty_links(&build->links);
    empty_links(&build->summary_links);
}

static struct str part_text(const struct buf *text, struct feeds_part part)
{
    return (struct str){.at = text->bytes + part.at, .len = part.len};
}

static struct str slot_text(const struct feeds_build *build, enum feeds_slot slot)
{
    return part_text(&build->text, build->slots[slot].part);
}

static void list_links(struct feeds_build *build, const struct feeds_links *links,
                       struct post *post)
{
    size_t start = 0;
    mem_grow(&build->link_list, &build->link_list_room, post->link_count + links->count + 1,
             sizeof *build->link_list);
    for (size_t i = 0; i < links->count && post->link_count < POST_MAX_LINKS; i++) {
        build->link_list[post->link_count++] =
            (struct str){.at = links->text.bytes + start, .len = links->ends[i] - start};
        start = links->ends[i];
    }
    post->links = build->link_list;
}

/* The id of an entry that has neither id nor link: what it says. */
static struct str make_id(const struct feeds_build *build, char out[40])
{
    XXH128_hash_t hash = XXH3_128bits(build->text.bytes, build->text.len);
    int len = snprintf(out, 40, "hash:%016" PRIx64 "%016" PRIx64, (uint64_t)hash.high64,
                       (uint64_t)hash.low64);
    return (struct str){.at = out, .len = (size_t)len};
}

static bool is_web(struct str url, size_t scheme)
{
    return (scheme == 5 && strncasecmp(url.at, "http:", 5) == 0) ||
           (scheme == 6 && strncasecmp(url.at, "https:", 6) == 0);
}

static void fill_post(struct feeds_build *build, struct post *post, char id[40])
{
    *post = POST_EMPTY;
    post->source = build->document->source;
    post->fetched_ms = build->document->fetched_ms;
    post->published_ms = build->moments[FEEDS_PUBLISHED_AT];
    post->url = slot_text(build, FEEDS_SLOT_URL);
    struct str own_id = slot_text(build, FEEDS_SLOT_ID);
    if (post->url.len == 0 && build->head->format == FEEDS_ATOM &&
        (str_starts(own_id, STR("http://")) || str_starts(own_id, STR("https://")))) {
        post->url = own_id;
    }
    post->id = build->slots[FEEDS_SLOT_ID].rank > 0 ? slot_text(build, FEEDS_SLOT_ID) : post->url;
    if (post->id.len == 0) {
        post->id = make_id(build, id);
    }
    /* "javascript:" and the like are no place where a post is. */
    size_t scheme = feeds_resolve_scheme(post->url);
    if (scheme > 0 && !is_web(post->url, scheme)) {
        post->url = STR("");
    }
    bool has_content = build->slots[FEEDS_SLOT_CONTENT].rank > 0;
    post->fields[POST_TITLE] = slot_text(build, FEEDS_SLOT_TITLE);
    post->fields[POST_TEXT] =
        slot_text(build, has_content ? FEEDS_SLOT_CONTENT : FEEDS_SLOT_SUMMARY);
    post->fields[POST_AUTHOR_NAME] = slot_text(build, FEEDS_SLOT_AUTHOR);
    /*
     * JSON Feed 1.1: an item without author has the feed's. Atom says so too (RFC 4287, section
     * 4.2.1), but there that is who runs the feed, which the source's organisation tells already.
     */
    if (post->fields[POST_AUTHOR_NAME].len == 0 && build->head->format == FEEDS_JSON) {
        post->fields[POST_AUTHOR_NAME] =
            part_text(&build->head_text, build->head_slots[FEEDS_SLOT_AUTHOR].part);
    }
    post->lang = slot_text(build, FEEDS_SLOT_LANG);
    if (post->lang.len == 0) {
        post->lang = part_text(&build->head_text, build->head_slots[FEEDS_SLOT_LANG].part);
    }
    if (post->lang.len == 0) {
        post->lang = build->document->lang;
    }
    list_links(build, &build->links, post);
    if (!has_content) {
        list_links(build, &build->summary_links, post);
    }
}

static bool is_too_long(const struct post *post)
{
    size_t together = 0;
    for (int i = 0; i < POST_FIELDS; i++) {
        together += post->fields[i].len;
    }
    return together > POST_MAX_BYTES;
}

void feeds_build_close(struct feeds_build *build)
{
    bool is_updated = build->moments[FEEDS_UPDATED_AT] != CLOCK_NEVER;
    struct feeds_entry entry = {
        .has_own_id = build->slots[FEEDS_SLOT_ID].rank > 0,
        .updated_ms = build->moments[is_updated ? FEEDS_UPDATED_AT : FEEDS_PUBLISHED_AT]};
    struct str categories[FEEDS_MAX_CATEGORIES];
    struct feeds_enclosure enclosures[FEEDS_MAX_ENCLOSURES];
    char id[40];
    if (!build->in_entry) {
        return;
    }
    build->in_entry = false;
    fill_post(build, &entry.post, id);
    if (is_too_long(&entry.post)) {
        build->head->bad++;
        return;
    }
    for (size_t i = 0; i < build->category_count; i++) {
        categories[i] = part_text(&build->text, build->categories[i]);
    }
    for (size_t i = 0; i < build->enclosure_count; i++) {
        enclosures[i].url = part_text(&build->text, build->enclosures[i][0]);
        enclosures[i].type = part_text(&build->text, build->enclosures[i][1]);
        enclosures[i].length = part_text(&build->text, build->enclosures[i][2]);
    }
    entry.categories = categories;
    entry.category_count = build->category_count;
    entry.enclosures = enclosures;
    entry.enclosure_count = build->enclosure_count;
    build->head->entries++;
    build->is_stopped = !build->on_entry(build->context, &entry) ||
                        build->head->entries + build->head->bad >= FEEDS_MAX_ENTRIES;
}

struct buf *feeds_build_text(struct feeds_build *build)
{
    return build->in_entry ? &build->text : &build->head_text;
}

static const struct feeds_slot_value *find_slot(const struct feeds_build *build,
                                                enum feeds_slot slot)
{
    return build->in_entry ? &build->slots[slot] : &build->head_slots[slot];
}

bool feeds_build_wants(const struct feeds_build *build, enum feeds_slot slot, int rank)
{
    const struct feeds_slot_value *held = find_slot(build, slot);
    if (held->rank != rank) {
        return held->rank < rank;
    }
    /* Of two titles side by side the first one is it, as nearly all readers have it. */
    bool is_first_kept = slot == FEEDS_SLOT_TITLE && build->depth > 0;
    return is_first_kept ? build->depth < held->depth : build->depth <= held->depth;
}

void feeds_build_set(struct feeds_build *build, enum feeds_slot slot, int rank, size_t at)
{
    struct buf *text = feeds_build_text(build);
    if (text->len == at || !feeds_build_wants(build, slot, rank)) {
        text->len = at;
        return;
    }
    struct feeds_slot_value *value =
        build->in_entry ? &build->slots[slot] : &build->head_slots[slot];
    value->part = (struct feeds_part){.at = at, .len = text->len - at};
    value->rank = rank;
    value->depth = build->depth;
}

void feeds_build_copy(struct feeds_build *build, enum feeds_slot slot, int rank, struct str text)
{
    struct buf *to = feeds_build_text(build);
    size_t at = to->len;
    text = str_trim(text);
    if (text.len > 0) {
        buf_put_str(to, text);
    }
    feeds_build_set(build, slot, rank, at);
}

void feeds_build_html(struct feeds_build *build, enum feeds_slot slot, int rank, struct str html)
{
    struct buf *out = feeds_build_text(build);
    size_t at = out->len;
    if (feeds_build_wants(build, slot, rank)) {
        struct feeds_html how = {.base = build->document->url,
                                 .links = build->in_entry ? &build->links : NULL};
        feeds_html_text(&how, html, out);
        feeds_build_set(build, slot, rank, at);
    }
}

void feeds_build_url(struct feeds_build *build, int rank, struct str url)
{
    struct buf *out = feeds_build_text(build);
    size_t at = out->len;
    if (url.len > 0 && url.len <= FEEDS_MAX_URL) {
        feeds_resolve(build->document->url, url, out);
    }
    feeds_build_set(build, FEEDS_SLOT_URL, rank, at);
}

void feeds_build_link(struct feeds_build *build, struct str url)
{
    struct feeds_links *links = &build->links;
    if (build->in_entry && url.len > 0 && url.len <= FEEDS_MAX_URL && links->count < links->most) {
        mem_grow(&links->ends, &links->room, links->count + 1, sizeof *links->ends);
        feeds_resolve(build->document->url, url, &links->text);
        links->ends[links->count++] = links->text.len;
    }
}

void feeds_build_moment(struct feeds_build *build, enum feeds_moment moment, int rank,
                        struct str text)
{
    int64_t time_ms;
    int *held = build->in_entry ? &build->moment_ranks[moment] : &build->head_updated_rank;
    /* A feed that says only when it was published changed then. */
    rank += !build->in_entry && moment == FEEDS_UPDATED_AT ? FEEDS_MAX_RANK : 0;
    if (*held > rank || !feeds_date_parse(text, &time_ms)) {
        return;
    }
    *held = rank;
    if (build->in_entry) {
        build->moments[moment] = time_ms;
    } else {
        build->head->updated_ms = time_ms;
    }
}

/* A small number, as written; 0 if it is none. */
static int read_number(struct str text)
{
    int number = 0;
    text = str_trim(text);
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] < '0' || text.at[i] > '9' || number > 1000000) {
            return 0;
        }
        number = number * 10 + (text.at[i] - '0');
    }
    return number;
}

void feeds_build_ttl(struct feeds_build *build, struct str minutes)
{
    if (!build->in_entry) {
        build->ttl_ms = (int64_t)read_number(minutes) * 60000;
    }
}

void feeds_build_period(struct feeds_build *build, struct str name)
{
    static const struct {
        struct str name;
        int hours;
    } periods[] = {{STR("hourly"), 1},
                   {STR("daily"), 24},
                   {STR("weekly"), 7 * 24},
                   {STR("monthly"), 30 * 24},
                   {STR("yearly"), 365 * 24}};
    name = str_trim(name);
    for (size_t i = 0; !build->in_entry && i < sizeof periods / sizeof *periods; i++) {
        if (name.len == periods[i].name.len &&
            strncasecmp(name.at, periods[i].name.at, name.len) == 0) {
            build->period_ms = (int64_t)periods[i].hours * 3600000;
        }
    }
}

void feeds_build_frequency(struct feeds_build *build, struct str times)
{
    int number = read_number(times);
    if (!build->in_entry && number > 0) {
        build->frequency = number;
    }
}

static struct feeds_part put_part(struct feeds_build *build, struct str text)
{
    struct feeds_part part = {.at = build->text.len};
    text = str_trim(text);
    if (text.len > 0) {
        buf_put_str(&build->text, text);
    }
    part.len = build->text.len - part.at;
    return part;
}

void feeds_build_category(struct feeds_build *build, struct str text)
{
    if (!build->in_entry || build->category_count == FEEDS_MAX_CATEGORIES ||
        str_trim(text).len == 0) {
        return;
    }
    for (size_t i = 0; i < build->category_count; i++) {
        if (str_equal(part_text(&build->text, build->categories[i]), str_trim(text))) {
            return;
        }
    }
    build->categories[build->category_count++] = put_part(build, text);
}

void feeds_build_enclosure(struct feeds_build *build, struct str url, struct str type,
                           struct str length)
{
    if (!build->in_entry || build->enclosure_count == FEEDS_MAX_ENCLOSURES) {
        return;
    }
    struct feeds_part *enclosure = build->enclosures[build->enclosure_count++];
    enclosure[0] = put_part(build, url);
    enclosure[1] = put_part(build, type);
    enclosure[2] = put_part(build, length);
}

void feeds_build_finish(struct feeds_build *build)
{
    struct feeds_head *head = build->head;
    struct str id = part_text(&build->head_text, build->head_slots[FEEDS_SLOT_ID].part);
    if (head->format == FEEDS_ATOM && build->head_slots[FEEDS_SLOT_URL].rank == 0 &&
        is_web(id, feeds_resolve_scheme(id))) {
        build->head_slots[FEEDS_SLOT_URL] = build->head_slots[FEEDS_SLOT_ID];
    }
    head->every_ms = build->ttl_ms > 0 ? build->ttl_ms : build->period_ms / build->frequency;
    head->title = part_text(&build->head_text, build->head_slots[FEEDS_SLOT_TITLE].part);
    head->link = part_text(&build->head_text, build->head_slots[FEEDS_SLOT_URL].part);
    head->lang = part_text(&build->head_text, build->head_slots[FEEDS_SLOT_LANG].part);
}
