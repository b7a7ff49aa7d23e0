/*
 * `saring scan` with 5,000 generated rules, as the program itself, against jansson's bare parse of
 * the same file: posts per second of processor time.
 */
#include <jansson.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "feeds/csv.h"
#include "filter/base/buf.h"
#include "filter/base/clock.h"
#include "filter/base/err.h"
#include "filter/base/file.h"
#include "tests/bench/bench.h"

enum { RULES = 5000, RULES_PER_FILE = 500, POSTS = 150000, ROUNDS = 5, SYLLABLES = 16, WORDS = 24 };

static const char corpus[] = "../shared/corpora/indonesia/ordinary_posts.dev.csv";

static unsigned state = 20241127;

static unsigned pick(unsigned below)
{
    state = state * 1103515245 + 12345;
    return state / 65536 % below;
}

/* A word that people write, or one that nobody does. */
static void put_word(struct buf *out)
{
    static const char *const words[WORDS] = {
        "daftar", "klik",  "bantuan", "hadiah", "undian",   "saldo",  "pemilih", "petugas",
        "gratis", "admin", "biaya",   "nomor",  "rekening", "kode",   "resmi",   "pusat",
        "dana",   "cair",  "kuota",   "akun",   "layanan",  "segera", "kirim",   "data"};
    static const char *const syllables[SYLLABLES] = {"ka", "pu", "di",  "ran", "te", "lo",
                                                     "su", "mi", "ba",  "ngo", "ri", "ja",
                                                     "we", "tu", "san", "ge"};
    if (pick(3) == 0) {
        buf_put_string(out, words[pick(WORDS)]);
        return;
    }
    for (unsigned i = 0; i < 3; i++) {
        buf_put_string(out, syllables[pick(SYLLABLES)]);
    }
}

static void put_phrase(struct buf *out)
{
    put_word(out);
    buf_put_char(out, ' ');
    put_word(out);
}

static void put_rule(struct buf *out, unsigned number, const char *expires)
{
    struct buf name = BUF_EMPTY, call = BUF_EMPTY, other = BUF_EMPTY;
    put_phrase(&name);
    put_phrase(&call);
    put_phrase(&other);
    buf_printf(out,
               "---\ntitle: Bench %u\nid: 00000000-0000-4000-8000-%012u\nstatus: stable\n"
               "level: low\ndescription: Dibuat untuk mengukur.\nlogsource: { category: post }\n"
               "detection:\n  nama:\n    text|%swords: [%s, %s]\n",
               number, number, number % 3 == 0 ? "skeleton|" : "", name.bytes, other.bytes);
    if (number % 5 == 0) {
        buf_printf(out, "  ajakan:\n    text|re|i: '\\b%s\\s+ke\\s+\\d{2,4}\\b'\n", call.bytes);
    } else {
        buf_printf(out, "  ajakan:\n    text|contains: ['%s ke', '%s di']\n", call.bytes,
                   call.bytes);
    }
    buf_printf(out,
               "  tautan:\n    link.domain|endswith: ['.bench%u.example', '.xyz']\n"
               "  resmi:\n    link.domain: [kpu.go.id, bawaslu.go.id]\n"
               "  condition: nama and ajakan and tautan and not resmi\n"
               "basis:\n  class: fraud\n  evidence:\n"
               "    - { type: official, url: 'https://contoh.example/', publisher: Contoh, "
               "published: 2024-01-01, impersonates: Contoh }\n  expires: %s\n"
               "tests:\n  match: [{ text: '%s: %s ke 123 https://a%u.xyz/' }]\n  pass: [{ text: "
               "biasa saja }]\n",
               number % 50, expires, name.bytes, call.bytes, number);
    buf_fini(&name);
    buf_fini(&call);
    buf_fini(&other);
}

static bool write_rules(const char *folder, struct err *err)
{
    struct buf out = BUF_EMPTY, path = BUF_EMPTY;
    struct clock clock = clock_system();
    char expires[CLOCK_TEXT];
    clock_format_date(clock_now_ms(&clock) + INT64_C(100) * 86400000, expires);
    bool ok = mkdir(folder, 0700) == 0 || err_set(err, "no folder %s", folder);
    for (unsigned i = 0; ok && i < RULES; i++) {
        put_rule(&out, i, expires);
        if ((i + 1) % RULES_PER_FILE == 0) {
            buf_clear(&path);
            buf_printf(&path, "%s/bench%u.yml", folder, i / RULES_PER_FILE);
            ok = file_write(path.bytes, buf_str(&out), 0600, err);
            buf_clear(&out);
        }
    }
    buf_fini(&out);
    buf_fini(&path);
    return ok;
}

static void put_post(struct buf *out, struct str text, unsigned number)
{
    buf_printf(out, "{\"id\":\"%u\",\"source\":\"bench\",\"url\":\"https://a.example/p/%u\"",
               number, number);
    buf_put_json_field(out, "text", text);
    buf_put_string(out, ",\"author_name\":\"warga\",\"lang\":\"id\",\"published\":"
                        "\"2026-11-20T02:07:00Z\"}\n");
}

