#include "filter/text/url.h"

#include <jansson.h>
#include <stdio.h>

#include "filter/base/err.h"
#include "filter/base/file.h"
#include "tests/filter/test.h"

struct url_case {
    const char *name, *text, *whole, *domain; /* `whole` NULL: `domain` is the error */
};

static const struct url_case url_cases[] = {
    {"scheme and host in lower case", "HTTPS://KPU.Go.Id", "https://kpu.go.id/", "kpu.go.id"},
    {"no scheme", "kpu-daftar.xyz/nik", "http://kpu-daftar.xyz/nik", "kpu-daftar.xyz"},
    {"no scheme, a port", "a.kpu.xyz:8080/x", "http://a.kpu.xyz:8080/x", "kpu.xyz"},
    {"no scheme, slashes", "//kpu.xyz/x", "http://kpu.xyz/x", "kpu.xyz"},
    {"default port", "http://a.example:80/", "http://a.example/", "a.example"},
    {"default port of the other scheme", "http://a.example:443/", "http://a.example:443/",
     "a.example"},
    {"credentials go", "https://kpu.go.id:x@evil.example/", "https://evil.example/",
     "evil.example"},
    {"the root's dot goes", "http://a.example./x", "http://a.example/x", "a.example"},
    {"the fragment goes", "http://a.example/x#y?z", "http://a.example/x", "a.example"},
    {"dot segments", "http://a.example/a/./b/../%2E%2e/c", "http://a.example/c", "a.example"},
    {"backslashes", "http:\\\\a.example\\b", "http://a.example/b", "a.example"},
    {"tabs and line ends", " ht\ttp://a.exa\nmple/ ", "http://a.example/", "a.example"},
    {"space and beyond ASCII in the path", "http://a.example/ b/é?c d'",
     "http://a.example/%20b/%C3%A9?c%20d%27", "a.example"},
    {"percent-encoding stays", "http://a.example/%7e%2f", "http://a.example/%7e%2f", "a.example"},
    {"tracking parameters", "http://a.example/?UTM_source=x&id=7&fbclid=y",
     "http://a.example/?id=7", "a.example"},
    {"tracking parameters only", "http://a.example/?utm_source=x", "http://a.example/",
     "a.example"},
    {"an empty query", "http://a.example/?", "http://a.example/", "a.example"},
    {"IDNA", "http://bücher.example/", "http://xn--bcher-kva.example/", "xn--bcher-kva.example"},
    {"IDNA, not transitional", "http://faß.example/", "http://xn--fa-hia.example/",
     "xn--fa-hia.example"},
    {"fullwidth host", "http://ｋｐｕ。ｘｙｚ/", "http://kpu.xyz/", "kpu.xyz"},
    {"a host of symbols", "http://☃.example/", "http://xn--n3h.example/", "xn--n3h.example"},
    {"percent-encoded host", "http://%6bpu.xyz/", "http://kpu.xyz/", "kpu.xyz"},
    {"IPv4 in other bases", "http://0xC0.0250.1/", "http://192.168.0.1/", ""},
    {"IPv6", "http://[2001:DB8:0:0:1:0:0:1]:8080/", "http://[2001:db8::1:0:0:1]:8080/", ""},
    {"a second-level suffix", "http://a.b.go.id/", "http://a.b.go.id/", "b.go.id"},
    {"a bare suffix", "http://go.id/", "http://go.id/", ""},
    {"a private suffix", "http://x.blogspot.com/", "http://x.blogspot.com/", "x.blogspot.com"},
    {"javascript", "javascript:alert(1)", NULL, "the scheme is not http or https"},
    {"mail", "mailto:a@b.example", NULL, "the scheme is not http or https"},
    {"no host", "http:///?x", NULL, "there is no host"},
    {"nothing", "", NULL, "there is no host"},
    {"a port too great", "http://a.example:65536/", NULL, "the port is greater than 65535"},
    {"a port of letters", "http://a.example:x/", NULL, "the port is no number"},
    {"a space in the host", "http://a b.example/", NULL,
     "the host name has a character that no host name may have"},
    {"an unfinished IPv6", "http://[::1/", NULL, "the host in brackets is no IPv6 address"},
    {"an IPv4 too great", "http://256.0.0.1/", NULL,
     "the host ends in a number but is no IPv4 address"},
    {"bidi control in the host", "http://a\xe2\x80\xae.example/", NULL,
     "the host name has characters that no domain name may have"},
};

