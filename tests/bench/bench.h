/* What benches share: a timer, the median of rounds, and the line each comparison reports. */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

/* Seconds that only grow. */
static inline double bench_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Seconds of processor time of this thread: on a busy machine what others take is not in it. */
static inline double bench_cpu(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* The same of all processes that ended and were waited for. */
static inline double bench_children_cpu(void)
{
    struct rusage usage;
    getrusage(RUSAGE_CHILDREN, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* Keeps the compiler from dropping the work that made `pointer`'s bytes. */
static inline void bench_keep(const void *pointer)
{
    __asm__ volatile("" : : "g"(pointer) : "memory");
}

enum { BENCH_MAX_ROUNDS = 64 };

/* The rounds of one measurement, each in any unit of which more or less is better. */
struct bench_rounds {
    double values[BENCH_MAX_ROUNDS];
    size_t count;
};

static inline void bench_add(struct bench_rounds *rounds, double value)
{
    if (rounds->count < BENCH_MAX_ROUNDS) {
        rounds->values[rounds->count++] = value;
    }
}

static inline int bench_compare_(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Sorts the rounds; 0 if there are none. */
static inline double bench_median(struct bench_rounds *rounds)
{
    if (rounds->count == 0) {
        return 0;
    }
    qsort(rounds->values, rounds->count, sizeof *rounds->values, bench_compare_);
    size_t middle = rounds->count / 2;
    return rounds->count % 2 == 1 ? rounds->values[middle]
                                  : (rounds->values[middle - 1] + rounds->values[middle]) / 2;
}

/* (greatest - least) / median of the rounds: how far to trust them. */
static inline double bench_spread(struct bench_rounds *rounds)
{
    double median = bench_median(rounds);
    return median > 0 ? (rounds->values[rounds->count - 1] - rounds->values[0]) / median : 0;
}

/*
 * Appends one comparison to the file that BENCH_JSON names, and shows it. `n` is the size that the
 * bench varies (rules, megabytes; 0: nothing). `ratio` is above 1 where we are faster.
 */
static inline void bench_report(const char *bench, size_t n, const char *peer, double ours,
                                double theirs, const char *unit, double ratio)
{
    const char *path = getenv("BENCH_JSON");
    FILE *out = path != NULL && path[0] != '\0' ? fopen(path, "a") : NULL;
    if (out != NULL) {
        fprintf(out,
                "{\"bench\":\"%s\",\"n\":%zu,\"peer\":\"%s\",\"ours\":%.6g,\"theirs\":%.6g,"
                "\"unit\":\"%s\",\"ratio\":%.3g}\n",
                bench, n, peer, ours, theirs, unit, ratio);
        fclose(out);
    }
    printf("%-10s %7zu  %-18s %12.6g %12.6g %-8s %8.2fx\n", bench, n, peer, ours, theirs, unit,
           ratio);
    fflush(stdout);
}
