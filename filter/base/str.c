#include "filter/base/str.h"

int str_compare(struct str a, struct str b)
{
    size_t common = a.len < b.len ? a.len : b.len;
    int order = common > 0 ? memcmp(a.at, b.at, common) : 0;
    if (order != 0) {
        return order;
    }
    return (a.len > b.len) - (a.len < b.len);
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct str str_trim(struct str a)
{
    while (a.len > 0 && is_space(a.at[0])) {
        a.at++;
        a.len--;
    }
    while (a.len > 0 && is_space(a.at[a.len - 1])) {
        a.len--;
    }
    return a;
}

struct str str_cut(struct str *rest, char at)
{
    const char *found = rest->len > 0 ? memchr(rest->at, at, rest->len) : NULL;
    struct str first = *rest;
    if (found == NULL) {
        *rest = STR("");
        return first;
    }
    first.len = (size_t)(found - rest->at);
    *rest = str_part(*rest, first.len + 1, rest->len);
    return first;
}
