/*
 * Decisions under kill -9: a child decides case after case and tells its parent of each move that
 * the casebook acknowledged; the parent kills it at random points and starts another one. In the
 * end nothing that was acknowledged may be missing, and the log's chain must hold.
 *
 *   decide_cases STATE DECISIONS KILLS SEED
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "filter/base/state_dir.h"
#include "filter/casebook/audit.h"
#include "tests/system/support/made_verdict.h"

enum { BATCH = 500, SPARE = 60 };

struct ack {
    int64_t case_id, version;
    int state;
};

struct run {
    struct buf path;
    struct clock clock;
    long decisions, kills;
    uint64_t seed;
    struct ack *last; /* by case: the last move that was acknowledged */
};

static _Noreturn void die(const struct err *err)
{
    char text[800];
    fprintf(stderr, "decide_cases: %s\n", err_format(err, text, sizeof text));
    exit(2);
}

static uint64_t next(struct run *run, uint64_t below)
{
    run->seed ^= run->seed << 13;
    run->seed ^= run->seed >> 7;
    run->seed ^= run->seed << 17;
    return run->seed % below;
}

static struct casebook *open_casebook(struct run *run)
{
    struct err err = ERR_NONE;
    struct casebook *casebook = casebook_open(run->path.bytes, &run->clock, &err);
    if (casebook == NULL) {
        die(&err);
    }
    return casebook;
}

static void fill(struct run *run)
{
    struct casebook *casebook = open_casebook(run);
    struct err err = ERR_NONE;
    struct made_verdict made;
    enum casebook_flagged outcome;
    bool done = made_reviewer(casebook, &err);
    for (unsigned long i = 0; done && i < 3; i++) {
        made_verdict(&made, i);
        done = made_release(casebook, &made, &err);
    }
    for (long i = 0; done && i < run->decisions; i++) {
        made_verdict(&made, (unsigned long)i);
        done = (i % BATCH != 0 || casebook_begin(casebook, &err)) &&
               casebook_flag(casebook, &made.verdict, &outcome, &err) &&
               (i % BATCH != BATCH - 1 || casebook_commit(casebook, &err));
    }
    if (!done || (run->decisions % BATCH != 0 && !casebook_commit(casebook, &err))) {
        die(&err);
    }
    casebook_close(casebook);
}

/* One move; what it led to goes to the parent only once the casebook says that it stands. */
static bool move(struct casebook *casebook, const struct casebook_session *session,
                 struct casebook_request *request, struct casebook_moved *moved, int to)
{
    struct err err = ERR_NONE;
    if (casebook_move(casebook, session, request, moved, &err) != CASEBOOK_DONE) {
        return false;
    }
    const struct ack ack = {request->case_id, moved->version, (int)moved->state};
    return write(to, &ack, sizeof ack) == (ssize_t)sizeof ack;
}

static void decide(struct casebook *casebook, const struct casebook_session *session,
                   const struct casebook_case *one, int to)
{
    struct casebook_moved moved = {.version = one->version};
    struct casebook_request request = {.action = ACTION_CLAIM,
                                       .case_id = one->id,
                                       .version = one->version,
                                       .reason = STR("bukan penipuan, setelah dibaca")};
    if (one->state == CASE_FLAGGED && !move(casebook, session, &request, &moved, to)) {
        return;
    }
    request.action = ACTION_DISMISS;
    request.version = moved.version;
    /* A claim that a killed process left behind is its holder's still: the token is the first. */
    request.lease = moved.lease != 0 ? moved.lease : 1;
    (void)!move(casebook, session, &request, &moved, to);
}

struct waiting {
    struct casebook_case of[BATCH];
    size_t count;
};

static bool take(void *context, const struct casebook_case *one)
{
    struct waiting *waiting = context;
    waiting->of[waiting->count++] = *one;
    return waiting->count < BATCH;
}

static _Noreturn void work(struct run *run, int to)
{
    struct casebook *casebook = open_casebook(run);
    struct err err = ERR_NONE;
    struct casebook_session *session = NULL;
    bool is_sealed;
    /* Signing in is slow on purpose, and not what this is about. */
    if (!casebook_session_of(casebook, STR("sari"), &session, &is_sealed, &err)) {
        die(&err);
    }
    for (;;) {
        struct waiting waiting = {.count = 0};
        const struct casebook_filter filter = {.live = true, .limit = BATCH};
        if (!casebook_list(casebook, &filter, take, &waiting, &err)) {
            die(&err);
        }
        for (size_t i = 0; i < waiting.count; i++) {
            decide(casebook, session, &waiting.of[i], to);
        }
        if (waiting.count == 0) {
            _exit(0);
        }
    }
}

