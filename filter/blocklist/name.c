#include "filter/blocklist/name.h"

#include "filter/base/err.h"

static bool is_letter(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_inner(char c)
{
    return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

static bool check_label(struct str label, struct err *err)
{
    if (label.len == 0) {
        return err_set(err, "has an empty label: two dots, or one at an end");
    }
    if (label.len > BLOCKLIST_LABEL_BYTES) {
        return err_set(err, "has a label of %zu octets; DNS has room for 63", label.len);
    }
    for (size_t i = 0; i < label.len; i++) {
        if (!is_inner(label.at[i])) {
            return err_set(err, label.at[i] == '*'
                                    ? "holds a wildcard; the scope says what lies below a name"
                                    : "holds a character that no host name has (a-z, 0-9, '-', "
                                      "'_'; other letters as xn--…)");
        }
    }
    if (label.at[0] == '-' || label.at[label.len - 1] == '-') {
        return err_set(err, "has a label that starts or ends with '-'");
    }
    return true;
}

bool blocklist_name_check(struct str host, struct err *err)
{
    if (host.len == 0) {
        return err_set(err, "is empty; a host name is needed");
    }
    if (host.len > BLOCKLIST_NAME_BYTES) {
        return err_set(err, "is a name of %zu octets; DNS has room for %d", host.len,
                       BLOCKLIST_NAME_BYTES);
    }
    bool has_letter = false;
    size_t start = 0;
    for (size_t i = 0; i <= host.len; i++) {
        if (i < host.len && host.at[i] != '.') {
            has_letter |= is_letter(host.at[i]);
            continue;
        }
        if (!check_label(str_part(host, start, i), err)) {
            return false;
        }
        if (i < host.len) {
            has_letter = false;
            start = i + 1;
        }
    }
    return has_letter || err_set(err, "is an address or a number, not a host name");
}

int blocklist_name_compare(struct str a, struct str b)
{
    while (a.len > 0 && b.len > 0) {
        /* The dot below all else: what lies below a name follows it at once. */
        int one = a.at[--a.len] == '.' ? 0 : (unsigned char)a.at[a.len];
        int two = b.at[--b.len] == '.' ? 0 : (unsigned char)b.at[b.len];
        if (one != two) {
            return one - two;
        }
    }
    return a.len > 0 ? 1 : b.len > 0 ? -1 : 0;
}

bool blocklist_name_covers(struct str above, struct str name)
{
    return str_ends(name, above) &&
           (name.len == above.len || name.at[name.len - above.len - 1] == '.');
}

struct str blocklist_name_above(struct str name)
{
    const char *dot = name.len > 0 ? memchr(name.at, '.', name.len) : NULL;
    return dot == NULL ? STR("") : str_part(name, (size_t)(dot - name.at) + 1, name.len);
}
