/* What a rule may say but hardly means: warnings, which do not keep it from loading. */
#include "filter/base/buf.h"
#include "tests/filter/rule/strict.h"
#include "tests/filter/test.h"

struct lint {
    const char *name;
    const char *detection; /* flow YAML, from line 5, column 12 on; or a whole document */
    const char *warning;   /* all that is said; "" nothing */
};

static const struct lint lints[] = {
    {"nothing to say", "{a: {text|contains: x}, condition: a}", ""},
    {"an identifier that is not used",
     "{a: {text|contains: x}, b: {text|contains: y}, condition: a}",
     "5:36: warning: 'b' is not used in the condition; use it or take it out\n"},
    {"one that starts with _ may be unused",
     "{a: {text|contains: x}, _b: {text|contains: y}, condition: a}", ""},
    {"an unknown field", "{a: {tekst|contains: x}, condition: a}",
     "5:17: warning: unknown field 'tekst' matches nothing; did you mean 'text'?\n"},
    {"a field that is like none", "{a: {commandline|contains: x}, condition: a}",
     "5:17: warning: unknown field 'commandline' matches nothing; posts have text, title, "
     "author_name, lang, source, link.url, link.host, link.domain and link.path\n"},
    {"all of one", "{a: {text|contains|all: x}, condition: a}",
     "5:17: warning: 'all' with a single value does nothing; drop it, or list several values\n"},
    {"expand of what is no list", "{a: {text|contains|expand: bank_names}, condition: a}",
     "5:39: warning: 'expand' finds no list's name between percent signs, as '%bank_names%', so "
     "this is matched as it is\n"},
    {"timeframe", "{a: {text|contains: x}, timeframe: 5m, condition: a}",
     "5:36: warning: 'timeframe' does nothing: a post is matched alone\n"},
    {"a star", "{a: {lang: '*'}, condition: a}",
     "5:23: warning: '*' matches every post that has this field; write what it must hold, or "
     "exists\n"},
    {"a whole text", "{a: {text: klik}, condition: a}",
     "5:23: warning: this matches only a post that says 'klik' and nothing else; use words or "
     "contains\n"},
    {"a whole source is what one means", "{a: {source: kabar}, condition: a}", ""},
    {"a value twice", "{a: {text|contains: [KPU, dpt, kpu]}, condition: a}",
     "5:43: warning: 'kpu' is in this list already, once folded; take it out\n"},
    {"a pattern that another one makes needless",
     "{a: {text|contains: [klik, klik link]}, condition: a}",
     "5:39: warning: '*klik link*' is needless: '*klik*' beside it matches wherever it does; take "
     "it out\n"},
    {"the same the other way round", "{a: {text|contains: [klik link, klik]}, condition: a}",
     "5:44: warning: '*klik link*' is needless: '*klik*' beside it matches wherever it does; take "
     "it out\n"},
    {"whole words", "{a: {text|words: [kode otp, otp]}, condition: a}",
     "5:40: warning: 'kode otp' is needless: 'otp' beside it matches wherever it does; take it "
     "out\n"},
    {"a word in a word is none", "{a: {text|words: [pindah, pin]}, condition: a}", ""},
    {"an end that is in the middle of another",
     "{a: {link.host|endswith: [.b.example, .a.b.example]}, condition: a}", ""},
    {"all of them are wanted", "{a: {text|contains|all: [klik, klik link]}, condition: a}", ""},
    {"another wildcard", "{a: {lang: ['i*d', i*]}, condition: a}", ""},
    {"a regex that matches the empty text", "{a: {text|re: 'x*'}, condition: a}",
     "5:26: warning: regex 'x*': it can match no letters at all, so it matches every post; say "
     "what "
     "must be there\n"},
    {"a regex of letters that folding changes", "{a: {text|re|i: 'kрu'}, condition: a}",
     "5:28: warning: regex 'kрu': 'kрu' never stands in this view, which has 'kpu' for it\n"},
    {"the same where nothing is folded", "{a: {text|re: 'kрu'}, condition: a}", ""},
    {"letters that are only larger", "{a: {text|re|i: 'É(KPU)'}, condition: a}", ""},
    {"a regex of what the skeleton undoes",
     "{a: {text|skeleton|re: '(x|b4nsos)[0-9]{2}'}, condition: a}",
     "5:35: warning: regex '(x|b4nsos)[0-9]{2}': 'b4nsos' never stands in this view, which has "
     "'bansos' for it\n"},
    {"a regex of what it keeps", "{a: {text|skeleton|re: '\\\\d[a-z]bansos{2}'}, condition: a}",
     ""},
    {"a slow regex", "{a: {text|re: '.*.*.*x'}, condition: a}",
     "5:26: warning: regex '.*.*.*x': slow on long posts, as 400 bytes of 'a'; bound its repeats, "
     "as .{0,80}\n"},
};

