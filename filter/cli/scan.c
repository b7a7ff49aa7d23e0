/* saring scan: posts in, flagged verdicts out. */
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "feeds/source.h"
#include "filter/base/clock.h"
#include "filter/base/err.h"
#include "filter/cli/cli.h"
#include "filter/cli/commands.h"
#include "filter/cli/options.h"
#include "filter/cli/scan_correlate.h"
#include "filter/cli/scan_work.h"
#include "filter/cli/terminal.h"

enum { PROGRESS_MS = 100, BAR = 30, MAX_WORKERS = 256 };

struct scan {
    const struct rule_set *set;
    const struct feeds_sources *sources; /* NULL: none given */
    enum scan_look look;
    bool has_bar;
    uint64_t total_bytes; /* of all files; 0: not known */
    int64_t started_ms, shown_ms;
    double started_cpu;
    struct scan_counts counts;
    struct scan_correlate *correlate; /* NULL: no rule asks for it */
    struct buf correlated;
    struct err err; /* of writing */
};

static void print_help(FILE *out)
{
    fputs("saring scan [--rules FOLDER]… [--json] [BERKAS…]\n"
          "            [--format csv --text-column NAMA]\n"
          "\n"
          "Pos masuk, yang kena aturan keluar: satu objek JSON sebaris; tabel di terminal.\n"
          "Posts in, flagged ones out: one JSON object a line; a table on a terminal.\n"
          "\n"
          "  BERKAS         satu objek JSON per baris: {\"text\": …}, boleh juga \"id\",\n"
          "                 \"source\", \"url\", \"title\", \"author_name\", \"lang\", "
          "\"published\",\n"
          "                 \"links\"; tanpanya dari stdin / one JSON object a line; default\n"
          "                 standard input\n"
          "  --rules        folder aturan, boleh berulang; bawaan: rules\n"
          "                 folder of rules, may be repeated; default: rules\n"
          "  --format csv   CSV dengan baris judul / CSV with a header row\n"
          "  --text-column  kolom teksnya / the column that holds the text; default: text\n"
          "  --sources FILE sources.yml: korelasi per sumber organisasi / by organisation\n"
          "  --json         JSON juga di terminal dan untuk ringkasan\n"
          "                 also on a terminal and for the summary\n"
          "\n"
          "Baris rusak disebut di stderr, dihitung dan dilewati. Tidak ada yang disimpan.\n"
          "Bad lines are named on stderr, counted and passed over. Nothing is stored.\n"
          "Keluar 2: ada yang tidak terbaca / exits 2 if something could not be read.\n"
          "\n"
          "  saring scan --rules rules --rules feeds/example feeds/example/posts.ndjson\n"
          "  saring scan --format csv --text-column text posts.csv | jq -r .post.text\n",
          out);
}

static int cannot(const struct err *err)
{
    char text[800];
    struct buf line = BUF_EMPTY;
    buf_put_string(&line, "saring scan: ");
    cli_put_line(&line, str_of(err_format(err, text, sizeof text)));
    fprintf(stderr, "%s\n", line.bytes);
    buf_fini(&line);
    return CLI_CANNOT;
}

/* Errors of rules, each on a line; warnings are for `rules check`. */
static void report_rule(void *context, bool is_error, const struct err *err)
{
    (void)context;
    if (is_error) {
        cannot(err);
    }
}

static unsigned cores(void)
{
    cpu_set_t set;
    int count = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    return count < 1 ? 1 : count > MAX_WORKERS ? MAX_WORKERS : (unsigned)count;
}

/* The bytes of all files, if they are files. */
static uint64_t total_bytes(const struct scan_job *job)
{
    uint64_t total = 0;
    for (size_t i = 0; i < job->file_count; i++) {
        struct stat status;
        if (strcmp(job->files[i], "-") == 0 || stat(job->files[i], &status) != 0 ||
            !S_ISREG(status.st_mode)) {
            return 0;
        }
        total += (uint64_t)status.st_size;
    }
    return total;
}

static void clear_bar(const struct scan *scan)
{
    if (scan->has_bar && scan->shown_ms != 0) {
        fputs("\r\033[K", stderr);
    }
}

