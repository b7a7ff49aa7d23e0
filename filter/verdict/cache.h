/*
 * Verdicts in memory, clean ones too: a copied post costs a hash, not a scan. Bounded in entries
 * and bytes, evicted by S3-FIFO (Yang et al., SOSP 2023), never written anywhere. Any thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/hash.h"
#include "filter/base/post.h"

struct rule_program;
struct verdict_cache;

/* Which fields beside title, text and links some rule of a set reads: a verdict's key has these. */
struct verdict_fields {
    bool author_name, lang, source;
};

struct verdict_fields verdict_fields_of(const struct rule_program *program);

struct verdict_cache_key {
    uint64_t low, high;
};

/* At least `max_entries` verdicts, at most `max_bytes` of findings. Never NULL. */
MUST_CHECK struct verdict_cache *verdict_cache_new(size_t max_entries, size_t max_bytes);
void verdict_cache_free(struct verdict_cache *cache); /* NULL is fine */

/*
 * XXH3-128 under a secret of this cache, over the set's identity and the fields that it reads: an
 * author's name too, since the key never leaves this memory.
 */
struct verdict_cache_key verdict_cache_key(const struct verdict_cache *cache,
                                           const struct hash *set,
                                           const struct verdict_fields *fields,
                                           const struct post *post);

enum verdict_cache_answer { VERDICT_CACHE_NONE, VERDICT_CACHE_CLEAN, VERDICT_CACHE_FLAGGED };

/*
 * What is known under `key`. Of a flagged post `findings` is set to what was put, otherwise it is
 * left alone. Allocates nothing once `findings` has grown to what it gets.
 */
enum verdict_cache_answer verdict_cache_find(struct verdict_cache *cache,
                                             struct verdict_cache_key key, struct buf *findings);

/* Keeps a verdict; empty `findings` say that nothing matched. */
void verdict_cache_put(struct verdict_cache *cache, struct verdict_cache_key key,
                       struct str findings);

struct verdict_cache_counts {
    uint64_t hits, misses;
    size_t entries, bytes;
};

struct verdict_cache_counts verdict_cache_counts(struct verdict_cache *cache);
