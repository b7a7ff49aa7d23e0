#include "feeds/xml.h"

#include <stdlib.h>
#include <strings.h>

#include "feeds/leaf.h"
#include "feeds/markup.h"
#include "feeds/reference.h"
#include "feeds/resolve.h"
#include "feeds/vocabulary.h"
#include "filter/base/err.h"
#include "filter/base/mem.h"

enum { MAX_BINDINGS = 256, MAX_BASES = 1 << 20, MAX_URL = 8192 };

/* An xmlns declaration in force. */
struct binding {
    struct str prefix; /* "" for the default */
    enum feeds_namespace space;
};

/* An open element that has no value of its own. */
struct frame {
    struct str name; /* as written */
    enum feeds_element element;
    size_t binding_count; /* outside of it */
    struct feeds_part base;
};

struct feeds_xml {
    struct feeds_build *build;
    struct feeds_markup markup;
    struct feeds_entities entities;
    struct frame frames[FEEDS_XML_MAX_DEPTH];
    size_t depth, ignored; /* frames of FEEDS_EL_IGNORED among them */
    struct binding bindings[MAX_BINDINGS];
    size_t binding_count;
    struct buf bases; /* xml:base values, made absolute */
    struct feeds_part base;
    const char *version; /* what namespaces said so far */
    bool is_feed, is_index;
    struct buf scratch;
    /* the element whose value is being collected */
    struct feeds_leaf leaf;
    bool in_leaf;
    size_t leaf_depth; /* elements of the same name open inside */
    size_t leaf_bindings;
    struct feeds_part leaf_base;
};

struct feeds_xml *feeds_xml_new(void)
{
    return mem_zero(1, sizeof(struct feeds_xml));
}

void feeds_xml_free(struct feeds_xml *xml)
{
    if (xml == NULL) {
        return;
    }
    buf_fini(&xml->bases);
    buf_fini(&xml->scratch);
    feeds_leaf_fini(&xml->leaf);
    free(xml);
}

static struct str base_text(const struct feeds_xml *xml, struct feeds_part part)
{
    return part.len > 0 ? (struct str){.at = xml->bases.bytes + part.at, .len = part.len}
                        : xml->build->document->url;
}

static void bind(struct feeds_xml *xml, struct str prefix, struct str uri)
{
    enum feeds_namespace space = feeds_namespace_of(uri, &xml->version);
    /* A default namespace that nobody knows is a feed's own idea of RSS. */
    if (prefix.len == 0 && space == FEEDS_NS_OTHER) {
        space = FEEDS_NS_CORE;
    }
    if (xml->binding_count < MAX_BINDINGS) {
        xml->bindings[xml->binding_count++] = (struct binding){prefix, space};
    }
}

static void set_base(struct feeds_xml *xml, struct str value)
{
    if (value.len > MAX_URL || xml->bases.len > MAX_BASES) {
        return;
    }
    struct buf resolved = BUF_EMPTY;
    buf_clear(&xml->scratch);
    buf_put(&xml->scratch, "", 0);
    feeds_reference_decode(value, &xml->entities, &xml->scratch);
    feeds_resolve(base_text(xml, xml->base), buf_str(&xml->scratch), &resolved);
    xml->base = (struct feeds_part){.at = xml->bases.len, .len = resolved.len};
    buf_put_str(&xml->bases, buf_str(&resolved));
    buf_fini(&resolved);
}

/* xmlns, xml:base and xml:lang of a start tag; most have none, and are told by one search. */
static void read_scope(struct feeds_xml *xml, struct str attributes, struct str *lang)
{
    struct str name, value;
    if (attributes.len < 4 || memmem(attributes.at, attributes.len, "xml", 3) == NULL) {
        return;
    }
    while (feeds_markup_attribute(&attributes, &name, &value)) {
        if (str_is(name, "xmlns")) {
            bind(xml, STR(""), value);
        } else if (str_starts(name, STR("xmlns:"))) {
            bind(xml, str_part(name, 6, name.len), value);
        } else if (str_is(name, "xml:base")) {
            set_base(xml, value);
        } else if (str_is(name, "xml:lang")) {
            *lang = value;
        }
    }
}

