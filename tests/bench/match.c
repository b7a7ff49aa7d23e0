/*
 * Matching posts against 1,000, 5,000 and 20,000 generated rules: ours, raw Hyperscan multi-regex
 * (vectorscan, block mode, in byte and in UTF-8 mode) and YARA, one core, the same posts and rules
 * in one run. Three kinds of rules: "match" (mixed, as teams write them), "match-plain" and
 * "match-nasty"; "match-fold" is "match" with our folding of the posts in our time. Everybody else
 * gets the folded text for nothing, and only says which patterns hit, while ours also evaluates
 * conditions and finds the places. "compile" is the time to build ours and theirs.
 *
 * What they say is compared on part of the posts; where it differs, PCRE2 decides who is right. We
 * must be; theirs differ where \w and . mean bytes, and where vectorscan 5.4.9 misses.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <hs/hs.h>
#include <pcre2.h>
#include <stdbool.h>
#include <string.h>
#include <yara.h>

#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/rule/engine.h"
#include "filter/rule/internal.h"
#include "filter/rule/rule.h"
#include "filter/text/view.h"
#include "tests/bench/bench.h"
#include "tests/bench/support/generate.h"

enum {
    ROUNDS = 5,
    RULES_A_FILE = 500,
    POSTS = 10000,
    YARA_POSTS = 400, /* it is far slower */
    COMPARED = 3000,  /* posts on which answers are compared */
    MAX_POST = 1 << 20,
};

/* Hyperscan builds large sets for minutes: left out, and said so, if that seems to take longer. */
static const double most_compile = 40, most_compile_mixed = 240;

struct subject {
    size_t count;
    struct str *raw, *folded; /* texts of the posts */
    size_t bytes;             /* of the folded ones */
};

/* The rules of one kind and number, and ours. */
struct set {
    enum bench_rules kind;
    size_t count;
    struct rule_language *language;
    const struct rule_program *program;
    struct rule_engine *engine;
    struct rule_matcher *matcher;
    double build_s;
    bool *ours; /* which rules match the post at hand */
    bool *theirs, *atoms;
    pcre2_code **codes; /* of atoms, compiled where answers differ */
    size_t differences, misses;
};

static void die(const char *what)
{
    fprintf(stderr, "match: %s\n", what);
    exit(1);
}

static void die_err(const struct err *err)
{
    char message[800];
    die(err_format(err, message, sizeof message));
}

static struct subject read_subject(const struct bench_corpus *corpus)
{
    const struct str *posts;
    struct subject subject = {.count = bench_corpus_posts(corpus, &posts)};
    struct text_fold *fold = text_fold_new(MAX_POST);
    subject.raw = mem_zero(subject.count, sizeof *subject.raw);
    subject.folded = mem_zero(subject.count, sizeof *subject.folded);
    for (size_t i = 0; i < subject.count; i++) {
        struct text_view view;
        struct err err = ERR_NONE;
        text_fold_start(fold);
        if (!text_fold_view(fold, TEXT_FOLDED, posts[i], &view, &err)) {
            die_err(&err);
        }
        char *copy = mem_alloc(view.text.len + 1);
        memcpy(copy, view.text.at, view.text.len);
        subject.raw[i] = posts[i];
        subject.folded[i] = (struct str){.at = copy, .len = view.text.len};
        subject.bytes += view.text.len;
    }
    text_fold_free(fold);
    return subject;
}

