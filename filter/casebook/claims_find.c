/* Which reviews there are, and which of them a text is about. */
#include <string.h>

#include "filter/base/err.h"
#include "filter/casebook/case.h"
#include "filter/casebook/claims.h"
#include "filter/casebook/search.h"
#include "filter/casebook/sql.h"

#define COLUMNS "claims.id, url, publisher, claim, title, rating, rated_ms, is_false, is_gone"

/* Text stands until the statement's next step. */
static struct casebook_claim row(sqlite3_stmt *statement)
{
    return (struct casebook_claim){
        .id = casebook_sql_int(statement, 0),
        .url = casebook_sql_text(statement, 1),
        .publisher = casebook_sql_text(statement, 2),
        .claim = casebook_sql_text(statement, 3),
        .title = casebook_sql_text(statement, 4),
        .rating = casebook_sql_text(statement, 5),
        .rated_ms = casebook_sql_int(statement, 6),
        .is_false = casebook_sql_int(statement, 7) != 0,
        .is_gone = casebook_sql_int(statement, 8) != 0,
    };
}

static struct casebook_claim keep(struct arena *arena, struct casebook_claim claim)
{
    claim.url = casebook_keep(arena, claim.url);
    claim.publisher = casebook_keep(arena, claim.publisher);
    claim.claim = casebook_keep(arena, claim.claim);
    claim.title = casebook_keep(arena, claim.title);
    claim.rating = casebook_keep(arena, claim.rating);
    return claim;
}

bool casebook_claims_like(struct casebook *casebook, struct str text, struct arena *arena,
                          struct casebook_claim claims[CASEBOOK_CLAIMS_MOST], size_t *count,
                          struct err *err)
{
    struct buf expression = BUF_EMPTY;
    *count = 0;
    casebook_search_put(casebook, text, SEARCH_ANY, &expression);
    enum casebook_step step = SQL_END;
    if (expression.len > 0) {
        sqlite3_stmt *statement =
            casebook_sql(casebook, err,
                         "SELECT " COLUMNS " FROM claim_words JOIN claims ON claims.id ="
                         " claim_words.rowid WHERE claim_words MATCH ?1 ORDER BY claim_words.rank,"
                         " claims.id LIMIT ?2",
                         "ti", buf_str(&expression), (int64_t)CASEBOOK_CLAIMS_MOST);
        step = SQL_FAILED;
        while (statement != NULL &&
               (step = casebook_sql_step(casebook, statement, err)) == SQL_ROW) {
            claims[(*count)++] = keep(arena, row(statement));
        }
        casebook_sql_done(statement);
    }
    buf_fini(&expression);
    return step == SQL_END;
}

bool casebook_claims_of(struct casebook *casebook, int64_t case_id, struct arena *arena,
                        struct casebook_claim claims[CASEBOOK_CLAIMS_MOST], size_t *count,
                        struct err *err)
{
    struct buf text = BUF_EMPTY;
    *count = 0;
    sqlite3_stmt *statement =
        casebook_sql(casebook, err,
                     "SELECT title, text FROM cases JOIN content ON post_id = first_post"
                     " WHERE cases.id = ?1",
                     "i", case_id);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step = casebook_sql_step(casebook, statement, err);
    if (step == SQL_ROW) {
        buf_put_str(&text, casebook_sql_text(statement, 0));
        buf_put_char(&text, '\n');
        buf_put_str(&text, casebook_sql_text(statement, 1));
    }
    casebook_sql_done(statement);
    bool done = step != SQL_FAILED &&
                (step == SQL_END ||
                 casebook_claims_like(casebook, buf_str(&text), arena, claims, count, err));
    buf_fini(&text);
    return done;
}

bool casebook_claims_list(struct casebook *casebook, int64_t import, bool only_false,
                          bool (*each)(void *context, const struct casebook_claim *claim),
                          void *context, struct err *err)
{
    sqlite3_stmt *statement =
        casebook_sql(casebook, err,
                     "SELECT " COLUMNS " FROM claims WHERE (?1 = 0 OR import = ?1)"
                     " AND (?2 = 0 OR (is_false AND NOT is_gone)) ORDER BY rated_ms DESC, id DESC",
                     "ii", import, (int64_t)only_false);
    enum casebook_step step = SQL_FAILED;
    while (statement != NULL && (step = casebook_sql_step(casebook, statement, err)) == SQL_ROW) {
        struct casebook_claim claim = row(statement);
        if (!each(context, &claim)) {
            step = SQL_END;
            break;
        }
    }
    casebook_sql_done(statement);
    return step == SQL_END;
}

bool casebook_claim_get(struct casebook *casebook, int64_t id, struct arena *arena,
                        struct casebook_claim *claim, bool *found, struct err *err)
{
    *found = false;
    sqlite3_stmt *statement =
        casebook_sql(casebook, err, "SELECT " COLUMNS " FROM claims WHERE id = ?1", "i", id);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step = casebook_sql_step(casebook, statement, err);
    if (step == SQL_ROW) {
        *claim = keep(arena, row(statement));
        *found = true;
    }
    casebook_sql_done(statement);
    return step != SQL_FAILED;
}

bool casebook_claims_with(struct casebook *casebook, struct str word, int64_t *count,
                          struct err *err)
{
    struct buf expression = BUF_EMPTY;
    *count = 0;
    casebook_search_put(casebook, word, SEARCH_ALL, &expression);
    bool done = expression.len == 0 ||
                casebook_sql_number(casebook, 0, count, err,
                                    "SELECT count(*) FROM claim_words WHERE claim_words MATCH ?1",
                                    "t", buf_str(&expression));
    buf_fini(&expression);
    return done;
}
