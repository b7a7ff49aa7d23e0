#include "filter/console/html.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "filter/base/buf.h"
#include "filter/base/mem.h"

enum { MAX_HREF = 400 }; /* a longer one is shown, not linked: pages have a size */

struct html {
    struct buf out;
    bool is_in_tag, is_in_quote; /* where the next byte stands */
};

struct html *html_new(void)
{
    return mem_zero(1, sizeof(struct html));
}

void html_free(struct html *page)
{
    if (page != NULL) {
        buf_fini(&page->out);
        free(page);
    }
}

struct str html_str(const struct html *page)
{
    assert(!page->is_in_tag);
    return buf_str(&page->out);
}

void html_literal_(struct html *page, const char *literal, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (page->is_in_quote) {
            page->is_in_quote = literal[i] != '"';
        } else if (page->is_in_tag) {
            assert(literal[i] != '\'' && literal[i] != '<');
            page->is_in_quote = literal[i] == '"';
            page->is_in_tag = literal[i] != '>';
        } else {
            page->is_in_tag = literal[i] == '<';
        }
    }
    assert(!page->is_in_quote); /* a literal never stops within a quoted value */
    buf_put(&page->out, literal, len);
}

static struct str reference(uint32_t code)
{
    switch (code) {
    case '&':
        return STR("&amp;");
    case '<':
        return STR("&lt;");
    case '>':
        return STR("&gt;");
    case '"':
        return STR("&quot;");
    case '\'':
        return STR("&#39;");
    default:
        return STR("");
    }
}

/* Writes one code point into `out` of at least POINT_TEXT + 2 bytes; returns their number. */
static size_t escape(const struct point *point, char *out)
{
    if (!point->is_seen) {
        char number[POINT_TEXT];
        size_t len = strlen(point_number(point->code, number));
        out[0] = '[';
        memcpy(out + 1, number, len);
        out[len + 1] = ']';
        return len + 2;
    }
    struct str known = reference(point->code);
    if (known.len > 0) {
        memcpy(out, known.at, known.len);
        return known.len;
    }
    return point_write(point->code, out);
}

static void put_point(struct buf *out, const struct point *point)
{
    char bytes[POINT_TEXT + 2];
    buf_put(out, bytes, escape(point, bytes));
}

static void put_value(struct buf *out, struct str value)
{
    uint32_t before = 0;
    for (size_t at = 0; at < value.len;) {
        struct point point = point_read(value, at, before);
        put_point(out, &point);
        at += point.bytes;
        before = point.code;
    }
}

void html_point(struct html *page, const struct point *point)
{
    assert(!page->is_in_tag);
    put_point(&page->out, point);
}

size_t html_point_cost(const struct point *point)
{
    char bytes[POINT_TEXT + 2];
    return escape(point, bytes);
}

void html_text(struct html *page, struct str value)
{
    assert(!page->is_in_tag);
    put_value(&page->out, value);
}

void html_int(struct html *page, int64_t value)
{
    assert(!page->is_in_tag);
    buf_put_int(&page->out, value);
}

size_t html_cut(struct html *page, struct str value, size_t max_cost)
{
    assert(!page->is_in_tag);
    uint32_t before = 0;
    size_t cost = 0, at = 0;
    while (at < value.len) {
        struct point point = point_read(value, at, before);
        cost += html_point_cost(&point);
        if (cost > max_cost) {
            buf_put_string(&page->out, "…");
            break;
        }
        put_point(&page->out, &point);
        at += point.bytes;
        before = point.code;
    }
    return at;
}

void html_foreign(struct html *page, struct str value, size_t max_cost)
{
    HTML(page, "<bdi>");
    html_cut(page, value, max_cost);
    HTML(page, "</bdi>");
}

