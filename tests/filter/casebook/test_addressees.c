#include "filter/casebook/addressees.h"

#include "filter/base/arena.h"
#include "filter/base/err.h"
#include "filter/casebook/internal.h"
#include "filter/rule/rule.h"
#include "tests/filter/test.h"

struct line {
    const char *name;
    const char *text;
    unsigned line;       /* of the fault; 0: it loads */
    const char *message; /* part of it */
};

static const struct line lines[] = {
    {"a platform", "platform\tMedia Contoh\thttps://media.example/lapor", 0, ""},
    {"a host", "hosting\tHosting Contoh\tabuse@hosting.example", 0, ""},
    {"a supervisor", "# catatan\n\nsupervisor\tPengawas Contoh\thttps://pengawas.example", 0, ""},
    {"the same name of another kind",
     "platform\tAwan Contoh\thttps://a.example\nhosting\tAwan Contoh\tabuse@a.example", 0, ""},
    {"names that only look like it", "hosting\tBintang Tanimbar, Polimer\tabuse@bintang.example", 0,
     ""},
    {"the police as a kind", "police\tMedia Contoh\thttps://media.example", 1,
     "platform, hosting, supervisor"},
    {"no kind", "\tMedia Contoh\thttps://media.example", 1, "no such kind"},
    {"a kind in capitals", "# satu\nPlatform\tMedia Contoh\thttps://media.example", 2,
     "no such kind"},
    {"the police by name", "supervisor\tPolda Contoh\thttps://lapor.example", 1, "the police"},
    {"the police, spelled apart", "supervisor\tP o l r i\thttps://lapor.example", 1, "the police"},
    {"the police, with dots", "platform\tP.O.L.R.I.\thttps://lapor.example", 1, "the police"},
    {"the police in leet", "platform\tP0l1s1 Contoh\thttps://lapor.example", 1, "the police"},
    {"the police in Cyrillic letters", "platform\t\xd0\xa0\xd0\xbelri\thttps://lapor.example", 1,
     "the police"},
    {"the police by address", "platform\tLapor Saja\thttps://bareskrim.polri.go.id/lapor", 1,
     "the police"},
    {"the police by mail", "hosting\tAduan\taduan@polda-contoh.example", 1, "the police"},
    {"the military by address", "hosting\tPusat Data\tabuse@data.mil.id", 1, "the police"},
    {"prosecutors", "supervisor\tKejaksaan Negeri Contoh\thttps://lapor.example", 1, "prosecutors"},
    {"intelligence", "supervisor\tBIN\thttps://lapor.example", 1, "intelligence"},
    {"no address", "platform\tMedia Contoh", 1, "kind<TAB>name<TAB>address"},
    {"four columns", "platform\tMedia Contoh\thttps://a.example\tlagi", 1, "kind<TAB>name"},
    {"an address without TLS", "platform\tMedia Contoh\thttp://media.example", 1, "https://"},
    {"a script for an address", "platform\tMedia Contoh\tjavascript:alert(1)", 1, "https://"},
    {"credentials in the address", "platform\tMedia Contoh\thttps://a@media.example", 1,
     "https://"},
    {"a quote in the address", "platform\tMedia Contoh\thttps://media.example/\"", 1, "https://"},
    {"a mailbox without a domain", "platform\tMedia Contoh\tabuse@localhost", 1, "https://"},
    {"an invisible character", "platform\tMedia\xe2\x80\x8b Contoh\thttps://media.example", 1,
     "U+200B"},
    {"an override", "platform\tMedia \xe2\x80\xae Contoh\thttps://media.example", 1, "U+202E"},
    {"no UTF-8", "platform\tMedia \xff\thttps://media.example", 1, "UTF-8"},
    {"a name twice", "platform\tA B\thttps://a.example\nplatform\tA B\thttps://b.example", 2,
     "twice"},
    {"a name of one letter", "platform\tX\thttps://x.example", 1, "2 "},
};

static void reads_a_line(void **state)
{
    const struct line *one = *state;
    struct err err = ERR_NONE;
    struct casebook_addressees *list =
        casebook_addressees_read(str_of(one->text), "recipients.txt", &err);
    if (one->line == 0) {
        size_t count;
        assert_string_equal(err.message, "");
        assert_non_null(list);
        assert_non_null(casebook_addressees_all(list, &count));
        assert_true(count > 0);
    } else {
        assert_null(list);
        assert_string_equal(err.file, "recipients.txt");
        assert_int_equal(err.line, one->line);
        if (strstr(err.message, one->message) == NULL) {
            assert_string_equal(err.message, one->message);
        }
    }
    casebook_addressees_free(list);
}

