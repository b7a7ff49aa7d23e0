/* The engine on programs made by hand: what matches, where, and what happens at limits. */
#include "filter/rule/engine.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "tests/filter/rule/builder.h"
#include "tests/filter/rule/naive.h"
#include "tests/filter/test.h"

#define RAW TEXT_RAW
#define FOLDED TEXT_FOLDED
#define SKELETON TEXT_SKELETON
enum { I = RULE_REGEX_I, M = RULE_REGEX_M, S = RULE_REGEX_S };

struct atom_case {
    const char *name;
    const char *field;
    enum text_view_kind view;
    enum rule_op op;
    unsigned flags;
    struct str pattern; /* '*' and '?' are wild in a glob */
    struct str text;
    const char *spans; /* "text[0,3)"; "": it matches and shows nothing; NULL: no match */
    enum rule_way way;
};

#define GLOB "text", FOLDED, RULE_GLOB, 0
#define WORDS "text", FOLDED, RULE_WORDS, 0
#define REGEX "text", FOLDED, RULE_REGEX, I
#define RAW_REGEX "text", RAW, RULE_REGEX
#define LITERAL RULE_WAY_LITERAL
#define TABLE RULE_WAY_TABLE
#define AUTOMATON RULE_WAY_AUTOMATON
#define DEMAND RULE_WAY_DEMAND

