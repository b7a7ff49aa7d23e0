#include "feeds/ndjson.h"

#include <assert.h>
#include <stdlib.h>
#include <yajl/yajl_parse.h>

#include "feeds/field.h"
#include "feeds/reference.h"
#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/text/utf8.h"

/* What stands at the place that YAJL reads; before the fields of feeds/field.h nothing. */
enum place { AT_START, AT_FIELD, AT_OTHER, AT_LINKS, AT_END };

struct feeds_ndjson {
    yajl_handle yajl; /* reads value after value; made anew after an error */
    struct buf mended, text;
    struct str *links;
    size_t links_room;
    uint64_t mended_count;
    /* of the line being read */
    struct str line;
    struct feeds_fields fields;
    enum place place;
    enum feeds_field field; /* at AT_FIELD */
    unsigned depth;
    size_t token_end; /* in the line: where the last token that YAJL told us of ended */
    bool links_seen;
    struct err *err;
};

static int fail(struct feeds_ndjson *in, const char *message)
{
    return err_set_at(in->err, 0, (unsigned)yajl_get_bytes_consumed(in->yajl), "%s", message);
}

/* A value that is not text stands where `what` does not fit. */
static int on_value(struct feeds_ndjson *in, const char *what)
{
    in->token_end = yajl_get_bytes_consumed(in->yajl);
    unsigned column = (unsigned)in->token_end;
    switch (in->place) {
    case AT_OTHER:
        return 1;
    case AT_FIELD:
        if (what == NULL) {
            return 1;
        }
        return err_set_at(in->err, 0, column, "'%s' must be text, not %s",
                          feeds_field_name(in->field), what);
    case AT_LINKS:
        if (what == NULL && in->depth == 1) {
            return 1;
        }
        return err_set_at(in->err, 0, column, "'links' must be a list of text, not %s%s",
                          in->depth > 1 ? "of " : "", what != NULL ? what : "null");
    case AT_START:
    case AT_END:
        break;
    }
    return err_set_at(in->err, 0, column, "a post must be one object {\"text\": …}, not %s",
                      what != NULL ? what : "null");
}

static int on_null(void *context)
{
    return on_value(context, NULL);
}

static int on_boolean(void *context, int value)
{
    (void)value;
    return on_value(context, "true or false");
}

static int on_number(void *context, const char *digits, size_t len)
{
    (void)digits;
    (void)len;
    return on_value(context, "a number");
}

static unsigned hex_digit(char c)
{
    return c <= '9' ? (unsigned)(c - '0') : ((unsigned)c | 32U) - 'a' + 10;
}

/* The four digits behind "\u"; YAJL has checked them. */
static unsigned take_hex(const char *at)
{
    return hex_digit(at[0]) << 12 | hex_digit(at[1]) << 8 | hex_digit(at[2]) << 4 |
           hex_digit(at[3]);
}

/* One "\u" escape or a pair of surrogates at raw.at[at]; returns the bytes it took. */
static size_t put_unicode(struct feeds_ndjson *in, struct str raw, size_t at)
{
    unsigned c = take_hex(raw.at + at + 2);
    size_t used = 6;
    if (c >= 0xD800 && c < 0xDC00 && raw.len - at >= 12 && raw.at[at + 6] == '\\' &&
        raw.at[at + 7] == 'u') {
        unsigned low = take_hex(raw.at + at + 8);
        if (low >= 0xDC00 && low < 0xE000) {
            c = 0x10000 + ((c - 0xD800) << 10 | (low - 0xDC00));
            used = 12;
        }
    }
    if (c >= 0xD800 && c < 0xE000) {
        c = 0xFFFD;
        in->mended_count++;
    }
    feeds_code_point_put(&in->text, c);
    return used;
}

/*
 * YAJL lets a lone surrogate through as bad UTF-8 or as "?", and joins a high one with whatever
 * escape follows, so escaped strings are read again here, from the line.
 */
static struct str unescape(struct feeds_ndjson *in, struct str raw)
{
    size_t start = in->text.len, at = 0;
    while (at < raw.len) {
        const char *escape = memchr(raw.at + at, '\\', raw.len - at);
        size_t plain = escape != NULL ? (size_t)(escape - raw.at) - at : raw.len - at;
        buf_put(&in->text, raw.at + at, plain);
        at += plain;
        if (at == raw.len) {
            break;
        }
        static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
        char c = raw.at[at + 1];
        if (c == 'u') {
            at += put_unicode(in, raw, at);
            continue;
        }
        const char *named = strchr(from, c);
        buf_put_char(&in->text, named != NULL ? to[named - from] : c);
        at += 2;
    }
    return (struct str){.at = in->text.bytes + start, .len = in->text.len - start};
}

