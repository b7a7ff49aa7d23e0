/* Into which cases one could be merged by hand. */
#include "filter/base/err.h"
#include "filter/casebook/look.h"
#include "filter/casebook/sql.h"

/* Cases that share something with it, and the oldest of its rule, never all that wait. */
#define TARGETS                                                                                    \
    "WITH me AS (SELECT id, season, class, rule_id FROM cases WHERE id = ?1),"                     \
    " near_ones (id, shared) AS ("                                                                 \
    "  SELECT case_id, count(DISTINCT key) FROM near WHERE case_id <> ?1"                          \
    "   AND key IN (SELECT key FROM near WHERE case_id = ?1) GROUP BY case_id"                     \
    "  UNION ALL SELECT id, 0 FROM (SELECT cases.id FROM cases, me WHERE cases.state IN"           \
    "   ('flagged', 'held', 'claimed') AND cases.rule_id = me.rule_id AND cases.class = me.class"  \
    "   AND cases.id <> me.id ORDER BY cases.opened_ms LIMIT 32))"                                 \
    " SELECT cases.id, version, opened_ms, copies, state, max(shared),"                            \
    " cases.rule_id = me.rule_id, rule_title, coalesce(title, ''), coalesce(text, '')"             \
    " FROM near_ones JOIN cases ON cases.id = near_ones.id JOIN me"                                \
    " ON cases.season = me.season AND cases.class = me.class"                                      \
    " LEFT JOIN content ON post_id = first_post"                                                   \
    " WHERE (state IN ('flagged', 'held') OR (state = 'claimed' AND holder = ?2))"                 \
    " AND NOT EXISTS (SELECT 1 FROM proposals WHERE proposals.case_id = cases.id)"                 \
    " GROUP BY cases.id ORDER BY 6 DESC, 7 DESC, opened_ms, cases.id LIMIT ?3"

bool casebook_look_targets(struct casebook *casebook, struct str name, int64_t case_id,
                           size_t limit,
                           bool (*each)(void *context, const struct casebook_look_target *target),
                           void *context, struct err *err)
{
    sqlite3_stmt *statement =
        casebook_sql(casebook, err, TARGETS, "iti", case_id, name, (int64_t)limit);
    enum casebook_step step = SQL_FAILED;
    while (statement != NULL && (step = casebook_sql_step(casebook, statement, err)) == SQL_ROW) {
        struct casebook_look_target target = {
            .id = casebook_sql_int(statement, 0),
            .version = casebook_sql_int(statement, 1),
            .opened_ms = casebook_sql_int(statement, 2),
            .copies = casebook_sql_int(statement, 3),
            .shared = casebook_sql_int(statement, 5),
            .is_same_rule = casebook_sql_int(statement, 6) != 0,
            .rule_title = casebook_sql_text(statement, 7),
            .title = casebook_sql_text(statement, 8),
            .text = casebook_sql_text(statement, 9),
        };
        if (!casebook_state_parse(casebook_sql_text(statement, 4), &target.state)) {
            casebook_sql_error(casebook, SQLITE_CORRUPT, err);
            step = SQL_FAILED;
            break;
        }
        if (!each(context, &target)) {
            break;
        }
    }
    casebook_sql_done(statement);
    return step != SQL_FAILED;
}
