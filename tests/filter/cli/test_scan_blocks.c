#include "filter/cli/scan_blocks.h"

#include <stdlib.h>
#include <unistd.h>

#include "feeds/ndjson.h"
#include "tests/filter/test.h"

/* A job whose workers copy each line, with its number, and whose writer gathers all. */
struct gathering {
    struct buf out, errors;
    struct scan_counts counts;
    size_t blocks, stop_after;
};

static void *worker_new(void *context)
{
    return context;
}

static void worker_free(void *worker)
{
    (void)worker;
}

static void copy_lines(void *worker, struct scan_block *block)
{
    (void)worker;
    for (size_t i = 0; i < block->line_count; i++) {
        const struct scan_line *line = &block->lines[i];
        buf_printf(&block->out, "%u:%.*s|", (unsigned)line->number,
                   (int)(line->len < 40 ? line->len : 40), block->bytes.bytes + line->at);
        block->counts.posts++;
    }
}

static bool gather(void *context, struct scan_block *block)
{
    struct gathering *all = context;
    buf_put_str(&all->out, buf_str(&block->out));
    buf_put_str(&all->errors, buf_str(&block->errors));
    all->counts.posts += block->counts.posts;
    all->counts.bad += block->counts.bad;
    all->counts.bytes += block->counts.bytes;
    all->blocks++;
    return all->stop_after == 0 || all->blocks < all->stop_after;
}

static bool run(struct gathering *all, const char *path, enum scan_format format, struct err *err)
{
    const char *files[] = {path};
    struct scan_job job = {.files = files,
                           .file_count = 1,
                           .format = format,
                           .workers = 3,
                           .worker_new = worker_new,
                           .worker_free = worker_free,
                           .work = copy_lines,
                           .write = gather,
                           .context = all};
    buf_put_string(&all->out, "");
    buf_put_string(&all->errors, "");
    return scan_run(&job, err);
}

/* A file of the bytes; the caller removes it. */
static void make_file(char path[32], struct str bytes)
{
    strcpy(path, "/tmp/test_scan.XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes.at, bytes.len), (ssize_t)bytes.len);
    close(fd);
}

struct cut_case {
    const char *name;
    enum scan_format format;
    const char *bytes, *lines;
};

static const struct cut_case cut_cases[] = {
    {"nothing", SCAN_NDJSON, "", ""},
    {"lines", SCAN_NDJSON, "a\nb\n\nc\n", "1:a|2:b|3:|4:c|"},
    {"a last line without an end", SCAN_NDJSON, "a\nb", "1:a|2:b|"},
    {"rows behind their header", SCAN_CSV, "text,x\na,1\nb,2\n", "2:a,1|3:b,2|"},
    {"rows over several lines", SCAN_CSV, "text\n\"a\nb\"\nc", "2:\"a\nb\"|4:c|"},
    {"a header alone", SCAN_CSV, "text", ""},
};

static void cut(void **state)
{
    const struct cut_case *c = *state;
    struct gathering all = {.stop_after = 0};
    struct err err = ERR_NONE;
    char path[32];
    make_file(path, str_of(c->bytes));
    assert_true(run(&all, path, c->format, &err));
    unlink(path);
    assert_string_equal(all.out.bytes, c->lines);
    assert_string_equal(all.errors.bytes, "");
    assert_int_equal(all.counts.bytes, strlen(c->bytes));
    buf_fini(&all.out);
    buf_fini(&all.errors);
}

/* Many blocks: all lines, once, in order, whichever worker was first. */
static void order(void **state)
{
    (void)state;
    struct gathering all = {.stop_after = 0};
    struct err err = ERR_NONE;
    struct buf bytes = BUF_EMPTY, want = BUF_EMPTY;
    char path[32];
    for (unsigned i = 1; i <= 300000; i++) {
        buf_printf(&bytes, "post %u\n", i * 7);
        buf_printf(&want, "%u:post %u|", i, i * 7);
    }
    make_file(path, buf_str(&bytes));
    assert_true(run(&all, path, SCAN_NDJSON, &err));
    unlink(path);
    assert_true(all.blocks > 4);
    assert_true(str_equal(buf_str(&all.out), buf_str(&want)));
    buf_fini(&bytes);
    buf_fini(&want);
    buf_fini(&all.out);
    buf_fini(&all.errors);
}

static void a_line_that_is_too_long(void **state)
{
    (void)state;
    struct gathering all = {.stop_after = 0};
    struct err err = ERR_NONE;
    struct buf bytes = BUF_EMPTY;
    char path[32];
    buf_put_string(&bytes, "a\n");
    for (size_t i = 0; i < FEEDS_NDJSON_MAX_LINE / 8 + 100000; i++) {
        buf_put_string(&bytes, "panjang ");
    }
    buf_put_string(&bytes, "\nb\n");
    make_file(path, buf_str(&bytes));
    assert_true(run(&all, path, SCAN_NDJSON, &err));
    unlink(path);
    assert_string_equal(all.out.bytes, "1:a|3:b|");
    assert_int_equal(all.counts.bad, 1);
    assert_non_null(strstr(all.errors.bytes, ":2: a line of more than 8388608 bytes"));
    buf_fini(&bytes);
    buf_fini(&all.out);
    buf_fini(&all.errors);
}

static void a_writer_that_stops(void **state)
{
    (void)state;
    struct gathering all = {.stop_after = 2};
    struct err err = ERR_NONE;
    struct buf bytes = BUF_EMPTY;
    char path[32];
    for (unsigned i = 0; i < 2000000; i++) {
        buf_put_string(&bytes, "panjang\n");
    }
    make_file(path, buf_str(&bytes));
    assert_false(run(&all, path, SCAN_NDJSON, &err));
    unlink(path);
    assert_int_equal(all.blocks, 2);
    buf_fini(&bytes);
    buf_fini(&all.out);
    buf_fini(&all.errors);
}

static void a_file_that_is_not_there(void **state)
{
    (void)state;
    struct gathering all = {.stop_after = 0};
    struct err err = ERR_NONE;
    assert_false(run(&all, "/nonexistent/posts.ndjson", SCAN_NDJSON, &err));
    assert_string_equal(err.file, "/nonexistent/posts.ndjson");
    assert_string_equal(err.message, "it cannot be opened: No such file or directory");
    assert_int_equal(all.counts.bad, 0);
    buf_fini(&all.out);
    buf_fini(&all.errors);
}

static void a_header_without_the_column(void **state)
{
    (void)state;
    struct gathering all = {.stop_after = 0};
    struct err err = ERR_NONE;
    char path[32];
    make_file(path, STR("isi\na\n"));
    assert_false(run(&all, path, SCAN_CSV, &err));
    unlink(path);
    assert_true(err_is_set(&err));
    assert_string_equal(err.file, path);
    assert_string_equal(all.out.bytes, "");
    buf_fini(&all.out);
    buf_fini(&all.errors);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order),
        cmocka_unit_test(a_line_that_is_too_long),
        cmocka_unit_test(a_writer_that_stops),
        cmocka_unit_test(a_file_that_is_not_there),
        cmocka_unit_test(a_header_without_the_column),
    };
    return RUN_CASES("lines", cut_cases, cut) +
           cmocka_run_group_tests_name("scan_run", tests, NULL, NULL);
}
