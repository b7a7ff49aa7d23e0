#include "filter/rule/set.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "filter/base/arena.h"
#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/hash.h"
#include "filter/base/mem.h"
#include "filter/base/post.h"
#include "filter/rule/atoms.h"
#include "filter/rule/basis.h"
#include "filter/rule/compiler.h"
#include "filter/rule/engine.h"
#include "filter/rule/findings.h"
#include "filter/rule/lists.h"
#include "filter/rule/loader.h"
#include "filter/rule/match.h"
#include "filter/rule/program.h"
#include "filter/rule/rule.h"
#include "filter/rule/sample.h"
#include "filter/rule/trial.h"

enum { SET_MAX = 1 << 30, SCRATCH_MAX = 1 << 28 };

struct rule_set {
    atomic_size_t references;
    struct arena *arena; /* owns rules, atoms and conditions */
    struct rule_program program;
    struct rule_engine *engine;
    struct rule_set_counts counts;
    char id[HASH_HEX];
};

/* All that a load needs and a loaded set does not. */
struct loading {
    struct arena *scratch;
    struct rule_findings findings;
    struct rule_atoms atoms;
    struct rule_lists lists;
    struct rule_basis basis;
    struct rule_samples speech;
    struct rule_loader loader;
};

static void loading_init(struct loading *load, const struct rule_set_options *options,
                         struct arena *arena)
{
    *load = (struct loading){.scratch = arena_new(SCRATCH_MAX)};
    load->atoms.arena = arena;
    load->lists.arena = load->scratch;
    load->basis.arena = load->scratch;
    load->basis.now_ms = clock_now_ms(&options->clock);
    load->loader = (struct rule_loader){.compiler = {.atoms = &load->atoms,
                                                     .lists = &load->lists,
                                                     .findings = &load->findings,
                                                     .is_strict = true},
                                        .scratch = load->scratch,
                                        .basis = &load->basis};
}

static void loading_fini(struct loading *load)
{
    rule_loader_fini(&load->loader);
    rule_samples_fini(&load->speech);
    rule_basis_fini(&load->basis);
    rule_lists_fini(&load->lists);
    rule_atoms_fini(&load->atoms);
    rule_findings_fini(&load->findings);
    arena_free(load->scratch);
}

static int compare_ids(const void *left, const void *right)
{
    const struct rule_draft *a = left, *b = right;
    int order = str_compare(a->rule->id, b->rule->id);
    if (order == 0) {
        order = str_compare(a->rule->file, b->rule->file);
    }
    return order != 0 ? order : (a->rule->line > b->rule->line) - (a->rule->line < b->rule->line);
}

/* Puts the drafts in order of their ids, each of which must be the only one of its kind. */
static bool check_ids(struct loading *load)
{
    struct rule_draft *drafts = load->loader.drafts;
    bool done = true;
    if (load->loader.count > 1) {
        qsort(drafts, load->loader.count, sizeof *drafts, compare_ids);
    }
    for (size_t i = 1; i < load->loader.count; i++) {
        const struct rule *one = drafts[i - 1].rule, *other = drafts[i].rule;
        if (str_equal(one->id, other->id)) {
            load->findings.file = other->file.at;
            done = rule_fault(&load->findings, other->line, 1,
                              "id %.*s is that of %s:%u too; give each rule its own",
                              STR_FORMAT(rule_shown(other->id)), one->file.at, one->line);
        }
    }
    load->findings.file = NULL;
    return done;
}

static int compare_detections(const void *left, const void *right)
{
    const struct rule_draft *a = *(const struct rule_draft *const *)left;
    const struct rule_draft *b = *(const struct rule_draft *const *)right;
    int order = memcmp(&a->detection, &b->detection, sizeof a->detection);
    return order != 0 ? order : compare_ids(a, b);
}

/* Warns of rules that say the same under two names. */
static void check_twins(struct loading *load)
{
    size_t count = load->loader.count;
    const struct rule_draft **drafts = mem_zero(count, sizeof(struct rule_draft *));
    for (size_t i = 0; i < count; i++) {
        drafts[i] = &load->loader.drafts[i];
    }
    if (count > 1) {
        qsort(drafts, count, sizeof(struct rule_draft *), compare_detections);
    }
    for (size_t i = 1; i < count; i++) {
        const struct rule *one = drafts[i - 1]->rule, *other = drafts[i]->rule;
        if (memcmp(&drafts[i - 1]->detection, &drafts[i]->detection, sizeof(struct hash)) == 0) {
            load->findings.file = other->file.at;
            rule_warn(&load->findings, other->line, 1,
                      "its detection is that of %s:%u; one of the two is enough", one->file.at,
                      one->line);
        }
    }
    load->findings.file = NULL;
    free(drafts);
}

static int compare_lists(const void *left, const void *right)
{
    const struct rule_list *a = *(const struct rule_list *const *)left;
    const struct rule_list *b = *(const struct rule_list *const *)right;
    return str_compare(a->name, b->name);
}

static void put_part(struct buf *out, struct str text)
{
    buf_printf(out, "%zu:", text.len);
    buf_put_str(out, text);
}

