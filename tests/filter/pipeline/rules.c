#include "tests/filter/pipeline/rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "filter/base/err.h"
#include "filter/base/file.h"
#include "tests/filter/test.h"

static void put_rule(struct buf *out, unsigned number, const char *field, const char *words,
                     const char *more, const char *end)
{
    buf_printf(
        out,
        "---\ntitle: Uji %u\nid: 6d5ef4b6-0f0c-4f0a-9d0b-2f6f6f0f6a0%u\nstatus: stable\n"
        "date: 2026-01-02\nlogsource: { category: post }\ndescription: Uji.\ndetection:\n"
        "  isi:\n    %s|words: ['%s']\n%s  condition: isi\nlevel: high\nbasis:\n"
        "  class: fraud\n  evidence:\n    - { type: official, url: "
        "'https://kpu-contoh.example/1', publisher: KPU Contoh, published: 2026-01-02, "
        "impersonates: KPU Contoh }\n  expires: %s\ntests:\n  match: [ { text: 'halo semua %s', "
        "author_name: '%s' } ]\n  pass: [ { text: 'Kantor buka' } ]\n",
        number, number, field, words, more, end, words, words);
}

static struct rule_set *load(struct str text)
{
    char folder[] = "/tmp/saring.XXXXXX", path[64];
    struct err err = ERR_NONE;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/uji.yml", folder);
    assert_true(file_write(path, text, 0600, &err));
    const char *folders[] = {folder, NULL};
    const struct rule_set_options options = {.folders = folders, .clock = clock_fixed(RULES_NOW)};
    struct rule_set *set = rule_set_load(&options, &err);
    if (set == NULL) {
        char message[800];
        fail_msg("%s", err_format(&err, message, sizeof message));
    }
    unlink(path);
    rmdir(folder);
    return set;
}

struct rule_set *rules_load_with(bool with_author, const char *documents)
{
    struct buf text = BUF_EMPTY;
    put_rule(&text, 1, "text", "undian tinta", "", "2026-02-01");
    put_rule(&text, 2, "text", "hadiah sepeda", "", "2026-04-01");
    if (with_author) {
        put_rule(&text, 3, "author_name", "kpu palsu",
                 "    text|contains: [halo semua, sepeda nomor]\n", "2026-04-01");
    }
    buf_put_string(&text, documents);
    struct rule_set *set = load(buf_str(&text));
    buf_fini(&text);
    return set;
}

struct rule_set *rules_load(bool with_author)
{
    return rules_load_with(with_author, "");
}

static int compare(const void *left, const void *right)
{
    return memcmp(left, right, HASH_BYTES);
}

struct buf rules_released(const struct rule_set *set)
{
    const struct rule_program *program = rule_set_program(set);
    struct buf released = BUF_EMPTY;
    for (size_t i = 0; i < rule_program_heads(program); i++) {
        buf_put(&released, rule_program_head(program, i)->release.bytes, HASH_BYTES);
    }
    qsort(released.bytes, rule_program_heads(program), HASH_BYTES, compare);
    return released;
}

struct ruleset *rules_use(struct rule_set *set, int64_t now_ms)
{
    struct buf released = rules_released(set);
    struct ruleset *rules = ruleset_new(set, now_ms, buf_str(&released));
    buf_fini(&released);
    return rules;
}
