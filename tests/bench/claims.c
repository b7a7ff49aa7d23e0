/*
 * How often the fact-check that a post is about comes first, and among the first five: each text of
 * the labelled narratives asks for its own title among the titles of all. The peer is FTS5's BM25
 * over words as they stand (unicode61), in the same run. Without ../shared there is nothing to ask.
 */
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

#include "feeds/csv.h"
#include "filter/base/arena.h"
#include "filter/base/buf.h"
#include "filter/base/clock.h"
#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/base/mem.h"
#include "filter/casebook/claims.h"
#include "filter/rule/checkers.h"
#include "tests/bench/bench.h"

static const char narratives[] = "../shared/corpora/indonesia/hoax_narratives.dev.csv";

struct pairs {
    struct str *titles, *texts;
    size_t count, title_room, text_room;
};

static void fail(const struct err *err)
{
    char text[800];
    fprintf(stderr, "claims: %s\n", err_format(err, text, sizeof text));
    exit(1);
}

static struct str copy(struct str text)
{
    char *bytes = mem_alloc(text.len + 1);
    memcpy(bytes, text.at, text.len);
    return (struct str){.at = bytes, .len = text.len};
}

static void read_pairs(struct str bytes, struct pairs *pairs)
{
    struct err err = ERR_NONE;
    struct str row;
    size_t lines;
    struct post post;
    if (feeds_csv_cut(&bytes, true, &row, &lines) != FEEDS_CSV_ROW) {
        return;
    }
    struct feeds_csv_header *header = feeds_csv_header_new(row, NULL, &err);
    if (header == NULL) {
        fail(&err);
    }
    struct feeds_csv *csv = feeds_csv_new(header);
    while (feeds_csv_cut(&bytes, true, &row, &lines) == FEEDS_CSV_ROW) {
        struct err bad = ERR_NONE;
        if (feeds_csv_read(csv, row, &post, &bad)) {
            mem_grow(&pairs->titles, &pairs->title_room, pairs->count + 1, sizeof *pairs->titles);
            mem_grow(&pairs->texts, &pairs->text_room, pairs->count + 1, sizeof *pairs->texts);
            pairs->titles[pairs->count] = copy(post.fields[POST_TITLE]);
            pairs->texts[pairs->count++] = copy(post.fields[POST_TEXT]);
        }
    }
    feeds_csv_free(csv);
    feeds_csv_header_free(header);
}

static void hear_bad(void *context, unsigned line, const char *why)
{
    (void)line;
    (void)why;
    ++*(size_t *)context;
}

/* All titles as reviews of one checker, each on a page of its own. */
static struct casebook *fill(const struct pairs *pairs, const char *folder,
                             const struct clock *clock)
{
    struct buf document = BUF_EMPTY, path = BUF_EMPTY;
    struct casebook_claims_report report;
    struct err err = ERR_NONE;
    size_t bad = 0;
    for (size_t i = 0; i < pairs->count; i++) {
        buf_printf(&document, "{\"url\":\"https://turnbackhoax.id/%zu\"", i);
        buf_put_json_field(&document, "claim", pairs->titles[i]);
        buf_put_string(&document, ",\"rating\":\"Salah\"}\n");
    }
    buf_printf(&path, "%s/casebook.db", folder);
    struct rule_checkers *checkers = rule_checkers_load((const char *const[]){"rules", NULL}, &err);
    struct casebook *casebook = checkers != NULL ? casebook_open(path.bytes, clock, &err) : NULL;
    if (casebook == NULL || !casebook_claims_import(casebook, checkers, buf_str(&document),
                                                    hear_bad, &bad, &report, &err)) {
        fail(&err);
    }
    printf("%zu titles, %zu of them without a word\n", report.added, bad);
    rule_checkers_free(checkers);
    buf_fini(&document);
    buf_fini(&path);
    return casebook;
}

/* The same claim may stand under several titles that read alike: any of them is right. */
static void score(const struct pairs *pairs, size_t asked, const struct str *found, size_t count,
                  size_t *first, size_t *among)
{
    for (size_t i = 0; i < count; i++) {
        if (str_equal(found[i], pairs->titles[asked])) {
            *first += i == 0 ? 1 : 0;
            ++*among;
            return;
        }
    }
}

static double ask_ours(struct casebook *casebook, const struct pairs *pairs, size_t *first,
                       size_t *among)
{
    struct arena *arena = arena_new(64 << 20);
    double start = bench_now();
    for (size_t i = 0; i < pairs->count; i++) {
        struct casebook_claim claims[CASEBOOK_CLAIMS_MOST];
        struct str found[CASEBOOK_CLAIMS_MOST];
        struct err err = ERR_NONE;
        size_t count;
        arena_reset(arena);
        if (!casebook_claims_like(casebook, pairs->texts[i], arena, claims, &count, &err)) {
            fail(&err);
        }
        for (size_t k = 0; k < count; k++) {
            /* By its page: a claim is kept on one line. */
            size_t number =
                strtoul(claims[k].url.at + sizeof "https://turnbackhoax.id/" - 1, NULL, 10);
            found[k] = pairs->titles[number];
        }
        score(pairs, i, found, count, first, among);
    }
    arena_free(arena);
    return bench_now() - start;
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK) {
        fprintf(stderr, "claims: %s\n", sqlite3_errmsg(db));
        exit(1);
    }
    return statement;
}