static void load(struct set *set, const struct bench_corpus *corpus)
{
    struct buf yaml = BUF_EMPTY;
    struct err err = ERR_NONE;
    set->language = rule_language_new();
    for (size_t i = 0; i < set->count; i++) {
        bench_rule_put(corpus, set->kind, i, &yaml);
        if ((i + 1) % RULES_A_FILE == 0 || i + 1 == set->count) {
            if (!rule_language_add(set->language, "generated.yml", buf_str(&yaml), &err)) {
                die_err(&err);
            }
            buf_clear(&yaml);
        }
    }
    buf_fini(&yaml);
    set->program = rule_language_program(set->language);
    if (set->program == NULL || set->program->rule_count != set->count) {
        die("the generated rules do not load");
    }
    double start = bench_cpu();
    set->engine = rule_engine_build(set->program, &err);
    set->build_s = bench_cpu() - start;
    if (set->engine == NULL) {
        die_err(&err);
    }
    set->matcher = rule_matcher_new();
    set->ours = mem_zero(set->count, sizeof *set->ours);
    set->theirs = mem_zero(set->count, sizeof *set->theirs);
    set->atoms = mem_zero(set->program->atom_count, sizeof *set->atoms);
    set->codes = mem_zero(set->program->atom_count, sizeof(*set->codes));
}

static void unload(struct set *set)
{
    for (size_t i = 0; i < set->program->atom_count; i++) {
        pcre2_code_free(set->codes[i]);
    }
    free((void *)set->codes);
    rule_matcher_free(set->matcher);
    rule_engine_free(set->engine);
    rule_language_free(set->language);
    free(set->ours);
    free(set->theirs);
    free(set->atoms);
}

static struct post post_of(struct str text)
{
    struct post post = POST_EMPTY;
    post.fields[POST_TEXT] = text;
    return post;
}

/* Seconds of ours over all posts: with `run`, and the views alone without. */
static double time_ours(struct set *set, const struct str *posts, size_t count, bool run)
{
    double start = bench_cpu();
    for (size_t i = 0; i < count; i++) {
        struct post post = post_of(posts[i]);
        struct rule_match match = {.hits = NULL};
        struct err err = ERR_NONE;
        if (!rule_engine_prepare(set->engine, set->matcher, &post, &err)) {
            die_err(&err);
        }
        if (run) {
            rule_engine_run(set->matcher, &match);
        }
        bench_keep(&match);
    }
    return bench_cpu() - start;
}

static void match_ours(struct set *set, struct str text)
{
    struct post post = post_of(text);
    struct rule_match match;
    struct err err = ERR_NONE;
    if (!rule_engine_match(set->engine, set->matcher, &post, &match, &err)) {
        die_err(&err);
    }
    for (size_t i = 0, hit = 0; i < set->count; i++) {
        set->ours[i] = hit < match.hit_count && match.hits[hit].rule == set->program->rules[i];
        hit += set->ours[i];
    }
}

/* The text of an atom's letters, without the wildcards around them. */
static struct str letters_of(const struct rule_atom *atom)
{
    struct str pattern = atom->pattern;
    bool is_glob = atom->op == RULE_GLOB;
    return is_glob ? str_part(pattern, 1, pattern.len - 1) : pattern;
}

static void put_escaped(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        buf_printf(out, "\\x%02x", (unsigned char)text.at[i]);
    }
}

/* The atom as a regex for Hyperscan and PCRE2. */
static void put_regex(const struct rule_atom *atom, struct buf *out)
{
    if (atom->op == RULE_REGEX) {
        buf_put_str(out, atom->pattern);
        return;
    }
    buf_put_string(out, atom->op == RULE_WORDS ? "\\b" : "");
    put_escaped(out, letters_of(atom));
    buf_put_string(out, atom->op == RULE_WORDS ? "\\b" : "");
}

/* Whether PCRE2 finds the atom in the folded text. */
static bool is_true(struct set *set, uint32_t atom, struct str text)
{
    const struct rule_atom *source = &set->program->atoms[atom];
    if (set->codes[atom] == NULL) {
        struct buf pattern = BUF_EMPTY;
        int error;
        PCRE2_SIZE at;
        put_regex(source, &pattern);
        set->codes[atom] = pcre2_compile(
            (PCRE2_SPTR)pattern.bytes, pattern.len,
            PCRE2_UTF | PCRE2_UCP | PCRE2_CASELESS | PCRE2_NO_START_OPTIMIZE, &error, &at, NULL);
        buf_fini(&pattern);
        if (set->codes[atom] == NULL) {
            die("PCRE2 cannot compile a generated regex");
        }
    }
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    int result = pcre2_match(set->codes[atom], (PCRE2_SPTR)text.at, text.len, 0, 0, data, NULL);
    pcre2_match_data_free(data);
    return result >= 0;
}

