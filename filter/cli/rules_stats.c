/* saring rules stats: how each rule is decided, what it costs and hits, what people made of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/casebook/released.h"
#include "filter/cli/cli.h"
#include "filter/cli/desk.h"
#include "filter/cli/rules.h"
#include "filter/cli/rules_posts.h"
#include "filter/cli/terminal.h"
#include "filter/rule/engine.h"

static const char *const ways[RULE_WAYS] = {
    [RULE_WAY_TABLE] = "table", [RULE_WAY_LITERAL] = "literal",
    [RULE_WAY_RUN] = "run",     [RULE_WAY_AUTOMATON] = "automaton",
    [RULE_WAY_PCRE2] = "pcre2", [RULE_WAY_DEMAND] = "demand",
};

struct stats {
    struct cli_desk desk;
    const char *posts;
    const char *const *folders;
    struct rule_set *set;
    struct rule_matcher *matcher;
    size_t *hits; /* by rule */
    struct rules_posts counts;
    struct buf out;
};

static bool count_post(void *context, const struct post *post, unsigned line, struct err *err)
{
    struct stats *stats = context;
    const struct rule_program *program = rule_set_program(stats->set);
    struct rule_match match;
    size_t place = 0;
    (void)line;
    if (!rule_match_post(stats->matcher, stats->set, post, &match, err)) {
        return false;
    }
    for (size_t i = 0; i < match.hit_count; i++) {
        while (program->rules[place] != match.hits[i].rule) {
            place++;
        }
        stats->hits[place]++;
    }
    return true;
}

static void put_ways(struct stats *stats)
{
    struct rule_engine_stats engine;
    rule_engine_stats(rule_set_engine(stats->set), &engine);
    if (stats->desk.is_json) {
        buf_printf(&stats->out, "{\"atoms\":%zu,\"literals\":%zu,\"bytes\":%zu,\"build_ms\":%.1f",
                   engine.atoms, engine.literals, engine.bytes, engine.build_ms);
        for (size_t way = 0; way < RULE_WAYS; way++) {
            buf_printf(&stats->out, ",\"%s\":%zu", ways[way], engine.ways[way]);
        }
        buf_put_string(&stats->out, "}\n");
        return;
    }
    buf_printf(&stats->out, "%zu pola/patterns:", engine.atoms);
    for (size_t way = 0; way < RULE_WAYS; way++) {
        buf_printf(&stats->out, "  %s %zu (%.1f %%)", ways[way], engine.ways[way],
                   engine.atoms > 0 ? 100.0 * (double)engine.ways[way] / (double)engine.atoms : 0);
    }
    buf_printf(&stats->out, "\n%zu literal, %.1f MiB, %.0f ms\n\n", engine.literals,
               (double)engine.bytes / (1 << 20), engine.build_ms);
}

/* How the atoms below a node are decided. NOLINTNEXTLINE(misc-no-recursion) */
static void count_ways(const struct stats *stats, const struct rule_node *node,
                       size_t found[RULE_WAYS])
{
    if (node->kind == RULE_NODE_ATOM) {
        found[rule_engine_way(rule_set_engine(stats->set), node->atom)]++;
    }
    for (size_t i = 0; i < node->child_count; i++) {
        count_ways(stats, node->children[i], found);
    }
}

static void put_rule(struct stats *stats, size_t index)
{
    const struct rule *rule = rule_set_program(stats->set)->rules[index];
    size_t found[RULE_WAYS] = {0};
    double ns =
        stats->posts != NULL ? rules_posts_cost(stats->folders, rule->file.at, stats->posts) : -1;
    count_ways(stats, rule->condition, found);
    if (stats->desk.is_json) {
        buf_put_char(&stats->out, '{');
        buf_put_json_field(&stats->out, "rule", rule->id);
        buf_put_json_field(&stats->out, "title", rule->title);
        for (size_t way = 0; way < RULE_WAYS; way++) {
            buf_printf(&stats->out, ",\"%s\":%zu", ways[way], found[way]);
        }
        if (stats->posts != NULL) {
            buf_printf(&stats->out, ",\"hits\":%zu,\"ns\":%.0f", stats->hits[index], ns);
        }
        buf_put_string(&stats->out, "}\n");
        return;
    }
    buf_printf(&stats->out, "%9zu%5zu%10zu%7zu", found[RULE_WAY_LITERAL] + found[RULE_WAY_TABLE],
               found[RULE_WAY_RUN], found[RULE_WAY_AUTOMATON], found[RULE_WAY_PCRE2]);
    if (stats->posts != NULL) {
        buf_printf(&stats->out, "%8zu%8.0f", stats->hits[index], ns);
    }
    buf_put_string(&stats->out, "  ");
    cli_put_line(&stats->out, rule->title);
    buf_put_char(&stats->out, '\n');
}

static void put_rules(struct stats *stats)
{
    if (!stats->desk.is_json) {
        buf_printf(&stats->out, "  literal  run automaton  pcre2%s  aturan/rule\n",
                   stats->posts != NULL ? "    hits ns/post" : "");
    }
    for (size_t i = 0; i < rule_set_program(stats->set)->rule_count; i++) {
        put_rule(stats, i);
    }
    if (stats->posts != NULL && !stats->desk.is_json) {
        buf_printf(&stats->out, "%zu pos/posts, %zu rusak/bad\n", stats->counts.posts,
                   stats->counts.bad);
    }
}

static struct str title_of(const struct stats *stats, struct str id)
{
    const struct rule *rule = rule_program_find(rule_set_program(stats->set), id);
    return rule != NULL ? rule->title : id;
}

/* The counts of one revision, kept until the statement that gave them is done. */
struct revision {
    struct casebook_rule_counts counts;
    struct buf id; /* owned */
};