static const struct atom_case atom_cases[] = {
    {"contains", GLOB, STR("*nik*"), STR("kirim NIK Anda"), "text[6,9)", LITERAL},
    {"contains, absent", GLOB, STR("*nik*"), STR("kirim KTP"), NULL, LITERAL},
    {"contains at the very end", GLOB, STR("*nik*"), STR("nomor nik"), "text[6,9)", LITERAL},
    {"contains one letter", GLOB, STR("*q*"), STR("ini q"), "text[4,5)", LITERAL},
    {"contains two letters", GLOB, STR("*wa*"), STR("lewat wa"), "text[2,4)", LITERAL},
    {"contains three letters in a text of three", GLOB, STR("*kpu*"), STR("kpu"), "text[0,3)",
     LITERAL},
    {"contains eight letters", GLOB, STR("*pemilih1*"), STR("daftar pemilih1"), "text[7,15)",
     LITERAL},
    {"contains nine letters at an odd place", GLOB, STR("*verifikas*"), STR("xverifikasi"),
     "text[1,10)", LITERAL},
    {"contains nine letters at an even place", GLOB, STR("*verifikas*"), STR("verifikasi"),
     "text[0,9)", LITERAL},
    {"contains more than the text", GLOB, STR("*verifikasi nik*"), STR("verifikasi"), NULL,
     LITERAL},
    {"the whole value", GLOB, STR("kpu"), STR("KPU"), "text[0,3)", TABLE},
    {"not the whole value", GLOB, STR("kpu"), STR("KPU RI"), NULL, TABLE},
    {"the beginning", GLOB, STR("kpu*"), STR("KPU RI"), "text[0,3)", TABLE},
    {"the end", GLOB, STR("*ri"), STR("KPU RI"), "text[4,6)", TABLE},
    {"an end longer than is hashed", GLOB,
     STR("*aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggggggggg"),
     STR("xaaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggggggggg"), "text[1,71)",
     TABLE},
    {"an end that differs before what is hashed", GLOB,
     STR("*aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggggggggg"),
     STR("xbaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggggggggg"), NULL, TABLE},
    {"two pieces", GLOB, STR("*kirim*nik*"), STR("kirim dulu nik"), "text[0,14)", LITERAL},
    {"two pieces the other way round", GLOB, STR("*kirim*nik*"), STR("nik kirim"), NULL, LITERAL},
    {"one character", GLOB, STR("*n?k*"), STR("nik"), "text[0,3)", LITERAL},
    {"one character of several bytes", GLOB, STR("*n?k*"), STR("n日k"), "text[0,5)", LITERAL},
    {"two characters are not one", GLOB, STR("n?k"), STR("niik"), NULL, LITERAL},
    {"anything", GLOB, STR("*"), STR("a"), "", DEMAND},
    {"at least two characters", GLOB, STR("??*"), STR("é"), NULL, DEMAND},
    {"a letter that looks like it", GLOB, STR("*kpu*"), STR("K\xd1\x80U"), "text[0,4)", LITERAL},
    {"full width", GLOB, STR("*kpu*"), STR("ＫＰＵ"), "text[0,9)", LITERAL},
    {"words", WORDS, STR("kpu"), STR("oleh KPU."), "text[5,8)", LITERAL},
    {"words inside a word", WORDS, STR("kpu"), STR("kpud dkpu"), NULL, LITERAL},
    {"words behind one inside a word", WORDS, STR("kpu"), STR("kpud KPU"), "text[5,8)", LITERAL},
    {"words beside '_'", WORDS, STR("kpu"), STR("_kpu kpu_"), NULL, LITERAL},
    {"words beside a letter beyond ASCII", WORDS, STR("kpu"), STR("éкpu日kpu"), NULL, LITERAL},
    {"words beside an emoji", WORDS, STR("kpu"), STR("😀kpu😀"), "text[4,7)", LITERAL},
    {"several words", WORDS, STR("kpu ri"), STR("dari KPU \n RI saja"), "text[5,13)", LITERAL},
    {"words that start with a sign", WORDS, STR("@kpu"), STR("a@kpu b"), "text[1,5)", LITERAL},
    {"skeleton", "text", SKELETON, RULE_GLOB, 0, STR("*pilkada*"), STR("p1lk4d4 besok"),
     "text[0,7)", LITERAL},
    {"raw is as it came", "text", RAW, RULE_GLOB, 0, STR("*KPU*"), STR("kpu KPU"), "text[4,7)",
     LITERAL},
    {"regex of two words", REGEX, STR("kpu\\s+ri"), STR("KPU\t\tRI"), "text[0,7)", LITERAL},
    {"regex between boundaries", REGEX, STR("\\b(?:kpu|bawaslu)\\s+ri\\b"),
     STR("xkpu ri, bawaslu ri"), "text[9,19)", LITERAL},
    {"regex with a gap", REGEX, STR("kirim.{0,10}nik"), STR("kirim foto nik"), "text[0,14)",
     LITERAL},
    {"regex with too wide a gap", REGEX, STR("kirim.{0,5}nik"), STR("kirim foto dan nik"), NULL,
     LITERAL},
    {"regex of digits alone", REGEX, STR("\\d{16}"), STR("nik 1234567890123456"), "text[4,20)",
     AUTOMATON},
    {"regex of too few digits", REGEX, STR("\\d{16}"), STR("nik 123456789012345"), NULL, AUTOMATON},
    {"regex of digits beyond ASCII", RAW_REGEX, 0, STR("^\\d{2}$"), STR("٣٤"), "text[0,4)",
     AUTOMATON},
    {"regex that looks back", REGEX, STR("(?<=\\bno )\\d+"), STR("no 12"), "text[3,5)", AUTOMATON},
    {"regex that refers back", REGEX, STR("(\\w)\\1{2}"), STR("aab ccc"), "text[4,7)", AUTOMATON},
    {"regex with a verb", REGEX, STR("(*ANYCRLF)kpu"), STR("kpu"), "text[0,3)", RULE_WAY_PCRE2},
    {"regex that accepts early", REGEX, STR("kpu(*ACCEPT)x"), STR("kpu"), "text[0,3)",
     RULE_WAY_PCRE2},
    {"regex that matches nothing's length", REGEX, STR("x*"), STR("abc"), "", RULE_WAY_PCRE2},
    {"regex of a boundary alone", REGEX, STR("\\b"), STR("abc"), "", RULE_WAY_PCRE2},
    {"regex of an end alone", REGEX, STR("$"), STR("abc"), "", RULE_WAY_PCRE2},
    {"k without case is the Kelvin sign", RAW_REGEX, I, STR("nik"), STR("ni\u212a"), "text[0,5)",
     LITERAL},
    {"s without case is the long s", RAW_REGEX, I, STR("sabtu"), STR("\u017fabtu"), "text[0,6)",
     LITERAL},
    {"the Kelvin sign without case is k", RAW_REGEX, I, STR("ni\u212a"), STR("nik"), "text[0,3)",
     LITERAL},
    {"a class without case has them", RAW_REGEX, I, STR("^[j-l][r-t]$"), STR("\u212a\u017f"),
     "text[0,5)", AUTOMATON},
    {"a class that is not k has them neither", RAW_REGEX, I, STR("^[^k]$"), STR("\u212a"), NULL,
     AUTOMATON},
    {"with case k is k", RAW_REGEX, 0, STR("nik"), STR("ni\u212a"), NULL, LITERAL},
    {"folded text has no Kelvin sign", REGEX, STR("nik"), STR("ni\u212a"), "text[0,5)", LITERAL},
    {"without case in part", RAW_REGEX, 0, STR("(?i:kpu) RI"), STR("Kpu RI"), "text[0,6)", LITERAL},
    {"with case in part", RAW_REGEX, I, STR("kpu (?-i:RI)"), STR("KPU ri"), NULL, LITERAL},
    {"a line's beginning", RAW_REGEX, M, STR("^ri"), STR("kpu\nri"), "text[4,6)", LITERAL},
    {"not a line's beginning", RAW_REGEX, 0, STR("^ri"), STR("kpu\nri"), NULL, LITERAL},
    {"a dot and a line's end", RAW_REGEX, 0, STR("kpu.ri"), STR("kpu\nri"), NULL, LITERAL},
    {"a dot that takes a line's end", RAW_REGEX, S, STR("kpu.ri"), STR("kpu\nri"), "text[0,6)",
     LITERAL},
    {"there", "text", RAW, RULE_EXISTS, 0, STR("true"), STR("a"), "", DEMAND},
    {"there, but empty", "text", RAW, RULE_EXISTS, 0, STR("true"), STR(""), NULL, DEMAND},
    {"absent", "text", RAW, RULE_EXISTS, 0, STR("false"), STR(""), "", DEMAND},
    {"an address", "link.host", RAW, RULE_CIDR, 0, STR("10.0.0.7/8"), STR("di http://10.9.8.7/x"),
     "text[3,20)", DEMAND},
    {"an address of another range", "link.host", RAW, RULE_CIDR, 0, STR("10.0.0.0/16"),
     STR("di http://10.9.8.7/x"), NULL, DEMAND},
    {"an address written another way", "link.host", RAW, RULE_CIDR, 0, STR("127.0.0.0/8"),
     STR("di http://0x7f.1/x"), "text[3,18)", DEMAND},
    {"an IPv6 address", "link.host", RAW, RULE_CIDR, 0, STR("2001:0::/20"),
     STR("di http://[2001:0:0:0::5]/x"), "text[3,27)", DEMAND},
    {"zeros in front", "link.host", RAW, RULE_CIDR, 0, STR("::/8"), STR("di http://[::1]/x"),
     "text[3,17)", DEMAND},
    {"a name is no address", "link.host", RAW, RULE_CIDR, 0, STR("0.0.0.0/0"),
     STR("di http://kpu-contoh.com/x"), NULL, DEMAND},
    {"nor is an IPv6 address an IPv4 one", "link.host", RAW, RULE_CIDR, 0, STR("0.0.0.0/0"),
     STR("di http://[::1]/x"), NULL, DEMAND},
    {"an empty value", GLOB, STR(""), STR("\u200b"), "", TABLE},
    {"an empty pattern and no value", GLOB, STR(""), STR(""), NULL, TABLE},
    {"a field that nobody knows", "nothing", FOLDED, RULE_GLOB, 0, STR("*a*"), STR("a"), NULL,
     DEMAND},
    {"a field that nobody knows is absent", "nothing", RAW, RULE_EXISTS, 0, STR("false"), STR("a"),
     "", DEMAND},
    {"a domain's end", "link.domain", FOLDED, RULE_GLOB, 0, STR("*.xyz"),
     STR("lihat https://kpu-daftar.xyz/a ya"), "text[6,30)", TABLE},
    {"another domain's end", "link.domain", FOLDED, RULE_GLOB, 0, STR("*.top"),
     STR("lihat https://kpu-daftar.xyz/a ya"), NULL, TABLE},
    {"a host in two links", "link.host", RAW, RULE_REGEX, 0, STR("^kpu-"),
     STR("https://kpu-a.xyz https://kpu-b.xyz"), "text[0,17)text[18,35)", LITERAL},
    {"a link is there", "link.url", RAW, RULE_EXISTS, 0, STR("true"), STR("a https://a.xyz"),
     "text[2,15)", DEMAND},
};

