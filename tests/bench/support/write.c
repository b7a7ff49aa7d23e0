/* Folders of generated rules that load: without those that a shipped speech sample matches. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "filter/base/arena.h"
#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/base/mem.h"
#include "filter/rule/engine.h"
#include "filter/rule/findings.h"
#include "filter/rule/language.h"
#include "filter/rule/program.h"
#include "filter/rule/sample.h"
#include "tests/bench/support/generate.h"

enum { BATCH = 500, ARENA_BYTES = 64 << 20 };

static bool read_speech(struct rule_samples *samples, struct arena *arena, struct err *err)
{
    struct rule_findings findings = {.file = "rules/speech"};
    struct rule_speech_file file;
    bool done = true;
    for (size_t i = 0; done && rule_speech_built_in(i, &file); i++) {
        done = rule_speech_read(file.ndjson, arena, &findings, samples) ||
               rule_findings_first(&findings, err);
    }
    rule_findings_fini(&findings);
    return done;
}

/* Marks which of the rules in `yaml` match a sample; they are in the order of their ids. */
static bool find_bad(struct str yaml, const struct rule_samples *samples, bool bad[BATCH],
                     struct err *err)
{
    struct rule_language *language = rule_language_new();
    struct rule_matcher *matcher = rule_matcher_new();
    struct rule_engine *engine = NULL;
    const struct rule_program *program = NULL;
    bool done = rule_language_add(language, "generated.yml", yaml, err);
    program = done ? rule_language_program(language) : NULL;
    engine = program != NULL ? rule_engine_build(program, err) : NULL;
    done = engine != NULL;
    for (size_t i = 0; done && i < samples->count; i++) {
        struct rule_match match;
        done = rule_engine_match(engine, matcher, &samples->items[i].post, &match, err);
        for (size_t hit = 0, rule = 0; done && hit < match.hit_count; rule++) {
            if (program->rules[rule] == match.hits[hit].rule) {
                bad[rule] = true;
                hit++;
            }
        }
    }
    rule_engine_free(engine);
    rule_matcher_free(matcher);
    rule_language_free(language);
    return done;
}

bool bench_rules_write(const struct bench_corpus *corpus, enum bench_rules kind, size_t count,
                       const char *path, struct err *err)
{
    struct arena *arena = arena_new(ARENA_BYTES);
    struct rule_samples samples = {.count = 0};
    struct buf yaml = BUF_EMPTY, kept = BUF_EMPTY;
    bool done = read_speech(&samples, arena, err);
    (void)mkdir(path, 0700); /* that it is there is fine; else writing fails */
    for (size_t first = 0, written = 0; done && written < count; first += BATCH) {
        bool bad[BATCH] = {false};
        char file[512];
        buf_clear(&yaml);
        for (size_t i = 0; i < BATCH; i++) {
            bench_rule_put(corpus, kind, first + i, &yaml);
        }
        done = find_bad(buf_str(&yaml), &samples, bad, err);
        buf_clear(&kept);
        for (size_t i = 0; i < BATCH && written < count; i++) {
            if (!bad[i]) {
                bench_rule_put(corpus, kind, first + i, &kept);
                written++;
            }
        }
        snprintf(file, sizeof file, "%s/%06zu.yml", path, first);
        done = done && file_write(file, buf_str(&kept), 0600, err);
    }
    buf_fini(&yaml);
    buf_fini(&kept);
    free(samples.items);
    arena_free(arena);
    return done;
}
