#include "filter/blocklist/shipped.h"

#include <stdlib.h>

#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/blocklist/guard.h"
#include "filter/blocklist/name.h"
#include "filter/text/url.h"
#include "tests/filter/test.h"

struct line {
    struct str name;
    const char *file;
    bool is_shared;
};

static struct line *names;
static size_t count, room;

static struct str next_line(struct str *left)
{
    const char *end = memchr(left->at, '\n', left->len);
    size_t len = end != NULL ? (size_t)(end - left->at) : left->len;
    struct str line = str_part(*left, 0, len);
    *left = str_part(*left, end != NULL ? len + 1 : len, left->len);
    return line;
}

static int compare(const void *a, const void *b)
{
    return blocklist_name_compare(((const struct line *)a)->name, ((const struct line *)b)->name);
}

static void read_names(void)
{
    size_t files;
    const struct blocklist_shipped *shipped = blocklist_shipped(&files);
    for (size_t i = 0; i < files; i++) {
        bool is_shared = strstr(shipped[i].path, "/shared-") != NULL;
        for (struct str left = shipped[i].text; left.len > 0;) {
            struct str line = next_line(&left);
            const char *comment = line.len > 0 ? memchr(line.at, '#', line.len) : NULL;
            if (comment != NULL) {
                line = str_part(line, 0, (size_t)(comment - line.at));
            }
            line = str_trim(line);
            if (line.len > 0) {
                mem_grow(&names, &room, count + 1, sizeof *names);
                names[count++] = (struct line){line, shipped[i].path, is_shared};
            }
        }
    }
    qsort(names, count, sizeof *names, compare);
}

/* What may not be listed is listed itself for a reason, and where that can be looked up. */
static void says_where_it_is_from(void **state)
{
    (void)state;
    size_t files;
    const struct blocklist_shipped *shipped = blocklist_shipped(&files);
    for (size_t i = 0; i < files; i++) {
        struct str left = shipped[i].text;
        bool has_source = false;
        for (struct str line = next_line(&left); line.len > 0 && line.at[0] == '#';
             line = next_line(&left)) {
            has_source |= memmem(line.at, line.len, "Sumber / source: ", 17) != NULL;
        }
        if (!has_source) {
            fail_msg("%s does not open with its source", shipped[i].path);
        }
    }
}

static void holds_each_name_once(void **state)
{
    (void)state;
    for (size_t i = 1; i < count; i++) {
        if (str_equal(names[i - 1].name, names[i].name)) {
            fail_msg("%.*s is in %s and in %s", STR_FORMAT(names[i].name), names[i - 1].file,
                     names[i].file);
        }
    }
}

/* A name below a strict one says nothing more; below a shared one only a strict one does. */
static void holds_nothing_in_vain(void **state)
{
    (void)state;
    for (size_t i = 0; i < count; i++) {
        for (struct str up = blocklist_name_above(names[i].name); up.len > 0;
             up = blocklist_name_above(up)) {
            struct line key = {.name = up};
            const struct line *above = bsearch(&key, names, count, sizeof *names, compare);
            if (above != NULL && (!above->is_shared || names[i].is_shared)) {
                fail_msg("%s: %.*s lies below %.*s", names[i].file, STR_FORMAT(names[i].name),
                         STR_FORMAT(up));
            }
        }
    }
}

static void is_long(void **state)
{
    (void)state;
    print_message("%zu protected names\n", count);
    assert_true(count >= 1500);
}

/* Suffixes whose registries give names to schools and states alone (IANA; the registries' rules).
 */
static bool is_closed(struct str name)
{
    static const char *const labels[] = {"ac",  "desa", "edu", "gc",  "go",  "gob",    "gouv",
                                         "gov", "govt", "int", "mil", "nhs", "ponpes", "sch"};
    const char *dot = memchr(name.at, '.', name.len);
    struct str first = str_part(name, 0, dot != NULL ? (size_t)(dot - name.at) : name.len);
    for (size_t i = 0; i < COUNT(labels); i++) {
        if (str_is(first, labels[i])) {
            return true;
        }
    }
    return false;
}

/* Protecting what anybody can register in would give fraud a home: or.id, my.id, xyz. */
static void leaves_open_suffixes_alone(void **state)
{
    (void)state;
    for (size_t i = 0; i < count; i++) {
        bool is_wide = memchr(names[i].name.at, '.', names[i].name.len) == NULL ||
                       url_is_public_suffix(names[i].name);
        if (!names[i].is_shared && is_wide && !is_closed(names[i].name)) {
            fail_msg("%s: %.*s is no closed suffix", names[i].file, STR_FORMAT(names[i].name));
        }
    }
}

/* Fraud on a shared host stays within reach: one URL of it may be listed. */
static void leaves_urls_on_shared_hosts(void **state)
{
    (void)state;
    struct err err = ERR_NONE;
    struct blocklist_guard *guard = blocklist_guard_shipped("/nonexistent", &err);
    assert_non_null(guard);
    for (size_t i = 0; i < count; i++) {
        struct buf url = BUF_EMPTY;
        buf_printf(&url, "https://penipu.%.*s/masuk", STR_FORMAT(names[i].name));
        err = ERR_NONE;
        if (blocklist_guard_check_typed(guard, BLOCKLIST_URL, buf_str(&url), &err) !=
            names[i].is_shared) {
            fail_msg("%s: %s", url.bytes, err.message);
        }
        err = ERR_NONE;
        assert_false(blocklist_guard_check_typed(guard, BLOCKLIST_HOST, names[i].name, &err));
        err = ERR_NONE;
        assert_false(blocklist_guard_check_typed(guard, BLOCKLIST_DOMAIN, names[i].name, &err));
        buf_fini(&url);
    }
    blocklist_guard_free(guard);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_where_it_is_from),      cmocka_unit_test(holds_each_name_once),
        cmocka_unit_test(holds_nothing_in_vain),      cmocka_unit_test(is_long),
        cmocka_unit_test(leaves_open_suffixes_alone), cmocka_unit_test(leaves_urls_on_shared_hosts),
    };
    read_names();
    int failed = cmocka_run_group_tests_name("shipped", tests, NULL, NULL);
    free(names);
    return failed;
}