static void put_spans(const struct rule_hit *hit, struct buf *out)
{
    for (size_t i = 0; i < hit->span_count; i++) {
        buf_printf(out, "%s[%zu,%zu)", hit->spans[i].field, hit->spans[i].span.start,
                   hit->spans[i].span.end);
    }
    buf_put_string(out, "");
}

/* An engine and the naive evaluator, which must agree. */
struct both {
    struct rule_engine *engine;
    struct naive *naive;
    struct rule_matcher *matcher;
    struct rule_match match;
};

static struct both both_of(struct builder *builder)
{
    struct err err = ERR_NONE;
    const struct rule_program *program = builder_program(builder);
    struct both both = {.engine = rule_engine_build(program, &err),
                        .naive = naive_new(program),
                        .matcher = rule_matcher_new()};
    assert_non_null(both.engine);
    return both;
}

static void match(struct both *both, const struct post *post)
{
    struct buf why = BUF_EMPTY;
    struct err err = ERR_NONE;
    if (!naive_agrees(both->naive, both->engine, both->matcher, post, &why)) {
        fail_msg("%s", why.bytes);
    }
    assert_true(rule_engine_match(both->engine, both->matcher, post, &both->match, &err));
}

static void both_fini(struct both *both)
{
    rule_engine_free(both->engine);
    rule_matcher_free(both->matcher);
    naive_free(both->naive);
}

