#include "feeds/opml.h"

#include <strings.h>

#include "feeds/encoding.h"
#include "feeds/markup.h"
#include "feeds/reference.h"
#include "filter/base/err.h"

static void put_attribute(struct buf *out, const char *name, struct str value)
{
    buf_printf(out, " %s=\"", name);
    for (size_t i = 0; i < value.len; i++) {
        switch (value.at[i]) {
        case '&':
            buf_put_string(out, "&amp;");
            break;
        case '<':
            buf_put_string(out, "&lt;");
            break;
        case '"':
            buf_put_string(out, "&quot;");
            break;
        default:
            buf_put_char(out, value.at[i]);
        }
    }
    buf_put_char(out, '"');
}

void feeds_opml_write(const struct feeds_source *sources, size_t count, struct buf *out)
{
    buf_put_string(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opml version=\"2.0\">\n"
                        "<head><title>saring</title></head>\n<body>\n");
    for (size_t i = 0; i < count; i++) {
        if (sources[i].url.len > 0) {
            buf_put_string(out, "<outline type=\"rss\"");
            put_attribute(out, "text", sources[i].name);
            put_attribute(out, "xmlUrl", sources[i].url);
            buf_put_string(out, "/>\n");
        }
    }
    buf_put_string(out, "</body>\n</opml>\n");
}

static bool is_name(struct str name, const char *wanted)
{
    return name.len == strlen(wanted) && strncasecmp(name.at, wanted, name.len) == 0;
}

static void take_outline(struct str attributes, feeds_on_outline *on_outline, void *context)
{
    struct buf url = BUF_EMPTY, title = BUF_EMPTY;
    struct str name, value;
    while (feeds_markup_attribute(&attributes, &name, &value)) {
        if (is_name(name, "xmlUrl") && url.len == 0) {
            feeds_reference_decode(str_trim(value), NULL, &url);
        } else if ((is_name(name, "text") || is_name(name, "title")) && title.len == 0) {
            feeds_reference_decode(str_trim(value), NULL, &title);
        }
    }
    if (url.len > 0) {
        on_outline(context, buf_str(&url), buf_str(&title));
    }
    buf_fini(&url);
    buf_fini(&title);
}

bool feeds_opml_read(struct str text, feeds_on_outline *on_outline, void *context, struct err *err)
{
    struct buf scratch = BUF_EMPTY;
    uint64_t mended = 0;
    struct feeds_markup markup = {.text = feeds_encoding_decode(text, STR(""), &scratch, &mended)};
    struct feeds_markup_piece piece;
    bool is_opml = false;
    while (feeds_markup_next(&markup, &piece)) {
        if (piece.kind != FEEDS_MARKUP_START) {
            continue;
        }
        is_opml |= is_name(piece.name, "opml");
        if (is_opml && is_name(piece.name, "outline")) {
            take_outline(piece.attributes, on_outline, context);
        }
    }
    buf_fini(&scratch);
    return is_opml || err_set(err, "is no OPML: it has no <opml>");
}
