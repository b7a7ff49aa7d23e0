#include "feeds/resolve.h"
#include "tests/filter/test.h"

/* RFC 3986, section 5.4, against http://a/b/c/d;p?q, and what is no such base. */
static const struct resolve_case {
    const char *name; /* the reference */
    const char *base, *right;
} cases[] = {
    {"g:h", NULL, "g:h"},
    {"g", NULL, "http://a/b/c/g"},
    {"./g", NULL, "http://a/b/c/g"},
    {"g/", NULL, "http://a/b/c/g/"},
    {"/g", NULL, "http://a/g"},
    {"//g", NULL, "http://g"},
    {"?y", NULL, "http://a/b/c/d;p?y"},
    {"g?y", NULL, "http://a/b/c/g?y"},
    {"#s", NULL, "http://a/b/c/d;p?q#s"},
    {"g#s", NULL, "http://a/b/c/g#s"},
    {"g?y#s", NULL, "http://a/b/c/g?y#s"},
    {";x", NULL, "http://a/b/c/;x"},
    {"g;x", NULL, "http://a/b/c/g;x"},
    {"", NULL, "http://a/b/c/d;p?q"},
    {".", NULL, "http://a/b/c/"},
    {"./", NULL, "http://a/b/c/"},
    {"..", NULL, "http://a/b/"},
    {"../", NULL, "http://a/b/"},
    {"../g", NULL, "http://a/b/g"},
    {"../..", NULL, "http://a/"},
    {"../../g", NULL, "http://a/g"},
    {"../../../g", NULL, "http://a/g"},
    {"/./g", NULL, "http://a/g"},
    {"/../g", NULL, "http://a/g"},
    {"g.", NULL, "http://a/b/c/g."},
    {"..g", NULL, "http://a/b/c/..g"},
    {"./g/.", NULL, "http://a/b/c/g/"},
    {"g/../h", NULL, "http://a/b/c/h"},
    {"g?y/../x", NULL, "http://a/b/c/g?y/../x"},
    {" g ", NULL, "http://a/b/c/g"},
    {"x", "http://a", "http://a/x"},
    {"?x", "http://a", "http://a?x"},
    {"x/y", "", "x/y"},
    {"/x", "urn:a:b", "/x"},
    {"/x", "not a base", "/x"},
    {"javascript:x", NULL, "javascript:x"},
};

static void resolves(void **state)
{
    const struct resolve_case *c = *state;
    struct buf out = BUF_EMPTY;
    buf_put(&out, "", 0);
    feeds_resolve(str_of(c->base != NULL ? c->base : "http://a/b/c/d;p?q"), str_of(c->name), &out);
    assert_string_equal(out.bytes, c->right);
    buf_fini(&out);
}

int main(void)
{
    return RUN_CASES("feeds_resolve", cases, resolves);
}
