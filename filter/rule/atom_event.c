/* Atoms that only rules for events have. */
#include "filter/base/arena.h"
#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/yaml.h"
#include "filter/rule/atoms.h"
#include "filter/rule/cidr.h"
#include "filter/rule/compiler.h"
#include "filter/rule/findings.h"
#include "filter/rule/key.h"
#include "filter/rule/number.h"
#include "filter/rule/program.h"

static const struct {
    enum rule_modifier modifier;
    enum rule_relation relation;
} relations[] = {{RULE_MODIFIER_LT, RULE_LESS},
                 {RULE_MODIFIER_LTE, RULE_AT_MOST},
                 {RULE_MODIFIER_GT, RULE_MORE},
                 {RULE_MODIFIER_GTE, RULE_AT_LEAST}};

static const struct {
    enum rule_modifier modifier;
    enum rule_date_part part;
} parts_of_dates[] = {
    {RULE_MODIFIER_MINUTE, RULE_MINUTE}, {RULE_MODIFIER_HOUR, RULE_HOUR},
    {RULE_MODIFIER_DAY, RULE_DAY},       {RULE_MODIFIER_WEEK, RULE_WEEK},
    {RULE_MODIFIER_MONTH, RULE_MONTH},   {RULE_MODIFIER_YEAR, RULE_YEAR},
};

enum {
    RELATIONS = sizeof relations / sizeof *relations,
    PARTS = sizeof parts_of_dates / sizeof *parts_of_dates,
};

static enum rule_relation relation_of(const struct rule_key *key)
{
    for (size_t i = 0; i < RELATIONS; i++) {
        if (rule_key_has(key, relations[i].modifier)) {
            return relations[i].relation;
        }
    }
    return RULE_EQUAL;
}

static enum rule_date_part part_of(const struct rule_key *key)
{
    for (size_t i = 0; i < PARTS; i++) {
        if (rule_key_has(key, parts_of_dates[i].modifier)) {
            return parts_of_dates[i].part;
        }
    }
    return RULE_WHOLE;
}

static bool is_comparison(const struct rule_key *key)
{
    return relation_of(key) != RULE_EQUAL || part_of(key) != RULE_WHOLE;
}

bool rule_event_compares(const struct rule_key *key)
{
    return is_comparison(key) || rule_key_has(key, RULE_MODIFIER_FIELDREF) ||
           rule_key_has(key, RULE_MODIFIER_CIDR);
}

unsigned rule_event_flags(const struct rule_key *key, const struct yaml_node *node)
{
    static const enum rule_modifier rewriting[] = {
        RULE_MODIFIER_CONTAINS, RULE_MODIFIER_STARTSWITH, RULE_MODIFIER_ENDSWITH,
        RULE_MODIFIER_WORDS,    RULE_MODIFIER_BASE64,     RULE_MODIFIER_BASE64OFFSET,
        RULE_MODIFIER_WIDE,     RULE_MODIFIER_UTF16,      RULE_MODIFIER_UTF16LE,
        RULE_MODIFIER_UTF16BE,  RULE_MODIFIER_WINDASH,    RULE_MODIFIER_EXPAND};
    long double number;
    bool is_number = (node->type == YAML_INT || node->type == YAML_FLOAT) && key->field.len > 0 &&
                     rule_number_parse(node->text, &number);
    for (size_t i = 0; i < sizeof rewriting / sizeof *rewriting; i++) {
        is_number = is_number && !rule_key_has(key, rewriting[i]);
    }
    return (rule_key_has(key, RULE_MODIFIER_CASED) ? 0U : (unsigned)RULE_CASELESS) |
           (is_number ? (unsigned)RULE_IS_NUMBER : 0U);
}

static bool check_number(struct rule_compiler *compiler, const struct rule_key *key,
                         const struct yaml_node *node, struct str value)
{
    static const struct {
        long double least, most;
    } bounds[] = {
        [RULE_MINUTE] = {0, 59}, [RULE_HOUR] = {0, 23},  [RULE_DAY] = {1, 31},
        [RULE_WEEK] = {1, 53},   [RULE_MONTH] = {1, 12}, [RULE_YEAR] = {0, 9999},
    };
    struct err err = ERR_NONE;
    long double number;
    enum rule_date_part part = part_of(key);
    if (!rule_number_parse(value, &number)) {
        err_set(&err, "not a number; write one, as 10");
        return rule_item_fail(compiler, node, value, &err);
    }
    if (part != RULE_WHOLE && (number < bounds[part].least || number > bounds[part].most)) {
        err_set(&err, "such a part of a date is a number from %d to %d", (int)bounds[part].least,
                (int)bounds[part].most);
        return rule_item_fail(compiler, node, value, &err);
    }
    return true;
}

static unsigned reference_flags(const struct rule_key *key)
{
    return (rule_key_has(key, RULE_MODIFIER_CONTAINS)     ? (unsigned)RULE_REF_CONTAINS
            : rule_key_has(key, RULE_MODIFIER_STARTSWITH) ? (unsigned)RULE_REF_STARTS
            : rule_key_has(key, RULE_MODIFIER_ENDSWITH)   ? (unsigned)RULE_REF_ENDS
                                                          : 0U) |
           (rule_key_has(key, RULE_MODIFIER_CASED) ? 0U : (unsigned)RULE_CASELESS);
}

static bool make_atom(struct rule_compiler *compiler, const struct rule_key *key,
                      const struct yaml_node *node, struct str value, struct rule_atom *atom)
{
    struct err err = ERR_NONE;
    struct rule_cidr range;
    uint32_t other;
    if (rule_key_has(key, RULE_MODIFIER_CIDR)) {
        atom->op = RULE_CIDR;
        return rule_cidr_parse(value, &range, &err) || rule_item_fail(compiler, node, value, &err);
    }
    if (rule_key_has(key, RULE_MODIFIER_FIELDREF)) {
        atom->op = RULE_FIELDREF;
        atom->flags = reference_flags(key);
        if (value.len == 0) {
            err_set(&err, "'fieldref' needs the name of another field");
            return rule_item_fail(compiler, node, value, &err);
        }
        return rule_atoms_field(compiler->atoms, value, &other) || rule_fault_full(compiler, node);
    }
    atom->op = RULE_COMPARE;
    atom->flags = (unsigned)relation_of(key) | (unsigned)part_of(key) << 4;
    return check_number(compiler, key, node, value);
}

bool rule_event_atom(struct rule_compiler *compiler, const struct rule_key *key, uint32_t field,
                     const struct yaml_node *node, struct str value, struct rule_parts *parts)
{
    struct rule_atom atom = {.field = field, .view = TEXT_RAW};
    if (key->field.len == 0) {
        return rule_fault(compiler->findings, key->line, key->column,
                          "keywords are texts; name a field before the modifier");
    }
    if (!make_atom(compiler, key, node, value, &atom)) {
        return false;
    }
    atom.pattern.at = arena_copy(compiler->atoms->arena, value.at, value.len);
    atom.pattern.len = value.len;
    return atom.pattern.at != NULL ? rule_item_put(compiler, node, &atom, parts)
                                   : rule_fault_full(compiler, node);
}
