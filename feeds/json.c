#include "feeds/json.h"

#include <assert.h>
#include <yajl/yajl_parse.h>

#include "filter/base/err.h"
#include "filter/text/utf8.h"

enum { MAX_DEPTH = 64 };

/* Where the reader is; each level of the document that matters has one. */
enum place {
    AT_ROOT,
    AT_FEED,
    AT_FEED_AUTHORS,
    AT_FEED_AUTHOR,
    AT_ITEMS,
    AT_ITEM,
    AT_AUTHORS,
    AT_AUTHOR,
    AT_TAGS,
    AT_ATTACHMENTS,
    AT_ATTACHMENT,
    AT_OTHER,
};

/* Keys that matter somewhere. */
enum key {
    KEY_OTHER,
    KEY_VERSION,
    KEY_TITLE,
    KEY_HOME_PAGE_URL,
    KEY_LANGUAGE,
    KEY_AUTHOR,
    KEY_AUTHORS,
    KEY_ITEMS,
    KEY_ID,
    KEY_URL,
    KEY_EXTERNAL_URL,
    KEY_CONTENT_HTML,
    KEY_CONTENT_TEXT,
    KEY_SUMMARY,
    KEY_DATE_PUBLISHED,
    KEY_DATE_MODIFIED,
    KEY_NAME,
    KEY_TAGS,
    KEY_ATTACHMENTS,
    KEY_MIME_TYPE,
    KEY_SIZE_IN_BYTES,
};

struct reader {
    struct feeds_build *build;
    struct err *err;
    enum place places[MAX_DEPTH + 1];
    unsigned depth; /* places[depth] is where the reader is */
    enum key key;
    bool has_items;
    struct buf text, url, type, length; /* a value mended; an attachment's parts */
};

static enum key find_key(struct str name)
{
    static const struct {
        struct str name;
        enum key key;
    } keys[] = {
        {STR("id"), KEY_ID},
        {STR("url"), KEY_URL},
        {STR("title"), KEY_TITLE},
        {STR("content_html"), KEY_CONTENT_HTML},
        {STR("content_text"), KEY_CONTENT_TEXT},
        {STR("summary"), KEY_SUMMARY},
        {STR("date_published"), KEY_DATE_PUBLISHED},
        {STR("date_modified"), KEY_DATE_MODIFIED},
        {STR("author"), KEY_AUTHOR},
        {STR("authors"), KEY_AUTHORS},
        {STR("name"), KEY_NAME},
        {STR("tags"), KEY_TAGS},
        {STR("attachments"), KEY_ATTACHMENTS},
        {STR("mime_type"), KEY_MIME_TYPE},
        {STR("size_in_bytes"), KEY_SIZE_IN_BYTES},
        {STR("external_url"), KEY_EXTERNAL_URL},
        {STR("language"), KEY_LANGUAGE},
        {STR("version"), KEY_VERSION},
        {STR("home_page_url"), KEY_HOME_PAGE_URL},
        {STR("items"), KEY_ITEMS},
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (str_equal(name, keys[i].name)) {
            return keys[i].key;
        }
    }
    return KEY_OTHER;
}

/* The place that an object or list at the present key opens. */
static enum place inner_place(const struct reader *in, bool is_list)
{
    enum place place = in->places[in->depth];
    bool in_feed = place == AT_FEED, in_item = place == AT_ITEM;
    switch (place) {
    case AT_ROOT:
        return is_list ? AT_OTHER : AT_FEED;
    case AT_FEED:
    case AT_ITEM:
        if (in_feed && is_list && in->key == KEY_ITEMS) {
            return AT_ITEMS;
        }
        if (is_list && in->key == KEY_AUTHORS) {
            return in_feed ? AT_FEED_AUTHORS : AT_AUTHORS;
        }
        if (!is_list && in->key == KEY_AUTHOR) {
            return in_feed ? AT_FEED_AUTHOR : AT_AUTHOR;
        }
        if (in_item && is_list && in->key == KEY_TAGS) {
            return AT_TAGS;
        }
        return in_item && is_list && in->key == KEY_ATTACHMENTS ? AT_ATTACHMENTS : AT_OTHER;
    case AT_ITEMS:
        return is_list ? AT_OTHER : AT_ITEM;
    case AT_FEED_AUTHORS:
        return is_list ? AT_OTHER : AT_FEED_AUTHOR;
    case AT_AUTHORS:
        return is_list ? AT_OTHER : AT_AUTHOR;
    case AT_ATTACHMENTS:
        return is_list ? AT_OTHER : AT_ATTACHMENT;
    case AT_FEED_AUTHOR:
    case AT_AUTHOR:
    case AT_TAGS:
    case AT_ATTACHMENT:
    case AT_OTHER:
        return AT_OTHER;
    }
    return AT_OTHER;
}

