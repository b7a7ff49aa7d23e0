#include <stdlib.h>

#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/base/post.h"
#include "filter/rule/engine.h"
#include "filter/rule/explain.h"
#include "filter/rule/findings.h"
#include "filter/rule/loader.h"
#include "filter/rule/match.h"
#include "filter/rule/program.h"
#include "filter/rule/rule.h"
#include "filter/rule/sample.h"
#include "filter/rule/set.h"
#include "filter/rule/trial.h"

enum { MOST_TOLD = 3 };

static const struct rule_hit *hit_of(const struct rule_match *match, const struct rule *rule)
{
    for (size_t i = 0; i < match->hit_count; i++) {
        if (match->hits[i].rule == rule) {
            return &match->hits[i];
        }
    }
    return NULL;
}

/* Which search identifiers are true of the post, so that the writer sees what to change. */
static bool fail_test(const struct rule_trial *trial, const struct rule *rule,
                      const struct rule_sample *sample)
{
    struct err err = ERR_NONE;
    struct buf parts = BUF_EMPTY;
    struct rule_explain *explain = rule_explain_new(trial->program, rule, &err);
    if (explain != NULL && rule_explain_post(explain, &sample->post, &err)) {
        for (size_t i = 0; i < rule->search_count; i++) {
            buf_printf(&parts, "%s%.*s is %s", i > 0 ? ", " : "; ",
                       STR_FORMAT(rule_shown(rule->searches[i].name)),
                       rule_explain_node(explain, rule->searches[i].node) ? "true" : "false");
        }
    }
    rule_fault(trial->findings, sample->line, sample->column, "test fails: this post must %s%.*s",
               sample->must_match ? "match, and the rule does not match it"
                                  : "pass, and the rule matches it",
               STR_FORMAT(buf_str(&parts)));
    rule_explain_free(explain);
    buf_fini(&parts);
    return false;
}

static bool try_test(const struct rule_trial *trial, struct rule_matcher *matcher,
                     const struct rule *rule, const struct rule_sample *sample)
{
    struct rule_match match;
    struct err err = ERR_NONE;
    if (!rule_engine_match(trial->engine, matcher, &sample->post, &match, &err)) {
        return rule_fault(trial->findings, sample->line, sample->column, "%s", err.message);
    }
    struct rule_test test = {.rule = rule,
                             .post = &sample->post,
                             .line = sample->line,
                             .must_match = sample->must_match,
                             .hit = hit_of(&match, rule)};
    if (trial->options->tested != NULL) {
        trial->options->tested(trial->options->context, &test);
    }
    return (test.hit != NULL) == sample->must_match || fail_test(trial, rule, sample);
}

bool rule_trial_tests(const struct rule_trial *trial, const struct rule_draft *drafts, size_t count)
{
    struct rule_matcher *matcher = rule_matcher_new();
    bool done = true;
    for (size_t i = 0; i < count; i++) {
        trial->findings->file = drafts[i].rule->file.at;
        for (size_t t = 0; drafts[i].is_active && t < drafts[i].tests.count; t++) {
            done = try_test(trial, matcher, drafts[i].rule, &drafts[i].tests.items[t]) && done;
        }
    }
    trial->findings->file = NULL;
    rule_matcher_free(matcher);
    return done;
}

/* Marks the searches that are true of the post. */
static bool mark_searches(struct rule_explain *explain, const struct rule *rule,
                          const struct rule_sample *sample, bool *is_true)
{
    struct err err = ERR_NONE;
    bool done = rule_explain_post(explain, &sample->post, &err);
    for (size_t s = 0; done && s < rule->search_count; s++) {
        is_true[s] = is_true[s] || rule_explain_node(explain, rule->searches[s].node);
    }
    return done;
}

static void try_searches(const struct rule_trial *trial, const struct rule_draft *draft)
{
    const struct rule *rule = draft->rule;
    struct err err = ERR_NONE;
    struct rule_explain *explain = rule_explain_new(trial->program, rule, &err);
    bool *is_true = mem_zero(rule->search_count, sizeof *is_true);
    bool done = explain != NULL;
    for (size_t t = 0; done && t < draft->tests.count; t++) {
        done = mark_searches(explain, rule, &draft->tests.items[t], is_true);
    }
    for (size_t s = 0; done && s < rule->search_count; s++) {
        if (!is_true[s]) {
            rule_warn(trial->findings, rule->line, 1,
                      "no test has '%.*s' true, so nobody would see it break; add a post with it "
                      "under match or pass",
                      STR_FORMAT(rule_shown(rule->searches[s].name)));
        }
    }
    free(is_true);
    rule_explain_free(explain);
}

void rule_trial_searches(const struct rule_trial *trial, const struct rule_draft *drafts,
                         size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (drafts[i].is_active && drafts[i].tests.count > 0) {
            trial->findings->file = drafts[i].rule->file.at;
            try_searches(trial, &drafts[i]);
        }
    }
    trial->findings->file = NULL;
}

