/*
 * CSV comes from anyone. Rows cut with any block size are the same; what is written as CSV is read
 * back as it was.
 */
#include <stdlib.h>

#include "feeds/csv.h"
#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/text/utf8.h"
#include "tests/fuzz/fuzz.h"

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* All rows, each with its length in front, as they come when `step` more bytes are at hand. */
static void cut(struct str bytes, size_t step, struct buf *rows)
{
    struct str rest = {.at = bytes.at, .len = 0};
    size_t have = 0, lines = 0;
    for (;;) {
        struct str row;
        size_t more;
        enum feeds_csv_cut answer = feeds_csv_cut(&rest, have == bytes.len, &row, &more);
        lines += more;
        if (answer != FEEDS_CSV_MORE) {
            buf_printf(rows, "%zu:", row.len);
            buf_put_str(rows, row);
        } else if (have == bytes.len) {
            break;
        } else {
            size_t grow = bytes.len - have < step ? bytes.len - have : step;
            have += grow;
            rest.len += grow;
        }
    }
    size_t newlines = 0;
    for (size_t i = 0; i < bytes.len; i++) {
        newlines += bytes.at[i] == '\n';
    }
    require(lines == newlines && rest.len == 0);
}

static void read_all(struct str bytes)
{
    struct err err = ERR_NONE;
    struct feeds_csv_header *header = NULL;
    struct feeds_csv *csv = NULL;
    struct str row;
    size_t lines;
    if (feeds_csv_cut(&bytes, true, &row, &lines) == FEEDS_CSV_ROW) {
        header = feeds_csv_header_new(row, NULL, &err);
    }
    if (header != NULL) {
        csv = feeds_csv_new(header);
    }
    while (csv != NULL && feeds_csv_cut(&bytes, true, &row, &lines) == FEEDS_CSV_ROW) {
        struct post post;
        err = ERR_NONE;
        bool right = feeds_csv_read(csv, row, &post, &err);
        require(right != err_is_set(&err));
        for (int i = 0; right && i < POST_FIELDS; i++) {
            require(utf8_is_valid(post.fields[i]));
        }
    }
    feeds_csv_free(csv);
    feeds_csv_header_free(header);
}

static void write_and_read(struct str text)
{
    struct err err = ERR_NONE;
    struct buf row = BUF_EMPTY, mended = BUF_EMPTY;
    struct feeds_csv_header *header = feeds_csv_header_new(STR("id,text"), NULL, &err);
    struct feeds_csv *csv = feeds_csv_new(header);
    struct post post;
    buf_put(&mended, "", 0);
    utf8_mend(text, &mended);
    buf_put_string(&row, "1,\"");
    for (size_t i = 0; i < mended.len; i++) {
        buf_put_char(&row, mended.bytes[i]);
        if (mended.bytes[i] == '"') {
            buf_put_char(&row, '"');
        }
    }
    buf_put_char(&row, '"');
    require(feeds_csv_read(csv, buf_str(&row), &post, &err));
    require(str_equal(post.fields[POST_TEXT], buf_str(&mended)));
    feeds_csv_free(csv);
    feeds_csv_header_free(header);
    buf_fini(&mended);
    buf_fini(&row);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str input = {.at = (const char *)data, .len = size};
    struct buf whole = BUF_EMPTY, pieces = BUF_EMPTY;
    if (size == 0 || size > 1 << 16) {
        return 0;
    }
    cut(input, size, &whole);
    cut(input, 1 + size / 7, &pieces);
    require(str_equal(buf_str(&whole), buf_str(&pieces)));
    read_all(input);
    write_and_read(input);
    buf_fini(&pieces);
    buf_fini(&whole);
    return 0;
}
