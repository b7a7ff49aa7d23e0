#include <assert.h>

#include "filter/base/arena.h"
#include "filter/base/err.h"
#include "filter/base/log.h"
#include "filter/casebook/case.h"
#include "filter/casebook/register.h"
#include "filter/casebook/search.h"
#include "filter/casebook/sql.h"

enum { BATCH = 256 };

/* What purging leaves: marks and hashes, and what the register needs. */
static bool purge(struct casebook *casebook, int64_t case_id, struct err *err)
{
    return casebook_sql_run(casebook, err,
                            "DELETE FROM content WHERE post_id IN"
                            " (SELECT id FROM posts WHERE case_id = ?1)",
                            "i", case_id) &&
           casebook_search_forget(casebook, case_id, err) &&
           casebook_sql_run(casebook, err, "DELETE FROM captures WHERE case_id = ?1", "i",
                            case_id) &&
           casebook_sql_run(casebook, err, "DELETE FROM capture_orders WHERE case_id = ?1", "i",
                            case_id) &&
           casebook_sql_run(casebook, err, "DELETE FROM notes WHERE case_id = ?1", "i", case_id) &&
           /* A referral holds a post's URL, and a record what people wrote about posts. */
           casebook_sql_run(casebook, err,
                            "UPDATE proposals SET record = '',"
                            " proposal = CASE kind WHEN 'entry' THEN proposal ELSE '' END"
                            " WHERE case_id = ?1",
                            "i", case_id) &&
           casebook_sql_run(casebook, err, "UPDATE appeals SET ground = '' WHERE case_id = ?1", "i",
                            case_id) &&
           casebook_meta_set(casebook, "purge", 1, err);
}

static bool tick_entry(struct casebook *casebook, struct arena *arena,
                       struct casebook_dossier *dossier, int64_t now_ms, size_t *moved,
                       struct err *err)
{
    struct casebook_listing listing;
    bool found;
    if (!casebook_entry_load(casebook, arena, dossier->id, &listing, &found, err) || !found ||
        listing.due_ms > now_ms) {
        return !err_is_set(err);
    }
    enum casebook_action action = listing.is_lane            ? ACTION_LAPSE
                                  : listing.end_ms <= now_ms ? ACTION_EXPIRE
                                                             : ACTION_REMOVE; /* undecided */
    const struct casebook_move *move =
        casebook_move_find(OF_ENTRY, (int)listing.state, action, BY_CLOCK);
    if (move == NULL) {
        return true;
    }
    (*moved)++;
    return casebook_entry_enter(casebook, dossier, &listing, move, CASEBOOK_CLOCK, json_object(),
                                err) &&
           casebook_entry_close(casebook, dossier, &listing, err);
}

bool casebook_case_tick(struct casebook *casebook, struct arena *arena, int64_t id, size_t *moved,
                        struct err *err)
{
    struct casebook_dossier dossier;
    bool found;
    int64_t now;
    *moved = 0;
    if (!casebook_time(casebook, &now, err) ||
        !casebook_case_load(casebook, arena, id, &dossier, &found, err) || !found ||
        !casebook_appeals_tick(casebook, arena, &dossier, now, moved, err) ||
        !tick_entry(casebook, arena, &dossier, now, moved, err)) {
        return !err_is_set(err);
    }
    while (dossier.due_ms <= now) {
        const struct casebook_move *move = casebook_move_due(OF_CASE, (int)dossier.state);
        assert(move != NULL);
        if (!casebook_case_enter(casebook, &dossier, move, CASEBOOK_CLOCK, json_object(), err) ||
            (move->to == CASE_PURGED && !purge(casebook, id, err))) {
            return false;
        }
        (*moved)++;
    }
    return true;
}

/* Up to BATCH numbers of the rows that `sql` finds. */
static bool collect(struct casebook *casebook, const char *sql, struct str season, int64_t now_ms,
                    int64_t ids[BATCH], size_t *count, struct err *err)
{
    *count = 0;
    sqlite3_stmt *statement = casebook_sql(casebook, err, sql, "ti", season, now_ms);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step;
    while ((step = casebook_sql_step(casebook, statement, err)) == SQL_ROW) {
        assert(*count < BATCH);
        ids[(*count)++] = casebook_sql_int(statement, 0);
    }
    casebook_sql_done(statement);
    return step == SQL_END;
}

