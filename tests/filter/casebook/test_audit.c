#include "filter/casebook/audit.h"

#include <jansson.h>
#include <stdlib.h>

#include "filter/base/file.h"
#include "tests/filter/casebook/house.h"

/* What an attacker with the file in hand does to the log, and what is said of it. */
struct attack {
    const char *name, *sql, *error;
};

#define NO_TRIGGERS                                                                                \
    "DROP TRIGGER log_no_update; DROP TRIGGER log_no_delete; "                                     \
    "DROP TRIGGER log_in_order; "

static const struct attack attacks[] = {
    {"abuse 28: a row edited", NO_TRIGGERS "UPDATE log SET actor = 'rudi' WHERE action = 'approve'",
     "was edited, or stands in another place"},
    {"abuse 28: a detail edited",
     NO_TRIGGERS "UPDATE log SET detail = replace(detail, 'aturan-uji', 'aturan-lain')",
     "was edited, or stands in another place"},
    {"abuse 28: a row cut out", NO_TRIGGERS "DELETE FROM log WHERE action = 'claim'",
     "is missing from the log: rows were cut out"},
    {"abuse 28: the first row cut out", NO_TRIGGERS "DELETE FROM log WHERE seq = 1",
     "row 1 is missing"},
    {"abuse 28: cut out and counted anew",
     NO_TRIGGERS "DELETE FROM log WHERE action = 'claim'; "
                 "UPDATE log SET seq = seq - 1 WHERE seq > (SELECT min(seq) FROM log WHERE action "
                 "= 'propose') - 1",
     "was edited, or stands in another place"},
    {"abuse 28: two rows exchanged",
     NO_TRIGGERS "UPDATE log SET seq = -1 WHERE seq = 2; UPDATE log SET seq = 2 WHERE seq = 3; "
                 "UPDATE log SET seq = 3 WHERE seq = -1",
     "was edited, or stands in another place"},
    {"abuse 28: the removal's row cut off",
     NO_TRIGGERS "DELETE FROM log WHERE seq > (SELECT seq FROM log WHERE action = 'list')",
     "it was cut"},
    {"a time changed", NO_TRIGGERS "UPDATE log SET time_ms = 0 WHERE seq = 2",
     "was edited, or stands in another place"},
    {"a hash changed", NO_TRIGGERS "UPDATE log SET hash = zeroblob(32) WHERE seq = 2",
     "was edited, or stands in another place"},
    {"text of another type", NO_TRIGGERS "UPDATE log SET actor = '' WHERE seq = 2",
     "was edited, or stands in another place"},
};

static void broken(void **state)
{
    const struct attack *attack = *state;
    struct house *house = house_build_with_people();
    struct casebook_report report;
    struct casebook_head head;
    struct err err = ERR_NONE;
    int64_t id = house_listed(house, "tipu.example");
    house_done(house, ADI, ACTION_REMOVE, id,
               (struct casebook_request){.reason = STR("sudah bersih")});
    house_listed(house, "tipu-lain.example");
    assert_true(casebook_head(house->casebook, &head.seq, &head.hash, &err));
    assert_int_equal(casebook_audit_verify(house->casebook, &head, &report, &err), AUDIT_INTACT);
    assert_int_equal(report.rows, head.seq);
    assert_int_equal(house_entries(house), 1);
    house_close(house);
    house_sql(house, attack->sql);
    house_open(house);
    assert_int_equal(casebook_audit_verify(house->casebook, &head, &report, &err), AUDIT_BROKEN);
    if (strstr(err.message, attack->error) == NULL) {
        assert_string_equal(err.message, attack->error);
    }
    assert_string_equal(err.file, house->path.bytes);
    if (strcmp(attack->error, "it was cut") != 0) {
        assert_int_equal(house_entries(house), (size_t)-1); /* nothing is in force */
    }
    house_tear_down(house);
}

/* Past all programs, SQLite itself refuses. */
static void append_only(void **state)
{
    static const char *const statements[] = {
        "UPDATE log SET actor = 'x'",
        "DELETE FROM log",
        "INSERT OR REPLACE INTO log SELECT seq, 0, "
        "'x', 'x', 0, '{}', x'00' FROM log WHERE seq = 1",
    };
    struct house *house = house_build_with_people();
    (void)state;
    for (size_t i = 0; i < COUNT(statements); i++) {
        struct buf command = BUF_EMPTY;
        buf_printf(&command, "sqlite3 %s \"%s\" 2>&1 | grep -q 'the log is append-only'",
                   house->path.bytes, statements[i]);
        assert_int_equal(system(command.bytes), 0);
        buf_fini(&command);
    }
    house_tear_down(house);
}

