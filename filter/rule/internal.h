/* What the files of the rule language share: from YAML documents to atoms and conditions. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/arena.h"
#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/hash.h"
#include "filter/base/post.h"
#include "filter/base/yaml.h"
#include "filter/rule/correlation.h"
#include "filter/rule/program.h"
#include "filter/rule/rule.h"

enum {
    RULE_FILE_MAX = 1 << 20,     /* bytes of one rule file */
    RULE_VALUE_MAX = 4096,       /* bytes of one value, of one regex, of one line of a list */
    RULE_VALUES_MAX = 100000,    /* values that one item may expand to; lines of one list */
    RULE_NODES_MAX = 500000,     /* of one condition with all it refers to written out */
    RULE_CONDITION_MAX = 16384,  /* bytes */
    RULE_CONDITION_DEEPEST = 64, /* nested brackets and nots */
    RULE_SEARCHES_MAX = 1024,    /* search identifiers of one rule */
};

/*
 * findings.c
 * Errors and warnings as they are found; one part that fails does not hide what is wrong with the
 * next. Kept up to a bound, counted beyond it.
 */
struct rule_finding {
    struct err err;
    bool is_error;
};

struct rule_findings {
    struct rule_finding *items; /* owned */
    size_t count, room;
    size_t errors, warnings;
    size_t slow;      /* of the warnings: regexes that may be slow, or match no letters at all */
    const char *file; /* what is being read now */
};

void rule_findings_fini(struct rule_findings *findings);

/* Adds an error at a place of the current file and returns false. */
bool rule_fault(struct rule_findings *findings, unsigned line, unsigned column, const char *format,
                ...) PRINTF_LIKE(4, 5);

/* Adds a warning. */
void rule_warn(struct rule_findings *findings, unsigned line, unsigned column, const char *format,
               ...) PRINTF_LIKE(4, 5);

/* Adds `err` (in the current file, unless it names one) as an error and returns false. */
bool rule_fault_err(struct rule_findings *findings, const struct err *err);

/* By file, line and column. */
void rule_findings_sort(struct rule_findings *findings);

/* The first error of sorted findings, into `err`; false, so that failing is one line. */
bool rule_findings_first(const struct rule_findings *findings, struct err *err);

/* As much of a value as a message shows, cut between code points. */
struct str rule_shown(struct str value);

/* lines.c */
struct rule_lines {
    struct str text;
    size_t at;
    unsigned number; /* of the line that was read last, from 1 */
};

/* The next line, without its '\n'; false at the end. */
bool rule_next_line(struct rule_lines *lines, struct str *line);

/* The text without a byte order mark. */
struct str rule_without_mark(struct str text);

/* nearest.c: "did you mean" */

/* How many letters must be put, taken or changed to make one of the other; 99 for long words. */
unsigned rule_distance(struct str a, struct str b);

/* The name most like `word`, of a list that NULL ends; NULL if none is like it at all. */
const char *rule_nearest(struct str word, const char *const *names);

/* lists.c: the values that %NAME% stands for */
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

/* atoms.c: fields and atoms, each once, and nodes over them */
struct rule_atoms {
    struct arena *arena; /* owns patterns and nodes */
    struct rule_atom *items;
    size_t count, room;
    uint32_t *table; /* open addressing, index + 1; a power of two slots */
    size_t slots;
    struct str *fields;
    size_t field_count, field_room;
};

void rule_atoms_fini(struct rule_atoms *atoms);

/* The index of field `name`, which is copied. False if the arena is full. */
MUST_CHECK bool rule_atoms_field(struct rule_atoms *atoms, struct str name, uint32_t *index);

/* The index of an equal atom, or of a new one; `atom->pattern` must lie in the arena. */
uint32_t rule_atoms_intern(struct rule_atoms *atoms, const struct rule_atom *atom);

/* A condition and how many nodes it has when everything it refers to is written out. */
struct rule_part {
    const struct rule_node *node;
    size_t size;
};

/* Parts being gathered for one AND or OR. */
struct rule_parts {
    struct rule_part *items; /* owned */
    size_t count, room;
};

void rule_parts_put(struct rule_parts *parts, struct rule_part part);
void rule_parts_fini(struct rule_parts *parts);

/* Nodes in `arena`; false if it is full or the part would pass RULE_NODES_MAX. */
MUST_CHECK bool rule_node_atom(struct arena *arena, uint32_t atom, struct rule_part *out);
MUST_CHECK bool rule_node_not(struct arena *arena, struct rule_part child, struct rule_part *out);

/* AND or OR of at least one part; of exactly one it is that part itself. */
MUST_CHECK bool rule_node_join(struct arena *arena, enum rule_node_kind kind,
                               const struct rule_parts *parts, struct rule_part *out);

