/*
 * What the pipeline does with flagged posts, without a pipeline: reads verdicts, one a line, from
 * stdin and gives them to the casebook below the folder STATE. Prints what became of each. Their
 * rules count as released: how that comes about is tests/system/rules_release.sh.
 */
#include <stdio.h>
#include <stdlib.h>

#include "filter/base/err.h"
#include "filter/base/hash.h"
#include "filter/base/state_dir.h"
#include "filter/blocklist/guard.h"
#include "filter/casebook/internal.h"
#include "filter/casebook/move.h"
#include "filter/verdict/verdict.h"

static bool release(struct casebook *casebook, struct arena *arena, const struct verdict *verdict,
                    struct err *err)
{
    struct casebook_now now;
    bool done = casebook_now(casebook, arena, &now, err);
    for (size_t i = 0; done && i < verdict->rule_count; i++) {
        const struct verdict_rule *rule = &verdict->rules[i];
        const struct casebook_release row = {.season = now.season,
                                             .rule_id = rule->id,
                                             .submitter = STR("penulis"),
                                             .releaser = STR("pelepas"),
                                             .release = verdict_rule_release(rule),
                                             .revision = rule->revision};
        done = casebook_release_put(casebook, &row, err);
    }
    return done;
}

static bool flag_line(struct casebook *casebook, struct str line, struct err *err)
{
    static const char *const names[] = {
        [CASEBOOK_OPENED] = "opened",       [CASEBOOK_JOINED] = "joined",
        [CASEBOOK_DUPLICATE] = "duplicate", [CASEBOOK_DECIDED] = "decided",
        [CASEBOOK_SHADOW] = "shadow",       [CASEBOOK_OVER] = "over"};
    struct arena *arena = arena_new(64 << 20);
    struct verdict verdict;
    enum casebook_flagged outcome;
    bool done = verdict_read(arena, line, &verdict, err) &&
                release(casebook, arena, &verdict, err) &&
                casebook_flag(casebook, &verdict, &outcome, err);
    if (done) {
        puts(names[outcome]);
    }
    arena_free(arena);
    return done;
}

static bool flag_all(const char *state, struct err *err)
{
    struct buf path = BUF_EMPTY;
    struct clock clock = clock_system();
    size_t voided, room = 0;
    char *line = NULL;
    ssize_t len;
    if (!hash_start(err) || !state_dir_make(state, err)) {
        return false;
    }
    casebook_path(state, &path);
    struct casebook *casebook = casebook_open(path.bytes, &clock, err);
    struct blocklist_guard *guard = blocklist_guard_load((const char *const[]){"rules", NULL}, err);
    bool done =
        casebook != NULL && guard != NULL && casebook_protect(casebook, guard, &voided, err);
    while (done && (len = getline(&line, &room, stdin)) > 0) {
        done = flag_line(casebook, str_trim((struct str){line, (size_t)len}), err);
    }
    free(line);
    casebook_close(casebook);
    blocklist_guard_free(guard);
    buf_fini(&path);
    return done;
}

int main(int argc, char **argv)
{
    struct err err = ERR_NONE;
    char text[800];
    if (argc != 2) {
        fputs("seed_cases STATE <VERDICTS\n", stderr);
        return 2;
    }
    if (!flag_all(argv[1], &err)) {
        fprintf(stderr, "seed_cases: %s\n", err_format(&err, text, sizeof text));
        return 2;
    }
    return 0;
}