static void show_bar(struct scan *scan)
{
    int64_t now_ms = clock_monotonic_ms();
    if (!scan->has_bar || now_ms - scan->shown_ms < PROGRESS_MS) {
        return;
    }
    scan->shown_ms = now_ms;
    fputs("\r\033[K", stderr);
    if (scan->total_bytes > 0) {
        double part = (double)scan->counts.bytes / (double)scan->total_bytes;
        int full = part < 1 ? (int)(part * BAR) : BAR;
        fprintf(stderr, "[%.*s%*s] %3d %%  ", full, "##############################", BAR - full,
                "", part < 1 ? (int)(part * 100) : 100);
    }
    fprintf(stderr, "%" PRIu64 " pos/posts, %" PRIu64 " ditandai/flagged", scan->counts.posts,
            scan->counts.flagged);
    fflush(stderr);
}

static bool print_correlated(struct scan *scan)
{
    if (scan->correlated.len == 0) {
        return true;
    }
    clear_bar(scan);
    return cli_print(&scan->correlated, &scan->err);
}

static bool write_block(void *context, struct scan_block *block)
{
    struct scan *scan = context;
    scan->counts.posts += block->counts.posts;
    scan->counts.flagged += block->counts.flagged;
    scan->counts.bad += block->counts.bad;
    scan->counts.faults += block->counts.faults;
    scan->counts.mended += block->counts.mended;
    scan->counts.persons += block->counts.persons;
    scan->counts.bytes += block->counts.bytes;
    if (block->errors.len > 0 || block->out.len > 0) {
        clear_bar(scan);
    }
    if (block->errors.len > 0) {
        fwrite(block->errors.bytes, 1, block->errors.len, stderr);
    }
    bool ok = block->out.len == 0 || cli_print(&block->out, &scan->err);
    if (ok && scan->correlate != NULL) {
        buf_clear(&scan->correlated);
        scan_correlate_take(scan->correlate, buf_str(&block->sightings), &scan->correlated);
        ok = print_correlated(scan);
    }
    show_bar(scan);
    return ok;
}

static void *new_worker(void *context)
{
    const struct scan *scan = context;
    return scan_worker_new(scan->set, scan->look, scan->sources);
}

static void free_worker(void *worker)
{
    scan_worker_free(worker);
}

static void run_worker(void *worker, struct scan_block *block)
{
    scan_worker_run(worker, block);
}

