#include "feeds/html.h"

#include <stdlib.h>
#include <strings.h>

#include "feeds/markup.h"
#include "feeds/resolve.h"
#include "filter/base/mem.h"

enum { MAX_LINK = 8192 };

/* How what comes next is set off from what was written. */
enum gap { GAP_NONE, GAP_SPACE, GAP_LINE };

struct writer {
    const struct feeds_html *html;
    struct feeds_markup markup;
    struct buf *out;
    size_t start; /* of our text in `out` */
    enum gap gap;
};

void feeds_links_fini(struct feeds_links *links)
{
    buf_fini(&links->text);
    free(links->ends);
    *links = (struct feeds_links){.count = 0};
}

enum element { INLINE, BLOCK, CELL, HIDDEN, LINK_HREF, LINK_ACTION, LINK_SRC };

static enum element find_element(struct str name)
{
    static const struct {
        struct str name;
        enum element element;
    } elements[] = {
        {STR("a"), LINK_HREF},      {STR("p"), BLOCK},        {STR("br"), BLOCK},
        {STR("b"), INLINE},         {STR("i"), INLINE},       {STR("em"), INLINE},
        {STR("img"), INLINE},       {STR("span"), INLINE},    {STR("strong"), INLINE},
        {STR("div"), BLOCK},        {STR("li"), BLOCK},       {STR("ul"), BLOCK},
        {STR("ol"), BLOCK},         {STR("td"), CELL},        {STR("th"), CELL},
        {STR("tr"), BLOCK},         {STR("table"), BLOCK},    {STR("h1"), BLOCK},
        {STR("h2"), BLOCK},         {STR("h3"), BLOCK},       {STR("h4"), BLOCK},
        {STR("h5"), BLOCK},         {STR("h6"), BLOCK},       {STR("hr"), BLOCK},
        {STR("script"), HIDDEN},    {STR("style"), HIDDEN},   {STR("template"), HIDDEN},
        {STR("blockquote"), BLOCK}, {STR("pre"), BLOCK},      {STR("figure"), BLOCK},
        {STR("figcaption"), BLOCK}, {STR("section"), BLOCK},  {STR("article"), BLOCK},
        {STR("header"), BLOCK},     {STR("footer"), BLOCK},   {STR("nav"), BLOCK},
        {STR("aside"), BLOCK},      {STR("main"), BLOCK},     {STR("address"), BLOCK},
        {STR("dl"), BLOCK},         {STR("dt"), BLOCK},       {STR("dd"), BLOCK},
        {STR("fieldset"), BLOCK},   {STR("legend"), BLOCK},   {STR("details"), BLOCK},
        {STR("summary"), BLOCK},    {STR("center"), BLOCK},   {STR("tbody"), BLOCK},
        {STR("thead"), BLOCK},      {STR("tfoot"), BLOCK},    {STR("caption"), BLOCK},
        {STR("body"), BLOCK},       {STR("html"), BLOCK},     {STR("option"), BLOCK},
        {STR("select"), BLOCK},     {STR("area"), LINK_HREF}, {STR("form"), LINK_ACTION},
        {STR("iframe"), LINK_SRC},  {STR("frame"), LINK_SRC},
    };
    for (size_t i = 0; i < sizeof elements / sizeof *elements; i++) {
        if (name.len == elements[i].name.len &&
            strncasecmp(name.at, elements[i].name.at, name.len) == 0) {
            return elements[i].element;
        }
    }
    return INLINE;
}

static struct str local_name(struct str name)
{
    const char *colon = memchr(name.at, ':', name.len);
    return colon != NULL ? str_part(name, (size_t)(colon - name.at) + 1, name.len) : name;
}

static void set_gap(struct writer *to, enum gap gap)
{
    if (gap > to->gap) {
        to->gap = gap;
    }
}

