#include "feeds/parse.h"

#include <stdlib.h>

#include "feeds/build.h"
#include "feeds/csv.h"
#include "feeds/encoding.h"
#include "feeds/json.h"
#include "feeds/ndjson.h"
#include "feeds/xml.h"
#include "filter/base/err.h"
#include "filter/base/mem.h"

struct feeds_parser {
    struct buf utf8; /* a document that came in another encoding */
    struct feeds_build build;
    struct feeds_xml *xml;
    struct feeds_ndjson *ndjson;
};

struct feeds_parser *feeds_parser_new(void)
{
    struct feeds_parser *parser = mem_zero(1, sizeof *parser);
    parser->xml = feeds_xml_new();
    parser->ndjson = feeds_ndjson_new();
    return parser;
}

void feeds_parser_free(struct feeds_parser *parser)
{
    if (parser == NULL) {
        return;
    }
    feeds_ndjson_free(parser->ndjson);
    feeds_xml_free(parser->xml);
    feeds_build_fini(&parser->build);
    buf_fini(&parser->utf8);
    free(parser);
}

static bool read_line(struct feeds_parser *parser, const struct feeds_document *document,
                      struct str line, struct feeds_head *head, struct err *err)
{
    struct feeds_entry entry = {.updated_ms = CLOCK_NEVER};
    struct err why = ERR_NONE;
    if (!feeds_ndjson_read(parser->ndjson, line, &entry.post, &why)) {
        head->bad++;
        *err = err_is_set(err) ? *err : why;
        return true;
    }
    if (entry.post.source.len == 0) {
        entry.post.source = document->source;
    }
    if (entry.post.lang.len == 0) {
        entry.post.lang = document->lang;
    }
    entry.post.fetched_ms = document->fetched_ms;
    entry.has_own_id = entry.post.id.len > 0;
    head->entries++;
    return parser->build.on_entry(parser->build.context, &entry);
}

/* A bad line is counted; only a document of nothing but bad lines is an error, with the first. */
static bool read_ndjson(struct feeds_parser *parser, const struct feeds_document *document,
                        struct feeds_head *head, struct err *err)
{
    struct err first = ERR_NONE;
    struct str rest = document->bytes;
    uint64_t mended = feeds_ndjson_mended(parser->ndjson);
    head->format = FEEDS_NDJSON;
    head->version = "ndjson";
    for (unsigned number = 1; rest.len > 0 && head->entries + head->bad < FEEDS_MAX_ENTRIES;
         number++) {
        const char *end = memchr(rest.at, '\n', rest.len);
        size_t len = end != NULL ? (size_t)(end - rest.at) : rest.len;
        struct str line = str_part(rest, 0, len);
        rest = str_part(rest, len + (end != NULL), rest.len);
        bool was_fine = !err_is_set(&first);
        if (str_trim(line).len > 0 && !read_line(parser, document, line, head, &first)) {
            break;
        }
        if (was_fine && err_is_set(&first)) {
            first.line = number;
        }
    }
    head->mended = feeds_ndjson_mended(parser->ndjson) - mended;
    head->is_broken = head->bad > 0;
    if (head->entries == 0 && err_is_set(&first)) {
        *err = first;
        return false;
    }
    return true;
}

static void take_row(struct feeds_parser *parser, const struct feeds_document *document,
                     struct feeds_csv *csv, struct str row, struct feeds_head *head,
                     struct err *err)
{
    struct feeds_entry entry = {.updated_ms = CLOCK_NEVER};
    if (!feeds_csv_read(csv, row, &entry.post, err)) {
        head->bad++;
        return;
    }
    if (entry.post.source.len == 0) {
        entry.post.source = document->source;
    }
    if (entry.post.lang.len == 0) {
        entry.post.lang = document->lang;
    }
    entry.post.fetched_ms = document->fetched_ms;
    entry.has_own_id = entry.post.id.len > 0;
    head->entries++;
    parser->build.is_stopped = !parser->build.on_entry(parser->build.context, &entry);
}

/* As read_ndjson: bad rows are counted. */
static bool read_csv(struct feeds_parser *parser, const struct feeds_document *document,
                     struct str text, struct feeds_head *head, struct err *err)
{
    struct err first = ERR_NONE;
    struct str row;
    size_t lines, line = 1;
    head->format = FEEDS_CSV;
    head->version = "csv";
    if (feeds_csv_cut(&text, true, &row, &lines) != FEEDS_CSV_ROW) {
        return err_set(err, "has no row of names");
    }
    struct feeds_csv_header *header = feeds_csv_header_new(row, NULL, err);
    if (header == NULL) {
        return false;
    }
    struct feeds_csv *csv = feeds_csv_new(header);
    while (!parser->build.is_stopped && head->entries + head->bad < FEEDS_MAX_ENTRIES) {
        line += lines;
        enum feeds_csv_cut cut = feeds_csv_cut(&text, true, &row, &lines);
        if (cut == FEEDS_CSV_MORE) {
            break;
        }
        struct err why = ERR_NONE;
        if (cut == FEEDS_CSV_OVERLONG) {
            head->bad++;
            err_set(&why, "a row of more than %d bytes", FEEDS_CSV_MAX_ROW);
        } else if (str_trim(row).len > 0) {
            take_row(parser, document, csv, row, head, &why);
        }
        if (err_is_set(&why) && !err_is_set(&first)) {
            first = why;
            first.line += (unsigned)line - (first.line > 0);
        }
    }
    head->mended += feeds_csv_mended(csv);
    head->is_broken |= head->bad > 0;
    feeds_csv_free(csv);
    feeds_csv_header_free(header);
    if (head->entries == 0 && err_is_set(&first)) {
        *err = first;
        return false;
    }
    return true;
}

static struct str skip_space(struct str text)
{
    size_t at = 0;
    while (at < text.len && (text.at[at] == ' ' || (text.at[at] >= '\t' && text.at[at] <= '\r'))) {
        at++;
    }
    return str_part(text, at, text.len);
}

bool feeds_parse(struct feeds_parser *parser, const struct feeds_document *document,
                 feeds_on_entry *on_entry, void *context, struct feeds_head *head, struct err *err)
{
    feeds_build_start(&parser->build, document, on_entry, context, head);
    if (document->bytes.len > FEEDS_MAX_DOCUMENT) {
        return err_set(err, "has %zu bytes; at most %d are read", document->bytes.len,
                       FEEDS_MAX_DOCUMENT);
    }
    if (document->is_ndjson) {
        return read_ndjson(parser, document, head, err);
    }
    struct str text = feeds_encoding_decode(document->bytes, document->content_type, &parser->utf8,
                                            &head->mended);
    head->is_broken = head->mended > 0;
    struct str start = skip_space(text);
    if (start.len == 0) {
        return err_set(err, "is empty");
    }
    if (document->is_csv) {
        return read_csv(parser, document, text, head, err);
    }
    bool done;
    if (document->read != NULL) {
        head->format = FEEDS_JSON;
        done = document->read(text, &parser->build, err);
    } else if (start.at[0] == '{') {
        done = feeds_json_read(text, &parser->build, err);
    } else {
        done = feeds_xml_read(parser->xml, text, &parser->build, err);
    }
    feeds_build_finish(&parser->build);
    return done;
}