/* Seconds of processor time of all threads so far. */
static double cpu_seconds(void)
{
    struct rusage usage;
    if (getrusage(RUSAGE_SELF, &usage) != 0) {
        return 0;
    }
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void summarise(const struct scan *scan, bool is_json)
{
    const struct scan_counts *counts = &scan->counts;
    double seconds = (double)(clock_monotonic_ms() - scan->started_ms) / 1000;
    double rate = (double)counts->posts / (seconds > 0.001 ? seconds : 0.001);
    clear_bar(scan);
    if (is_json) {
        fprintf(stderr,
                "{\"posts\":%" PRIu64 ",\"flagged\":%" PRIu64 ",\"bad\":%" PRIu64
                ",\"mended\":%" PRIu64 ",\"faults\":%" PRIu64 ",\"bytes\":%" PRIu64
                ",\"seconds\":%.3f,\"cpu_seconds\":%.6f,\"posts_per_second\":%.0f}\n",
                counts->posts, counts->flagged, counts->bad, counts->mended, counts->faults,
                counts->bytes, seconds, cpu_seconds() - scan->started_cpu, rate);
        return;
    }
    fprintf(stderr,
            "%" PRIu64 " pos/posts, %" PRIu64 " ditandai/flagged, %" PRIu64
            " rusak/bad, %.0f pos/posts per detik/second\n",
            counts->posts, counts->flagged, counts->bad, rate);
    if (counts->mended > 0) {
        fprintf(stderr,
                "%" PRIu64 " urutan bukan UTF-8 diganti / sequences that were no UTF-8 "
                "replaced by U+FFFD\n",
                counts->mended);
    }
    uint64_t lost = scan->correlate != NULL ? scan_correlate_lost(scan->correlate) : 0;
    if (lost > 0) {
        fprintf(stderr,
                "%" PRIu64
                " pos tanpa waktu atau tanpa tempat tidak ikut dihitung korelasi / posts "
                "without a time, or without room, are in no correlation\n",
                lost);
    }
    if (counts->persons > 0) {
        fprintf(stderr,
                "%" PRIu64
                " pos tidak dihitung menurut sumber: --sources tidak menyebut organisasinya, "
                "dan orang tidak dihitung / posts are not counted by source: --sources names no "
                "organisation of theirs, and persons are not counted\n",
                counts->persons);
    }
    if (counts->faults > 0) {
        fprintf(stderr,
                "%" PRIu64 " kali sebuah aturan kehabisan batas dan pos itu belum pasti bersih / "
                "times a rule ran into its limit, and whether it matched is not known\n",
                counts->faults);
    }
}

static int run(struct scan_job *job, const struct rule_set_options *rules,
               const struct feeds_sources *sources, bool is_json)
{
    struct scan scan = {.sources = sources, .err = ERR_NONE};
    struct err err = ERR_NONE;
    struct rule_set *set = rule_set_load(rules, &err);
    if (set == NULL) {
        err = ERR_NONE; /* its errors were reported */
        err_set(&err, "aturan tidak termuat / the rules do not load: saring rules check, "
                      "atau/or --rules FOLDER");
        return cannot(&err);
    }
    bool is_table = !is_json && cli_is_terminal(stdout);
    scan.set = set;
    scan.look = !is_table ? SCAN_JSON : cli_has_colour(stdout) ? SCAN_COLOUR : SCAN_PLAIN;
    if (!scan_correlate_new(set, scan.look, &scan.correlate, &err)) {
        rule_set_unref(set);
        return cannot(&err);
    }
    scan.has_bar = !is_json && cli_is_terminal(stderr);
    scan.total_bytes = total_bytes(job);
    scan.started_ms = clock_monotonic_ms();
    scan.started_cpu = cpu_seconds();
    job->workers = cores();
    job->worker_new = new_worker;
    job->worker_free = free_worker;
    job->work = run_worker;
    job->write = write_block;
    job->context = &scan;
    bool ok = scan_run(job, &err);
    if (ok && scan.correlate != NULL) {
        buf_clear(&scan.correlated);
        scan_correlate_end(scan.correlate, &scan.correlated);
        ok = print_correlated(&scan);
    }
    summarise(&scan, is_json);
    scan_correlate_free(scan.correlate);
    buf_fini(&scan.correlated);
    rule_set_unref(set);
    if (err_is_set(&scan.err)) {
        return cannot(&scan.err);
    }
    return ok ? CLI_FINE : CLI_CANNOT; /* what could not be read is named already */
}

int cmd_scan(int argc, char **argv)
{
    static const char *const standard_input[] = {"-"};
    static const char *const standard_rules[] = {"rules", NULL};
    const char *format = "ndjson", *text_column = NULL, *sources_file = NULL;
    struct cli_words folders = {.count = 0}, files = {.count = 0};
    struct err err = ERR_NONE;
    bool is_json = false;
    const struct cli_option options[] = {{"rules", CLI_LIST, &folders},
                                         {"format", CLI_TEXT, &format},
                                         {"text-column", CLI_TEXT, &text_column},
                                         {"sources", CLI_TEXT, &sources_file},
                                         {"json", CLI_FLAG, &is_json},
                                         {NULL, CLI_FLAG, NULL}};
    if (cli_options_help(argc, argv)) {
        print_help(stdout);
        return CLI_FINE;
    }
    if (!cli_options_read(options, argc, argv, &files, &err)) {
        return cannot(&err);
    }
    bool is_csv = strcmp(format, "csv") == 0;
    if (!is_csv && strcmp(format, "ndjson") != 0) {
        err_set(&err, "--format is 'csv' or 'ndjson', not '%.60s'", format);
        return cannot(&err);
    }
    if (text_column != NULL && !is_csv) {
        err_set(&err, "--text-column goes with --format csv");
        return cannot(&err);
    }
    struct scan_job job = {.files = files.count > 0 ? files.at : standard_input,
                           .file_count = files.count > 0 ? files.count : 1,
                           .format = is_csv ? SCAN_CSV : SCAN_NDJSON,
                           .text_column = text_column};
    struct rule_set_options rules = {.folders = folders.count > 0 ? folders.at : standard_rules,
                                     .clock = clock_system(),
                                     .report = report_rule};
    struct feeds_sources *sources = NULL;
    if (sources_file != NULL && (sources = feeds_sources_load(sources_file, &err)) == NULL) {
        return cannot(&err);
    }
    int status = run(&job, &rules, sources, is_json);
    feeds_sources_free(sources);
    return status;
}
