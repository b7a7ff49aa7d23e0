#include <stdio.h>

#include "filter/base/file.h"
#include "tests/filter/casebook/house.h"

struct found {
    int64_t ids[8];
    size_t count;
};

static bool take(void *context, const struct casebook_case *one)
{
    struct found *found = context;
    found->ids[found->count++] = one->id;
    return true;
}

static size_t count_of(struct house *house, const char *words)
{
    struct found found = {.count = 0};
    struct err err = ERR_NONE;
    const struct casebook_filter filter = {.words = str_of(words)};
    assert_true(casebook_list(house->casebook, &filter, take, &found, &err));
    return found.count;
}

/* Asked of two cases: one about ink, one about a prize. */
static const struct find_case {
    const char *name, *words;
    size_t count;
} cases[] = {
    {"a word", "tinta", 1},
    {"another form of it", "BERACUNLAH", 1},
    {"a word of the title", "Awas", 1},
    {"all words of one", "beracun tinta", 1},
    {"words of two", "tinta undian", 0},
    {"a word of its rule", "aturan", 2},
    {"an expression is words", "tinta OR undian", 0},
    {"marks of an expression", "\"tinta\" -beracun*", 1},
    {"a name", "@penulis.rekaan", 0},
    {"who wrote it", "penulis", 0},
    {"where it is", "warung", 0},
    {"a link's host", "hadiah-rekaan", 0},
    {"marks of writing alone", "... !", 0},
    {"nothing", "", 2},
};

static void find(void **state)
{
    const struct find_case *one = *state;
    struct house *house = house_build();
    house_flag(house, (struct house_post){.title = "Awas!",
                                          .text = "Tinta pemilu beracun, kata @penulis.rekaan"});
    house_flag(house, (struct house_post){.text = "Undian umrah di https://hadiah-rekaan.example/a",
                                          .link = "https://hadiah-rekaan.example/a"});
    assert_int_equal(count_of(house, one->words), one->count);
    house_tear_down(house);
}

/* A word of thousands of posts: the newest are looked at, and it is said. */
static void a_word_that_all_say(void **state)
{
    (void)state;
    struct house *house = house_build();
    struct found found = {.count = 0};
    struct err err = ERR_NONE;
    bool is_cut = true;
    struct casebook_filter filter = {.words = STR("tinta"), .is_cut = &is_cut};
    house_flag(house, (struct house_post){.text = "Tinta pemilu beracun"});
    house_flag(house, (struct house_post){.text = "Undian umrah dari panitia tinta"});
    assert_true(casebook_list(house->casebook, &filter, take, &found, &err));
    assert_int_equal(found.count, 2);
    assert_false(is_cut);
    house_sql(house,
              "INSERT INTO posts (case_id, key, flagged_ms) WITH RECURSIVE n (i) AS (SELECT 1 UNION"
              " ALL SELECT i + 1 FROM n WHERE i < 2000) SELECT 2, x'00', 0 FROM n;"
              "INSERT INTO case_words (rowid, words) SELECT id, 'tinta' FROM posts WHERE id > 2");
    found.count = 0;
    assert_true(casebook_list(house->casebook, &filter, take, &found, &err));
    assert_int_equal(found.count, 1);
    assert_int_equal(found.ids[0], 2);
    assert_true(is_cut);
    /* With a word more the old one is found. */
    filter.words = STR("tinta beracun");
    found.count = 0;
    assert_true(casebook_list(house->casebook, &filter, take, &found, &err));
    assert_int_equal(found.count, 1);
    assert_int_equal(found.ids[0], 1);
    assert_false(is_cut);
    house_tear_down(house);
}

static bool is_in_files(struct house *house, const char *word)
{
    static const char *const ends[] = {"", "-wal", "-shm"};
    bool is_in = false;
    for (size_t i = 0; i < COUNT(ends); i++) {
        struct buf path = BUF_EMPTY, bytes = BUF_EMPTY;
        struct err err = ERR_NONE;
        buf_printf(&path, "%s%s", house->path.bytes, ends[i]);
        if (file_read(path.bytes, 64 << 20, &bytes, &err)) {
            is_in |= memmem(bytes.bytes, bytes.len, word, strlen(word)) != NULL;
        }
        buf_fini(&path);
        buf_fini(&bytes);
    }
    return is_in;
}

