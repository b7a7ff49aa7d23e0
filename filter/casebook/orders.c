/* Orders of captures: who asked for which page of a case, and what came of it (captures.h). */
#include <string.h>

#include "filter/base/err.h"
#include "filter/casebook/captures.h"
#include "filter/casebook/case.h"
#include "filter/casebook/sql.h"

enum { TRIES_MOST = 2, ALL_MOST = 64, WHY_MOST = 300 };

static const char *const states[] = {
#define X(constant, name) [constant] = (name),
    CASEBOOK_ORDERS(X)
#undef X
};

static bool read_state(struct str name, enum casebook_order_state *state)
{
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        if (str_is(name, states[i])) {
            *state = (enum casebook_order_state)i;
            return true;
        }
    }
    return false;
}

#define OPEN_STATES "('waits', 'fetching')"

/* A page is asked for once at a time, and nobody fills the line. */
static enum casebook_outcome check_line(struct casebook *casebook, int64_t case_id, struct str url,
                                        struct err *err)
{
    int64_t same, of_case, all;
    if (!casebook_sql_number(casebook, 0, &same, err,
                             "SELECT count(*) FROM capture_orders WHERE case_id = ?1 AND url = ?2"
                             " AND state IN " OPEN_STATES,
                             "it", case_id, url) ||
        !casebook_sql_number(casebook, 0, &of_case, err,
                             "SELECT count(*) FROM capture_orders WHERE case_id = ?1 AND state"
                             " IN " OPEN_STATES,
                             "i", case_id) ||
        !casebook_sql_number(casebook, 0, &all, err,
                             "SELECT count(*) FROM capture_orders WHERE state IN " OPEN_STATES,
                             "")) {
        return CASEBOOK_FAILED;
    }
    if (same > 0) {
        err_set(err, "halaman itu sudah ditunggu / that page is being waited for already");
    } else if (of_case >= CASEBOOK_ORDERS_MOST || all >= ALL_MOST) {
        err_set(err, "terlalu banyak halaman yang menunggu direkam; coba sebentar lagi / too many "
                     "pages wait to be captured; try again in a moment");
    } else if (url.len > CASEBOOK_ORDER_URL_MOST) {
        err_set(err, "alamatnya lebih dari %d byte / the address has more than %d bytes",
                CASEBOOK_ORDER_URL_MOST, CASEBOOK_ORDER_URL_MOST);
    } else {
        return CASEBOOK_DONE;
    }
    return CASEBOOK_REFUSED;
}

static enum casebook_outcome put_order(struct casebook *casebook, struct str person,
                                       int64_t case_id, struct str url, struct err *err)
{
    int64_t now_ms;
    enum casebook_outcome outcome = check_line(casebook, case_id, url, err);
    if (outcome != CASEBOOK_DONE) {
        return outcome;
    }
    return casebook_time(casebook, &now_ms, err) &&
                   casebook_sql_run(casebook, err,
                                    "DELETE FROM capture_orders WHERE case_id = ?1 AND url = ?2"
                                    " AND state = 'failed'",
                                    "it", case_id, url) &&
                   casebook_sql_run(casebook, err,
                                    "INSERT INTO capture_orders VALUES (NULL, ?1, ?2, ?3, ?4, ?4,"
                                    " 'waits', 0, '')",
                                    "itti", case_id, url, person, now_ms)
               ? CASEBOOK_DONE
               : CASEBOOK_FAILED;
}

enum casebook_outcome casebook_order(struct casebook *casebook,
                                     const struct casebook_session *session, int64_t case_id,
                                     struct str url, struct err *err)
{
    struct buf canonical = BUF_EMPTY;
    enum casebook_outcome outcome = CASEBOOK_REFUSED;
    if (casebook_capture_may(casebook, session, case_id, url, &canonical, err)) {
        outcome = CASEBOOK_FAILED;
        if (casebook_sql_enter(casebook, err)) {
            outcome = put_order(casebook, casebook_session_name(session), case_id,
                                buf_str(&canonical), err);
            if (!casebook_sql_leave(casebook, outcome == CASEBOOK_DONE, err) &&
                outcome == CASEBOOK_DONE) {
                outcome = CASEBOOK_FAILED;
            }
        }
    }
    buf_fini(&canonical);
    return outcome;
}

#define COLUMNS "id, case_id, url, person, asked_ms, since_ms, state, why"