static int open_inner(struct reader *in, bool is_list)
{
    enum place place = inner_place(in, is_list);
    if (in->depth == MAX_DEPTH) {
        return err_set(in->err, "nested deeper than %d levels", MAX_DEPTH);
    }
    in->places[++in->depth] = place;
    in->key = KEY_OTHER;
    if (place == AT_ITEM) {
        feeds_build_open(in->build);
    } else if (place == AT_ITEMS) {
        in->has_items = true;
    } else if (place == AT_ATTACHMENT) {
        buf_clear(&in->url);
        buf_clear(&in->type);
        buf_clear(&in->length);
    }
    return 1;
}

static int on_start_map(void *context)
{
    return open_inner(context, false);
}

static int on_start_array(void *context)
{
    return open_inner(context, true);
}

static int on_end(void *context)
{
    struct reader *in = context;
    enum place place = in->places[in->depth--];
    in->key = KEY_OTHER;
    if (place == AT_ITEM) {
        feeds_build_close(in->build);
    } else if (place == AT_ATTACHMENT && in->url.len > 0) {
        feeds_build_enclosure(in->build, buf_str(&in->url), buf_str(&in->type),
                              buf_str(&in->length));
    }
    return !in->build->is_stopped;
}

static int on_key(void *context, const unsigned char *bytes, size_t len)
{
    struct reader *in = context;
    in->key = find_key((struct str){.at = (const char *)bytes, .len = len});
    return 1;
}

static void take_feed_value(struct reader *in, struct str text)
{
    struct feeds_head *head = in->build->head;
    if (in->key == KEY_VERSION) {
        head->version = str_ends(text, STR("/1.1")) ? "json11"
                        : str_ends(text, STR("/1")) ? "json1"
                                                    : "json";
    } else if (in->key == KEY_TITLE) {
        feeds_build_copy(in->build, FEEDS_SLOT_TITLE, 1, text);
    } else if (in->key == KEY_HOME_PAGE_URL) {
        feeds_build_url(in->build, 1, text);
    } else if (in->key == KEY_LANGUAGE) {
        feeds_build_copy(in->build, FEEDS_SLOT_LANG, 1, text);
    }
}

static void take_item_value(struct reader *in, struct str text)
{
    switch (in->key) {
    case KEY_ID:
        feeds_build_copy(in->build, FEEDS_SLOT_ID, 1, text);
        break;
    case KEY_URL:
        feeds_build_url(in->build, 2, text);
        break;
    case KEY_EXTERNAL_URL:
        feeds_build_url(in->build, 1, text);
        feeds_build_link(in->build, text); /* what the item is about, wherever its own page is */
        break;
    case KEY_TITLE:
        feeds_build_copy(in->build, FEEDS_SLOT_TITLE, 1, text);
        break;
    case KEY_CONTENT_HTML:
        feeds_build_html(in->build, FEEDS_SLOT_CONTENT, 2, text);
        break;
    case KEY_CONTENT_TEXT:
        feeds_build_copy(in->build, FEEDS_SLOT_CONTENT, 1, text);
        break;
    case KEY_SUMMARY:
        feeds_build_copy(in->build, FEEDS_SLOT_SUMMARY, 1, text);
        break;
    case KEY_DATE_PUBLISHED:
        feeds_build_moment(in->build, FEEDS_PUBLISHED_AT, 1, text);
        break;
    case KEY_DATE_MODIFIED:
        feeds_build_moment(in->build, FEEDS_UPDATED_AT, 1, text);
        break;
    case KEY_LANGUAGE:
        feeds_build_copy(in->build, FEEDS_SLOT_LANG, 1, text);
        break;
    default: /* keys of other places */
        break;
    }
}