/* The condition, by the atoms that a peer has hit or, if that is NULL, by PCRE2 in the text. */
static bool node_is_true(struct set *set, const struct rule_node *node, const bool *atoms,
                         struct str text)
{
    switch (node->kind) {
    case RULE_NODE_ATOM:
        return atoms != NULL ? atoms[node->atom] : is_true(set, node->atom, text);
    case RULE_NODE_NOT:
        return !node_is_true(set, node->children[0], atoms, text);
    case RULE_NODE_AND:
    case RULE_NODE_OR:
        break;
    }
    bool decides = node->kind == RULE_NODE_OR;
    for (size_t i = 0; i < node->child_count; i++) {
        if (node_is_true(set, node->children[i], atoms, text) == decides) {
            return decides;
        }
    }
    return !decides;
}

/* Compares what they and we say of a post; PCRE2 decides. */
static void compare(struct set *set, struct str folded)
{
    for (size_t i = 0; i < set->count; i++) {
        if (set->ours[i] == set->theirs[i]) {
            continue;
        }
        bool right = node_is_true(set, set->program->rules[i]->condition, NULL, folded);
        if (right != set->ours[i]) {
            die("our answer is wrong: PCRE2 says otherwise");
        }
        set->differences++;
        set->misses += right;
    }
}

static void report_differences(struct set *set, const char *peer)
{
    if (set->differences > 0) {
        printf("# %s, %zu rules: %zu answers differ in %d posts, ours right by PCRE2; it missed "
               "%zu\n",
               peer, set->count, set->differences, (int)COMPARED, set->misses);
    }
    set->differences = set->misses = 0;
}

/* --- Hyperscan --- */

struct hyperscan {
    hs_database_t *database;
    hs_scratch_t *scratch;
    double build_s;
};

static bool build_hyperscan(const struct set *set, unsigned mode_flags, struct hyperscan *out)
{
    size_t count = set->program->atom_count;
    char **patterns = mem_zero(count, sizeof(*patterns));
    unsigned *flags = mem_zero(count, sizeof *flags), *ids = mem_zero(count, sizeof *ids);
    hs_compile_error_t *error = NULL;
    for (size_t i = 0; i < count; i++) {
        struct buf pattern = BUF_EMPTY;
        put_regex(&set->program->atoms[i], &pattern);
        patterns[i] = pattern.bytes;
        flags[i] = HS_FLAG_CASELESS | HS_FLAG_SINGLEMATCH | mode_flags;
        ids[i] = (unsigned)i;
    }
    double start = bench_cpu();
    hs_error_t status = hs_compile_multi((const char *const *)patterns, flags, ids, (unsigned)count,
                                         HS_MODE_BLOCK, NULL, &out->database, &error);
    out->build_s = bench_cpu() - start;
    if (status != HS_SUCCESS) {
        printf("# Hyperscan cannot build %zu rules: %s\n", set->count, error->message);
        hs_free_compile_error(error);
    } else if (hs_alloc_scratch(out->database, &out->scratch) != HS_SUCCESS) {
        die("no scratch for Hyperscan");
    }
    for (size_t i = 0; i < count; i++) {
        free(patterns[i]);
    }
    free((void *)patterns);
    free(flags);
    free(ids);
    return status == HS_SUCCESS;
}

static int on_hit(unsigned int id, unsigned long long from, unsigned long long to,
                  unsigned int flags, void *context)
{
    (void)from;
    (void)to;
    (void)flags;
    ((bool *)context)[id] = true;
    return 0;
}

