/*
 * `saring scan` with 5,000 generated rules, as the program itself, against jansson's bare parse of
 * the same file: posts per second of processor time.
 */
#include <ftw.h>
#include <jansson.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/file.h"
#include "tests/bench/bench.h"
#include "tests/bench/support/generate.h"

enum { RULES = 5000, POSTS = 150000, ROUNDS = 5 };

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
    struct bench_corpus *corpus = bench_corpus_new(POSTS);
    struct err err = ERR_NONE;
    buf_printf(&rules_path, "%s/rules", folder);
    buf_printf(&posts_path, "%s/posts.ndjson", folder);
    bench_posts_put(corpus, POSTS, &posts);
    bool ok = bench_rules_write(corpus, BENCH_FRAUD, RULES, rules_path.bytes, &err) &&
              file_write(posts_path.bytes, buf_str(&posts), 0600, &err);
    for (int round = 0; ok && round < ROUNDS; round++) {
        double parsed = parse_all(&posts);
        double scanned = scan_all(rules_path.bytes, posts_path.bytes, POSTS);
        ok = scanned > 0 || err_set(&err, "saring scan did not do it");
        if (ok) {
            bench_add(&ours, POSTS / scanned);
            bench_add(&theirs, POSTS / parsed);
            bench_add(&ratio, parsed / scanned);
        }
    }
    if (ok) {
        bench_report("scan", RULES, "jansson-parse", bench_median(&ours), bench_median(&theirs),
                     "posts/s", bench_median(&ratio));
    } else {
        fprintf(stderr, "%s\n", err.message);
    }
    bench_corpus_free(corpus);
    buf_fini(&posts);
    buf_fini(&rules_path);
    buf_fini(&posts_path);
    return ok ? 0 : 1;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *place)
{
    (void)status;
    (void)type;
    (void)place;
    return remove(path);
}

int main(void)
{
    char folder[] = "/tmp/saring-bench.XXXXXX";
    if (mkdtemp(folder) == NULL) {
        return 1;
    }
    int status = compare(folder);
    nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    return status;
}
