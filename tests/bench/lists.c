/*
 * A million entries: made and guarded, sorted, and written in every format, each in a process of
 * its own for its memory. `ratio` is the goal over what it took. Then what named-checkzone,
 * unbound-checkconf and squid take to load ours, beside the same lines as they came.
 */
#include <assert.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/base/mem.h"
#include "filter/blocklist/format.h"
#include "filter/blocklist/list.h"
#include "tests/bench/bench.h"

enum { DAY_MS = 24 * 3600 * 1000 };

static const double goal_s = 1, goal_mib = 300;

/* A small generator of one's own (xorshift64*): the same list on every machine. */
static uint64_t next(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * 0x2545f4914f6cdd1du;
}

static void put_target(struct buf *out, enum blocklist_scope scope, size_t number, uint64_t *state)
{
    static const char *const words[] = {"daftar",     "bantuan", "pemilih", "undian", "hadiah",
                                        "verifikasi", "bansos",  "kuota",   "resmi",  "online"};
    static const char *const ends[] = {"xyz",    "top", "site", "online", "my.id",
                                       "web.id", "com", "shop", "live",   "biz.id"};
    uint64_t pick = next(state);
    if (scope == BLOCKLIST_URL || scope == BLOCKLIST_URL_PREFIX) {
        buf_put_string(out, "http://");
    }
    if (scope != BLOCKLIST_DOMAIN) {
        buf_put_string(out, "www.");
    }
    buf_printf(out, "%s-%s%zu.%s", words[pick % 10], words[pick / 10 % 10], number,
               ends[pick / 100 % 10]);
    if (scope == BLOCKLIST_URL || scope == BLOCKLIST_URL_PREFIX) {
        buf_printf(out, "/masuk/%s%s", words[pick / 1000 % 10],
                   scope == BLOCKLIST_URL ? "?langkah=1" : "");
    }
}

static struct blocklist_list *make(const struct blocklist_guard *guard, size_t count,
                                   int64_t now_ms)
{
    static const struct hash evidence = {.bytes = {1}};
    struct blocklist_list *list = blocklist_list_new(guard, NULL, now_ms);
    struct buf target = BUF_EMPTY;
    uint64_t state = 0x9e3779b97f4a7c15u;
    for (size_t i = 0; i < count; i++) {
        uint64_t of_ten = next(&state) % 100;
        enum blocklist_scope scope = of_ten < 70   ? BLOCKLIST_DOMAIN
                                     : of_ten < 90 ? BLOCKLIST_HOST
                                     : of_ten < 97 ? BLOCKLIST_URL
                                                   : BLOCKLIST_URL_PREFIX;
        struct err err = ERR_NONE;
        buf_clear(&target);
        put_target(&target, scope, i, &state);
        const struct blocklist_draft draft = {
            .class = RULE_FRAUD,
            .case_id = (int64_t)i + 1,
            .scope = scope,
            .target = buf_str(&target),
            .start_ms = now_ms - 1000,
            .end_ms = now_ms + (int64_t)(2 + next(&state) % 20) * DAY_MS,
            .harvest = BLOCKLIST_PERSONAL_DATA,
            .observed_ms = now_ms - 2000,
            .evidence = &evidence,
            .evidence_count = 1,
            .reason = STR("Situs meniru halaman pendaftaran pemilih dan meminta NIK serta kode OTP "
                          "lewat formulir."),
        };
        struct blocklist_entry *entry = blocklist_entry_new(&draft, &err);
        if (entry == NULL || !blocklist_list_add(list, entry, &err)) {
            fprintf(stderr, "lists: %.*s: %s\n", STR_FORMAT(draft.target), err.message);
            exit(1);
        }
        blocklist_entry_free(entry);
    }
    buf_fini(&target);
    return list;
}

static bool drain(void *context, struct str piece, struct err *err)
{
    return file_stream_put(context, piece, err);
}

struct file {
    double seconds, clock, mib;
    size_t bytes;
};

/* Rendered, hashed and written in a process that had nothing but the list. */
static struct file write_file(const struct blocklist_format *format, const char *folder,
                              const struct blocklist_opening *opening,
                              const struct blocklist_item *items, size_t count)
{
    int ends[2];
    struct file file = {0};
    if (pipe(ends) != 0) {
        abort();
    }
    pid_t child = fork();
    if (child == 0) {
        double start = bench_now(), start_cpu = bench_cpu();
        struct buf path = BUF_EMPTY;
        struct err err = ERR_NONE;
        struct blocklist_counts counts;
        struct hash hash;
        struct rusage usage;
        buf_printf(&path, "%s/%s%s", folder, format->name,
                   format->suffix != NULL ? format->suffix : "");
        struct file_stream *stream = file_stream_open(path.bytes, 0644, &err);
        if (stream == NULL ||
            !blocklist_render_to(format, opening, items, count, drain, stream, &counts, NULL, NULL,
                                 &err) ||
            !file_stream_close(stream, true, &hash, &file.bytes, &err)) {
            fprintf(stderr, "lists: %s\n", err.message);
            _exit(1);
        }
        file.seconds = bench_cpu() - start_cpu;
        file.clock = bench_now() - start;
        getrusage(RUSAGE_SELF, &usage);
        file.mib = (double)usage.ru_maxrss / 1024;
        _exit(write(ends[1], &file, sizeof file) == sizeof file ? 0 : 1);
    }
    int status = 1;
    close(ends[1]);
    if (child < 0 || read(ends[0], &file, sizeof file) != sizeof file ||
        waitpid(child, &status, 0) != child || status != 0) {
        fprintf(stderr, "lists: %s could not be written\n", format->file);
        exit(1);
    }
    close(ends[0]);
    return file;
}

