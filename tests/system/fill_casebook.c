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
#include "filter/verdict/verdict.h"

enum { BATCH = 2000 };

static const enum rule_class classes[] = {RULE_FRAUD, RULE_PROCEDURE, RULE_CLAIM, RULE_FRAUD};

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

/* A verdict of a rule of its own, so that alike words make no near-copies. */
static bool flag(struct casebook *casebook, long number, struct err *err)
{
    char id[32], text[400];
    snprintf(id, sizeof id, "isi-%ld", number);
    struct hash hash = hash_sha256(str_of(id));
    char hex[HASH_HEX];
    hash_format(&hash, hex);
    snprintf(text, sizeof text,
             "Verifikasi data pemilih %.8s sebelum jam 24.00, isi NIK dan kode OTP di "
             "https://pemilih-%.12s.example/isi supaya %.8s tidak dicoret dari daftar %.8s",
             hex, hex + 8, hex + 20, hex + 28);
    const struct rule_evidence evidence = {.url = STR("https://contoh-kpu.example/resmi"),
                                           .publisher = STR("KPU Contoh"),
                                           .published_ms = 0,
                                           .impersonates = STR("KPU Contoh"),
                                           .valid_from_ms = CLOCK_NEVER,
                                           .valid_until_ms = CLOCK_NEVER,
                                           .rated_ms = CLOCK_NEVER};
    const struct verdict_span span = {
        .field = STR("text"), .span = {0, 10}, .text = STR("Verifikasi")};
    struct verdict_rule rule = {.id = str_of(id),
                                .title = STR("Pendaftaran pemilih lewat tautan tidak resmi"),
                                .description = STR("Meminta NIK di situs yang bukan milik KPU."),
                                .level = STR("high"),
                                .class = classes[number % 4],
                                .revision = hash,
                                .document = hash,
                                .evidence = &evidence,
                                .evidence_count = 1,
                                .spans = &span,
                                .span_count = 1};
    struct verdict verdict = {
        .post = POST_EMPTY, .key = hash, .ruleset = STR("isi"), .rules = &rule, .rule_count = 1};
    enum casebook_flagged outcome;
    verdict.post.id = str_of(id);
    verdict.post.source = STR("uji");
    verdict.post.fields[POST_TEXT] = str_of(text);
    return release(casebook, &verdict, err) && casebook_flag(casebook, &verdict, &outcome, err);
}

static bool fill_cases(struct casebook *casebook, long cases, struct err *err)
{
    bool done = true;
    for (long i = 0; done && i < cases;) {
        done = casebook_begin(casebook, err);
        for (long end = i + BATCH; done && i < end && i < cases; i++) {
            done = flag(casebook, i, err);
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
            json_t *detail = json_pack("{ss ss}", "action", "claim", "why", "isi untuk ukuran");
            done = casebook_log(casebook, STR("uji"), "refused", 1 + (int64_t)seq % cases, detail,
                                err);
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
    bool done = hash_start(&err) && state_dir_make(argv[1], &err);
    if (done) {
        casebook = casebook_open(path.bytes, &clock, &err);
    }
    done = casebook != NULL && fill_cases(casebook, cases, &err) &&
           fill_log(casebook, cases, rows, &err);
    casebook_close(casebook);
    buf_fini(&path);
    if (!done) {
        fprintf(stderr, "fill_casebook: %s\n", err_format(&err, text, sizeof text));
    }
    return done ? 0 : 2;
}
