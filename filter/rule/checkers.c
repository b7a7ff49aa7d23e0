/* The fact-checkers whose ratings can carry a rule: allow/fact-checkers.txt. */
#include <ctype.h>
#include <stdlib.h>

#include "filter/base/mem.h"
#include "filter/rule/internal.h"

/* Checkers of a state are not independent of it, whoever puts them on the list. */
static const char *const state_suffixes[] = {".go.id", ".mil.id", ".desa.id", NULL};

void rule_basis_fini(struct rule_basis *basis)
{
    free(basis->checkers);
    basis->checkers = NULL;
    basis->count = basis->room = 0;
}

static bool is_state(struct str domain)
{
    for (const char *const *suffix = state_suffixes; *suffix != NULL; suffix++) {
        if (str_ends(domain, str_of(*suffix)) || str_is(domain, *suffix + 1)) {
            return true;
        }
    }
    return false;
}

bool rule_is_host(struct str text)
{
    bool has_dot = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (!islower((unsigned char)c) && !isdigit((unsigned char)c) && c != '-' && c != '.') {
            return false;
        }
        has_dot = has_dot || (c == '.' && i > 0 && i + 1 < text.len);
    }
    return has_dot;
}

static bool allow_line(struct rule_basis *basis, struct rule_findings *findings, struct str line,
                       unsigned number)
{
    const char *tab = memchr(line.at, '\t', line.len);
    size_t end = tab != NULL ? (size_t)(tab - line.at) : line.len;
    struct str domain = str_trim(str_part(line, 0, end));
    struct str name = tab != NULL ? str_trim(str_part(line, end + 1, line.len)) : STR("");
    if (!rule_is_host(domain) || name.len == 0) {
        return rule_fault(findings, number, 1,
                          "a line is a domain in lower case, one tab and the publisher's name, as "
                          "in tempo.co<tab>Tempo");
    }
    if (is_state(domain)) {
        return rule_fault(
            findings, number, 1,
            "'%.*s' belongs to a state; only independent fact-checkers can stand here",
            STR_FORMAT(rule_shown(domain)));
    }
    const char *domain_copy = arena_copy(basis->arena, domain.at, domain.len);
    const char *name_copy = arena_copy(basis->arena, name.at, name.len);
    if (domain_copy == NULL || name_copy == NULL) {
        return rule_fault(findings, number, 1, "the allow lists are too large");
    }
    mem_grow(&basis->checkers, &basis->room, basis->count + 1, sizeof *basis->checkers);
    basis->checkers[basis->count++] =
        (struct rule_checker){.domain = {.at = domain_copy, .len = domain.len},
                              .name = {.at = name_copy, .len = name.len}};
    return true;
}

bool rule_basis_allow(struct rule_basis *basis, struct rule_findings *findings, struct str text)
{
    bool done = true;
    struct rule_lines lines = {.text = text};
    struct str line;
    while (rule_next_line(&lines, &line)) {
        line = str_trim(line);
        if (line.len > 0 && line.at[0] != '#') {
            done = allow_line(basis, findings, line, lines.number) && done;
        }
    }
    return done;
}

static bool is_within(struct str host, struct str domain)
{
    return str_equal(host, domain) ||
           (str_ends(host, domain) && host.at[host.len - domain.len - 1] == '.');
}

bool rule_basis_allows(const struct rule_basis *basis, struct str publisher, struct str host,
                       struct str *site)
{
    *site = STR("");
    for (size_t i = 0; i < basis->count; i++) {
        if (str_equal(basis->checkers[i].name, publisher)) {
            *site = basis->checkers[i].domain;
            if (is_within(host, *site)) {
                return true;
            }
        }
    }
    return false;
}