static void canonical(void **state)
{
    const struct url_case *c = *state;
    struct err err = ERR_NONE;
    struct buf out = BUF_EMPTY;
    struct url url;
    buf_put_string(&out, "before ");
    if (!url_canonical(str_of(c->text), &out, &url, &err)) {
        assert_null(c->whole);
        assert_string_equal(err.message, c->domain);
        assert_int_equal(out.len, 7);
    } else {
        assert_non_null(c->whole);
        assert_int_equal(url.whole.len, strlen(c->whole));
        assert_memory_equal(url.whole.at, c->whole, url.whole.len);
        assert_int_equal(url.domain.len, strlen(c->domain));
        assert_memory_equal(url.domain.at, c->domain, url.domain.len);
    }
    buf_fini(&out);
}

struct host_case {
    const char *name, *text, *host; /* NULL: refused */
};

static const struct host_case host_cases[] = {
    {"upper case", "KPU.GO.ID", "kpu.go.id"},
    {"the root's dot", "kpu.go.id.", "kpu.go.id"},
    {"underscore", "_dmarc.kpu.go.id", "_dmarc.kpu.go.id"},
    {"an address", "127.1", "127.0.0.1"},
    {"an empty label", "kpu..id", NULL},
    {"a hyphen at the end", "kpu-.id", NULL},
    {"a label of 64", "0123456789012345678901234567890123456789012345678901234567890123.id", NULL},
    {"a star", "*.kpu.go.id", NULL},
    {"an injected line", "kpu.id\nevil.example", NULL},
    {"quotes", "kpu\".id", NULL},
};

static void host(void **state)
{
    const struct host_case *c = *state;
    struct err err = ERR_NONE;
    struct buf out = BUF_EMPTY;
    struct str found;
    bool ok = url_host(str_of(c->text), &out, &found, &err);
    assert_int_equal(ok, c->host != NULL);
    if (ok) {
        assert_int_equal(found.len, strlen(c->host));
        assert_memory_equal(found.at, c->host, found.len);
    } else {
        assert_true(err_is_set(&err));
        assert_int_equal(out.len, 0);
    }
    buf_fini(&out);
}

/* Inputs of the public sets on which we differ on purpose: what they are and why. */
static const struct {
    const char *input, *why;
} exceptions[] = {
    {"http://host/%25%32%35%25%32%35", "the URL standard never decodes a path"},
    {"http://host%23.com/"
     "%257Ea%2521b%2540c%2523d%2524e%25f%255E00%252611%252A22%252833%252944_55%252B",
     "the URL standard forbids '#' in a host"},
    {"http://\x01\x80.com/", "not UTF-8, and a control character in a host"},
    {"http://%31%36%38%2e%31%38%38%2e%39%39%2e%32%36/%2E%73%65%63%75%72%65/"
     "%77%77%77%2E%65%62%61%79%2E%63%6F%6D/",
     "the URL standard never decodes a path"},
    {"ftp://ftp.myfiles.com/", "only http and https are read"},
    {"http://some%1bhost.com/%1b", "the URL standard forbids controls in a host"},
    {"http%3A%2F%2Fwackyurl.com:80/", "the URL standard forbids '%' in a host"},
    {"http://W!eird<>Ho$^.com/", "the URL standard forbids '<' in a host"},
    {"http:///blah#ref", "the URL standard takes \"blah\" for the host"},
    {"http:///blah;param", "the URL standard takes \"blah;param\" for the host"},
    {"/blah", "a text without a scheme is read as http"},
    {"/blah#ref", "a text without a scheme is read as http"},
    {"/blah;param", "a text without a scheme is read as http"},
};

static bool is_exception(struct str input)
{
    for (size_t i = 0; i < COUNT(exceptions); i++) {
        if (str_equal(input, str_of(exceptions[i].input))) {
            return true;
        }
    }
    return false;
}

