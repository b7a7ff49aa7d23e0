#include "filter/casebook/mentions.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/casebook/case.h"
#include "filter/casebook/evidence.h"
#include "filter/casebook/internal.h"
#include "filter/casebook/sql.h"
#include "filter/casebook/tally.h"
#include "filter/text/view.h"

/* A form of a rule that opened cases, with the pairs that it names. */
struct form {
    struct str rule_id;
    struct hash revision;
    uint64_t by_rule, by_claim;
    size_t rule;   /* its place among the rules */
    size_t claim;  /* the first of its claims; the others follow */
    size_t claims; /* how many */
};

struct counting {
    struct casebook *casebook;
    struct arena *arena;
    const struct casebook_pair *pairs;
    size_t pair_count;
    struct str *words; /* folded, of all pairs in order */
    struct casebook_mentions *out;
    struct form *forms; /* in order of rule and revision */
    size_t form_count, form_room;
    struct casebook_named *rules, *claims;
    int64_t *rule_case, *claim_case; /* the last case that was counted for each */
    size_t *same;                    /* of each claim: the first that is the same */
    size_t rule_count, rule_room, claim_count, claim_room;
    struct err *err;
};

static bool is_word_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c == '_' ||
           (unsigned char)c >= 0x80;
}

bool casebook_mentions_word(struct str text, struct str word)
{
    for (size_t at = 0; word.len > 0 && at + word.len <= text.len;) {
        const char *found = memmem(text.at + at, text.len - at, word.at, word.len);
        if (found == NULL) {
            return false;
        }
        size_t start = (size_t)(found - text.at), end = start + word.len;
        if ((start == 0 || !is_word_byte(text.at[start - 1])) &&
            (end == text.len || !is_word_byte(text.at[end]))) {
            return true;
        }
        at = start + 1;
    }
    return false;
}

static bool fold_words(struct counting *in)
{
    size_t count = 0, at = 0;
    for (size_t i = 0; i < in->pair_count; i++) {
        count += in->pairs[i].word_count;
    }
    in->words = mem_zero(count + 1, sizeof *in->words);
    for (size_t i = 0; i < in->pair_count; i++) {
        for (size_t k = 0; k < in->pairs[i].word_count; k++) {
            if (!text_fold_literal(TEXT_FOLDED, in->pairs[i].words[k], in->arena, &in->words[at++],
                                   in->err)) {
                return false;
            }
        }
    }
    return true;
}

/* Adds the pairs that a text names. */
static bool find_pairs(struct counting *in, struct str text, uint64_t *pairs)
{
    struct str folded;
    size_t at = 0;
    if (text.len == 0) {
        return true;
    }
    if (!text_fold_literal(TEXT_FOLDED, text, in->arena, &folded, in->err)) {
        return false;
    }
    for (size_t i = 0; i < in->pair_count; i++) {
        for (size_t k = 0; k < in->pairs[i].word_count; k++, at++) {
            if (casebook_mentions_word(folded, in->words[at])) {
                *pairs |= (uint64_t)1 << i;
            }
        }
    }
    return true;
}

static bool add_claim(struct counting *in, struct form *form, enum rule_class class,
                      const struct rule_evidence *evidence)
{
    uint64_t pairs = 0;
    if (evidence->claim.len == 0) {
        return true;
    }
    if (!find_pairs(in, evidence->claim, &pairs)) {
        return false;
    }
    form->by_claim |= pairs;
    form->claims++;
    mem_grow(&in->claims, &in->claim_room, in->claim_count + 1, sizeof *in->claims);
    in->claims[in->claim_count++] =
        (struct casebook_named){.claim = evidence->claim, /* in the arena already */
                                .publisher = evidence->publisher,
                                .url = evidence->url,
                                .class = class,
                                .pairs = pairs};
    return true;
}

/* Revisions of a rule count as one rule: the newest title stands for it. */
static size_t place_rule(struct counting *in, struct str rule_id, struct str title,
                         enum rule_class class)
{
    size_t last = in->rule_count;
    if (last == 0 || !str_equal(in->rules[last - 1].rule_id, rule_id)) {
        mem_grow(&in->rules, &in->rule_room, in->rule_count + 1, sizeof *in->rules);
        in->rules[in->rule_count++] =
            (struct casebook_named){.rule_id = casebook_keep(in->arena, rule_id), .class = class};
    }
    in->rules[in->rule_count - 1].title = casebook_keep(in->arena, title);
    return in->rule_count - 1;
}

