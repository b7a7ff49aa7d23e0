#include "filter/rule/checkers.h"

#include <ctype.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>

#include "filter/base/arena.h"
#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/base/mem.h"
#include "filter/rule/basis.h"
#include "filter/rule/findings.h"
#include "filter/rule/lists.h"

/* Checkers of a state are not independent of it, whoever puts them on the list. */
static const char *const state_suffixes[] = {".go.id", ".mil.id", ".desa.id", NULL};

void rule_basis_fini(struct rule_basis *basis)
{
    free(basis->checkers);
    basis->checkers = NULL;
    basis->count = basis->room = 0;
}

/* Ratings that say "false" and nothing less (DESIGN: limit 1). Compared without case and without
 * brackets around. "Misleading", "partly" or "missing context" leave room for opinion. */
static const char *const plainly_false[] = {"salah",       "hoaks", "hoax", "palsu",
                                            "tidak benar", "false", "fake", NULL};

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

struct str rule_https_host(struct str url)
{
    static const size_t start = sizeof "https://" - 1;
    size_t end = start;
    if (!str_starts(url, STR("https://"))) {
        return STR("");
    }
    for (size_t i = start; i < url.len; i++) {
        if ((unsigned char)url.at[i] <= ' ' || url.at[i] == 0x7f) {
            return STR("");
        }
    }
    while (end < url.len && url.at[end] != '/' && url.at[end] != '?' && url.at[end] != '#') {
        end++;
    }
    struct str host = str_part(url, start, end);
    return rule_is_host(host) ? host : STR("");
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

bool rule_rating_is_false(struct str rating)
{
    if (rating.len > 2 && rating.at[0] == '[' && rating.at[rating.len - 1] == ']') {
        rating = str_trim(str_part(rating, 1, rating.len - 1));
    }
    for (const char *const *name = plainly_false; *name != NULL; name++) {
        if (rating.len == strlen(*name) && strncasecmp(rating.at, *name, rating.len) == 0) {
            return true;
        }
    }
    return false;
}

struct rule_checkers {
    struct rule_basis basis;
};

enum { LIST_BYTES_MOST = 16 << 20 };

static bool read_list(struct rule_checkers *checkers, const char *path, struct err *err)
{
    struct rule_findings findings = {.file = path};
    struct buf text = BUF_EMPTY;
    bool done = file_read(path, LIST_BYTES_MOST, &text, err);
    if (done && !rule_basis_allow(&checkers->basis, &findings, buf_str(&text))) {
        done = rule_findings_first(&findings, err);
    }
    rule_findings_fini(&findings);
    buf_fini(&text);
    return done;
}

struct rule_checkers *rule_checkers_load(const char *const *folders, struct err *err)
{
    struct rule_checkers *checkers = mem_zero(1, sizeof *checkers);
    struct buf path = BUF_EMPTY;
    bool done = true;
    checkers->basis.arena = arena_new(LIST_BYTES_MOST);
    for (; done && *folders != NULL; folders++) {
        struct stat about;
        buf_clear(&path);
        buf_printf(&path, "%s/allow/fact-checkers.txt", *folders);
        done = stat(path.bytes, &about) != 0 || read_list(checkers, path.bytes, err);
    }
    buf_fini(&path);
    if (!done) {
        rule_checkers_free(checkers);
        return NULL;
    }
    return checkers;
}

void rule_checkers_free(struct rule_checkers *checkers)
{
    if (checkers != NULL) {
        arena_free(checkers->basis.arena);
        rule_basis_fini(&checkers->basis);
        free(checkers);
    }
}

struct str rule_checkers_of(const struct rule_checkers *checkers, struct str url)
{
    const struct rule_checker *best = NULL;
    struct str host = rule_https_host(url);
    for (size_t i = 0; host.len > 0 && i < checkers->basis.count; i++) {
        const struct rule_checker *one = &checkers->basis.checkers[i];
        if (is_within(host, one->domain) && (best == NULL || one->domain.len > best->domain.len)) {
            best = one;
        }
    }
    return best != NULL ? best->name : STR("");
}