static double time_hyperscan(const struct hyperscan *peer, const struct subject *subject,
                             bool *atoms)
{
    double start = bench_cpu();
    for (size_t i = 0; i < subject->count; i++) {
        hs_scan(peer->database, subject->folded[i].at, (unsigned)subject->folded[i].len, 0,
                peer->scratch, on_hit, atoms);
    }
    return bench_cpu() - start;
}

static void compare_hyperscan(struct set *set, const struct hyperscan *peer,
                              const struct subject *subject, const char *name)
{
    for (size_t i = 0; i < subject->count && i < COMPARED; i++) {
        match_ours(set, subject->raw[i]);
        memset(set->atoms, 0, set->program->atom_count * sizeof *set->atoms);
        hs_scan(peer->database, subject->folded[i].at, (unsigned)subject->folded[i].len, 0,
                peer->scratch, on_hit, set->atoms);
        for (size_t rule = 0; rule < set->count; rule++) {
            set->theirs[rule] =
                node_is_true(set, set->program->rules[rule]->condition, set->atoms, STR(""));
        }
        compare(set, subject->folded[i]);
    }
    report_differences(set, name);
}

static const char *bench_name(enum bench_rules kind)
{
    static const char *const names[BENCH_KINDS] = {"match-plain", "match", "match-nasty"};
    return names[kind];
}

/* Our seconds for one round of matching, folding included and not. */
struct ours {
    struct bench_rounds matching, all;
};

static void round_of_ours(struct set *set, const struct str *posts, size_t count, struct ours *ours)
{
    double views = time_ours(set, posts, count, false);
    double all = time_ours(set, posts, count, true);
    bench_add(&ours->matching, all - views);
    bench_add(&ours->all, all);
}

static void report(const struct set *set, const char *peer, struct ours *ours,
                   struct bench_rounds *theirs, size_t posts)
{
    double our = (double)posts / bench_median(&ours->matching);
    double with_fold = (double)posts / bench_median(&ours->all);
    double their = (double)posts / bench_median(theirs);
    bench_report(bench_name(set->kind), set->count, peer, our, their, "posts/s", our / their);
    printf("# spread of the rounds: ours %.0f %%, theirs %.0f %%\n",
           100 * bench_spread(&ours->matching), 100 * bench_spread(theirs));
    if (set->kind == BENCH_MIXED) {
        bench_report("match-fold", set->count, peer, with_fold, their, "posts/s",
                     with_fold / their);
    }
}

/* Seconds that the peer took to build, for guessing the next size. */
static double against_hyperscan(struct set *set, const struct subject *subject, const char *name,
                                unsigned flags)
{
    struct hyperscan peer = {.database = NULL};
    struct ours ours = {.all = {.count = 0}};
    struct bench_rounds theirs = {.count = 0};
    if (!build_hyperscan(set, flags, &peer)) {
        return peer.build_s;
    }
    compare_hyperscan(set, &peer, subject, name);
    for (int i = 0; i < ROUNDS; i++) {
        round_of_ours(set, subject->raw, subject->count, &ours);
        bench_add(&theirs, time_hyperscan(&peer, subject, set->atoms));
    }
    report(set, name, &ours, &theirs, subject->count);
    if (set->kind == BENCH_MIXED) {
        bench_report("compile", set->count, name, set->build_s, peer.build_s, "s",
                     peer.build_s / set->build_s);
    }
    hs_free_scratch(peer.scratch);
    hs_free_database(peer.database);
    return peer.build_s;
}

/* --- YARA --- */

/* Without (?: and with its own escapes, which YARA does not know otherwise. */
static void put_yara_regex(struct str pattern, struct buf *out)
{
    for (size_t i = 0; i < pattern.len; i++) {
        if (str_starts(str_part(pattern, i, pattern.len), STR("(?:"))) {
            buf_put_char(out, '(');
            i += 2;
        } else {
            buf_put_string(out, pattern.at[i] == '/' ? "\\" : "");
            buf_put_char(out, pattern.at[i]);
        }
    }
}