static bool add_form(struct counting *in, sqlite3_stmt *row)
{
    const struct rule_evidence *evidence;
    size_t count;
    enum rule_class class;
    if (!rule_class_parse(casebook_sql_text(row, 5), &class)) {
        return casebook_sql_error(in->casebook, SQLITE_CORRUPT, in->err);
    }
    struct form form = {
        .rule_id = casebook_keep(in->arena, casebook_sql_text(row, 0)),
        .revision = casebook_sql_hash(row, 1),
        .rule = place_rule(in, casebook_sql_text(row, 0), casebook_sql_text(row, 2), class),
        .claim = in->claim_count};
    if (!find_pairs(in, casebook_sql_text(row, 2), &form.by_rule) ||
        !find_pairs(in, casebook_sql_text(row, 3), &form.by_rule) ||
        !casebook_evidence_read(in->arena, casebook_sql_text(row, 4), &evidence, &count, in->err)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (!add_claim(in, &form, class, &evidence[i])) {
            return false;
        }
    }
    in->rules[form.rule].pairs |= form.by_rule;
    mem_grow(&in->forms, &in->form_room, in->form_count + 1, sizeof *in->forms);
    in->forms[in->form_count++] = form;
    return true;
}

static bool read_forms(struct counting *in)
{
    bool done = true;
    sqlite3_stmt *statement = casebook_sql(
        in->casebook, in->err,
        "SELECT case_rules.rule_id, case_rules.revision, title, description, evidence, class,"
        " max(case_id) FROM case_rules JOIN cases ON cases.id = case_id"
        " GROUP BY case_rules.rule_id, case_rules.revision ORDER BY 1, 2",
        "");
    enum casebook_step step = SQL_FAILED;
    while (done && statement != NULL &&
           (step = casebook_sql_step(in->casebook, statement, in->err)) == SQL_ROW) {
        done = add_form(in, statement);
    }
    casebook_sql_done(statement);
    return done && step == SQL_END;
}

