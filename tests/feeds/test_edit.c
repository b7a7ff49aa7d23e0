/* sources.yml changed: what changes, what stays as people wrote it, what is left to them. */
#include "feeds/edit.h"

#include "filter/base/err.h"
#include "tests/filter/test.h"

#define FRONT "# Sumber kami\nsources:\n"
#define A "  - id: a\n    kind: rss\n    url: https://a.example/ # tetap\n    enabled: false\n"
#define B "  # yang kedua\n  - id: b\n    kind: atom\n    url: https://b.example/\n"
#define B_ON                                                                                       \
    "  # yang kedua\n  - id: b\n    enabled: true\n    kind: atom\n    url: https://b.example/\n"
#define NEW                                                                                        \
    "  - id: baru\n    name: \"Kabar \\\"Baru\\\"\"\n    kind: rss\n    url: "                     \
    "\"https://c.example/\"\n"                                                                     \
    "    enabled: false\n"

enum action { ADD, REMOVE, ENABLE, DISABLE };

static const struct edit_case {
    const char *name;
    enum action action;
    const char *id, *before, *after, *message; /* after: NULL if it is refused */
} cases[] = {
    {"enable one that is off", ENABLE, "a", FRONT A B,
     FRONT "  - id: a\n    kind: rss\n    url: https://a.example/ # tetap\n    enabled: true\n" B,
     ""},
    {"disable one that does not say", DISABLE, "b", FRONT A B,
     FRONT A "  # yang kedua\n  - id: b\n    enabled: false\n    kind: atom\n    url: "
             "https://b.example/\n",
     ""},
    {"disable the last, without a line end", DISABLE, "b",
     FRONT "  - kind: rss\n    id: b\n    url: https://b.example/",
     FRONT "  - kind: rss\n    enabled: false\n    id: b\n    url: https://b.example/", ""},
    {"one behind a name with line breaks of Unicode", ENABLE, "b",
     FRONT "  - id: c\n    name: \"x\xE2\x80\xA8y\xC2\x85z\xE2\x80\xA9\"\n    kind: rss\n"
           "    url: https://c.example/\n" A B
           "  - id: d\n    kind: rss\n    url: https://d.example/\n",
     FRONT "  - id: c\n    name: \"x\xE2\x80\xA8y\xC2\x85z\xE2\x80\xA9\"\n    kind: rss\n"
           "    url: https://c.example/\n" A B_ON
           "  - id: d\n    kind: rss\n    url: https://d.example/\n",
     ""},
    {"enabled stands first", ENABLE, "a",
     "sources:\n- enabled: false\n  id: a\n  kind: rss\n  url: https://a.example/\n",
     "sources:\n- enabled: true\n  id: a\n  kind: rss\n  url: https://a.example/\n", ""},
    {"remove the first", REMOVE, "a", FRONT A B, FRONT B, ""},
    {"remove the last", REMOVE, "b", FRONT A B "# akhir\n", FRONT A "  # yang kedua\n# akhir\n",
     ""},
    {"remove the only one", REMOVE, "a", FRONT A, FRONT, ""},
    {"add to others", ADD, "baru", FRONT A, FRONT A NEW, ""},
    {"add behind no line end", ADD, "baru",
     "sources:\n- id: a\n  kind: rss\n  url: https://a.example/",
     "sources:\n- id: a\n  kind: rss\n  url: https://a.example/\n- id: baru\n  name: \"Kabar "
     "\\\"Baru\\\"\"\n  kind: rss\n  url: \"https://c.example/\"\n  enabled: false\n",
     ""},
    {"add to none", ADD, "baru", "# kosong\nsources: []\n", "# kosong\nsources:\n" NEW, ""},
    {"add to an empty list", ADD, "baru", "sources:\n", "sources:\n" NEW, ""},
    {"add to an empty file", ADD, "baru", "", "sources:\n" NEW, ""},
    {"add what is there", ADD, "a", FRONT A, NULL, "source 'a' is already there, in line 3"},
    {"add with an id that is none", ADD, "a b", FRONT A, NULL, "'id' must be at most 64"},
    {"one that is not there", REMOVE, "c", FRONT A, NULL, "has no source 'c'"},
    {"one written in one line", ENABLE, "a",
     "sources:\n  - { id: a, kind: rss, url: 'https://a.example/' }\n", NULL, "edit it by hand"},
    {"all written in one line", REMOVE, "a",
     "sources: [ { id: a, kind: rss, url: 'https://a.example/' } ]\n", NULL, "edit it by hand"},
    {"a file that does not load", ENABLE, "a", "sources:\n  - id: a\n", NULL, "needs a 'kind'"},
};

