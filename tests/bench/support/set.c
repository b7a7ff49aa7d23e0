#define PCRE2_CODE_UNIT_WIDTH 8
#include "tests/bench/support/set.h"

#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/base/post.h"
#include "filter/base/yaml.h"
#include "filter/rule/compiled.h"
#include "filter/rule/language.h"
#include "filter/rule/program.h"
#include "filter/text/view.h"
#include "tests/bench/bench.h"

enum { RULES_A_FILE = 500, MAX_POST = 1 << 20 };

void bench_die(const char *what)
{
    fprintf(stderr, "bench: %s\n", what);
    exit(1);
}

static void die_err(const struct err *err)
{
    char message[800];
    bench_die(err_format(err, message, sizeof message));
}

struct bench_subject bench_subject_read(const struct bench_corpus *corpus)
{
    const struct str *posts;
    struct bench_subject subject = {.count = bench_corpus_posts(corpus, &posts)};
    struct text_fold *fold = text_fold_new(MAX_POST);
    subject.raw = mem_zero(subject.count, sizeof *subject.raw);
    subject.folded = mem_zero(subject.count, sizeof *subject.folded);
    for (size_t i = 0; i < subject.count; i++) {
        struct text_view view;
        struct err err = ERR_NONE;
        text_fold_start(fold);
        if (!text_fold_view(fold, TEXT_FOLDED, posts[i], &view, &err)) {
            die_err(&err);
        }
        char *copy = mem_alloc(view.text.len + 1);
        memcpy(copy, view.text.at, view.text.len);
        subject.raw[i] = posts[i];
        subject.folded[i] = (struct str){.at = copy, .len = view.text.len};
        subject.bytes += view.text.len;
    }
    text_fold_free(fold);
    return subject;
}

void bench_subject_fini(struct bench_subject *subject)
{
    for (size_t i = 0; i < subject->count; i++) {
        free((char *)subject->folded[i].at);
    }
    free(subject->raw);
    free(subject->folded);
}

void bench_set_load(struct bench_set *set, const struct bench_corpus *corpus, enum bench_rules kind,
                    size_t count)
{
    *set = (struct bench_set){.kind = kind, .count = count};
    struct buf yaml = BUF_EMPTY;
    struct err err = ERR_NONE;
    set->language = rule_language_new();
    for (size_t i = 0; i < set->count; i++) {
        bench_rule_put(corpus, set->kind, i, &yaml);
        if ((i + 1) % RULES_A_FILE == 0 || i + 1 == set->count) {
            if (!rule_language_add(set->language, "generated.yml", buf_str(&yaml), &err)) {
                die_err(&err);
            }
            buf_clear(&yaml);
        }
    }
    buf_fini(&yaml);
    set->program = rule_language_program(set->language);
    if (set->program == NULL || set->program->rule_count != set->count) {
        bench_die("the generated rules do not load");
    }
    double start = bench_cpu();
    set->engine = rule_engine_build(set->program, &err);
    set->build_s = bench_cpu() - start;
    if (set->engine == NULL) {
        die_err(&err);
    }
    set->matcher = rule_matcher_new();
    set->ours = mem_zero(set->count, sizeof *set->ours);
    set->theirs = mem_zero(set->count, sizeof *set->theirs);
    set->atoms = mem_zero(set->program->atom_count, sizeof *set->atoms);
    set->codes = mem_zero(set->program->atom_count, sizeof(*set->codes));
}

void bench_set_unload(struct bench_set *set)
{
    for (size_t i = 0; i < set->program->atom_count; i++) {
        pcre2_code_free(set->codes[i]);
    }
    free(set->codes);
    rule_matcher_free(set->matcher);
    rule_engine_free(set->engine);
    rule_language_free(set->language);
    free(set->ours);
    free(set->theirs);
    free(set->atoms);
}

static struct post post_of(struct str text)
{
    struct post post = POST_EMPTY;
    post.fields[POST_TEXT] = text;
    return post;
}

double bench_set_time(struct bench_set *set, const struct str *posts, size_t count, bool run)
{
    double start = bench_cpu();
    for (size_t i = 0; i < count; i++) {
        struct post post = post_of(posts[i]);
        struct rule_match match = {.hits = NULL};
        struct err err = ERR_NONE;
        if (!rule_engine_prepare(set->engine, set->matcher, &post, &err)) {
            die_err(&err);
        }
        if (run) {
            rule_engine_run(set->matcher, &match);
        }
        bench_keep(&match);
    }
    return bench_cpu() - start;
}