static size_t put_lists(struct loading *load, struct buf *form)
{
    size_t count = 0, at = 0;
    for (const struct rule_list *list = load->lists.first; list != NULL; list = list->next) {
        count++;
    }
    const struct rule_list **lists = mem_zero(count, sizeof(struct rule_list *));
    for (const struct rule_list *list = load->lists.first; list != NULL; list = list->next) {
        lists[at++] = list;
    }
    if (count > 1) {
        qsort(lists, count, sizeof(struct rule_list *), compare_lists);
    }
    for (size_t i = 0; i < count; i++) {
        put_part(form, lists[i]->name);
        buf_printf(form, "%zu:", lists[i]->count);
        for (size_t v = 0; v < lists[i]->count; v++) {
            put_part(form, lists[i]->values[v]);
        }
    }
    free(lists);
    return count;
}

/* A hash of what the active rules and the lists say: not of where they lie or how they are laid
 * out, nor of rules whose time is over, since a verdict is named after it. */
static void name_set(struct rule_set *set, struct loading *load)
{
    struct buf form = BUF_EMPTY;
    buf_put_string(&form, "saring rules 1\n");
    for (size_t i = 0; i < set->program.rule_count; i++) {
        buf_put(&form, set->program.rules[i]->content.bytes, HASH_BYTES);
    }
    for (size_t i = 0; i < set->program.correlation_count; i++) {
        buf_put(&form, set->program.correlations[i]->head->content.bytes, HASH_BYTES);
    }
    set->counts.lists = put_lists(load, &form);
    struct hash hash = hash_sha256(buf_str(&form));
    hash_format(&hash, set->id);
    buf_fini(&form);
}

static void count(struct rule_set *set, const struct loading *load)
{
    set->counts.rules = set->program.rule_count;
    set->counts.inactive = load->loader.count - set->program.rule_count;
    set->counts.atoms = set->program.atom_count;
    set->counts.speech = load->speech.count;
    for (size_t i = 0; i < load->loader.count; i++) {
        set->counts.tests +=
            load->loader.drafts[i].is_active ? load->loader.drafts[i].tests.count : 0;
    }
}

static bool fail_full(struct loading *load)
{
    return rule_fault(&load->findings, 0, 0, "the rules are too large for one set");
}

static bool load_all(struct rule_set *set, const struct rule_set_options *options,
                     struct loading *load)
{
    struct err err = ERR_NONE;
    struct rule_trial trial = {.options = options, .findings = &load->findings};
    bool done = rule_folder_read(options, &load->loader, &load->lists, &load->basis, &load->speech);
    if (!check_ids(load) || !done || load->findings.errors > 0) {
        return false;
    }
    check_twins(load);
    if (!rule_loader_link(&load->loader, &load->findings)) {
        return false;
    }
    if (!rule_loader_program(&load->loader, &set->program)) {
        return fail_full(load);
    }
    set->engine = rule_engine_build(&set->program, &err);
    if (set->engine == NULL) {
        return rule_fault_err(&load->findings, &err);
    }
    trial.program = &set->program;
    trial.engine = set->engine;
    done = rule_trial_tests(&trial, load->loader.drafts, load->loader.count);
    if (options->lints) {
        rule_lint_twins(&set->program, &load->findings);
        rule_trial_searches(&trial, load->loader.drafts, load->loader.count);
    }
    return rule_trial_speech(&trial, &load->speech) && done;
}

static void report(const struct rule_set_options *options, struct rule_findings *findings)
{
    rule_findings_sort(findings);
    for (size_t i = 0; options->report != NULL && i < findings->count; i++) {
        options->report(options->context, findings->items[i].is_error, &findings->items[i].err);
    }
}

struct rule_set *rule_set_load(const struct rule_set_options *options, struct err *err)
{
    struct rule_set *set = mem_zero(1, sizeof *set);
    struct loading load;
    atomic_init(&set->references, 1);
    set->arena = arena_new(SET_MAX);
    loading_init(&load, options, set->arena);
    bool done = load_all(set, options, &load);
    report(options, &load.findings);
    if (done) {
        name_set(set, &load);
        count(set, &load);
        set->counts.warnings = load.findings.warnings;
    } else {
        rule_findings_first(&load.findings, err);
        assert(err_is_set(err));
        rule_set_unref(set);
        set = NULL;
    }
    loading_fini(&load);
    return set;
}

struct rule_set *rule_set_ref(struct rule_set *set)
{
    atomic_fetch_add_explicit(&set->references, 1, memory_order_relaxed);
    return set;
}

void rule_set_unref(struct rule_set *set)
{
    if (set == NULL || atomic_fetch_sub_explicit(&set->references, 1, memory_order_acq_rel) != 1) {
        return;
    }
    rule_engine_free(set->engine);
    arena_free(set->arena);
    free(set);
}

const char *rule_set_id(const struct rule_set *set)
{
    return set->id;
}

const struct rule_program *rule_set_program(const struct rule_set *set)
{
    return &set->program;
}

const struct rule_engine *rule_set_engine(const struct rule_set *set)
{
    return set->engine;
}

void rule_set_counts(const struct rule_set *set, struct rule_set_counts *counts)
{
    *counts = set->counts;
}

bool rule_match_post(struct rule_matcher *matcher, const struct rule_set *set,
                     const struct post *post, struct rule_match *match, struct err *err)
{
    return rule_engine_match(set->engine, matcher, post, match, err);
}

size_t rule_set_faults(const struct rule_set *set, const struct rule *rule)
{
    for (size_t i = 0; i < set->program.rule_count; i++) {
        if (set->program.rules[i] == rule) {
            return rule_engine_faults(set->engine, i);
        }
    }
    return 0;
}