#define BASIS                                                                                      \
    "basis: { class: fraud, expires: 2027-01-01, evidence: [{ type: official, url: "               \
    "'https://contoh.example/', publisher: C, published: 2026-01-01, impersonates: C }] }\n"
#define HEAD "title: t\nid: 00000000-0000-4000-8000-000000000001\nlevel: low\n"
#define LOGSOURCE "logsource: { category: post }\n"
#define TESTS "tests: { match: [{ text: x }], pass: [{ text: y }] }\n"

static void must_say(struct str yaml, const char *expected)
{
    struct buf said = BUF_EMPTY, loaded = BUF_EMPTY;
    bool done = strict_load(yaml, true, &said, &loaded);
    assert_string_equal(said.len > 0 ? said.bytes : "", expected);
    assert_true(done);
    assert_true(loaded.len > 0);
    buf_fini(&said);
    buf_fini(&loaded);
}

static void test_lint(void **state)
{
    const struct lint *test = *state;
    struct buf yaml = BUF_EMPTY;
    buf_printf(&yaml, HEAD LOGSOURCE "detection: %s\n" TESTS BASIS, test->detection);
    must_say(buf_str(&yaml), test->warning);
    buf_fini(&yaml);
}

static const struct lint documents[] = {
    {"a byte order mark, and lines that end as on Windows",
     "\xef\xbb\xbf" HEAD LOGSOURCE
     "detection: { a: { text|contains: x }, condition: a }\r\n" TESTS BASIS,
     ""},
    {"no tests", HEAD LOGSOURCE "detection: { a: { text|contains: x }, condition: a }\n" BASIS,
     "1:1: warning: no tests; write tests: with posts under match and pass\n"},
    {"tests of one kind",
     HEAD LOGSOURCE "detection: { a: { text|contains: x }, condition: a }\n"
                    "tests: { match: [{ text: x }] }\n" BASIS,
     "6:1: warning: 'tests' has no 'pass'; write posts that must pass\n"},
    {"no logsource", HEAD "detection: { a: { text|contains: x }, condition: a }\n" TESTS BASIS,
     "1:1: warning: no logsource; write logsource: { category: post }\n"},
    {"a key that is like one of Sigma's",
     HEAD LOGSOURCE
     "detection: { a: { text|contains: x }, condition: a }\nlevels: x\nteam: x\n" TESTS BASIS,
     "6:1: warning: unknown key 'levels' is ignored; did you mean 'level'?\n"},
    {"a long life",
     HEAD LOGSOURCE
     "detection: { a: { text|contains: x }, condition: a }\n" TESTS
     "basis: { class: fraud, expires: 2029-01-01, evidence: [{ type: official, url: "
     "'https://contoh.example/', publisher: C, published: 2026-01-01, impersonates: C }] }\n",
     "7:33: warning: expires in more than two years; a season has at most 240 days\n"},
};

static void test_document(void **state)
{
    const struct lint *test = *state;
    must_say(str_of(test->detection), test->warning);
}

int main(void)
{
    return RUN_CASES("warnings of detections", lints, test_lint) +
           RUN_CASES("warnings of documents", documents, test_document);
}
