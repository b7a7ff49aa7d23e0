#include "filter/blocklist/entry.h"

#include "filter/base/buf.h"
#include "filter/base/canonical.h"
#include "filter/base/err.h"
#include "tests/filter/blocklist/sample.h"
#include "tests/filter/test.h"

static const int64_t day_ms = 24 * 3600000;

/* What spoils a draft, and what is then said. */
struct bad_case {
    const char *name;
    void (*spoil)(struct blocklist_draft *draft);
    const char *says;
};

static void be_procedure(struct blocklist_draft *draft)
{
    draft->class = RULE_PROCEDURE;
}
static void be_claim(struct blocklist_draft *draft)
{
    draft->class = RULE_CLAIM;
}
static void harvest_nothing(struct blocklist_draft *draft)
{
    draft->harvest = 0;
}
static void harvest_likeness(struct blocklist_draft *draft)
{
    draft->harvest = 16;
}
static void last_a_second_more(struct blocklist_draft *draft)
{
    draft->end_ms = draft->start_ms + 30 * day_ms + 1;
}
static void end_at_start(struct blocklist_draft *draft)
{
    draft->end_ms = draft->start_ms;
}
static void end_never(struct blocklist_draft *draft)
{
    draft->end_ms = INT64_MAX;
}
static void start_never(struct blocklist_draft *draft)
{
    draft->start_ms = INT64_MIN;
}
static void observe_long_ago(struct blocklist_draft *draft)
{
    draft->observed_ms = draft->start_ms - day_ms - 1;
}
static void observe_later(struct blocklist_draft *draft)
{
    draft->observed_ms = draft->start_ms + 1;
}
static void show_nothing(struct blocklist_draft *draft)
{
    draft->evidence_count = 0;
}
static void show_twice(struct blocklist_draft *draft)
{
    static struct hash twice[2];
    twice[0] = twice[1] = draft->evidence[0];
    draft->evidence = twice;
    draft->evidence_count = 2;
}
static void say_little(struct blocklist_draft *draft)
{
    draft->reason = STR("penipuan");
}
static void say_much(struct blocklist_draft *draft)
{
    static char much[BLOCKLIST_REASON_MOST + 1];
    memset(much, 'a', sizeof much);
    draft->reason = (struct str){much, sizeof much};
}
static void say_lines(struct blocklist_draft *draft)
{
    draft->reason = STR("Baris pertama yang cukup panjang untuk alasan yang sah di register.\n"
                        "example.org CNAME . adalah baris kedua");
}
static void say_backwards(struct blocklist_draft *draft)
{
    draft->reason = STR("Teks yang cukup panjang untuk alasan yang sah di register umum, dengan "
                        "pembalik arah \xe2\x80\xae di tengahnya");
}
static void say_noise(struct blocklist_draft *draft)
{
    draft->reason = STR("Teks yang cukup panjang untuk alasan yang sah di register umum, dengan "
                        "bita yang bukan UTF-8 \xff di tengahnya");
}
static void be_no_case(struct blocklist_draft *draft)
{
    draft->case_id = 0;
}
static void aim_address(struct blocklist_draft *draft)
{
    draft->target = STR("192.0.2.1");
}
static void aim_address_url(struct blocklist_draft *draft)
{
    draft->scope = BLOCKLIST_URL;
    draft->target = STR("http://192.0.2.1/login");
}
static void aim_wildcard(struct blocklist_draft *draft)
{
    draft->target = STR("*.example");
}
static void aim_lines(struct blocklist_draft *draft)
{
    draft->target = STR("a.example\nb.example");
}
static void aim_include(struct blocklist_draft *draft)
{
    draft->target = STR("$INCLUDE /etc/passwd");
}
static void aim_semicolon(struct blocklist_draft *draft)
{
    draft->target = STR("a;b.example");
}
static void aim_everything(struct blocklist_draft *draft)
{
    draft->scope = BLOCKLIST_URL_PREFIX;
    draft->target = STR("https://toko.example/");
}
static void aim_query_prefix(struct blocklist_draft *draft)
{
    draft->scope = BLOCKLIST_URL_PREFIX;
    draft->target = STR("https://toko.example/a?b=1");
}
static void aim_script(struct blocklist_draft *draft)
{
    draft->scope = BLOCKLIST_URL;
    draft->target = STR("javascript:alert(1)");
}
static void aim_url_as_host(struct blocklist_draft *draft)
{
    draft->target = STR("http://a.example/x");
}

