#include "filter/casebook/gather.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "filter/base/err.h"
#include "filter/blocklist/guard.h"
#include "filter/casebook/sql.h"

enum {
    SKETCHES_MOST = 16,   /* kept of a case: so many wordings of one claim are told apart */
    SAME_WORDING = 115,   /* equal values, of 128: a further sketch would say nothing new */
    BAND_ROWS = 32,       /* looked at of those that share a band, the oldest first */
    CANDIDATES = 2048,    /* a power of two above NEAR_BANDS * BAND_ROWS */
    CANDIDATES_READ = 24, /* those that share most bands */
};

static_assert(NEAR_BANDS * BAND_ROWS < CANDIDATES, "the table of candidates is never full");

static int64_t key_of(struct casebook *casebook, const struct casebook_group *group,
                      struct str kind, struct str one, struct str other)
{
    const struct str parts[] = {kind, group->season, str_of(rule_class_name(group->class)), one,
                                other};
    struct hash hash = casebook_keyed(casebook, parts, 5);
    int64_t key;
    memcpy(&key, hash.bytes, sizeof key);
    return key;
}

/* A domain speaks for one site only if nobody shares it: if it could be listed as a host. */
static bool is_own_domain(const struct casebook *casebook, struct str domain)
{
    struct err why = ERR_NONE;
    return domain.len > 0 && casebook->guard != NULL &&
           blocklist_guard_check_typed(casebook->guard, BLOCKLIST_HOST, domain, &why);
}

/* Only cases that still gather have keys: casebook_gather_end takes those of the others away. */
static bool find_by_key(struct casebook *casebook, int64_t key, int64_t *case_id, struct err *err)
{
    return casebook_sql_number(casebook, 0, case_id, err,
                               "SELECT min(case_id) FROM near WHERE key = ?1", "i", key);
}

static bool find_by_links(struct casebook *casebook, const struct casebook_group *group,
                          int64_t *case_id, struct err *err)
{
    const struct verdict *verdict = group->verdict;
    *case_id = 0;
    for (size_t i = 0; *case_id == 0 && i < verdict->link_count; i++) {
        const struct verdict_link *link = &verdict->links[i];
        if (!find_by_key(casebook, key_of(casebook, group, STR("url"), link->url, STR("")), case_id,
                         err)) {
            return false;
        }
        if (*case_id == 0 && is_own_domain(casebook, link->domain) &&
            !find_by_key(casebook, key_of(casebook, group, STR("domain"), link->domain, STR("")),
                         case_id, err)) {
            return false;
        }
    }
    return true;
}

static uint64_t seed_of(struct casebook *casebook, const struct casebook_group *group, size_t rule)
{
    return (uint64_t)key_of(casebook, group, STR("bands"), group->rules[rule]->id, STR(""));
}

/* Sketches that share bands with the post's, and how many: a hash table on the stack. */
struct candidates {
    struct candidate {
        int64_t signature, case_id; /* signature 0: empty */
        unsigned bands;
    } of[CANDIDATES];
    size_t count;
};

static void add_candidate(struct candidates *all, int64_t signature, int64_t case_id)
{
    size_t at = (uint64_t)signature * 0x9e3779b97f4a7c15u >> 53;
    while (all->of[at].signature != 0 && all->of[at].signature != signature) {
        at = (at + 1) % CANDIDATES;
    }
    all->count += all->of[at].signature == 0 ? 1 : 0;
    all->of[at].signature = signature;
    all->of[at].case_id = case_id;
    all->of[at].bands++;
}

static bool collect_band(struct casebook *casebook, int64_t key, struct candidates *all,
                         struct err *err)
{
    sqlite3_stmt *statement = casebook_sql(
        casebook, err,
        "SELECT signature, case_id FROM near WHERE key = ?1 ORDER BY case_id LIMIT 32", "i", key);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step;
    while ((step = casebook_sql_step(casebook, statement, err)) == SQL_ROW) {
        add_candidate(all, casebook_sql_int(statement, 0), casebook_sql_int(statement, 1));
    }
    casebook_sql_done(statement);
    return step == SQL_END;
}

static int compare_candidates(const void *a, const void *b)
{
    const struct candidate *one = a, *two = b;
    if (one->bands != two->bands) {
        return one->bands > two->bands ? -1 : 1;
    }
    return one->signature < two->signature ? -1 : one->signature > two->signature ? 1 : 0;
}

