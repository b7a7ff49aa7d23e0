/* A folder of NDJSON files as one document. */
#include "feeds/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "filter/base/err.h"
#include "filter/base/file.h"
#include "tests/filter/test.h"

static char folder[64], path[3][96];

static void put_file(const char *at, const char *text)
{
    struct err err = ERR_NONE;
    assert_true(file_write(at, str_of(text), 0600, &err));
}

static void etag_of(const struct feeds_source *source, struct buf *etag)
{
    struct err err = ERR_NONE;
    buf_clear(etag);
    assert_true(feeds_file_etag(source, etag, &err));
}

static void a_folder_is_read_together(void **state)
{
    struct feeds_source source = {.path = str_of(folder)};
    struct buf before = BUF_EMPTY, after = BUF_EMPTY, bytes = BUF_EMPTY;
    struct err err = ERR_NONE;
    (void)state;
    put_file(path[0], "satu");
    put_file(path[1], "bukan");
    etag_of(&source, &before);
    assert_true(feeds_file_read(&source, 100, &bytes, &err));
    assert_string_equal(bytes.bytes, "satu\n");
    put_file(path[1], "bukan juga");
    etag_of(&source, &after);
    assert_string_equal(before.bytes, after.bytes); /* no name ends in .ndjson */
    put_file(path[2], "dua\n");
    etag_of(&source, &after);
    assert_string_not_equal(before.bytes, after.bytes);
    buf_clear(&bytes);
    assert_true(feeds_file_read(&source, 100, &bytes, &err));
    assert_string_equal(bytes.bytes, "satu\ndua\n\n");
    assert_false(feeds_file_read(&source, 6, &bytes, &err));
    assert_non_null(strstr(err.message, "more than 6 bytes together"));
    unlink(path[2]);
    etag_of(&source, &after);
    assert_string_equal(before.bytes, after.bytes);
    buf_fini(&before);
    buf_fini(&after);
    buf_fini(&bytes);
}

static void what_is_not_there_says_so(void **state)
{
    struct feeds_source source = {.path = STR("/tidak/ada")};
    struct buf out = BUF_EMPTY;
    struct err err = ERR_NONE;
    (void)state;
    assert_false(feeds_file_etag(&source, &out, &err));
    assert_non_null(strstr(err.message, "cannot be looked at"));
    err = ERR_NONE;
    assert_false(feeds_file_read(&source, 10, &out, &err));
    buf_fini(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_folder_is_read_together),
        cmocka_unit_test(what_is_not_there_says_so),
    };
    snprintf(folder, sizeof folder, "/tmp/saring-file.XXXXXX");
    if (mkdtemp(folder) == NULL) {
        return 1;
    }
    snprintf(path[0], sizeof path[0], "%s/a.ndjson", folder);
    snprintf(path[1], sizeof path[1], "%s/b.txt", folder);
    snprintf(path[2], sizeof path[2], "%s/c.ndjson", folder);
    int failed = cmocka_run_group_tests_name("feeds_file", tests, NULL, NULL);
    for (int i = 0; i < 3; i++) {
        unlink(path[i]);
    }
    rmdir(folder);
    return failed;
}