static struct feeds_element_use find_use(const struct feeds_xml *xml, struct str name)
{
    const char *colon = memchr(name.at, ':', name.len);
    size_t prefix_len = colon != NULL ? (size_t)(colon - name.at) : 0;
    struct str prefix = str_part(name, 0, prefix_len);
    struct str local = str_part(name, colon != NULL ? prefix_len + 1 : 0, name.len);
    enum feeds_namespace space = prefix.len > 0 ? feeds_namespace_usual(prefix)
                                 : xml->build->head->format == FEEDS_SITEMAP ? FEEDS_NS_SITEMAP
                                                                             : FEEDS_NS_CORE;
    for (size_t i = xml->binding_count; i > 0; i--) {
        if (str_equal(xml->bindings[i - 1].prefix, prefix)) {
            space = xml->bindings[i - 1].space;
            break;
        }
    }
    return feeds_element_find(space, local);
}

static const char *rss_version(struct str version)
{
    static const struct {
        const char *written, *version;
    } versions[] = {{"0.91", "rss091u"},
                    {"0.92", "rss092"},
                    {"0.93", "rss093"},
                    {"0.94", "rss094"},
                    {"0.90", "rss090"}};
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
        if (str_is(str_trim(version), versions[i].written)) {
            return versions[i].version;
        }
    }
    return str_starts(str_trim(version), STR("2.")) ? "rss20" : "rss";
}

/* In any case: CDF writes its names in capitals. */
static struct str find_attribute(struct str attributes, const char *wanted)
{
    struct str name, value;
    while (feeds_markup_attribute(&attributes, &name, &value)) {
        if (name.len == strlen(wanted) && strncasecmp(name.at, wanted, name.len) == 0) {
            return value;
        }
    }
    return STR("");
}

/* CDF's <CHANNEL> and <ITEM> say in attributes where they are and when they changed. */
static void read_cdf(struct feeds_xml *xml, const struct feeds_markup_piece *piece)
{
    struct str base = find_attribute(piece->attributes, "base");
    if (base.len > 0) {
        set_base(xml, base);
    }
    struct str href = find_attribute(piece->attributes, "href");
    struct buf *out = feeds_build_text(xml->build);
    size_t at = out->len;
    if (href.len > 0 && href.len <= MAX_URL) {
        buf_clear(&xml->scratch);
        buf_put(&xml->scratch, "", 0);
        feeds_reference_decode(href, &xml->entities, &xml->scratch);
        feeds_resolve(base_text(xml, xml->base), buf_str(&xml->scratch), out);
    }
    feeds_build_set(xml->build, FEEDS_SLOT_URL, 1, at);
    struct str changed = find_attribute(piece->attributes, "lastmod");
    if (changed.len > 0) {
        feeds_build_moment(xml->build, FEEDS_UPDATED_AT, 1, changed);
    }
}

/* The first of rss, RDF, feed or channel says what this is. */
static void read_root(struct feeds_xml *xml, const struct feeds_markup_piece *piece)
{
    struct feeds_head *head = xml->build->head;
    const char *colon = memchr(piece->name.at, ':', piece->name.len);
    struct str local =
        colon != NULL ? str_part(piece->name, (size_t)(colon - piece->name.at) + 1, piece->name.len)
                      : piece->name;
    xml->is_feed = true;
    if (head->format != FEEDS_UNKNOWN) {
        return;
    }
    if (local.len == 6 && strncasecmp(local.at, "urlset", 6) == 0) {
        head->format = FEEDS_SITEMAP;
        head->version = "sitemap";
        return;
    }
    bool is_atom = local.len == 4 && strncasecmp(local.at, "feed", 4) == 0;
    head->format = is_atom ? FEEDS_ATOM : FEEDS_RSS;
    if (local.len == 3 && strncasecmp(local.at, "rss", 3) == 0) {
        head->version = rss_version(find_attribute(piece->attributes, "version"));
    } else if (xml->version != NULL) {
        head->version = xml->version;
    } else if (is_atom) {
        struct str version = find_attribute(piece->attributes, "version");
        head->version = str_is(version, "0.3")   ? "atom03"
                        : str_is(version, "1.0") ? "atom10"
                                                 : "atom";
    } else if (local.len == 3 && strncasecmp(local.at, "rdf", 3) == 0) {
        head->version = "rss";
    }
}