static bool read_sketch(struct casebook *casebook, int64_t signature, struct casebook_sketch *out,
                        bool *found, struct err *err)
{
    sqlite3_stmt *statement =
        casebook_sql(casebook, err, "SELECT minhash FROM signatures WHERE id = ?1", "i", signature);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step = casebook_sql_step(casebook, statement, err);
    struct str bytes = step == SQL_ROW ? casebook_sql_blob(statement, 0) : STR("");
    *found = bytes.len == sizeof *out;
    if (*found) {
        memcpy(out, bytes.at, sizeof *out);
    }
    casebook_sql_done(statement);
    return step != SQL_FAILED;
}

/* The best of the candidates that are alike enough. */
static bool choose(struct casebook *casebook, const struct casebook_group *group,
                   struct candidates *all, int64_t *case_id, struct err *err)
{
    unsigned best = 0;
    size_t packed = 0;
    for (size_t i = 0; packed < all->count; i++) {
        if (all->of[i].signature != 0) {
            all->of[packed++] = all->of[i];
        }
    }
    qsort(all->of, all->count, sizeof *all->of, compare_candidates);
    for (size_t i = 0; best < SAME_WORDING && i < all->count && i < CANDIDATES_READ; i++) {
        struct casebook_sketch other;
        bool found;
        if (!read_sketch(casebook, all->of[i].signature, &other, &found, err)) {
            return false;
        }
        unsigned equal = found ? casebook_near_equal(&group->sketch, &other) : 0;
        if (equal >= NEAR_ALIKE && equal > best) {
            best = equal;
            *case_id = all->of[i].case_id;
        }
    }
    return true;
}

static bool find_by_wording(struct casebook *casebook, const struct casebook_group *group,
                            int64_t *case_id, struct err *err)
{
    for (size_t i = 0; *case_id == 0 && i < group->rule_count; i++) {
        struct candidates all = {.count = 0};
        uint64_t seed = seed_of(casebook, group, i);
        for (unsigned band = 0; band < NEAR_BANDS; band++) {
            int64_t key = (int64_t)casebook_near_band(&group->sketch, band, seed);
            if (!collect_band(casebook, key, &all, err)) {
                return false;
            }
        }
        if (all.count > 0 && !choose(casebook, group, &all, case_id, err)) {
            return false;
        }
    }
    return true;
}

/* The case that has exactly this folded text, under one of the rules. */
static bool find_by_text(struct casebook *casebook, const struct casebook_group *group,
                         int64_t *case_id, struct err *err)
{
    struct str key = {(const char *)group->verdict->key.bytes, HASH_BYTES};
    *case_id = 0;
    for (size_t i = 0; *case_id == 0 && i < group->rule_count; i++) {
        if (!find_by_key(casebook, key_of(casebook, group, STR("text"), group->rules[i]->id, key),
                         case_id, err)) {
            return false;
        }
    }
    return true;
}

/* Whether the post of the same source and id in that case is of this very text. */
static bool is_unedited(struct casebook *casebook, const struct casebook_group *group,
                        int64_t case_id, bool *is_same, struct err *err)
{
    int64_t texts;
    bool done = casebook_sql_number(casebook, 0, &texts, err,
                                    "SELECT count(*) FROM posts WHERE case_id = ?1 AND key = ?2",
                                    "ih", case_id, &group->verdict->key);
    *is_same = done && texts > 0;
    return done;
}

bool casebook_gather_find(struct casebook *casebook, struct casebook_group *group, int64_t *case_id,
                          bool *is_same, struct err *err)
{
    const struct post *post = &group->verdict->post;
    int64_t of_text;
    *is_same = false;
    if (!find_by_key(casebook, key_of(casebook, group, STR("post"), post->source, post->id),
                     case_id, err)) {
        return false;
    }
    if (*case_id != 0 && !is_unedited(casebook, group, *case_id, is_same, err)) {
        return false;
    }
    if (*is_same) {
        return true;
    }
    if ((*case_id == 0 && !find_by_links(casebook, group, case_id, err)) ||
        !find_by_text(casebook, group, &of_text, err)) {
        return false;
    }
    *case_id = *case_id == 0 ? of_text : *case_id;
    /* A wording that is known already needs no sketch; that is most of a wave of copies. */
    if (of_text == 0 || of_text != *case_id) {
        group->has_sketch = casebook_near_sketch(casebook->near, group->verdict, &group->sketch);
    }
    return *case_id != 0 || !group->has_sketch || find_by_wording(casebook, group, case_id, err);
}