static struct post post_of(struct str text)
{
    struct post post = POST_EMPTY;
    post.fields[POST_TEXT] = text;
    return post;
}

static void match_atom(void **state)
{
    const struct atom_case *c = *state;
    struct builder *builder = builder_new();
    builder_rule(builder, RULE_FRAUD,
                 builder_atom(builder, c->field, c->view, c->op, c->flags, c->pattern));
    struct both both = both_of(builder);
    struct post post = post_of(c->text);
    match(&both, &post);
    assert_int_equal(rule_engine_way(both.engine, 0), c->way);
    assert_int_equal(both.match.hit_count, c->spans != NULL);
    assert_int_equal(both.match.faults, 0);
    if (c->spans != NULL) {
        struct buf spans = BUF_EMPTY;
        put_spans(&both.match.hits[0], &spans);
        assert_string_equal(spans.len > 0 ? spans.bytes : "", c->spans);
        buf_fini(&spans);
    }
    both_fini(&both);
    builder_free(builder);
}

/* Conditions over four words: each letter of `text` that is there is true. */
struct condition_case {
    const char *name;
    const char *condition; /* prefix: & | of two, ! of one, letters */
    const char *text;
    bool matches;
};

static const struct condition_case condition_cases[] = {
    {"and", "&ab", "a b", true},
    {"and, one missing", "&ab", "b", false},
    {"or", "|ab", "b", true},
    {"or, none", "|ab", "c", false},
    {"not", "!a", "b", true},
    {"not, there", "!a", "a", false},
    {"twice not", "!!a", "a", true},
    {"not and", "!&ab", "a", true},
    {"not or", "!|ab", "c", true},
    {"not or, one there", "!|ab", "b", false},
    {"and not", "&a!b", "a", true},
    {"and not, there", "&a!b", "a b", false},
    {"or not", "|a!b", "c", true},
    {"and of two or", "&|ab|cd", "b c", true},
    {"and of two or, one empty", "&|ab|cd", "a b", false},
    {"the same twice", "&aa", "a", true},
    {"itself and its contrary", "&a!a", "a", false},
    {"itself or its contrary", "|a!a", "b", true},
};

static const struct rule_node *read_condition(struct builder *builder, const char **at)
{
    char c = *(*at)++;
    if (c == '&' || c == '|') {
        const struct rule_node *children[2];
        children[0] = read_condition(builder, at);
        children[1] = read_condition(builder, at);
        return builder_node(builder, c == '&' ? RULE_NODE_AND : RULE_NODE_OR, children, 2);
    }
    if (c == '!') {
        const struct rule_node *child = read_condition(builder, at);
        return builder_node(builder, RULE_NODE_NOT, &child, 1);
    }
    return builder_atom(builder, "text", TEXT_FOLDED, RULE_WORDS, 0,
                        (struct str){.at = &c, .len = 1});
}

