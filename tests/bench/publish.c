/*
 * `saring publish` of a log of many entries: the first time, when it verifies every signature,
 * again, and again with one entry more. `ratio` is the goal over what it took; the goals are those
 * of a million. `publish N FOLDER` keeps the state there.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/hash.h"
#include "tests/bench/bench.h"
#include "tests/bench/support/log.h"

/* Seconds that it takes; it must exit with `wanted`. */
static double publish(const char *folder, const char *more, int wanted)
{
    struct buf line = BUF_EMPTY;
    buf_printf(&line, "build/saring publish --out '%s/lists' --state '%s/state' %s 2>'%s/said'",
               folder, folder, more, folder);
    fflush(NULL);
    double start = bench_now(), start_cpu = bench_children_cpu();
    int status = system(line.bytes); // NOLINT(cert-env33-c)
    double took = bench_children_cpu() - start_cpu;
    printf("publish took %.2f s by the clock\n", bench_now() - start);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != wanted) {
        fprintf(stderr, "publish: %s failed (%d)\n", line.bytes, status);
        exit(1);
    }
    /* Part by part, as the goals are without consumers' checkers: see filter/cli/stopwatch.h. */
    buf_clear(&line);
    buf_printf(&line, "grep -h memilih/selecting '%s/said'", folder);
    (void)!system(line.bytes); // NOLINT(cert-env33-c)
    buf_fini(&line);
    return took;
}

/* The goal is of a million; of fewer it is as much smaller. */
static void report(const char *name, size_t count, double took, double goal_s)
{
    double share_s = goal_s * (double)count / 1e6;
    bench_report(name, count, "goal for as many", took, share_s, "s", share_s / took);
}

int main(int argc, char **argv)
{
    size_t count = argc > 1 ? (size_t)strtoul(argv[1], NULL, 10) : 100000;
    char made[] = "/tmp/saring-publish.XXXXXX";
    const char *folder = argc > 2 ? argv[2] : mkdtemp(made);
    struct err err = ERR_NONE;
    struct buf state = BUF_EMPTY, line = BUF_EMPTY;
    if (folder == NULL || !hash_start(&err)) {
        return 1;
    }
    buf_printf(&state, "%s/state", folder);
    double start = bench_now();
    if (access(state.bytes, F_OK) != 0) {
        mkdir(folder, 0755);
        if (!log_make(state.bytes, 1, count, &err)) {
            fprintf(stderr, "publish: %s\n", err.message);
            return 1;
        }
        printf("a log of %zu entries signed and written in %.1f s\n", count, bench_now() - start);
        printf("the first time: %.2f s\n", publish(folder, "", 1));
        /* So many at once wait for somebody who saw them. */
        buf_printf(&line, "--confirm $(sed -n 's/.*--confirm //p' '%s/said')", folder);
        printf("confirmed: %.2f s\n", publish(folder, line.bytes, 0));
        buf_clear(&line);
    }
    report("publish", count, publish(folder, "", 0), 10);
    if (!log_make(state.bytes, count + 1, 1, &err)) {
        fprintf(stderr, "publish: %s\n", err.message);
        return 1;
    }
    report("publish-one", count, publish(folder, "", 0), 2);
    if (argc <= 2) {
        buf_printf(&line, "rm -rf '%s'", folder);
        (void)!system(line.bytes); // NOLINT(cert-env33-c)
    }
    buf_fini(&state);
    buf_fini(&line);
    return 0;
}
