#include "feeds/csv.h"

#include <stdlib.h>

#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "tests/filter/test.h"

static void assert_str(struct str got, const char *want)
{
    assert_int_equal(got.len, strlen(want));
    if (got.len > 0) {
        assert_memory_equal(got.at, want, got.len);
    }
}

static const struct cut_case {
    const char *name, *bytes, *rows; /* rows joined by '|' */
    size_t lines;
} cuts[] = {
    {"nothing", "", "", 0},
    {"LF and CRLF", "a,b\nc,d\r\n", "a,b|c,d|", 2},
    {"no line end at the end", "a\nb", "a|b|", 1},
    {"a quoted line end", "\"a\nb\",c\nd\n", "\"a\nb\",c|d|", 3},
    {"a quoted comma and doubled quotes", "\"a,\"\"\n\"\"\",b\nc", "\"a,\"\"\n\"\"\",b|c|", 2},
    {"a quote inside a plain field opens nothing", "a\"b,c\nd\"\n", "a\"b,c|d\"|", 2},
    {"empty fields", ",,\n\"\",\"\"\n", ",,|\"\",\"\"|", 2},
    {"text behind a closed quote", "\"a\"b\nc\n", "\"a\"b|c|", 2},
    {"empty rows", "\n\na\n", "||a|", 3},
    {"a quote never closed", "a\n\"b\nc\n", "a|\"b\nc|", 3},
};

/* Cuts with more and more bytes at hand, `step` at a time: the same rows must come out. */
static void cut_by(const struct cut_case *c, size_t step)
{
    struct buf rows = BUF_EMPTY;
    size_t total = strlen(c->bytes), have = step < total ? step : total, lines = 0;
    struct str rest = {.at = c->bytes, .len = have};
    buf_put(&rows, "", 0);
    for (;;) {
        struct str row;
        size_t more = 0;
        enum feeds_csv_cut answer = feeds_csv_cut(&rest, have == total, &row, &more);
        lines += more;
        if (answer == FEEDS_CSV_ROW) {
            buf_put_str(&rows, row);
            buf_put_char(&rows, '|');
            continue;
        }
        assert_int_equal(answer, FEEDS_CSV_MORE);
        if (have == total) {
            break;
        }
        size_t grow = total - have < step ? total - have : step;
        rest.len += grow;
        have += grow;
    }
    assert_int_equal(rest.len, 0);
    assert_int_equal(lines, c->lines);
    assert_str(buf_str(&rows), c->rows);
    buf_fini(&rows);
}

static void cuts_rows(void **state)
{
    const struct cut_case *c = *state;
    for (size_t step = 1; step <= strlen(c->bytes) + 1; step++) {
        cut_by(c, step);
    }
}

static void gives_up_an_open_quote(void **state)
{
    (void)state;
    struct buf bytes = BUF_EMPTY;
    buf_put_string(&bytes, "\"open\nb,c\n");
    while (bytes.len < FEEDS_CSV_MAX_ROW) {
        buf_put_string(&bytes, "0123456789abcdef\n");
    }
    struct str rest = buf_str(&bytes), row;
    size_t lines;
    assert_int_equal(feeds_csv_cut(&rest, false, &row, &lines), FEEDS_CSV_OVERLONG);
    assert_str(row, "\"open");
    assert_int_equal(lines, 1);
    assert_int_equal(feeds_csv_cut(&rest, false, &row, &lines), FEEDS_CSV_ROW);
    assert_str(row, "b,c");
    buf_fini(&bytes);
}

static void gives_up_an_endless_line(void **state)
{
    (void)state;
    char *bytes = calloc(1, FEEDS_CSV_MAX_ROW + 10);
    struct str rest = {.at = bytes, .len = FEEDS_CSV_MAX_ROW + 10}, row;
    size_t lines;
    assert_int_equal(feeds_csv_cut(&rest, false, &row, &lines), FEEDS_CSV_OVERLONG);
    assert_int_equal(row.len, FEEDS_CSV_MAX_ROW + 10);
    assert_int_equal(lines, 0);
    assert_int_equal(rest.len, 0);
    free(bytes);
}