/* Words go with the content, from the index's own pages too. */
static void purged(void **state)
{
    (void)state;
    struct house *house = house_build_with_people();
    const struct casebook_request reason = {.reason = STR("bukan penipuan")};
    size_t moved;
    struct err err = ERR_NONE;
    house_flag(house, (struct house_post){.text = "kuwalikisasi tinta pemilu"});
    house_flag(house, (struct house_post){.text = "undian umrah yang lain sekali ceritanya"});
    assert_int_equal(count_of(house, "kuwalikisasi"), 1);
    assert_true(is_in_files(house, "kuwalikisasi"));
    house_done(house, RANI, ACTION_CLAIM, 1, (struct casebook_request){0});
    house_done(house, RANI, ACTION_DISMISS, 1,
               (struct casebook_request){.reason = reason.reason, .lease = house->moved.lease});
    house->clock.fixed_ms += 73 * HOUR;
    assert_true(casebook_tick(house->casebook, &moved, &err));
    assert_int_equal(house_state(house, 1), CASE_PURGED);
    assert_int_equal(count_of(house, "kuwalikisasi"), 0);
    assert_int_equal(count_of(house, "undian"), 1);
    assert_false(is_in_files(house, "kuwalikisasi"));
    assert_false(is_in_files(house, "kuwalik"));
    house_tear_down(house);
}

static bool take_whole(void *context, const struct casebook_case *one)
{
    *(struct casebook_case *)context = *one;
    return true;
}

static bool take_newest(void *context, const struct casebook_case *one)
{
    int64_t *newest = context;
    *newest = one->id > *newest ? one->id : *newest;
    return true;
}

static int64_t flag_words(struct house *house, enum rule_class class, const char *text)
{
    static int number;
    int64_t newest = 0;
    char id[24];
    struct err err = ERR_NONE;
    const struct casebook_filter all = {.limit = 0};
    snprintf(id, sizeof id, "cursor-%d", ++number);
    assert_int_equal(
        house_flag(house, (struct house_post){.id = id, .text = text, .rule = id, .class = class}),
        CASEBOOK_OPENED);
    assert_true(casebook_list(house->casebook, &all, take_newest, &newest, &err));
    return newest;
}

/* One page of one case behind a place, that place then being the case; 0 at the end. */
static int64_t next_of(struct house *house, struct casebook_filter filter,
                       struct casebook_after *after)
{
    struct casebook_case last = {.id = 0};
    struct err err = ERR_NONE;
    filter.after = *after;
    filter.limit = 1;
    assert_true(casebook_list(house->casebook, &filter, take_whole, &last, &err));
    *after = (struct casebook_after){.is_fraud = last.class == RULE_FRAUD,
                                     .opened_ms = last.opened_ms,
                                     .order_ms = last.order_ms,
                                     .id = last.id};
    return last.id;
}

/* A case of fraud, which comes first, shifts pages by their number, but not what is behind. */
static void the_queue_goes_on_where_it_was(void **unused)
{
    (void)unused;
    static const struct casebook_filter filters[] = {
        {.limit = 0}, {.live = true}, {.words = STR("kata")}, {.live = true, .words = STR("kata")}};
    for (size_t i = 0; i < COUNT(filters); i++) {
        struct house *house = house_build();
        int64_t fraud = flag_words(house, RULE_FRAUD, "kata pertama satu dua tiga");
        int64_t first = flag_words(house, RULE_PROCEDURE, "kata kedua empat lima enam");
        int64_t second = flag_words(house, RULE_PROCEDURE, "kata ketiga tujuh delapan sembilan");
        struct casebook_after after = {.id = 0};
        assert_int_equal(next_of(house, filters[i], &after), fraud);
        assert_int_equal(next_of(house, filters[i], &after), first);
        int64_t newer = flag_words(house, RULE_FRAUD, "kata keempat sepuluh sebelas belasan");
        assert_int_equal(next_of(house, filters[i], &after), second);
        assert_int_equal(next_of(house, filters[i], &after), 0);
        after = (struct casebook_after){.id = 0};
        const int64_t all[] = {fraud, newer, first, second, 0};
        for (size_t k = 0; k < COUNT(all); k++) {
            assert_int_equal(next_of(house, filters[i], &after), all[k]);
        }
        house_tear_down(house);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_word_that_all_say),
                                       cmocka_unit_test(purged),
                                       cmocka_unit_test(the_queue_goes_on_where_it_was)};
    return RUN_CASES("find", cases, find) +
           cmocka_run_group_tests_name("search", tests, NULL, NULL);
}
