/* From the documents of rule files to a program. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "filter/base/attr.h"
#include "filter/base/hash.h"
#include "filter/base/str.h"
#include "filter/rule/basis.h"
#include "filter/rule/compiler.h"
#include "filter/rule/correlation.h"
#include "filter/rule/findings.h"
#include "filter/rule/lists.h"
#include "filter/rule/program.h"
#include "filter/rule/rule.h"
#include "filter/rule/sample.h"

struct arena;
struct yaml_node;

struct rule_draft {
    struct rule *rule;                 /* in the loader's arena */
    const struct rule_node *own;       /* its condition without filters, */
    const struct rule_named *searches; /* its searches, */
    struct hash content, document;     /* and its hashes */
    size_t search_count;
    bool is_active;
    struct hash detection; /* two rules of one are one rule too many */
    struct rule_samples tests;
};

/* A condition under which other rules do not match */
struct rule_filter {
    struct rule *head;
    struct str *rules; /* ids or names, as written */
    size_t rule_count;
    const struct rule_node *condition;
    unsigned line, column; /* of `rules` */
};

/* What a load, or the language alone, gathers. */
struct rule_loader {
    struct rule_compiler compiler;  /* its atoms' arena owns rules and all of their text too */
    struct arena *scratch;          /* owns what is needed until the set is loaded: the tests */
    const struct rule_basis *basis; /* NULL: the language alone */
    struct rule_draft *drafts;      /* owned, in the order in which they were read */
    size_t count, room;
    struct rule_filter *filters; /* owned */
    size_t filter_count, filter_room;
    struct rule_correlation **correlations; /* owned; they lie in the atoms' arena */
    size_t correlation_count, correlation_room;
};

/* One document and where its text goes. */
struct rule_reading {
    struct rule_loader *loader;
    struct rule_findings *findings;
    const struct yaml_node *root;
    struct rule *rule;
    bool is_strict;
};

/*
 * Identifies a correlation; of posts (`findings`) it also gets its basis. Those that it
 * names have theirs already. False with findings.
 */
bool rule_correlation_inherit(struct rule_correlation *correlation, struct arena *arena,
                              struct rule_findings *findings);

/* Names the form of the rule that a second person releases, once the rest of it is known. */
void rule_seal(struct rule *rule);

/* What a document says, whatever its layout and comments, … */
struct hash rule_hash_tree(const struct yaml_node *root);

/* … and with the lists that it names: an edit of one changes what its rules find just as much. */
struct hash rule_hash_document(const struct rule_compiler *compiler, const struct yaml_node *root,
                               const struct hash *content);

/* Reads title, id and all else of the document that is not what it finds; false with findings. */
bool rule_head_read(struct rule_reading *in);

/* Reads a document and adds what it is to the loader; false with findings. */
bool rule_document_read(struct rule_loader *loader, const struct yaml_node *root);

/* Whether the text is one of the names, which a NULL ends. */
bool rule_is_one_of(struct str text, const char *const *names);

/* As rule_take, for a text that must be one of `names`. */
bool rule_take_name(struct rule_reading *in, const char *name, const char *must,
                    const char *const *names, struct str *out);

/* Reads a text of the document, copied; `must` makes its absence an error of rules with a basis. */
bool rule_take(struct rule_reading *in, const char *name, const char *must, struct str *out);

/* Copies a text; false with findings if there is no room. */
bool rule_copy(struct rule_reading *in, const struct yaml_node *node, struct str text,
               struct str *out);

/* Reads a list of texts, or one text, each once; false with findings. `what` is for messages. */
bool rule_take_list(struct rule_reading *in, const struct yaml_node *node, const char *what,
                    struct str **out, size_t *count);

/* Reads the part below `filter` or `correlation` and adds it to the loader; false with findings. */
bool rule_filter_read(struct rule_reading *in, const struct yaml_node *node);
bool rule_correlation_read(struct rule_reading *in, const struct yaml_node *node);

/*
 * Looks up the rules that filters and correlations name, once all files are read. With
 * `findings`, false if one is not there or may not be named; without, such are left out.
 */
bool rule_loader_link(struct rule_loader *loader, struct rule_findings *findings);

/*
 * Reads all rules of a file into `loader`. False with findings if any is bad; the others are added
 * all the same, so that everything that is wrong shows in one run.
 */
bool rule_loader_add(struct rule_loader *loader, struct str yaml);

/* The active rules by id and all atoms as a program, in the atoms' arena. */
MUST_CHECK bool rule_loader_program(struct rule_loader *loader, struct rule_program *program);

void rule_loader_fini(struct rule_loader *loader);

struct rule_set_options;

/*
 * Reads lists, allow lists, speech samples and rules of all folders. False with findings if any of
 * it is bad; everything that can be read is.
 */
bool rule_folder_read(const struct rule_set_options *options, struct rule_loader *loader,
                      struct rule_lists *lists, struct rule_basis *basis,
                      struct rule_samples *speech);
