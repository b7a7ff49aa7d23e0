#include "filter/casebook/organisation.h"

#include <stdlib.h>
#include <string.h>

#include "filter/base/arena.h"
#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/casebook/case.h"
#include "filter/casebook/sql.h"

static const struct {
    const char *name;
    bool may_approve;
} sectors[] = {
#define X(constant, name, may_approve) [constant] = {(name), (may_approve)},
    CASEBOOK_SECTORS(X)
#undef X
};

enum { SECTORS = sizeof sectors / sizeof *sectors };

const char *casebook_sector_name(enum casebook_sector sector)
{
    return sectors[sector].name;
}

bool casebook_sector_parse(struct str name, enum casebook_sector *sector)
{
    for (size_t i = 0; i < SECTORS; i++) {
        if (str_is(name, sectors[i].name)) {
            *sector = (enum casebook_sector)i;
            return true;
        }
    }
    return false;
}

bool casebook_sector_may_approve(enum casebook_sector sector)
{
    return sectors[sector].may_approve;
}

static bool is_independent_role(struct str role)
{
    return str_is(role, casebook_role_name(ROLE_INDEPENDENT)) ||
           str_is(role, casebook_role_name(ROLE_APPEALS));
}

/* What is kept of an organisation. */
struct kept {
    struct str role; /* in the arena */
    enum casebook_sector sector;
    bool found;
};

static bool read_kept(struct casebook *casebook, struct arena *arena, struct str folded,
                      struct kept *kept, struct err *err)
{
    *kept = (struct kept){.found = false};
    sqlite3_stmt *statement = casebook_sql(
        casebook, err, "SELECT role, sector FROM organisations WHERE folded = ?1", "t", folded);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step = casebook_sql_step(casebook, statement, err);
    bool done = step != SQL_FAILED;
    kept->found = step == SQL_ROW;
    if (kept->found) {
        kept->role = casebook_keep(arena, casebook_sql_text(statement, 0));
        done = casebook_sector_parse(casebook_sql_text(statement, 1), &kept->sector) ||
               err_set(err, "an organisation is of no known sector in the casebook");
    }
    casebook_sql_done(statement);
    return done;
}

bool casebook_organisation_barred(struct casebook *casebook, struct str folded, bool *is_barred,
                                  struct err *err)
{
    sqlite3_stmt *statement =
        casebook_sql(casebook, err,
                     "WITH RECURSIVE reach (name) AS (VALUES (?1) UNION"
                     " SELECT ties.other FROM ties JOIN reach ON ties.one = reach.name)"
                     " SELECT DISTINCT sector FROM organisations JOIN reach ON folded = reach.name",
                     "t", folded);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step;
    *is_barred = false;
    while ((step = casebook_sql_step(casebook, statement, err)) == SQL_ROW) {
        enum casebook_sector sector;
        /* What nobody can read bars: doubt releases. */
        *is_barred |= !casebook_sector_parse(casebook_sql_text(statement, 0), &sector) ||
                      !casebook_sector_may_approve(sector);
    }
    casebook_sql_done(statement);
    return step == SQL_END;
}

static bool put_sector(struct casebook *casebook, struct arena *arena, struct str name,
                       struct str folded, enum casebook_sector sector, struct str reason,
                       struct err *err)
{
    struct kept kept;
    if (!casebook_organisation_put(casebook, name, folded, NULL, err) ||
        !read_kept(casebook, arena, folded, &kept, err)) {
        return false;
    }
    if (!casebook_sector_may_approve(kept.sector) && sector != kept.sector) {
        return err_set(err, "%.*s is of the sector %s for good", STR_FORMAT(name),
                       casebook_sector_name(kept.sector));
    }
    return casebook_sql_run(casebook, err, "UPDATE organisations SET sector = ?2 WHERE folded = ?1",
                            "tt", folded, str_of(casebook_sector_name(sector))) &&
           casebook_log(casebook, STR("operator"), "sector", 0,
                        json_pack("{so so ss}", "organisation", casebook_json_str(folded), "reason",
                                  casebook_json_str(reason), "sector",
                                  casebook_sector_name(sector)),
                        err);
}