/* The corpus over and over; without it, words of the generator. */
static unsigned put_posts(struct buf *out)
{
    struct err err = ERR_NONE;
    struct buf bytes = BUF_EMPTY;
    unsigned count = 0;
    bool has_corpus = file_read(corpus, 256 << 20, &bytes, &err);
    if (!has_corpus) {
        printf("no %s: generated posts\n", corpus);
    }
    while (has_corpus && count < POSTS) {
        struct str rest = buf_str(&bytes), row;
        struct feeds_csv_header *header = NULL;
        struct feeds_csv *csv = NULL;
        size_t lines;
        while (count < POSTS && feeds_csv_cut(&rest, true, &row, &lines) == FEEDS_CSV_ROW) {
            struct post post;
            struct err bad = ERR_NONE;
            if (header == NULL) {
                header = feeds_csv_header_new(row, "text", &bad);
                if (header == NULL) {
                    abort();
                }
                csv = feeds_csv_new(header);
            } else if (feeds_csv_read(csv, row, &post, &bad)) {
                put_post(out, post.fields[POST_TEXT], count++);
            }
        }
        feeds_csv_free(csv);
        feeds_csv_header_free(header);
    }
    for (; count < POSTS; count++) {
        struct buf text = BUF_EMPTY;
        for (int i = 0; i < 8; i++) {
            put_phrase(&text);
            buf_put_char(&text, ' ');
        }
        put_post(out, buf_str(&text), count);
        buf_fini(&text);
    }
    buf_fini(&bytes);
    return count;
}

/* Seconds that jansson takes to parse each line into a tree and drop it. */
static double parse_all(const struct buf *posts)
{
    double start = bench_cpu();
    for (size_t at = 0; at < posts->len;) {
        const char *end = memchr(posts->bytes + at, '\n', posts->len - at);
        size_t len = (size_t)(end - posts->bytes) - at;
        json_t *post = json_loadb(posts->bytes + at, len, 0, NULL);
        if (post == NULL) {
            abort();
        }
        json_decref(post);
        at += len + 1;
    }
    return bench_cpu() - start;
}

/* Runs the program on the file; the seconds of processor time that its summary tells. */
static double scan_all(const char *rules, const char *posts, unsigned count)
{
    int ends[2];
    if (pipe(ends) != 0) {
        return 0;
    }
    pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        close(ends[0]);
        execl("build/saring", "saring", "scan", "--json", "--rules", rules, posts, (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    FILE *summary = fdopen(ends[0], "r");
    char line[1024], last[1024] = "";
    while (summary != NULL && fgets(line, sizeof line, summary) != NULL) {
        memcpy(last, line, sizeof last);
    }
    int status = 0;
    waitpid(child, &status, 0);
    json_t *told = json_loads(last, 0, NULL);
    double seconds = json_real_value(json_object_get(told, "cpu_seconds"));
    bool ok = WIFEXITED(status) && WEXITSTATUS(status) == 0 &&
              json_integer_value(json_object_get(told, "posts")) == (json_int_t)count &&
              json_integer_value(json_object_get(told, "bad")) == 0;
    json_decref(told);
    if (summary != NULL) {
        fclose(summary);
    }
    if (!ok) {
        fprintf(stderr, "saring scan: %s\n", last);
    }
    return ok ? seconds : 0;
}

static int compare(const char *folder)
{
    struct bench_rounds ours = {.count = 0}, theirs = {.count = 0}, ratio = {.count = 0};
    struct buf posts = BUF_EMPTY, rules_path = BUF_EMPTY, posts_path = BUF_EMPTY;
    struct err err = ERR_NONE;
    buf_printf(&rules_path, "%s/rules", folder);
    buf_printf(&posts_path, "%s/posts.ndjson", folder);
    unsigned count = put_posts(&posts);
    bool ok = write_rules(rules_path.bytes, &err) &&
              file_write(posts_path.bytes, buf_str(&posts), 0600, &err);
    for (int round = 0; ok && round < ROUNDS; round++) {
        double parsed = parse_all(&posts);
        double scanned = scan_all(rules_path.bytes, posts_path.bytes, count);
        ok = scanned > 0 || err_set(&err, "saring scan did not do it");
        if (ok) {
            bench_add(&ours, count / scanned);
            bench_add(&theirs, count / parsed);
            bench_add(&ratio, parsed / scanned);
        }
    }
    if (ok) {
        bench_report("scan", RULES, "jansson-parse", bench_median(&ours), bench_median(&theirs),
                     "posts/s", bench_median(&ratio));
    } else {
        fprintf(stderr, "%s\n", err.message);
    }
    buf_fini(&posts);
    buf_fini(&rules_path);
    buf_fini(&posts_path);
    return ok ? 0 : 1;
}

static void remove_all(const char *folder)
{
    char path[96];
    for (unsigned i = 0; i < RULES / RULES_PER_FILE; i++) {
        snprintf(path, sizeof path, "%s/rules/bench%u.yml", folder, i);
        unlink(path);
    }
    snprintf(path, sizeof path, "%s/rules", folder);
    rmdir(path);
    snprintf(path, sizeof path, "%s/posts.ndjson", folder);
    unlink(path);
    rmdir(folder);
}

int main(void)
{
    char folder[] = "/tmp/saring-bench.XXXXXX";
    if (mkdtemp(folder) == NULL) {
        return 1;
    }
    int status = compare(folder);
    remove_all(folder);
    return status;
}
