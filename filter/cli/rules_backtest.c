/* saring rules backtest: two versions of a rule set over a file of posts that the writer brings. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/cli/cli.h"
#include "filter/cli/rules.h"
#include "filter/cli/rules_posts.h"
#include "filter/cli/terminal.h"

enum { MOST_SHOWN = 50 }; /* posts; all are counted */

/* One rule of either version. */
struct pair {
    struct str id;
    const struct rule *before, *after; /* NULL: not there */
    size_t hits_before, hits_after, fresh, gone;
};

struct backtest {
    const struct cli_words *names;
    const char *posts;
    struct rule_set *before, *after; /* before: NULL, nothing was there */
    struct rule_matcher *matchers[2];
    struct pair *pairs;
    size_t count, room;
    size_t shown;
    bool is_json, has_colour;
};

static struct pair *find_or_add(struct backtest *test, struct str id)
{
    for (size_t i = 0; i < test->count; i++) {
        if (str_equal(test->pairs[i].id, id)) {
            return &test->pairs[i];
        }
    }
    mem_grow(&test->pairs, &test->room, test->count + 1, sizeof *test->pairs);
    test->pairs[test->count] = (struct pair){.id = id};
    return &test->pairs[test->count++];
}

/* A rule that is named by its file is the same one before, by its id. */
static void pair_up(struct backtest *test)
{
    const struct rule_program *after = rule_set_program(test->after);
    const struct rule_program *before =
        test->before != NULL ? rule_set_program(test->before) : NULL;
    for (size_t i = 0; i < after->rule_count; i++) {
        if (rules_is_named(test->names, after->rules[i])) {
            find_or_add(test, after->rules[i]->id)->after = after->rules[i];
        }
    }
    for (size_t i = 0; before != NULL && i < before->rule_count; i++) {
        const struct rule *rule = before->rules[i];
        bool is_paired = rules_is_named(test->names, rule);
        for (size_t p = 0; !is_paired && p < test->count; p++) {
            is_paired = str_equal(test->pairs[p].id, rule->id);
        }
        if (is_paired) {
            find_or_add(test, rule->id)->before = rule;
        }
    }
}

static const struct rule_hit *hit_of(const struct rule_match *match, const struct rule *rule)
{
    for (size_t i = 0; rule != NULL && i < match->hit_count; i++) {
        if (match->hits[i].rule == rule) {
            return &match->hits[i];
        }
    }
    return NULL;
}

static void show_change(struct backtest *test, const struct post *post, unsigned line,
                        const struct pair *pair, const struct rule_hit *hit, bool is_fresh)
{
    struct buf out = BUF_EMPTY;
    if (test->is_json) {
        buf_printf(&out, "{\"change\":\"%s\",\"line\":%u", is_fresh ? "new" : "gone", line);
        buf_put_json_field(&out, "rule", pair->id);
        buf_put_char(&out, '}');
        puts(out.bytes);
    } else if (++test->shown <= MOST_SHOWN) {
        buf_printf(&out, "%s  %s:%u  ", is_fresh ? "+ baru/new" : "- lepas/gone", test->posts,
                   line);
        cli_put_line(&out, hit->rule->title);
        buf_put_char(&out, '\n');
        rules_put_post(&out, post, hit->spans, hit->span_count, test->has_colour);
        fputs(out.bytes, stdout);
    }
    buf_fini(&out);
}

static bool try_post(void *context, const struct post *post, unsigned line, struct err *err)
{
    struct backtest *test = context;
    struct rule_match before = {.hit_count = 0}, after;
    if (!rule_match_post(test->matchers[1], test->after, post, &after, err) ||
        (test->before != NULL &&
         !rule_match_post(test->matchers[0], test->before, post, &before, err))) {
        return false;
    }
    for (size_t i = 0; i < test->count; i++) {
        struct pair *pair = &test->pairs[i];
        const struct rule_hit *old = hit_of(&before, pair->before);
        const struct rule_hit *now = hit_of(&after, pair->after);
        pair->hits_before += old != NULL;
        pair->hits_after += now != NULL;
        if ((old != NULL) == (now != NULL)) {
            continue;
        }
        pair->fresh += now != NULL;
        pair->gone += old != NULL;
        show_change(test, post, line, pair, now != NULL ? now : old, now != NULL);
    }
    return true;
}

static void put_cost(struct buf *out, bool is_json, const char *name, double ns)
{
    if (ns >= 0) {
        if (is_json) {
            buf_printf(out, ",\"%s\":%.0f", name, ns);
        } else {
            buf_printf(out, "%10.0f", ns);
        }
    } else if (!is_json) {
        buf_put_string(out, "         -");
    }
}

