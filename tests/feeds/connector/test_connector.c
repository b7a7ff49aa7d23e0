/* Answers in the shape of the public APIs, written by us (fixtures/), as posts. */
#include "feeds/connector/connector.h"

#include <stdio.h>

#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/file.h"
#include "tests/filter/test.h"

static bool put_entry(void *context, const struct feeds_entry *entry)
{
    struct buf *out = context;
    const struct post *post = &entry->post;
    char time[CLOCK_TEXT] = "-";
    if (post->published_ms != CLOCK_NEVER) {
        clock_format(post->published_ms, time);
    }
    buf_printf(out, "%.*s|%.*s|%.*s|%.*s|%.*s|%s", STR_FORMAT(post->id), STR_FORMAT(post->url),
               STR_FORMAT(post->fields[POST_TITLE]), STR_FORMAT(post->fields[POST_AUTHOR_NAME]),
               STR_FORMAT(post->lang), time);
    for (size_t i = 0; i < post->link_count; i++) {
        buf_printf(out, "|%.*s", STR_FORMAT(post->links[i]));
    }
    for (size_t i = 0; i < entry->category_count; i++) {
        buf_printf(out, "|#%.*s", STR_FORMAT(entry->categories[i]));
    }
    buf_printf(out, "\n%.*s\n", STR_FORMAT(post->fields[POST_TEXT]));
    return true;
}

static const struct connector_case {
    const char *name;
    enum feeds_kind kind;
    const char *file, *posts; /* id|url|title|author|lang|published|links…|#tags… and the text */
} cases[] = {
    {"a Mastodon hashtag", FEEDS_KIND_MASTODON, "mastodon_tag.json",
     "https://sosial.example/users/warga/statuses/113400000000000001|"
     "https://sosial.example/@warga/113400000000000001|soal pemilu|Warga Contoh|id|"
     "2026-11-21T01:43:00Z|https://tps.example/?a=1&b=2|https://sosial.example/tags/Pilkada|"
     "https://kartu.example/|#pilkada\n"
     "Cek TPS di https://tps.example\nsebelum #Pilkada\n"
     "https://jauh.example/p/5|https://jauh.example/p/5||Asli|id|2026-11-20T00:00:00Z\n"
     "Dibagikan\n"},
    {"a Mastodon search", FEEDS_KIND_MASTODON, "mastodon_search.json",
     "https://sosial.example/p/7|https://sosial.example/p/7||Warga|id|2026-11-21T01:43:00Z\n"
     "Hasil cari\n"},
    {"a Bluesky search", FEEDS_KIND_BLUESKY, "bluesky_search.json",
     "at://did:plc:contoh/app.bsky.feed.post/3kabc|"
     "https://bsky.app/profile/warga.example/post/3kabc|Judul kartu|Warga|id|"
     "2026-11-21T01:43:00.123Z|https://tps.example/panjang|https://tps.example/kartu|#pilkada\n"
     "Cek tps.exam... #pilkada\n"
     "at://did:plc:dua/app.bsky.feed.post/3kdef|https://bsky.app/profile/dua.example/post/3kdef|"
     "||id|2026-11-21T02:00:00Z\nPolos\n"},
    {"Google's fact checks", FEEDS_KIND_FACTCHECK, "factcheck.json",
     "https://cek.example/1|https://cek.example/1|[SALAH] Surat suara tercoblos||id|"
     "2026-11-20T00:00:00Z|#cek.example\nSurat suara sudah tercoblos di gudang\nSalah\n"
     "https://dua.example/1|https://dua.example/1|||id|-|#dua.example\n"
     "Surat suara sudah tercoblos di gudang\nKeliru\n"},
    {"ClaimReview in a page", FEEDS_KIND_CLAIMREVIEW, "claimreview.html",
     "https://cek.example/2|https://cek.example/2|TPS tidak tutup jam 10||id|"
     "2026-11-20T00:00:00Z\nTPS tutup jam 10 & tidak buka lagi Salah\n"},
    {"a Telegram channel's preview", FEEDS_KIND_TELEGRAM, "telegram.html",
     "kpu_contoh/11|https://t.me/kpu_contoh/11|Jadwal & tahapan||id|2026-11-21T01:43:00Z|"
     "https://kpu.example/jadwal?a=1&b=2|https://kpu.example/jadwal\n"
     "Jadwal:\n27 November kpu.example\nbaris\n"
     "kpu_contoh/12|https://t.me/kpu_contoh/12|||id|2026-11-21T02:43:00Z\n\n"},
    {"a YouTube channel", FEEDS_KIND_YOUTUBE, "youtube.xml",
     "yt:video:abcdefghijk|https://www.youtube.com/watch?v=abcdefghijk|Cara mencoblos & jadwalnya|"
     "KPU Contoh|id|2026-11-21T01:43:00Z\n"
     "Pemungutan suara 27 November.\nJadwal: https://kpu.example/jadwal\n"},
    {"an RSSHub route", FEEDS_KIND_RSSHUB, "rsshub.xml",
     "https://berita.example/1|https://berita.example/1|TPS di pulau dibuka lebih awal|Redaksi|id|"
     "2026-11-21T01:43:00Z|https://berita.example/tps|#daerah\n"
     "Warga antre sejak pagi di TPS 3.\n"},
    {"an RSS-Bridge", FEEDS_KIND_RSS_BRIDGE, "rss_bridge.xml",
     "https://contoh.example/pengumuman/7|https://contoh.example/pengumuman/7|Pengumuman jadwal|"
     "Panitia|id|2026-11-21T01:43:00Z|/siar|#pengumuman\n"
     "Rapat pleno dimulai pukul 09.00.\nterbuka\ndisiarkan\n"},
    {"tips", FEEDS_KIND_TIP, "tips.ndjson",
     "hash:||||id|-|https://palsu.example/a\nCek ini\n"
     "https://palsu.example/b||||id|-|https://palsu.example/b\n\n"},
    {"a table", FEEDS_KIND_CSV, "export.csv",
     "1|https://a.example/1|Judul||id|2026-11-21T00:00:00Z\nbaris satu\nbaris \"dua\"\n"
     "2||||id|-\nisi\n"},
};