static void note(struct run *run, const struct ack *ack, long *decided)
{
    struct ack *last = &run->last[ack->case_id];
    *last = *ack;
    *decided += ack->state == CASE_DISMISSED ? 1 : 0;
}

/* A child until it is killed, or has nothing left to do. */
static bool live(struct run *run, long until, long *decided)
{
    int ends[2], status;
    struct ack ack;
    if (pipe(ends) != 0) {
        exit(2);
    }
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        work(run, ends[1]);
    }
    close(ends[1]);
    long first = *decided;
    bool killed = false;
    /* Acknowledged is what came through the pipe whole, also after the kill. */
    while (read(ends[0], &ack, sizeof ack) == (ssize_t)sizeof ack) {
        note(run, &ack, decided);
        if (!killed && *decided - first >= until) {
            struct timespec pause = {.tv_nsec = (long)next(run, 6000000)};
            nanosleep(&pause, NULL); /* somewhere within a move, not right behind one */
            kill(child, SIGKILL);
            killed = true;
        }
    }
    close(ends[0]);
    waitpid(child, &status, 0);
    if (!killed && (!WIFEXITED(status) || WEXITSTATUS(status) != 0)) {
        exit(2);
    }
    return killed;
}

static size_t check(struct run *run)
{
    struct casebook *casebook = open_casebook(run);
    struct arena *arena = arena_new(64 << 20);
    struct casebook_report report;
    struct err err = ERR_NONE;
    size_t lost = 0;
    if (casebook_audit_verify(casebook, NULL, &report, &err) != AUDIT_INTACT) {
        die(&err);
    }
    for (int64_t id = 1; id <= run->decisions; id++) {
        struct casebook_page page;
        bool found;
        arena_reset(arena);
        if (!casebook_show(casebook, id, arena, &page, &found, &err)) {
            die(&err);
        }
        const struct ack *ack = &run->last[id];
        bool holds = found && page.summary.version >= ack->version &&
                     (page.summary.version > ack->version || (int)page.summary.state == ack->state);
        lost += holds ? 0 : 1;
        lost += found && page.summary.state != CASE_DISMISSED ? 1 : 0;
    }
    arena_free(arena);
    casebook_close(casebook);
    return lost;
}

int main(int argc, char **argv)
{
    struct run run = {.clock = clock_system()};
    struct err err = ERR_NONE;
    long decided = 0, killed = 0;
    if (argc != 5) {
        fputs("decide_cases STATE DECISIONS KILLS SEED\n", stderr);
        return 2;
    }
    run.decisions = strtol(argv[2], NULL, 10);
    run.kills = strtol(argv[3], NULL, 10);
    run.seed = strtoull(argv[4], NULL, 10) * 0x9e3779b97f4a7c15u + 1;
    run.decisions += run.kills * SPARE; /* decided between a kill's time and the kill itself */
    run.last = calloc((size_t)run.decisions + 1, sizeof *run.last);
    if (!hash_start(&err) || !state_dir_make(argv[1], &err) || run.last == NULL) {
        die(&err);
    }
    casebook_path(argv[1], &run.path);
    fill(&run);
    while (killed < run.kills) {
        /* The kills are spread over what is left, at random. */
        long left = run.decisions - decided - (run.kills - killed) * SPARE;
        left = left > 0 ? left / (run.kills - killed + 1) : 0;
        if (!live(&run, (long)next(&run, (uint64_t)(left > 0 ? 2 * left : 1)) + 1, &decided)) {
            fprintf(stderr, "decide_cases: all was decided after %ld kills\n", killed);
            return 2;
        }
        killed++;
    }
    while (live(&run, run.decisions, &decided)) {
    }
    size_t lost = check(&run);
    printf("%ld decisions acknowledged, killed %ld times, %zu lost\n", decided, killed, lost);
    free(run.last);
    buf_fini(&run.path);
    return lost == 0 ? 0 : 1;
}