static void print_pair(const struct backtest *test, const struct pair *pair,
                       const char *const *folders[2])
{
    const struct rule *rule = pair->after != NULL ? pair->after : pair->before;
    const struct rule *both[] = {pair->before, pair->after};
    double cost[2] = {-1, -1};
    struct buf out = BUF_EMPTY;
    assert(rule != NULL); /* a pair is made for a rule of either version */
    for (size_t i = 0; i < 2; i++) {
        if (both[i] != NULL && folders[i] != NULL) {
            cost[i] = rules_posts_cost(folders[i], both[i]->file.at, test->posts);
        }
    }
    if (test->is_json) {
        buf_put_char(&out, '{');
        buf_put_json_field(&out, "rule", rule->id);
        buf_put_json_field(&out, "title", rule->title);
        buf_printf(&out, ",\"before\":%zu,\"after\":%zu,\"new\":%zu,\"gone\":%zu",
                   pair->hits_before, pair->hits_after, pair->fresh, pair->gone);
        put_cost(&out, true, "before_ns", cost[0]);
        put_cost(&out, true, "after_ns", cost[1]);
        buf_put_char(&out, '}');
    } else {
        buf_printf(&out, "%8zu%8zu%8zu%8zu", pair->hits_before, pair->hits_after, pair->fresh,
                   pair->gone);
        put_cost(&out, false, "", cost[0]);
        put_cost(&out, false, "", cost[1]);
        buf_put_string(&out, "  ");
        cli_put_line(&out, rule->title);
    }
    puts(out.bytes);
    buf_fini(&out);
}

static void print_all(const struct backtest *test, const struct rules_posts *counts,
                      const char *const *folders[2])
{
    if (!test->is_json) {
        if (test->shown > MOST_SHOWN) {
            printf("… %zu lagi / more\n", test->shown - MOST_SHOWN);
        }
        printf("\n  before   after     new    gone  ns before  ns after  aturan/rule\n");
    }
    for (size_t i = 0; i < test->count; i++) {
        print_pair(test, &test->pairs[i], folders);
    }
    if (test->is_json) {
        printf("{\"posts\":%zu,\"bad\":%zu,\"recall\":null}\n", counts->posts, counts->bad);
        return;
    }
    printf("%zu pos/posts, %zu rusak/bad; tidak ada yang disimpan / nothing is stored.\n"
           "Yang seharusnya kena tetapi tidak ada di berkas ini tidak terlihat: recall tidak "
           "diketahui.\nWhat should match and is not in this file does not show: recall is "
           "unknown.\n",
           counts->posts, counts->bad);
}

static struct rule_set *load(const char *const *folders, struct err *err)
{
    struct rules_report report = {.is_json = false};
    const struct rule_set_options options = {.folders = folders,
                                             .clock = clock_system(),
                                             .report = rules_report_errors,
                                             .context = &report};
    return rule_set_load(&options, err);
}

static int run(struct backtest *test, const char *const *folders[2], struct err *err)
{
    struct rules_posts counts;
    test->after = load(folders[1], err);
    test->before = test->after != NULL && folders[0] != NULL ? load(folders[0], err) : NULL;
    if (test->after == NULL || (folders[0] != NULL && test->before == NULL)) {
        return CLI_NO;
    }
    pair_up(test);
    if (test->count == 0) {
        err_set(err,
                "'%.60s': tidak ada aturan aktif dengan berkas atau id ini / no active rule "
                "has this file or id",
                test->names->at[0]);
        return rules_cannot(err);
    }
    for (size_t i = 0; i < 2; i++) {
        test->matchers[i] = rule_matcher_new();
    }
    if (!rules_posts_read(test->posts, try_post, test, &counts, err)) {
        return rules_cannot(err);
    }
    print_all(test, &counts, folders);
    return CLI_FINE;
}

int rules_backtest(int argc, char **argv)
{
    struct cli_words words, before = {.count = 0}, after = {.count = 0}, defaults;
    struct backtest test = {.names = &words, .has_colour = cli_has_colour(stdout)};
    const struct cli_option options[] = {{"posts", CLI_TEXT, &test.posts},
                                         {"before", CLI_LIST, &before},
                                         {"rules", CLI_LIST, &after},
                                         {"json", CLI_FLAG, &test.is_json},
                                         {NULL, CLI_FLAG, NULL}};
    struct err err = ERR_NONE;
    if (!cli_options_read(options, argc, argv, &words, &err)) {
        return rules_cannot(&err);
    }
    if (test.posts == NULL) {
        err_set(&err, "pos mana / which posts? saring rules backtest --before rules.lama --posts "
                      "pos.ndjson");
        return rules_cannot(&err);
    }
    const char *const *folders[2] = {before.count > 0 ? before.at : NULL,
                                     rules_folders(&after, &defaults)};
    int status = run(&test, folders, &err);
    rule_matcher_free(test.matchers[0]);
    rule_matcher_free(test.matchers[1]);
    rule_set_unref(test.before);
    rule_set_unref(test.after);
    free(test.pairs);
    return status;
}