static void finds_by_kind_and_name(void **state)
{
    (void)state;
    struct err err = ERR_NONE;
    size_t count;
    struct casebook_addressees *list = casebook_addressees_read(
        STR("supervisor\tPengawas Contoh\thttps://p.example\nplatform\tMedia Contoh\t"
            "https://m.example\n"),
        "uji", &err);
    const struct casebook_addressee *all = casebook_addressees_all(list, &count);
    assert_int_equal(count, 2);
    assert_int_equal(all[0].kind, RECIPIENT_PLATFORM);
    assert_non_null(casebook_addressees_find(list, RECIPIENT_PLATFORM, STR("Media Contoh")));
    assert_null(casebook_addressees_find(list, RECIPIENT_HOSTING, STR("Media Contoh")));
    assert_null(casebook_addressees_find(list, RECIPIENT_PLATFORM, STR("media contoh")));
    assert_null(casebook_addressees_find(NULL, RECIPIENT_PLATFORM, STR("Media Contoh")));
    casebook_addressees_free(list);
}

/* What we ship loads, and a folder without a list has no recipients. */
static void the_shipped_list_loads(void **state)
{
    (void)state;
    struct err err = ERR_NONE;
    size_t count;
    const char *shipped[] = {"rules", NULL}, *none[] = {"tests", NULL};
    struct casebook_addressees *list = casebook_addressees_load(shipped, &err);
    assert_string_equal(err.message, "");
    (void)casebook_addressees_all(list, &count);
    assert_true(count > 0);
    casebook_addressees_free(list);
    list = casebook_addressees_load(none, &err);
    (void)casebook_addressees_all(list, &count);
    assert_int_equal(count, 0);
    casebook_addressees_free(list);
}

struct words {
    const char *name, *text;
    bool of_fraud, of_claim; /* whether it may be published */
};

static const struct words words[] = {
    {"plain", "Pemungutan suara tetap hari Rabu, pukul 07.00 sampai 13.00.", true, true},
    {"nothing", "", true, true},
    {"a law", "UU No.7/2017 Pasal 1.2/3, Rp.5.000/orang, 12/10/2026 dsb./dll.", true, true},
    {"an official site", "Cek di cekdptonline.kpu.go.id atau https://jdih.kpu.go.id/a", true, true},
    {"at the end", "harga @ 5.000 per lembar", true, true},
    {"a handle", "akun @nama_orang menyebarkan", false, false},
    {"a handle in full width", "akun \xef\xbc\xa0nama_orang", false, false},
    {"an e-mail address", "surel ke orang@contoh.example", false, false},
    {"a site", "Formulir di situs-tiruan.com meminta NIK", true, false},
    {"a post", "lihat https://media.example/orang/1", true, false},
    {"a post without a scheme", "lihat t.me/orang", true, false},
    {"behind an official one", "https://kpu.go.id lalu https://x.com/orang", true, false},
    {"an official name in front", "https://kpu.go.id.orang.com/", true, false},
    {"a telephone number", "hubungi 0812-3456-7890", true, false},
    {"a telephone number of the country", "WA +62 812 3456 7890", true, false},
    {"an amount", "anggaran Rp 150.000.000.000 untuk 34567890123 orang", true, true},
    {"an identity number's length", "NIK terdiri dari 16 digit", true, true},
};

static void what_is_published(void **state)
{
    const struct words *one = *state;
    struct err err = ERR_NONE;
    assert_int_equal(casebook_check_public(str_of(one->text), RULE_FRAUD, "teks", &err),
                     one->of_fraud);
    err = ERR_NONE;
    assert_int_equal(casebook_check_public(str_of(one->text), RULE_CLAIM, "teks", &err),
                     one->of_claim);
    /* The refusal is a row of the log: it repeats nothing of what it refuses. */
    assert_null(strstr(err.message, "orang"));
    err = ERR_NONE;
    assert_int_equal(casebook_check_public(str_of(one->text), RULE_PROCEDURE, "teks", &err),
                     one->of_claim);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_by_kind_and_name),
        cmocka_unit_test(the_shipped_list_loads),
    };
    return RUN_CASES("lines", lines, reads_a_line) + RUN_CASES("words", words, what_is_published) +
           cmocka_run_group_tests(tests, NULL, NULL);
}