/* What `node` says when `truth(context, i)` says whether atom i is true. */
bool rule_node_true(const struct rule_node *node, bool (*truth)(const void *context, uint32_t atom),
                    const void *context);

/* key.c: `field|modifier|modifier` */
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

/* value.c: one value of a rule, with its escapes and wildcards, as patterns */

/*
 * `glob` for text without case (text_caseless), in `arena`. False if that is full.
 */
MUST_CHECK bool rule_value_caseless(struct str glob, struct arena *arena, struct str *pattern);

/* Reads Sigma's escapes: wildcards become RULE_ANY_RUN and RULE_ANY_ONE. Appends to `out`. */
void rule_value_unescape(struct str text, struct buf *out);

/*
 * The pattern of a RULE_GLOB, its literals folded for `view`, in `arena`. `glob` has wildcards as
 * above. False with `err`.
 */
MUST_CHECK bool rule_value_fold(enum text_view_kind view, struct str glob, struct arena *arena,
                                struct str *pattern, struct err *err);

/*
 * dropped.c: appends how to write now what stood behind a condition's '|' in Sigma 1, counted over
 * `timeframe` ("": not said).
 */
void rule_dropped_aggregation(struct str text, struct str timeframe, struct buf *out);

/* encode.c: values written another way */
struct rule_texts {
    struct buf *items; /* owned */
    size_t count, room;
};

void rule_texts_put(struct rule_texts *texts, struct str text);
void rule_texts_fini(struct rule_texts *texts);

/* Appends what the key's windash, utf16 and base64 modifiers make of `glob`. */
MUST_CHECK bool rule_encode(const struct rule_key *key, struct str glob, struct rule_texts *out,
                            struct err *err);

/* attack.c: texts on which a regex could explode */
enum { RULE_ATTACKS_MAX = 16 };

struct rule_attack {
    struct buf front, pump; /* the text is `front`, then `pump` many times */
    bool is_nested;         /* a repeat in a repeat; else only long */
};

struct rule_attacks {
    struct rule_attack items[RULE_ATTACKS_MAX];
    size_t count;
};

/* False if the regex has something that rules may not use: calls, verbs, \K. */
MUST_CHECK bool rule_attacks_find(struct str pattern, unsigned flags, struct rule_attacks *attacks,
                                  struct err *err);
void rule_attacks_fini(struct rule_attacks *attacks);

/* regex.c */

/* PCRE2's compile options for a RULE_REGEX with these flags: every compile uses them. */
uint32_t rule_regex_options(unsigned flags);

/*
 * Whether it compiles and is not too large; where it is tried, also that it cannot explode, which
 * is measured and takes a tenth of a second where it does. `*warning` is set if it can match no
 * letters and, where that is tried (some 15 ms if so), if it may be slow.
 */
enum rule_regex_trial { RULE_NOT_TRIED, RULE_TRIED_EXPLODING, RULE_TRIED_SLOW_TOO };
MUST_CHECK bool rule_regex_check(struct str pattern, unsigned flags, enum rule_regex_trial trial,
                                 struct err *warning, struct err *err);

/*
 * Sets `*warning` at a word of the pattern that folding for `view` changes, so that it can never be
 * there (a regex is matched as written). What is folded to find out lies in `arena`.
 */
void rule_regex_check_view(struct str pattern, enum text_view_kind view, struct arena *arena,
                           struct err *warning);

/* item.c, atom_event.c, detection.c, condition.c, lint.c */
struct rule_compiler {
    struct rule_atoms *atoms;
    const struct rule_lists *lists;
    struct rule_findings *findings;
    struct str source;    /* the file's bytes: messages count columns in it */
    bool is_strict;       /* rules of saring, with a basis; else the language library alone */
    bool reads_events;    /* any fields and no views but the raw one; else posts */
    bool may_read_author; /* of the rule being compiled: fraud only (limit 5) */
};

struct rule_search {
    struct str name;
    unsigned line, column;
    struct rule_part part; /* its node is NULL if it has errors */
    bool is_used;
};

struct rule_searches {
    struct rule_search *items; /* owned */
    size_t count, room;
    struct str timeframe; /* of Sigma 1: "" if there is none */
};

void rule_searches_fini(struct rule_searches *searches);

/* Adds the error that there is no room and returns false. */
bool rule_fault_full(const struct rule_compiler *compiler, const struct yaml_node *node);

/* An atom as one more of `parts`; its pattern lies in the atoms' arena. False with findings. */
bool rule_item_put(struct rule_compiler *compiler, const struct yaml_node *node,
                   const struct rule_atom *atom, struct rule_parts *parts);

