/*
 * A request for a list, all of it from outside. Lines: target below /lists/, method, Range,
 * If-Range, If-None-Match, If-Match, If-Modified-Since, Accept-Encoding. What is answered is bytes
 * of a file that was published, and those that the answer says they are; nothing outside is ever
 * read.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/base/hash.h"
#include "filter/console/shelf.h"
#include "tests/fuzz/fuzz.h"

#define SECRET "rahasia yang tidak pernah disajikan"
#define LONG "0123456789abcdefghijklmnopqrstuvwxyz\n"
#define PACKED "bukan gzip, tetapi byte yang lain"
#define PAGE "<p>halaman</p>"

static char folder[] = "/dev/shm/saring-shelf.XXXXXX";

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void put(const char *name, const char *text)
{
    char path[128];
    struct err err = ERR_NONE;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    require(file_write(path, str_of(text), 0600, &err));
}

static void make_folder(const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    require(mkdir(path, 0700) == 0);
}

static void clean(void)
{
    static const char *const names[] = {"rahasia",
                                        "l.7/saring.rpz",
                                        "l.7/saring.rpz.gz",
                                        "l.7/saring.rpz.sig",
                                        "l.7/manifest.json",
                                        "l.7/manifest.json.sig",
                                        "l.7/blokir/index.html",
                                        "l.7/list.key",
                                        "lists"};
    static const char *const folders[] = {"l.7/blokir", "l.7", ""};
    char path[128];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, folders[i]);
        rmdir(path);
    }
}

static struct shelf *open_shelf(void)
{
    static struct clock clock;
    static char link[128];
    char manifest[512], hex[HASH_HEX];
    struct err err = ERR_NONE;
    require(hash_start(&err) && mkdtemp(folder) != NULL);
    atexit(clean);
    struct hash sha256 = hash_sha256(STR(LONG));
    make_folder("l.7");
    make_folder("l.7/blokir");
    snprintf(manifest, sizeof manifest,
             "{\"files\":[{\"bytes\":%zu,\"name\":\"saring.rpz\",\"sha256\":\"%s\"}],\"serial\":7}",
             sizeof LONG - 1, hash_format(&sha256, hex));
    put("rahasia", SECRET);
    put("l.7/list.key", SECRET); /* not in the manifest */
    put("l.7/saring.rpz", LONG);
    put("l.7/saring.rpz.gz", PACKED);
    put("l.7/saring.rpz.sig", "sig");
    put("l.7/manifest.json", manifest);
    put("l.7/manifest.json.sig", "sig");
    put("l.7/blokir/index.html", PAGE);
    snprintf(link, sizeof link, "%s/lists", folder);
    require(symlink("l.7", link) == 0);
    clock = clock_system();
    return shelf_new(link, &clock);
}

static struct str take_line(struct str *rest)
{
    const char *end = rest->len > 0 ? memchr(rest->at, '\n', rest->len) : NULL;
    struct str line = *rest;
    if (end == NULL) {
        *rest = STR("");
        return line;
    }
    line.len = (size_t)(end - line.at);
    *rest = str_part(*rest, line.len + 1, rest->len);
    return line;
}

/* The bytes of the answer, wherever they come from. */
static struct buf bytes_of(struct response *response)
{
    struct buf bytes = BUF_EMPTY;
    if (response->is_streamed) {
        require(response->body.len == 0 && response->stream.length < 4096);
        char *at = buf_reserve(&bytes, response->stream.length + 1);
        ssize_t got =
            pread(response->stream.file, at, response->stream.length, (off_t)response->stream.at);
        require(got == (ssize_t)response->stream.length);
        bytes.len = (size_t)got;
        close(response->stream.file);
    } else {
        buf_put_str(&bytes, buf_str(&response->body));
    }
    return bytes;
}

static void check(const struct request_head *head, struct response *response)
{
    struct buf bytes = bytes_of(response);
    struct str got = buf_str(&bytes);
    unsigned long long first = 0, last = 0, length = 0;
    require(got.len == 0 || memmem(got.at, got.len, "rahasia", 7) == NULL);
    require(response->status == 200 || response->status == 206 || response->status == 304 ||
            response->status == 404 || response->status == 412 || response->status == 416);
    require((response->status == 304) ==
            (response->status != 200 && got.len == 0 && response->status != 206));
    require(response->status == 404 || (response->is_tag_strong && response->tag[0] == '"'));
    if (response->status == 206) {
        require(str_is(head->method, "GET") && head->range.len > 0);
        require(sscanf(response->range, "bytes %llu-%llu/%llu", &first, &last, &length) == 3);
        require(first <= last && last < length && last - first + 1 == got.len);
        if (response->is_streamed) {
            const char *file = response->is_gzip ? PACKED : LONG;
            /* NAME.gz by its own name is not packed a second time. */
            file = length == strlen(PACKED) ? PACKED : file;
            require(length == strlen(file) && memcmp(got.at, file + first, got.len) == 0);
        }
    }
    require(!response->is_gzip || request_weight(head->accept_encoding, STR("gzip")) > 0);
    buf_fini(&bytes);
    buf_fini(&response->body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct shelf *shelf = NULL;
    struct str input = {(const char *)data, size};
    if (shelf == NULL) {
        shelf = open_shelf();
    }
    struct str target = take_line(&input);
    struct request_head head = {.method = take_line(&input)};
    head.range = take_line(&input);
    head.if_range = take_line(&input);
    head.if_none_match = take_line(&input);
    head.if_match = take_line(&input);
    head.if_modified_since = take_line(&input);
    head.accept_encoding = take_line(&input);
    const char *mark = target.len > 0 ? memchr(target.at, '?', target.len) : NULL;
    size_t len = mark != NULL ? (size_t)(mark - target.at) : target.len;
    struct response response = {.status = 500};
    shelf_give(shelf, &head, str_part(target, 0, len),
               str_part(target, mark != NULL ? len + 1 : len, target.len), &response);
    check(&head, &response);
    return 0;
}
