#include <stdlib.h>

#include "filter/base/arena.h"
#include "filter/base/buf.h"
#include "filter/base/hash.h"
#include "filter/base/mem.h"
#include "filter/rule/findings.h"
#include "filter/rule/limits.h"
#include "filter/rule/lists.h"
#include "filter/rule/nearest.h"
#include "filter/text/utf8.h"

void rule_lists_fini(struct rule_lists *lists)
{
    for (struct rule_list *list = lists->first; list != NULL; list = list->next) {
        free(list->values);
        list->values = NULL;
    }
    lists->first = NULL;
}

static struct rule_list *find(const struct rule_lists *lists, struct str name)
{
    struct rule_list *list = lists->first;
    while (list != NULL && !str_equal(list->name, name)) {
        list = list->next;
    }
    return list;
}

const struct rule_list *rule_lists_get(const struct rule_lists *lists, struct str name)
{
    return find(lists, name);
}

const struct rule_list *rule_lists_nearest(const struct rule_lists *lists, struct str name)
{
    const struct rule_list *best = NULL;
    unsigned nearest = (unsigned)(name.len / 2 + 2);
    for (const struct rule_list *list = lists->first; list != NULL; list = list->next) {
        unsigned distance = rule_distance(name, list->name);
        if (distance < nearest) {
            nearest = distance;
            best = list;
        }
    }
    return best;
}

static struct rule_list *find_or_add(struct rule_lists *lists, struct str name)
{
    struct rule_list *list = find(lists, name);
    if (list != NULL) {
        return list;
    }
    list = arena_alloc(lists->arena, sizeof *list);
    const char *copy = arena_copy(lists->arena, name.at, name.len);
    if (list == NULL || copy == NULL) {
        return NULL;
    }
    list->name = (struct str){.at = copy, .len = name.len};
    list->next = lists->first;
    lists->first = list;
    return list;
}

static int compare_values(const void *left, const void *right)
{
    return str_compare(*(const struct str *)left, *(const struct str *)right);
}

static bool add_line(struct rule_lists *lists, struct rule_findings *findings,
                     struct rule_list *list, struct str value, unsigned line)
{
    if (!utf8_is_valid(value) || memchr(value.at, '\0', value.len) != NULL) {
        return rule_fault(findings, line, 1, "not UTF-8 text; save the file as UTF-8");
    }
    if (value.len > RULE_VALUE_MAX) {
        return rule_fault(findings, line, 1, "a line of %zu bytes; at most %d are one value",
                          value.len, (int)RULE_VALUE_MAX);
    }
    if (list->count == RULE_VALUES_MAX) {
        return rule_fault(findings, line, 1, "more than %d values in list '%.*s'; split it",
                          (int)RULE_VALUES_MAX, STR_FORMAT(list->name));
    }
    const char *copy = arena_copy(lists->arena, value.at, value.len);
    if (copy == NULL) {
        return rule_fault(findings, line, 1, "the lists are too large");
    }
    mem_grow(&list->values, &list->room, list->count + 1, sizeof *list->values);
    list->values[list->count++] = (struct str){.at = copy, .len = value.len};
    return true;
}

static void hash_values(struct rule_list *list)
{
    struct buf form = BUF_EMPTY;
    for (size_t i = 0; i < list->count; i++) {
        buf_printf(&form, "%zu:", list->values[i].len);
        buf_put_str(&form, list->values[i]);
    }
    list->hash = hash_sha256(buf_str(&form));
    buf_fini(&form);
}

bool rule_lists_add(struct rule_lists *lists, struct rule_findings *findings, struct str name,
                    struct str text)
{
    struct rule_list *list = find_or_add(lists, name);
    bool done = list != NULL || rule_fault(findings, 0, 0, "the lists are too large");
    struct rule_lines lines = {.text = text};
    struct str line;
    while (done && rule_next_line(&lines, &line)) {
        struct str value = str_trim(line);
        if (value.len > 0 && value.at[0] != '#') {
            done = add_line(lists, findings, list, value, lines.number);
        }
    }
    if (!done || list->count == 0) {
        return done;
    }
    /* In one order and each once, so that the same lists have the same identity. */
    qsort(list->values, list->count, sizeof *list->values, compare_values);
    size_t kept = 1;
    for (size_t i = 1; i < list->count; i++) {
        if (!str_equal(list->values[i], list->values[kept - 1])) {
            list->values[kept++] = list->values[i];
        }
    }
    list->count = kept;
    hash_values(list);
    return true;
}