static void take_attachment_value(struct reader *in, struct str text)
{
    struct buf *to = in->key == KEY_URL             ? &in->url
                     : in->key == KEY_MIME_TYPE     ? &in->type
                     : in->key == KEY_SIZE_IN_BYTES ? &in->length
                                                    : NULL;
    if (to != NULL) {
        buf_clear(to);
        buf_put_str(to, text);
    }
}

static void take_value(struct reader *in, struct str text)
{
    switch (in->places[in->depth]) {
    case AT_FEED:
        take_feed_value(in, text);
        break;
    case AT_ITEM:
        take_item_value(in, text);
        break;
    case AT_FEED_AUTHOR:
    case AT_AUTHOR:
        if (in->key == KEY_NAME) {
            feeds_build_copy(in->build, FEEDS_SLOT_AUTHOR, 1, text);
        }
        break;
    case AT_TAGS:
        feeds_build_category(in->build, text);
        break;
    case AT_ATTACHMENT:
        take_attachment_value(in, text);
        break;
    case AT_ROOT:
    case AT_FEED_AUTHORS:
    case AT_ITEMS:
    case AT_AUTHORS:
    case AT_ATTACHMENTS:
    case AT_OTHER:
        break;
    }
}

static int on_string(void *context, const unsigned char *bytes, size_t len)
{
    struct reader *in = context;
    struct str text = {.at = (const char *)bytes, .len = len};
    /* The document is valid UTF-8, but YAJL makes bad bytes of a lone "\ude00". */
    if (!utf8_is_valid(text)) {
        buf_clear(&in->text);
        in->build->head->mended += utf8_mend(text, &in->text);
        text = buf_str(&in->text);
    }
    take_value(in, text);
    return 1;
}

/* An id, and a size, may be a number; it is taken as it is written. */
static int on_number(void *context, const char *digits, size_t len)
{
    struct reader *in = context;
    if (in->key == KEY_ID || in->key == KEY_SIZE_IN_BYTES) {
        take_value(in, (struct str){.at = digits, .len = len});
    }
    return 1;
}

/* `at`: how far it was read. */
static bool fail_syntax(struct reader *in, yajl_handle yajl, struct str text, size_t at)
{
    unsigned char *reason = yajl_get_error(yajl, 0, NULL, 0);
    const char *message = reason != NULL ? (const char *)reason : "cut off";
    const char *colon = strstr(message, "error: ");
    message = colon != NULL ? colon + strlen("error: ") : message;
    size_t line = 1, start = 0;
    for (size_t i = 0; i < at && i < text.len; i++) {
        if (text.at[i] == '\n') {
            line++;
            start = i + 1;
        }
    }
    err_set_at(in->err, (unsigned)line, (unsigned)(at - start) + 1, "is not JSON: %.*s",
               (int)strcspn(message, "\n"), message);
    if (reason != NULL) {
        yajl_free_error(yajl, reason);
    }
    return false;
}

bool feeds_json_read(struct str text, struct feeds_build *build, struct err *err)
{
    static const yajl_callbacks callbacks = {
        .yajl_number = on_number,
        .yajl_string = on_string,
        .yajl_start_map = on_start_map,
        .yajl_map_key = on_key,
        .yajl_end_map = on_end,
        .yajl_start_array = on_start_array,
        .yajl_end_array = on_end,
    };
    struct reader in = {.build = build, .err = err};
    yajl_handle yajl = yajl_alloc(&callbacks, NULL, &in);
    assert(yajl != NULL);
    yajl_config(yajl, yajl_dont_validate_strings, 1);
    build->head->format = FEEDS_JSON;
    build->head->version = "json";
    yajl_status status = yajl_parse(yajl, (const unsigned char *)text.at, text.len);
    size_t at = yajl_get_bytes_consumed(yajl);
    if (status == yajl_status_ok) {
        status = yajl_complete_parse(yajl); /* an object that is not closed */
    }
    bool done = status == yajl_status_ok ||
                (status == yajl_status_client_canceled && build->is_stopped && !err_is_set(err));
    if (status == yajl_status_error) {
        fail_syntax(&in, yajl, text, at);
    } else if (done && !in.has_items) {
        done = err_set(err, "is no JSON Feed: it has no list \"items\"");
    }
    build->in_entry = false;
    yajl_free(yajl);
    buf_fini(&in.text);
    buf_fini(&in.url);
    buf_fini(&in.type);
    buf_fini(&in.length);
    return done;
}
