#include <stdlib.h>

#include "filter/base/arena.h"
#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/rule/atoms.h"
#include "filter/rule/findings.h"
#include "filter/rule/language.h"
#include "filter/rule/lists.h"
#include "filter/rule/loader.h"
#include "filter/rule/program.h"

enum { PROGRAM_MAX = 1 << 30 };

struct rule_language {
    struct arena *arena, *scratch;
    struct rule_atoms atoms;
    struct rule_lists lists;
    struct rule_loader loader;
    struct rule_program program;
};

struct rule_language *rule_language_new(void)
{
    struct rule_language *language = mem_zero(1, sizeof *language);
    language->arena = arena_new(PROGRAM_MAX);
    language->scratch = arena_new(PROGRAM_MAX);
    language->atoms.arena = language->arena;
    language->lists.arena = language->arena;
    language->loader =
        (struct rule_loader){.compiler = {.atoms = &language->atoms, .lists = &language->lists},
                             .scratch = language->scratch};
    return language;
}

struct rule_language *rule_language_new_for_events(void)
{
    struct rule_language *language = rule_language_new();
    language->loader.compiler.reads_events = true;
    return language;
}

void rule_language_free(struct rule_language *language)
{
    if (language == NULL) {
        return;
    }
    rule_loader_fini(&language->loader);
    rule_lists_fini(&language->lists);
    rule_atoms_fini(&language->atoms);
    arena_free(language->arena);
    arena_free(language->scratch);
    free(language);
}

bool rule_language_list(struct rule_language *language, const char *name, struct str text,
                        struct err *err)
{
    struct rule_findings findings = {.file = name};
    bool done = rule_lists_add(&language->lists, &findings, str_of(name), text) ||
                rule_findings_first(&findings, err);
    rule_findings_fini(&findings);
    return done;
}

bool rule_language_add(struct rule_language *language, const char *file, struct str yaml,
                       struct err *err)
{
    struct rule_findings findings = {.file = file};
    language->loader.compiler.findings = &findings;
    bool done = rule_loader_add(&language->loader, yaml) || rule_findings_first(&findings, err);
    language->loader.compiler.findings = NULL;
    rule_findings_fini(&findings);
    return done;
}

const struct rule_program *rule_language_program(struct rule_language *language)
{
    return rule_loader_link(&language->loader, NULL) &&
                   rule_loader_program(&language->loader, &language->program)
               ? &language->program
               : NULL;
}