static void match_condition(void **state)
{
    const struct condition_case *c = *state;
    struct builder *builder = builder_new();
    const char *at = c->condition;
    builder_rule(builder, RULE_FRAUD, read_condition(builder, &at));
    struct both both = both_of(builder);
    struct post post = post_of(str_of(c->text));
    match(&both, &post);
    assert_int_equal(both.match.hit_count, c->matches);
    both_fini(&both);
    builder_free(builder);
}

static void title_and_text(void **state)
{
    (void)state;
    struct builder *builder = builder_new();
    builder_rule(builder, RULE_FRAUD,
                 builder_atom(builder, "title", FOLDED, RULE_GLOB, 0, STR("*nik*")));
    builder_rule(builder, RULE_FRAUD,
                 builder_atom(builder, "text", FOLDED, RULE_GLOB, 0, STR("*nik*")));
    builder_rule(builder, RULE_FRAUD,
                 builder_atom(builder, "title", SKELETON, RULE_REGEX, 0, STR("ktp")));
    struct both both = both_of(builder);
    struct post post = POST_EMPTY;
    struct buf spans = BUF_EMPTY;
    post.fields[POST_TITLE] = STR("kirim nik");
    post.fields[POST_TEXT] = STR("nik dan nik, k-t-p");
    match(&both, &post);
    assert_int_equal(both.match.hit_count, 2);
    put_spans(&both.match.hits[0], &spans);
    put_spans(&both.match.hits[1], &spans);
    assert_string_equal(spans.bytes, "title[6,9)title[6,9)text[0,3)");
    buf_fini(&spans);
    both_fini(&both);
    builder_free(builder);
}

/* Limit 5: fraud rules match an author, and show nothing of it; others don't read it. */
static void authors(void **state)
{
    (void)state;
    struct builder *builder = builder_new();
    const struct rule_node *name =
        builder_atom(builder, "author_name", FOLDED, RULE_WORDS, 0, STR("kpu"));
    const struct rule_node *absent =
        builder_atom(builder, "author_name", RAW, RULE_EXISTS, 0, STR("false"));
    builder_rule(builder, RULE_FRAUD, name);
    builder_rule(builder, RULE_PROCEDURE, name);
    builder_rule(builder, RULE_CLAIM, builder_node(builder, RULE_NODE_NOT, &name, 1));
    builder_rule(builder, RULE_FRAUD, absent);
    builder_rule(builder, RULE_PROCEDURE, absent);
    struct both both = both_of(builder);
    struct post post = post_of(STR("kpu"));
    post.fields[POST_AUTHOR_NAME] = STR("Info KPU");
    match(&both, &post);
    assert_int_equal(both.match.hit_count, 3);
    assert_ptr_equal(both.match.hits[0].rule, builder_program(builder)->rules[0]);
    assert_ptr_equal(both.match.hits[1].rule, builder_program(builder)->rules[2]);
    assert_ptr_equal(both.match.hits[2].rule, builder_program(builder)->rules[4]);
    assert_int_equal(both.match.hits[0].span_count, 0);
    both_fini(&both);
    builder_free(builder);
}

static void links_of_mark_up(void **state)
{
    (void)state;
    struct builder *builder = builder_new();
    builder_rule(builder, RULE_FRAUD,
                 builder_atom(builder, "link.domain", FOLDED, RULE_GLOB, 0, STR("*.xyz")));
    struct both both = both_of(builder);
    struct str links[] = {STR("https://a.example.com/"), STR("HTTPS://KPU-Daftar.xyz/x")};
    struct post post = post_of(STR("klik"));
    post.links = links;
    post.link_count = COUNT(links);
    match(&both, &post);
    assert_int_equal(both.match.hit_count, 1);
    assert_int_equal(both.match.hits[0].span_count, 1);
    assert_string_equal(both.match.hits[0].spans[0].field, "link");
    assert_true(str_equal(both.match.hits[0].spans[0].text, links[1]));
    both_fini(&both);
    builder_free(builder);
}

