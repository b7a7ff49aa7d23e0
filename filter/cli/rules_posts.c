#include "filter/cli/rules_posts.h"

#include <string.h>
#include <time.h>

#include "feeds/ndjson.h"
#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/cli/rules.h"
#include "filter/rule/engine.h"

enum { POSTS_MAX = 256 << 20 };

bool rules_posts_read(const char *path,
                      bool (*each)(void *context, const struct post *post, unsigned line,
                                   struct err *err),
                      void *context, struct rules_posts *counts, struct err *err)
{
    struct buf bytes = BUF_EMPTY;
    struct feeds_ndjson *reader = feeds_ndjson_new();
    bool done = file_read(path, POSTS_MAX, &bytes, err);
    unsigned number = 0;
    *counts = (struct rules_posts){.posts = 0};
    for (size_t at = 0; done && at < bytes.len;) {
        const char *end = memchr(bytes.bytes + at, '\n', bytes.len - at);
        size_t stop = end != NULL ? (size_t)(end - bytes.bytes) : bytes.len;
        struct str line = str_part(buf_str(&bytes), at, stop);
        struct post post;
        struct err problem = ERR_NONE;
        at = stop + 1;
        number++;
        if (str_trim(line).len == 0) {
            continue;
        }
        if (!feeds_ndjson_read(reader, line, &post, &problem)) {
            problem.line = number;
            err_in_file(&problem, path);
            rules_cannot(&problem);
            counts->bad++;
            continue;
        }
        counts->posts++;
        done = each(context, &post, number, err);
    }
    feeds_ndjson_free(reader);
    buf_fini(&bytes);
    return done;
}

struct costing {
    const struct rule_engine *engine;
    struct rule_matcher *matcher;
    double ns;
};

static double now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static bool cost_post(void *context, const struct post *post, unsigned line, struct err *err)
{
    struct costing *costing = context;
    struct rule_match match;
    (void)line;
    if (!rule_engine_prepare(costing->engine, costing->matcher, post, err)) {
        *err = ERR_NONE; /* larger than a post may be: nobody matches it */
        return true;
    }
    double start = now_ns();
    rule_engine_run(costing->matcher, &match);
    costing->ns += now_ns() - start;
    return true;
}

double rules_posts_cost(const char *const *folders, const char *file, const char *path)
{
    const char *const files[] = {file, NULL};
    const struct rule_set_options options = {
        .folders = folders, .files = files, .clock = clock_system()};
    struct rules_posts counts = {.posts = 0};
    struct err err = ERR_NONE;
    struct rule_set *set = rule_set_load(&options, &err);
    if (set == NULL) {
        return -1;
    }
    struct costing costing = {.engine = rule_set_engine(set), .matcher = rule_matcher_new()};
    bool done = rules_posts_read(path, cost_post, &costing, &counts, &err);
    rule_matcher_free(costing.matcher);
    rule_set_unref(set);
    return done && counts.posts > 0 ? costing.ns / (double)counts.posts : -1;
}

bool rules_is_named(const struct cli_words *names, const struct rule *rule)
{
    bool is_named = names->count == 0;
    for (size_t i = 0; i < names->count; i++) {
        is_named = is_named || str_is(rule->id, names->at[i]) || str_is(rule->file, names->at[i]);
    }
    return is_named;
}
