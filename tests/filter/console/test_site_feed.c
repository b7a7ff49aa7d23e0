#include "filter/console/site_feed.h"

#include <libxml/parser.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/console/site_data.h"
#include "tests/filter/test.h"

enum { CHANGES = 250 };

static void add_changes(struct site_feed *feed, int count)
{
    for (int i = 1; i <= count; i++) {
        char json[200];
        snprintf(json, sizeof json,
                 "{\"state\":\"%s\",\"disputed\":false,\"decision\":{\"reason\":\"<b>&\"},"
                 "\"entry\":{\"state\":\"active\"}}",
                 i % 2 == 0 ? "closed" : "listed");
        site_feed_add(feed, &(struct casebook_registered){.seq = i,
                                                          .case_id = 7,
                                                          .time_ms = 1795622400000 + i,
                                                          .json = str_of(json),
                                                          .hash = hash_sha256(str_of(json))});
    }
}

static bool is_named(const xmlNode *node, const char *name)
{
    return node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0;
}

/* Parses it and takes it away; `*before` is the archive that it names before it, "" if none. */
static size_t read_feed(const char *folder, const char *name, char before[64], bool *is_archive)
{
    size_t entries = 0;
    struct buf path = BUF_EMPTY, bytes = BUF_EMPTY;
    struct err err = ERR_NONE;
    buf_printf(&path, "%s/%s", folder, name);
    assert_true(file_read(path.bytes, 1 << 20, &bytes, &err));
    xmlDoc *doc = xmlReadMemory(bytes.bytes, (int)bytes.len, NULL, NULL, XML_PARSE_NONET);
    assert_non_null(doc);
    before[0] = '\0';
    *is_archive = false;
    for (const xmlNode *node = xmlDocGetRootElement(doc)->children; node != NULL;
         node = node->next) {
        xmlChar *relation =
            is_named(node, "link") ? xmlGetProp(node, (const xmlChar *)"rel") : NULL;
        entries += is_named(node, "entry");
        *is_archive |= is_named(node, "archive");
        if (relation != NULL && strcmp((const char *)relation, "prev-archive") == 0) {
            xmlChar *target = xmlGetProp(node, (const xmlChar *)"href");
            snprintf(before, 64, "%s", (const char *)target + 1);
            xmlFree(target);
        }
        xmlFree(relation);
    }
    xmlFreeDoc(doc);
    unlink(path.bytes);
    buf_fini(&path);
    buf_fini(&bytes);
    return entries;
}

/* Whoever follows the archives has every change. */
static void no_change_is_missed(void **state)
{
    (void)state;
    char folder[] = "/tmp/saring.feed.XXXXXX", before[64];
    bool is_archive;
    struct err err = ERR_NONE;
    assert_non_null(mkdtemp(folder));
    struct site_feed *feed = site_feed_new();
    struct site_data *data = site_data_new(folder);
    add_changes(feed, CHANGES);
    assert_int_equal(site_feed_newest(feed), 1795622400000 + CHANGES);
    assert_true(site_feed_write(feed, data, "https://register.example", &err));
    assert_int_equal(site_data_written(data), 3);
    assert_true(site_feed_write(feed, data, "https://register.example", &err));
    assert_int_equal(site_data_written(data), 3); /* nothing new is nothing written */
    assert_int_equal(read_feed(folder, "perubahan.atom", before, &is_archive), 150);
    assert_false(is_archive);
    assert_string_equal(before, "perubahan-2.atom");
    assert_int_equal(read_feed(folder, "perubahan-2.atom", before, &is_archive), 100);
    assert_true(is_archive);
    assert_string_equal(before, "perubahan-1.atom");
    assert_int_equal(read_feed(folder, "perubahan-1.atom", before, &is_archive), 100);
    assert_string_equal(before, "");
    site_data_free(data);
    site_feed_free(feed);
    assert_int_equal(rmdir(folder), 0);
}

static void an_empty_register_has_a_feed(void **state)
{
    (void)state;
    char folder[] = "/tmp/saring.feed.XXXXXX", before[64];
    bool is_archive;
    struct err err = ERR_NONE;
    assert_non_null(mkdtemp(folder));
    struct site_feed *feed = site_feed_new();
    struct site_data *data = site_data_new(folder);
    assert_true(site_feed_write(feed, data, NULL, &err));
    assert_int_equal(read_feed(folder, "perubahan.atom", before, &is_archive), 0);
    assert_string_equal(before, "");
    site_data_free(data);
    site_feed_free(feed);
    assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_change_is_missed),
        cmocka_unit_test(an_empty_register_has_a_feed),
    };
    return cmocka_run_group_tests_name("site_feed", tests, NULL, NULL);
}