static bool parse(struct feeds_parser *parser, enum feeds_kind kind, struct str bytes,
                  struct buf *out, struct err *err)
{
    struct feeds_head head;
    struct feeds_document document = {.bytes = bytes,
                                      .lang = STR("id"),
                                      .fetched_ms = CLOCK_NEVER,
                                      .is_csv = kind == FEEDS_KIND_CSV,
                                      .read = feeds_connector_reader(kind)};
    return feeds_parse(parser, &document, put_entry, out, &head, err);
}

/* Ids made of a hash are cut behind "hash:". */
static void cut_hashes(struct buf *out)
{
    for (char *at = out->bytes; (at = strstr(at, "hash:")) != NULL;) {
        char *end = strchr(at, '|');
        at += strlen("hash:");
        memmove(at, end, strlen(end) + 1);
    }
}

static void reads_as(void **state)
{
    const struct connector_case *c = *state;
    struct feeds_parser *parser = feeds_parser_new();
    struct buf bytes = BUF_EMPTY, out = BUF_EMPTY;
    struct err err = ERR_NONE;
    char path[128];
    snprintf(path, sizeof path, "tests/feeds/connector/fixtures/%s", c->file);
    assert_true(file_read(path, FEEDS_MAX_DOCUMENT, &bytes, &err));
    assert_true(parse(parser, c->kind, buf_str(&bytes), &out, &err));
    cut_hashes(&out);
    assert_string_equal(out.bytes, c->posts);
    /* Cut anywhere it is read as far as it goes, or refused; posts before the cut are whole. */
    for (size_t len = 0; len < bytes.len; len += 7) {
        struct err why = ERR_NONE;
        buf_clear(&out);
        bool done = parse(parser, c->kind, (struct str){bytes.bytes, len}, &out, &why);
        assert_int_equal(done, !err_is_set(&why));
    }
    buf_fini(&out);
    buf_fini(&bytes);
    feeds_parser_free(parser);
}

static const struct refused_case {
    const char *name;
    enum feeds_kind kind;
    const char *bytes, *message;
} refused[] = {
    {"Mastodon's error", FEEDS_KIND_MASTODON, "{\"error\":\"The access token is invalid\"}",
     "is no answer of Mastodon: it has no statuses"},
    {"Mastodon's web page", FEEDS_KIND_MASTODON, "<html></html>", "is not JSON"},
    {"Bluesky's error", FEEDS_KIND_BLUESKY, "{\"error\":\"InvalidRequest\"}",
     "is no answer of searchPosts: it has no posts"},
    {"Google's error", FEEDS_KIND_FACTCHECK, "{\"error\":{\"code\":400}}",
     "is no answer of claims:search: it has no claims"},
    {"a page without ClaimReview", FEEDS_KIND_CLAIMREVIEW, "<html><p>isi</p></html>",
     "holds no ClaimReview in JSON-LD"},
    {"a channel that has no preview", FEEDS_KIND_TELEGRAM,
     "<html><body>If you have Telegram</body>",
     "is no preview of a public channel: no message is on the page"},
    {"a table without text", FEEDS_KIND_CSV, "id,url\n1,x\n", NULL},
};

static void refuses(void **state)
{
    const struct refused_case *c = *state;
    struct feeds_parser *parser = feeds_parser_new();
    struct buf out = BUF_EMPTY;
    struct err err = ERR_NONE;
    assert_false(parse(parser, c->kind, str_of(c->bytes), &out, &err));
    if (c->message != NULL) {
        assert_string_equal(err.message, c->message);
    }
    assert_int_equal(out.len, 0);
    feeds_parser_free(parser);
}

static void nothing_found_is_an_answer(void **state)
{
    struct feeds_parser *parser = feeds_parser_new();
    struct buf out = BUF_EMPTY;
    struct err err = ERR_NONE;
    (void)state;
    assert_true(parse(parser, FEEDS_KIND_FACTCHECK, STR("{}"), &out, &err));
    assert_true(parse(parser, FEEDS_KIND_BLUESKY, STR("{\"posts\":[]}"), &out, &err));
    assert_true(parse(parser, FEEDS_KIND_MASTODON, STR("[]"), &out, &err));
    assert_int_equal(out.len, 0);
    feeds_parser_free(parser);
}

int main(void)
{
    const struct CMUnitTest others[] = {cmocka_unit_test(nothing_found_is_an_answer)};
    return RUN_CASES("connectors", cases, reads_as) +
           RUN_CASES("connectors refuse", refused, refuses) +
           cmocka_run_group_tests_name("connectors, empty", others, NULL, NULL);
}
