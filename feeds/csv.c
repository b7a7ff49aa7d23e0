#include "feeds/csv.h"

#include <assert.h>
#include <stdlib.h>

#include "feeds/field.h"
#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/text/utf8.h"

enum { NO_FIELD = -1 };

struct feeds_csv_header {
    int fields[FEEDS_CSV_MAX_COLUMNS]; /* an enum feeds_field, or NO_FIELD */
    size_t count;
};

struct feeds_csv {
    const struct feeds_csv_header *header;
    struct buf mended, text;
    uint64_t mended_count;
};

/* The end of a quoted field that opens at `at`: behind its closing quote; 0 if there is none. */
static size_t skip_quoted(struct str bytes, size_t at)
{
    at++;
    for (;;) {
        const char *quote = at < bytes.len ? memchr(bytes.at + at, '"', bytes.len - at) : NULL;
        if (quote == NULL) {
            return 0;
        }
        at = (size_t)(quote - bytes.at) + 1;
        if (at == bytes.len || bytes.at[at] != '"') {
            return at;
        }
        at++;
    }
}

/* The next comma or line end from `at` on; the bytes' end if there is none. */
static size_t skip_plain(struct str bytes, size_t at)
{
    while (at < bytes.len && bytes.at[at] != ',' && bytes.at[at] != '\n') {
        at++;
    }
    return at;
}

/* Where the first row's line end stands; false if it is not among these bytes. */
static bool find_row_end(struct str bytes, size_t *end)
{
    size_t at = 0;
    while (at < bytes.len) {
        if (bytes.at[at] == '"') {
            at = skip_quoted(bytes, at);
            /* A quote that ends the bytes may be the first half of a doubled one. */
            if (at == 0 || at == bytes.len) {
                return false;
            }
        }
        at = skip_plain(bytes, at);
        if (at < bytes.len && bytes.at[at] == '\n') {
            *end = at;
            return true;
        }
        at++;
    }
    return false;
}

static size_t count_lines(struct str bytes)
{
    size_t lines = 0;
    while (bytes.len > 0) {
        const char *end = memchr(bytes.at, '\n', bytes.len);
        if (end == NULL) {
            break;
        }
        lines++;
        bytes = str_part(bytes, (size_t)(end - bytes.at) + 1, bytes.len);
    }
    return lines;
}

static struct str without_line_end(struct str row)
{
    assert(row.at != NULL);
    if (row.len > 0 && row.at[row.len - 1] == '\n') {
        row.len--;
    }
    if (row.len > 0 && row.at[row.len - 1] == '\r') {
        row.len--;
    }
    return row;
}

enum feeds_csv_cut feeds_csv_cut(struct str *rest, bool is_last, struct str *row, size_t *lines)
{
    /* Only so much is looked at: an open quote must not make every call read all there is. */
    struct str window = *rest;
    if (window.len > FEEDS_CSV_MAX_ROW) {
        window.len = FEEDS_CSV_MAX_ROW;
    }
    *row = (struct str){.at = NULL};
    *lines = 0;
    if (rest->len == 0) {
        return FEEDS_CSV_MORE;
    }
    size_t end = 0;
    enum feeds_csv_cut answer = FEEDS_CSV_ROW;
    if (find_row_end(window, &end)) {
        end++;
    } else if (rest->len >= FEEDS_CSV_MAX_ROW) {
        const char *line_end = memchr(rest->at, '\n', rest->len);
        end = line_end != NULL ? (size_t)(line_end - rest->at) + 1 : rest->len;
        answer = FEEDS_CSV_OVERLONG;
    } else if (is_last) {
        end = rest->len;
    } else {
        return FEEDS_CSV_MORE;
    }
    struct str taken = str_part(*rest, 0, end);
    *row = without_line_end(taken);
    *lines = count_lines(taken);
    *rest = str_part(*rest, end, rest->len);
    return answer;
}

/* The line, from 1, and column of position `at` in a row. */
static bool fail_at(struct str row, size_t at, struct err *err, const char *message)
{
    size_t line = 1, start = 0;
    for (size_t i = 0; i < at; i++) {
        if (row.at[i] == '\n') {
            line++;
            start = i + 1;
        }
    }
    return err_set_at(err, (unsigned)line, (unsigned)(at - start) + 1, "%s", message);
}

/* A quoted field's text: lent from the row, or put into `text` without its doubled quotes. */
static struct str unquote(struct str inside, struct buf *text)
{
    if (inside.len == 0 || memchr(inside.at, '"', inside.len) == NULL) {
        return inside;
    }
    size_t start = text->len;
    while (inside.len > 0) {
        const char *quote = memchr(inside.at, '"', inside.len);
        size_t until = quote != NULL ? (size_t)(quote - inside.at) + 1 : inside.len;
        buf_put(text, inside.at, until);
        if (until < inside.len) {
            until++; /* the quote's double */
        }
        inside = str_part(inside, until, inside.len);
    }
    return (struct str){.at = text->bytes + start, .len = text->len - start};
}

/*
 * Takes the field at `*at`, whose end then is the next comma or the row's end. `text` must have
 * room for the row, so that what is put there does not move.
 */