static bool read_order(sqlite3_stmt *statement, struct casebook_order *order)
{
    *order = (struct casebook_order){
        .id = casebook_sql_int(statement, 0),
        .case_id = casebook_sql_int(statement, 1),
        .url = casebook_sql_text(statement, 2),
        .person = casebook_sql_text(statement, 3),
        .asked_ms = casebook_sql_int(statement, 4),
        .since_ms = casebook_sql_int(statement, 5),
        .why = casebook_sql_text(statement, 7),
    };
    return read_state(casebook_sql_text(statement, 6), &order->state);
}

bool casebook_orders(struct casebook *casebook, int64_t case_id,
                     void (*each)(void *context, const struct casebook_order *order), void *context,
                     struct err *err)
{
    sqlite3_stmt *statement = casebook_sql(
        casebook, err, "SELECT " COLUMNS " FROM capture_orders WHERE case_id = ?1 ORDER BY id", "i",
        case_id);
    enum casebook_step step = SQL_FAILED;
    bool done = statement != NULL;
    while (done && (step = casebook_sql_step(casebook, statement, err)) == SQL_ROW) {
        struct casebook_order order;
        done = read_order(statement, &order) || casebook_sql_error(casebook, SQLITE_CORRUPT, err);
        if (done) {
            each(context, &order);
        }
    }
    casebook_sql_done(statement);
    return done && step == SQL_END;
}

/* One order, by `where`; its text in the arena. */
static bool find(struct casebook *casebook, struct arena *arena, const char *sql, int64_t number,
                 struct casebook_order *order, bool *found, struct err *err)
{
    sqlite3_stmt *statement = casebook_sql(casebook, err, sql, "i", number);
    *found = false;
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step = casebook_sql_step(casebook, statement, err);
    bool done = step != SQL_FAILED;
    if (step == SQL_ROW) {
        done = read_order(statement, order) || casebook_sql_error(casebook, SQLITE_CORRUPT, err);
        order->url = casebook_keep(arena, order->url);
        order->person = casebook_keep(arena, order->person);
        order->why = STR("");
        *found = done;
    }
    casebook_sql_done(statement);
    return done;
}

static bool enter(struct casebook *casebook, int64_t id, enum casebook_order_state state,
                  struct str why, struct err *err)
{
    int64_t now_ms;
    return casebook_time(casebook, &now_ms, err) &&
           casebook_sql_run(casebook, err,
                            "UPDATE capture_orders SET state = ?2, since_ms = ?3, why = ?4,"
                            " tries = tries + (?2 = 'fetching') WHERE id = ?1",
                            "itit", id, str_of(states[state]), now_ms, why);
}

bool casebook_order_take(struct casebook *casebook, struct arena *arena,
                         struct casebook_order *order, bool *found, struct err *err)
{
    return find(casebook, arena,
                "SELECT " COLUMNS " FROM capture_orders WHERE state = 'waits' AND ?1 = 0"
                " ORDER BY id LIMIT 1",
                0, order, found, err) &&
           (!*found || enter(casebook, order->id, ORDER_FETCHING, STR(""), err));
}

bool casebook_order_failed(struct casebook *casebook, int64_t id, const char *why, struct err *err)
{
    struct str text = str_of(why);
    return enter(casebook, id, ORDER_FAILED,
                 str_part(text, 0, text.len < WHY_MOST ? text.len : WHY_MOST), err);
}

bool casebook_order_done(struct casebook *casebook, int64_t id, long status, struct str warc,
                         struct err *err)
{
    struct arena *arena = arena_new(1 << 20);
    struct casebook_order order;
    struct casebook_capture capture;
    struct err why = ERR_NONE;
    bool found;
    bool done = find(casebook, arena, "SELECT " COLUMNS " FROM capture_orders WHERE id = ?1", id,
                     &order, &found, err);
    if (done && found) {
        done = casebook_capture_keep(casebook, order.person, order.case_id, order.url, status, warc,
                                     &capture, &why)
                   ? casebook_sql_run(casebook, err, "DELETE FROM capture_orders WHERE id = ?1",
                                      "i", id)
                   : casebook_order_failed(casebook, id, why.message, err);
    }
    arena_free(arena);
    return done; /* one that is not there went with its case's content */
}

bool casebook_orders_again(struct casebook *casebook, struct err *err)
{
    return casebook_sql_run(casebook, err,
                            "UPDATE capture_orders SET state = iif(tries < ?1, 'waits', 'failed'),"
                            " why = iif(tries < ?1, '', ?2) WHERE state = 'fetching'",
                            "it", (int64_t)TRIES_MOST,
                            STR("proses perekamnya mati dua kali / the process that captures died "
                                "twice"));
}
