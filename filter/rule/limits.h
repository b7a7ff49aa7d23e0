/* How large the parts of rules may be. */
#pragma once

enum {
    RULE_FILE_MAX = 1 << 20,     /* bytes of one rule file */
    RULE_VALUE_MAX = 4096,       /* bytes of one value, of one regex, of one line of a list */
    RULE_VALUES_MAX = 100000,    /* values that one item may expand to; lines of one list */
    RULE_NODES_MAX = 500000,     /* of one condition with all it refers to written out */
    RULE_CONDITION_MAX = 16384,  /* bytes */
    RULE_CONDITION_DEEPEST = 64, /* nested brackets and nots */
    RULE_SEARCHES_MAX = 1024,    /* search identifiers of one rule */
};
