#include "filter/cli/terminal.h"

#include "tests/filter/test.h"

enum form { LINE, TEXT, DEFANGED };

static const struct put_case {
    const char *name;
    enum form form;
    const char *text, *shown;
} cases[] = {
    {"plain", LINE, "Cek DPT di kantor", "Cek DPT di kantor"},
    {"letters beyond ASCII", LINE, "bérita ｋｐｕ", "bérita ｋｐｕ"},
    {"an escape sequence", LINE, "\033]0;x\007", "\\u{1B}]0;x\\u{07}"},
    {"an eight-bit control", LINE,
     "\xc2\x9b"
     "31m",
     "\\u{9B}31m"},
    {"a bidi override", LINE, "a\xe2\x80\xaetxt", "a\\u{202E}txt"},
    {"a zero-width joiner", LINE,
     "a\xe2\x80\x8d"
     "b",
     "a\\u{200D}b"},
    {"a line separator", LINE,
     "a\xe2\x80\xa8"
     "b",
     "a\\u{2028}b"},
    {"lines as one", LINE, "a\nb\r\tc", "a\\u{0A}b\\u{0D}\\u{09}c"},
    {"bytes that are no UTF-8", LINE, "a\xff\xc3", "a\\x{FF}\\x{C3}"},
    {"lines stay lines", TEXT, "a\nb\tc\rd", "a\n  b c\\u{0D}d"},
    {"a URL", DEFANGED, "lihat https://kpu-daftar.example/x.html ya",
     "lihat hxxps://kpu-daftar[.]example/x[.]html ya"},
    {"capitals", DEFANGED, "HTTP://A.EXAMPLE", "hxxp://A[.]EXAMPLE"},
    {"the end of a sentence", DEFANGED, "Selesai. Begitu.", "Selesai. Begitu."},
    {"http alone", DEFANGED, "http saja", "http saja"},
};

static void puts_text(void **state)
{
    const struct put_case *one = *state;
    struct buf out = BUF_EMPTY;
    struct str text = str_of(one->text);
    switch (one->form) {
    case LINE:
        cli_put_line(&out, text);
        break;
    case TEXT:
        cli_put_text(&out, text, 2);
        break;
    case DEFANGED:
        cli_put_defanged(&out, text, 2);
        break;
    }
    assert_string_equal(out.bytes, one->shown);
    buf_fini(&out);
}

static const struct cell_case {
    const char *name, *text;
    size_t columns;
    const char *shown;
} cells[] = {
    {"shorter", "ab", 4, "ab  "},   {"just so", "abcd", 4, "abcd"},
    {"longer", "abcde", 4, "abc…"}, {"wide letters", "ｋｐｕ", 4, "ｋ…"},
    {"empty", "", 2, "  "},
};

static void puts_cell(void **state)
{
    const struct cell_case *one = *state;
    struct buf out = BUF_EMPTY;
    cli_put_cell(&out, str_of(one->text), one->columns);
    /* A wide letter may leave one column over. */
    assert_int_equal(strncmp(out.bytes, one->shown, strlen(one->shown)), 0);
    buf_fini(&out);
}

int main(void)
{
    return RUN_CASES("put", cases, puts_text) + RUN_CASES("cell", cells, puts_cell);
}