static void spans_merge(void **state)
{
    (void)state;
    static const char *const patterns[] = {"*kirim nik*", "*nik anda*", "*segera*"};
    struct builder *builder = builder_new();
    const struct rule_node *atoms[COUNT(patterns)];
    struct buf spans = BUF_EMPTY;
    for (size_t i = 0; i < COUNT(patterns); i++) {
        atoms[i] = builder_atom(builder, "text", FOLDED, RULE_GLOB, 0, str_of(patterns[i]));
    }
    builder_rule(builder, RULE_FRAUD, builder_node(builder, RULE_NODE_AND, atoms, COUNT(patterns)));
    struct both both = both_of(builder);
    struct post post = post_of(STR("segera kirim NIK Anda"));
    match(&both, &post);
    assert_int_equal(both.match.hit_count, 1);
    put_spans(&both.match.hits[0], &spans);
    assert_string_equal(spans.bytes, "text[0,6)text[7,21)");
    buf_fini(&spans);
    both_fini(&both);
    builder_free(builder);
}

/* An exploding regex is a fault of its rule, on both sides of a `not`; the other rules go on. */
static void exploding(void **state)
{
    (void)state;
    struct builder *builder = builder_new();
    struct buf text = BUF_EMPTY;
    struct err err = ERR_NONE;
    const struct rule_node *bad =
        builder_atom(builder, "text", FOLDED, RULE_REGEX, I, STR("nik (a+)+(b+)+(a+)+$"));
    builder_rule(builder, RULE_FRAUD, bad);
    builder_rule(builder, RULE_FRAUD, builder_node(builder, RULE_NODE_NOT, &bad, 1));
    builder_rule(builder, RULE_FRAUD,
                 builder_atom(builder, "text", FOLDED, RULE_GLOB, 0, STR("*nik*")));
    struct rule_engine *engine = rule_engine_build(builder_program(builder), &err);
    struct rule_matcher *matcher = rule_matcher_new();
    struct rule_match found;
    buf_put_string(&text, "nik ");
    for (int i = 0; i < 60; i++) {
        buf_put_string(&text, i == 30 ? "b" : "a");
    }
    buf_put_char(&text, '!');
    struct post post = post_of(buf_str(&text));
    assert_true(rule_engine_match(engine, matcher, &post, &found, &err));
    assert_int_equal(found.hit_count, 1);
    assert_ptr_equal(found.hits[0].rule, builder_program(builder)->rules[2]);
    assert_int_equal(found.faults, 1);
    assert_int_equal(rule_engine_faults(engine, 0), 1);
    assert_int_equal(rule_engine_faults(engine, 1), 1);
    assert_int_equal(rule_engine_faults(engine, 2), 0);
    post = post_of(STR("nik aba"));
    assert_true(rule_engine_match(engine, matcher, &post, &found, &err));
    assert_int_equal(found.hit_count, 2);
    assert_int_equal(found.faults, 0);
    buf_fini(&text);
    rule_matcher_free(matcher);
    rule_engine_free(engine);
    builder_free(builder);
}

/* The longest post, full of witnesses that confirm nothing, then one byte more. */
static void longest_post(void **state)
{
    (void)state;
    struct builder *builder = builder_new();
    struct buf text = BUF_EMPTY;
    builder_rule(builder, RULE_FRAUD,
                 builder_atom(builder, "text", FOLDED, RULE_REGEX, I, STR("nik.{0,20}ktp\\d")));
    builder_rule(builder, RULE_FRAUD,
                 builder_atom(builder, "text", FOLDED, RULE_WORDS, 0, STR("akhir")));
    builder_rule(builder, RULE_FRAUD,
                 builder_atom(builder, "text", SKELETON, RULE_REGEX, I, STR("x\\d{7}y")));
    struct both both = both_of(builder);
    while (text.len + 32 < POST_MAX_BYTES) {
        buf_put_string(&text, "nik dan ktp saja, ");
    }
    buf_put_string(&text, " nik ktp1 akhir");
    struct post post = post_of(buf_str(&text));
    match(&both, &post);
    assert_int_equal(both.match.hit_count, 2);
    struct err err = ERR_NONE;
    while (text.len <= POST_MAX_BYTES) {
        buf_put_char(&text, '!');
    }
    post = post_of(buf_str(&text));
    assert_false(rule_engine_match(both.engine, both.matcher, &post, &both.match, &err));
    assert_string_equal(err.message, "the post is over 1048576 bytes");
    assert_int_equal(both.match.hit_count, 0);
    buf_fini(&text);
    both_fini(&both);
    builder_free(builder);
}