static bool take_field(struct str row, size_t *at, struct buf *text, struct str *field,
                       struct err *err)
{
    size_t start = *at;
    if (start == row.len || row.at[start] != '"') {
        *at = skip_plain(row, start);
        *field = str_part(row, start, *at);
        return true;
    }
    size_t end = skip_quoted(row, start);
    if (end == 0) {
        return fail_at(row, start, err, "this quote is never closed");
    }
    if (end < row.len && row.at[end] != ',') {
        return fail_at(row, end, err,
                       "a comma or the line's end must follow a closing quote; a quote inside "
                       "quotes is written twice");
    }
    *field = unquote(str_part(row, start + 1, end - 1), text);
    *at = end;
    return true;
}

static bool equal_names(struct str a, struct str b)
{
    for (size_t i = 0; i < a.len && a.len == b.len; i++) {
        char x = a.at[i], y = b.at[i];
        if ((x >= 'A' && x <= 'Z' ? x + 32 : x) != (y >= 'A' && y <= 'Z' ? y + 32 : y)) {
            return false;
        }
    }
    return a.len == b.len;
}

static int field_of(struct str name, struct str text_column)
{
    if (equal_names(name, text_column)) {
        return FEEDS_TEXT;
    }
    for (int i = 0; i < FEEDS_FIELD_COUNT; i++) {
        /* "text" is the text only where no other column was named. */
        if (i != FEEDS_TEXT && equal_names(name, str_of(feeds_field_name((enum feeds_field)i)))) {
            return i;
        }
    }
    return NO_FIELD;
}

static bool add_column(struct feeds_csv_header *header, struct str name, struct str text_column,
                       unsigned *present, struct err *err)
{
    if (header->count == FEEDS_CSV_MAX_COLUMNS) {
        return err_set(err, "more than %d columns", FEEDS_CSV_MAX_COLUMNS);
    }
    int field = field_of(str_trim(name), text_column);
    if (field != NO_FIELD) {
        if ((*present & 1U << field) != 0) {
            return err_set(err, "two columns are the post's '%s'",
                           feeds_field_name((enum feeds_field)field));
        }
        *present |= 1U << field;
    }
    header->fields[header->count++] = field;
    return true;
}

static bool read_header(struct feeds_csv_header *header, struct str row, struct str text_column,
                        struct buf *text, struct err *err)
{
    unsigned present = 0;
    for (size_t at = 0;; at++) {
        struct str name = STR("");
        if (!take_field(row, &at, text, &name, err) ||
            !add_column(header, name, text_column, &present, err)) {
            return false;
        }
        if (at == row.len) {
            break;
        }
    }
    if ((present & 1U << FEEDS_TEXT) == 0) {
        return err_set(err, "the header has no column '%.*s'; name the text's column",
                       STR_FORMAT(text_column));
    }
    return true;
}

struct feeds_csv_header *feeds_csv_header_new(struct str row, const char *text_column,
                                              struct err *err)
{
    struct feeds_csv_header *header = mem_zero(1, sizeof *header);
    struct buf text = BUF_EMPTY;
    if (str_starts(row, STR("\xEF\xBB\xBF"))) {
        row = str_part(row, 3, row.len);
    }
    mem_grow(&text.bytes, &text.room, row.len + 1, 1);
    if (!read_header(header, row, str_of(text_column != NULL ? text_column : "text"), &text, err)) {
        free(header);
        header = NULL;
    }
    buf_fini(&text);
    return header;
}

void feeds_csv_header_free(struct feeds_csv_header *header)
{
    free(header);
}

struct feeds_csv *feeds_csv_new(const struct feeds_csv_header *header)
{
    struct feeds_csv *csv = mem_zero(1, sizeof *csv);
    csv->header = header;
    return csv;
}

void feeds_csv_free(struct feeds_csv *csv)
{
    if (csv == NULL) {
        return;
    }
    buf_fini(&csv->mended);
    buf_fini(&csv->text);
    free(csv);
}

bool feeds_csv_read(struct feeds_csv *csv, struct str row, struct post *post, struct err *err)
{
    struct feeds_fields fields = {.present = 0};
    *post = POST_EMPTY;
    if (row.len == 0) {
        return err_set(err, "an empty row holds no post");
    }
    if (!utf8_is_valid(row)) {
        buf_clear(&csv->mended);
        csv->mended_count += utf8_mend(row, &csv->mended);
        row = buf_str(&csv->mended);
    }
    buf_clear(&csv->text);
    mem_grow(&csv->text.bytes, &csv->text.room, row.len + 1, 1);
    size_t at = 0;
    for (size_t column = 0;; column++, at++) {
        struct str field = STR("");
        if (!take_field(row, &at, &csv->text, &field, err)) {
            return false;
        }
        if (column < csv->header->count && csv->header->fields[column] != NO_FIELD) {
            fields.texts[csv->header->fields[column]] = field;
        }
        if (at == row.len) {
            break;
        }
    }
    return feeds_fields_post(&fields, post, err);
}

uint64_t feeds_csv_mended(const struct feeds_csv *csv)
{
    return csv->mended_count;
}