bool casebook_gather_end(struct casebook *casebook, int64_t case_id, struct err *err)
{
    return casebook_sql_run(casebook, err, "DELETE FROM near WHERE case_id = ?1", "i", case_id) &&
           casebook_sql_run(casebook, err, "DELETE FROM signatures WHERE case_id = ?1", "i",
                            case_id);
}

static bool put_key(struct casebook *casebook, int64_t key, int64_t case_id, int64_t signature,
                    struct err *err)
{
    return casebook_sql_run(casebook, err, "INSERT OR IGNORE INTO near VALUES (?1, ?2, ?3)", "iii",
                            key, case_id, signature);
}

static bool note_links(struct casebook *casebook, const struct casebook_group *group,
                       int64_t case_id, struct err *err)
{
    const struct verdict *verdict = group->verdict;
    for (size_t i = 0; i < verdict->link_count; i++) {
        const struct verdict_link *link = &verdict->links[i];
        if (!put_key(casebook, key_of(casebook, group, STR("url"), link->url, STR("")), case_id, 0,
                     err)) {
            return false;
        }
        if (is_own_domain(casebook, link->domain) &&
            !put_key(casebook, key_of(casebook, group, STR("domain"), link->domain, STR("")),
                     case_id, 0, err)) {
            return false;
        }
    }
    return true;
}

/* Whether the case has this wording already, or as many as it may have. */
static bool has_wording(struct casebook *casebook, const struct casebook_group *group,
                        int64_t case_id, bool *has, struct err *err)
{
    size_t count = 0;
    sqlite3_stmt *statement = casebook_sql(
        casebook, err, "SELECT minhash FROM signatures WHERE case_id = ?1", "i", case_id);
    if (statement == NULL) {
        return false;
    }
    *has = false;
    enum casebook_step step;
    while ((step = casebook_sql_step(casebook, statement, err)) == SQL_ROW) {
        struct casebook_sketch other;
        struct str bytes = casebook_sql_blob(statement, 0);
        if (bytes.len == sizeof other) {
            memcpy(&other, bytes.at, sizeof other);
            *has |= casebook_near_equal(&group->sketch, &other) >= SAME_WORDING;
        }
        count++;
    }
    casebook_sql_done(statement);
    *has |= count >= SKETCHES_MOST;
    return step == SQL_END;
}

static bool note_sketch(struct casebook *casebook, const struct casebook_group *group,
                        int64_t case_id, struct err *err)
{
    bool has;
    struct str bytes = {(const char *)&group->sketch, sizeof group->sketch};
    if (!has_wording(casebook, group, case_id, &has, err) || has) {
        return !err_is_set(err);
    }
    if (!casebook_sql_run(casebook, err,
                          "INSERT INTO signatures (case_id, minhash) VALUES (?1, ?2)", "ib",
                          case_id, bytes)) {
        return false;
    }
    int64_t id = sqlite3_last_insert_rowid(casebook->db);
    for (size_t i = 0; i < group->rule_count; i++) {
        uint64_t seed = seed_of(casebook, group, i);
        for (unsigned band = 0; band < NEAR_BANDS; band++) {
            int64_t key = (int64_t)casebook_near_band(&group->sketch, band, seed);
            if (!put_key(casebook, key, case_id, id, err)) {
                return false;
            }
        }
    }
    return true;
}

bool casebook_gather_note(struct casebook *casebook, struct casebook_group *group, int64_t case_id,
                          struct err *err)
{
    const struct post *post = &group->verdict->post;
    struct str key = {(const char *)group->verdict->key.bytes, HASH_BYTES};
    if (!put_key(casebook, key_of(casebook, group, STR("post"), post->source, post->id), case_id, 0,
                 err) ||
        !note_links(casebook, group, case_id, err)) {
        return false;
    }
    for (size_t i = 0; i < group->rule_count; i++) {
        if (!put_key(casebook, key_of(casebook, group, STR("text"), group->rules[i]->id, key),
                     case_id, 0, err)) {
            return false;
        }
    }
    return !group->has_sketch || note_sketch(casebook, group, case_id, err);
}
