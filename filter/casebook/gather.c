#include "filter/casebook/gather.h"

#include <string.h>

#include "filter/base/err.h"
#include "filter/blocklist/guard.h"
#include "filter/casebook/sql.h"

enum {
    SKETCHES_MOST = 16, /* kept of a case: so many wordings of one claim are told apart */
    SAME_WORDING = 115, /* equal values, of 128: a further sketch would say nothing new */
};

/* The states of cases that still gather; the others are over, and a new copy is a new case. */
#define GATHERING                                                                                  \
    "('flagged', 'claimed', 'proposed', 'returned', 'approved', 'listed', 'corrected', "           \
    "'referred')"

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

static bool find_by_key(struct casebook *casebook, int64_t key, int64_t *case_id, struct err *err)
{
    return casebook_sql_number(casebook, 0, case_id, err,
                               "SELECT min(case_id) FROM near JOIN cases ON cases.id = case_id"
                               " WHERE key = ?1 AND state IN " GATHERING,
                               "i", key);
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

/* The best match among the sketches that share a band. */
static bool find_in_band(struct casebook *casebook, const struct casebook_group *group, int64_t key,
                         int64_t *case_id, unsigned *best, struct err *err)
{
    sqlite3_stmt *statement = casebook_sql(
        casebook, err,
        "SELECT near.case_id, minhash FROM near JOIN signatures ON signatures.id = signature"
        " JOIN cases ON cases.id = near.case_id WHERE key = ?1 AND state IN " GATHERING
        " ORDER BY near.case_id LIMIT 64",
        "i", key);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step;
    while ((step = casebook_sql_step(casebook, statement, err)) == SQL_ROW) {
        struct casebook_sketch other;
        struct str bytes = casebook_sql_blob(statement, 1);
        if (bytes.len != sizeof other) {
            continue;
        }
        memcpy(&other, bytes.at, sizeof other);
        unsigned equal = casebook_near_equal(&group->sketch, &other);
        if (equal >= NEAR_ALIKE && equal > *best) {
            *best = equal;
            *case_id = casebook_sql_int(statement, 0);
        }
    }
    casebook_sql_done(statement);
    return step == SQL_END;
}

static bool find_by_text(struct casebook *casebook, struct casebook_group *group, int64_t *case_id,
                         struct err *err)
{
    struct str key = {(const char *)group->verdict->key.bytes, HASH_BYTES};
    unsigned best = 0;
    *case_id = 0;
    for (size_t i = 0; *case_id == 0 && i < group->rule_count; i++) {
        if (!find_by_key(casebook, key_of(casebook, group, STR("text"), group->rules[i]->id, key),
                         case_id, err)) {
            return false;
        }
    }
    for (size_t i = 0; *case_id == 0 && group->has_sketch && i < group->rule_count; i++) {
        uint64_t seed = seed_of(casebook, group, i);
        for (unsigned band = 0; best < SAME_WORDING && band < NEAR_BANDS; band++) {
            int64_t band_key = (int64_t)casebook_near_band(&group->sketch, band, seed);
            if (!find_in_band(casebook, group, band_key, case_id, &best, err)) {
                return false;
            }
        }
    }
    return true;
}

bool casebook_gather_find(struct casebook *casebook, struct casebook_group *group, int64_t *case_id,
                          bool *is_same, struct err *err)
{
    const struct post *post = &group->verdict->post;
    *is_same = false;
    if (!find_by_key(casebook, key_of(casebook, group, STR("post"), post->source, post->id),
                     case_id, err)) {
        return false;
    }
    if (*case_id != 0) {
        int64_t texts;
        if (!casebook_sql_number(casebook, 0, &texts, err,
                                 "SELECT count(*) FROM posts WHERE case_id = ?1 AND key = ?2", "ih",
                                 *case_id, &group->verdict->key)) {
            return false;
        }
        *is_same = texts > 0; /* else it was edited since: one more copy */
    }
    if (*case_id == 0 && !find_by_links(casebook, group, case_id, err)) {
        return false;
    }
    group->has_sketch = casebook_near_sketch(casebook->near, group->verdict, &group->sketch);
    return *case_id != 0 || find_by_text(casebook, group, case_id, err);
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
