/*
 * Names and URLs that want to be more than data. Each is refused when an entry is made of it, or
 * made into what is written in every format as data alone: one line for each line of a harmless
 * entry, of the same shape. The fuzz target reads each line back; here the inputs have names.
 */
#include <string.h>

#include "filter/base/err.h"
#include "filter/blocklist/format.h"
#include "filter/blocklist/list.h"
#include "tests/filter/blocklist/sample.h"
#include "tests/filter/test.h"

static struct blocklist_guard *guard;

static const struct hostile_case {
    const char *name;
    enum blocklist_scope scope;
    struct str target;
    const char *becomes; /* NULL: refused */
} hostiles[] = {
    {"a newline and a directive", BLOCKLIST_DOMAIN, STR("a.example\n$INCLUDE /etc/passwd"), NULL},
    {"a carriage return", BLOCKLIST_HOST, STR("a.example\rb.example"), NULL},
    {"a NUL", BLOCKLIST_HOST, STR("a.example\0.b"), NULL},
    {"a tab", BLOCKLIST_HOST, STR("a\tb.example"), NULL},
    {"a space", BLOCKLIST_HOST, STR("a b.example"), NULL},
    {"a directive alone", BLOCKLIST_DOMAIN, STR("$INCLUDE"), NULL},
    {"the origin", BLOCKLIST_DOMAIN, STR("@"), NULL},
    {"a wildcard", BLOCKLIST_DOMAIN, STR("*.example"), NULL},
    {"a wildcard within", BLOCKLIST_HOST, STR("a.*.example"), NULL},
    {"a semicolon", BLOCKLIST_DOMAIN, STR("a;b.example"), NULL},
    {"a quote", BLOCKLIST_DOMAIN, STR("a\"b.example"), NULL},
    {"a single quote", BLOCKLIST_DOMAIN, STR("a'b.example"), NULL},
    {"a backslash", BLOCKLIST_DOMAIN, STR("a\\b.example"), NULL},
    {"brackets", BLOCKLIST_DOMAIN, STR("a(b.example"), NULL},
    {"braces", BLOCKLIST_DOMAIN, STR("a{b}.example"), NULL},
    {"a slash", BLOCKLIST_DOMAIN, STR("a.example/b"), NULL},
    {"a comment", BLOCKLIST_DOMAIN, STR("a.example#b"), NULL},
    {"an adblock option", BLOCKLIST_DOMAIN, STR("a.example^$important"), NULL},
    {"a formula", BLOCKLIST_DOMAIN, STR("=cmd|calc.example"), NULL},
    {"an address", BLOCKLIST_HOST, STR("192.0.2.1"), NULL},
    {"a number", BLOCKLIST_HOST, STR("3232235777"), NULL},
    {"a hexadecimal one", BLOCKLIST_HOST, STR("0xc0.0x0.2.1"), NULL},
    {"an IPv6 address", BLOCKLIST_HOST, STR("[2001:db8::1]"), NULL},
    {"an IPv6 address in a URL", BLOCKLIST_URL, STR("http://[2001:db8::1]/x"), NULL},
    {"an address in a URL", BLOCKLIST_URL, STR("http://0x7f.1/x"), NULL},
    {"an RPZ trigger", BLOCKLIST_DOMAIN, STR("32.1.2.0.192.rpz-ip"), NULL},
    {"two dots", BLOCKLIST_DOMAIN, STR("a..example"), NULL},
    {"a dot before", BLOCKLIST_DOMAIN, STR(".a.example"), NULL},
    {"a label of 64", BLOCKLIST_DOMAIN,
     STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example"), NULL},
    {"254 octets", BLOCKLIST_DOMAIN,
     STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example"),
     NULL},
    {"punycode of nothing", BLOCKLIST_DOMAIN, STR("xn--.example"), NULL},
    {"punycode of anything", BLOCKLIST_DOMAIN, STR("xn--99999999999999999999999b.example"),
     "xn--99999999999999999999999b.example"},
    {"punycode of ASCII", BLOCKLIST_DOMAIN, STR("xn--a-.example"), NULL},
    {"another scheme", BLOCKLIST_URL, STR("javascript:alert(1)//a.example/"), NULL},
    {"a file", BLOCKLIST_URL, STR("file://a.example/etc/passwd"), NULL},
    {"a bad escape in the host", BLOCKLIST_URL, STR("http://a%00.example/"), NULL},
    {"a trailing dot", BLOCKLIST_DOMAIN, STR("a.example."), "a.example"},
    {"capitals", BLOCKLIST_DOMAIN, STR("A.EXAMPLE"), "a.example"},
    {"full-width letters and dots", BLOCKLIST_DOMAIN, STR("ａ。example"), "a.example"},
    {"a soft hyphen", BLOCKLIST_DOMAIN, STR("a\xc2\xad.example"), "a.example"},
    {"a zero-width space", BLOCKLIST_DOMAIN, STR("a\xe2\x80\x8b.example"), "a.example"},
    {"credentials", BLOCKLIST_URL, STR("http://kpu.go.id:x@a.example/masuk"),
     "http://a.example/masuk"},
    {"a newline in a path", BLOCKLIST_URL, STR("http://a.example/x\n0.0.0.0 b.example"),
     "http://a.example/x0.0.0.0%20b.example"},
    {"a quote in a path", BLOCKLIST_URL, STR("http://a.example/\"; } server { \"x"),
     "http://a.example/%22;%20%7D%20server%20%7B%20%22x"},
    {"an expression in a path", BLOCKLIST_URL, STR("http://a.example/(a+)+$/.*"),
     "http://a.example/(a+)+$/.*"},
    {"a rule's end in a path", BLOCKLIST_URL, STR("http://a.example/x;)%0aalert"),
     "http://a.example/x;)%0aalert"},
};

static unsigned count_lines(struct str file)
{
    unsigned count = 0;
    for (size_t i = 0; i < file.len; i++) {
        count += file.at[i] == '\n';
    }
    return count;
}

/* A list of the one entry; how many lines it has in the format. */
static unsigned lines_of(const struct blocklist_format *format, enum blocklist_scope scope,
                         struct str target)
{
    struct blocklist_opening opening = {.serial = 1,
                                        .made_ms = SAMPLE_NOW_MS,
                                        .valid_until_ms = SAMPLE_NOW_MS + 3600000,
                                        .season = STR("Pilkada Contoh"),
                                        .appeal = STR("-"),
                                        .zone = STR(BLOCKLIST_ZONE)};
    struct blocklist_list *list = blocklist_list_new(guard, NULL, SAMPLE_NOW_MS);
    struct blocklist_draft draft = sample_draft();
    struct blocklist_counts counts;
    struct err err = ERR_NONE;
    struct buf out = BUF_EMPTY;
    size_t count;
    draft.scope = scope;
    draft.target = target;
    struct blocklist_entry *entry = sample_entry(&draft);
    assert_true(blocklist_list_add(list, entry, &err));
    const struct blocklist_item *items = blocklist_list_sort(list, &count);
    blocklist_render(format, &opening, items, count, &out, &counts, NULL, NULL);
    for (size_t i = 0; i < out.len; i++) {
        assert_true(out.bytes[i] == '\n' || (unsigned char)out.bytes[i] >= ' ');
        assert_int_not_equal((unsigned char)out.bytes[i], 0x7f);
    }
    unsigned lines = count_lines(buf_str(&out));
    buf_fini(&out);
    blocklist_entry_free(entry);
    blocklist_list_free(list);
    return lines;
}

static void says_nothing_but_data(void **state)
{
    const struct hostile_case *one = *state;
    struct blocklist_draft draft = sample_draft();
    struct err err = ERR_NONE;
    draft.scope = one->scope;
    draft.target = one->target;
    struct blocklist_entry *entry = blocklist_entry_new(&draft, &err);
    if (one->becomes == NULL && entry != NULL) {
        /* what is a name may still be none that can be listed */
        struct str target = blocklist_entry_parts(entry)->target;
        if (blocklist_guard_check(guard, entry, &err)) {
            fail_msg("became %.*s", STR_FORMAT(target));
        }
    }
    if (one->becomes == NULL) {
        assert_true(err_is_set(&err));
        blocklist_entry_free(entry);
        return;
    }
    if (entry == NULL) {
        fail_msg("%s", err.message);
    }
    struct str target = blocklist_entry_parts(entry)->target;
    if (!str_is(target, one->becomes)) {
        fail_msg("became %.*s", STR_FORMAT(target));
    }
    blocklist_entry_free(entry);
    bool is_url = one->scope == BLOCKLIST_URL;
    size_t count;
    const struct blocklist_format *formats = blocklist_formats(&count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(lines_of(&formats[i], one->scope, one->target),
                         lines_of(&formats[i], one->scope,
                                  is_url ? STR("http://b.example/y") : STR("b.example")));
    }
}

int main(void)
{
    struct err err = ERR_NONE;
    guard = blocklist_guard_load((const char *const[]){"rules", NULL}, &err);
    assert_non_null(guard);
    int failed = RUN_CASES("hostile", hostiles, says_nothing_but_data);
    blocklist_guard_free(guard);
    return failed;
}
