#include "filter/base/err.h"
#include "filter/text/view.h"
#include "tests/filter/test.h"

struct fold_case {
    const char *name, *text, *folded;
};

static const struct fold_case fold_cases[] = {
    {"empty", "", ""},
    {"upper case", "Pilkada KPU", "pilkada kpu"},
    {"upper case across blocks", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijkl",
     "abcdefghijklmnopqrstuvwxyzabcdefghijkl"},
    {"signs around the letters stay", "@[`{ /:09", "@[`{ /:09"},
    {"white space", "a \t\r\n b\vc", "a b c"},
    {"white space at the ends", "  a  ", " a "},
    {"white space across blocks", "0123456789abcde \n fghi", "0123456789abcde fghi"},
    {"no-break, ideographic, Braille blank",
     "a\xc2\xa0"
     "b\xe3\x80\x80"
     "c\xe2\xa0\x80"
     "d",
     "a b c d"},
    {"controls", "k\x01p\x7fu", "kpu"},
    {"zero-width", "k\xe2\x80\x8bp\xe2\x80\x8du\xef\xbb\xbf", "kpu"},
    {"bidi controls", "\xe2\x80\xaekpu\xe2\x80\xac", "kpu"},
    {"soft hyphen, variation selector, tags", "k\xc2\xadp\xef\xb8\x8fu\xf3\xa0\x81\xa1", "kpu"},
    {"fullwidth", "ＫＰＵ１２", "kpu12"},
    {"mathematical", "𝐊𝓟𝔘 𝟙", "kpu 1"},
    {"circled and squared", "ⓚⓟⓤ 🄺🄿🅄 🅺🅿🆄 🅚🅟🅤", "kpu kpu kpu kpu"},
    {"small capitals", "ᴋᴘᴜ ʙᴀɴꜱᴏꜱ", "kpu bansos"},
    {"Cyrillic in both cases", "КРИ кри ВАНК", "kpи kpи bahk"},
    {"Greek", "ΒΑΝΚ βανκ", "bank bavk"},
    {"Lisu and Cherokee", "ꓗꓑꓴ ᏦᏢ", "kpu kp"},
    {"a Cyrillic I is i", "КЛІК", "kлik"},
    {"digits of other scripts", "٢٠٢٤ २०२४", "2024 2024"},
    {"quotes and dashes", "“a” ‘b’ c–d—e…", "\"a\" 'b' c-d-e..."},
    {"ligatures", "ﬁle ﬃ", "file ffi"},
    {"sharp s", "STRASSE straße", "strasse strasse"},
    {"Turkish capital I", "İ", "i\xcc\x87"},
    {"a letter and its mark compose", "e\xcc\x81 E\xcc\x81 é", "é é é"},
    {"marks in canonical order", "a\xcc\x81\xcc\xa3 a\xcc\xa3\xcc\x81", "ạ\xcc\x81 ạ\xcc\x81"},
    {"a mark behind a removed one", "e\xe2\x80\x8b\xcc\x81", "é"},
    {"Hangul", "\xe1\x84\x80\xe1\x85\xa1\xe1\x86\xa8 각", "각 각"},
    {"halfwidth katakana with its sound mark", "ｶﾞ", "ガ"},
    {"a long decomposition", "ﷺ", "صلى الله عليه وسلم"},
    {"Arabic stays", "السلام عليكم", "السلام عليكم"},
    {"emoji and flags stay", "🙏🏽 🇮🇩", "🙏🏽 🇮🇩"},
    {"a spacing accent stays", "a\xc2\xa8", "a\xc2\xa8"},
    {"the Kelvin sign",
     "\xe2\x84\xaa"
     "PU",
     "kpu"},
};

static void fold(void **state)
{
    const struct fold_case *c = *state;
    struct err err = ERR_NONE;
    struct text_view view;
    struct text_fold *folds = text_fold_new(1 << 20);
    char got[256] = "";
    assert_true(text_fold_view(folds, TEXT_FOLDED, str_of(c->text), &view, &err));
    assert_true(view.text.len < sizeof got);
    memcpy(got, view.text.at, view.text.len);
    text_fold_free(folds);
    assert_string_equal(got, c->folded);
}

/* A second run over what was folded changes nothing. */
static void fold_again(void **state)
{
    const struct fold_case *c = *state;
    struct err err = ERR_NONE;
    struct text_view view;
    struct text_fold *folds = text_fold_new(1 << 20);
    assert_true(text_fold_view(folds, TEXT_FOLDED, str_of(c->folded), &view, &err));
    bool same = str_is(view.text, c->folded);
    text_fold_free(folds);
    assert_true(same);
}

/* Views stand until they are made again, and are made anew for another text. */
static void kept_views(void **state)
{
    (void)state;
    struct err err = ERR_NONE;
    struct text_view folded, skeleton;
    struct text_fold *folds = text_fold_new(1 << 20);
    char text[] = "KL1K";
    assert_true(text_fold_view(folds, TEXT_SKELETON, str_of(text), &skeleton, &err));
    assert_true(text_fold_view(folds, TEXT_FOLDED, str_of(text), &folded, &err));
    assert_true(str_is(skeleton.text, "klik"));
    assert_true(str_is(folded.text, "kl1k"));
    text[2] = '2'; /* the same place holds another post */
    text_fold_start(folds);
    assert_true(text_fold_view(folds, TEXT_FOLDED, str_of(text), &folded, &err));
    assert_true(str_is(folded.text, "kl2k"));
    assert_true(text_fold_view(folds, TEXT_FOLDED, STR("lain"), &folded, &err));
    assert_true(str_is(folded.text, "lain"));
    text_fold_free(folds);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(kept_views)};
    return RUN_CASES("folded", fold_cases, fold) +
           RUN_CASES("folded again", fold_cases, fold_again) +
           cmocka_run_group_tests_name("text_fold_view", tests, NULL, NULL);
}
