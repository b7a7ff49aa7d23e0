#include "filter/text/stems.h"
#include "tests/filter/test.h"

static const struct stems_case {
    const char *name, *text, *stems;
} cases[] = {
    {"nothing", "", ""},
    {"words of one stem", "pemilihan pemilih memilih", "pilih pilih pilih"},
    {"case and marks of writing", "KPU, kotak-suara!", "kpu kotak suara"},
    {"thousands", "11.000 surat, 11,000 suara; 11000.", "11000 surat 11000 suara 11000"},
    {"a full stop behind a number", "tahun 2024. Lalu", "tahun 2024 lalu"},
    {"a tag is a word", "#pilkada", "pilkada"},
    {"a name is none", "kata @orang.rekaan begitu", "kata begitu"},
    {"a link is none", "buka https://contoh.example/pemilih?a=b lalu www.contoh.example",
     "buka lalu"},
    {"an address of mail keeps no domain", "tulis a@contoh.example lagi", "tulis a lagi"},
    {"letters that look alike", "p\xd0\xb5milih", "pilih"},
    {"other scripts", "\xd9\x85\xd8\xb1\xd8\xad\xd8\xa8\xd8\xa7",
     "\xd9\x85\xd8\xb1\xd8\xad\xd8\xa8\xd8\xa7"},
    {"no word has more than 64 bytes",
     "a "
     "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb "
     "c",
     "a c"},
};

static void test_case(void **state)
{
    const struct stems_case *one = *state;
    struct text_stems *stems = text_stems_new();
    struct buf out = BUF_EMPTY;
    for (int twice = 0; twice < 2; twice++) { /* nothing of a text is left for the next */
        buf_clear(&out);
        text_stems_put(stems, str_of(one->text), &out);
        assert_string_equal(out.len > 0 ? out.bytes : "", one->stems);
    }
    buf_fini(&out);
    text_stems_free(stems);
}

/* What is longer than is looked at is cut at a code point. */
static void test_long(void **state)
{
    (void)state;
    struct text_stems *stems = text_stems_new();
    struct buf text = BUF_EMPTY, out = BUF_EMPTY;
    buf_put_char(&text, ' ');
    while (text.len < (size_t)TEXT_STEMS_MOST + 10) {
        buf_put_string(&text, "\xc3\xa9");
    }
    text_stems_put(stems, buf_str(&text), &out);
    assert_int_equal(out.len, 0);
    buf_clear(&text);
    while (text.len < 2 * (size_t)TEXT_STEMS_MOST) {
        buf_put_string(&text, "suara ");
    }
    text_stems_put(stems, buf_str(&text), &out);
    assert_in_range(out.len, TEXT_STEMS_MOST - 16, TEXT_STEMS_MOST);
    buf_fini(&text);
    buf_fini(&out);
    text_stems_free(stems);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_long)};
    return RUN_CASES("text_stems_put", cases, test_case) +
           cmocka_run_group_tests_name("text_stems", tests, NULL, NULL);
}