/* Collects the strings of a rule and its condition in YARA's words. */
static void put_yara_node(const struct set *set, const struct rule_node *node, struct buf *strings,
                          struct buf *condition)
{
    if (node->kind == RULE_NODE_ATOM) {
        const struct rule_atom *atom = &set->program->atoms[node->atom];
        char name[32];
        snprintf(name, sizeof name, "$a%u ", node->atom);
        buf_put_string(condition, name);
        if (strings->len > 0 && strstr(strings->bytes, name) != NULL) {
            return;
        }
        buf_printf(strings, " %s= ", name);
        if (atom->op == RULE_REGEX) {
            buf_put_char(strings, '/');
            put_yara_regex(atom->pattern, strings);
            buf_put_string(strings, "/ nocase");
        } else {
            buf_put_char(strings, '"');
            put_escaped(strings, letters_of(atom));
            buf_put_string(strings, atom->op == RULE_WORDS ? "\" nocase fullword" : "\" nocase");
        }
        return;
    }
    buf_put_string(condition, node->kind == RULE_NODE_NOT ? "not (" : "(");
    for (size_t i = 0; i < node->child_count; i++) {
        buf_put_string(condition, i == 0 ? "" : node->kind == RULE_NODE_AND ? "and " : "or ");
        put_yara_node(set, node->children[i], strings, condition);
    }
    buf_put_string(condition, ") ");
}

static YR_RULES *build_yara(const struct set *set, double *build_s)
{
    YR_COMPILER *compiler;
    YR_RULES *rules = NULL;
    struct buf text = BUF_EMPTY, strings = BUF_EMPTY, condition = BUF_EMPTY;
    for (size_t i = 0; i < set->count; i++) {
        buf_clear(&strings);
        buf_clear(&condition);
        put_yara_node(set, set->program->rules[i]->condition, &strings, &condition);
        buf_printf(&text, "rule r%zu { strings:%s condition: %s}\n", i, strings.bytes,
                   condition.bytes);
    }
    double start = bench_cpu();
    if (yr_compiler_create(&compiler) != ERROR_SUCCESS ||
        yr_compiler_add_string(compiler, text.bytes, NULL) != 0 ||
        yr_compiler_get_rules(compiler, &rules) != ERROR_SUCCESS) {
        die("YARA cannot compile the rules");
    }
    *build_s = bench_cpu() - start;
    yr_compiler_destroy(compiler);
    buf_fini(&text);
    buf_fini(&strings);
    buf_fini(&condition);
    return rules;
}

static int on_yara(YR_SCAN_CONTEXT *context, int message, void *data, void *user)
{
    (void)context;
    if (message == CALLBACK_MSG_RULE_MATCHING) {
        ((bool *)user)[strtoul(((YR_RULE *)data)->identifier + 1, NULL, 10)] = true;
    }
    return CALLBACK_CONTINUE;
}

static void scan_yara(YR_RULES *rules, struct str text, bool *matching)
{
    if (yr_rules_scan_mem(rules, (const uint8_t *)text.at, text.len,
                          SCAN_FLAGS_FAST_MODE | SCAN_FLAGS_REPORT_RULES_MATCHING, on_yara,
                          matching, 0) != ERROR_SUCCESS) {
        die("YARA failed to scan");
    }
}

static void against_yara(struct set *set, const struct subject *subject)
{
    double build_s;
    YR_RULES *rules = build_yara(set, &build_s);
    struct ours ours = {.all = {.count = 0}};
    struct bench_rounds theirs = {.count = 0};
    size_t posts = subject->count < YARA_POSTS ? subject->count : YARA_POSTS;
    for (size_t i = 0; i < posts; i++) {
        match_ours(set, subject->raw[i]);
        memset(set->theirs, 0, set->count * sizeof *set->theirs);
        scan_yara(rules, subject->folded[i], set->theirs);
        compare(set, subject->folded[i]);
    }
    report_differences(set, "yara");
    for (int i = 0; i < ROUNDS; i++) {
        round_of_ours(set, subject->raw, posts, &ours);
        double start = bench_cpu();
        for (size_t k = 0; k < posts; k++) {
            scan_yara(rules, subject->folded[k], set->theirs);
        }
        bench_add(&theirs, bench_cpu() - start);
    }
    report(set, "yara", &ours, &theirs, posts);
    if (set->kind == BENCH_MIXED) {
        bench_report("compile", set->count, "yara", set->build_s, build_s, "s",
                     build_s / set->build_s);
    }
    yr_rules_destroy(rules);
}

