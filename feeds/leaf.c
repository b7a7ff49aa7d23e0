#include "feeds/leaf.h"

#include <sodium.h>
#include <strings.h>

#include "feeds/html.h"
#include "feeds/resolve.h"
#include "filter/base/mem.h"
#include "filter/text/utf8.h"

void feeds_leaf_fini(struct feeds_leaf *leaf)
{
    buf_fini(&leaf->joined);
    buf_fini(&leaf->value);
}

void feeds_leaf_start(struct feeds_leaf *leaf, const struct feeds_markup_piece *piece,
                      struct feeds_element_use use, struct str base,
                      const struct feeds_entities *entities)
{
    leaf->use = use;
    leaf->name = piece->name;
    leaf->attributes = piece->attributes;
    leaf->base = base;
    leaf->entities = entities;
    leaf->start = piece->end;
    leaf->has_children = leaf->is_broken = false;
    leaf->pieces = 0;
    leaf->plain = STR("");
}

void feeds_leaf_text(struct feeds_leaf *leaf, const struct feeds_markup_piece *piece)
{
    if (leaf->has_children) {
        return; /* the inside is read again as a whole */
    }
    bool is_plain =
        piece->kind == FEEDS_MARKUP_CDATA || memchr(piece->text.at, '&', piece->text.len) == NULL;
    if (piece->text.len == 0) {
        return;
    }
    if (leaf->pieces++ == 0) {
        if (is_plain) {
            leaf->plain = piece->text;
            return;
        }
        buf_clear(&leaf->joined);
    } else if (leaf->pieces == 2 && leaf->plain.at != leaf->joined.bytes) {
        buf_clear(&leaf->joined);
        buf_put_str(&leaf->joined, leaf->plain);
    }
    if (is_plain) {
        buf_put_str(&leaf->joined, piece->text);
    } else {
        leaf->is_broken |= !feeds_reference_decode(piece->text, leaf->entities, &leaf->joined);
    }
    leaf->plain = buf_str(&leaf->joined);
}

/* An attribute, in any case, references resolved; empty if it is not there. Stands until the next.
 */
static struct str attribute(struct feeds_leaf *leaf, const char *wanted)
{
    struct str rest = leaf->attributes, name, value;
    buf_clear(&leaf->value);
    buf_put(&leaf->value, "", 0);
    while (feeds_markup_attribute(&rest, &name, &value)) {
        if (name.len == strlen(wanted) && strncasecmp(name.at, wanted, name.len) == 0) {
            feeds_reference_decode(value, leaf->entities, &leaf->value);
            break;
        }
    }
    return str_trim(buf_str(&leaf->value));
}

static bool contains(struct str text, const char *part)
{
    size_t len = strlen(part);
    for (size_t i = 0; i + len <= text.len; i++) {
        if (strncasecmp(text.at + i, part, len) == 0) {
            return true;
        }
    }
    return false;
}

/* White space collapsed, as in a title. */
static void put_words(struct str text, struct buf *out)
{
    size_t start = out->len;
    bool gap = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (c == ' ' || (c >= '\t' && c <= '\r')) {
            gap = true;
            continue;
        }
        if (gap && out->len > start) {
            buf_put_char(out, ' ');
        }
        gap = false;
        buf_put_char(out, c);
    }
}

enum { SUMMARY_RANK = 2 }; /* of what describes an entry as a whole (vocabulary.c) */

enum text_type { AS_TEXT, AS_HTML, AS_BASE64 };

/* RFC 4287, section 3.1 and 4.1.3; Atom 0.3's mode; RSS says nothing and means HTML. */
static enum text_type find_type(struct feeds_leaf *leaf, const struct feeds_build *build)
{
    bool is_base64 = str_is(attribute(leaf, "mode"), "base64");
    struct str type = attribute(leaf, "type");
    bool is_html = contains(type, "html");
    if (is_base64 || (type.len > 0 && !is_html && build->head->format == FEEDS_ATOM &&
                      memchr(type.at, '/', type.len) != NULL && !contains(type, "text/") &&
                      !contains(type, "xml"))) {
        return AS_BASE64;
    }
    if (build->head->format != FEEDS_ATOM) {
        return str_is(type, "text") || str_is(type, "text/plain") ? AS_TEXT : AS_HTML;
    }
    return is_html ? AS_HTML : AS_TEXT;
}