/* A string as YAJL gives it: in the line where it has no escapes, else in YAJL's own memory. */
static struct str take_string(struct feeds_ndjson *in, const unsigned char *bytes, size_t len)
{
    struct str text = {.at = (const char *)bytes, .len = len};
    size_t end = yajl_get_bytes_consumed(in->yajl), start = in->token_end;
    in->token_end = end;
    if (text.at >= in->line.at && text.at < in->line.at + in->line.len) {
        return text;
    }
    /* Between two tokens only space, ',' and ':' can stand, so the next quote opens this one. */
    const char *quote = memchr(in->line.at + start, '"', end - start);
    assert(quote != NULL);
    return unescape(in, str_part(in->line, (size_t)(quote - in->line.at) + 1, end - 1));
}

static int on_string(void *context, const unsigned char *bytes, size_t len)
{
    struct feeds_ndjson *in = context;
    switch (in->place) {
    case AT_OTHER:
        in->token_end = yajl_get_bytes_consumed(in->yajl);
        return 1;
    case AT_FIELD:
        in->fields.texts[in->field] = take_string(in, bytes, len);
        return 1;
    case AT_LINKS:
        if (in->depth != 2) {
            break;
        }
        if (in->fields.link_count < POST_MAX_LINKS) {
            struct str link = take_string(in, bytes, len);
            mem_grow(&in->links, &in->links_room, in->fields.link_count + 1, sizeof *in->links);
            in->links[in->fields.link_count++] = link;
        } else {
            in->token_end = yajl_get_bytes_consumed(in->yajl);
        }
        return 1;
    case AT_START:
    case AT_END:
        break;
    }
    return on_value(in, "text");
}

static int go_deeper(struct feeds_ndjson *in)
{
    in->token_end = yajl_get_bytes_consumed(in->yajl);
    if (++in->depth > FEEDS_NDJSON_MAX_DEPTH) {
        return fail(in, "nested deeper than 64 levels");
    }
    return 1;
}

static int on_start_map(void *context)
{
    struct feeds_ndjson *in = context;
    if (in->place == AT_START) {
        in->place = AT_OTHER;
    } else if (in->place != AT_OTHER) {
        return on_value(in, in->place == AT_END ? "several" : "an object");
    }
    return go_deeper(in);
}

static int on_start_array(void *context)
{
    struct feeds_ndjson *in = context;
    if (in->place != AT_OTHER && !(in->place == AT_LINKS && in->depth == 1)) {
        return on_value(in, "a list");
    }
    return go_deeper(in);
}

static int on_end_array(void *context)
{
    struct feeds_ndjson *in = context;
    in->token_end = yajl_get_bytes_consumed(in->yajl);
    in->depth--;
    return 1;
}

static int on_end_map(void *context)
{
    struct feeds_ndjson *in = context;
    in->token_end = yajl_get_bytes_consumed(in->yajl);
    if (--in->depth == 0) {
        in->place = AT_END;
    }
    return 1;
}

static int on_key(void *context, const unsigned char *bytes, size_t len)
{
    struct feeds_ndjson *in = context;
    if (in->depth > 1) {
        in->token_end = yajl_get_bytes_consumed(in->yajl);
        return 1;
    }
    struct str key = take_string(in, bytes, len);
    bool is_new = true;
    if (feeds_field_find(key, &in->field)) {
        in->place = AT_FIELD;
        is_new = (in->fields.present & 1U << in->field) == 0;
        in->fields.present |= 1U << in->field;
    } else if (str_is(key, "links")) {
        in->place = AT_LINKS;
        is_new = !in->links_seen;
        in->links_seen = true;
    } else {
        in->place = AT_OTHER;
    }
    if (!is_new) {
        return err_set_at(in->err, 0, (unsigned)in->token_end, "'%.*s' is there twice",
                          STR_FORMAT(key));
    }
    return 1;
}

