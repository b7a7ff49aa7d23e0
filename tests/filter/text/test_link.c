#include "filter/text/link.h"

#include "filter/base/buf.h"
#include "tests/filter/test.h"

/* `links`: "original>url" of each, with a space between. */
struct link_case {
    const char *name, *text, *links;
};

static const struct link_case link_cases[] = {
    {"none", "tidak ada tautan di sini.", ""},
    {"with a scheme", "klik https://kpu-daftar.xyz/nik sekarang",
     "https://kpu-daftar.xyz/nik>https://kpu-daftar.xyz/nik"},
    {"scheme in upper case", "HTTP://KPU.XYZ", "HTTP://KPU.XYZ>http://kpu.xyz/"},
    {"glued to a word", "klikhttps://a.example/x", "https://a.example/x>https://a.example/x"},
    {"behind an emoji", "👉https://a.example/x👈", "https://a.example/x>https://a.example/x"},
    {"no dot in the host", "http://localhost/x", "http://localhost/x>http://localhost/x"},
    {"IPv6", "http://[::1]/x", "http://[::1]/x>http://[::1]/x"},
    {"the sentence's own signs", "Lihat https://a.example/x. Lalu https://b.example/?y!",
     "https://a.example/x>https://a.example/x https://b.example/?y>https://b.example/?y"},
    {"in brackets", "(https://a.example/x)", "https://a.example/x>https://a.example/x"},
    {"brackets of its own", "https://a.example/x_(y) z",
     "https://a.example/x_(y)>https://a.example/x_(y)"},
    {"in quotes and mark-up", "<a href=\"https://a.example/x\">",
     "https://a.example/x>https://a.example/x"},
    {"www", "buka www.kpu.go.id ya", "www.kpu.go.id>http://www.kpu.go.id/"},
    {"a bare name", "cek kpu-daftar.xyz, ya", "kpu-daftar.xyz>http://kpu-daftar.xyz/"},
    {"a bare name with a path", "bit.ly/Abc-1 dan s.id/x",
     "bit.ly/Abc-1>http://bit.ly/Abc-1 s.id/x>http://s.id/x"},
    {"a bare name with a port", "kpu.xyz:8080/a", "kpu.xyz:8080/a>http://kpu.xyz:8080/a"},
    {"a bare name in capitals", "KPU-DAFTAR.XYZ", "KPU-DAFTAR.XYZ>http://kpu-daftar.xyz/"},
    {"a bare name beyond ASCII", "bücher.com", "bücher.com>http://xn--bcher-kva.com/"},
    {"a bare name behind a dot", "...kpu.xyz...", "kpu.xyz>http://kpu.xyz/"},
    {"an ellipsis before a bare name", "selesai..kpu.xyz..lalu", "kpu.xyz>http://kpu.xyz/"},
    {"a full stop without a space", "Sudah selesai.Info lanjut. dari sini.ke sana", ""},
    {"a suffix that does not exist", "undangan.apk dan Rp.50 dan pukul 07.00", ""},
    {"degrees", "Budi, S.Ag., M.Si dan A.Md", ""},
    {"a mail address", "tulis ke info@kpu.go.id atau a.b@c.co.id", ""},
    {"another scheme", "ftp://files.example.com/x javascript://kpu.xyz/%0aalert(1)", ""},
    {"no host", "https:// dan http://?x", ""},
    {"a link in a link", "https://a.example/?u=https://b.example/",
     "https://a.example/?u=https://b.example/>https://a.example/?u=https://b.example/"},
    {"two links, no space", "https://a.example/x,https://b.example/",
     "https://a.example/x,https://b.example/>https://a.example/x,https://b.example/"},
};

static void find(void **state)
{
    const struct link_case *c = *state;
    struct post post = POST_EMPTY;
    struct text_links *links = text_links_new();
    const struct text_link *found;
    struct buf got = BUF_EMPTY;
    post.fields[POST_TEXT] = str_of(c->text);
    size_t count = text_links_find(links, &post, &found);
    buf_put_string(&got, "");
    for (size_t i = 0; i < count; i++) {
        buf_printf(&got, "%s%.*s>%.*s", i > 0 ? " " : "", STR_FORMAT(found[i].original),
                   STR_FORMAT(found[i].url));
        assert_true(str_equal(found[i].original, str_part(post.fields[POST_TEXT],
                                                          found[i].span.start, found[i].span.end)));
    }
    assert_string_equal(got.bytes, c->links);
    buf_fini(&got);
    text_links_free(links);
}

static void parts_and_places(void **state)
{
    (void)state;
    const struct str targets[] = {STR("/lanjut?utm_source=x"), STR("https://Bank.example/a"),
                                  STR("mailto:a@b.example"), STR("#atas")};
    struct post post = POST_EMPTY;
    struct text_links *links = text_links_new();
    const struct text_link *found;
    post.url = STR("https://warta.example/p/1");
    post.fields[POST_TITLE] = STR("Judul a.co.id");
    post.fields[POST_TEXT] = STR("x https://sub.kpu.go.id/daftar?a=1#b");
    post.links = targets;
    post.link_count = COUNT(targets);
    assert_int_equal(text_links_find(links, &post, &found), 4);
    assert_int_equal(found[0].field, POST_TITLE);
    assert_int_equal(found[0].span.start, 6);
    assert_int_equal(found[1].field, POST_TEXT);
    assert_true(str_is(found[1].host, "sub.kpu.go.id"));
    assert_true(str_is(found[1].domain, "kpu.go.id"));
    assert_true(str_is(found[1].path, "/daftar?a=1"));
    assert_true(found[2].in_mark_up);
    assert_true(str_is(found[2].url, "https://warta.example/lanjut"));
    assert_true(str_is(found[3].host, "bank.example"));
    text_links_free(links);
}

static void more_links_than_are_looked_at(void **state)
{
    (void)state;
    struct post post = POST_EMPTY;
    struct text_links *links = text_links_new();
    const struct text_link *found;
    struct buf text = BUF_EMPTY;
    for (int i = 0; i < 2 * POST_MAX_LINKS; i++) {
        buf_printf(&text, "https://a%d.example/ ", i);
    }
    post.fields[POST_TEXT] = buf_str(&text);
    assert_int_equal(text_links_find(links, &post, &found), POST_MAX_LINKS);
    assert_true(str_is(found[POST_MAX_LINKS - 1].host, "a255.example"));
    buf_fini(&text);
    text_links_free(links);
}

/* Texts that would take hours if each dot or colon looked at all the others. */
static void long_runs(void **state)
{
    (void)state;
    static const char *const parts[] = {"a.",          ".",       "://", "http://", "a.@",
                                        "http://a%b/", "\u00e9.", "-.",  ".-",      "_a."};
    struct text_links *links = text_links_new();
    const struct text_link *found;
    for (size_t i = 0; i < COUNT(parts); i++) {
        struct post post = POST_EMPTY;
        struct buf text = BUF_EMPTY;
        while (text.len < POST_MAX_BYTES - 16) {
            buf_put_string(&text, parts[i]);
        }
        post.fields[POST_TEXT] = buf_str(&text);
        assert_true(text_links_find(links, &post, &found) <= POST_MAX_LINKS);
        buf_fini(&text);
    }
    text_links_free(links);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(long_runs),
                                       cmocka_unit_test(parts_and_places),
                                       cmocka_unit_test(more_links_than_are_looked_at)};
    return RUN_CASES("text_links_find", link_cases, find) +
           cmocka_run_group_tests_name("text_links", tests, NULL, NULL);
}