/* Adds the error that `value`, of `node` or of a list that it names, is wrong; returns false. */
bool rule_item_fail(struct rule_compiler *compiler, const struct yaml_node *node, struct str value,
                    const struct err *err);

/*
 * A text without placeholders as atoms among `parts`, encoded first if the key says so. False with
 * findings.
 */
bool rule_item_text(struct rule_compiler *compiler, const struct rule_key *key, uint32_t field,
                    const struct yaml_node *node, struct str value, struct rule_parts *parts);

/*
 * The text of `node` as atoms among `parts`, once for each value of the list that a %name% in it
 * names; as it is if it names none. False with findings.
 */
bool rule_expand(struct rule_compiler *compiler, const struct rule_key *key, uint32_t field,
                 const struct yaml_node *node, struct rule_parts *parts);

/* Whether the key compares in a way that only events know: numbers, dates, other fields, ranges. */
bool rule_event_compares(const struct rule_key *key);

/* A value of such a key as an atom of `parts`; false with findings. */
bool rule_event_atom(struct rule_compiler *compiler, const struct rule_key *key, uint32_t field,
                     const struct yaml_node *node, struct str value, struct rule_parts *parts);

/* The flags (enum rule_event_flag) of the atoms that a value becomes. */
unsigned rule_event_flags(const struct rule_key *key, const struct yaml_node *node);

/* `field|modifiers: value or list` as a part; false with findings. */
bool rule_item_compile(struct rule_compiler *compiler, const struct rule_key *key,
                       const struct yaml_node *node, struct rule_part *out);

/*
 * All search identifiers below `detection`, but its key `besides` (NULL: none); false with
 * findings, going on after each.
 */
bool rule_detection_compile(struct rule_compiler *compiler, const struct yaml_node *detection,
                            const char *besides, struct rule_searches *out);

/* The condition below `detection`, a text or a list of them; false with findings. */
bool rule_condition_compile(struct rule_compiler *compiler, const struct yaml_node *detection,
                            struct rule_searches *searches, const struct rule_node **out);

/* Warns of search identifiers that the condition does not use. */
void rule_lint_unused(struct rule_compiler *compiler, const struct rule_searches *searches);

/* Finds a tree over searches that is always or never true; false if it is always true. */
bool rule_lint_table(struct rule_compiler *compiler, const struct rule_searches *searches,
                     const struct yaml_node *node, const struct rule_node *tree);

/* Finds a condition that is true of a post in which nothing of the rule is found. */
void rule_lint_negation(struct rule_compiler *compiler, const struct yaml_node *node,
                        const struct rule_node *tree);

/* overlap.c: whether wherever `narrow` is true `wide` is too, as far as it can be seen. */
bool rule_atom_is_needless(const struct rule_atom *narrow, const struct rule_atom *wide);
/* Warns of rules that are nearly one. */
void rule_lint_twins(const struct rule_program *program, struct rule_findings *findings);

/* sample.c: posts that a rule must or must not match */
struct rule_sample {
    struct post post; /* its text lies in the loader's scratch arena */
    bool must_match;
    const char *file;
    unsigned line, column;
    struct str id; /* of a speech sample */
};

struct rule_samples {
    struct rule_sample *items; /* owned */
    size_t count, room;
};

void rule_samples_fini(struct rule_samples *samples);

/* Reads `tests:` of a rule, texts copied into `arena`. False with findings. */
bool rule_samples_read(const struct yaml_node *tests, struct arena *arena,
                       struct rule_findings *findings, struct rule_samples *out);

/* speech.c: posts that no rule may match */

/* Reads an NDJSON file of posts {"id", "text", …}, texts copied into `arena`. */
bool rule_speech_read(struct str ndjson, struct arena *arena, struct rule_findings *findings,
                      struct rule_samples *out);

/* A file of rules/speech that was built in; false past the last. */
struct rule_speech_file {
    const char *path;
    struct str ndjson;
};
bool rule_speech_built_in(size_t index, struct rule_speech_file *file);

/* checkers.c, evidence.c, basis.c: limit 1, what a rule rests on */
struct rule_checker {
    struct str domain, name;
};

struct rule_basis {
    int64_t now_ms;
    struct arena *arena;           /* owns the checkers' text */
    struct rule_checker *checkers; /* owned: the fact-checkers whose ratings count */
    size_t count, room;
};

void rule_basis_fini(struct rule_basis *basis);

/* Adds the lines of an allow/fact-checkers.txt: domain, tab, name. False with findings. */
bool rule_basis_allow(struct rule_basis *basis, struct rule_findings *findings, struct str text);