/* Replaces the plain text by what its base64 means, nothing if that is a picture or the like;
 * leaves it as it is if it is none. */
static void decode_base64(struct feeds_leaf *leaf)
{
    struct buf raw = BUF_EMPTY;
    size_t len = 0;
    mem_grow(&raw.bytes, &raw.room, leaf->plain.len + 1, 1);
    if (sodium_base642bin((unsigned char *)raw.bytes, raw.room, leaf->plain.at, leaf->plain.len,
                          " \t\r\n", &len, NULL, sodium_base64_VARIANT_ORIGINAL) == 0) {
        raw.len = len;
        buf_clear(&leaf->value);
        buf_put(&leaf->value, "", 0);
        if (memchr(raw.bytes, '\0', len) == NULL) {
            utf8_mend(buf_str(&raw), &leaf->value);
        }
        leaf->plain = buf_str(&leaf->value);
    }
    buf_fini(&raw);
}

/* Text for people: title, summary, content. */
static void end_text(struct feeds_leaf *leaf, struct str inside, struct feeds_build *build,
                     enum feeds_slot slot)
{
    int rank = leaf->use.rank;
    if (!feeds_build_wants(build, slot, rank) ||
        (slot == FEEDS_SLOT_CONTENT && !feeds_build_wants(build, slot, rank - 1) &&
         build->in_entry)) { /* further forms of a content come behind the first */
        return;
    }
    /* Of two descriptions (as <description>, <itunes:summary>) the second one is the longer story.
     */
    if (slot == FEEDS_SLOT_SUMMARY && rank == SUMMARY_RANK && build->in_entry &&
        build->slots[FEEDS_SLOT_SUMMARY].rank == SUMMARY_RANK &&
        build->slots[FEEDS_SLOT_CONTENT].rank == 0) {
        slot = FEEDS_SLOT_CONTENT;
        rank = 1;
    }
    struct feeds_links *links = NULL;
    if (build->in_entry) {
        links = slot == FEEDS_SLOT_SUMMARY ? &build->summary_links : &build->links;
    }
    struct feeds_html html = {.base = leaf->base, .links = links};
    struct buf *out = feeds_build_text(build);
    size_t at = out->len;
    enum text_type type = find_type(leaf, build);
    if (leaf->has_children) {
        html.is_xml = true;
        html.declared = leaf->entities;
        feeds_html_text(&html, inside, out);
    } else {
        if (type == AS_BASE64) {
            /* Atom 0.3's default is plain text, whatever it looks like once unpacked. */
            type = contains(attribute(leaf, "type"), "html") ? AS_HTML : AS_TEXT;
            decode_base64(leaf);
        }
        if (type == AS_HTML) {
            feeds_html_text(&html, leaf->plain, out);
        } else if (slot == FEEDS_SLOT_TITLE) {
            put_words(leaf->plain, out);
        } else {
            buf_put_str(out, str_trim(leaf->plain));
        }
    }
    for (size_t i = at; slot == FEEDS_SLOT_TITLE && i < out->len; i++) {
        out->bytes[i] = out->bytes[i] == '\n' ? ' ' : out->bytes[i];
    }
    feeds_build_set(build, slot, rank, at);
}

/* The value of an element that should have text alone; of others, what stands in their mark-up. */
static struct str plain_value(struct feeds_leaf *leaf, struct str inside)
{
    if (leaf->has_children) {
        struct feeds_html html = {.is_xml = true, .declared = leaf->entities};
        buf_clear(&leaf->joined);
        buf_put(&leaf->joined, "", 0);
        feeds_html_text(&html, inside, &leaf->joined);
        leaf->plain = buf_str(&leaf->joined);
        leaf->has_children = false;
    }
    return str_trim(leaf->plain);
}

