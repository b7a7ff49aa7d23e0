#include "filter/casebook/health.h"

#include <string.h>

#include "filter/base/err.h"
#include "filter/casebook/internal.h"
#include "filter/casebook/keys.h"
#include "filter/casebook/register.h"
#include "filter/casebook/sql.h"

enum { KEY_DAYS = 180, WRONG_MOST = 400 };

static bool collect(struct casebook *casebook, const char *sql, const char *fine, struct buf *wrong,
                    struct err *err)
{
    sqlite3_stmt *statement = casebook_sql(casebook, err, sql, "");
    enum casebook_step step = SQL_FAILED;
    while (statement != NULL && (step = casebook_sql_step(casebook, statement, err)) == SQL_ROW) {
        struct str line = casebook_sql_text(statement, 0);
        if ((fine == NULL || !str_is(line, fine)) && wrong->len < WRONG_MOST) {
            buf_put_string(wrong, wrong->len > 0 ? "; " : "");
            buf_put_str(wrong, str_part(line, 0, line.len < WRONG_MOST ? line.len : WRONG_MOST));
        }
    }
    casebook_sql_done(statement);
    return step == SQL_END;
}

bool casebook_health_file(struct casebook *casebook, struct buf *wrong, struct err *err)
{
    return collect(casebook, "PRAGMA integrity_check(5)", "ok", wrong, err) &&
           collect(casebook, "PRAGMA foreign_key_check", NULL, wrong, err);
}

struct register_walk {
    int64_t next;
    struct hash before;
    struct buf *wrong;
};

static bool look_at_row(void *context, const struct casebook_registered *row)
{
    struct register_walk *walk = context;
    struct hash hash = hash_sha256(row->json);
    char hex[HASH_HEX];
    json_t *json = json_loadb(row->json.at, row->json.len, 0, NULL);
    struct str prev = casebook_json_text(json, "prev");
    bool is_sound = row->seq == walk->next && memcmp(&hash, &row->hash, sizeof hash) == 0 &&
                    str_is(prev, hash_format(&walk->before, hex));
    json_decref(json);
    if (!is_sound) {
        buf_printf(walk->wrong, "row %lld", (long long)row->seq);
        return false;
    }
    walk->before = hash;
    walk->next++;
    return true;
}

bool casebook_health_register(struct casebook *casebook, int64_t *rows, struct buf *wrong,
                              struct err *err)
{
    struct register_walk walk = {.next = 1, .wrong = wrong};
    bool done = casebook_register_read(casebook, false, look_at_row, &walk, err);
    *rows = walk.next - 1;
    return done;
}

struct key_walk {
    struct casebook *casebook;
    struct arena *arena;
    struct casebook_now now;
    struct casebook_health_keys *keys;
    struct err *err;
    int64_t now_ms;
};

static void look_at_key(void *context, const struct casebook_key *key)
{
    struct key_walk *walk = context;
    bool counts = false;
    struct str folded;
    if (key->is_revoked || key->until_ms != CLOCK_NEVER || !casebook_acts_on_cases(key->role) ||
        err_is_set(walk->err)) {
        return;
    }
    arena_reset(walk->arena);
    if (!casebook_now(walk->casebook, walk->arena, &walk->now, walk->err) ||
        !casebook_fold_name(walk->arena, key->organisation, &folded, walk->err) ||
        (!walk->now.is_demo && !walk->now.is_over &&
         !casebook_key_counts(walk->casebook, walk->arena, &walk->now, folded, key->role, key->line,
                              &counts, walk->err))) {
        return;
    }
    walk->keys->stray += !counts;
    walk->keys->old += walk->now_ms - key->since_ms > KEY_DAYS * CASEBOOK_DAY;
}

bool casebook_health_keys(struct casebook *casebook, struct casebook_health_keys *keys,
                          struct err *err)
{
    struct key_walk walk = {.casebook = casebook,
                            .arena = arena_new(4 << 20),
                            .keys = keys,
                            .err = err,
                            .now_ms = clock_now_ms(casebook->clock)};
    *keys = (struct casebook_health_keys){.sealed = 0};
    bool done = casebook_keys(casebook, look_at_key, &walk, err) && !err_is_set(err) &&
                casebook_sql_number(casebook, 0, &keys->sealed, err,
                                    "SELECT count(*) FROM people WHERE sealed IS NOT NULL AND"
                                    " disabled_ms IS NULL",
                                    "") &&
                casebook_sql_number(casebook, 0, &keys->away, err,
                                    "SELECT count(*) FROM people WHERE sealed IS NULL AND key IS"
                                    " NOT NULL AND disabled_ms IS NULL",
                                    "");
    arena_free(walk.arena);
    return done;
}
