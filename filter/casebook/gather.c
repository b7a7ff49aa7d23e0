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

bool casebook_own_domain(const struct casebook *casebook, struct str domain)
{
    struct err why = ERR_NONE;
    return domain.len > 0 && casebook->guard != NULL &&
           blocklist_guard_check_typed(casebook->guard, BLOCKLIST_HOST, domain, &why);
}

/*
 * Only cases that still gather have keys in near: casebook_gather_end moves those of the others to
 * past, where the newest counts.
 */
static bool find_by_key(struct casebook *casebook, bool in_past, int64_t key, int64_t *case_id,
                        struct err *err)
{
    return casebook_sql_number(casebook, 0, case_id, err,
                               in_past ? "SELECT max(case_id) FROM past WHERE key = ?1"
                                       : "SELECT min(case_id) FROM near WHERE key = ?1",
                               "i", key);
}

/* By the same page, else by the same site, of each link in turn. */
static bool find_by_links(struct casebook *casebook, const struct casebook_group *group,
                          bool in_past, int64_t *case_id, enum casebook_likeness *how,
                          struct err *err)
{
    const struct verdict *verdict = group->verdict;
    *case_id = 0;
    for (size_t i = 0; *case_id == 0 && i < verdict->link_count; i++) {
        const struct verdict_link *link = &verdict->links[i];
        *how = LIKE_URL;
        if (!find_by_key(casebook, in_past, key_of(casebook, group, STR("url"), link->url, STR("")),
                         case_id, err)) {
            return false;
        }
        if (*case_id != 0 || !casebook_own_domain(casebook, link->domain)) {
            continue;
        }
        *how = LIKE_DOMAIN;
        if (!find_by_key(casebook, in_past,
                         key_of(casebook, group, STR("domain"), link->domain, STR("")), case_id,
                         err)) {
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

static bool collect_band(struct casebook *casebook, bool in_past, int64_t key,
                         struct candidates *all, struct err *err)
{
    sqlite3_stmt *statement = casebook_sql(
        casebook, err,
        in_past
            ? "SELECT signature, case_id FROM past WHERE key = ?1 ORDER BY case_id DESC LIMIT 32"
            : "SELECT signature, case_id FROM near WHERE key = ?1 ORDER BY case_id LIMIT 32",
        "i", key);
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
                            bool in_past, int64_t *case_id, struct err *err)
{
    for (size_t i = 0; *case_id == 0 && i < group->rule_count; i++) {
        struct candidates all = {.count = 0};
        uint64_t seed = seed_of(casebook, group, i);
        for (unsigned band = 0; band < NEAR_BANDS; band++) {
            int64_t key = (int64_t)casebook_near_band(&group->sketch, band, seed);
            if (!collect_band(casebook, in_past, key, &all, err)) {
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
                         bool in_past, int64_t *case_id, struct err *err)
{
    struct str key = {(const char *)group->verdict->key.bytes, HASH_BYTES};
    *case_id = 0;
    for (size_t i = 0; *case_id == 0 && i < group->rule_count; i++) {
        if (!find_by_key(casebook, in_past,
                         key_of(casebook, group, STR("text"), group->rules[i]->id, key), case_id,
                         err)) {
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
    enum casebook_likeness how;
    int64_t of_text;
    *is_same = false;
    if (!find_by_key(casebook, false, key_of(casebook, group, STR("post"), post->source, post->id),
                     case_id, err)) {
        return false;
    }
    if (*case_id != 0 && !is_unedited(casebook, group, *case_id, is_same, err)) {
        return false;
    }
    if (*is_same) {
        return true;
    }
    if ((*case_id == 0 && !find_by_links(casebook, group, false, case_id, &how, err)) ||
        !find_by_text(casebook, group, false, &of_text, err)) {
        return false;
    }
    *case_id = *case_id == 0 ? of_text : *case_id;
    /* A wording that is known already needs no sketch; that is most of a wave of copies. */
    if (of_text == 0 || of_text != *case_id) {
        group->has_sketch = casebook_near_sketch(casebook->near, group->verdict, &group->sketch);
    }
    return *case_id != 0 || !group->has_sketch ||
           find_by_wording(casebook, group, false, case_id, err);
}

bool casebook_gather_past(struct casebook *casebook, struct casebook_group *group, int64_t *case_id,
                          enum casebook_likeness *how, struct err *err)
{
    *how = LIKE_TEXT;
    if (!find_by_text(casebook, group, true, case_id, err)) {
        return false;
    }
    if (*case_id == 0 && !find_by_links(casebook, group, true, case_id, how, err)) {
        return false;
    }
    if (*case_id == 0 && group->has_sketch) {
        *how = LIKE_WORDING;
        if (!find_by_wording(casebook, group, true, case_id, err)) {
            return false;
        }
    }
    *how = *case_id == 0 ? LIKE_NONE : *how;
    return true;
}

enum { PAST_SKETCHES = 2 }; /* kept of a case that is over */

bool casebook_gather_end(struct casebook *casebook, int64_t case_id, struct err *err)
{
    int64_t last;
    return casebook_sql_number(casebook, INT64_MAX, &last, err,
                               "SELECT id FROM signatures WHERE case_id = ?1 ORDER BY id"
                               " LIMIT 1 OFFSET ?2",
                               "ii", case_id, (int64_t)PAST_SKETCHES - 1) &&
           casebook_sql_run(casebook, err,
                            "INSERT OR IGNORE INTO past SELECT key, case_id, signature FROM near"
                            " WHERE case_id = ?1 AND signature <= ?2",
                            "ii", case_id, last) &&
           casebook_sql_run(casebook, err, "DELETE FROM near WHERE case_id = ?1", "i", case_id) &&
           casebook_sql_run(casebook, err, "DELETE FROM signatures WHERE case_id = ?1 AND id > ?2",
                            "ii", case_id, last);
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
        if (casebook_own_domain(casebook, link->domain) &&
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

bool casebook_gather_merge(struct casebook *casebook, int64_t from, int64_t into, struct err *err)
{
    return casebook_sql_run(casebook, err,
                            "UPDATE OR IGNORE near SET case_id = ?2 WHERE case_id = ?1", "ii", from,
                            into) &&
           casebook_sql_run(casebook, err, "DELETE FROM near WHERE case_id = ?1", "i", from) &&
           casebook_sql_run(casebook, err, "UPDATE signatures SET case_id = ?2 WHERE case_id = ?1",
                            "ii", from, into);
}

static bool move_key(struct casebook *casebook, int64_t key, int64_t from, int64_t into,
                     struct err *err)
{
    return casebook_sql_run(
        casebook, err, "UPDATE OR IGNORE near SET case_id = ?3 WHERE key = ?1 AND case_id = ?2",
        "iii", key, from, into);
}

/* The wordings of the one case that are this post's go with it. */
static bool move_wording(struct casebook *casebook, struct casebook_group *group, int64_t from,
                         int64_t into, struct err *err)
{
    int64_t ids[SKETCHES_MOST];
    size_t count = 0;
    if (!casebook_near_sketch(casebook->near, group->verdict, &group->sketch)) {
        return true;
    }
    sqlite3_stmt *statement = casebook_sql(
        casebook, err, "SELECT id, minhash FROM signatures WHERE case_id = ?1", "i", from);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step;
    while ((step = casebook_sql_step(casebook, statement, err)) == SQL_ROW) {
        struct casebook_sketch other;
        struct str bytes = casebook_sql_blob(statement, 1);
        if (bytes.len == sizeof other && count < SKETCHES_MOST) {
            memcpy(&other, bytes.at, sizeof other);
            ids[count] = casebook_sql_int(statement, 0);
            count += casebook_near_equal(&group->sketch, &other) >= SAME_WORDING ? 1 : 0;
        }
    }
    casebook_sql_done(statement);
    for (size_t i = 0; step == SQL_END && i < count; i++) {
        if (!casebook_sql_run(casebook, err, "UPDATE signatures SET case_id = ?2 WHERE id = ?1",
                              "ii", ids[i], into) ||
            !casebook_sql_run(casebook, err,
                              "UPDATE OR IGNORE near SET case_id = ?3 WHERE case_id = ?2 AND"
                              " signature = ?1",
                              "iii", ids[i], from, into)) {
            return false;
        }
    }
    return step == SQL_END;
}

bool casebook_gather_split(struct casebook *casebook, struct casebook_group *group, int64_t from,
                           int64_t into, struct err *err)
{
    const struct post *post = &group->verdict->post;
    struct str key = {(const char *)group->verdict->key.bytes, HASH_BYTES};
    bool done = move_key(casebook, key_of(casebook, group, STR("post"), post->source, post->id),
                         from, into, err);
    for (size_t i = 0; done && i < group->rule_count; i++) {
        done = move_key(casebook, key_of(casebook, group, STR("text"), group->rules[i]->id, key),
                        from, into, err);
    }
    for (size_t i = 0; done && i < group->verdict->link_count; i++) {
        const struct verdict_link *link = &group->verdict->links[i];
        done = move_key(casebook, key_of(casebook, group, STR("url"), link->url, STR("")), from,
                        into, err) &&
               move_key(casebook, key_of(casebook, group, STR("domain"), link->domain, STR("")),
                        from, into, err);
    }
    return done && move_wording(casebook, group, from, into, err);
}