static const struct header_case {
    const char *name, *row, *column, *message;
} headers[] = {
    {"the default column", "id,text", NULL, NULL},
    {"in any case, with a BOM", "\xEF\xBB\xBFText,ID", NULL, NULL},
    {"a named column", "id,isi pos", "isi pos", NULL},
    {"a named column beside \"text\"", "text,isi", "isi", NULL},
    {"no such column", "id,isi", NULL, "the header has no column 'text'; name the text's column"},
    {"no such named column", "id,text", "isi",
     "the header has no column 'isi'; name the text's column"},
    {"a column twice", "text,id,ID", NULL, "two columns are the post's 'id'"},
    {"the text twice", "text,text", NULL, "two columns are the post's 'text'"},
    {"a broken quote", "text,\"id", NULL, "this quote is never closed"},
    {"empty", "", NULL, "the header has no column 'text'; name the text's column"},
};

static void reads_header(void **state)
{
    const struct header_case *c = *state;
    struct err err = ERR_NONE;
    struct feeds_csv_header *header = feeds_csv_header_new(str_of(c->row), c->column, &err);
    assert_int_equal(header != NULL, c->message == NULL);
    assert_string_equal(err.message, c->message != NULL ? c->message : "");
    feeds_csv_header_free(header);
}

static const struct row_case {
    const char *name, *row, *id, *text, *message;
    unsigned line, column;
} rows[] = {
    {"plain", "1,2026-11-20,isi pos,lain", "1", "isi pos", NULL, 0, 0},
    {"quoted", "\"1\",,\"isi, \"\"pos\"\"\nbaris dua\"", "1", "isi, \"pos\"\nbaris dua", NULL, 0,
     0},
    {"quotes at both ends", ",,\"\"\"a\"\"\"", "", "\"a\"", NULL, 0, 0},
    {"more fields than columns", "1,,a,b,c,d", "1", "a", NULL, 0, 0},
    {"invalid UTF-8", "1,,a\xFF", "1", "a\xEF\xBF\xBD", NULL, 0, 0},
    {"too few fields", "1,", "", "", "'text' is missing", 0, 0},
    {"empty", "", "", "", "an empty row holds no post", 0, 0},
    {"a quote not closed", "1,\"a\nb\n,\"\"c", "", "", "this quote is never closed", 1, 3},
    {"text behind a quote", "1,,\"a\nb\"c", "", "",
     "a comma or the line's end must follow a closing quote; a quote inside quotes is written "
     "twice",
     2, 3},
    {"no time", "1,kemarin,a", "", "", "'published' must be a time, as 2026-11-24T07:00:00+08:00",
     0, 0},
};

static void reads_row(void **state)
{
    const struct row_case *c = *state;
    struct err err = ERR_NONE;
    struct post post;
    struct feeds_csv_header *header =
        feeds_csv_header_new(STR("id,published,text,rest"), NULL, &err);
    assert_non_null(header);
    struct feeds_csv *csv = feeds_csv_new(header);
    bool right = feeds_csv_read(csv, str_of(c->row), &post, &err);
    assert_int_equal(right, c->message == NULL);
    if (right) {
        assert_str(post.id, c->id);
        assert_str(post.fields[POST_TEXT], c->text);
    } else {
        assert_string_equal(err.message, c->message);
        assert_int_equal(err.line, c->line);
        assert_int_equal(err.column, c->column);
    }
    assert_int_equal(feeds_csv_mended(csv), strchr(c->row, '\xFF') != NULL);
    feeds_csv_free(csv);
    feeds_csv_header_free(header);
}

int main(void)
{
    const struct CMUnitTest limits[] = {
        cmocka_unit_test(gives_up_an_open_quote),
        cmocka_unit_test(gives_up_an_endless_line),
    };
    return RUN_CASES("feeds_csv_cut", cuts, cuts_rows) +
           RUN_CASES("feeds_csv_header_new", headers, reads_header) +
           RUN_CASES("feeds_csv_read", rows, reads_row) +
           cmocka_run_group_tests_name("feeds_csv_cut limits", limits, NULL, NULL);
}