struct revisions {
    struct revision *items; /* owned */
    size_t count, room;
};

static void keep_revision(void *context, const struct casebook_rule_counts *counts)
{
    struct revisions *revisions = context;
    mem_grow(&revisions->items, &revisions->room, revisions->count + 1, sizeof *revisions->items);
    struct revision *one = &revisions->items[revisions->count++];
    *one = (struct revision){.counts = *counts};
    buf_put_str(&one->id, counts->rule_id);
    one->counts.rule_id = buf_str(&one->id);
}

static void put_reason(void *context, struct str reason, uint64_t count)
{
    struct stats *stats = context;
    if (stats->desk.is_json) {
        buf_put_string(&stats->out, stats->out.bytes[stats->out.len - 1] == '[' ? "{" : ",{");
        buf_put_json_field(&stats->out, "reason", reason);
        buf_printf(&stats->out, ",\"count\":%llu}", (unsigned long long)count);
        return;
    }
    buf_printf(&stats->out, "%42llu × ", (unsigned long long)count);
    cli_put_line(&stats->out, reason);
    buf_put_char(&stats->out, '\n');
}

static bool put_revision(struct stats *stats, const struct casebook_rule_counts *one,
                         struct err *err)
{
    char hex[HASH_HEX];
    hash_format(&one->revision, hex);
    if (stats->desk.is_json) {
        buf_put_char(&stats->out, '{');
        buf_put_json_field(&stats->out, "rule", one->rule_id);
        buf_put_json_field(&stats->out, "revision", str_of(hex));
        buf_printf(&stats->out,
                   ",\"flagged\":%llu,\"cases\":%llu,\"dismissed\":%llu,\"upheld\":%llu,"
                   "\"rejected\":%llu,\"lapsed\":%llu,\"reasons\":[",
                   (unsigned long long)one->flagged, (unsigned long long)one->cases,
                   (unsigned long long)one->dismissed, (unsigned long long)one->upheld,
                   (unsigned long long)one->rejected, (unsigned long long)one->lapsed);
    } else {
        buf_printf(&stats->out, "%8llu%7llu%10llu%8llu%9llu%8llu  %.8s  ",
                   (unsigned long long)one->flagged, (unsigned long long)one->cases,
                   (unsigned long long)one->dismissed, (unsigned long long)one->upheld,
                   (unsigned long long)one->rejected, (unsigned long long)one->lapsed, hex);
        cli_put_line(&stats->out, title_of(stats, one->rule_id));
        buf_put_char(&stats->out, '\n');
    }
    bool done = casebook_rule_dismissals(stats->desk.casebook, one->rule_id, &one->revision,
                                         put_reason, stats, err);
    if (stats->desk.is_json) {
        buf_put_string(&stats->out, "]}\n");
    }
    return done;
}

static bool put_revisions(struct stats *stats, struct err *err)
{
    struct revisions revisions = {.items = NULL};
    if (stats->desk.casebook == NULL) {
        return true;
    }
    bool done = casebook_rule_counts(stats->desk.casebook, keep_revision, &revisions, err);
    if (done && revisions.count > 0 && !stats->desk.is_json) {
        buf_put_string(&stats->out, "\n flagged  cases dismissed  upheld rejected  lapsed  "
                                    "revisi    aturan/rule\n");
    }
    for (size_t i = 0; done && i < revisions.count; i++) {
        done = put_revision(stats, &revisions.items[i].counts, err);
    }
    for (size_t i = 0; i < revisions.count; i++) {
        buf_fini(&revisions.items[i].id);
    }
    free(revisions.items);
    return done;
}

static int run(struct stats *stats, struct err *err)
{
    struct rules_report report = {.is_json = false};
    struct buf path = BUF_EMPTY;
    const struct rule_set_options options = {.folders = stats->folders,
                                             .clock = stats->desk.clock,
                                             .report = rules_report_errors,
                                             .context = &report};
    casebook_path(stats->desk.state.bytes, &path);
    if (access(path.bytes, F_OK) == 0) {
        stats->desk.casebook = casebook_open_read(path.bytes, &stats->desk.clock, err);
    }
    buf_fini(&path);
    if (err_is_set(err)) {
        return rules_cannot(err);
    }
    stats->set = rule_set_load(&options, err);
    if (stats->set == NULL) {
        return CLI_NO;
    }
    stats->hits = mem_zero(rule_set_program(stats->set)->rule_count, sizeof *stats->hits);
    stats->matcher = rule_matcher_new();
    if (stats->posts != NULL &&
        !rules_posts_read(stats->posts, count_post, stats, &stats->counts, err)) {
        return rules_cannot(err);
    }
    put_ways(stats);
    put_rules(stats);
    return put_revisions(stats, err) && cli_print(&stats->out, err) ? CLI_FINE : rules_cannot(err);
}

int rules_stats(int argc, char **argv)
{
    struct stats stats = {.desk = cli_desk_new()};
    const struct cli_option options[] = {
        {"posts", CLI_TEXT, &stats.posts}, CLI_DESK_OPTIONS(&stats.desk), {NULL, CLI_FLAG, NULL}};
    struct cli_words words, defaults;
    struct err err = ERR_NONE;
    if (!cli_options_read(options, argc, argv, &words, &err) || !cli_desk_find(&stats.desk, &err)) {
        return rules_cannot(&err);
    }
    stats.folders = rules_folders(&stats.desk.rules, &defaults);
    int status = run(&stats, &err);
    rule_matcher_free(stats.matcher);
    free(stats.hits);
    rule_set_unref(stats.set);
    buf_fini(&stats.out);
    cli_desk_close(&stats.desk);
    return status;
}
