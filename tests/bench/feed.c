/*
 * Feed documents to posts against libxml2's bare tree and feedparser, of the same bytes: RSS with
 * escaped HTML and Atom with CDATA, made here in the size and shape of a news site's feed.
 */
#include <libxml/parser.h>
#include <stdint.h>
#include <unistd.h>

#include "feeds/parse.h"
#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "tests/bench/bench.h"

enum { ENTRIES = 50, ROUNDS = 15, DOCUMENTS = 40 };

static const char *const words[] = {
    "pemilih",   "daftar",  "petugas",  "kotak", "suara",  "warga",    "balai", "desa",
    "pagi",      "antre",   "calon",    "debat", "jadwal", "kampanye", "surat", "pesisir",
    "gelombang", "dermaga", "logistik", "kapal", "jalan",  "rusak",    "air",   "bersih"};

static uint32_t next_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

static void put_words(struct buf *out, unsigned count, uint32_t *state)
{
    for (unsigned i = 0; i < count; i++) {
        buf_printf(out, "%s%s", i > 0 ? " " : "", words[next_random(state) % 24]);
    }
}

/* `mark` writes the tags of HTML: escaped, or as they are inside CDATA. */
static void put_html(struct buf *out, bool is_escaped, uint32_t *state)
{
    const char *lt = is_escaped ? "&lt;" : "<", *gt = is_escaped ? "&gt;" : ">";
    for (unsigned i = 0; i < 6; i++) {
        buf_printf(out, "%sp%s", lt, gt);
        put_words(out, 40, state);
        buf_printf(out, " %sa href=\"https://kabar.example/%u\"%s", lt, next_random(state), gt);
        put_words(out, 3, state);
        buf_printf(out, "%s/a%s.%s/p%s\n", lt, gt, lt, gt);
    }
}

static struct buf make_rss(uint32_t *state)
{
    struct buf out = BUF_EMPTY;
    buf_put_string(&out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" "
                         "xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\n<channel>\n"
                         "<title>Kabar</title><link>https://kabar.example/</link>\n");
    for (unsigned i = 0; i < ENTRIES; i++) {
        buf_printf(&out, "<item>\n<guid isPermaLink=\"false\">%u</guid>\n<title>", i);
        put_words(&out, 8, state);
        buf_printf(&out,
                   "</title>\n<link>https://kabar.example/%u</link>\n<dc:creator>Redaksi"
                   "</dc:creator>\n<pubDate>Sat, 21 Nov 2026 01:43:00 +0700</pubDate>\n"
                   "<category>Daerah</category>\n<description>",
                   i);
        put_html(&out, true, state);
        buf_put_string(&out, "</description>\n</item>\n");
    }
    buf_put_string(&out, "</channel></rss>\n");
    return out;
}

static struct buf make_atom(uint32_t *state)
{
    struct buf out = BUF_EMPTY;
    buf_put_string(&out, "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"id\">\n"
                         "<title>Kabar</title><author><name>Redaksi</name></author>\n");
    for (unsigned i = 0; i < ENTRIES; i++) {
        buf_printf(&out, "<entry>\n<id>urn:x:%u</id>\n<title type=\"text\">", i);
        put_words(&out, 8, state);
        buf_printf(&out,
                   "</title>\n<link rel=\"alternate\" href=\"https://kabar.example/%u\"/>\n"
                   "<published>2026-11-21T01:43:00+07:00</published>\n"
                   "<content type=\"html\"><![CDATA[",
                   i);
        put_html(&out, false, state);
        buf_put_string(&out, "]]></content>\n</entry>\n");
    }
    buf_put_string(&out, "</feed>\n");
    return out;
}

static bool count_entry(void *context, const struct feeds_entry *entry)
{
    bench_keep(entry);
    ++*(size_t *)context;
    return true;
}

static double read_ours(struct feeds_parser *parser, struct str bytes)
{
    double start = bench_cpu();
    size_t entries = 0;
    for (unsigned i = 0; i < DOCUMENTS; i++) {
        struct feeds_document document = {.bytes = bytes, .url = STR("https://kabar.example/feed")};
        struct feeds_head head;
        struct err err = ERR_NONE;
        if (!feeds_parse(parser, &document, count_entry, &entries, &head, &err)) {
            abort();
        }
    }
    if (entries != (size_t)ENTRIES * DOCUMENTS) {
        abort();
    }
    return (double)bytes.len * DOCUMENTS / 1e6 / (bench_cpu() - start);
}

static double read_theirs(struct str bytes)
{
    double start = bench_cpu();
    for (unsigned i = 0; i < DOCUMENTS; i++) {
        xmlDocPtr document = xmlReadMemory(bytes.at, (int)bytes.len, NULL, NULL, XML_PARSE_NONET);
        if (document == NULL) {
            abort();
        }
        xmlFreeDoc(document);
    }
    return (double)bytes.len * DOCUMENTS / 1e6 / (bench_cpu() - start);
}

/* feedparser's speed in a process of its own; 0 if it is not installed. */
static double read_feedparser(struct str bytes)
{
    char path[] = "/tmp/saring-bench.XXXXXX", command[128];
    double speed = 0;
    int fd = mkstemp(path);
    if (fd < 0 || write(fd, bytes.at, bytes.len) != (ssize_t)bytes.len) {
        abort();
    }
    close(fd);
    snprintf(command, sizeof command,
             "/usr/bin/python3 tests/bench/feedparser_speed.py %s 2>/dev/null", path);
    FILE *out = popen(command, "r");
    if (out == NULL || fscanf(out, "%lf", &speed) != 1) {
        speed = 0;
    }
    if (out != NULL) {
        pclose(out);
    }
    unlink(path);
    return speed;
}

static void compare(const char *name, struct str bytes)
{
    struct feeds_parser *parser = feeds_parser_new();
    struct bench_rounds ours = {.count = 0}, theirs = {.count = 0};
    read_ours(parser, bytes);
    read_theirs(bytes);
    for (unsigned i = 0; i < ROUNDS; i++) {
        bench_add(&ours, read_ours(parser, bytes));
        bench_add(&theirs, read_theirs(bytes));
    }
    double mine = bench_median(&ours), dom = bench_median(&theirs);
    bench_report(name, bytes.len / 1024, "libxml2-dom", mine, dom, "MB/s", mine / dom);
    double python = read_feedparser(bytes);
    if (python > 0) {
        bench_report(name, bytes.len / 1024, "feedparser", mine, python, "MB/s", mine / python);
    }
    feeds_parser_free(parser);
}

int main(void)
{
    uint32_t state = 20261124;
    struct buf rss = make_rss(&state), atom = make_atom(&state);
    compare("feed-rss", buf_str(&rss));
    compare("feed-atom", buf_str(&atom));
    buf_fini(&atom);
    buf_fini(&rss);
    xmlCleanupParser();
    return 0;
}
