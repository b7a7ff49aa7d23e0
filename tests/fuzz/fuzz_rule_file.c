/*
 * A rule file of any bytes loads or says what is wrong with it. What loads means the same when it
 * is read again: the same atoms and conditions, the same hashes.
 */
#include <stdlib.h>

#include "filter/base/err.h"
#include "filter/base/hash.h"
#include "filter/rule/internal.h"
#include "tests/filter/rule/render.h"
#include "tests/fuzz/fuzz.h"

/* Regexes are tried for explosions, so more of them than this is only slow. */
enum { MAX_INPUT = 4096, ROOM = 1 << 26 };

struct outcome {
    bool done;
    struct buf text; /* findings and conditions */
};

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void put_rules(struct rule_loader *loader, struct buf *out)
{
    struct rule_program program;
    must(rule_loader_program(loader, &program));
    for (size_t i = 0; i < program.rule_count; i++) {
        const struct rule *rule = program.rules[i];
        buf_put_hex(out, rule->content.bytes, HASH_BYTES);
        buf_put_hex(out, rule->revision.bytes, HASH_BYTES);
        render_node(&program, rule->condition, out);
        buf_put_char(out, '\n');
    }
    for (size_t i = 0; i < program.atom_count; i++) {
        must(program.atoms[i].field < program.field_count);
        must(program.atoms[i].op == RULE_EXISTS || program.atoms[i].pattern.len > 0);
    }
}

static struct outcome load(struct str yaml, bool has_basis)
{
    struct outcome outcome = {.text = BUF_EMPTY};
    struct rule_findings findings = {.file = "fuzz.yml"};
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
    must(rule_lists_add(&lists, &findings, STR("list"), STR("satu\ndua\n")));
    must(rule_basis_allow(&basis, &findings, STR("cek.example\tCek\n")));
    outcome.done = rule_loader_add(&loader, yaml);
    must(outcome.done == (findings.errors == 0));
    rule_findings_sort(&findings);
    for (size_t i = 0; i < findings.count; i++) {
        must(findings.items[i].err.message[0] != '\0');
        buf_printf(&outcome.text, "%u:%u:%s\n", findings.items[i].err.line,
                   findings.items[i].err.column, findings.items[i].err.message);
    }
    put_rules(&loader, &outcome.text);
    rule_loader_fini(&loader);
    rule_basis_fini(&basis);
    rule_lists_fini(&lists);
    rule_atoms_fini(&atoms);
    rule_findings_fini(&findings);
    arena_free(arena);
    arena_free(scratch);
    return outcome;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str yaml = {.at = (const char *)data, .len = size};
    if (size > MAX_INPUT) {
        return 0;
    }
    struct outcome once = load(yaml, true), again = load(yaml, true), plain = load(yaml, false);
    must(once.done == again.done && str_equal(buf_str(&once.text), buf_str(&again.text)));
    /* What a basis makes sound is sound without one: strictness only takes away. */
    must(!once.done || plain.done);
    buf_fini(&once.text);
    buf_fini(&again.text);
    buf_fini(&plain.text);
    return 0;
}
