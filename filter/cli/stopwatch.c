#include "filter/cli/stopwatch.h"

#include <stdio.h>
#include <sys/resource.h>

#include "filter/base/clock.h"

enum { LONG_S = 3 };

static double cpu_of(int who)
{
    struct rusage used;
    if (getrusage(who, &used) != 0) {
        return 0;
    }
    return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
           (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

static double cpu_now(void)
{
    return cpu_of(RUSAGE_SELF) + cpu_of(RUSAGE_CHILDREN);
}

static double wall_now(void)
{
    return (double)clock_monotonic_ms() / 1e3;
}

void stopwatch_start(struct stopwatch *watch)
{
    *watch = (struct stopwatch){.wall = wall_now(), .cpu = cpu_now()};
    watch->start = watch->wall;
}

void stopwatch_lap(struct stopwatch *watch, const char *what)
{
    double wall = wall_now(), cpu = cpu_now();
    buf_printf(&watch->words, "%s%s %.2f s (CPU %.2f s)", watch->words.len > 0 ? ", " : "", what,
               wall - watch->wall, cpu - watch->cpu);
    watch->wall = wall;
    watch->cpu = cpu;
}

void stopwatch_tell(struct stopwatch *watch, const char *who)
{
    if (who != NULL && watch->words.len > 0 && watch->wall - watch->start >= LONG_S) {
        fprintf(stderr, "%s: %s\n", who, watch->words.bytes);
    }
    buf_fini(&watch->words);
}
