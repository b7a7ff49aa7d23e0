/* What people ask for and write about a case: pages to be captured, and notes. */
#include <stdio.h>

#include "filter/casebook/captures.h"
#include "filter/casebook/notes.h"
#include "filter/casebook/sql.h"
#include "tests/filter/casebook/house.h"

static const struct casebook_request nothing;

#define SITE "https://situs-tiruan.example/"

static int64_t number(struct house *house, const char *sql)
{
    int64_t value = -1;
    struct err err = ERR_NONE;
    assert_true(casebook_sql_number(house->casebook, 0, &value, &err, sql, ""));
    return value;
}

static int64_t open_case(struct house *house)
{
    assert_int_equal(
        house_flag(house, (struct house_post){.text = "Isi NIK di situs ini, hadiah menanti",
                                              .link = SITE "isi",
                                              .class = RULE_FRAUD}),
        CASEBOOK_OPENED);
    return number(house, "SELECT max(id) FROM cases");
}

static enum casebook_outcome order(struct house *house, enum house_name who, int64_t id,
                                   const char *url)
{
    house->err = ERR_NONE;
    return casebook_order(house->casebook, house->who[who], id, str_of(url), &house->err);
}

struct orders {
    size_t count;
    enum casebook_order_state state;
    char url[100], why[400];
    int64_t id;
};

static void see_order(void *context, const struct casebook_order *one)
{
    struct orders *orders = context;
    orders->count++;
    orders->state = one->state;
    orders->id = one->id;
    snprintf(orders->url, sizeof orders->url, "%.*s", STR_FORMAT(one->url));
    snprintf(orders->why, sizeof orders->why, "%.*s", STR_FORMAT(one->why));
}

static struct orders look(struct house *house, int64_t id)
{
    struct orders orders = {.count = 0};
    struct err err = ERR_NONE;
    assert_true(casebook_orders(house->casebook, id, see_order, &orders, &err));
    return orders;
}

static bool take(struct house *house, struct casebook_order *one)
{
    bool found;
    struct err err = ERR_NONE;
    assert_true(casebook_order_take(house->casebook, house->arena, one, &found, &err));
    return found;
}

static void an_order_becomes_a_capture(void **state)
{
    struct house *house = house_build_with_people();
    struct casebook_order one;
    struct err err = ERR_NONE;
    struct hash sha256 = hash_sha256(STR("warc"));
    struct casebook_capture capture;
    bool found;
    (void)state;
    int64_t id = open_case(house);
    assert_int_equal(order(house, RANI, id, "HTTPS://Situs-Tiruan.example/isi"), CASEBOOK_DONE);
    assert_int_equal(look(house, id).state, ORDER_WAITS);
    assert_string_equal(look(house, id).url, SITE "isi");
    assert_true(take(house, &one));
    assert_true(str_is(one.url, SITE "isi"));
    assert_int_equal(look(house, id).state, ORDER_FETCHING);
    assert_false(take(house, &one));
    assert_true(casebook_order_done(house->casebook, one.id, 200, STR("warc"), &err));
    assert_int_equal(look(house, id).count, 0);
    assert_true(
        casebook_capture_find(house->casebook, &sha256, house->arena, &capture, &found, &err));
    assert_true(found);
    assert_int_equal(capture.case_id, id);
    assert_int_equal(capture.size, 4);
    assert_true(str_is(capture.person, "rani"));
    assert_int_equal(house_log_rows(house, "evidence"), 1);
    /* What is not there any more went with its case. */
    assert_true(casebook_order_done(house->casebook, one.id, 200, STR("warc"), &err));
    assert_int_equal(number(house, "SELECT count(*) FROM captures"), 1);
    house_tear_down(house);
}

static void what_is_not_of_the_case_is_not_asked_for(void **state)
{
    struct house *house = house_build_with_people();
    (void)state;
    int64_t id = open_case(house);
    static const char *const bad[] = {"https://lain.example/", "file:///etc/passwd", "isi", ""};
    for (size_t i = 0; i < COUNT(bad); i++) {
        assert_int_equal(order(house, RANI, id, bad[i]), CASEBOOK_REFUSED);
    }
    assert_int_equal(order(house, AUDI, id, SITE), CASEBOOK_REFUSED);
    assert_int_equal(order(house, ADMIN, id, SITE), CASEBOOK_REFUSED);
    assert_int_equal(order(house, RANI, 999, SITE), CASEBOOK_REFUSED);
    assert_int_equal(look(house, id).count, 0);
    assert_int_equal(house_log_rows(house, "refused"), COUNT(bad) + 3);
    house_tear_down(house);
}

