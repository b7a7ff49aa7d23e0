/*
 * The casebook with 100,000 cases and 1,000,000 rows of the log: how long a durable decision takes,
 * a page of the queue, a case's page, and a flagged verdict alone and in batches. The peer of the
 * first three is the goal that they must keep; it is time on the clock, disk included.
 */
#include <string.h>
#include <unistd.h>

#include "filter/casebook/case.h"
#include "filter/casebook/sql.h"
#include "tests/bench/bench.h"
#include "tests/system/support/made_verdict.h"

enum { CASES = 100000, ROWS = 1000000, BATCH = 2000, TIMES = 1000, PAGE = 25, FLAGS = 400 };

static _Noreturn void die(const struct err *err)
{
    char text[800];
    fprintf(stderr, "casebook: %s\n", err_format(err, text, sizeof text));
    exit(1);
}

static int compare(const void *a, const void *b)
{
    double one = *(const double *)a, two = *(const double *)b;
    return one < two ? -1 : one > two;
}

/* In milliseconds, the 99th of a hundred. */
static double p99(double *times, size_t count)
{
    qsort(times, count, sizeof *times, compare);
    return 1e3 * times[(count * 99) / 100];
}

static void report(const char *what, double *times, size_t count, double goal_ms)
{
    double at99 = p99(times, count);
    printf("%-28s p50 %.3f ms, p99 %.3f ms, most %.3f ms\n", what, 1e3 * times[count / 2], at99,
           1e3 * times[count - 1]);
    bench_report("casebook", CASES, what, at99, goal_ms, "ms p99", goal_ms / at99);
}

static void flag(struct casebook *casebook, unsigned long number)
{
    struct made_verdict made;
    struct err err = ERR_NONE;
    enum casebook_flagged outcome;
    made_verdict(&made, number);
    if (!casebook_flag(casebook, &made.verdict, &outcome, &err)) {
        die(&err);
    }
}

static void fill(struct casebook *casebook)
{
    struct err err = ERR_NONE;
    struct made_verdict made;
    bool done = made_reviewer(casebook, &err);
    for (unsigned long i = 0; done && i < 3; i++) {
        made_verdict(&made, i);
        done = made_release(casebook, &made, &err);
    }
    for (unsigned long i = 0; done && i < CASES; i += BATCH) {
        done = casebook_begin(casebook, &err);
        for (unsigned long k = i; done && k < i + BATCH; k++) {
            flag(casebook, k);
        }
        done = done && casebook_commit(casebook, &err);
    }
    /* What most of a log is: copies that joined. */
    for (long i = CASES; done && i < ROWS; i += BATCH) {
        done = casebook_begin(casebook, &err);
        for (long k = 0; done && k < BATCH; k++) {
            done = casebook_log(casebook, CASEBOOK_MACHINE, "join", 1 + (i + k) % CASES,
                                json_pack("{ss ss}", "class", "fraud", "rule", "aturan-uji"), &err);
        }
        done = done && casebook_commit(casebook, &err);
    }
    if (!done) {
        die(&err);
    }
}

struct page {
    struct casebook_case of[PAGE];
    size_t count;
};

static bool take(void *context, const struct casebook_case *one)
{
    struct page *page = context;
    page->of[page->count++] = *one;
    return page->count < PAGE;
}

static double list(struct casebook *casebook, size_t offset, struct page *page)
{
    struct err err = ERR_NONE;
    const struct casebook_filter filter = {.live = true, .limit = PAGE, .offset = offset};
    double start = bench_now();
    page->count = 0;
    if (!casebook_list(casebook, &filter, take, page, &err)) {
        die(&err);
    }
    return bench_now() - start;
}

static double move(struct casebook *casebook, const struct casebook_session *session,
                   struct casebook_request *request, struct casebook_moved *moved)
{
    struct err err = ERR_NONE;
    double start = bench_now();
    if (casebook_move(casebook, session, request, moved, &err) != CASEBOOK_DONE) {
        die(&err);
    }
    return bench_now() - start;
}

static void decide(struct casebook *casebook, const struct casebook_session *session)
{
    static double times[TIMES];
    struct page page;
    size_t count = 0;
    while (count < TIMES) {
        (void)list(casebook, 0, &page);
        for (size_t i = 0; i < page.count && count < TIMES; i++) {
            struct casebook_moved moved;
            struct casebook_request request = {.action = ACTION_CLAIM,
                                               .case_id = page.of[i].id,
                                               .version = page.of[i].version,
                                               .reason = STR("bukan penipuan")};
            times[count++] = move(casebook, session, &request, &moved);
            request.action = ACTION_DISMISS;
            request.version = moved.version;
            request.lease = moved.lease;
            times[count++] = move(casebook, session, &request, &moved);
        }
    }
    report("durable decision", times, TIMES, 30);
}

static void look(struct casebook *casebook)
{
    static double lists[TIMES], shows[TIMES];
    struct arena *arena = arena_new(16 << 20);
    struct page page;
    for (size_t i = 0; i < TIMES; i++) {
        struct casebook_page one;
        struct err err = ERR_NONE;
        bool found;
        lists[i] = list(casebook, i % 10 * PAGE, &page);
        arena_reset(arena);
        double start = bench_now();
        if (!casebook_show(casebook, 1 + (int64_t)(i * 7919 % CASES), arena, &one, &found, &err)) {
            die(&err);
        }
        shows[i] = bench_now() - start;
    }
    arena_free(arena);
    report("page of the queue", lists, TIMES, 20);
    report("page of a case", shows, TIMES, 20);
}

/* One by one, each durable by itself, against the same in one transaction. */
static void flag_more(struct casebook *casebook)
{
    struct err err = ERR_NONE;
    double start = bench_now();
    for (unsigned long i = 0; i < FLAGS; i++) {
        flag(casebook, CASES + i);
    }
    double alone = FLAGS / (bench_now() - start);
    start = bench_now();
    if (!casebook_begin(casebook, &err)) {
        die(&err);
    }
    for (unsigned long i = FLAGS; i < 2 * FLAGS; i++) {
        flag(casebook, CASES + i);
    }
    if (!casebook_commit(casebook, &err)) {
        die(&err);
    }
    double batched = FLAGS / (bench_now() - start);
    bench_report("casebook", CASES, "flags one by one", batched, alone, "1/s", batched / alone);
}

int main(void)
{
    char folder[] = "/tmp/saring-bench.XXXXXX";
    struct clock clock = clock_system();
    struct buf path = BUF_EMPTY, command = BUF_EMPTY;
    struct err err = ERR_NONE;
    struct casebook_session *session = NULL;
    bool is_sealed;
    if (!hash_start(&err) || mkdtemp(folder) == NULL) {
        return 1;
    }
    casebook_path(folder, &path);
    struct casebook *casebook = casebook_open(path.bytes, &clock, &err);
    if (casebook == NULL) {
        die(&err);
    }
    fill(casebook);
    if (!casebook_session_of(casebook, STR("sari"), &session, &is_sealed, &err)) {
        die(&err);
    }
    decide(casebook, session);
    look(casebook);
    flag_more(casebook);
    casebook_session_free(session);
    casebook_close(casebook);
    buf_printf(&command, "rm -rf %s", folder);
    int status = system(command.bytes);
    buf_fini(&path);
    buf_fini(&command);
    return status == 0 ? 0 : 1;
}