bool casebook_organisation_sector(struct casebook *casebook, struct str name,
                                  enum casebook_sector sector, struct str reason, struct err *err)
{
    struct arena *arena = arena_new(64 << 10);
    struct str folded;
    bool done = casebook_fold_name(arena, name, &folded, err) &&
                casebook_check_words(reason, "the reason", 3, CASEBOOK_STATEMENT_MOST, err) &&
                casebook_sql_enter(casebook, err);
    if (done) {
        done = put_sector(casebook, arena, name, folded, sector, reason, err);
        done = casebook_sql_leave(casebook, done, err);
    }
    arena_free(arena);
    return done;
}

bool casebook_organisation_may(struct casebook *casebook, struct str name, struct str folded,
                               struct str role, struct err *err)
{
    bool is_barred = false;
    if (!is_independent_role(role)) {
        return true;
    }
    if (!casebook_organisation_barred(casebook, folded, &is_barred, err)) {
        return false;
    }
    return !is_barred ||
           err_set(err,
                   "%.*s is of the executive, the police, the military or a party, or tied to one: "
                   "it can't be %.*s",
                   STR_FORMAT(name), STR_FORMAT(role));
}

/* The rows of all organisations, in the arena: statements are not nested. */
struct listing {
    struct arena *arena;
    struct casebook_organisation *all;
    struct str *folded;
    size_t count, room, folded_room;
};

static bool read_all(struct casebook *casebook, struct listing *listing, struct err *err)
{
    sqlite3_stmt *statement =
        casebook_sql(casebook, err,
                     "SELECT folded, organisations.name, organisations.role, sector,"
                     " count(people.name) FROM organisations LEFT JOIN people"
                     " ON organisation = folded AND disabled_ms IS NULL"
                     " GROUP BY folded ORDER BY folded",
                     "");
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step;
    while ((step = casebook_sql_step(casebook, statement, err)) == SQL_ROW) {
        mem_grow(&listing->all, &listing->room, listing->count + 1, sizeof *listing->all);
        mem_grow(&listing->folded, &listing->folded_room, listing->count + 1,
                 sizeof *listing->folded);
        struct casebook_organisation one = {
            .name = casebook_keep(listing->arena, casebook_sql_text(statement, 1)),
            .people = (size_t)casebook_sql_int(statement, 4),
        };
        one.has_role = casebook_role_parse(casebook_sql_text(statement, 2), &one.role);
        if (!casebook_sector_parse(casebook_sql_text(statement, 3), &one.sector)) {
            one.sector = SECTOR_UNSTATED;
        }
        listing->folded[listing->count] =
            casebook_keep(listing->arena, casebook_sql_text(statement, 0));
        listing->all[listing->count++] = one;
    }
    casebook_sql_done(statement);
    return step == SQL_END;
}

static bool read_ties(struct casebook *casebook, struct listing *listing, size_t at,
                      struct err *err)
{
    struct casebook_organisation *one = &listing->all[at];
    struct str *names = arena_array(listing->arena, listing->count, sizeof *names);
    struct str *reasons = arena_array(listing->arena, listing->count, sizeof *reasons);
    sqlite3_stmt *statement =
        casebook_sql(casebook, err,
                     "SELECT name, reason FROM ties JOIN organisations ON folded = other"
                     " WHERE one = ?1 ORDER BY other",
                     "t", listing->folded[at]);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step;
    while ((step = casebook_sql_step(casebook, statement, err)) == SQL_ROW) {
        if (names == NULL || reasons == NULL || one->tie_count == listing->count) {
            casebook_sql_done(statement);
            return err_set(err, "there are more organisations than fit");
        }
        names[one->tie_count] = casebook_keep(listing->arena, casebook_sql_text(statement, 0));
        reasons[one->tie_count++] = casebook_keep(listing->arena, casebook_sql_text(statement, 1));
    }
    casebook_sql_done(statement);
    one->ties = names;
    one->tie_reasons = reasons;
    return step == SQL_END &&
           casebook_organisation_barred(casebook, listing->folded[at], &one->is_barred, err);
}

bool casebook_organisations(struct casebook *casebook,
                            void (*each)(void *context,
                                         const struct casebook_organisation *organisation),
                            void *context, struct err *err)
{
    struct listing listing = {.arena = arena_new(16 << 20)};
    bool done = read_all(casebook, &listing, err);
    for (size_t i = 0; done && i < listing.count; i++) {
        done = read_ties(casebook, &listing, i, err);
    }
    for (size_t i = 0; done && i < listing.count; i++) {
        each(context, &listing.all[i]);
    }
    free(listing.all);
    free(listing.folded);
    arena_free(listing.arena);
    return done;
}
