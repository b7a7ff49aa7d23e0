/* Text without case, one code point for each. */
#include "filter/text/caseless.h"
#include "tests/filter/test.h"

struct lowering {
    const char *name, *text, *caseless;
};

static const struct lowering lowerings[] = {
    {"nothing", "", ""},
    {"ASCII", "Kpu-RI_09[", "kpu-ri_09["},
    {"beyond ASCII", "ÀÉΩЖ", "àéωж"},
    {"both small sigmas", "ΛΌΓΟΣ λόγος", "λόγοσ λόγοσ"},
    {"the Kelvin sign and the long s", "\u212a\u017f", "ks"},
    {"the Turkish ones are letters of their own", "\u0130\u0131", "\u0130\u0131"},
    {"sharp s stays one letter", "ß\u1e9e", "ßß"},
    {"full width", "ＫＰＵ", "ｋｐｕ"},
    {"beyond the first plane", "\U00010400", "\U00010428"},
    {"nothing is normalised", "e\u0301\u200b", "e\u0301\u200b"},
};

static void test_lowering(void **state)
{
    const struct lowering *lowering = *state;
    struct buf once = BUF_EMPTY, twice = BUF_EMPTY;
    text_caseless(str_of(lowering->text), &once);
    assert_true(str_is(buf_str(&once), lowering->caseless));
    text_caseless(buf_str(&once), &twice);
    assert_true(str_equal(buf_str(&once), buf_str(&twice)));
    buf_fini(&once);
    buf_fini(&twice);
}

int main(void)
{
    return RUN_CASES("text without case", lowerings, test_lowering);
}