static void nobody_fills_the_line(void **state)
{
    struct house *house = house_build_with_people();
    char url[80];
    (void)state;
    int64_t id = open_case(house);
    for (int i = 0; i < CASEBOOK_ORDERS_MOST; i++) {
        snprintf(url, sizeof url, SITE "%d", i);
        assert_int_equal(order(house, RANI, id, url), CASEBOOK_DONE);
    }
    assert_int_equal(order(house, RANI, id, SITE "0"), CASEBOOK_REFUSED);
    assert_non_null(strstr(house->err.message, "being waited for"));
    assert_int_equal(order(house, ADI, id, SITE "9"), CASEBOOK_REFUSED);
    assert_non_null(strstr(house->err.message, "too many pages"));
    house_tear_down(house);
}

static void a_failure_is_told_and_tried_anew_by_people(void **state)
{
    struct house *house = house_build_with_people();
    struct casebook_order one;
    struct err err = ERR_NONE;
    (void)state;
    int64_t id = open_case(house);
    assert_int_equal(order(house, RANI, id, SITE), CASEBOOK_DONE);
    assert_true(take(house, &one));
    assert_true(casebook_order_failed(house->casebook, one.id, "the name is unknown", &err));
    assert_int_equal(look(house, id).state, ORDER_FAILED);
    assert_string_equal(look(house, id).why, "the name is unknown");
    assert_false(take(house, &one));
    assert_int_equal(order(house, RUDI, id, SITE), CASEBOOK_DONE);
    assert_int_equal(look(house, id).count, 1);
    assert_int_equal(look(house, id).state, ORDER_WAITS);
    house_tear_down(house);
}

static void a_camera_that_dies_is_tried_once_more(void **state)
{
    struct house *house = house_build_with_people();
    struct casebook_order one;
    struct err err = ERR_NONE;
    (void)state;
    int64_t id = open_case(house);
    assert_int_equal(order(house, RANI, id, SITE), CASEBOOK_DONE);
    assert_true(take(house, &one));
    assert_true(casebook_orders_again(house->casebook, &err));
    assert_int_equal(look(house, id).state, ORDER_WAITS);
    assert_true(take(house, &one));
    assert_true(casebook_orders_again(house->casebook, &err));
    assert_int_equal(look(house, id).state, ORDER_FAILED);
    assert_non_null(strstr(look(house, id).why, "twice"));
    house_tear_down(house);
}

static void who_lost_their_rights_captures_nothing(void **state)
{
    struct house *house = house_build_with_people();
    struct casebook_order one;
    struct err err = ERR_NONE;
    (void)state;
    int64_t id = open_case(house);
    assert_int_equal(order(house, RANI, id, SITE), CASEBOOK_DONE);
    assert_true(take(house, &one));
    assert_true(casebook_people_disable(house->casebook, STR("rani"), STR("pergi dari tim"), &err));
    assert_true(casebook_order_done(house->casebook, one.id, 200, STR("warc"), &err));
    assert_int_equal(number(house, "SELECT count(*) FROM captures"), 0);
    assert_int_equal(look(house, id).state, ORDER_FAILED);
    house_tear_down(house);
}

struct notes {
    size_t count;
    char words[100];
};

static void see_note(void *context, const struct casebook_note *note)
{
    struct notes *notes = context;
    if (notes->count++ == 0) {
        snprintf(notes->words, sizeof notes->words, "%.*s %.*s", STR_FORMAT(note->person),
                 STR_FORMAT(note->words));
    }
}

static struct notes look_notes(struct house *house, int64_t id)
{
    struct notes notes = {.count = 0};
    struct err err = ERR_NONE;
    assert_true(casebook_notes(house->casebook, id, see_note, &notes, &err));
    return notes;
}

static enum casebook_outcome note(struct house *house, enum house_name who, int64_t id,
                                  const char *words)
{
    house->err = ERR_NONE;
    return casebook_note(house->casebook, house->who[who], id, str_of(words), &house->err);
}