/*
 * Whether `host` is a site of the checker `publisher`; else `*site` is one of its sites, "" if it
 * is not on the list at all.
 */
bool rule_basis_allows(const struct rule_basis *basis, struct str publisher, struct str host,
                       struct str *site);

/* Whether the text is a host name in lower case with a dot in it. */
bool rule_is_host(struct str text);

/*
 * The host of "https://host/…" as browsers show it; "" if it is anything else. No port, no user:
 * evidence is a public page that people open.
 */
struct str rule_https_host(struct str url);

/* What evidence of a class is called: "official", "fact", "claimreview". */
const char *rule_evidence_type(enum rule_class class);

/* Reads one piece of evidence, texts into `arena`; false with findings. */
bool rule_evidence_read(const struct rule_basis *basis, const struct yaml_node *node,
                        enum rule_class class, struct arena *arena, struct rule_findings *findings,
                        struct rule_evidence *out);

/* The time under `name`, which must be there. */
bool rule_evidence_time(const struct yaml_node *map, const char *name, struct arena *arena,
                        struct rule_findings *findings, int64_t *out);

/* Reads `basis:` into `rule`, texts into `arena`; `*is_active` turns false if it has run out. */
bool rule_basis_read(const struct rule_basis *basis, const struct yaml_node *node,
                     struct arena *arena, struct rule_findings *findings, struct rule *rule,
                     bool *is_active);

/* A hash that changes with what a case rests on, and with nothing else. */
struct hash rule_basis_hash(const struct rule *rule);

/* document.c, hashes.c, take.c, head.c, loader.c: a rule's document */
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

/* filters.c: a condition under which other rules do not match */
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
 * inherit.c: identifies a correlation; of posts (`findings`) it also gets its basis. Those that it
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
 * links.c: looks up the rules that filters and correlations name, once all files are read. With
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

/* folder.c: what lies in the folders of a set */
struct rule_set_options;

/*
 * Reads lists, allow lists, speech samples and rules of all folders. False with findings if any of
 * it is bad; everything that can be read is.
 */
bool rule_folder_read(const struct rule_set_options *options, struct rule_loader *loader,
                      struct rule_lists *lists, struct rule_basis *basis,
                      struct rule_samples *speech);

/* trial.c: the rules against their tests and the speech samples */
struct rule_engine;
struct rule_trial {
    const struct rule_set_options *options;
    const struct rule_program *program;
    const struct rule_engine *engine;
    struct rule_findings *findings;
};

/* False with findings if a test fails. */
bool rule_trial_tests(const struct rule_trial *trial, const struct rule_draft *drafts,
                      size_t count);

/* Warns of search identifiers that are true in no inline test of their rule. */
void rule_trial_searches(const struct rule_trial *trial, const struct rule_draft *drafts,
                         size_t count);

/*
 * False with findings if any rule matches any of the samples: as it is, with the same words as its
 * title, or from whatever source and in whatever language suits the rule. Nor may it run into a
 * limit on one, for then nobody knows whether it matches.
 */
bool rule_trial_speech(const struct rule_trial *trial, const struct rule_samples *speech);

/* anywhere.c: the rules that ask for a source, author or language, as if every one suited them */
struct rule_anywhere;

/* False with findings if one of them asks for nothing else. Always makes `*out`. */
bool rule_anywhere_make(const struct rule_program *program, struct rule_findings *findings,
                        struct rule_anywhere **out);
const struct rule_program *rule_anywhere_program(const struct rule_anywhere *all);
const struct rule *rule_anywhere_original(const struct rule_anywhere *all, const struct rule *copy);
void rule_anywhere_free(struct rule_anywhere *all); /* NULL is fine */

/* language.c: the language library alone, for tests and benches: no basis, no samples. */
struct rule_language;

MUST_CHECK struct rule_language *rule_language_new(void);

/* The same for rules that read events (judge.h): plain Sigma, as other evaluators have it. */
MUST_CHECK struct rule_language *rule_language_new_for_events(void);

void rule_language_free(struct rule_language *language); /* NULL is fine */

/* Adds values of %name%, one a line; the text is copied. */
MUST_CHECK bool rule_language_list(struct rule_language *language, const char *name,
                                   struct str text, struct err *err);

/* Adds the rules of a YAML text; `file` is for messages and must stand as long as the language. */
MUST_CHECK bool rule_language_add(struct rule_language *language, const char *file, struct str yaml,
                                  struct err *err);

/* All that was added; stands until the next call or the language is freed. NULL: too large. */
MUST_CHECK const struct rule_program *rule_language_program(struct rule_language *language);