static const struct bad_case bad[] = {
    {"class procedure", be_procedure, "fraud only"},
    {"class claim", be_claim, "fraud only"},
    {"no harvest", harvest_nothing, "no observed harvest"},
    {"a harvest that there is not", harvest_likeness, "no observed harvest"},
    {"a moment longer than 30 days", last_a_second_more, "longer than 30 days"},
    {"ends at its start", end_at_start, "ends before it starts"},
    {"never ends", end_never, "needs times"},
    {"never starts", start_never, "needs times"},
    {"observed more than a day before", observe_long_ago, "older than 24 hours"},
    {"observed after its start", observe_later, "before the harvest"},
    {"no evidence", show_nothing, "pieces of evidence"},
    {"the same evidence twice", show_twice, "twice"},
    {"a reason of one word", say_little, "characters"},
    {"a reason of 1,501 characters", say_much, "1501 characters"},
    {"a reason of two lines", say_lines, "U+000A"},
    {"a reason with a bidi control", say_backwards, "U+202E"},
    {"a reason that is no UTF-8", say_noise, "no UTF-8"},
    {"of no case", be_no_case, "no case"},
    {"an address", aim_address, "the target"},
    {"a URL at an address", aim_address_url, "address"},
    {"a wildcard", aim_wildcard, "the target"},
    {"two lines", aim_lines, "the target"},
    {"a directive of zone files", aim_include, "the target"},
    {"a comment of zone files", aim_semicolon, "the target"},
    {"a prefix that is the whole host", aim_everything, "whole host"},
    {"a prefix with a query", aim_query_prefix, "query"},
    {"a script", aim_script, "the target"},
    {"a URL as a DOMAIN", aim_url_as_host, "the target"},
};

static void refuses(void **state)
{
    const struct bad_case *one = *state;
    struct blocklist_draft draft = sample_draft();
    struct err err = ERR_NONE;
    one->spoil(&draft);
    assert_null(blocklist_entry_new(&draft, &err));
    if (strstr(err.message, one->says) == NULL) {
        fail_msg("says: %s", err.message);
    }
}

static const struct target_case {
    const char *name;
    enum blocklist_scope scope;
    const char *typed, *canonical, *host;
} targets[] = {
    {"capitals and a trailing dot", BLOCKLIST_DOMAIN, "KPU-Daftar.Example.", "kpu-daftar.example",
     "kpu-daftar.example"},
    {"letters beyond ASCII", BLOCKLIST_HOST, "bérita.example", "xn--brita-bsa.example",
     "xn--brita-bsa.example"},
    {"full-width letters", BLOCKLIST_HOST, "ｋｐｕ.example", "kpu.example", "kpu.example"},
    {"a URL", BLOCKLIST_URL, "HTTP://Toko.Example:80/a/../b?x=1#y", "http://toko.example/b?x=1",
     "toko.example"},
    {"a URL with credentials", BLOCKLIST_URL, "https://kpu.go.id@toko.example/",
     "https://toko.example/", "toko.example"},
    {"a prefix with a port", BLOCKLIST_URL_PREFIX, "https://toko.example:8443/masuk/",
     "https://toko.example:8443/masuk/", "toko.example"},
};

static void makes_canonical(void **state)
{
    const struct target_case *one = *state;
    struct blocklist_draft draft = sample_draft();
    draft.scope = one->scope;
    draft.target = str_of(one->typed);
    struct blocklist_entry *entry = sample_entry(&draft);
    struct str target = blocklist_entry_parts(entry)->target, host = blocklist_entry_host(entry);
    assert_int_equal(target.len, strlen(one->canonical));
    assert_memory_equal(target.at, one->canonical, target.len);
    assert_int_equal(host.len, strlen(one->host));
    assert_memory_equal(host.at, one->host, host.len);
    blocklist_entry_free(entry);
}

static void writes_what_it_reads(void **state)
{
    (void)state;
    struct blocklist_draft draft = sample_draft();
    struct hash season = {.bytes = {7}};
    draft.season = &season;
    struct blocklist_entry *entry = sample_entry(&draft);
    struct err err = ERR_NONE;
    struct blocklist_entry *again = blocklist_entry_read(blocklist_entry_json(entry), &err);
    assert_string_equal(err.message, "");
    assert_non_null(again);
    assert_true(str_equal(blocklist_entry_json(entry), blocklist_entry_json(again)));
    const struct blocklist_draft *parts = blocklist_entry_parts(again);
    assert_int_equal(parts->case_id, 12);
    assert_int_equal(parts->harvest, BLOCKLIST_CREDENTIALS | BLOCKLIST_PERSONAL_DATA);
    assert_int_equal(parts->start_ms, SAMPLE_NOW_MS);
    assert_memory_equal(parts->season->bytes, season.bytes, HASH_BYTES);
    assert_memory_equal(parts->evidence[0].bytes, draft.evidence[0].bytes, HASH_BYTES);
    blocklist_entry_free(entry);
    blocklist_entry_free(again);
}