static const struct form *find_form(const struct counting *in, struct str rule_id,
                                    const struct hash *revision)
{
    size_t low = 0, high = in->form_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_compare(in->forms[middle].rule_id, rule_id);
        order =
            order != 0 ? order : memcmp(&in->forms[middle].revision, revision, sizeof *revision);
        if (order == 0) {
            return &in->forms[middle];
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

static void count_named(struct casebook_named *named, int64_t *last, int64_t case_id)
{
    if (*last != case_id) {
        *last = case_id;
        named->cases++;
    }
}

static void end_case(struct counting *in, uint64_t by_claim, uint64_t by_rule)
{
    in->out->cases++;
    in->out->none += (by_claim | by_rule) == 0;
    for (size_t i = 0; i < in->pair_count; i++) {
        uint64_t bit = (uint64_t)1 << i;
        in->out->pairs[i].cases += ((by_claim | by_rule) & bit) != 0;
        in->out->pairs[i].by_claim += (by_claim & bit) != 0;
        in->out->pairs[i].by_rule += (by_rule & bit) != 0;
    }
}

static bool read_cases(struct counting *in)
{
    int64_t before = 0;
    uint64_t by_claim = 0, by_rule = 0;
    sqlite3_stmt *statement = casebook_sql(
        in->casebook, in->err,
        "SELECT case_id, case_rules.rule_id, case_rules.revision FROM case_rules JOIN cases ON"
        " cases.id = case_id WHERE opened_ms < ?1 ORDER BY case_id",
        "i", in->out->until_ms);
    enum casebook_step step = SQL_FAILED;
    while (statement != NULL &&
           (step = casebook_sql_step(in->casebook, statement, in->err)) == SQL_ROW) {
        int64_t case_id = casebook_sql_int(statement, 0);
        struct hash revision = casebook_sql_hash(statement, 2);
        const struct form *form = find_form(in, casebook_sql_text(statement, 1), &revision);
        if (before != 0 && before != case_id) {
            end_case(in, by_claim, by_rule);
            by_claim = by_rule = 0;
        }
        before = case_id;
        if (form == NULL) {
            continue;
        }
        by_claim |= form->by_claim;
        by_rule |= form->by_rule;
        count_named(&in->rules[form->rule], &in->rule_case[form->rule], case_id);
        for (size_t i = form->claim; i < form->claim + form->claims; i++) {
            size_t at = in->same[i];
            count_named(&in->claims[at], &in->claim_case[at], case_id);
        }
    }
    casebook_sql_done(statement);
    if (before != 0) {
        end_case(in, by_claim, by_rule);
    }
    return step == SQL_END;
}

static int by_claim_text(const void *one, const void *other)
{
    const struct casebook_named *a = one, *b = other;
    int order = str_compare(a->url, b->url);
    return order != 0 ? order : str_compare(a->claim, b->claim);
}

/* What is few sorts behind all that is told, by name, so that its order tells nothing either. */
static int by_cases(const void *one, const void *other)
{
    const struct casebook_named *a = one, *b = other;
    if (a->cases != b->cases) {
        return a->cases < b->cases ? 1 : -1;
    }
    int order = str_compare(a->rule_id, b->rule_id);
    return order != 0 ? order : by_claim_text(one, other);
}

static int by_claim_place(const void *one, const void *other)
{
    const struct casebook_named *const *a = one, *const *b = other;
    int order = by_claim_text(*a, *b);
    return order != 0 ? order : (*a > *b) - (*a < *b);
}

/* Several rules, or revisions of one, may rest on one claim: the first of these is counted. */
static void find_same(struct counting *in)
{
    struct casebook_named **sorted = mem_zero(in->claim_count + 1, sizeof *sorted);
    in->same = mem_zero(in->claim_count + 1, sizeof *in->same);
    for (size_t i = 0; i < in->claim_count; i++) {
        sorted[i] = &in->claims[i];
    }
    qsort(sorted, in->claim_count, sizeof(struct casebook_named *), by_claim_place);
    for (size_t i = 0; i < in->claim_count; i++) {
        bool is_first = i == 0 || by_claim_text(sorted[i - 1], sorted[i]) != 0;
        size_t at = (size_t)(sorted[i] - in->claims);
        in->same[at] = is_first ? at : in->same[sorted[i - 1] - in->claims];
    }
    free(sorted);
}

static void drop_same(struct counting *in)
{
    size_t kept = 0;
    for (size_t i = 0; i < in->claim_count; i++) {
        if (in->same[i] == i) {
            in->claims[kept++] = in->claims[i];
        }
    }
    in->claim_count = kept;
}

static bool give(struct counting *in, struct casebook_named *all, size_t count,
                 const struct casebook_named **out, size_t *out_count)
{
    for (size_t i = 0; i < count; i++) {
        all[i].cases = all[i].cases >= MENTIONS_FEW ? all[i].cases : 0;
    }
    if (count > 0) {
        qsort(all, count, sizeof *all, by_cases);
    }
    struct casebook_named *copy = arena_array(in->arena, count + 1, sizeof *copy);
    if (copy == NULL) {
        return err_set(in->err, "there are more rules than fit");
    }
    if (count > 0) {
        memcpy(copy, all, count * sizeof *copy);
    }
    *out = copy;
    *out_count = count;
    return true;
}

bool casebook_mentions(struct casebook *casebook, const struct casebook_pair *pairs,
                       size_t pair_count, struct arena *arena, struct casebook_mentions *out,
                       struct err *err)
{
    struct counting in = {.casebook = casebook,
                          .arena = arena,
                          .pairs = pairs,
                          .pair_count = pair_count,
                          .out = out,
                          .err = err};
    memset(out, 0, sizeof *out);
    out->until_ms = casebook_tally_week(clock_now_ms(casebook->clock));
    bool done = fold_words(&in) && read_forms(&in);
    if (done) {
        in.rule_case = mem_zero(in.rule_count + 1, sizeof *in.rule_case);
        in.claim_case = mem_zero(in.claim_count + 1, sizeof *in.claim_case);
        find_same(&in);
        done = read_cases(&in);
        drop_same(&in);
        done = done && give(&in, in.rules, in.rule_count, &out->rules, &out->rule_count) &&
               give(&in, in.claims, in.claim_count, &out->claims, &out->claim_count);
    }
    free(in.words);
    free(in.forms);
    free(in.rules);
    free(in.claims);
    free(in.rule_case);
    free(in.claim_case);
    free(in.same);
    return done;
}
