#include <strings.h>

#include "feeds/build.h"
#include "feeds/connector/connector.h"
#include "feeds/markup.h"
#include "filter/base/err.h"

/* Where the reader is in a page of <div class="tgme_widget_message" data-post="NAME/NUMBER">. */
struct reader {
    struct feeds_markup markup;
    struct feeds_build *build;
    size_t messages;
};

static bool has_name(const struct feeds_markup_piece *piece, const char *name)
{
    return piece->name.len == strlen(name) &&
           strncasecmp(piece->name.at, name, piece->name.len) == 0;
}

static struct str attribute(const struct feeds_markup_piece *piece, const char *wanted)
{
    struct str rest = piece->attributes, name, value;
    while (feeds_markup_attribute(&rest, &name, &value)) {
        if (str_is(name, wanted)) {
            return value;
        }
    }
    return STR("");
}

/* Whether the class attribute has this word. */
static bool has_class(const struct feeds_markup_piece *piece, const char *wanted)
{
    struct str all = attribute(piece, "class");
    size_t len = strlen(wanted);
    for (size_t at = 0; at + len <= all.len; at++) {
        bool starts = at == 0 || all.at[at - 1] == ' ';
        bool ends = at + len == all.len || all.at[at + len] == ' ';
        if (starts && ends && memcmp(all.at + at, wanted, len) == 0) {
            return true;
        }
    }
    return false;
}

/* What stands in the <div> that was just opened, divs inside it included. */
static struct str take_inside(struct reader *in)
{
    struct feeds_markup_piece piece;
    size_t start = in->markup.at, end = start, depth = 1;
    while (depth > 0 && feeds_markup_next(&in->markup, &piece)) {
        end = piece.kind == FEEDS_MARKUP_END ? piece.at : piece.end;
        if (has_name(&piece, "div") && piece.kind == FEEDS_MARKUP_START && !piece.is_empty) {
            depth++;
        } else if (has_name(&piece, "div") && piece.kind == FEEDS_MARKUP_END) {
            depth--;
        }
    }
    return str_part(in->markup.text, start, end);
}

static void open_message(struct reader *in, struct str post)
{
    struct buf url = BUF_EMPTY;
    feeds_build_close(in->build);
    feeds_build_open(in->build);
    in->messages++;
    buf_printf(&url, "https://t.me/%.*s", STR_FORMAT(post));
    feeds_build_copy(in->build, FEEDS_SLOT_ID, 1, post);
    feeds_build_copy(in->build, FEEDS_SLOT_URL, 1, buf_str(&url));
    buf_fini(&url);
}

static void take_start(struct reader *in, const struct feeds_markup_piece *piece)
{
    if (has_name(piece, "div") && attribute(piece, "data-post").len > 0 &&
        has_class(piece, "tgme_widget_message")) {
        open_message(in, attribute(piece, "data-post"));
    } else if (!in->build->in_entry) {
        return;
    } else if (has_name(piece, "div") && has_class(piece, "tgme_widget_message_text") &&
               !has_class(piece, "tgme_widget_message_reply")) {
        feeds_build_html(in->build, FEEDS_SLOT_CONTENT, 1, take_inside(in));
    } else if (has_name(piece, "div") && has_class(piece, "link_preview_title")) {
        feeds_build_html(in->build, FEEDS_SLOT_TITLE, 1, take_inside(in));
    } else if (has_name(piece, "a") && has_class(piece, "tgme_widget_message_link_preview")) {
        feeds_build_link(in->build, attribute(piece, "href"));
    } else if (has_name(piece, "time") && attribute(piece, "datetime").len > 0) {
        feeds_build_moment(in->build, FEEDS_PUBLISHED_AT, 1, attribute(piece, "datetime"));
    }
}

bool feeds_connector_telegram(struct str text, struct feeds_build *build, struct err *err)
{
    struct reader in = {.markup = {.text = text, .is_html = true}, .build = build};
    struct feeds_markup_piece piece;
    while (!build->is_stopped && feeds_markup_next(&in.markup, &piece)) {
        if (piece.kind == FEEDS_MARKUP_START) {
            take_start(&in, &piece);
        }
    }
    if (!build->is_stopped) {
        feeds_build_close(build);
    }
    build->in_entry = false;
    return in.messages > 0 ||
           err_set(err, "is no preview of a public channel: no message is on the page");
}