static void put_url(struct feeds_leaf *leaf, struct str url, struct feeds_build *build,
                    enum feeds_slot slot, int rank)
{
    struct buf *out = feeds_build_text(build);
    size_t at = out->len;
    if (url.len > 0 && url.len <= 8192) {
        feeds_resolve(leaf->base, url, out);
    }
    feeds_build_set(build, slot, rank, at);
}

static void end_enclosure(struct feeds_leaf *leaf, const char *url_name, struct feeds_build *build)
{
    struct buf url = BUF_EMPTY, type = BUF_EMPTY;
    feeds_resolve(leaf->base, attribute(leaf, url_name), &url);
    if (url.len == 0) {
        buf_fini(&url);
        return;
    }
    buf_put_str(&type, attribute(leaf, "type"));
    feeds_build_enclosure(build, buf_str(&url), buf_str(&type), attribute(leaf, "length"));
    buf_fini(&type);
    buf_fini(&url);
}

static bool is_same(struct str text, const char *word)
{
    return text.len == strlen(word) && strncasecmp(text.at, word, text.len) == 0;
}

/*
 * RSS has the URL inside, Atom in href with a rel (RFC 4287, section 4.2.7), whose case says
 * nothing (RFC 8288, section 2.1.1).
 */
static void end_link(struct feeds_leaf *leaf, struct str inside, struct feeds_build *build)
{
    struct str rel = attribute(leaf, "rel");
    bool is_enclosure = is_same(rel, "enclosure");
    bool is_page = rel.len == 0 || is_same(rel, "alternate") ||
                   is_same(rel, "http://www.iana.org/assignments/relation/alternate");
    if (is_enclosure) {
        end_enclosure(leaf, "href", build);
        return;
    }
    struct str type = attribute(leaf, "type");
    int rank = type.len == 0 || contains(type, "html") ? leaf->use.rank : 1;
    struct str href = attribute(leaf, "href");
    if (href.len == 0) {
        href = plain_value(leaf, inside);
    }
    if (is_page) {
        put_url(leaf, href, build, FEEDS_SLOT_URL, rank);
    }
}

static void end_guid(struct feeds_leaf *leaf, struct str inside, struct feeds_build *build)
{
    struct str guid = plain_value(leaf, inside);
    feeds_build_copy(build, FEEDS_SLOT_ID, leaf->use.rank, guid);
    struct str is_link = attribute(leaf, "ispermalink");
    if (is_link.len == 0 || contains(is_link, "true")) {
        put_url(leaf, guid, build, FEEDS_SLOT_URL, 1);
    }
}

/* The text of the first <name> inside a person; empty if there is none. */
static struct str person_name(struct feeds_leaf *leaf, struct str inside, const char *wanted)
{
    struct feeds_markup markup = {.text = inside};
    struct feeds_markup_piece piece;
    bool is_name = false;
    buf_clear(&leaf->value);
    buf_put(&leaf->value, "", 0);
    while (feeds_markup_next(&markup, &piece)) {
        if (piece.kind == FEEDS_MARKUP_START || piece.kind == FEEDS_MARKUP_END) {
            bool ends = piece.name.len >= strlen(wanted) &&
                        strncasecmp(piece.name.at + piece.name.len - strlen(wanted), wanted,
                                    strlen(wanted)) == 0;
            if (is_name && ends) {
                break;
            }
            is_name |= ends && piece.kind == FEEDS_MARKUP_START && !piece.is_empty;
        } else if (is_name) {
            if (piece.kind == FEEDS_MARKUP_CDATA) {
                buf_put_str(&leaf->value, piece.text);
            } else {
                feeds_reference_decode(piece.text, leaf->entities, &leaf->value);
            }
        }
    }
    return str_trim(buf_str(&leaf->value));
}

