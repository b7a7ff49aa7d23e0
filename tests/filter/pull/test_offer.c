#include "filter/pull/offer.h"

#include <stdio.h>

#include "filter/base/clock.h"
#include "filter/base/err.h"
#include "tests/filter/pull/operator.h"
#include "tests/filter/test.h"

#define HASH_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HASH_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static struct operator house;
static const int64_t hour_ms = 3600000;
static const uint32_t now_s = (uint32_t)(SAMPLE_NOW_MS / 1000);

/* A manifest with `from` put for `to`; "" for none. */
static struct buf manifest(const char *from, const char *to)
{
    char made[CLOCK_TEXT], until[CLOCK_TEXT];
    struct buf text = BUF_EMPTY, out = BUF_EMPTY;
    buf_printf(&text,
               "{\"demo\":false,\"files\":[{\"bytes\":12,\"format\":\"csv\",\"sha256\":\"" HASH_A
               "\"},{\"bytes\":34,\"format\":\"entries\",\"sha256\":\"" HASH_B
               "\"}],\"head\":\"" HASH_A "\",\"made\":\"%s\",\"serial\":%lu,"
               "\"type\":\"saring-manifest-1\",\"valid_until\":\"%s\"}",
               clock_format(SAMPLE_NOW_MS - hour_ms, made), (unsigned long)now_s - 3600,
               clock_format(SAMPLE_NOW_MS + 22 * hour_ms, until));
    const char *at = from != NULL ? strstr(text.bytes, from) : NULL;
    assert_true(from == NULL || at != NULL);
    if (at == NULL) {
        return text;
    }
    buf_put(&out, text.bytes, (size_t)(at - text.bytes));
    buf_put_string(&out, to);
    buf_put_string(&out, at + strlen(from));
    buf_fini(&text);
    return out;
}

static bool read_manifest(const struct buf *text, enum operator_key key,
                          const struct pull_memory *memory, struct pull_offer *offer,
                          struct err *err)
{
    struct buf signature = BUF_EMPTY;
    operator_sign(&house, key, buf_str(text), &signature);
    bool done = pull_offer_read(offer, buf_str(text), buf_str(&signature), &house.pins, memory,
                                SAMPLE_NOW_MS, err);
    buf_fini(&signature);
    return done;
}

static void reads(void **state)
{
    (void)state;
    struct pull_memory memory = pull_memory_none();
    struct pull_offer offer;
    struct err err = ERR_NONE;
    struct buf text = manifest(NULL, NULL);
    struct hash entries;
    assert_true(read_manifest(&text, KEY_LIST, &memory, &offer, &err));
    assert_int_equal(offer.serial, now_s - 3600);
    assert_int_equal(offer.entries_bytes, 34);
    assert_true(hash_parse(STR(HASH_B), &entries));
    assert_memory_equal(&offer.entries, &entries, sizeof entries);
    assert_int_equal(offer.valid_until_ms - offer.made_ms, 23 * hour_ms);
    buf_fini(&text);
    pull_memory_fini(&memory);
}

static const struct manifest_case {
    const char *name, *from, *to, *says;
} manifests[] = {
    {"another type", "saring-manifest-1", "saring-manifest-2", "has not what saring writes"},
    {"a demonstration", "\"demo\":false", "\"demo\":true", "demonstration"},
    {"nothing said of that", "\"demo\":false,", "", "demonstration"},
    {"no head", "\"head\":\"a", "\"head\":\"g", "has not what saring writes"},
    {"no serial", "\"serial\"", "\"seriam\"", "has not what saring writes"},
    {"a serial of 33 bits", "\"serial\":1", "\"serial\":91", "has not what saring writes"},
    {"a serial from far ahead", "\"serial\":17", "\"serial\":18", "far ahead"},
    {"no entries", "\"entries\"", "\"entrien\"", "names no file of entries"},
    {"too many bytes of entries", "\"bytes\":34", "\"bytes\":3456789012", "at most 268435456"},
    {"a negative length", "\"bytes\":34", "\"bytes\":-34", "names no file of entries"},
    {"a hash in capitals", "\"sha256\":\"bbbb", "\"sha256\":\"BBBB", "names no file of entries"},
    {"made in the future", "\"made\":\"2026", "\"made\":\"2027", "in the future"},
    {"for longer than 24 hours", "\"valid_until\":\"2026", "\"valid_until\":\"2027",
     "longer than 24 hours"},
    {"over", "\"valid_until\":\"2026", "\"valid_until\":\"2025", "the list ended"},
    {"no end", "\"valid_until\"", "\"valid_untim\"", "has not what saring writes"},
    {"not canonical", "{\"demo\"", "{ \"demo\"", ""},
};

