/* Rule sets: what folders make of one, its identity, its time, and the limits on what loads. */
#include <ftw.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/base/hash.h"
#include "filter/base/post.h"
#include "filter/rule/match.h"
#include "filter/rule/rule.h"
#include "filter/rule/sample.h"
#include "filter/rule/set.h"
#include "tests/filter/test.h"

static const int64_t now_ms = 1795478400000; /* 2026-11-24 */

static const char good[] =
    "title: Contoh\n"
    "id: 00000000-0000-4000-8000-000000000001\n"
    "level: low\n"
    "logsource: { category: post }\n"
    "detection: { a: { text|contains: satuduatiga }, condition: a }\n"
    "basis:\n"
    "  class: fraud\n"
    "  evidence:\n"
    "    - { type: official, url: 'https://contoh.example/', publisher: Contoh, published: "
    "2026-11-01, impersonates: Contoh }\n"
    "  expires: 2027-06-30\n"
    "tests: { match: [{ text: SatuDuaTiga }], pass: [{ text: empat }] }\n";

/* A temporary folder that holds rules. */
struct place {
    char path[64];
};

static void place_make(struct place *place)
{
    memcpy(place->path, "/tmp/saring-rules.XXXXXX", sizeof "/tmp/saring-rules.XXXXXX");
    assert_non_null(mkdtemp(place->path));
}

static void place_write(const struct place *place, const char *name, const char *text)
{
    char path[160];
    struct err err = ERR_NONE;
    snprintf(path, sizeof path, "%s/%s", place->path, name);
    for (char *slash = path + strlen(place->path) + 1; (slash = strchr(slash, '/')) != NULL;
         slash++) {
        *slash = '\0';
        mkdir(path, 0700);
        *slash = '/';
    }
    assert_true(file_write(path, str_of(text), 0600, &err));
}

static int remove_one(const char *path, const struct stat *about, int flag, struct FTW *walk)
{
    (void)about;
    (void)flag;
    (void)walk;
    return remove(path);
}

