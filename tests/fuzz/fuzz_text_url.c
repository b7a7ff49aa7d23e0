/* URLs come from strangers: a canonical URL is its own canonical form, and safe to write down. */
#include <stdio.h>
#include <stdlib.h>

#include "filter/base/err.h"
#include "filter/text/url.h"
#include "tests/fuzz/fuzz.h"

static void require(bool holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "broken: %s\n", what);
        abort();
    }
}

static void check(struct str text, const struct url *base)
{
    struct err err = ERR_NONE;
    struct buf out = BUF_EMPTY, again = BUF_EMPTY;
    struct url url, same;
    bool ok = base != NULL ? url_resolve(text, base, &out, &url, &err)
                           : url_canonical(text, &out, &url, &err);
    require(ok != err_is_set(&err), "an error or a URL");
    if (ok) {
        struct err none = ERR_NONE;
        for (size_t i = 0; i < url.whole.len; i++) {
            unsigned char c = (unsigned char)url.whole.at[i];
            require(c > ' ' && c < 0x7f && c != '<' && c != '>', "plain ASCII");
        }
        require(str_starts(url.whole, STR("http://")) || str_starts(url.whole, STR("https://")),
                "http or https");
        require(url.host.len > 0 && url.path.len > 0 && url.path.at[0] == '/', "host and path");
        require(url.domain.len == 0 || str_ends(url.host, url.domain), "a domain ends the host");
        /* Writing it can make it longer than what is read. */
        if (url.whole.len <= URL_MAX_BYTES) {
            require(url_canonical(url.whole, &again, &same, &none), "canonical URLs are URLs");
            require(str_equal(same.whole, url.whole), "canonical URLs stay");
        }
    }
    buf_fini(&out);
    buf_fini(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {.at = (const char *)data, .len = size};
    struct err err = ERR_NONE;
    struct buf base_out = BUF_EMPTY;
    struct url base;
    check(text, NULL);
    if (!url_canonical(STR("https://kpu.example/a/b?c"), &base_out, &base, &err)) {
        abort();
    }
    check(text, &base);
    buf_fini(&base_out);
    return 0;
}
