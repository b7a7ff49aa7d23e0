#include "filter/cli/publish_live.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "filter/base/err.h"
#include "filter/base/file.h"
#include "tests/filter/test.h"

enum { MOST = 400 };

static struct hash id_of(size_t number)
{
    struct hash id = {.bytes = {(unsigned char)(number >> 8), (unsigned char)number}};
    return id;
}

static const struct growth_case {
    const char *name;
    size_t live, kept, fresh; /* how many are live; of these still listed; new ones */
    bool is_held;
} growths[] = {
    {"nothing", 0, 0, 0, false},
    {"the first list", 0, 0, 25, false},
    {"a first list that is long", 0, 0, 26, true},
    {"25 more", 10, 10, 25, false},
    {"26 more of 10", 10, 10, 26, true},
    {"26 more of 259", 259, 259, 26, true},
    {"26 more of 260", 260, 260, 26, false},
    {"removals alone", 300, 0, 0, false},
    {"all exchanged", 100, 0, 100, true},
};

static size_t make_items(const struct growth_case *one, struct blocklist_item *items)
{
    size_t count = 0;
    for (size_t i = 0; i < one->kept; i++) {
        items[count++] = (struct blocklist_item){.id = id_of(i)};
    }
    for (size_t i = 0; i < one->fresh; i++) {
        items[count++] = (struct blocklist_item){.id = id_of(MOST + i)};
    }
    return count;
}

static void grows(void **state)
{
    const struct growth_case *one = *state;
    static struct blocklist_item items[2 * MOST];
    struct publish_live live = {.count = 0};
    for (size_t i = 0; i < one->live; i++) {
        publish_live_add(&live, &(struct publish_entry){.id = id_of(i)});
    }
    struct publish_growth growth, again;
    size_t count = make_items(one, items);
    assert_int_equal(publish_growth_find(&growth, items, count, &live, NULL), one->is_held);
    assert_int_equal(growth.count, one->fresh);
    for (size_t i = 0; i < growth.count; i++) {
        assert_null(publish_live_find(&live, &growth.held[i]));
    }
    /* The token lets just these through, in whatever order, and no others. */
    assert_false(publish_growth_find(&again, items, count, &live, growth.token));
    publish_growth_fini(&again);
    items[count] = (struct blocklist_item){.id = id_of(2 * MOST + 1)};
    bool others = publish_growth_find(&again, items, count + 1, &live, growth.token);
    assert_true(others || again.count <= 25 || again.count <= one->live / 10);
    publish_growth_fini(&again);
    publish_growth_fini(&growth);
    publish_live_fini(&live);
}

#define HEX "00000000000000000000000000000000000000000000000000000000000000"
#define HEAD                                                                                       \
    "# saring\n\"scope\",\"target\",\"start\",\"end\",\"harvest\",\"case\",\"entry\",\"reason\"\n"

static const struct file_case {
    const char *name, *text;
    size_t count;
    unsigned line; /* 0: it is read */
} files[] = {
    {"nothing", "", 0, 0},
    {"an empty list", HEAD, 0, 0},
    {"two entries, and a quote in a reason",
     HEAD "\"HOST\",\"b.example\",\"s\",\"e\",\"money\",\"2\",\"" HEX "02\",\"\"\"x\"\", y\"\n"
          "\"DOMAIN\",\"a.example\",\"s\",\"e\",\"money\",\"1\",\"" HEX "01\",\"x\"\n",
     2, 0},
    {"a line cut short", HEAD "\"HOST\",\"b.example\",\"s\",\"e\",\"mon", 0, 3},
    {"a cell too many",
     HEAD "\"HOST\",\"b.example\",\"s\",\"e\",\"money\",\"2\",\"" HEX "02\",\"x\",\"y\"\n", 0, 3},
    {"no hash", HEAD "\"HOST\",\"b.example\",\"s\",\"e\",\"money\",\"2\",\"02\",\"x\"\n", 0, 3},
    {"no number", HEAD "\"HOST\",\"b.example\",\"s\",\"e\",\"money\",\"x\",\"" HEX "02\",\"x\"\n",
     0, 3},
    {"another file", "<html>\n", 0, 1},
};

static void reads(void **state)
{
    const struct file_case *one = *state;
    char folder[] = "/tmp/saring-live.XXXXXX";
    struct buf path = BUF_EMPTY;
    struct err err = ERR_NONE;
    struct publish_live live;
    assert_non_null(mkdtemp(folder));
    buf_printf(&path, "%s/saring.csv", folder);
    assert_true(file_write(path.bytes, str_of(one->text), 0600, &err));
    assert_int_equal(publish_live_read(&live, folder, &err), one->line == 0);
    assert_int_equal(err.line, one->line);
    assert_int_equal(live.count, one->count);
    if (live.count == 2) {
        assert_true(str_is(live.entries[1].target, "a.example"));
        assert_true(str_is(live.entries[1].scope, "DOMAIN"));
        assert_int_equal(live.entries[0].case_id, 2);
        assert_true(publish_live_find(&live, &live.entries[1].id) == &live.entries[1]);
    }
    publish_live_fini(&live);
    unlink(path.bytes);
    rmdir(folder);
    buf_fini(&path);
}

/* Nothing published yet is nothing live; a folder without its list is in doubt. */
static void reads_nothing(void **state)
{
    (void)state;
    struct err err = ERR_NONE;
    struct publish_live live;
    assert_true(publish_live_read(&live, "/nonexistent/lists", &err));
    assert_int_equal(live.count, 0);
    publish_live_fini(&live);
    assert_false(publish_live_read(&live, "/tmp", &err));
    publish_live_fini(&live);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(reads_nothing)};
    return RUN_CASES("growth", growths, grows) + RUN_CASES("live", files, reads) +
           cmocka_run_group_tests_name("nothing live", tests, NULL, NULL);
}