/* Attributes whose value is only ever read, by people or by style sheets. */
static bool is_plain_attribute(const char *name)
{
    static const char *const plain[] = {"title",      "class",      "datetime", "lang",
                                        "value",      "name",       "hreflang", "id",
                                        "data-label", "for",        "colspan",  "scope",
                                        "aria-label", "data-until", "data-key", "aria-describedby",
                                        "label",      "data-say",   "type",     "autocomplete",
                                        "xml:base"};
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        if (strcmp(plain[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static void put_joined(struct html *page, const char *name, const struct str *values, size_t count)
{
    assert(page->is_in_tag && !page->is_in_quote);
    buf_put_char(&page->out, ' ');
    buf_put_string(&page->out, name);
    buf_put_string(&page->out, "=\"");
    for (size_t i = 0; i < count; i++) {
        put_value(&page->out, values[i]);
    }
    buf_put_char(&page->out, '"');
}

static void put_attribute(struct html *page, const char *name, struct str value)
{
    put_joined(page, name, &value, 1);
}

void html_joined_(struct html *page, const char *name, const struct str *values, size_t count)
{
    assert(is_plain_attribute(name));
    put_joined(page, name, values, count);
}

void html_attribute_(struct html *page, const char *name, struct str value)
{
    assert(is_plain_attribute(name));
    put_attribute(page, name, value);
}

/* "//host" would leave us. */
static void assert_local(struct str path)
{
    assert(path.len > 0 && path.at[0] == '/');
    assert(path.len == 1 || (path.at[1] != '/' && path.at[1] != '\\'));
}

void html_local(struct html *page, struct str path)
{
    assert_local(path);
    put_attribute(page, "href", path);
}

void html_action(struct html *page, struct str path)
{
    assert_local(path);
    put_attribute(page, "action", path);
}

void html_number_(struct html *page, const char *name, int64_t number)
{
    static const char *const numbers[] = {
        "x", "y",  "width",     "height",    "cx",   "x1",  "x2",  "y1",    "y2",
        "r", "cy", "maxlength", "minlength", "rows", "min", "max", "value", "data-open"};
    size_t i = 0;
    while (i < sizeof numbers / sizeof *numbers && strcmp(numbers[i], name) != 0) {
        i++;
    }
    assert(i < sizeof numbers / sizeof *numbers);
    assert(page->is_in_tag && !page->is_in_quote);
    buf_put_char(&page->out, ' ');
    buf_put_string(&page->out, name);
    buf_put_string(&page->out, "=\"");
    buf_put_int(&page->out, number);
    buf_put_char(&page->out, '"');
}

void html_drawing(struct html *page, struct str path, unsigned size, struct str title)
{
    char box[40];
    assert(!page->is_in_tag);
    for (size_t i = 0; i < path.len; i++) {
        assert(strchr("0123456789-. MmHhVvZz", path.at[i]) != NULL && path.at[i] != '\0');
    }
    snprintf(box, sizeof box, "0 0 %u %u", size, size);
    HTML(page, "<svg class=\"drawing\" role=\"img\"");
    put_attribute(page, "viewBox", str_of(box));
    put_attribute(page, "aria-label", title);
    HTML(page, "><path");
    put_attribute(page, "d", path);
    HTML(page, "/></svg>");
}

void html_style_(struct html *page, const char *css, size_t len)
{
    assert(!page->is_in_tag);
    assert(memchr(css, '<', len) == NULL && memmem(css, len, "url(", 4) == NULL);
    HTML(page, "<style>");
    buf_put(&page->out, css, len);
    HTML(page, "</style>");
}

void html_picture(struct html *page, struct str path, struct str words)
{
    assert_local(path);
    assert(!page->is_in_tag);
    HTML(page, "<img class=\"grey\" loading=\"lazy\"");
    put_attribute(page, "src", path);
    put_attribute(page, "alt", words);
    HTML(page, "/>");
}

void html_script(struct html *page, struct str path)
{
    assert_local(path);
    assert(!page->is_in_tag);
    HTML(page, "<script type=\"module\"");
    put_attribute(page, "src", path);
    HTML(page, "></script>");
}

static bool has_scheme(struct str url, const char *scheme)
{
    size_t len = strlen(scheme);
    return url.len > len && strncasecmp(url.at, scheme, len) == 0;
}

/* Printable ASCII without what mark-up could mean: what a URL consists of (RFC 3986). */
static bool is_link(struct str url)
{
    if (url.len > MAX_HREF || !(has_scheme(url, "https://") || has_scheme(url, "http://"))) {
        return false;
    }
    for (size_t i = 0; i < url.len; i++) {
        if (url.at[i] <= ' ' || url.at[i] > '~' || strchr("\"'<>\\^`{|}", url.at[i]) != NULL) {
            return false;
        }
    }
    return true;
}

void html_outside(struct html *page, struct str url, size_t max_cost)
{
    assert(!page->is_in_tag);
    bool link = is_link(url);
    if (link) {
        HTML(page, "<a rel=\"noopener noreferrer external\"");
        put_attribute(page, "href", url);
        HTML(page, ">");
    }
    html_foreign(page, url, max_cost);
    if (link) {
        HTML(page, "</a>");
    }
}