static bool is_surrogate(const char *at, const char *halves)
{
    return at[0] == '\\' && at[1] == 'u' && (at[2] | 0x20) == 'd' &&
           strchr(halves, at[3] | 0x20) != NULL;
}

/* Lone surrogates, which jansson refuses, as U+FFFD, as which the standard reads them. */
static void replace_surrogates(struct buf *text)
{
    for (size_t at = 0; at + 12 <= text->len; at++) {
        if (is_surrogate(text->bytes + at, "89ab") && is_surrogate(text->bytes + at + 6, "cdef")) {
            at += 11;
        } else if (is_surrogate(text->bytes + at, "89abcdef")) {
            memcpy(text->bytes + at + 2, "fffd", 4);
        }
    }
}

static json_t *load(const char *name)
{
    char path[256];
    struct err err = ERR_NONE;
    struct buf text = BUF_EMPTY;
    snprintf(path, sizeof path, "../shared/corpora/urls/%s.json", name);
    if (!file_read(path, 16 << 20, &text, &err)) {
        return NULL;
    }
    replace_surrogates(&text);
    json_t *tests = json_loadb(text.bytes, text.len, JSON_ALLOW_NUL, NULL);
    assert_non_null(tests);
    buf_fini(&text);
    return tests;
}

static struct str member(json_t *object, const char *name)
{
    json_t *value = json_object_get(object, name);
    return (struct str){.at = json_string_value(value), .len = json_string_length(value)};
}

static void complain(struct str input, struct str want, struct str got, size_t *wrong)
{
    if (!is_exception(input)) {
        print_message("%.*s: want [%.*s], got [%.*s]\n", STR_FORMAT(input), STR_FORMAT(want),
                      STR_FORMAT(got));
        (*wrong)++;
    }
}

/* A host of the sets without the root's dot, which we take off. */
static struct str without_root(struct str host)
{
    host.len -= host.len > 1 && str_ends(host, STR(".")) && !str_ends(host, STR(".."));
    return host;
}

/* "pathname" and "search" of a case, as we write them. */
static void put_path(json_t *test, struct buf *out)
{
    buf_put_str(out, member(test, "pathname"));
    buf_put_str(out, member(test, "search"));
}

static void check_wpt_url(json_t *test, size_t *wrong)
{
    struct err err = ERR_NONE;
    struct buf base_out = BUF_EMPTY, out = BUF_EMPTY, path = BUF_EMPTY;
    struct url base, url;
    struct str input = member(test, "input"), base_text = member(test, "base");
    bool has_base = base_text.at != NULL && url_canonical(base_text, &base_out, &base, &err);
    bool ok = has_base ? url_resolve(input, &base, &out, &url, &err)
                       : url_canonical(input, &out, &url, &err);
    struct str want = member(test, "hostname");
    want = without_root(want);
    put_path(test, &path);
    if (json_is_true(json_object_get(test, "failure"))) {
        if (ok) {
            complain(input, STR("failure"), url.whole, wrong);
        }
    } else if (!ok) {
        complain(input, member(test, "href"), str_of(err.message), wrong);
    } else if (!str_equal(url.host, want) || !str_equal(url.path, buf_str(&path))) {
        complain(input, member(test, "href"), url.whole, wrong);
    }
    buf_fini(&base_out);
    buf_fini(&out);
    buf_fini(&path);
}

static void wpt_urls(void **state)
{
    (void)state;
    json_t *tests = load("wpt-urltestdata"), *test;
    size_t i, wrong = 0;
    if (tests == NULL) {
        skip();
    }
    json_array_foreach(tests, i, test)
    {
        if (json_is_object(test)) {
            check_wpt_url(test, &wrong);
        }
    }
    json_decref(tests);
    assert_int_equal(wrong, 0);
}

