/* The keys of a detection: `field|modifier|modifier`. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "filter/base/str.h"
#include "filter/rule/findings.h"
#include "filter/text/view.h"

struct yaml_node;

#define RULE_MODIFIERS(X)                                                                          \
    X(CONTAINS, "contains")                                                                        \
    X(STARTSWITH, "startswith")                                                                    \
    X(ENDSWITH, "endswith")                                                                        \
    X(ALL, "all")                                                                                  \
    X(RE, "re")                                                                                    \
    X(I, "i")                                                                                      \
    X(M, "m")                                                                                      \
    X(S, "s")                                                                                      \
    X(CASED, "cased")                                                                              \
    X(EXPAND, "expand")                                                                            \
    X(EXISTS, "exists")                                                                            \
    X(NEQ, "neq")                                                                                  \
    X(WINDASH, "windash")                                                                          \
    X(WIDE, "wide")                                                                                \
    X(UTF16LE, "utf16le")                                                                          \
    X(UTF16BE, "utf16be")                                                                          \
    X(UTF16, "utf16")                                                                              \
    X(BASE64, "base64")                                                                            \
    X(BASE64OFFSET, "base64offset")                                                                \
    X(CIDR, "cidr")                                                                                \
    X(WORDS, "words")                                                                              \
    X(SKELETON, "skeleton")                                                                        \
    X(LT, "lt")                                                                                    \
    X(LTE, "lte")                                                                                  \
    X(GT, "gt")                                                                                    \
    X(GTE, "gte")                                                                                  \
    X(FIELDREF, "fieldref")                                                                        \
    X(MINUTE, "minute")                                                                            \
    X(HOUR, "hour")                                                                                \
    X(DAY, "day")                                                                                  \
    X(WEEK, "week")                                                                                \
    X(MONTH, "month")                                                                              \
    X(YEAR, "year")

enum rule_modifier {
#define X(constant, name) RULE_MODIFIER_##constant,
    RULE_MODIFIERS(X)
#undef X
        RULE_MODIFIER_COUNT
};

struct rule_key {
    struct str field; /* "" of keywords */
    uint64_t modifiers;
    bool is_wide_last; /* UTF-16 is made of the base64, not the other way round */
    unsigned line, column;
};

static inline bool rule_key_has(const struct rule_key *key, enum rule_modifier modifier)
{
    return (key->modifiers >> modifier & 1) != 0;
}

/* Reads and checks a key of a rule for posts, or for events; false with findings. */
bool rule_key_parse(const struct yaml_node *node, bool reads_events, struct rule_findings *findings,
                    struct rule_key *key);

/* Which view the key's values are matched in (DESIGN: the rule language). */
enum text_view_kind rule_key_view(const struct rule_key *key);
