#include "filter/pipeline/intray.h"

#include <poll.h>
#include <sqlite3.h>
#include <stdio.h>

#include "filter/base/log.h"
#include "tests/filter/casebook/house.h"
#include "tests/filter/casebook/release.h"

#define HEX "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

struct room {
    struct house *house;
    struct intray *intray;
    uint64_t taken[64];
    size_t count;
};

static void set_up(struct room *room)
{
    *room = (struct room){.house = house_build()};
    log_set_level(LOG_ERROR + 1);
    room->intray = intray_new(room->house->casebook, 1);
}

static void tear_down(struct room *room)
{
    intray_free(room->intray);
    house_tear_down(room->house);
}

/* Does to the casebook's file what a test needs, past the casebook. */
static void sql(const struct room *room, const char *text)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(room->house->path.bytes, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void note_taken(void *context, uint64_t number);

static void write_verdict(const char *id, struct buf *json)
{
    buf_printf(
        json,
        "{\"post\":{\"id\":\"%s\",\"source\":\"uji\",\"text\":\"undian tinta %s\"},\"links\":"
        "[],\"key\":\"" HEX "\",\"ruleset\":\"a\",\"rules\":[{\"id\":\"r\",\"title\":\"R\","
        "\"class\":\"fraud\",\"level\":\"high\",\"revision\":\"" HEX "\",\"document\":\"" HEX
        "\",\"evidence\":["
        "{\"url\":\"https://x.example/\"}],\"spans\":[]}]}",
        id, id);
}

static enum intray_answer put_rule(struct room *room, uint64_t number, const char *id,
                                   bool is_released)
{
    struct buf json = BUF_EMPTY;
    write_verdict(id, &json);
    struct verdict verdict;
    struct err err = ERR_NONE;
    assert_true(verdict_read(room->house->arena, buf_str(&json), &verdict, &err));
    if (is_released) {
        release_rules(room->house->casebook, &verdict);
    }
    enum intray_answer answer = intray_put(room->intray, number, buf_str(&json));
    buf_fini(&json);
    return answer;
}

static enum intray_answer put(struct room *room, uint64_t number, const char *id)
{
    return put_rule(room, number, id, true);
}

static void note_taken(void *context, uint64_t number)
{
    struct room *room = context;
    room->taken[room->count++] = number;
}

/* One round of tries, when it is due. */
static void retry(struct room *room)
{
    int wait_ms;
    while ((wait_ms = intray_wait_ms(room->intray)) > 0) {
        poll(NULL, 0, wait_ms);
    }
    intray_retry(room->intray, note_taken, room);
}

static void takes_at_once(void **state)
{
    (void)state;
    struct room room;
    set_up(&room);
    assert_int_equal(put(&room, 1, "a"), INTRAY_TAKEN);
    assert_int_equal(put(&room, 2, "a"), INTRAY_TAKEN);
    assert_int_equal(intray_put(room.intray, 3, STR("{\"post\":7}")), INTRAY_TAKEN);
    assert_int_equal(intray_put(room.intray, 4, STR("")), INTRAY_TAKEN);
    struct intray_counts counts = intray_counts(room.intray);
    assert_int_equal(counts.opened, 1);
    assert_int_equal(counts.duplicates, 1);
    assert_int_equal(counts.dead, 2);
    assert_int_equal(counts.kept, 0);
    assert_false(intray_is_stuck(room.intray));
    assert_int_equal(intray_wait_ms(room.intray), -1);
    tear_down(&room);
}

/* What a rule that nobody released flagged is let go of, whatever ingest says. */
static void shadows_open_nothing(void **state)
{
    (void)state;
    struct room room;
    set_up(&room);
    assert_int_equal(put_rule(&room, 1, "a", false), INTRAY_TAKEN);
    assert_int_equal(intray_counts(room.intray).shadow, 1);
    assert_int_equal(intray_counts(room.intray).opened, 0);
    assert_int_equal(house_log_rows(room.house, "flag"), 0);
    tear_down(&room);
}

/* As a full disk: nothing gets in; then all of it does, in order. */
static void waits_for_the_casebook(void **state)
{
    (void)state;
    struct room room;
    set_up(&room);
    sql(&room, "CREATE TRIGGER full BEFORE INSERT ON content BEGIN SELECT raise(ABORT, 'x'); END");
    assert_int_equal(put(&room, 1, "a"), INTRAY_KEPT);
    assert_true(intray_is_stuck(room.intray));
    for (int i = 0; i < INTRAY_REFUSALS + 2; i++) {
        retry(&room);
        assert_int_equal(room.count, 0);
        assert_false(intray_is_stuck(room.intray)); /* one more may come, as a probe */
    }
    assert_int_equal(put(&room, 2, "b"), INTRAY_KEPT);
    assert_true(intray_is_stuck(room.intray));
    sql(&room, "DROP TRIGGER full");
    retry(&room);
    assert_int_equal(room.count, 2);
    assert_int_equal(room.taken[0], 1);
    assert_int_equal(room.taken[1], 2);
    assert_int_equal(intray_counts(room.intray).dead, 0);
    assert_int_equal(intray_counts(room.intray).kept, 0);
    assert_false(intray_is_stuck(room.intray));
    tear_down(&room);
}

/* One that never gets in does not keep the others out, and is given up in the end. */
static void goes_round_a_poisoned_one(void **state)
{
    (void)state;
    struct room room;
    set_up(&room);
    sql(&room, "CREATE TRIGGER poison BEFORE INSERT ON content WHEN new.item = 'racun' BEGIN SELECT"
               " raise(ABORT, 'x'); END");
    assert_int_equal(put(&room, 1, "racun"), INTRAY_KEPT);
    uint64_t number = 1;
    char id[16];
    for (int i = 0; i < INTRAY_REFUSALS; i++) {
        assert_int_equal(room.count, 0);
        retry(&room);
        assert_false(intray_is_stuck(room.intray));
        snprintf(id, sizeof id, "p%d", i);
        assert_int_equal(put(&room, ++number, id), INTRAY_TAKEN);
    }
    retry(&room);
    assert_int_equal(room.count, 1);
    assert_int_equal(room.taken[0], 1);
    assert_int_equal(intray_counts(room.intray).dead, 1);
    assert_int_equal(intray_counts(room.intray).kept, 0);
    tear_down(&room);
}

static void is_full_and_forgets(void **state)
{
    (void)state;
    struct room room;
    set_up(&room);
    sql(&room, "CREATE TRIGGER full BEFORE INSERT ON content BEGIN SELECT raise(ABORT, 'x'); END");
    for (uint64_t i = 0; i < INTRAY_MOST; i++) {
        assert_int_equal(put(&room, i, "a"), INTRAY_KEPT);
        retry(&room);
    }
    assert_true(intray_is_stuck(room.intray)); /* not even a probe fits */
    intray_forget(room.intray);
    assert_int_equal(intray_counts(room.intray).kept, 0);
    assert_int_equal(intray_wait_ms(room.intray), -1);
    tear_down(&room);
}

static bool add(struct room *room, uint64_t number, const char *id)
{
    struct buf json = BUF_EMPTY;
    write_verdict(id, &json);
    bool is_full = intray_add(room->intray, number, buf_str(&json), note_taken, room);
    buf_fini(&json);
    return is_full;
}

/* Several share one wait for the disk: none is told of before all are durable. */
static void a_few_are_taken_together(void **state)
{
    struct room room;
    (void)state;
    set_up(&room);
    assert_int_equal(put(&room, 1, "satu"), INTRAY_TAKEN); /* releases their rule */
    for (uint64_t i = 0; i < INTRAY_MOST; i++) {
        char id[16];
        snprintf(id, sizeof id, "pos-%u", (unsigned)i);
        assert_int_equal(add(&room, 10 + i, id), i == INTRAY_MOST - 1);
        assert_int_equal(room.count, 0);
    }
    intray_settle(room.intray, note_taken, &room);
    assert_int_equal(room.count, INTRAY_MOST);
    assert_int_equal(room.taken[0], 10);
    struct intray_counts counts = intray_counts(room.intray);
    assert_int_equal(counts.opened + counts.joined + counts.duplicates + counts.decided,
                     1 + INTRAY_MOST);
    assert_int_equal(counts.kept, 0);
    intray_settle(room.intray, note_taken, &room); /* nothing is left to settle */
    assert_int_equal(room.count, INTRAY_MOST);
    tear_down(&room);
}

/* What is no verdict is told so; those around it are taken. One refused is kept, alone. */
static void one_bad_one_spoils_no_other(void **state)
{
    struct room room;
    (void)state;
    set_up(&room);
    assert_int_equal(put(&room, 1, "satu"), INTRAY_TAKEN);
    assert_false(add(&room, 2, "dua"));
    assert_false(intray_add(room.intray, 3, STR("{}"), note_taken, &room));
    assert_false(add(&room, 4, "empat"));
    intray_settle(room.intray, note_taken, &room);
    assert_int_equal(room.count, 3);
    assert_int_equal(intray_counts(room.intray).dead, 1);
    sql(&room, "CREATE TRIGGER stop BEFORE INSERT ON posts BEGIN SELECT raise(ABORT, 'x'); END");
    assert_false(add(&room, 5, "lima"));
    intray_settle(room.intray, note_taken, &room);
    assert_int_equal(room.count, 3);
    assert_int_equal(intray_counts(room.intray).kept, 1);
    sql(&room, "DROP TRIGGER stop");
    retry(&room);
    assert_int_equal(room.count, 4);
    assert_int_equal(room.taken[3], 5);
    tear_down(&room);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_few_are_taken_together),
        cmocka_unit_test(one_bad_one_spoils_no_other),
        cmocka_unit_test(takes_at_once),
        cmocka_unit_test(shadows_open_nothing),
        cmocka_unit_test(waits_for_the_casebook),
        cmocka_unit_test(goes_round_a_poisoned_one),
        cmocka_unit_test(is_full_and_forgets),
    };
    return cmocka_run_group_tests_name("intray", tests, NULL, NULL);
}