static void a_note_is_kept_and_its_hash_logged(void **state)
{
    struct house *house = house_build_with_people();
    (void)state;
    int64_t id = open_case(house), version = house_look(house, id).version;
    assert_int_equal(note(house, RANI, id, "Registrarnya sudah dihubungi."), CASEBOOK_DONE);
    assert_int_equal(note(house, ADI, id, "Formulirnya masih ada."), CASEBOOK_DONE);
    assert_int_equal(look_notes(house, id).count, 2);
    assert_string_equal(look_notes(house, id).words, "adi Formulirnya masih ada.");
    assert_int_equal(house_log_rows(house, "note"), 2);
    assert_int_equal(house_look(house, id).version, version);
    assert_int_equal(number(house, "SELECT count(*) FROM log WHERE detail LIKE '%Formulir%'"), 0);
    assert_int_equal(number(house, "SELECT count(DISTINCT detail) FROM log WHERE action = 'note'"),
                     2);
    /* What anybody can compute of a guess would give the words away. */
    char hex[HASH_HEX], sql[160];
    struct hash sha256 = hash_sha256(STR("Formulirnya masih ada."));
    snprintf(sql, sizeof sql, "SELECT count(*) FROM log WHERE detail LIKE '%%%s%%'",
             hash_format(&sha256, hex));
    assert_int_equal(number(house, sql), 0);
    house_tear_down(house);
}

static void who_writes_no_note(void **state)
{
    struct house *house = house_build_with_people();
    (void)state;
    int64_t id = open_case(house);
    assert_int_equal(note(house, AUDI, id, "Sebuah catatan."), CASEBOOK_REFUSED);
    assert_int_equal(note(house, ADMIN, id, "Sebuah catatan."), CASEBOOK_REFUSED);
    assert_int_equal(note(house, RANI, id, "x"), CASEBOOK_REFUSED);
    assert_int_equal(note(house, RANI, id, "baris\x01"), CASEBOOK_REFUSED);
    assert_int_equal(note(house, RANI, 77, "Sebuah catatan."), CASEBOOK_REFUSED);
    for (int i = 0; i < CASEBOOK_NOTES_MOST; i++) {
        assert_int_equal(note(house, RANI, id, "Sebuah catatan."), CASEBOOK_DONE);
    }
    assert_int_equal(note(house, RANI, id, "Satu lagi."), CASEBOOK_REFUSED);
    house_tear_down(house);
}

static void they_go_with_the_content_and_along_with_a_merger(void **state)
{
    struct house *house = house_build_with_people();
    struct err err = ERR_NONE;
    struct casebook_capture capture;
    (void)state;
    int64_t one = open_case(house), other = house_case(house, RULE_FRAUD);
    assert_int_equal(note(house, RANI, one, "Sebuah catatan."), CASEBOOK_DONE);
    assert_int_equal(order(house, RANI, one, SITE), CASEBOOK_DONE);
    assert_true(casebook_capture_add(house->casebook, house->who[RANI], one, STR(SITE "isi"), 200,
                                     STR("warc"), &capture, &err));
    house_done(house, RANI, ACTION_CLAIM, one, nothing);
    house_done(house, RANI, ACTION_MERGE, one,
               (struct casebook_request){.reason = STR("satu situs yang sama"),
                                         .lease = house->moved.lease,
                                         .into = other,
                                         .into_version = house_look(house, other).version});
    assert_int_equal(look_notes(house, other).count, 1);
    assert_int_equal(look(house, other).count, 1);
    assert_int_equal(number(house, "SELECT case_id FROM captures"), other);
    house->clock.fixed_ms += 8 * DAY; /* dismissed by the clock, and purged three days later */
    house_tick(house);
    house->clock.fixed_ms += 4 * DAY;
    house_tick(house);
    assert_int_equal(number(house, "SELECT (SELECT count(*) FROM notes) + (SELECT count(*) FROM"
                                   " capture_orders) + (SELECT count(*) FROM captures)"),
                     0);
    house_tear_down(house);
}

int main(void)
{
    const struct CMUnitTest orders[] = {
        cmocka_unit_test(an_order_becomes_a_capture),
        cmocka_unit_test(what_is_not_of_the_case_is_not_asked_for),
        cmocka_unit_test(nobody_fills_the_line),
        cmocka_unit_test(a_failure_is_told_and_tried_anew_by_people),
        cmocka_unit_test(a_camera_that_dies_is_tried_once_more),
        cmocka_unit_test(who_lost_their_rights_captures_nothing),
    };
    const struct CMUnitTest notes[] = {
        cmocka_unit_test(a_note_is_kept_and_its_hash_logged),
        cmocka_unit_test(who_writes_no_note),
        cmocka_unit_test(they_go_with_the_content_and_along_with_a_merger),
    };
    return cmocka_run_group_tests(orders, NULL, NULL) + cmocka_run_group_tests(notes, NULL, NULL);
}