static size_t index_of(const struct rule_program *program, const struct rule *rule)
{
    size_t index = 0;
    while (program->rules[index] != rule) {
        index++;
    }
    return index;
}

/* The speech samples being tried. */
struct speaking {
    const struct rule_trial *trial;
    const struct rule_anywhere *anywhere;
    struct rule_matcher *matcher;
    size_t *matched; /* samples by rule */
};

/* Names the sample by its id, never by its text. */
static void fail_speech(const struct speaking *in, const struct rule *rule,
                        const struct rule_sample *sample, const char *if_so)
{
    const struct rule_trial *trial = in->trial;
    if (in->matched[index_of(trial->program, rule)]++ >= MOST_TOLD) {
        return;
    }
    trial->findings->file = rule->file.at;
    rule_fault(trial->findings, rule->line, 1,
               "matches the speech sample %.*s (%s:%u)%s, which no rule may: make it narrower",
               STR_FORMAT(rule_shown(sample->id)), sample->file, sample->line, if_so);
    trial->findings->file = NULL;
}

/* A rule that is too wide matches dozens of samples; a few of them show why. */
static bool sum_up(const struct speaking *in)
{
    const struct rule_trial *trial = in->trial;
    bool done = true;
    for (size_t i = 0; i < trial->program->rule_count; i++) {
        const struct rule *rule = trial->program->rules[i];
        done = done && in->matched[i] == 0;
        trial->findings->file = rule->file.at;
        if (in->matched[i] > MOST_TOLD) {
            rule_fault(trial->findings, rule->line, 2, "matches %zu more speech samples",
                       in->matched[i] - MOST_TOLD);
        }
        if (rule_engine_faults(trial->engine, i) > 0) {
            done = rule_fault(trial->findings, rule->line, 1,
                              "runs into a limit on a test or on a speech sample, so that nobody "
                              "knows whether it matches: write its pattern simpler");
        }
    }
    trial->findings->file = NULL;
    return done;
}

/* As it is, and with its words for a title: people say the same in either. */
static bool try_sample(const struct speaking *in, const struct rule_engine *engine,
                       const struct rule_sample *sample)
{
    const struct rule_trial *trial = in->trial;
    bool is_anywhere = engine != trial->engine;
    struct post post = sample->post;
    bool done = true;
    int rounds = post.fields[POST_TITLE].len > 0 ? 1 : 2;
    for (int as_title = 0; done && as_title < rounds; as_title++) {
        struct rule_match match;
        struct err err = ERR_NONE;
        if (as_title != 0) {
            post.fields[POST_TITLE] = post.fields[POST_TEXT];
        }
        if (!rule_engine_match(engine, in->matcher, &post, &match, &err)) {
            trial->findings->file = sample->file;
            done = rule_fault(trial->findings, sample->line, 1, "%s", err.message);
            trial->findings->file = NULL;
        }
        for (size_t h = 0; done && h < match.hit_count; h++) {
            const struct rule *rule = match.hits[h].rule;
            fail_speech(in, is_anywhere ? rule_anywhere_original(in->anywhere, rule) : rule, sample,
                        is_anywhere ? " if it comes from the right source, author or language"
                                    : "");
        }
        /* The first of the two says it. */
        as_title += match.hit_count > 0 ? 1 : 0;
    }
    return done;
}

static bool try_samples(const struct speaking *in, const struct rule_engine *engine,
                        const struct rule_samples *speech)
{
    bool done = true;
    for (size_t i = 0; i < speech->count; i++) {
        done = try_sample(in, engine, &speech->items[i]) && done;
    }
    return done;
}

static bool try_anywhere(const struct speaking *in, const struct rule_samples *speech)
{
    const struct rule_program *program = rule_anywhere_program(in->anywhere);
    struct err err = ERR_NONE;
    if (program->rule_count == 0) {
        return true;
    }
    struct rule_engine *engine = rule_engine_build(program, &err);
    if (engine == NULL) {
        return rule_fault_err(in->trial->findings, &err);
    }
    bool done = try_samples(in, engine, speech);
    rule_engine_free(engine);
    return done;
}

bool rule_trial_speech(const struct rule_trial *trial, const struct rule_samples *speech)
{
    struct rule_anywhere *anywhere;
    bool done = rule_anywhere_make(trial->program, trial->findings, &anywhere);
    struct speaking in = {.trial = trial, .anywhere = anywhere};
    in.matcher = rule_matcher_new();
    in.matched = mem_zero(trial->program->rule_count, sizeof *in.matched);
    done = try_samples(&in, trial->engine, speech) && done;
    done = try_anywhere(&in, speech) && done;
    done = sum_up(&in) && done;
    free(in.matched);
    rule_matcher_free(in.matcher);
    rule_anywhere_free(anywhere);
    return done;
}