/* A matcher goes from engine to engine, larger, smaller and freed ones. */
static void many_engines(void **state)
{
    (void)state;
    struct rule_matcher *matcher = rule_matcher_new();
    struct post post = post_of(STR("kata7 kata33"));
    for (int size = 1; size < 60; size = size * 3 % 61) {
        struct builder *builder = builder_new();
        struct err err = ERR_NONE;
        struct rule_match found;
        for (int i = 0; i < size; i++) {
            char word[16];
            snprintf(word, sizeof word, "kata%d", i);
            builder_rule(builder, RULE_FRAUD,
                         builder_atom(builder, "text", FOLDED, RULE_WORDS, 0, str_of(word)));
        }
        struct rule_engine *engine = rule_engine_build(builder_program(builder), &err);
        assert_true(rule_engine_match(engine, matcher, &post, &found, &err));
        assert_int_equal(found.hit_count, (size > 7) + (size > 33));
        rule_engine_free(engine);
        builder_free(builder);
        if (size * 3 % 61 == 1) {
            break;
        }
    }
    rule_matcher_free(matcher);
}

static void no_rules(void **state)
{
    (void)state;
    struct builder *builder = builder_new();
    struct both both = both_of(builder);
    struct post post = post_of(STR("kpu"));
    const struct text_link *links;
    match(&both, &post);
    assert_int_equal(both.match.hit_count, 0);
    assert_true(str_is(rule_matcher_folded(both.matcher, POST_TEXT), "kpu"));
    assert_true(str_is(rule_matcher_folded(both.matcher, POST_TITLE), ""));
    assert_int_equal(rule_matcher_links(both.matcher, &links), 0);
    both_fini(&both);
    builder_free(builder);
}

/* Regexes are compiled at their first nomination, by whichever thread comes first. */
struct race {
    const struct rule_engine *engine;
    atomic_size_t *hits;
};

static void *run_race(void *argument)
{
    const struct race *race = argument;
    struct rule_matcher *matcher = rule_matcher_new();
    struct post post = post_of(STR("kirim foto nik 17 kirim foto nik 3"));
    for (int i = 0; i < 50; i++) {
        struct rule_match found;
        struct err err = ERR_NONE;
        if (rule_engine_match(race->engine, matcher, &post, &found, &err)) {
            atomic_fetch_add(race->hits, found.hit_count);
        }
    }
    rule_matcher_free(matcher);
    return NULL;
}

static void threads(void **state)
{
    (void)state;
    enum { THREADS = 4, RULES = 40 };
    struct builder *builder = builder_new();
    struct err err = ERR_NONE;
    pthread_t ids[THREADS];
    atomic_size_t hits = 0;
    for (int i = 0; i < RULES; i++) {
        char pattern[40];
        snprintf(pattern, sizeof pattern, "kirim.{0,9}nik\\s%d\\b", i);
        builder_rule(builder, RULE_FRAUD,
                     builder_atom(builder, "text", FOLDED, RULE_REGEX, I, str_of(pattern)));
    }
    struct rule_engine *engine = rule_engine_build(builder_program(builder), &err);
    struct race race = {.engine = engine, .hits = &hits};
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_create(&ids[i], NULL, run_race, &race), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(ids[i], NULL);
    }
    assert_int_equal(hits, THREADS * 50 * 2);
    rule_engine_free(engine);
    builder_free(builder);
}

