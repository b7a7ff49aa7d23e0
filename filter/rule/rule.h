/* One loaded rule: what people and the casebook need to know of it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/hash.h"
#include "filter/base/str.h"

/* The classes; there is no fourth (DESIGN: limit 1). X(constant, name in rule files) */
#define RULE_CLASSES(X)                                                                            \
    X(RULE_FRAUD, "fraud")                                                                         \
    X(RULE_PROCEDURE, "procedure")                                                                 \
    X(RULE_CLAIM, "claim")

enum rule_class {
#define X(constant, name) constant,
    RULE_CLASSES(X)
#undef X
};

/* "fraud", … */
const char *rule_class_name(enum rule_class class);

/* Reads such a name; false if it is none of them. */
bool rule_class_parse(struct str name, enum rule_class *class);

/* One piece of evidence of a rule's basis; fields that its class does not have are empty. */
struct rule_evidence {
    struct str url, publisher;
    int64_t published_ms;                  /* official, fact */
    struct str impersonates;               /* official */
    int64_t valid_from_ms, valid_until_ms; /* fact */
    struct str sha256;                     /* fact: of the document, lower-case hexadecimal */
    struct str claim, rating;              /* claimreview */
    int64_t rated_ms;                      /* claimreview */
};

struct rule_node; /* filter/rule/program.h */

/* A search identifier and the part of the condition that it stands for. */
struct rule_named {
    struct str name;
    const struct rule_node *node;
};

/* What kind of events a rule is about; "" is any. */
struct rule_logsource {
    struct str category, product, service;
};

/* All text is owned by the set that holds the rule. */
struct rule {
    struct str id, name, title, description, level, status, file;
    struct rule_logsource logsource;
    unsigned line; /* of the document in `file` */
    enum rule_class class;
    const struct rule_evidence *evidence;
    size_t evidence_count;
    int64_t expires_ms;
    struct hash revision; /* of class and evidence: an edit of the detection alone keeps it */
    struct hash content;  /* of the whole document as parsed */
    struct hash document; /* of that and of the lists that it names */
    struct hash release;  /* rule_release of it: what a second person releases */
    const struct rule_node *condition;
    const struct rule_named *searches; /* those that the condition uses, as written */
    size_t search_count;
};
