#include "tests/bench/support/yara.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/bench.h"

/* Without (?: and with its own escapes, which YARA does not know otherwise. */
static void put_yara_regex(struct str pattern, struct buf *out)
{
    for (size_t i = 0; i < pattern.len; i++) {
        if (str_starts(str_part(pattern, i, pattern.len), STR("(?:"))) {
            buf_put_char(out, '(');
            i += 2;
        } else {
            buf_put_string(out, pattern.at[i] == '/' ? "\\" : "");
            buf_put_char(out, pattern.at[i]);
        }
    }
}

/* Collects the strings of a rule and its condition in YARA's words. */
static void put_yara_node(const struct bench_set *set, const struct rule_node *node,
                          struct buf *strings, struct buf *condition)
{
    if (node->kind == RULE_NODE_ATOM) {
        const struct rule_atom *atom = &set->program->atoms[node->atom];
        char name[32];
        snprintf(name, sizeof name, "$a%u ", node->atom);
        buf_put_string(condition, name);
        if (strings->len > 0 && strstr(strings->bytes, name) != NULL) {
            return;
        }
        buf_printf(strings, " %s= ", name);
        if (atom->op == RULE_REGEX) {
            buf_put_char(strings, '/');
            put_yara_regex(atom->pattern, strings);
            buf_put_string(strings, "/ nocase");
        } else {
            buf_put_char(strings, '"');
            bench_put_escaped(strings, bench_atom_letters(atom));
            buf_put_string(strings, atom->op == RULE_WORDS ? "\" nocase fullword" : "\" nocase");
        }
        return;
    }
    buf_put_string(condition, node->kind == RULE_NODE_NOT ? "not (" : "(");
    for (size_t i = 0; i < node->child_count; i++) {
        buf_put_string(condition, i == 0 ? "" : node->kind == RULE_NODE_AND ? "and " : "or ");
        put_yara_node(set, node->children[i], strings, condition);
    }
    buf_put_string(condition, ") ");
}

YR_RULES *bench_yara_build(const struct bench_set *set, double *build_s)
{
    YR_COMPILER *compiler;
    YR_RULES *rules = NULL;
    struct buf text = BUF_EMPTY, strings = BUF_EMPTY, condition = BUF_EMPTY;
    for (size_t i = 0; i < set->count; i++) {
        buf_clear(&strings);
        buf_clear(&condition);
        put_yara_node(set, set->program->rules[i]->condition, &strings, &condition);
        buf_printf(&text, "rule r%zu { strings:%s condition: %s}\n", i, strings.bytes,
                   condition.bytes);
    }
    double start = bench_cpu();
    if (yr_compiler_create(&compiler) != ERROR_SUCCESS ||
        yr_compiler_add_string(compiler, text.bytes, NULL) != 0 ||
        yr_compiler_get_rules(compiler, &rules) != ERROR_SUCCESS) {
        bench_die("YARA cannot compile the rules");
    }
    *build_s = bench_cpu() - start;
    yr_compiler_destroy(compiler);
    buf_fini(&text);
    buf_fini(&strings);
    buf_fini(&condition);
    return rules;
}

static int on_yara(YR_SCAN_CONTEXT *context, int message, void *data, void *user)
{
    (void)context;
    if (message == CALLBACK_MSG_RULE_MATCHING) {
        ((bool *)user)[strtoul(((YR_RULE *)data)->identifier + 1, NULL, 10)] = true;
    }
    return CALLBACK_CONTINUE;
}

void bench_yara_scan(YR_RULES *rules, struct str text, bool *matching)
{
    if (yr_rules_scan_mem(rules, (const uint8_t *)text.at, text.len,
                          SCAN_FLAGS_FAST_MODE | SCAN_FLAGS_REPORT_RULES_MATCHING, on_yara,
                          matching, 0) != ERROR_SUCCESS) {
        bench_die("YARA failed to scan");
    }
}

void bench_yara_compare(struct bench_set *set, YR_RULES *rules, const struct bench_subject *subject,
                        size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bench_set_match(set, subject->raw[i]);
        memset(set->theirs, 0, set->count * sizeof *set->theirs);
        bench_yara_scan(rules, subject->folded[i], set->theirs);
        bench_set_compare(set, subject->folded[i]);
    }
    bench_set_report(set, "yara");
}
