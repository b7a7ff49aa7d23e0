/*
 * Fills the casebook below the folder STATE with CASES flagged cases, each unlike the others, and
 * with rows of its log until there are ROWS: what the console must be quick with.
 */
#include <stdio.h>
#include <stdlib.h>

#include "filter/base/err.h"
#include "filter/base/hash.h"
#include "filter/base/post.h"
#include "filter/base/state_dir.h"
#include "filter/casebook/internal.h"
#include "filter/casebook/sql.h"
#include "filter/rule/set.h"
#include "filter/verdict/verdict.h"

enum { BATCH = 2000 };

/* Verdicts are of rules that are loaded: cases of others are void as soon as saring runs. */
static bool release(struct casebook *casebook, const struct verdict *verdict, struct err *err)
{
    const struct verdict_rule *rule = &verdict->rules[0];
    const struct casebook_release row = {.season = STR("demo"),
                                         .rule_id = rule->id,
                                         .submitter = STR("penulis"),
                                         .releaser = STR("pelepas"),
                                         .release = verdict_rule_release(rule),
                                         .revision = rule->revision};
    return casebook_release_put(casebook, &row, err);
}

/* Words of hexadecimal digits, so that no two posts are near-copies. */
static void write_text(long number, struct buf *out)
{
    buf_put_string(out, "Verifikasi");
    for (int i = 0; i < 12; i++) {
        struct buf seed = BUF_EMPTY;
        char hex[HASH_HEX];
        buf_printf(&seed, "%ld %d", number, i);
        struct hash hash = hash_sha256(buf_str(&seed));
        buf_printf(out, " %.8s", hash_format(&hash, hex));
        buf_fini(&seed);
    }
}

static bool flag(struct casebook *casebook, const struct rule *of, long number, struct err *err)
{
    char id[32];
    struct buf text = BUF_EMPTY;
    snprintf(id, sizeof id, "isi-%ld", number);
    write_text(number, &text);
    const struct verdict_span span = {
        .field = STR("text"), .span = {0, 10}, .text = STR("Verifikasi")};
    struct verdict_rule rule = {.id = of->id,
                                .title = of->title,
                                .description = of->description,
                                .level = of->level,
                                .class = of->class,
                                .revision = of->revision,
                                .document = of->document,
                                .evidence = of->evidence,
                                .evidence_count = of->evidence_count,
                                .spans = &span,
                                .span_count = 1};
    struct verdict verdict = {.post = POST_EMPTY,
                              .key = hash_sha256(str_of(id)),
                              .ruleset = STR("isi"),
                              .rules = &rule,
                              .rule_count = 1};
    enum casebook_flagged outcome;
    verdict.post.id = str_of(id);
    verdict.post.source = STR("uji");
    verdict.post.fields[POST_TEXT] = buf_str(&text);
    bool done =
        release(casebook, &verdict, err) && casebook_flag(casebook, &verdict, &outcome, err);
    buf_fini(&text);
    return done;
}

static bool fill_cases(struct casebook *casebook, const struct rule_set *set, long cases,
                       struct err *err)
{
    const struct rule_program *program = rule_set_program(set);
    bool done = true;
    for (long i = 0; done && i < cases;) {
        done = casebook_begin(casebook, err);
        for (long end = i + BATCH; done && i < end && i < cases; i++) {
            done = flag(casebook, program->rules[(size_t)i % program->rule_count], i, err);
        }
        done = done && casebook_commit(casebook, err);
    }
    return done;
}

static bool fill_log(struct casebook *casebook, long cases, long rows, struct err *err)
{
    int64_t seq;
    struct hash head;
    bool done = casebook_head(casebook, &seq, &head, err);
    while (done && seq < rows) {
        done = casebook_sql_enter(casebook, err);
        for (long i = 0; done && i < BATCH && seq < rows; i++, seq++) {
            /* As in a log of a month: one in twenty is a decision, the rest led up to it. */
            json_t *detail = json_pack("{ss ss}", "action", "claim", "why", "isi untuk ukuran");
            done = casebook_log(casebook, STR("uji"), seq % 20 == 0 ? "dismiss" : "refused",
                                1 + (int64_t)seq % cases, detail, err);
        }
        done = casebook_sql_leave(casebook, done, err);
    }
    return done;
}

int main(int argc, char **argv)
{
    struct err err = ERR_NONE;
    char text[800];
    struct buf path = BUF_EMPTY;
    struct clock clock = clock_system();
    if (argc != 4) {
        fputs("fill_casebook STATE CASES ROWS\n", stderr);
        return 2;
    }
    long cases = strtol(argv[2], NULL, 10), rows = strtol(argv[3], NULL, 10);
    casebook_path(argv[1], &path);
    struct casebook *casebook = NULL;
    const struct rule_set_options options = {
        .folders = (const char *const[]){"rules", "feeds/example", NULL}, .clock = clock};
    struct rule_set *set = NULL;
    bool done = hash_start(&err) && state_dir_make(argv[1], &err) &&
                (set = rule_set_load(&options, &err)) != NULL;
    if (done) {
        casebook = casebook_open(path.bytes, &clock, &err);
    }
    done = casebook != NULL && fill_cases(casebook, set, cases, &err) &&
           fill_log(casebook, cases, rows, &err);
    casebook_close(casebook);
    rule_set_unref(set);
    buf_fini(&path);
    if (!done) {
        fprintf(stderr, "fill_casebook: %s\n", err_format(&err, text, sizeof text));
    }
    return done ? 0 : 2;
}
