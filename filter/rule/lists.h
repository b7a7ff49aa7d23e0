/* Word lists, and the lines of text files. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "filter/base/hash.h"
#include "filter/base/str.h"
#include "filter/rule/findings.h"

struct arena;

struct rule_lines {
    struct str text;
    size_t at;
    unsigned number; /* of the line that was read last, from 1 */
};

/* The next line, without its '\n'; false at the end. */
bool rule_next_line(struct rule_lines *lines, struct str *line);

/* The text without a byte order mark. */
struct str rule_without_mark(struct str text);

/* The values that %NAME% stands for. */
struct rule_list {
    struct str name;
    struct str *values; /* each once, in byte order */
    size_t count, room;
    struct hash hash; /* of the values */
    struct rule_list *next;
};

struct rule_lists {
    struct arena *arena; /* owns all of it but the arrays */
    struct rule_list *first;
};

void rule_lists_fini(struct rule_lists *lists);

/*
 * Adds the lines of a list file: one value each, '#' starts a comment line. Lists of the same name
 * are joined. False, with findings, if a line is bad.
 */
bool rule_lists_add(struct rule_lists *lists, struct rule_findings *findings, struct str name,
                    struct str text);

/* NULL if there is none. */
const struct rule_list *rule_lists_get(const struct rule_lists *lists, struct str name);

/* The list whose name is most like `name`; NULL if there are none. */
const struct rule_list *rule_lists_nearest(const struct rule_lists *lists, struct str name);