static void place_remove(const struct place *place)
{
    assert_int_equal(nftw(place->path, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}

static struct rule_set *load_at(const struct place *place, int64_t time_ms, struct err *err)
{
    const char *const folders[] = {place->path, NULL};
    struct rule_set_options options = {.folders = folders, .clock = clock_fixed(time_ms)};
    return rule_set_load(&options, err);
}

static struct rule_set *must_load(const struct place *place)
{
    struct err err = ERR_NONE;
    struct rule_set *set = load_at(place, now_ms, &err);
    if (set == NULL) {
        fail_msg("%s:%u:%u: %s", err.file, err.line, err.column, err.message);
    }
    return set;
}

/* `good` with its first `from` as `to`. */
static char *with(const char *from, const char *to)
{
    struct buf text = BUF_EMPTY;
    const char *at = strstr(good, from);
    assert_non_null(at);
    buf_put(&text, good, (size_t)(at - good));
    buf_put_string(&text, to);
    buf_put_string(&text, at + strlen(from));
    return text.bytes;
}

/* The identity and the revision of a set of one rule, edited so. */
static void identify(const char *from, const char *to, char id[HASH_HEX], struct hash *revision)
{
    struct place place;
    char *text = with(from, to);
    place_make(&place);
    place_write(&place, "a.yml", text);
    struct rule_set *set = must_load(&place);
    memcpy(id, rule_set_id(set), HASH_HEX);
    *revision = rule_set_program(set)->rules[0]->revision;
    rule_set_unref(set);
    place_remove(&place);
    free(text);
}

static void test_shipped(void **state)
{
    (void)state;
    const char *const folders[] = {"rules", "feeds/example", NULL};
    struct rule_set_options options = {.folders = folders, .clock = clock_fixed(now_ms)};
    struct rule_set_counts counts;
    struct err err = ERR_NONE;
    bool has_class[3] = {false};
    struct rule_set *set = rule_set_load(&options, &err);
    if (set == NULL) {
        fail_msg("%s:%u:%u: %s", err.file, err.line, err.column, err.message);
    }
    rule_set_counts(set, &counts);
    assert_true(counts.rules >= 20);
    assert_int_equal(counts.inactive, 0);
    assert_int_equal(counts.warnings, 0);
    assert_true(counts.tests >= 4 * counts.rules);
    assert_true(counts.speech >= 200);
    for (size_t i = 0; i < counts.rules; i++) {
        has_class[rule_set_program(set)->rules[i]->class] = true;
    }
    assert_true(has_class[RULE_FRAUD] && has_class[RULE_PROCEDURE] && has_class[RULE_CLAIM]);
    rule_set_unref(set);
}

/* A file that is added to rules/speech has to be built in too. */
static void test_built_in_speech(void **state)
{
    (void)state;
    struct file_list files = {.count = 0};
    struct err err = ERR_NONE;
    struct rule_speech_file file;
    assert_true(file_find("rules/speech", ".ndjson", 100, &files, &err));
    for (size_t i = 0; i < files.count; i++) {
        struct buf bytes = BUF_EMPTY;
        assert_true(rule_speech_built_in(i, &file));
        assert_string_equal(file.path, files.paths[i]);
        assert_true(file_read(file.path, 1 << 20, &bytes, &err));
        assert_true(str_equal(file.ndjson, buf_str(&bytes)));
        buf_fini(&bytes);
    }
    assert_false(rule_speech_built_in(files.count, &file));
    file_list_fini(&files);
}

static void test_identity(void **state)
{
    (void)state;
    char id[HASH_HEX], other[HASH_HEX];
    struct hash revision, changed;
    identify("title", "title", id, &revision);
    identify("level: low", "# komentar\n\"level\":   'low'", other, &changed);
    assert_string_equal(id, other);
    assert_memory_equal(&revision, &changed, sizeof revision);
    /* The detection is what a verdict depends on, and not what a case rests on. */
    identify("satuduatiga", "duatiga", other, &changed);
    assert_string_not_equal(id, other);
    assert_memory_equal(&revision, &changed, sizeof revision);
    identify("expires: 2027-06-30", "expires: 2027-06-29", other, &changed);
    assert_memory_equal(&revision, &changed, sizeof revision);
    identify("published: 2026-11-01", "published: 2026-11-02", other, &changed);
    assert_memory_not_equal(&revision, &changed, sizeof revision);
    identify("publisher: Contoh", "publisher: Lain", other, &changed);
    assert_memory_not_equal(&revision, &changed, sizeof revision);
}

/* Where rules lie and in how many files they stand is not what a set says; its lists are. */
static void test_identity_of_folders(void **state)
{
    (void)state;
    struct place place, moved;
    char *second = with("000000000001", "000000000002");
    struct buf both = BUF_EMPTY;
    place_make(&place);
    place_make(&moved);
    place_write(&place, "z.yml", good);
    place_write(&place, "sub/b.yml", second);
    place_write(&place, "lists/satu.txt", "b\na\n");
    buf_printf(&both, "%s---\n%s", second, good);
    place_write(&moved, "x.yml", both.bytes);
    place_write(&moved, "lists/satu.txt", "# urutan lain\na\n\nb\na\n");
    struct rule_set *one = must_load(&place), *other = must_load(&moved);
    assert_string_equal(rule_set_id(one), rule_set_id(other));
    rule_set_unref(other);
    place_write(&moved, "lists/satu.txt", "a\nb\nc\n");
    other = must_load(&moved);
    assert_string_not_equal(rule_set_id(one), rule_set_id(other));
    rule_set_unref(one);
    rule_set_unref(other);
    buf_fini(&both);
    free(second);
    place_remove(&place);
    place_remove(&moved);
}

/* The day on which a rule expires is the first without it. */
static void test_expiry(void **state)
{
    (void)state;
    static const int64_t expires_ms = 1814313600000; /* 2027-06-30 */
    struct place place;
    struct err err = ERR_NONE;
    struct rule_set_counts counts;
    place_make(&place);
    place_write(&place, "a.yml", good);
    struct rule_set *before = load_at(&place, expires_ms - 1, &err);
    struct rule_set *after = load_at(&place, expires_ms, &err);
    assert_non_null(before);
    assert_non_null(after);
    assert_int_equal(rule_set_program(before)->rule_count, 1);
    assert_int_equal(rule_set_program(before)->rules[0]->expires_ms, expires_ms);
    assert_int_equal(rule_set_program(after)->rule_count, 0);
    rule_set_counts(after, &counts);
    assert_int_equal(counts.inactive, 1);
    assert_int_equal(counts.warnings, 1);
    assert_string_not_equal(rule_set_id(before), rule_set_id(after));
    rule_set_unref(before);
    rule_set_unref(after);
    place_remove(&place);
}

#define FACT(from, until)                                                                          \
    "class: procedure\n"                                                                           \
    "  evidence:\n"                                                                                \
    "    - { type: fact, url: 'https://contoh.example/', publisher: Contoh, published: "           \
    "2026-11-01, valid_from: " from ", valid_until: " until ", sha256: "                           \
    "001e2273391e165d662ca8cddb84cf71f6bd716f7804fc61bb3b380bb770e980 }\n"                         \
    "    - { type: fact, url: 'https://contoh.example/2', publisher: Contoh, published: "          \
    "2026-11-01, valid_from: 2026-11-01, valid_until: 2028-01-01, sha256: "                        \
    "001e2273391e165d662ca8cddb84cf71f6bd716f7804fc61bb3b380bb770e980 }\n"
#define REVIEW(rating)                                                                             \
    "class: claim\n"                                                                               \
    "  evidence:\n"                                                                                \
    "    - { type: claimreview, url: 'https://www.cek.example/1', publisher: Cek Contoh, claim: "  \
    "x, rating: " rating ", rated: 2026-11-01 }\n"
#define CHECKERS "# daftar\ncek.example\tCek Contoh\nlain.example\tLain\n"

struct basis_case {
    const char *name;
    const char *basis, *status;
    enum rule_class class;
    bool is_active;
    int64_t expires_ms;
};

static const struct basis_case bases[] = {
    {"a fact that holds", FACT("2026-11-01", "2027-09-01"), "stable", RULE_PROCEDURE, true,
     1814313600000},
    {"a rule ends with its fact", FACT("2026-11-01", "2027-01-01"), "stable", RULE_PROCEDURE, true,
     1798761600000},
    {"a fact that no longer holds", FACT("2026-11-01", "2026-11-24"), "stable", RULE_PROCEDURE,
     false, 0},
    {"a fact that does not hold yet", FACT("2026-11-25", "2027-09-01"), "stable", RULE_PROCEDURE,
     false, 0},
    {"rated salah", REVIEW("Salah"), "stable", RULE_CLAIM, true, 1814313600000},
    {"rated in brackets and capitals", REVIEW("'[HOAKS]'"), "test", RULE_CLAIM, true,
     1814313600000},
    {"rated tidak benar", REVIEW("Tidak Benar"), "stable", RULE_CLAIM, true, 1814313600000},
    {"rated false", REVIEW("'False'"), "stable", RULE_CLAIM, true, 1814313600000},
    {"deprecated", REVIEW("Salah"), "deprecated", RULE_CLAIM, false, 0},
    {"unsupported", REVIEW("Salah"), "unsupported", RULE_CLAIM, false, 0},
};

static void test_basis(void **state)
{
    const struct basis_case *test = *state;
    struct place place;
    struct buf text = BUF_EMPTY;
    const char *basis = strstr(good, "class: fraud"), *end = strstr(good, "  expires");
    place_make(&place);
    buf_printf(&text, "status: %s\n%.*s%s%s", test->status, (int)(basis - good), good, test->basis,
               end);
    place_write(&place, "a.yml", text.bytes);
    place_write(&place, "allow/fact-checkers.txt", CHECKERS);
    struct rule_set *set = must_load(&place);
    assert_int_equal(rule_set_program(set)->rule_count, test->is_active);
    if (test->is_active) {
        const struct rule *rule = rule_set_program(set)->rules[0];
        assert_int_equal(rule->class, test->class);
        assert_int_equal(rule->expires_ms, test->expires_ms);
        assert_true(rule->evidence_count >= 1);
    }
    rule_set_unref(set);
    buf_fini(&text);
    place_remove(&place);
}

/* Everything that the evidence says is there for people to see. */
static void test_evidence(void **state)
{
    (void)state;
    struct place place;
    place_make(&place);
    place_write(&place, "a.yml", good);
    struct rule_set *set = must_load(&place);
    const struct rule *rule = rule_set_program(set)->rules[0];
    assert_int_equal(rule->class, RULE_FRAUD);
    assert_true(str_is(rule->title, "Contoh") && str_is(rule->level, "low"));
    assert_int_equal(rule->evidence_count, 1);
    assert_true(str_is(rule->evidence[0].url, "https://contoh.example/"));
    assert_true(str_is(rule->evidence[0].publisher, "Contoh"));
    assert_true(str_is(rule->evidence[0].impersonates, "Contoh"));
    assert_int_equal(rule->evidence[0].published_ms, 1793491200000); /* 2026-11-01 */
    assert_int_equal(rule->evidence[0].rated_ms, CLOCK_NEVER);
    assert_int_equal(rule->search_count, 1);
    assert_true(str_is(rule->searches[0].name, "a"));
    assert_ptr_equal(rule->searches[0].node, rule->condition);
    rule_set_unref(set);
    place_remove(&place);
}

/* Folders that hold something else than rules are not read as rules. */
static void test_other_folders(void **state)
{
    (void)state;
    struct place place;
    place_make(&place);
    place_write(&place, "fraud/a.yml", good);
    place_write(&place, "templates/x.yml", "not: a rule\n");
    place_write(&place, "lists/x.yml", "not: a rule\n");
    place_write(&place, "fraud/README.md", "no rule either");
    place_write(&place, "fraud/.hidden.yml", "not: a rule\n");
    struct rule_set *set = must_load(&place);
    assert_int_equal(rule_set_program(set)->rule_count, 1);
    rule_set_unref(set);
    place_remove(&place);
}

/* Lists of one name in two folders are one list. */
static void test_joined_lists(void **state)
{
    (void)state;
    struct place one, two;
    char *text = with("text|contains: satuduatiga", "text|contains|expand: '%kata%'");
    struct err err = ERR_NONE;
    place_make(&one);
    place_make(&two);
    place_write(&one, "a.yml", text);
    place_write(&one, "lists/kata.txt", "limaenam\n");
    place_write(&two, "lists/kata.txt", "satuduatiga\n");
    const char *const folders[] = {one.path, two.path, NULL};
    struct rule_set_options options = {.folders = folders, .clock = clock_fixed(now_ms)};
    assert_null(load_at(&one, now_ms, &err)); /* its test needs the other folder's word */
    err = ERR_NONE;
    struct rule_set *set = rule_set_load(&options, &err);
    assert_non_null(set);
    assert_int_equal(rule_set_program(set)->atom_count, 2);
    rule_set_unref(set);
    free(text);
    place_remove(&one);
    place_remove(&two);
}

static void fails_with(const struct place *place, const char *file, const char *message)
{
    struct err err = ERR_NONE;
    assert_null(load_at(place, now_ms, &err));
    if (strstr(err.file, file) == NULL || strstr(err.message, message) == NULL) {
        fail_msg("%s: %s", err.file, err.message);
    }
}

static void test_unreadable(void **state)
{
    (void)state;
    struct place place;
    char path[160];
    place_make(&place);
    fails_with(&place, place.path, "holds no rule");
    place_write(&place, "a.yml", good);
    snprintf(path, sizeof path, "%s/loop.yml", place.path);
    assert_int_equal(symlink("loop.yml", path), 0);
    fails_with(&place, "loop.yml", "");
    assert_int_equal(unlink(path), 0);
    place_write(&place, "lists", "a file where a folder belongs");
    fails_with(&place, "lists", "cannot be listed");
    place_remove(&place);
    fails_with(&place, place.path, "cannot be listed");
}

struct tests_seen {
    size_t count, matched;
    bool is_right;
};

static void see_test(void *context, const struct rule_test *test)
{
    struct tests_seen *seen = context;
    seen->count++;
    seen->matched += test->hit != NULL;
    seen->is_right = test->must_match == (test->hit != NULL) && test->line == 11 &&
                     str_is(test->rule->title, "Contoh");
}

/* Some files instead of all of the folder's, its lists and samples as ever. */
static void test_files(void **state)
{
    (void)state;
    struct place place;
    char path[160];
    struct err err = ERR_NONE;
    struct tests_seen seen = {.count = 0};
    place_make(&place);
    place_write(&place, "bad.yml", "title: x\n");
    place_write(&place, "a.yml", good);
    snprintf(path, sizeof path, "%s/a.yml", place.path);
    const char *const folders[] = {place.path, NULL}, *const files[] = {path, NULL};
    struct rule_set_options options = {.folders = folders,
                                       .files = files,
                                       .clock = clock_fixed(now_ms),
                                       .tested = see_test,
                                       .context = &seen};
    struct rule_set *set = rule_set_load(&options, &err);
    assert_non_null(set);
    assert_int_equal(seen.count, 2);
    assert_int_equal(seen.matched, 1);
    assert_true(seen.is_right);
    rule_set_unref(set);
    place_write(&place, "speech/own.ndjson", "{\"id\": \"own/1\", \"text\": \"satuduatiga\"}\n");
    assert_null(rule_set_load(&options, &err));
    assert_non_null(strstr(err.message, "own/1"));
    place_remove(&place);
}

static void test_match(void **state)
{
    (void)state;
    struct place place;
    struct rule_match match;
    struct err err = ERR_NONE;
    place_make(&place);
    place_write(&place, "a.yml", good);
    struct rule_set *set = must_load(&place);
    struct rule_matcher *matcher = rule_matcher_new();
    struct post post = POST_EMPTY;
    post.fields[POST_TEXT] = STR("ini SATUDUATIGA");
    assert_true(rule_match_post(matcher, set, &post, &match, &err));
    assert_int_equal(match.hit_count, 1);
    assert_ptr_equal(match.hits[0].rule, rule_set_program(set)->rules[0]);
    assert_int_equal(rule_set_faults(set, match.hits[0].rule), 0);
    post.fields[POST_TEXT] = STR("ini empat");
    assert_true(rule_match_post(matcher, set, &post, &match, &err));
    assert_int_equal(match.hit_count, 0);
    rule_matcher_free(matcher);
    rule_set_unref(set);
    place_remove(&place);
}

static void *hold(void *argument)
{
    struct rule_set *set = argument;
    for (int i = 0; i < 10000; i++) {
        rule_set_unref(rule_set_ref(set));
    }
    rule_set_unref(set);
    return NULL;
}

static void test_references(void **state)
{
    (void)state;
    struct place place;
    pthread_t threads[4];
    place_make(&place);
    place_write(&place, "a.yml", good);
    struct rule_set *set = must_load(&place);
    for (size_t i = 0; i < COUNT(threads); i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, hold, rule_set_ref(set)), 0);
    }
    rule_set_unref(set);
    for (size_t i = 0; i < COUNT(threads); i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    }
    rule_set_unref(NULL);
    place_remove(&place);
}

static void test_classes(void **state)
{
    (void)state;
    enum rule_class class;
    assert_true(rule_class_parse(STR("procedure"), &class));
    assert_int_equal(class, RULE_PROCEDURE);
    assert_string_equal(rule_class_name(RULE_CLAIM), "claim");
    static const char *const others[] = {"", "Fraud", "opinion", "fraud ", "satire", "hate"};
    for (size_t i = 0; i < COUNT(others); i++) {
        assert_false(rule_class_parse(str_of(others[i]), &class));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shipped),       cmocka_unit_test(test_built_in_speech),
        cmocka_unit_test(test_identity),      cmocka_unit_test(test_identity_of_folders),
        cmocka_unit_test(test_expiry),        cmocka_unit_test(test_evidence),
        cmocka_unit_test(test_other_folders), cmocka_unit_test(test_joined_lists),
        cmocka_unit_test(test_unreadable),    cmocka_unit_test(test_files),
        cmocka_unit_test(test_match),         cmocka_unit_test(test_references),
        cmocka_unit_test(test_classes),
    };
    return RUN_CASES("bases and their time", bases, test_basis) +
           cmocka_run_group_tests_name("sets", tests, NULL, NULL);
}
