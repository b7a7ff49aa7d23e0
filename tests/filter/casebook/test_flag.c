#include "filter/casebook/casebook.h"

#include <stdlib.h>
#include <unistd.h>

#include "filter/base/file.h"
#include "tests/filter/casebook/house.h"

#define SCAM                                                                                       \
    "Bantuan modal usaha untuk warga kecamatan sudah cair, isi data diri dan nomor rekening di "   \
    "laman berikut sebelum pukul sembilan malam, jangan sampai hangus"

/* Two posts, and whether the second joins the case of the first. */
struct pair {
    const char *name;
    struct house_post first, second;
    enum casebook_flagged outcome;
};

static const struct pair pairs[] = {
    {"the same post again",
     {.id = "a", .text = SCAM},
     {.id = "a", .text = SCAM},
     CASEBOOK_DUPLICATE},
    {"the same text by another source",
     {.id = "a", .text = SCAM},
     {.id = "a", .source = "lain", .text = SCAM},
     CASEBOOK_JOINED},
    {"an edited post is a near-copy",
     {.id = "a", .text = SCAM},
     {.id = "a", .text = SCAM " ya"},
     CASEBOOK_JOINED},
    {"a few changed words",
     {.text = SCAM},
     {.text = "Bantuan modal usaha untuk warga kelurahan sudah cair, isi data diri dan nomor "
              "rekening di laman berikut sebelum pukul sepuluh malam, jangan sampai hangus!!"},
     CASEBOOK_JOINED},
    {"another spelling of the same letters",
     {.text = SCAM},
     {.text = "BANTUAN MODAL USAHA untuk warga kecam\xd0\xb0t\xd0\xb0n sud\xd0\xb0h cair, isi "
              "data diri dan nomor rekening di laman  berikut sebelum pukul sembilan malam, jangan "
              "sampai hangus"},
     CASEBOOK_JOINED},
    {"the same words with another link in them",
     {.text = SCAM " https://satu.example/isi", .link = "https://satu.example/isi"},
     {.text = SCAM " https://dua-yang-lain.test/formulir?x=1",
      .link = "https://dua-yang-lain.test/formulir?x=1"},
     CASEBOOK_JOINED},
    {"other words, other site",
     {.text = SCAM},
     {.text = "Pemungutan suara di kabupaten dipindah ke hari Senin depan menurut pesan berantai"},
     CASEBOOK_OPENED},
    {"the same words under another rule",
     {.text = SCAM, .rule = "satu"},
     {.text = SCAM, .rule = "dua"},
     CASEBOOK_OPENED},
    {"the same post under another rule of its class",
     {.id = "a", .text = SCAM, .rule = "satu"},
     {.id = "a", .text = SCAM, .rule = "dua"},
     CASEBOOK_JOINED},
    {"the same words in another class",
     {.text = SCAM},
     {.text = SCAM, .class = RULE_CLAIM},
     CASEBOOK_OPENED},
    {"the same URL in other words, by another rule",
     {.text = SCAM, .link = "https://a.satu.example/isi", .rule = "satu"},
     {.text = "kuota gratis, klik", .link = "https://a.satu.example/isi", .rule = "dua"},
     CASEBOOK_JOINED},
    {"another host of the same domain",
     {.text = SCAM, .link = "https://a.satu.example/isi"},
     {.text = "kuota gratis, klik", .link = "https://b.satu.example/lain"},
     CASEBOOK_JOINED},
    {"another page of a shared host",
     {.text = SCAM, .link = "https://a.bersama.example/isi"},
     {.text = "kuota gratis, klik", .link = "https://a.bersama.example/lain"},
     CASEBOOK_OPENED},
    {"another page of a protected host",
     {.text = SCAM, .link = "https://kpu-contoh.example/isi"},
     {.text = "kuota gratis, klik", .link = "https://kpu-contoh.example/lain"},
     CASEBOOK_OPENED},
    {"the same page of a shared host",
     {.text = SCAM, .link = "https://a.bersama.example/isi"},
     {.text = "kuota gratis, klik", .link = "https://a.bersama.example/isi"},
     CASEBOOK_JOINED},
    {"the post's own URL plays no part",
     {.text = "aaaa bbbb cccc dddd"},
     {.text = "eeee ffff gggg hhhh"},
     CASEBOOK_OPENED},
};

