/*
 * Rules of one kind and number as the engine has them, for benches that compare it with peers: its
 * time, what it says of a post, and whether what it says is right where a peer says otherwise.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "filter/base/buf.h"
#include "filter/base/str.h"
#include "filter/rule/engine.h"
#include "filter/rule/program.h"
#include "tests/bench/support/generate.h"

enum { BENCH_COMPARED = 3000 }; /* posts on which answers are compared */

/* Posts as they came and folded. */
struct bench_subject {
    size_t count;
    struct str *raw, *folded; /* owned; the texts of `raw` are the corpus's */
    size_t bytes;             /* of the folded ones */
};

MUST_CHECK struct bench_subject bench_subject_read(const struct bench_corpus *corpus);
void bench_subject_fini(struct bench_subject *subject);

struct bench_set {
    enum bench_rules kind;
    size_t count;
    struct rule_language *language;
    const struct rule_program *program;
    struct rule_engine *engine;
    struct rule_matcher *matcher;
    double build_s;
    bool *ours, *theirs; /* which rules match the post at hand */
    bool *atoms;         /* which atoms the peer has found in it */
    void **codes;        /* PCRE2's, of atoms on which answers differ */
    size_t differences, misses;
};

/* Makes the rules and the engine; ends the program if that fails. */
void bench_set_load(struct bench_set *set, const struct bench_corpus *corpus, enum bench_rules kind,
                    size_t count);
void bench_set_unload(struct bench_set *set);

/* Seconds of ours over the posts: with `run`, and without the views alone. */
double bench_set_time(struct bench_set *set, const struct str *posts, size_t count, bool run);

/* Compiles every regex both ways, as nominations do one by one. */
void bench_set_compile_all(struct bench_set *set);

/* Puts what we say of a post into `ours`. */
void bench_set_match(struct bench_set *set, struct str text);

/* Puts what `atoms` make of the rules into `theirs`. */
void bench_set_theirs(struct bench_set *set);

/*
 * Compares `ours` and `theirs` for a folded text; where they differ, PCRE2 decides. Ends the
 * program if we are wrong.
 */
void bench_set_compare(struct bench_set *set, struct str folded);

/* Says how often the peer differed, and begins to count anew. */
void bench_set_report(struct bench_set *set, const char *peer);

/* The letters of an atom that is no regex, without the wildcards around them. */
struct str bench_atom_letters(const struct rule_atom *atom);

/* The atom as a regex for others. */
void bench_atom_regex(const struct rule_atom *atom, struct buf *out);

/* Appends the text as \xNN. */
void bench_put_escaped(struct buf *out, struct str text);

/* Says `what` and ends the program. */
void bench_die(const char *what) __attribute__((noreturn));