static bool edit(const struct edit_case *c, struct buf *out, struct err *err)
{
    const struct feeds_new_source made = {.id = str_of(c->id),
                                          .name = STR("Kabar \"Baru\""),
                                          .url = STR("https://c.example/"),
                                          .kind = FEEDS_KIND_RSS};
    struct str text = str_of(c->before), id = str_of(c->id);
    switch (c->action) {
    case ADD:
        return feeds_edit_add(text, "s.yml", &made, 1, out, err);
    case REMOVE:
        return feeds_edit_remove(text, "s.yml", id, out, err);
    case ENABLE:
        return feeds_edit_enable(text, "s.yml", id, true, out, err);
    case DISABLE:
        return feeds_edit_enable(text, "s.yml", id, false, out, err);
    }
    return false;
}

static void edits(void **state)
{
    const struct edit_case *c = *state;
    struct buf out = BUF_EMPTY;
    struct err err = ERR_NONE;
    assert_int_equal(edit(c, &out, &err), c->after != NULL);
    if (c->after != NULL) {
        assert_string_equal(out.bytes, c->after);
    } else {
        assert_non_null(strstr(err.message, c->message));
        assert_int_equal(out.len, 0);
    }
    buf_fini(&out);
}

static void a_person_comes_in_by_no_edit(void **state)
{
    struct buf out = BUF_EMPTY;
    struct err err = ERR_NONE;
    const struct feeds_new_source made = {
        .id = STR("x"), .url = STR("https://t.me/s/nama"), .kind = FEEDS_KIND_TELEGRAM};
    (void)state;
    assert_false(feeds_edit_add(STR(FRONT A), "s.yml", &made, 1, &out, &err));
    assert_non_null(strstr(err.message, "limit 5"));
    assert_int_equal(out.len, 0);
}

static const struct id_case {
    const char *name, *url, *title, *id;
} ids[] = {
    {"of a title", "https://x.example/", "Kabar  Contoh!", "kabar-contoh"},
    {"that is there", "https://x.example/", "A", "a-2"},
    {"of a host", "https://www.kabar.example:8/x", "", "kabar-example"},
    {"of letters we don't use", "https://x.example/", "Новости", "x-example"},
    {"of nothing", "", "", "sumber"},
};

static void makes_ids(void **state)
{
    const struct id_case *c = *state;
    struct buf id = BUF_EMPTY;
    struct err err = ERR_NONE;
    struct feeds_sources *sources = feeds_sources_parse(STR(FRONT A), "s.yml", &err);
    assert_non_null(sources);
    feeds_edit_make_id(sources, NULL, 0, str_of(c->url), str_of(c->title), &id);
    assert_true(str_is(buf_str(&id), c->id));
    feeds_sources_free(sources);
    buf_fini(&id);
}

int main(void)
{
    const struct CMUnitTest others[] = {cmocka_unit_test(a_person_comes_in_by_no_edit)};
    return RUN_CASES("feeds_edit", cases, edits) + RUN_CASES("feeds_edit_make_id", ids, makes_ids) +
           cmocka_run_group_tests_name("feeds_edit, limits", others, NULL, NULL);
}