/* The bytes are canonical by base/canonical's judgement, not only by our own. */
static void is_canonical_json(void **state)
{
    (void)state;
    struct blocklist_draft draft = sample_draft();
    struct blocklist_entry *entry = sample_entry(&draft);
    struct err err = ERR_NONE;
    json_t *read = canonical_read(blocklist_entry_json(entry), &err);
    assert_string_equal(err.message, "");
    assert_string_equal(json_string_value(json_object_get(read, "type")), "saring-entry-1");
    assert_string_equal(json_string_value(json_object_get(read, "season")), "demo");
    json_decref(read);
    blocklist_entry_free(entry);
}

/* Each changes the canonical JSON of the sample by replacing the first `from` with `to`. */
static const struct forged_case {
    const char *name, *from, *to;
} forged[] = {
    {"another class", "\"class\":\"fraud\"", "\"class\":\"claim\""},
    {"a fourth class", "\"class\":\"fraud\"", "\"class\":\"hoax\""},
    {"a class of no text", "\"class\":\"fraud\"", "\"class\":1"},
    {"no harvest", "[\"credentials\",\"personal_data\"]", "[]"},
    {"a harvest out of order", "[\"credentials\",\"personal_data\"]",
     "[\"personal_data\",\"credentials\"]"},
    {"a harvest twice", "[\"credentials\",\"personal_data\"]", "[\"credentials\",\"credentials\"]"},
    {"a later end", "\"end\":\"2026-12-01", "\"end\":\"2027-12-01"},
    {"another spelling of a time", "\"end\":\"2026-12-01T12:00:00Z\"",
     "\"end\":\"2026-12-01T12:00:00+00:00\""},
    {"a target that is not canonical", "kpu-daftar.example", "KPU-daftar.example"},
    {"an injected target", "kpu-daftar.example", "a.example\\nb.example"},
    {"a scope that there is not", "\"DOMAIN\"", "\"ALL\""},
    {"a member more", "{\"case\"", "{\"also\":1,\"case\""},
    {"white space", "{\"case\":", "{\"case\": "},
    {"a number with a fraction", "{\"case\":12", "{\"case\":12.0"},
    {"case 0", "{\"case\":12", "{\"case\":0"},
    {"another type", "saring-entry-1", "saring-entry-2"},
    {"a season that is no hash", "\"season\":\"demo\"", "\"season\":\"2026\""},
    {"evidence in capitals", "abab", "ABAB"},
    {"cut", "\"}", ""},
};

static void refuses_forged(void **state)
{
    const struct forged_case *one = *state;
    struct blocklist_draft draft = sample_draft();
    struct blocklist_entry *entry = sample_entry(&draft);
    struct str json = blocklist_entry_json(entry);
    const char *at = strstr(json.at, one->from);
    assert_non_null(at);
    struct buf forged_json = BUF_EMPTY;
    buf_put(&forged_json, json.at, (size_t)(at - json.at));
    buf_put_string(&forged_json, one->to);
    buf_put_string(&forged_json, at + strlen(one->from));
    struct err err = ERR_NONE;
    assert_null(blocklist_entry_read(buf_str(&forged_json), &err));
    assert_true(err_is_set(&err));
    buf_fini(&forged_json);
    blocklist_entry_free(entry);
}

static void names_parse(void **state)
{
    (void)state;
    enum blocklist_scope scope;
    unsigned bit;
    assert_true(blocklist_scope_parse(STR("URL_PREFIX"), &scope));
    assert_int_equal(scope, BLOCKLIST_URL_PREFIX);
    assert_false(blocklist_scope_parse(STR("domain"), &scope));
    assert_false(blocklist_scope_parse(STR(""), &scope));
    assert_true(blocklist_harvest_parse(STR("malware"), &bit));
    assert_int_equal(bit, BLOCKLIST_MALWARE);
    assert_false(blocklist_harvest_parse(STR("impersonation"), &bit));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_what_it_reads),
        cmocka_unit_test(is_canonical_json),
        cmocka_unit_test(names_parse),
    };
    return RUN_CASES("entry_new refuses", bad, refuses) +
           RUN_CASES("entry_new canonical", targets, makes_canonical) +
           RUN_CASES("entry_read refuses", forged, refuses_forged) +
           cmocka_run_group_tests_name("entry", tests, NULL, NULL);
}