/* As the sets' own harness does: the name as the host of a URL. */
static void check_to_ascii(json_t *test, size_t *wrong)
{
    struct err err = ERR_NONE;
    struct buf text = BUF_EMPTY, out = BUF_EMPTY;
    struct url url = {.port = 0};
    struct str input = member(test, "input"), want = member(test, "output");
    buf_printf(&text, "https://%.*s/x", STR_FORMAT(input));
    bool ok = url_canonical(buf_str(&text), &out, &url, &err);
    want = without_root(want);
    if (ok ? !str_equal(url.host, want) : want.at != NULL) {
        complain(input, want, ok ? url.host : str_of(err.message), wrong);
    }
    buf_fini(&text);
    buf_fini(&out);
}

static void to_ascii(void **state)
{
    json_t *tests = load(*state), *test;
    size_t i, wrong = 0;
    if (tests == NULL) {
        skip();
    }
    json_array_foreach(tests, i, test)
    {
        if (json_is_object(test)) {
            check_to_ascii(test, &wrong);
        }
    }
    json_decref(tests);
    assert_int_equal(wrong, 0);
}

static struct str unhex(struct str hex, struct buf *out)
{
    for (size_t i = 0; i + 1 < hex.len; i += 2) {
        unsigned byte = 0;
        char digits[3] = {hex.at[i], hex.at[i + 1], '\0'};
        if (sscanf(digits, "%x", &byte) == 1) {
            buf_put_char(out, (char)byte);
        }
    }
    return buf_str(out);
}

static void safe_browsing(void **state)
{
    (void)state;
    json_t *tests = load("safebrowsing-canonical"), *test;
    size_t i, wrong = 0;
    if (tests == NULL) {
        skip();
    }
    json_array_foreach(tests, i, test)
    {
        struct err err = ERR_NONE;
        struct buf text = BUF_EMPTY, canonical_hex = BUF_EMPTY, out = BUF_EMPTY;
        struct str input = unhex(member(test, "url_hex"), &text);
        struct str want = unhex(member(test, "canonical_hex"), &canonical_hex);
        struct url url = {.port = 0};
        bool ok = url_canonical(input, &out, &url, &err);
        if (ok ? !str_equal(url.whole, want) : want.len > 0) {
            complain(input, want, ok ? url.whole : str_of(err.message), &wrong);
        }
        buf_fini(&text);
        buf_fini(&canonical_hex);
        buf_fini(&out);
    }
    json_decref(tests);
    assert_int_equal(wrong, 0);
}

struct private_site {
    const char *name, *host;
    bool is_private;
};

static const struct private_site private_sites[] = {
    {"a user's host of a platform", "budi.blogspot.com", true},
    {"below it", "www.budi.blogspot.com", true},
    {"the platform's suffix itself", "blogspot.com", true},
    {"a pages host", "budi.github.io", true},
    {"an ordinary site", "pulsa-contoh.com", false},
    {"below an ICANN suffix of two labels", "kpu-contoh.go.id", false},
    {"a platform without such a suffix", "www.facebook.com", false},
    {"an address", "10.0.0.1", false},
    {"an unknown top-level domain", "a.b.contoh", false},
    {"nothing", "", false},
};

static void private_site(void **state)
{
    const struct private_site *site = *state;
    assert_int_equal(url_is_private_site(str_of(site->host)), site->is_private);
}

/* The list of the system's package or the library's own, whichever is newer; never of no time. */
static void suffixes_have_an_age(void **state)
{
    (void)state;
    assert_true(url_suffixes_made_ms() > INT64_C(1500000000000));
    assert_true(url_is_public_suffix(STR("go.id")) && url_is_public_suffix(STR("github.io")));
}

int main(void)
{
    const struct CMUnitTest sets[] = {
        cmocka_unit_test(suffixes_have_an_age),
        cmocka_unit_test(wpt_urls),
        cmocka_unit_test_prestate(to_ascii, "wpt-toascii"),
        cmocka_unit_test_prestate(to_ascii, "wpt-IdnaTestV2"),
        cmocka_unit_test(safe_browsing),
    };
    return RUN_CASES("url_canonical", url_cases, canonical) +
           RUN_CASES("url_host", host_cases, host) +
           RUN_CASES("url_is_private_site", private_sites, private_site) +
           cmocka_run_group_tests_name("public sets", sets, NULL, NULL);
}