static void show_ours(struct set *set, const struct subject *subject, double *first)
{
    struct rule_engine_stats stats;
    struct ours ours = {.all = {.count = 0}};
    rule_engine_stats(set->engine, &stats);
    (void)time_ours(set, subject->raw, subject->count, true); /* compiles regexes */
    for (int i = 0; i < ROUNDS; i++) {
        round_of_ours(set, subject->raw, subject->count, &ours);
    }
    double ns = bench_median(&ours.matching) / (double)subject->count * 1e9;
    *first = *first > 0 ? *first : ns;
    printf("# %s, %zu rules: %zu atoms (%zu table, %zu literal, %zu automaton, %zu pcre2), %.1f "
           "MiB, %zu looked at always, built in %.3f s; %.0f ns a post, %.2f times the smallest "
           "set's; with folding %.0f ns\n",
           bench_rules_name(set->kind), set->count, stats.atoms, stats.ways[RULE_WAY_TABLE],
           stats.ways[RULE_WAY_LITERAL], stats.ways[RULE_WAY_AUTOMATON], stats.ways[RULE_WAY_PCRE2],
           (double)stats.bytes / (1 << 20), stats.always, set->build_s, ns, ns / *first,
           bench_median(&ours.all) / (double)subject->count * 1e9);
    fflush(stdout);
}

static void bench_kind(enum bench_rules kind, const struct bench_corpus *corpus,
                       const struct subject *subject)
{
    static const size_t sizes[] = {1000, 5000, 20000};
    static const struct {
        const char *name;
        unsigned flags;
    } modes[] = {{"hyperscan-bytes", 0}, {"hyperscan-utf8", HS_FLAG_UTF8}};
    double took[2] = {0, 0}, first = 0;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct set set = {.kind = kind, .count = sizes[i]};
        load(&set, corpus);
        show_ours(&set, subject, &first);
        for (size_t mode = 0; mode < 2; mode++) {
            double guess = i > 0 ? took[mode] * (double)sizes[i] / (double)sizes[i - 1] * 1.5 : 0;
            if (guess > (kind == BENCH_MIXED ? most_compile_mixed : most_compile)) {
                printf("# %s would build %zu rules for about %.0f s: left out\n", modes[mode].name,
                       sizes[i], guess);
                continue;
            }
            took[mode] = against_hyperscan(&set, subject, modes[mode].name, modes[mode].flags);
        }
        if (sizes[i] <= 5000) {
            against_yara(&set, subject);
        }
        unload(&set);
    }
}

int main(void)
{
    struct bench_corpus *corpus = bench_corpus_new(POSTS);
    struct subject subject = read_subject(corpus);
    printf("# %zu posts of %.0f folded bytes, %s\n", subject.count,
           (double)subject.bytes / (double)subject.count,
           bench_corpus_is_real(corpus) ? "from ../shared"
                                        : "generated, as ../shared is not there");
    if (yr_initialize() != ERROR_SUCCESS) {
        die("YARA does not start");
    }
    bench_kind(BENCH_MIXED, corpus, &subject);
    bench_kind(BENCH_PLAIN, corpus, &subject);
    bench_kind(BENCH_NASTY, corpus, &subject);
    yr_finalize();
    for (size_t i = 0; i < subject.count; i++) {
        free((char *)subject.folded[i].at);
    }
    free(subject.raw);
    free(subject.folded);
    bench_corpus_free(corpus);
    return 0;
}
