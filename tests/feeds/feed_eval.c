/*
 * Reads the feed files named on the command line, or on standard input one a line, and prints one
 * JSON line each: {file, format, well_formed, feed{}, entries[]} in the form of the conformance
 * data beside which tests/feeds/feed_eval.py lays it.
 */
#include <stdio.h>

#include "feeds/parse.h"
#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/file.h"

static void put_text(struct buf *out, const char *name, struct str text)
{
    buf_printf(out, "%s\"%s\":", out->len > 0 && out->bytes[out->len - 1] != '{' ? "," : "", name);
    if (text.len == 0) {
        buf_put_string(out, "null");
    } else {
        buf_put_json(out, text);
    }
}

static void put_time(struct buf *out, const char *name, int64_t time_ms)
{
    buf_printf(out, ",\"%s\":", name);
    if (time_ms == CLOCK_NEVER) {
        buf_put_string(out, "null");
    } else {
        buf_put_int(out, time_ms / 1000);
    }
}

static void put_enclosures(struct buf *out, const struct feeds_entry *entry)
{
    buf_put_string(out, ",\"enclosures\":[");
    for (size_t i = 0; i < entry->enclosure_count; i++) {
        buf_put_string(out, i > 0 ? "," : "");
        buf_put_json(out, entry->enclosures[i].url);
    }
    buf_put_char(out, ']');
}

/* Bytes of the white space at `at`, that of Unicode included; 0 if none is there. */
static size_t space_length(struct str text, size_t at)
{
    static const struct str wide[] = {STR("\xC2\xA0"),     STR("\xC2\x85"),     STR("\xE1\x9A\x80"),
                                      STR("\xE2\x80\xA8"), STR("\xE2\x80\xA9"), STR("\xE2\x80\xAF"),
                                      STR("\xE2\x81\x9F"), STR("\xE3\x80\x80")};
    struct str rest = str_part(text, at, text.len);
    if (rest.at[0] == ' ' || (rest.at[0] >= '\t' && rest.at[0] <= '\r')) {
        return 1;
    }
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++) {
        if (str_starts(rest, wide[i])) {
            return wide[i].len;
        }
    }
    bool is_em = str_starts(rest, STR("\xE2\x80")) && rest.len > 2 &&
                 (unsigned char)rest.at[2] >= 0x80 && (unsigned char)rest.at[2] <= 0x8A;
    return is_em ? 3 : 0;
}

static void put_words(struct buf *out, struct str text)
{
    buf_put_string(out, ",\"words\":[");
    bool is_first = true;
    for (size_t at = 0; at < text.len;) {
        size_t space = space_length(text, at), start = at;
        if (space > 0) {
            at += space;
            continue;
        }
        while (at < text.len && space_length(text, at) == 0) {
            at++;
        }
        buf_put_string(out, is_first ? "" : ",");
        buf_put_json(out, str_part(text, start, at));
        is_first = false;
    }
    buf_put_char(out, ']');
}

static bool put_entry(void *context, const struct feeds_entry *entry)
{
    struct buf *out = context;
    buf_put_string(out, out->len > 0 ? ",{" : "{");
    put_text(out, "id", entry->has_own_id ? entry->post.id : STR(""));
    put_text(out, "title", entry->post.fields[POST_TITLE]);
    put_text(out, "link", entry->post.url);
    put_text(out, "author", entry->post.fields[POST_AUTHOR_NAME]);
    put_time(out, "published", entry->post.published_ms);
    put_time(out, "updated", entry->updated_ms);
    buf_put_string(out, ",\"categories\":[");
    for (size_t i = 0; i < entry->category_count; i++) {
        buf_put_string(out, i > 0 ? "," : "");
        buf_put_json(out, entry->categories[i]);
    }
    buf_put_char(out, ']');
    put_enclosures(out, entry);
    put_words(out, entry->post.fields[POST_TEXT]);
    buf_put_char(out, '}');
    return true;
}

static void read_file(struct feeds_parser *parser, const char *path)
{
    struct buf bytes = BUF_EMPTY, entries = BUF_EMPTY, line = BUF_EMPTY;
    struct err err = ERR_NONE;
    struct feeds_head head = {.version = "", .updated_ms = CLOCK_NEVER};
    if (file_read(path, FEEDS_MAX_DOCUMENT, &bytes, &err)) {
        struct feeds_document document = {.bytes = buf_str(&bytes), .fetched_ms = CLOCK_NEVER};
        if (!feeds_parse(parser, &document, put_entry, &entries, &head, &err)) {
            char text[800];
            fprintf(stderr, "%s: %s\n", path, err_format(&err, text, sizeof text));
        }
    }
    buf_put_char(&line, '{');
    put_text(&line, "file", str_of(path));
    put_text(&line, "format", str_of(head.version));
    buf_printf(&line, ",\"well_formed\":%s,\"feed\":{", head.is_broken ? "false" : "true");
    put_text(&line, "title", head.title);
    put_text(&line, "link", head.link);
    put_text(&line, "language", head.lang);
    put_time(&line, "updated", head.updated_ms);
    buf_put_string(&line, "},\"entries\":[");
    buf_put_str(&line, buf_str(&entries));
    buf_put_string(&line, "]}");
    printf("%s\n", line.bytes);
    buf_fini(&line);
    buf_fini(&entries);
    buf_fini(&bytes);
}

int main(int argc, char **argv)
{
    struct feeds_parser *parser = feeds_parser_new();
    char path[4096];
    for (int i = 1; i < argc; i++) {
        read_file(parser, argv[i]);
    }
    while (argc == 1 && fgets(path, sizeof path, stdin) != NULL) {
        path[strcspn(path, "\n")] = '\0';
        read_file(parser, path);
    }
    feeds_parser_free(parser);
    return 0;
}