static const yajl_callbacks callbacks = {
    .yajl_null = on_null,
    .yajl_boolean = on_boolean,
    .yajl_number = on_number,
    .yajl_string = on_string,
    .yajl_start_map = on_start_map,
    .yajl_map_key = on_key,
    .yajl_end_map = on_end_map,
    .yajl_start_array = on_start_array,
    .yajl_end_array = on_end_array,
};

static void make_yajl(struct feeds_ndjson *in)
{
    if (in->yajl != NULL) {
        yajl_free(in->yajl);
    }
    in->yajl = yajl_alloc(&callbacks, NULL, in);
    assert(in->yajl != NULL);
    yajl_config(in->yajl, yajl_allow_multiple_values, 1);
    yajl_config(in->yajl, yajl_dont_validate_strings, 1); /* the line was checked as a whole */
}

struct feeds_ndjson *feeds_ndjson_new(void)
{
    struct feeds_ndjson *in = mem_zero(1, sizeof *in);
    make_yajl(in);
    return in;
}

void feeds_ndjson_free(struct feeds_ndjson *in)
{
    if (in == NULL) {
        return;
    }
    yajl_free(in->yajl);
    buf_fini(&in->mended);
    buf_fini(&in->text);
    free(in->links);
    free(in);
}

/*
 * YAJL's own error, without what leads it and its line end. Its place is the bad byte of a token
 * that is none, but the end of a token that stands in the wrong place.
 */
static bool fail_syntax(struct feeds_ndjson *in)
{
    unsigned char *text = yajl_get_error(in->yajl, 0, NULL, 0);
    const char *message = text != NULL ? (const char *)text : "not JSON";
    bool is_token = strstr(message, "parse error") == message;
    const char *colon = strstr(message, "error: ");
    message = colon != NULL ? colon + strlen("error: ") : message;
    err_set_at(in->err, 0, (unsigned)yajl_get_bytes_consumed(in->yajl) + !is_token,
               "not JSON: %.*s", (int)strcspn(message, "\n"), message);
    if (text != NULL) {
        yajl_free_error(in->yajl, text);
    }
    return false;
}

/* Starts the line; bad UTF-8 is mended in a copy. */
static void begin(struct feeds_ndjson *in, struct str line, struct err *err)
{
    in->line = line;
    if (!utf8_is_valid(line)) {
        buf_clear(&in->mended);
        in->mended_count += utf8_mend(line, &in->mended);
        in->line = buf_str(&in->mended);
    }
    /* No string grows when its escapes are resolved, so nothing moves while the line is read. */
    buf_clear(&in->text);
    mem_grow(&in->text.bytes, &in->text.room, in->line.len + 1, 1);
    in->fields = (struct feeds_fields){.present = 0};
    in->place = AT_START;
    in->depth = 0;
    in->token_end = 0;
    in->links_seen = false;
    in->err = err;
}

static bool read_line(struct feeds_ndjson *in)
{
    yajl_status status = yajl_parse(in->yajl, (const unsigned char *)in->line.at, in->line.len);
    bool is_whole = status == yajl_status_ok && in->place == AT_END;
    /* YAJL would wait for the rest of a text or number that begins behind the object. */
    if (is_whole && in->token_end == in->line.len) {
        return true;
    }
    if (is_whole) {
        err_set_at(in->err, 0, (unsigned)in->token_end + 1,
                   "not JSON: something follows the object");
    } else if (status == yajl_status_error) {
        fail_syntax(in);
    } else if (status == yajl_status_ok) {
        err_set_at(in->err, 0, (unsigned)in->line.len + 1, "%s",
                   in->depth > 0 ? "not JSON: the line ends inside the object"
                                 : "a post must be one object {\"text\": …}");
    }
    make_yajl(in); /* else it would go on inside this line */
    return false;
}

bool feeds_ndjson_read(struct feeds_ndjson *in, struct str line, struct post *post, struct err *err)
{
    *post = POST_EMPTY;
    line = str_trim(line);
    if (line.len == 0) {
        return err_set(err, "an empty line holds no post");
    }
    if (line.len > FEEDS_NDJSON_MAX_LINE) {
        return err_set(err, "a line of %zu bytes; at most %d are read", line.len,
                       FEEDS_NDJSON_MAX_LINE);
    }
    begin(in, line, err);
    if (!read_line(in)) {
        return false;
    }
    in->fields.links = in->links;
    return feeds_fields_post(&in->fields, post, err);
}

uint64_t feeds_ndjson_mended(const struct feeds_ndjson *in)
{
    return in->mended_count;
}