static void gather(void **state)
{
    const struct pair *pair = *state;
    struct house *house = house_build();
    assert_int_equal(house_flag(house, pair->first), CASEBOOK_OPENED);
    assert_int_equal(house_flag(house, pair->second), pair->outcome);
    size_t copies = house_look(house, 1).copies;
    bool is_copy = pair->outcome == CASEBOOK_JOINED && pair->second.rule == NULL;
    if (is_copy) {
        assert_int_equal(copies, 2);
    }
    /* At least once: whatever came before changes nothing when it comes again. */
    assert_int_equal(house_flag(house, (struct house_post){.id = "ulang",
                                                           .text = pair->first.text,
                                                           .rule = pair->first.rule,
                                                           .class = pair->first.class}),
                     CASEBOOK_JOINED);
    assert_int_equal(house_flag(house, (struct house_post){.id = "ulang",
                                                           .text = pair->first.text,
                                                           .rule = pair->first.rule,
                                                           .class = pair->first.class}),
                     CASEBOOK_DUPLICATE);
    house_tear_down(house);
}

/* What people decided about a text stays decided, for this revision of the rule. */
static void decided(void **state)
{
    struct house *house = house_build_with_people();
    const struct casebook_request reason = {.reason = STR("hanya peringatan")};
    (void)state;
    assert_int_equal(house_flag(house, (struct house_post){.id = "a", .text = SCAM}),
                     CASEBOOK_OPENED);
    assert_int_equal(house_flag(house, (struct house_post){.id = "b", .text = SCAM " ya"}),
                     CASEBOOK_JOINED);
    house_done(house, RANI, ACTION_CLAIM, 1, (struct casebook_request){0});
    house_done(house, RANI, ACTION_DISMISS, 1,
               (struct casebook_request){.reason = reason.reason, .lease = house->moved.lease});
    assert_int_equal(house_flag(house, (struct house_post){.id = "a", .text = SCAM}),
                     CASEBOOK_DECIDED);
    assert_int_equal(house_flag(house, (struct house_post){.id = "c", .text = SCAM " ya"}),
                     CASEBOOK_DECIDED);
    /* Purging forgets the text, not the decision. */
    house->clock.fixed_ms += 73 * HOUR;
    house_tick(house);
    assert_int_equal(house_state(house, 1), CASE_PURGED);
    assert_int_equal(house_flag(house, (struct house_post){.id = "d", .text = SCAM}),
                     CASEBOOK_DECIDED);
    /* Another text is another question, and so is other evidence about the same one. */
    assert_int_equal(house_flag(house, (struct house_post){.id = "e", .text = SCAM " ok"}),
                     CASEBOOK_OPENED);
    assert_int_equal(house_flag(house, (struct house_post){.id = "a", .text = SCAM, .revision = 1}),
                     CASEBOOK_JOINED);
    house_tear_down(house);
}

/* Nobody decided when the clock dismissed it. */
static void lapsed_is_not_decided(void **state)
{
    struct house *house = house_build();
    (void)state;
    assert_int_equal(house_flag(house, (struct house_post){.id = "a", .text = SCAM}),
                     CASEBOOK_OPENED);
    house->clock.fixed_ms += 7 * DAY;
    house_tick(house);
    assert_int_equal(house_flag(house, (struct house_post){.id = "b", .text = SCAM}),
                     CASEBOOK_OPENED);
    house_tear_down(house);
}