static void report(const char *name, size_t count, double ours, double goal, const char *unit)
{
    bench_report(name, count, "goal", ours, goal, unit, goal / ours);
}

/* Seconds that a shell command takes; negative if it fails. */
static double time_command(const char *command)
{
    double start = bench_children_cpu();
    fflush(NULL);
    return system(command) == 0 ? bench_children_cpu() - start : -1; // NOLINT(cert-env33-c)
}

/*
 * Ours and the naive file: the same lines as the cases came, which `sort -R` stands for. `setup`
 * makes what the program reads of the lines in FOLDER/lines.
 */
static void load(const char *name, const char *folder, const char *file, size_t count,
                 const char *program, const char *setup, const char *command)
{
    struct buf line = BUF_EMPTY;
    double took[2] = {-1, -1};
    buf_printf(&line, "PATH=$PATH:/usr/sbin; command -v %s >/dev/null", program);
    if (system(line.bytes) != 0) { // NOLINT(cert-env33-c)
        printf("%s is not installed: not measured\n", program);
        buf_fini(&line);
        return;
    }
    for (int naive = 0; naive < 2; naive++) {
        buf_clear(&line);
        buf_printf(&line, "cd '%s' && { grep -vE '^([;#@$]|server:)' %s | %s; } >lines && %s",
                   folder, file, naive ? "sort -R --random-source=/bin/sh" : "cat", setup);
        if (system(line.bytes) == 0) { // NOLINT(cert-env33-c)
            buf_clear(&line);
            buf_printf(&line, "PATH=$PATH:/usr/sbin; cd '%s' && %s", folder, command);
            took[naive] = time_command(line.bytes);
        }
    }
    buf_fini(&line);
    if (took[0] < 0 || took[1] < 0) {
        printf("%s did not load the list\n", program);
        return;
    }
    bench_report(name, count, "as they came", took[0], took[1], "s", took[1] / took[0]);
}

static void load_all(const char *folder, size_t count)
{
    load("load-bind", folder, "rpz", count, "named-checkzone",
         "{ printf '$TTL 60\\n@ SOA localhost. a.localhost. 1 60 30 60 60\\n@ NS localhost.\\n'; "
         "cat lines; } >zone",
         "named-checkzone -q -i none saring.rpz zone");
    load("load-unbound", folder, "unbound", count, "unbound-checkconf",
         "{ echo server:; cat lines; } >unbound.conf", "unbound-checkconf unbound.conf >/dev/null");
    load("load-squid", folder, "squid", count, "squid",
         "printf 'http_port 127.0.0.1:3128\\ncache_log stdio:/dev/null\\nacl s dstdomain "
         "\"lines\"\\nhttp_access deny s\\n' >squid.conf",
         "squid -k parse -f \"$PWD/squid.conf\" >/dev/null 2>&1");
}

int main(int argc, char **argv)
{
    size_t count = argc > 1 ? (size_t)strtoul(argv[1], NULL, 10) : 1000000, format_count;
    const int64_t now_ms = INT64_C(1795521600000);
    const char *top = getenv("TMPDIR");
    char folder[4096];
    snprintf(folder, sizeof folder, "%s/saring-lists.XXXXXX", top != NULL ? top : "/tmp");
    struct err err = ERR_NONE;
    struct blocklist_guard *guard =
        blocklist_guard_load((const char *const[]){"rules", NULL}, &err);
    if (!hash_start(&err) || guard == NULL || mkdtemp(folder) == NULL) {
        fprintf(stderr, "lists: %s\n", err.message);
        return 1;
    }
    chmod(folder, 0755);
    double start = bench_cpu();
    struct blocklist_list *list = make(guard, count, now_ms);
    printf("%zu entries made, checked and guarded in %.2f s\n", count, bench_cpu() - start);
    start = bench_cpu();
    size_t sorted;
    const struct blocklist_item *items = blocklist_list_sort(list, &sorted);
    report("lists-sort", count, bench_cpu() - start, goal_s, "s");
    const struct blocklist_opening opening = {
        .serial = 1795521600,
        .made_ms = now_ms,
        .valid_until_ms = now_ms + DAY_MS,
        .season = STR("Pilkada Contoh"),
        .appeal = STR("https://saring.example/keberatan"),
        .entries = sorted,
        .zone = STR(BLOCKLIST_ZONE),
    };
    const struct blocklist_format *formats = blocklist_formats(&format_count);
    double most_mib = 0, all = 0;
    for (size_t i = 0; i < format_count; i++) {
        struct file file = write_file(&formats[i], folder, &opening, items, sorted);
        struct buf name = BUF_EMPTY;
        buf_printf(&name, "%s%s", formats[i].name,
                   formats[i].suffix != NULL ? formats[i].suffix : "");
        printf("%-24s %8.1f MB %8.1f MiB %8.2f s by the clock\n", name.bytes,
               (double)file.bytes / 1e6, file.mib, file.clock);
        report(name.bytes, count, file.seconds, goal_s, "s");
        most_mib = file.mib > most_mib ? file.mib : most_mib;
        all += file.seconds;
        buf_fini(&name);
    }
    report("lists-mib", count, most_mib, goal_mib, "MiB");
    printf("all formats, one after another: %.2f s\n", all);
    if (argc < 3) {
        load_all(folder, count);
    }
    blocklist_list_free(list);
    blocklist_guard_free(guard);
    struct buf line = BUF_EMPTY;
    buf_printf(&line, "rm -rf '%s'", folder);
    (void)!system(line.bytes); // NOLINT(cert-env33-c)
    buf_fini(&line);
    return 0;
}
