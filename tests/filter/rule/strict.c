#include "tests/filter/rule/strict.h"

#include <stdlib.h>

#include "filter/base/arena.h"
#include "filter/base/buf.h"
#include "filter/rule/atoms.h"
#include "filter/rule/basis.h"
#include "filter/rule/findings.h"
#include "filter/rule/lists.h"
#include "filter/rule/loader.h"
#include "filter/rule/program.h"
#include "filter/rule/rule.h"
#include "tests/filter/rule/render.h"

enum { ROOM = 1 << 26 };

void strict_must(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void put_rules(struct rule_loader *loader, struct buf *out)
{
    struct rule_program program;
    strict_must(rule_loader_link(loader, NULL) && rule_loader_program(loader, &program));
    for (size_t i = 0; i < program.rule_count; i++) {
        const struct rule *rule = program.rules[i];
        buf_put_hex(out, rule->content.bytes, HASH_BYTES);
        buf_put_hex(out, rule->revision.bytes, HASH_BYTES);
        render_node(&program, rule->condition, out);
        buf_put_char(out, '\n');
    }
    for (size_t i = 0; i < program.atom_count; i++) {
        strict_must(program.atoms[i].field < program.field_count);
        strict_must(program.atoms[i].op == RULE_EXISTS || program.atoms[i].pattern.len > 0);
    }
}

static void put_findings(struct rule_findings *findings, struct buf *out)
{
    rule_findings_sort(findings);
    for (size_t i = 0; i < findings->count; i++) {
        const struct rule_finding *finding = &findings->items[i];
        strict_must(finding->err.message[0] != '\0');
        buf_printf(out, "%u:%u: %s: %s\n", finding->err.line, finding->err.column,
                   finding->is_error ? "error" : "warning", finding->err.message);
    }
}

bool strict_load(struct str yaml, bool has_basis, struct buf *said, struct buf *loaded)
{
    struct rule_findings findings = {.file = "rule.yml"};
    struct arena *arena = arena_new(ROOM), *scratch = arena_new(ROOM);
    struct rule_atoms atoms = {.arena = arena};
    struct rule_lists lists = {.arena = scratch};
    struct rule_basis basis = {.now_ms = 1795478400000, .arena = scratch};
    struct rule_loader loader = {.compiler = {.atoms = &atoms,
                                              .lists = &lists,
                                              .findings = &findings,
                                              .is_strict = has_basis},
                                 .scratch = scratch,
                                 .basis = has_basis ? &basis : NULL};
    strict_must(rule_lists_add(&lists, &findings, STR("list"), STR("satu\ndua\n")));
    strict_must(rule_basis_allow(&basis, &findings, STR("cek.example\tCek\n")));
    bool done = rule_loader_add(&loader, yaml);
    strict_must(done == (findings.errors == 0));
    put_findings(&findings, said);
    put_rules(&loader, loaded);
    rule_loader_fini(&loader);
    rule_basis_fini(&basis);
    rule_lists_fini(&lists);
    rule_atoms_fini(&atoms);
    rule_findings_fini(&findings);
    arena_free(arena);
    arena_free(scratch);
    return done;
}
