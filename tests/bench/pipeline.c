/*
 * What Redis costs `run`: posts through queue, cache, rules and Redis by two workers, with a Redis
 * that answers, with one that is stopped in the middle of it, and without any. The shipped rules;
 * one post in fifty is flagged, every other text comes twice.
 */
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "filter/base/err.h"
#include "filter/base/hash.h"
#include "filter/base/log.h"
#include "filter/pipeline/workers.h"
#include "tests/bench/bench.h"

enum { POSTS = 100000, ROUNDS = 5, WORKERS = 2, UP_TRIES = 2000 };

static const struct hash_key secret = {.bytes = {1}};

struct lane {
    struct queue *queue;
    struct ruleset_slot *rules;
    struct verdict_redis *redis;
    atomic_size_t done;
};

static void on_clean(void *context, const struct post *post, uint64_t ticket)
{
    struct lane *lane = context;
    (void)post;
    (void)ticket;
    atomic_fetch_add(&lane->done, 1);
}

static void on_flagged(void *context, const struct post *post, uint64_t ticket, struct str verdict)
{
    bench_keep(verdict.at);
    on_clean(context, post, ticket);
}

static void on_ended(void *context)
{
    (void)context;
}

static void put_posts(struct lane *lane, unsigned round)
{
    static const char *const words[] = {"pasar", "kapal", "sungai", "harga", "ikan", "jalan",
                                        "desa",  "hujan", "guru",   "lampu", "kota", "rapat"};
    unsigned seed = round + 1;
    char text[512] = "";
    for (unsigned i = 0; i < POSTS; i++) {
        struct post post = POST_EMPTY;
        char id[16];
        int id_len = snprintf(id, sizeof id, "%u", i);
        if (i % 2 == 0) {
            size_t len = 0;
            for (unsigned word = 0; word < 20; word++) {
                const char *next = words[(unsigned)rand_r(&seed) % 12];
                len += (size_t)snprintf(text + len, sizeof text - len, "%s ", next);
            }
            snprintf(text + len, sizeof text - len,
                     i % 50 == 0 ? "KPU: klik link, isi NIK dan OTP %u" : "nomor %u",
                     i + round * POSTS);
        }
        post.id = (struct str){.at = id, .len = (size_t)id_len};
        post.source = STR("bench");
        post.fields[POST_TEXT] = str_of(text);
        if (!queue_put(lane->queue, &post, i)) {
            abort();
        }
    }
}

/* Posts a second of one round. */
static double run_round(struct rule_set *set, struct verdict_redis *redis, unsigned round)
{
    struct lane lane = {.queue = queue_new(512), .rules = ruleset_slot_new(), .redis = redis};
    struct clock clock = clock_system();
    struct verdict_cache *cache = verdict_cache_new(1 << 18, 32 << 20);
    const struct rule_program *program = rule_set_program(set);
    if (program->rule_count != 1) {
        abort();
    }
    struct str released = {.at = (const char *)program->rules[0]->release.bytes, .len = HASH_BYTES};
    ruleset_swap(lane.rules, ruleset_new(rule_set_ref(set), clock_now_ms(&clock), released));
    const struct workers_options options = {.queue = lane.queue,
                                            .rules = lane.rules,
                                            .cache = cache,
                                            .redis = redis,
                                            .count = WORKERS,
                                            .clean = on_clean,
                                            .flagged = on_flagged,
                                            .ended = on_ended,
                                            .context = &lane};
    double start = bench_now();
    struct workers *workers = workers_start(&options);
    put_posts(&lane, round);
    queue_close(lane.queue);
    workers_free(workers);
    double seconds = bench_now() - start;
    if (atomic_load(&lane.done) != POSTS) {
        abort();
    }
    queue_free(lane.queue);
    ruleset_slot_free(lane.rules);
    verdict_cache_free(cache);
    return POSTS / seconds;
}

static pid_t start_redis(const char *path)
{
    pid_t pid = fork();
    if (pid == 0) {
        if (freopen("/dev/null", "w", stdout) != NULL) {
            execlp("redis-server", "redis-server", "--port", "0", "--unixsocket", path, "--save",
                   "", (char *)NULL);
        }
        _exit(127);
    }
    return pid;
}

static bool wait_up(const struct verdict_redis *redis)
{
    for (int i = 0; i < UP_TRIES && !verdict_redis_is_up(redis); i++) {
        usleep(5000);
    }
    return verdict_redis_is_up(redis);
}

static struct rule_set *load_rules(void)
{
    static const char *const folders[] = {"rules", NULL};
    const struct rule_set_options options = {.folders = folders, .clock = clock_system()};
    struct err err = ERR_NONE;
    struct rule_set *set = rule_set_load(&options, &err);
    if (set == NULL) {
        fprintf(stderr, "rules: %s\n", err.message);
        exit(1);
    }
    return set;
}

static void measure(struct rule_set *set, struct verdict_redis *redis, pid_t server)
{
    struct bench_rounds with = {.count = 0}, stopped = {.count = 0}, without = {.count = 0};
    unsigned round = 0;
    run_round(set, redis, round++); /* warm */
    for (unsigned i = 0; i < ROUNDS; i++) {
        bench_add(&without, run_round(set, NULL, round++));
        if (!wait_up(redis)) {
            fprintf(stderr, "Redis did not come back\n");
            exit(1);
        }
        bench_add(&with, run_round(set, redis, round++));
        kill(server, SIGSTOP); /* it is still taken to be there */
        bench_add(&stopped, run_round(set, redis, round++));
        kill(server, SIGCONT);
    }
    double ours = bench_median(&stopped), up = bench_median(&with), none = bench_median(&without);
    bench_report("run", POSTS, "redis-stopped/up", ours, up, "posts/s", ours / up);
    bench_report("run", POSTS, "redis-up/none", up, none, "posts/s", up / none);
    printf("spread: stopped %.2f, up %.2f, none %.2f\n", bench_spread(&stopped),
           bench_spread(&with), bench_spread(&without));
}

int main(void)
{
    char folder[] = "/tmp/saring.XXXXXX", path[64], url[80];
    struct err err = ERR_NONE;
    log_set_level(LOG_ERROR);
    if (!hash_start(&err) || mkdtemp(folder) == NULL) {
        return 1;
    }
    snprintf(path, sizeof path, "%s/redis", folder);
    snprintf(url, sizeof url, "unix:%s", path);
    struct rule_set *set = load_rules();
    pid_t server = start_redis(path);
    const struct verdict_redis_options options = {
        .url = url, .secret = &secret, .first_wait_ms = 20, .longest_wait_ms = 100};
    struct verdict_redis *redis = verdict_redis_start(&options, &err);
    if (redis == NULL || !wait_up(redis)) {
        fprintf(stderr, "redis-server is not there; nothing is measured\n");
    } else {
        measure(set, redis, server);
    }
    verdict_redis_stop(redis);
    kill(server, SIGKILL);
    waitpid(server, NULL, 0);
    rule_set_unref(set);
    unlink(path);
    rmdir(folder);
    return 0;
}
