#include "filter/rule/engine.h"

#include <stdlib.h>
#include <time.h>

#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/rule/compiled.h"
#include "filter/rule/rule.h"

enum { MAX_LITERALS = 1 << 30 };

static double now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static size_t scan_bytes(const struct rule_scan *scan)
{
    size_t bytes =
        scan->literal_count * sizeof *scan->literal_users + scan->user_count * sizeof *scan->users;
    if (scan->literals != NULL) {
        bytes += rule_literals_bytes(scan->literals);
    }
    if (scan->table != NULL) {
        bytes += rule_table_bytes(scan->table);
    }
    if (scan->runs != NULL) {
        bytes += rule_runs_bytes(scan->runs) + scan->run_count * sizeof *scan->run_users;
    }
    for (size_t i = 0; i < scan->automaton_count; i++) {
        bytes += rule_automaton_bytes(scan->automata[i]);
    }
    return bytes;
}

static void fill_stats(struct rule_engine *engine)
{
    const struct rule_program *program = engine->program;
    const struct rule_triggers *triggers = &engine->triggers;
    struct rule_engine_stats *stats = &engine->stats;
    stats->atoms = program->atom_count;
    for (size_t i = 0; i < program->atom_count; i++) {
        stats->ways[engine->atoms[i].way]++;
    }
    stats->always = triggers->always_count;
    stats->bytes = sizeof *engine + arena_used(engine->arena) +
                   program->atom_count * sizeof *engine->atoms +
                   engine->regex_count * (sizeof *engine->regexes + sizeof *engine->faults) +
                   engine->node_count * sizeof *engine->nodes +
                   engine->child_count * sizeof *engine->children +
                   program->rule_count * (sizeof *engine->roots + sizeof *triggers->always) +
                   (program->atom_count + 1) * sizeof *triggers->first +
                   triggers->first[program->atom_count] * sizeof *triggers->rules;
    for (size_t i = 0; i < engine->scan_count; i++) {
        stats->literals += engine->scans[i].literal_count;
        stats->bytes += sizeof *engine->scans + scan_bytes(&engine->scans[i]);
    }
}

struct rule_engine *rule_engine_build(const struct rule_program *program, struct err *err)
{
    static atomic_uint_least64_t last_id;
    double start = now_ms();
    for (size_t i = 0; i < program->atom_count; i++) {
        if (program->atoms[i].op > RULE_CIDR) {
            err_set(err, "these rules read events; a post has none of their values");
            return NULL;
        }
    }
    struct rule_engine *engine = mem_zero(1, sizeof *engine);
    engine->program = program;
    engine->id = atomic_fetch_add(&last_id, 1) + 1;
    engine->arena = arena_new(MAX_LITERALS);
    if (!rule_scans_build(engine, err)) {
        rule_engine_free(engine);
        return NULL;
    }
    rule_nodes_build(engine);
    rule_triggers_build(engine);
    fill_stats(engine);
    engine->stats.build_ms = now_ms() - start;
    return engine;
}

void rule_engine_free(struct rule_engine *engine)
{
    if (engine == NULL) {
        return;
    }
    for (size_t i = 0; i < engine->regex_count; i++) {
        rule_regex_fini(&engine->regexes[i]);
    }
    for (size_t i = 0; i < engine->scan_count; i++) {
        rule_scan_fini(&engine->scans[i]);
    }
    arena_free(engine->arena);
    free(engine->atoms);
    free(engine->regexes);
    free((void *)engine->faults);
    free(engine->scans);
    free(engine->nodes);
    free(engine->children);
    free(engine->roots);
    free(engine->triggers.first);
    free(engine->triggers.rules);
    free(engine->triggers.always);
    free(engine);
}

void rule_engine_stats(const struct rule_engine *engine, struct rule_engine_stats *stats)
{
    *stats = engine->stats;
}

enum rule_way rule_engine_way(const struct rule_engine *engine, uint32_t atom)
{
    return engine->atoms[atom].way;
}

static bool uses(const struct rule_node *node, uint32_t atom)
{
    if (node->kind == RULE_NODE_ATOM) {
        return node->atom == atom;
    }
    for (size_t i = 0; i < node->child_count; i++) {
        if (uses(node->children[i], atom)) {
            return true;
        }
    }
    return false;
}

size_t rule_engine_faults(const struct rule_engine *engine, size_t rule)
{
    size_t faults = 0;
    if (atomic_load(&engine->faults[engine->regex_count]) == 0) {
        return 0; /* as it mostly is: asked of each rule, looking through all atoms adds up */
    }
    for (uint32_t atom = 0; atom < engine->program->atom_count; atom++) {
        uint32_t regex = engine->atoms[atom].regex;
        size_t of_atom = regex != RULE_NO_REGEX ? atomic_load(&engine->faults[regex]) : 0;
        if (of_atom > 0 && uses(engine->program->rules[rule]->condition, atom)) {
            faults += of_atom;
        }
    }
    return faults;
}