/* Abuse 29: an old copy put back is sound in itself, and the witness knows better. */
static void abuse_29_rollback(void **state)
{
    struct house *house = house_build_with_people();
    struct buf old = BUF_EMPTY, line = BUF_EMPTY, path = BUF_EMPTY;
    struct casebook_head witnessed;
    struct casebook_report report;
    struct err err = ERR_NONE;
    (void)state;
    house_close(house);
    assert_true(file_read(house->path.bytes, 64 << 20, &old, &err));
    house_open(house);
    int64_t id = house_listed(house, "tipu.example");
    house_done(house, ADI, ACTION_REMOVE, id,
               (struct casebook_request){.reason = STR("sudah bersih")});
    house_tick(house); /* publishes the head */
    house_close(house);
    buf_printf(&path, "%s/audit.head", house->folder);
    assert_true(file_read(path.bytes, 4096, &line, &err));
    assert_true(casebook_head_parse(buf_str(&line), &witnessed, &err));
    house_write(house, "casebook.db", buf_str(&old));
    house_open(house);
    assert_int_equal(casebook_audit_verify(house->casebook, NULL, &report, &err), AUDIT_INTACT);
    assert_int_equal(casebook_audit_verify(house->casebook, &witnessed, &report, &err),
                     AUDIT_BROKEN);
    assert_non_null(strstr(err.message, "was published: it was cut"));
    /* Written on from there, the numbers fit and the hash does not. */
    for (int i = 0; i < 20; i++) {
        house_case(house, RULE_FRAUD);
    }
    err = ERR_NONE;
    assert_int_equal(casebook_audit_verify(house->casebook, &witnessed, &report, &err),
                     AUDIT_BROKEN);
    assert_non_null(strstr(err.message, "the log was written anew"));
    buf_fini(&old);
    buf_fini(&line);
    buf_fini(&path);
    house_tear_down(house);
}

/*
 * Abuse 29: an old copy put back, in which a removed entry still stands, and written on until its
 * numbers are past the published one. The next publication must not bless it.
 */
static void abuse_29_rollback_written_on(void **state)
{
    struct house *house = house_build_with_people();
    struct buf old = BUF_EMPTY;
    struct casebook_head witnessed, still;
    struct err err = ERR_NONE;
    (void)state;
    int64_t id = house_listed(house, "tipu.example");
    house_close(house);
    assert_true(file_read(house->path.bytes, 64 << 20, &old, &err));
    house_open(house);
    house_done(house, ADI, ACTION_REMOVE, id,
               (struct casebook_request){.reason = STR("sudah bersih")});
    house_tick(house); /* publishes the head */
    assert_int_equal(house_entries(house), 0);
    assert_true(casebook_head_published(house->casebook, &witnessed, &err));
    house_close(house);
    house_write(house, "casebook.db", buf_str(&old));
    house_open(house);
    for (int i = 0; i < 20; i++) {
        assert_int_equal(house_entries(house), (size_t)-1);
        house_case(house, RULE_FRAUD);
        house_tick(house);
    }
    assert_non_null(strstr(house->err.message, "the log was written anew"));
    assert_true(casebook_head_published(house->casebook, &still, &err));
    assert_memory_equal(&still, &witnessed, sizeof still);
    buf_fini(&old);
    house_tear_down(house);
}

static bool check_line(void *context, const struct casebook_row *row)
{
    struct buf line = BUF_EMPTY;
    (void)context;
    casebook_audit_format(row, &line);
    json_t *object = json_loadb(line.bytes, line.len, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(object);
    assert_int_equal(json_integer_value(json_object_get(object, "seq")), row->seq);
    assert_true(json_is_object(json_object_get(object, "detail")));
    json_decref(object);
    buf_fini(&line);
    return true;
}

static void rows_are_lines_of_json(void **state)
{
    struct house *house = house_build_with_people();
    struct err err = ERR_NONE;
    (void)state;
    house_listed(house, "tipu.example");
    assert_true(casebook_audit_read(house->casebook, 1, check_line, NULL, &err));
    house_tear_down(house);
}

struct bad_head {
    const char *name, *line;
};

static const struct bad_head bad_heads[] = {
    {"nothing", ""},
    {"no JSON", "abc"},
    {"no hash", "{\"seq\":1}"},
    {"a short hash", "{\"hash\":\"ab\",\"seq\":1}"},
    {"a negative number",
     "{\"hash\":\"0000000000000000000000000000000000000000000000000000000000000000\",\"seq\":-1}"},
    {"in another order",
     "{\"seq\":1,\"hash\":\"0000000000000000000000000000000000000000000000000000000000000000\"}"},
};

static void refuse_head(void **state)
{
    const struct bad_head *one = *state;
    struct casebook_head head;
    struct err err = ERR_NONE;
    assert_false(casebook_head_parse(str_of(one->line), &head, &err));
    assert_true(str_starts(str_of(err.message), STR("the head ")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(append_only),
        cmocka_unit_test(abuse_29_rollback),
        cmocka_unit_test(abuse_29_rollback_written_on),
        cmocka_unit_test(rows_are_lines_of_json),
    };
    return RUN_CASES("casebook_audit_verify", attacks, broken) +
           RUN_CASES("casebook_head_parse", bad_heads, refuse_head) +
           cmocka_run_group_tests_name("casebook_audit", tests, NULL, NULL);
}