static void stats(void **state)
{
    (void)state;
    struct builder *builder = builder_new();
    struct rule_engine_stats stats;
    const struct rule_node *there =
        builder_atom(builder, "link.url", RAW, RULE_EXISTS, 0, STR("true"));
    const struct rule_node *word = builder_atom(builder, "text", FOLDED, RULE_WORDS, 0, STR("kpu"));
    const struct rule_node *pair[] = {there, word};
    builder_rule(builder, RULE_FRAUD, there);
    builder_rule(builder, RULE_FRAUD, builder_node(builder, RULE_NODE_AND, pair, 2));
    builder_rule(builder, RULE_FRAUD, builder_node(builder, RULE_NODE_OR, pair, 2));
    struct both both = both_of(builder);
    rule_engine_stats(both.engine, &stats);
    assert_int_equal(stats.atoms, 2);
    assert_int_equal(stats.ways[RULE_WAY_DEMAND], 1);
    assert_int_equal(stats.ways[RULE_WAY_LITERAL], 1);
    assert_int_equal(stats.literals, 1);
    assert_int_equal(stats.always, 2);
    assert_true(stats.bytes > 0);
    both_fini(&both);
    builder_free(builder);
}

/* Of ASan's allocator, under which unit tests run; gcc has no header for it. */
int __sanitizer_install_malloc_and_free_hooks(void (*on_malloc)(const volatile void *, size_t),
                                              void (*on_free)(const volatile void *));

static atomic_size_t allocations;

static void count_allocation(const volatile void *memory, size_t size)
{
    (void)memory;
    (void)size;
    atomic_fetch_add(&allocations, 1);
}

static void ignore_free(const volatile void *memory)
{
    (void)memory;
}

/* A worker that has seen posts like it takes no memory for another one. */
static void no_allocations(void **state)
{
    (void)state;
    static const struct str patterns[] = {STR("verifikasi\\s+(?:\\w+\\s+){0,3}rekening"),
                                          STR("[a-c]+\\d{2,5}[xyz]"), STR("\\w*ing"),
                                          STR("(a|b)\\1"), STR("tidak pernah ada")};
    struct builder *builder = builder_new();
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        builder_rule(builder, RULE_FRAUD, builder_atom(builder, REGEX, patterns[i]));
    }
    builder_rule(builder, RULE_FRAUD, builder_atom(builder, WORDS, STR("daftar pemilih")));
    builder_rule(builder, RULE_FRAUD,
                 builder_atom(builder, "text", SKELETON, RULE_GLOB, 0, STR("*pilkada*")));
    builder_rule(builder, RULE_FRAUD,
                 builder_atom(builder, "link.domain", FOLDED, RULE_GLOB, 0, STR("*.example")));
    struct buf text = BUF_EMPTY;
    for (int i = 0; i < 100; i++) { /* more spans, hits and places than are usual */
        buf_printf(&text,
                   "Daftar Pemilih p1lk4da verifikasi nomor rekening abc%dx aa ing "
                   "https://a%d.kpu.example/x\n",
                   10 + i, i);
    }
    struct post post = post_of(buf_str(&text));
    struct rule_matcher *matcher = rule_matcher_new();
    struct err err = ERR_NONE;
    struct rule_engine *engine = rule_engine_build(builder_program(builder), &err);
    struct rule_match match;
    assert_true(rule_engine_match(engine, matcher, &post, &match, &err));
    assert_int_equal(match.hit_count, 7);
    if (__sanitizer_install_malloc_and_free_hooks(count_allocation, ignore_free) == 0) {
        skip();
    }
    size_t before = atomic_load(&allocations);
    for (int i = 0; i < 3; i++) {
        assert_true(rule_engine_match(engine, matcher, &post, &match, &err));
    }
    assert_int_equal(atomic_load(&allocations), before);
    rule_engine_free(engine);
    rule_matcher_free(matcher);
    buf_fini(&text);
    builder_free(builder);
}

int main(void)
{
    static const struct CMUnitTest others[] = {
        cmocka_unit_test(title_and_text),
        cmocka_unit_test(authors),
        cmocka_unit_test(links_of_mark_up),
        cmocka_unit_test(spans_merge),
        cmocka_unit_test(exploding),
        cmocka_unit_test(longest_post),
        cmocka_unit_test(many_engines),
        cmocka_unit_test(threads),
        cmocka_unit_test(stats),
        cmocka_unit_test(no_rules),
        cmocka_unit_test(no_allocations),
    };
    return RUN_CASES("atoms", atom_cases, match_atom) +
           RUN_CASES("conditions", condition_cases, match_condition) +
           cmocka_run_group_tests_name("engine", others, NULL, NULL);
}
