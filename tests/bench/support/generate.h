/*
 * Posts and rules for benches, the same on every run. Posts and the words of rules come from the
 * Indonesian corpora in ../shared if they are there, and are made of syllables otherwise.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/str.h"

struct err;
struct bench_corpus;

/* Never NULL; up to `max_posts` posts. */
MUST_CHECK struct bench_corpus *bench_corpus_new(size_t max_posts);
void bench_corpus_free(struct bench_corpus *corpus);

/* The posts' texts, as they came; at least one. Returns their number. */
size_t bench_corpus_posts(const struct bench_corpus *corpus, const struct str **posts);

/* Whether they come from ../shared. */
bool bench_corpus_is_real(const struct bench_corpus *corpus);

enum bench_rules {
    BENCH_PLAIN, /* a phrase or a rare word each */
    BENCH_MIXED, /* what teams write: lists of phrases, all of some words, regexes, and-not */
    BENCH_NASTY, /* regexes with wide classes, gaps and no letters of their own */
    BENCH_FRAUD, /* a name in two views, a call and a site each, with all that a rule has */
    BENCH_KINDS
};

const char *bench_rules_name(enum bench_rules kind);

/* Appends rule `number`, of class fraud, as a YAML document; the ids grow with the number. */
void bench_rule_put(const struct bench_corpus *corpus, enum bench_rules kind, size_t number,
                    struct buf *out);

/*
 * Writes `count` rules into files of the folder `path`, which it makes, leaving out those that
 * match a post of rules/speech (run from the root of the source), so that the folder loads.
 */
MUST_CHECK bool bench_rules_write(const struct bench_corpus *corpus, enum bench_rules kind,
                                  size_t count, const char *path, struct err *err);

/* Appends `count` posts as NDJSON with all the fields that feeds have, the corpus over and over. */
void bench_posts_put(const struct bench_corpus *corpus, size_t count, struct buf *out);