static void two_classes_make_two_cases(void **state)
{
    struct house *house = house_build();
    struct verdict *verdict = house_verdict(house, (struct house_post){.text = SCAM});
    struct verdict_rule *rules = arena_array(house->arena, 3, sizeof *rules);
    enum casebook_flagged outcome;
    struct err err = ERR_NONE;
    (void)state;
    rules[0] = rules[1] = rules[2] = verdict->rules[0];
    rules[0].level = STR("low");
    rules[1].id = STR("lain");
    rules[1].level = STR("critical");
    rules[2].id = STR("klaim");
    rules[2].class = RULE_CLAIM;
    verdict->rules = rules;
    verdict->rule_count = 3;
    house_release(house, verdict);
    assert_true(casebook_flag(house->casebook, verdict, &outcome, &err));
    assert_int_equal(outcome, CASEBOOK_OPENED);
    struct casebook_case one = house_look(house, 1), two = house_look(house, 2);
    assert_int_equal(one.class, RULE_FRAUD);
    assert_true(str_is(one.rule_id, "lain")); /* the gravest one gives the title */
    assert_int_equal(two.class, RULE_CLAIM);
    assert_true(casebook_flag(house->casebook, verdict, &outcome, &err));
    assert_int_equal(outcome, CASEBOOK_DUPLICATE);
    house_tear_down(house);
}

static bool gather_ids(void *context, const struct casebook_case *one)
{
    buf_printf(context, "%lld ", (long long)one->id);
    return true;
}

static const char *list(struct house *house, struct casebook_filter filter, struct buf *out)
{
    struct err err = ERR_NONE;
    buf_clear(out);
    buf_put_string(out, "");
    assert_true(casebook_list(house->casebook, &filter, gather_ids, out, &err));
    return out->bytes != NULL ? out->bytes : "";
}

static void the_queue(void **state)
{
    struct house *house = house_build_with_people();
    struct buf out = BUF_EMPTY;
    (void)state;
    for (int i = 0; i < 4; i++) {
        house_case(house, i % 2 == 0 ? RULE_CLAIM : RULE_FRAUD);
        house->clock.fixed_ms += MINUTE;
    }
    assert_string_equal(list(house, (struct casebook_filter){0}, &out), "2 4 1 3 ");
    assert_string_equal(list(house, (struct casebook_filter){.offset = 1, .limit = 2}, &out),
                        "4 1 ");
    assert_string_equal(
        list(house, (struct casebook_filter){.only_class = true, .class = RULE_CLAIM}, &out),
        "1 3 ");
    house->clock.fixed_ms += 7 * DAY - 3 * MINUTE - 30000;
    house_tick(house);
    assert_string_equal(list(house, (struct casebook_filter){.live = true}, &out), "2 4 3 ");
    assert_string_equal(
        list(house, (struct casebook_filter){.only_state = true, .state = CASE_DISMISSED}, &out),
        "1 ");
    buf_fini(&out);
    house_tear_down(house);
}

static void a_page(void **state)
{
    struct house *house = house_build();
    struct casebook_page page;
    struct err err = ERR_NONE;
    bool found;
    (void)state;
    house_flag(house, (struct house_post){.id = "a",
                                          .title = "Kabar \n gembira",
                                          .text = SCAM " " SCAM,
                                          .link = "https://satu.example/isi"});
    assert_true(casebook_show(house->casebook, 1, house->arena, &page, &found, &err));
    assert_true(found);
    assert_int_equal(page.post_count, 1);
    const struct casebook_post *post = &page.posts[0];
    assert_true(str_is(post->id, "a"));
    assert_true(str_is(post->text, SCAM " " SCAM));
    assert_int_equal(post->published_ms, CLOCK_NEVER);
    assert_int_equal(post->span_count, 1);
    assert_true(str_is(post->spans[0].field, "text"));
    assert_int_equal(post->spans[0].span.end, 4);
    assert_int_equal(post->link_count, 1);
    assert_true(str_is(post->links[0], "https://satu.example/isi"));
    assert_int_equal(page.rule_count, 1);
    assert_int_equal(page.rules[0].evidence_count, 1);
    assert_true(str_is(page.rules[0].evidence[0].publisher, "KPU Contoh"));
    assert_int_equal(page.rules[0].evidence[0].rated_ms, CLOCK_NEVER);
    assert_int_equal(page.event_count, 1);
    assert_int_equal(page.summary.excerpt.len, 120);
    assert_true(str_starts(page.summary.excerpt, STR("Kabar gembira Bantuan modal")));
    assert_true(page.summary.is_demo);
    assert_int_equal(page.summary.deadline_ms, HOUSE_START + 7 * DAY);
    assert_true(casebook_show(house->casebook, 99, house->arena, &page, &found, &err));
    assert_false(found);
    house_tear_down(house);
}

