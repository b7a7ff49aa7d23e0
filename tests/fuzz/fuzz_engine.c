/* Whatever the rules and the posts, the engine answers as the naive evaluator does. */
#include <stdio.h>
#include <stdlib.h>

#include "filter/base/err.h"
#include "tests/filter/rule/generate.h"
#include "tests/filter/rule/naive.h"
#include "tests/fuzz/fuzz.h"

enum { MAX_RULES = 6, MAX_POSTS = 4, ARENA_BYTES = 1 << 24 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct rule_matcher *matcher; /* one for all engines, as a worker's */
    struct decisions decisions = {.bytes = data, .len = size};
    struct builder *builder = builder_new();
    struct arena *arena = arena_new(ARENA_BYTES);
    struct err err = ERR_NONE;
    if (matcher == NULL) {
        matcher = rule_matcher_new();
    }
    generate_rules(&decisions, builder, MAX_RULES);
    struct rule_engine *engine = rule_engine_build(builder_program(builder), &err);
    if (engine == NULL) {
        fprintf(stderr, "%s\n", err.message);
        abort();
    }
    struct naive *naive = naive_new(builder_program(builder));
    unsigned posts = 1 + decide(&decisions, MAX_POSTS);
    for (unsigned i = 0; i < posts; i++) {
        struct post post = generate_post(&decisions, arena);
        struct buf why = BUF_EMPTY;
        if (!naive_agrees(naive, engine, matcher, &post, &why)) {
            fprintf(stderr, "%s", why.bytes);
            abort();
        }
        buf_fini(&why);
    }
    naive_free(naive);
    rule_engine_free(engine);
    arena_free(arena);
    builder_free(builder);
    return 0;
}