static void end_author(struct feeds_leaf *leaf, struct str inside, struct feeds_build *build)
{
    struct buf *out = feeds_build_text(build);
    size_t at = out->len;
    if (!feeds_build_wants(build, FEEDS_SLOT_AUTHOR, leaf->use.rank)) {
        return;
    }
    if (leaf->has_children) {
        put_words(person_name(leaf, inside, "name"), out);
        struct str email = person_name(leaf, inside, "email");
        if (email.len > 0) {
            buf_put_string(out, out->len > at ? " (" : "");
            bool bracket = out->len > at;
            put_words(email, out);
            buf_put_string(out, bracket ? ")" : "");
        }
    } else {
        put_words(leaf->plain, out);
    }
    feeds_build_set(build, FEEDS_SLOT_AUTHOR, leaf->use.rank, at);
}

static void end_category(struct feeds_leaf *leaf, struct str inside, struct feeds_build *build)
{
    struct str term = attribute(leaf, "term");
    if (term.len == 0) {
        term = attribute(leaf, "text");
    }
    if (term.len == 0) {
        term = plain_value(leaf, inside);
    }
    feeds_build_category(build, term);
}

static void end_keywords(struct feeds_leaf *leaf, struct str inside, struct feeds_build *build)
{
    struct str words = plain_value(leaf, inside);
    for (size_t at = 0; at < words.len;) {
        size_t end = at;
        while (end < words.len && words.at[end] != ',' && words.at[end] != ' ') {
            end++;
        }
        feeds_build_category(build, str_part(words, at, end));
        at = end + 1;
    }
}

void feeds_leaf_end(struct feeds_leaf *leaf, struct str inside, struct feeds_build *build)
{
    int rank = leaf->use.rank;
    switch (leaf->use.element) {
    case FEEDS_EL_TITLE:
        end_text(leaf, inside, build, FEEDS_SLOT_TITLE);
        return;
    case FEEDS_EL_SUMMARY:
        end_text(leaf, inside, build, FEEDS_SLOT_SUMMARY);
        return;
    case FEEDS_EL_CONTENT:
        end_text(leaf, inside, build, FEEDS_SLOT_CONTENT);
        return;
    case FEEDS_EL_LINK:
        end_link(leaf, inside, build);
        return;
    case FEEDS_EL_ID:
        feeds_build_copy(build, FEEDS_SLOT_ID, rank, plain_value(leaf, inside));
        return;
    case FEEDS_EL_GUID:
        end_guid(leaf, inside, build);
        return;
    case FEEDS_EL_AUTHOR:
        end_author(leaf, inside, build);
        return;
    case FEEDS_EL_PUBLISHED:
        feeds_build_moment(build, FEEDS_PUBLISHED_AT, rank, plain_value(leaf, inside));
        return;
    case FEEDS_EL_UPDATED:
        feeds_build_moment(build, FEEDS_UPDATED_AT, rank, plain_value(leaf, inside));
        return;
    case FEEDS_EL_CATEGORY:
        end_category(leaf, inside, build);
        return;
    case FEEDS_EL_KEYWORDS:
        end_keywords(leaf, inside, build);
        return;
    case FEEDS_EL_LANGUAGE:
        feeds_build_copy(build, FEEDS_SLOT_LANG, rank, plain_value(leaf, inside));
        return;
    case FEEDS_EL_ENCLOSURE:
        end_enclosure(leaf, "url", build);
        return;
    case FEEDS_EL_TTL:
        feeds_build_ttl(build, plain_value(leaf, inside));
        return;
    case FEEDS_EL_PERIOD:
        feeds_build_period(build, plain_value(leaf, inside));
        return;
    case FEEDS_EL_FREQUENCY:
        feeds_build_frequency(build, plain_value(leaf, inside));
        return;
    case FEEDS_EL_OTHER:
    case FEEDS_EL_FEED:
    case FEEDS_EL_ENTRY:
    case FEEDS_EL_IGNORED:
    case FEEDS_EL_INDEX:
        return;
    }
}