/* Limit 5, abuse 51: there is no column for an author, and what is no verdict's is nowhere. */
static void abuse_51_no_author(void **state)
{
    struct house *house = house_build();
    struct buf command = BUF_EMPTY;
    (void)state;
    house_flag(house, (struct house_post){.text = SCAM});
    buf_printf(&command,
               "! sqlite3 %s \"SELECT m.name || '.' || p.name FROM sqlite_schema m, "
               "pragma_table_info(m.name) p\" | grep -iE 'author|writer|handle|penulis'",
               house->path.bytes);
    assert_int_equal(system(command.bytes), 0);
    /* The URL may hold a handle: nothing is indexed by it, and the log never has it. */
    buf_clear(&command);
    buf_printf(&command, "! sqlite3 %s 'SELECT detail FROM log' | grep -F warung.kopi",
               house->path.bytes);
    assert_int_equal(system(command.bytes), 0);
    buf_clear(&command);
    buf_printf(&command,
               "! sqlite3 %s \"SELECT sql FROM sqlite_schema WHERE type = 'index'\" | "
               "grep -iE 'url|content'",
               house->path.bytes);
    assert_int_equal(system(command.bytes), 0);
    buf_fini(&command);
    house_tear_down(house);
}

static void batch(void **state)
{
    struct house *house = house_build();
    struct err err = ERR_NONE;
    (void)state;
    assert_true(casebook_begin(house->casebook, &err));
    for (int i = 0; i < 50; i++) {
        house_flag(house, (struct house_post){.text = SCAM});
    }
    assert_true(casebook_commit(house->casebook, &err));
    house_close(house);
    house_open(house);
    assert_int_equal(house_look(house, 1).copies, 50);
    /* What was not committed is gone with the process, and only that. */
    assert_true(casebook_begin(house->casebook, &err));
    house_flag(house, (struct house_post){.text = SCAM});
    house_close(house);
    house_open(house);
    assert_int_equal(house_look(house, 1).copies, 50);
    house_tear_down(house);
}

/* Abuse 38 and 37: text from outside is bound, never pasted. */
static void abuse_38_sql(void **state)
{
    static const char nasty[] = "'); DROP TABLE cases; -- \" \\ \x01 %s %n ?1";
    struct house *house = house_build();
    (void)state;
    assert_int_equal(
        house_flag(house,
                   (struct house_post){
                       .id = nasty, .source = nasty, .title = nasty, .text = nasty, .rule = nasty}),
        CASEBOOK_OPENED);
    assert_int_equal(
        house_flag(house,
                   (struct house_post){
                       .id = nasty, .source = nasty, .title = nasty, .text = nasty, .rule = nasty}),
        CASEBOOK_DUPLICATE);
    struct casebook_report report;
    struct err err = ERR_NONE;
    assert_int_equal(casebook_audit_verify(house->casebook, NULL, &report, &err), AUDIT_INTACT);
    house_tear_down(house);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decided),
        cmocka_unit_test(lapsed_is_not_decided),
        cmocka_unit_test(two_classes_make_two_cases),
        cmocka_unit_test(the_queue),
        cmocka_unit_test(a_page),
        cmocka_unit_test(abuse_51_no_author),
        cmocka_unit_test(batch),
        cmocka_unit_test(abuse_38_sql),
    };
    return RUN_CASES("casebook_flag", pairs, gather) +
           cmocka_run_group_tests_name("casebook", tests, NULL, NULL);
}