static void open_entry(struct feeds_xml *xml, const struct feeds_markup_piece *piece)
{
    xml->is_feed = true;
    /* An entry document (RFC 4287, section 2): an Atom entry that is all there is. */
    if (xml->build->head->format == FEEDS_UNKNOWN && xml->version != NULL &&
        strncmp(xml->version, "atom", 4) == 0) {
        xml->build->head->format = FEEDS_ATOM;
        xml->build->head->version = xml->version;
    }
    feeds_build_close(xml->build); /* one that was never closed */
    feeds_build_open(xml->build);
    xml->build->depth = 0;
    struct str about = find_attribute(piece->attributes, "rdf:about");
    if (about.len > 0) {
        feeds_build_copy(xml->build, FEEDS_SLOT_ID, 1, about);
    }
    read_cdf(xml, piece);
}

/* Forgets the frames above `depth`; entries among them are complete. */
static void pop_to(struct feeds_xml *xml, size_t depth)
{
    while (xml->depth > depth) {
        const struct frame *frame = &xml->frames[--xml->depth];
        xml->ignored -= frame->element == FEEDS_EL_IGNORED;
        xml->binding_count = frame->binding_count;
        xml->base = frame->base;
        if (frame->element == FEEDS_EL_ENTRY) {
            feeds_build_close(xml->build);
        }
    }
}

static bool push(struct feeds_xml *xml, const struct feeds_markup_piece *piece,
                 enum feeds_element element, const struct frame *outside, struct err *err)
{
    if (xml->depth == FEEDS_XML_MAX_DEPTH) {
        return err_set(err, "elements are nested deeper than %d levels", FEEDS_XML_MAX_DEPTH);
    }
    struct frame *frame = &xml->frames[xml->depth++];
    *frame = *outside;
    frame->name = piece->name;
    frame->element = element;
    xml->ignored += element == FEEDS_EL_IGNORED;
    if (piece->is_empty) {
        pop_to(xml, xml->depth - 1);
    }
    return true;
}

static void end_leaf(struct feeds_xml *xml, size_t at)
{
    xml->in_leaf = false;
    xml->build->depth = xml->depth;
    feeds_leaf_end(&xml->leaf, str_part(xml->markup.text, xml->leaf.start, at), xml->build);
    xml->markup.is_broken |= xml->leaf.is_broken;
    xml->binding_count = xml->leaf_bindings;
    xml->base = xml->leaf_base;
}

static void start_leaf(struct feeds_xml *xml, const struct feeds_markup_piece *piece,
                       struct feeds_element_use use, const struct frame *outside)
{
    feeds_leaf_start(&xml->leaf, piece, use, base_text(xml, xml->base), &xml->entities);
    xml->in_leaf = true;
    xml->leaf_depth = 0;
    xml->leaf_bindings = outside->binding_count;
    xml->leaf_base = outside->base;
    if (piece->is_empty) {
        end_leaf(xml, piece->end);
    }
}

/* Whether an element that stands inside a title, link, id or date shows that this was not closed.
 */
static bool ends_leaf(const struct feeds_xml *xml, struct str name)
{
    enum feeds_element outer = xml->leaf.use.element;
    if (outer != FEEDS_EL_TITLE && outer != FEEDS_EL_LINK && outer != FEEDS_EL_GUID &&
        outer != FEEDS_EL_ID && outer != FEEDS_EL_PUBLISHED && outer != FEEDS_EL_UPDATED) {
        return false;
    }
    switch (find_use(xml, name).element) {
    case FEEDS_EL_LINK:
    case FEEDS_EL_GUID:
    case FEEDS_EL_PUBLISHED:
    case FEEDS_EL_UPDATED:
    case FEEDS_EL_ENTRY:
    case FEEDS_EL_ENCLOSURE:
        return find_use(xml, name).element != outer;
    case FEEDS_EL_SUMMARY: /* but "summary" is of HTML as well */
        return name.len == 11;
    default:
        return false;
    }
}