static void refuses(void **state)
{
    const struct manifest_case *one = *state;
    struct pull_memory memory = pull_memory_none();
    struct pull_offer offer;
    struct err err = ERR_NONE;
    struct buf text = manifest(one->from, one->to);
    assert_false(read_manifest(&text, KEY_LIST, &memory, &offer, &err));
    if (strstr(err.message, one->says) == NULL) {
        fail_msg("%s", err.message);
    }
    buf_fini(&text);
    pull_memory_fini(&memory);
}

/* Anybody else's signature, be it the team's or the independent organisation's, is none. */
static void takes_the_list_key_alone(void **state)
{
    (void)state;
    struct pull_memory memory = pull_memory_none();
    struct pull_offer offer;
    struct buf text = manifest(NULL, NULL);
    for (enum operator_key key = 0; key < KEYS; key++) {
        struct err err = ERR_NONE;
        assert_int_equal(read_manifest(&text, key, &memory, &offer, &err), key == KEY_LIST);
    }
    buf_fini(&text);
    pull_memory_fini(&memory);
}

static const struct serial_case {
    const char *name;
    int64_t seen;     /* serial in memory, less the offer's */
    bool is_same;     /* and the manifest in memory is this one */
    int64_t witness;  /* serial of the witness, less the offer's; INT64_MIN: none */
    bool has_head;    /* and its head is this one's */
    const char *says; /* NULL: taken */
} serials[] = {
    {"newer than the last", -1, false, INT64_MIN, false, NULL},
    {"the last one again", 0, true, INT64_MIN, false, NULL},
    {"another one of its serial", 0, false, INT64_MIN, false, "two lists bear the serial"},
    {"older than the last", 1, false, INT64_MIN, false, "is older than"},
    {"newer than the witness saw", -1, false, -5, false, NULL},
    {"what the witness saw", -1, false, 0, true, NULL},
    {"another log's under that serial", -1, false, 0, false, "of another log"},
    {"older than what the witness saw", -1, false, 1, true, "the independent organisation saw"},
};

/* Abuse checks 29 and 32. */
static void remembers(void **state)
{
    const struct serial_case *one = *state;
    struct pull_memory memory = pull_memory_none();
    struct pull_offer offer;
    struct err err = ERR_NONE;
    struct buf text = manifest(NULL, NULL);
    memory.serial = (uint32_t)(now_s - 3600 + one->seen);
    if (one->is_same) {
        memory.manifest = hash_sha256(buf_str(&text));
    }
    if (one->witness != INT64_MIN) {
        memory.seen_serial = (uint32_t)(now_s - 3600 + one->witness);
        assert_true(hash_parse(one->has_head ? STR(HASH_A) : STR(HASH_B), &memory.seen_head));
    }
    bool done = read_manifest(&text, KEY_LIST, &memory, &offer, &err);
    assert_int_equal(done, one->says == NULL);
    if (!done && strstr(err.message, one->says) == NULL) {
        fail_msg("%s", err.message);
    }
    buf_fini(&text);
    pull_memory_fini(&memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads),
        cmocka_unit_test(takes_the_list_key_alone),
    };
    operator_start(&house);
    int failed = cmocka_run_group_tests_name("offer", tests, NULL, NULL) +
                 RUN_CASES("manifests", manifests, refuses) +
                 RUN_CASES("serials", serials, remembers);
    operator_end(&house);
    return failed;
}