static const char due_sql[] = "SELECT id FROM cases WHERE due_ms <= ?2 AND ?1 <> '' UNION"
                              " SELECT case_id FROM entries WHERE due_ms <= ?2 UNION"
                              " SELECT case_id FROM appeals WHERE due_ms <= ?2 LIMIT 256";
static const char other_season_sql[] = "SELECT id FROM cases WHERE season <> ?1 AND state IN"
                                       " ('flagged', 'claimed', 'held', 'proposed', 'urgent',"
                                       " 'returned', 'approved', 'listed') AND ?2 > 0 LIMIT 256";

/* One batch in one transaction; `*count` is how many cases were looked at. */
static bool tick_batch(struct casebook *casebook, const char *sql, size_t *count, size_t *moved,
                       struct err *err)
{
    struct arena *arena = arena_new(32 << 20);
    struct casebook_now season;
    int64_t ids[BATCH], now;
    *count = 0;
    if (!casebook_sql_enter(casebook, err)) {
        arena_free(arena);
        return false;
    }
    bool done = casebook_time(casebook, &now, err) && casebook_now(casebook, arena, &season, err) &&
                collect(casebook, sql, season.season, now, ids, count, err);
    for (size_t i = 0; done && i < *count; i++) {
        size_t some = 0;
        bool voided = false;
        if (sql == due_sql) {
            done = casebook_case_tick(casebook, arena, ids[i], &some, err);
        } else {
            done = casebook_case_void(casebook, arena, ids[i], "its season is not the one of now",
                                      &voided, err);
            some = voided ? 1 : 0;
        }
        *moved += some;
    }
    done = casebook_sql_leave(casebook, done, err);
    arena_free(arena);
    return done;
}

static bool tick_all(struct casebook *casebook, const char *sql, size_t *moved, struct err *err)
{
    size_t count = BATCH, before;
    while (count == BATCH) {
        before = *moved;
        if (!tick_batch(casebook, sql, &count, moved, err)) {
            return false;
        }
        assert(count == 0 || *moved > before); /* each batch gets some of them out of the way */
    }
    return true;
}

/*
 * After a purge: deleted text lingers in free pages, in the log of writes to come and in the
 * index until the file is built anew. Not more often than hourly, for it writes the whole file.
 */
static bool rebuild(struct casebook *casebook, struct err *err)
{
    int64_t is_due, last, now;
    if (!casebook_meta_get(casebook, "purge", &is_due, err) ||
        !casebook_meta_get(casebook, "rebuilt", &last, err) ||
        !casebook_time(casebook, &now, err) || is_due == 0 || now < last + CASEBOOK_HOUR) {
        return !err_is_set(err);
    }
    if (!casebook_search_rebuild(casebook, err) || !casebook_sql_script(casebook, "VACUUM", err)) {
        return false;
    }
    int left = 0, copied = 0;
    int code =
        sqlite3_wal_checkpoint_v2(casebook->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, &left, &copied);
    if (code == SQLITE_BUSY) {
        return true; /* somebody is reading an old state: again at the next tick */
    }
    if (code != SQLITE_OK) {
        return casebook_sql_error(casebook, code, err);
    }
    return casebook_sql_enter(casebook, err) &&
           casebook_sql_leave(casebook,
                              casebook_meta_set(casebook, "purge", 0, err) &&
                                  casebook_meta_set(casebook, "rebuilt", now, err),
                              err);
}

bool casebook_tick(struct casebook *casebook, size_t *moved, struct err *err)
{
    bool went_back;
    *moved = 0;
    if (!casebook_clock_went_back(casebook, &went_back, err)) {
        return false;
    }
    if (went_back) {
        log_line(LOG_WARN, "clock_went_back");
    }
    size_t registered;
    /* What is to be purged is registered first. */
    if (!casebook_register_sync(casebook, &registered, err) ||
        !tick_all(casebook, other_season_sql, moved, err) ||
        !tick_all(casebook, due_sql, moved, err) ||
        !casebook_register_sync(casebook, &registered, err)) {
        return false;
    }
    /* A disk too full to rebuild the file must not keep the head from its witnesses. */
    bool published = casebook_head_publish(casebook, err);
    return rebuild(casebook, err) && published;
}