/* Any of the words, as they stand between what is neither a letter nor a digit. */
static void put_words(struct str text, struct buf *out)
{
    bool is_inside = false;
    buf_clear(out);
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];
        bool is_word =
            c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (is_word && !is_inside) {
            buf_put_string(out, out->len > 0 ? " OR \"" : "\"");
        } else if (!is_word && is_inside) {
            buf_put_char(out, '"');
        }
        if (is_word) {
            buf_put_char(out, (char)c);
        }
        is_inside = is_word;
    }
    buf_put_string(out, is_inside ? "\"" : "");
}

static double ask_plain(const struct pairs *pairs, size_t *first, size_t *among)
{
    sqlite3 *db = NULL;
    struct buf words = BUF_EMPTY;
    if (sqlite3_open(":memory:", &db) != SQLITE_OK ||
        sqlite3_exec(db, "CREATE VIRTUAL TABLE plain USING fts5 (title)", NULL, NULL, NULL) !=
            SQLITE_OK) {
        fprintf(stderr, "claims: %s\n", sqlite3_errmsg(db));
        exit(1);
    }
    sqlite3_stmt *put = prepare(db, "INSERT INTO plain (rowid, title) VALUES (?1, ?2)");
    for (size_t i = 0; i < pairs->count; i++) {
        sqlite3_bind_int64(put, 1, (sqlite3_int64)i + 1);
        sqlite3_bind_text(put, 2, pairs->titles[i].at, (int)pairs->titles[i].len, SQLITE_STATIC);
        sqlite3_step(put);
        sqlite3_reset(put);
    }
    sqlite3_finalize(put);
    sqlite3_stmt *ask =
        prepare(db, "SELECT rowid FROM plain WHERE plain MATCH ?1 ORDER BY rank LIMIT 5");
    double start = bench_now();
    for (size_t i = 0; i < pairs->count; i++) {
        struct str found[CASEBOOK_CLAIMS_MOST];
        size_t count = 0;
        put_words(pairs->texts[i], &words);
        sqlite3_bind_text(ask, 1, words.bytes, (int)words.len, SQLITE_STATIC);
        while (words.len > 0 && count < CASEBOOK_CLAIMS_MOST && sqlite3_step(ask) == SQLITE_ROW) {
            found[count++] = pairs->titles[sqlite3_column_int64(ask, 0) - 1];
        }
        sqlite3_reset(ask);
        score(pairs, i, found, count, first, among);
    }
    double took = bench_now() - start;
    sqlite3_finalize(ask);
    sqlite3_close(db);
    buf_fini(&words);
    return took;
}

static void report(const char *name, size_t ours, size_t theirs, size_t count)
{
    bench_report(name, count, "FTS5, plain words", (double)ours / (double)count,
                 (double)theirs / (double)count, "recall", (double)ours / (double)theirs);
}

int main(void)
{
    struct buf bytes = BUF_EMPTY, command = BUF_EMPTY;
    struct err err = ERR_NONE;
    struct pairs pairs = {.count = 0};
    struct clock clock = clock_system();
    char folder[] = "/tmp/saring-bench-claims.XXXXXX";
    size_t ours[2] = {0}, plain[2] = {0};
    if (access(narratives, R_OK) != 0) {
        puts("left out: the labelled narratives of ../shared are not there");
        return 0;
    }
    if (!file_read(narratives, 256 << 20, &bytes, &err)) {
        fail(&err);
    }
    read_pairs(buf_str(&bytes), &pairs);
    if (pairs.count == 0 || mkdtemp(folder) == NULL) {
        return 1;
    }
    puts("method: the text of each narrative asks for its own title among the titles of all");
    struct casebook *casebook = fill(&pairs, folder, &clock);
    double took = ask_ours(casebook, &pairs, &ours[0], &ours[1]);
    double plain_took = ask_plain(&pairs, &plain[0], &plain[1]);
    report("claims@1", ours[0], plain[0], pairs.count);
    report("claims@5", ours[1], plain[1], pairs.count);
    bench_report("claims", pairs.count, "FTS5, plain words", took / (double)pairs.count * 1e3,
                 plain_took / (double)pairs.count * 1e3, "ms", plain_took / took);
    casebook_close(casebook);
    buf_printf(&command, "rm -rf '%s'", folder);
    int status = system(command.bytes);
    buf_fini(&command);
    buf_fini(&bytes);
    return status == 0 ? 0 : 1;
}