static bool start(struct feeds_xml *xml, const struct feeds_markup_piece *piece, struct err *err)
{
    if (xml->in_leaf && ends_leaf(xml, piece->name)) {
        xml->markup.is_broken = true;
        end_leaf(xml, piece->at);
    }
    if (xml->in_leaf) {
        xml->leaf.has_children = true;
        xml->leaf_depth += !piece->is_empty && str_equal(piece->name, xml->leaf.name);
        return true;
    }
    struct frame outside = {.binding_count = xml->binding_count, .base = xml->base};
    struct str lang = STR("");
    read_scope(xml, piece->attributes, &lang);
    struct feeds_element_use use = find_use(xml, piece->name);
    if (xml->ignored > 0) {
        use.element = FEEDS_EL_OTHER;
    }
    switch (use.element) {
    case FEEDS_EL_FEED:
        read_root(xml, piece);
        read_cdf(xml, piece);
        break;
    case FEEDS_EL_ENTRY:
        open_entry(xml, piece);
        break;
    case FEEDS_EL_INDEX:
        xml->is_index = true;
        lang.len = 0;
        break;
    case FEEDS_EL_OTHER:
    case FEEDS_EL_IGNORED:
        lang.len = 0;
        break;
    default:
        start_leaf(xml, piece, use, &outside);
        return true;
    }
    if (lang.len > 0) {
        feeds_build_copy(xml->build, FEEDS_SLOT_LANG, 1, lang);
    }
    return push(xml, piece, use.element, &outside, err);
}

/* The frame that an end tag closes, from the innermost on; xml->depth if none. */
static size_t find_frame(const struct feeds_xml *xml, struct str name)
{
    for (size_t i = xml->depth; i > 0; i--) {
        if (str_equal(xml->frames[i - 1].name, name)) {
            return i - 1;
        }
    }
    return xml->depth;
}

static void end(struct feeds_xml *xml, const struct feeds_markup_piece *piece)
{
    if (xml->in_leaf && str_equal(piece->name, xml->leaf.name)) {
        if (xml->leaf_depth > 0) {
            xml->leaf_depth--;
        } else {
            end_leaf(xml, piece->at);
        }
        return;
    }
    size_t depth = find_frame(xml, piece->name);
    if (depth == xml->depth) {
        xml->markup.is_broken |= !xml->in_leaf;
        return;
    }
    if (xml->in_leaf) { /* </item> inside <description>, which was never closed */
        xml->markup.is_broken = true;
        end_leaf(xml, piece->at);
    }
    xml->markup.is_broken |= depth + 1 != xml->depth;
    pop_to(xml, depth);
}

static bool take(struct feeds_xml *xml, const struct feeds_markup_piece *piece, struct err *err)
{
    switch (piece->kind) {
    case FEEDS_MARKUP_START:
        return start(xml, piece, err);
    case FEEDS_MARKUP_END:
        end(xml, piece);
        return true;
    case FEEDS_MARKUP_TEXT:
    case FEEDS_MARKUP_CDATA:
        if (xml->in_leaf) {
            feeds_leaf_text(&xml->leaf, piece);
        }
        return true;
    case FEEDS_MARKUP_DOCTYPE:
        feeds_entities_read(&xml->entities, piece->text);
        return true;
    }
    return true;
}

bool feeds_xml_read(struct feeds_xml *xml, struct str text, struct feeds_build *build,
                    struct err *err)
{
    struct feeds_markup_piece piece;
    xml->build = build;
    xml->markup = (struct feeds_markup){.text = text};
    xml->entities.count = 0;
    xml->depth = xml->ignored = xml->binding_count = 0;
    buf_clear(&xml->bases);
    xml->base = (struct feeds_part){.at = 0};
    xml->version = NULL;
    xml->is_feed = xml->is_index = xml->in_leaf = false;
    bool done = true;
    while (done && !build->is_stopped && feeds_markup_next(&xml->markup, &piece)) {
        done = take(xml, &piece, err);
    }
    if (done && !build->is_stopped) {
        xml->markup.is_broken |= xml->in_leaf || xml->depth > 0;
        if (xml->in_leaf) {
            end_leaf(xml, text.len);
        }
        pop_to(xml, 0);
        feeds_build_close(build);
    }
    build->in_entry = false; /* one that was cut by an error is not handed out */
    build->head->is_broken |= xml->markup.is_broken;
    if (done && xml->is_index) {
        return err_set(err, "is an index of sitemaps; the source must be one of the sitemaps that "
                            "it lists, the one for news");
    }
    if (done && !xml->is_feed) {
        return err_set(err, "is no feed: neither <rss>, <rdf:RDF> nor <feed> is in it");
    }
    return done;
}