static void close_gap(struct writer *to)
{
    if (to->gap != GAP_NONE && to->out->len > to->start) {
        buf_put_char(to->out, to->gap == GAP_LINE ? '\n' : ' ');
    }
    to->gap = GAP_NONE;
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/*
 * Where the run of bytes from `at` on ends that are written as they are: at a reference, or at
 * white space that is not one space between two words.
 */
static size_t find_run_end(struct str text, size_t at, bool has_references)
{
    static const bool stops[256] = {[' '] = true,  ['\t'] = true, ['\n'] = true, ['\v'] = true,
                                    ['\f'] = true, ['\r'] = true, ['&'] = true};
    for (; at < text.len; at++) {
        unsigned char c = (unsigned char)text.at[at];
        if (!stops[c] || (c == '&' && !has_references)) {
            continue;
        }
        bool is_between = c == ' ' && at + 1 < text.len && !stops[(unsigned char)text.at[at + 1]];
        if (!is_between) {
            break;
        }
    }
    return at;
}

static void put_text(struct writer *to, struct str text, bool has_references)
{
    for (size_t at = 0; at < text.len;) {
        if (is_space(text.at[at])) {
            set_gap(to, GAP_SPACE);
            at++;
            continue;
        }
        close_gap(to);
        size_t end = find_run_end(text, at, has_references);
        buf_put(to->out, text.at + at, end - at);
        at = end;
        if (at < text.len && has_references && text.at[at] == '&') {
            size_t used = feeds_reference_put(text, at, to->html->declared, to->out);
            if (used == 0) {
                buf_put_char(to->out, '&');
                used = 1;
            }
            at += used;
        }
    }
}

static void add_link(struct writer *to, struct str attributes, const char *wanted)
{
    struct feeds_links *links = to->html->links;
    struct str name, value;
    while (links != NULL && links->count < links->most &&
           feeds_markup_attribute(&attributes, &name, &value)) {
        if (name.len != strlen(wanted) || strncasecmp(name.at, wanted, name.len) != 0) {
            continue;
        }
        struct buf plain = BUF_EMPTY;
        buf_put(&plain, "", 0);
        if (value.len <= MAX_LINK) {
            feeds_reference_decode(value, to->html->declared, &plain);
        }
        struct str link = str_trim(buf_str(&plain));
        if (link.len > 0 && link.at[0] != '#') {
            mem_grow(&links->ends, &links->room, links->count + 1, sizeof *links->ends);
            feeds_resolve(to->html->base, link, &links->text);
            links->ends[links->count++] = links->text.len;
        }
        buf_fini(&plain);
        return;
    }
}

static void put_tag(struct writer *to, const struct feeds_markup_piece *piece)
{
    bool is_start = piece->kind == FEEDS_MARKUP_START;
    struct str name = local_name(piece->name);
    switch (find_element(name)) {
    case INLINE:
        break;
    case BLOCK:
        set_gap(to, GAP_LINE);
        break;
    case CELL:
        set_gap(to, GAP_SPACE);
        break;
    case HIDDEN:
        if (is_start && !(piece->is_empty && to->html->is_xml)) {
            feeds_markup_skip_to_end(&to->markup, piece->name);
        }
        break;
    case LINK_HREF:
        if (is_start) {
            add_link(to, piece->attributes, "href");
        }
        break;
    case LINK_ACTION:
        set_gap(to, GAP_LINE);
        if (is_start) {
            add_link(to, piece->attributes, "action");
        }
        break;
    case LINK_SRC:
        if (is_start) {
            add_link(to, piece->attributes, "src");
        }
        break;
    }
}

void feeds_html_text(const struct feeds_html *html, struct str markup, struct buf *out)
{
    struct writer to = {.html = html,
                        .markup = {.text = markup, .is_html = !html->is_xml},
                        .out = out,
                        .start = out->len};
    struct feeds_markup_piece piece;
    while (feeds_markup_next(&to.markup, &piece)) {
        switch (piece.kind) {
        case FEEDS_MARKUP_TEXT:
            put_text(&to, piece.text, true);
            break;
        case FEEDS_MARKUP_CDATA:
            put_text(&to, piece.text, false);
            break;
        case FEEDS_MARKUP_START:
        case FEEDS_MARKUP_END:
            put_tag(&to, &piece);
            break;
        case FEEDS_MARKUP_DOCTYPE:
            break;
        }
    }
}
