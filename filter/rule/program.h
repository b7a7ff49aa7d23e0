/*
 * What rules say, ready for an engine: atoms that test one field, and each rule's condition as a
 * tree over them. The language (detection.c, condition.c) writes it, the engine and the naive
 * evaluator of the tests read it. Immutable once loaded; all of it lies in one arena.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "filter/base/str.h"
#include "filter/text/view.h"

/* How an atom's pattern is read. */
enum rule_op {
    RULE_GLOB,   /* the whole value; RULE_ANY_RUN and RULE_ANY_ONE are the wildcards */
    RULE_WORDS,  /* whole words in a row stand somewhere in the value (word: letters, digits, _) */
    RULE_REGEX,  /* a PCRE2 pattern (UTF, UCP) is found somewhere in the value */
    RULE_EXISTS, /* the field has a value; `pattern` is "true" or "false" */
    RULE_CIDR,   /* the whole value is an address in the range `pattern` (cidr.h) */

    /* Of rules that read events (judge.h), which have more kinds of values than posts. */
    RULE_NULL,    /* the field is absent, null or an empty list; `pattern` is "null" */
    RULE_COMPARE, /* enum rule_relation and enum rule_date_part in `flags`, a number in `pattern` */
    RULE_FIELDREF, /* as the field `pattern` of the same event; enum rule_fieldref in `flags` */
};

/* Wildcards inside a RULE_GLOB pattern: bytes that valid UTF-8 never has. */
#define RULE_ANY_RUN '\xff' /* Sigma's '*': any run of characters */
#define RULE_ANY_ONE '\xfe' /* Sigma's '?': any one character */

/* Flags of a RULE_REGEX (Sigma: re|i, re|m, re|s). */
enum rule_regex_flag { RULE_REGEX_I = 1, RULE_REGEX_M = 2, RULE_REGEX_S = 4 };

/*
 * Flags of the others in rules that read events. Those match the raw view; without case, pattern
 * (already so) and value are as text_caseless makes them.
 */
enum rule_event_flag {
    RULE_CASELESS = 8,
    RULE_IS_NUMBER = 16, /* of a RULE_GLOB: against a number it is compared as one */
};

/* How a RULE_COMPARE compares, in the lowest bits of its flags, … */
enum rule_relation { RULE_EQUAL, RULE_LESS, RULE_AT_MOST, RULE_MORE, RULE_AT_LEAST };
#define RULE_RELATION(flags) ((enum rule_relation)((flags)&7))

/* … and what of a date, above them; RULE_WHOLE: the field is a number. */
enum rule_date_part {
    RULE_WHOLE,
    RULE_MINUTE,
    RULE_HOUR,
    RULE_DAY,
    RULE_WEEK, /* ISO 8601 */
    RULE_MONTH,
    RULE_YEAR,
};
#define RULE_DATE_PART(flags) ((enum rule_date_part)((flags) >> 4 & 7))

/* What a RULE_FIELDREF's field must do with the other one; none: be equal to it. */
enum rule_fieldref { RULE_REF_CONTAINS = 1, RULE_REF_STARTS = 2, RULE_REF_ENDS = 4 };

/*
 * Equal atoms (all five parts) exist once in a program. A field with several values (text is the
 * post's title and its text; link.* has one per link) satisfies an atom if any value does; an
 * absent or empty field has no value, and only RULE_EXISTS "false" is true of it.
 */
struct rule_atom {
    uint32_t field;           /* index into program->fields */
    enum text_view_kind view; /* the pattern is already folded for it (not a regex) */
    enum rule_op op;
    unsigned flags; /* enum rule_regex_flag */
    struct str pattern;
};

enum rule_node_kind { RULE_NODE_ATOM, RULE_NODE_AND, RULE_NODE_OR, RULE_NODE_NOT };

/* A condition's node. `1 of`, `all of` and lists are already spelled out as OR and AND. */
struct rule_node {
    enum rule_node_kind kind;
    uint32_t atom;                     /* of RULE_NODE_ATOM: index into program->atoms */
    const struct rule_node **children; /* of AND, OR (at least 1), NOT (exactly 1) */
    size_t child_count;
};

struct rule; /* filter/rule/rule.h */
struct rule_correlation;

struct rule_program {
    const struct str *fields; /* names as rules write them: "text", "link.domain" */
    size_t field_count;
    const struct rule_atom *atoms;
    size_t atom_count;
    const struct rule *const *rules; /* active ones, in order of their id */
    size_t rule_count;
    const struct rule_correlation *const *correlations; /* by id; correlation.h */
    size_t correlation_count;
};

/* Rules and correlations alike, as people name and release them: the rules come first. */
size_t rule_program_heads(const struct rule_program *program);
const struct rule *rule_program_head(const struct rule_program *program, size_t index);

/* Where the rule or correlation `id` is among them; their number if it is not active. */
size_t rule_program_place(const struct rule_program *program, struct str id);

/* The rule or correlation `id`, which its document has; NULL if it is not active. */
const struct rule *rule_program_find(const struct rule_program *program, struct str id);
