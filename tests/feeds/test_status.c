/* How a source is, as a person reads it. */
#include "feeds/status.h"

#include "tests/filter/test.h"

enum { MINUTE_MS = 60000 };

static const int64_t now_ms = INT64_C(1795000000000), day_ms = INT64_C(86400000);

static const struct status_case {
    const char *name;
    bool is_enabled;
    struct feeds_state state;
    enum feeds_status status;
    const char *words;
} cases[] = {
    {"off", false, {.failures = 3}, FEEDS_STATUS_OFF, "saring sources enable a"},
    {"new", true, {.due_ms = 0}, FEEDS_STATUS_NEW, "not read yet"},
    {"fine",
     true,
     {.fetched_ms = now_ms,
      .changed_ms = now_ms - 90 * MINUTE_MS,
      .due_ms = now_ms + 12 * MINUTE_MS},
     FEEDS_STATUS_FINE,
     "fine; kabar baru terakhir/last news: 90 menit/min lalu/ago; "
     "berikutnya/next: 12 menit/min"},
    {"silent",
     true,
     {.fetched_ms = now_ms, .changed_ms = now_ms - 15 * day_ms},
     FEEDS_STATUS_SILENT,
     "15 hari/d"},
    {"not found",
     true,
     {.failures = 2, .error = "the server answers 404", .due_ms = now_ms + 3 * 60 * MINUTE_MS},
     FEEDS_STATUS_FAILING,
     "failed 2 times: the server answers 404; alamatnya salah atau dihapus / the address is "
     "wrong or was removed; berikutnya/next: 3 jam/h"},
    {"a failure that nobody knows",
     true,
     {.failures = 1},
     FEEDS_STATUS_FAILING,
     "it is tried again"},
    {"gone",
     true,
     {.is_gone = true, .failures = 1},
     FEEDS_STATUS_GONE,
     "remove it or change its address"},
    {"moved",
     true,
     {.fetched_ms = now_ms, .moved = "https://baru.example/"},
     FEEDS_STATUS_FINE,
     "moved to https://baru.example/"},
};

static void explains(void **state)
{
    const struct status_case *c = *state;
    const struct feeds_source source = {.id = STR("a"), .is_enabled = c->is_enabled};
    struct buf out = BUF_EMPTY;
    assert_int_equal(feeds_status_of(&source, &c->state, now_ms), c->status);
    feeds_status_explain(&source, &c->state, now_ms, &out);
    assert_non_null(strstr(out.bytes, c->words));
    assert_null(strchr(out.bytes, '\n'));
    buf_fini(&out);
}

int main(void)
{
    return RUN_CASES("feeds_status", cases, explains);
}
