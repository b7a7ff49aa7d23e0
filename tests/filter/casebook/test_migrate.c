/*
 * A casebook of an older schema is brought up to date when it is opened, and all of it still holds.
 * old/schema_3.sql is the dump of one that saring made then: an entry in force, a referral, and a
 * case that waits, by two people; its keys were made for it and open nothing.
 */
#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>

#include "filter/base/file.h"
#include "filter/casebook/appeal.h"
#include "filter/casebook/case.h"
#include "filter/casebook/sql.h"
#include "tests/filter/casebook/house.h"

#define OLD "tests/filter/casebook/old/"

enum { LISTED = 1, REFERRED = 2, FLAGGED = 3 };

static const int64_t made_ms = 1795642966465; /* the last row of its log */

static void put_key(const struct house *house)
{
    struct buf hex = BUF_EMPTY;
    struct err err = ERR_NONE;
    unsigned char key[32];
    assert_true(file_read(OLD "schema_3.key.hex", 1024, &hex, &err));
    for (size_t i = 0; i < sizeof key; i++) {
        char pair[3] = {hex.bytes[2 * i], hex.bytes[2 * i + 1], '\0'};
        key[i] = (unsigned char)strtoul(pair, NULL, 16);
    }
    house_write(house, "casebook.db.key", (struct str){(const char *)key, sizeof key});
    buf_fini(&hex);
}

/* The file as it lay there, in the place of the house's own. */
static struct house *move_into_old(void)
{
    struct house *house = house_build();
    struct buf sql = BUF_EMPTY;
    struct err err = ERR_NONE;
    house_close(house);
    assert_int_equal(unlink(house->path.bytes), 0);
    assert_true(file_read(OLD "schema_3.sql", 1 << 20, &sql, &err));
    buf_put_string(&sql, "PRAGMA user_version = 3; PRAGMA application_id = 1397902919;");
    house_sql(house, sql.bytes);
    put_key(house);
    house->clock.fixed_ms = made_ms + HOUR;
    buf_fini(&sql);
    return house;
}

static void an_old_casebook_is_brought_up_to_date(void **state)
{
    struct house *house = move_into_old();
    struct casebook_report report;
    struct err err = ERR_NONE;
    (void)state;
    house_open(house);
    assert_int_equal(casebook_audit_verify(house->casebook, NULL, &report, &err), AUDIT_INTACT);
    assert_int_equal(report.rows, 15);
    assert_int_equal(house_entries(house), 1);
    assert_int_equal(house_state(house, LISTED), CASE_LISTED);
    assert_int_equal(house_state(house, REFERRED), CASE_REFERRED);
    assert_int_equal(house_state(house, FLAGGED), CASE_FLAGGED);
    assert_int_equal(house_page(house, LISTED).post_count, 1);
    /* What came since works on what was there. */
    house_appeal(house, LISTED);
    assert_int_equal(house_entries(house), 0);
    assert_int_equal(house_look(house, REFERRED).deadline_ms, made_ms + 14 * DAY);
    house->clock.fixed_ms = made_ms + 14 * DAY;
    house_tick(house);
    assert_int_equal(house_state(house, REFERRED), CASE_UNANSWERED);
    assert_int_equal(house_state(house, FLAGGED), CASE_DISMISSED);
    assert_int_equal(house_state(house, LISTED), CASE_CLOSED); /* nobody decided the appeal */
    house_tear_down(house);
}

static void who_only_reads_is_told_of_it(void **state)
{
    struct house *house = move_into_old();
    struct err err = ERR_NONE;
    (void)state;
    assert_null(casebook_open_read(house->path.bytes, &house->clock, &err));
    assert_non_null(strstr(err.message, "older schema 3; saring run brings it up to date"));
    house_tear_down(house);
}

/* The step that fails leaves the file as it was. */
static void half_a_migration_is_none(void **state)
{
    struct house *house = move_into_old();
    struct err err = ERR_NONE;
    (void)state;
    house_sql(house, "CREATE TABLE appeals (id INTEGER PRIMARY KEY)"); /* in the way of a step */
    assert_null(casebook_open(house->path.bytes, &house->clock, &err));
    sqlite3 *db;
    sqlite3_stmt *row;
    assert_int_equal(sqlite3_open(house->path.bytes, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &row, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(row), SQLITE_ROW);
    assert_int_equal(sqlite3_column_int(row, 0), 3);
    sqlite3_finalize(row);
    assert_int_equal(sqlite3_exec(db, "SELECT like_case FROM cases", NULL, NULL, NULL),
                     SQLITE_ERROR);
    sqlite3_close(db);
    house_tear_down(house);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_old_casebook_is_brought_up_to_date),
        cmocka_unit_test(who_only_reads_is_told_of_it),
        cmocka_unit_test(half_a_migration_is_none),
    };
    return cmocka_run_group_tests_name("migrate", tests, NULL, NULL);
}