void bench_set_compile_all(struct bench_set *set)
{
    struct rule_regex_runner *runner = rule_regex_runner_new();
    struct text_span span;
    for (size_t i = 0; i < set->engine->regex_count; i++) {
        (void)!rule_regex_find(&set->engine->regexes[i], runner, STR("a"), 0, 0, &span);
        (void)!rule_regex_find(&set->engine->regexes[i], runner, STR("a"), 0, 1, &span);
    }
    rule_regex_runner_free(runner);
}

void bench_set_match(struct bench_set *set, struct str text)
{
    struct post post = post_of(text);
    struct rule_match match;
    struct err err = ERR_NONE;
    if (!rule_engine_match(set->engine, set->matcher, &post, &match, &err)) {
        die_err(&err);
    }
    for (size_t i = 0, hit = 0; i < set->count; i++) {
        set->ours[i] = hit < match.hit_count && match.hits[hit].rule == set->program->rules[i];
        hit += set->ours[i];
    }
}

struct str bench_atom_letters(const struct rule_atom *atom)
{
    struct str pattern = atom->pattern;
    bool is_glob = atom->op == RULE_GLOB;
    return is_glob ? str_part(pattern, 1, pattern.len - 1) : pattern;
}

void bench_put_escaped(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        buf_printf(out, "\\x%02x", (unsigned char)text.at[i]);
    }
}

void bench_atom_regex(const struct rule_atom *atom, struct buf *out)
{
    if (atom->op == RULE_REGEX) {
        buf_put_str(out, atom->pattern);
        return;
    }
    buf_put_string(out, atom->op == RULE_WORDS ? "\\b" : "");
    bench_put_escaped(out, bench_atom_letters(atom));
    buf_put_string(out, atom->op == RULE_WORDS ? "\\b" : "");
}

/* Whether PCRE2 finds the atom in the folded text. */
static bool is_true(struct bench_set *set, uint32_t atom, struct str text)
{
    const struct rule_atom *source = &set->program->atoms[atom];
    if (set->codes[atom] == NULL) {
        struct buf pattern = BUF_EMPTY;
        int error;
        PCRE2_SIZE at;
        bench_atom_regex(source, &pattern);
        set->codes[atom] = pcre2_compile(
            (PCRE2_SPTR)pattern.bytes, pattern.len,
            PCRE2_UTF | PCRE2_UCP | PCRE2_CASELESS | PCRE2_NO_START_OPTIMIZE, &error, &at, NULL);
        buf_fini(&pattern);
        if (set->codes[atom] == NULL) {
            bench_die("PCRE2 cannot compile a generated regex");
        }
    }
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    int result = pcre2_match(set->codes[atom], (PCRE2_SPTR)text.at, text.len, 0, 0, data, NULL);
    pcre2_match_data_free(data);
    return result >= 0;
}

/* The condition, by the atoms that a peer has hit or, if that is NULL, by PCRE2 in the text. */
static bool node_is_true(struct bench_set *set, const struct rule_node *node, const bool *atoms,
                         struct str text)
{
    switch (node->kind) {
    case RULE_NODE_ATOM:
        return atoms != NULL ? atoms[node->atom] : is_true(set, node->atom, text);
    case RULE_NODE_NOT:
        return !node_is_true(set, node->children[0], atoms, text);
    case RULE_NODE_AND:
    case RULE_NODE_OR:
        break;
    }
    bool decides = node->kind == RULE_NODE_OR;
    for (size_t i = 0; i < node->child_count; i++) {
        if (node_is_true(set, node->children[i], atoms, text) == decides) {
            return decides;
        }
    }
    return !decides;
}

void bench_set_theirs(struct bench_set *set)
{
    for (size_t rule = 0; rule < set->count; rule++) {
        set->theirs[rule] =
            node_is_true(set, set->program->rules[rule]->condition, set->atoms, STR(""));
    }
}

void bench_set_compare(struct bench_set *set, struct str folded)
{
    for (size_t i = 0; i < set->count; i++) {
        if (set->ours[i] == set->theirs[i]) {
            continue;
        }
        bool right = node_is_true(set, set->program->rules[i]->condition, NULL, folded);
        if (right != set->ours[i]) {
            bench_die("our answer is wrong: PCRE2 says otherwise");
        }
        set->differences++;
        set->misses += right;
    }
}

void bench_set_report(struct bench_set *set, const char *peer)
{
    if (set->differences > 0) {
        printf("# %s, %zu rules: %zu answers differ in %d posts, ours right by PCRE2; it missed "
               "%zu\n",
               peer, set->count, set->differences, (int)BENCH_COMPARED, set->misses);
    }
    set->differences = set->misses = 0;
}
