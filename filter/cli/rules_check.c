#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/casebook/addressees.h"
#include "filter/cli/cli.h"
#include "filter/cli/rules.h"
#include "filter/cli/terminal.h"
#include "filter/rule/engine.h"

static const char *const ways[RULE_WAYS] = {
    [RULE_WAY_TABLE] = "table", [RULE_WAY_LITERAL] = "literal",
    [RULE_WAY_RUN] = "run",     [RULE_WAY_AUTOMATON] = "automaton",
    [RULE_WAY_PCRE2] = "pcre2", [RULE_WAY_DEMAND] = "demand",
};

/* Why an atom costs time on every post, not only where something was found. */
static const char *slowness(enum rule_way way)
{
    switch (way) {
    case RULE_WAY_AUTOMATON:
        return "agak lambat/rather slow: no text that must be there, so every post is searched; "
               "name one beside it, as 'klik' in '(klik|buka) …'";
    case RULE_WAY_PCRE2:
        return "lambat/slow: no text that must be there and a construct that only PCRE2 knows, so "
               "it runs on every post; write it without look-around or back reference";
    case RULE_WAY_TABLE:
    case RULE_WAY_LITERAL:
    case RULE_WAY_RUN:
    case RULE_WAY_DEMAND:
    case RULE_WAYS:
        break;
    }
    return NULL;
}

struct slow {
    const struct rule_set *set;
    bool *is_told; /* by atom */
    size_t count;
    bool is_json;
};

static void tell(struct slow *slow, const struct rule *rule, uint32_t index)
{
    const struct rule_atom *atom = &rule_set_program(slow->set)->atoms[index];
    const char *why = slowness(rule_engine_way(rule_set_engine(slow->set), index));
    if (why == NULL || slow->is_told[index]) {
        return;
    }
    slow->is_told[index] = true;
    slow->count++;
    struct buf text = BUF_EMPTY;
    buf_put_string(&text, why);
    buf_put_string(&text, ": '");
    for (size_t i = 0; i < atom->pattern.len && i < 80; i++) {
        char c = atom->pattern.at[i];
        buf_put_char(&text, c == RULE_ANY_RUN ? '*' : c == RULE_ANY_ONE ? '?' : c);
    }
    buf_put_char(&text, '\'');
    struct err err = ERR_NONE;
    err_set_at(&err, rule->line, 0, "%.*s", STR_FORMAT(buf_str(&text)));
    err_in_file(&err, rule->file.at);
    rules_report(&(struct rules_report){.is_json = slow->is_json}, false, &err);
    buf_fini(&text);
}

/* As deep as conditions nest. NOLINTNEXTLINE(misc-no-recursion) */
static void tell_below(struct slow *slow, const struct rule *rule, const struct rule_node *node)
{
    if (node->kind == RULE_NODE_ATOM) {
        tell(slow, rule, node->atom);
    }
    for (size_t i = 0; i < node->child_count; i++) {
        tell_below(slow, rule, node->children[i]);
    }
}

static size_t tell_slow(const struct rule_set *set, bool is_json)
{
    const struct rule_program *program = rule_set_program(set);
    struct slow slow = {.set = set, .is_json = is_json};
    slow.is_told = mem_zero(program->atom_count, sizeof *slow.is_told);
    for (size_t i = 0; i < program->rule_count; i++) {
        tell_below(&slow, program->rules[i], program->rules[i]->condition);
    }
    free(slow.is_told);
    return slow.count;
}

static void print_counts(const struct rule_set *set, size_t slow, bool is_json)
{
    struct rule_set_counts counts;
    struct rule_engine_stats stats;
    struct buf out = BUF_EMPTY;
    rule_set_counts(set, &counts);
    rule_engine_stats(rule_set_engine(set), &stats);
    if (is_json) {
        buf_printf(&out, "{\"ruleset\":\"%s\",\"rules\":%zu,\"inactive\":%zu", rule_set_id(set),
                   counts.rules, counts.inactive);
        buf_printf(&out, ",\"tests\":%zu,\"speech\":%zu,\"lists\":%zu,\"warnings\":%zu",
                   counts.tests, counts.speech, counts.lists, counts.warnings);
        buf_printf(&out, ",\"atoms\":%zu,\"slow\":%zu,\"ways\":{", counts.atoms, slow);
        for (size_t way = 0; way < RULE_WAYS; way++) {
            buf_printf(&out, "%s\"%s\":%zu", way > 0 ? "," : "", ways[way], stats.ways[way]);
        }
        buf_put_string(&out, "}}");
    } else {
        buf_printf(&out,
                   "%zu aturan/rules (%zu tidak aktif/inactive), %zu tes/tests, %zu pos yang harus "
                   "lolos/speech samples\n",
                   counts.rules, counts.inactive, counts.tests, counts.speech);
        buf_printf(&out,
                   "%zu pola/patterns (%zu lambat/slow), %zu daftar/lists, %zu "
                   "peringatan/warnings; set %s",
                   counts.atoms, slow, counts.lists, counts.warnings, rule_set_id(set));
    }
    puts(out.bytes);
    buf_fini(&out);
}

/* A folder that is not there is no answer about rules. */
static bool are_there(const char *const *folders, struct err *err)
{
    for (; *folders != NULL; folders++) {
        struct stat about;
        if (stat(*folders, &about) == 0 && !S_ISDIR(about.st_mode)) {
            err_set(err, "ini berkas; beri foldernya / is a file; name its folder");
            return err_in_file(err, *folders);
        }
        if (access(*folders, R_OK | X_OK) != 0) {
            err_set(err, "tidak ada folder ini / cannot be read as a folder: %s", strerror(errno));
            return err_in_file(err, *folders);
        }
    }
    return true;
}

int rules_check(int argc, char **argv)
{
    struct rules_report report = {.is_json = false};
    const struct cli_option options[] = {{"json", CLI_FLAG, &report.is_json},
                                         {NULL, CLI_FLAG, NULL}};
    struct cli_words words, defaults;
    struct err err = ERR_NONE;
    if (!cli_options_read(options, argc, argv, &words, &err)) {
        return rules_cannot(&err);
    }
    struct rule_set_options load = {.folders = rules_folders(&words, &defaults),
                                    .clock = clock_system(),
                                    .lints = true,
                                    .report = rules_report,
                                    .context = &report};
    if (!are_there(load.folders, &err)) {
        return rules_cannot(&err);
    }
    struct casebook_addressees *addressees = casebook_addressees_load(load.folders, &err);
    if (addressees == NULL) {
        rules_report(&report, true, &err);
        err = ERR_NONE;
    }
    struct rule_set *set = rule_set_load(&load, &err);
    bool is_fine = set != NULL && addressees != NULL;
    casebook_addressees_free(addressees);
    if (!is_fine) {
        rule_set_unref(set);
        fprintf(stderr, "%zu galat/errors, %zu peringatan/warnings\n", report.errors,
                report.warnings);
        return CLI_NO;
    }
    print_counts(set, tell_slow(set, report.is_json), report.is_json);
    rule_set_unref(set);
    return CLI_FINE;
}
