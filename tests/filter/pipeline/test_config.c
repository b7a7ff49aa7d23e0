#include "filter/pipeline/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/casebook/mentions.h"
#include "tests/filter/test.h"

/* Loads `yaml` as a file of its own; its name is cut out of an error's text. */
static bool load(const char *yaml, struct arena *arena, struct config *config, char message[800])
{
    char folder[] = "/tmp/saring.XXXXXX", path[64];
    struct err err = ERR_NONE;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/saring.yml", folder);
    assert_true(file_write(path, str_of(yaml), 0600, &err));
    bool done = config_load(path, arena, config, &err);
    char text[800];
    err_format(&err, text, sizeof text);
    snprintf(message, 800, "%s",
             str_starts(str_of(text), str_of(path)) ? text + strlen(path) : text);
    if (done && config->rules[0][0] == '/') { /* relative to the file's folder */
        assert_true(str_starts(str_of(config->rules[0]), str_of(folder)));
    }
    unlink(path);
    rmdir(folder);
    return done;
}

static void defaults(void **state)
{
    (void)state;
    struct arena *arena = arena_new(1 << 16);
    struct config config;
    struct err err = ERR_NONE;
    assert_true(config_load(NULL, arena, &config, &err));
    assert_null(config.redis);
    assert_null(config.state);
    assert_string_equal(config.rules[0], "rules");
    assert_null(config.rules[1]);
    assert_string_equal(config.example, "feeds/example");
    assert_string_equal(config.console_address, "127.0.0.1");
    assert_int_equal(config.console_port, 8420);
    char message[800];
    assert_true(load("", arena, &config, message)); /* an empty file changes nothing */
    assert_int_equal(config.console_port, 8420);
    arena_free(arena);
}

static void all_settings(void **state)
{
    (void)state;
    struct arena *arena = arena_new(1 << 16);
    struct config config;
    char message[800];
    assert_true(load("state: /var/lib/x\nuser: saring\nrules: [aturan, /etc/saring/rules]\n"
                     "example: contoh\nsources: sumber.yml\ncontact: mailto:a@b.example\n"
                     "redis: { url: 'unix:/run/r' }\nconsole: { address: '::1', port: 0 }\n"
                     "workers: 3\n",
                     arena, &config, message));
    assert_string_equal(config.state, "/var/lib/x");
    assert_string_equal(config.user, "saring");
    assert_true(str_ends(str_of(config.rules[0]), STR("/aturan")));
    assert_string_equal(config.rules[1], "/etc/saring/rules");
    assert_null(config.rules[2]);
    assert_true(str_ends(str_of(config.example), STR("/contoh")));
    assert_true(str_ends(str_of(config.sources), STR("/sumber.yml")));
    assert_string_equal(config.contact, "mailto:a@b.example");
    assert_string_equal(config.redis, "unix:/run/r");
    assert_string_equal(config.console_address, "::1");
    assert_int_equal(config.console_port, 0);
    assert_int_equal(config.workers, 3);
    arena_free(arena);
}

struct bad_case {
    const char *name, *yaml, *message;
};

static const struct bad_case bad_cases[] = {
    {"a list", "- a\n", ":1:1: the configuration must be a map of settings, not a list"},
    {"two documents", "user: a\n---\nuser: b\n", ": holds 2 documents; a configuration is one"},
    {"unknown key", "user: a\nruls: [x]\n", ":2:1: "},
    {"unknown key below", "redis: { urls: x }\n", ":1:10: "},
    {"redis is text", "redis: 127.0.0.1\n", ":1:8: 'redis' must be a map, not "},
    {"rules is text", "rules: rules\n", ":1:8: 'rules' must be a list of folders"},
    {"rules is empty", "rules: []\n", ":1:8: 'rules' must be a list of folders"},
    {"a folder is a list", "rules: [[a]]\n", ":1:9: "},
    {"no text", "user: ''\n", ":1:7: 'user' must not be empty"},
    {"port too large", "console: { port: 65536 }\n", ":1:18: "},
    {"port is text", "console: { port: http }\n", ":1:18: "},
    {"workers below zero", "workers: -1\n", ":1:10: "},
    {"a key twice", "user: a\nuser: b\n", ":2:1: "},
    {"an alias", "user: &a x\nstate: *a\n", ":1:7: "},
    {"broken", "user: [\n", ":"},
    {"pairs is a map", "pairs: { number: 1 }\n",
     ":1:8: 'pairs' must be a list of at most 64 pairs"},
    {"a pair is text", "pairs:\n  - satu\n", ":2:5: a pair must be a map with number"},
    {"a pair without words", "pairs:\n  - { number: 1, name: Satu Dua }\n",
     ":2:5: a pair must have 'words'"},
    {"a pair without a number", "pairs:\n  - { name: Satu Dua, words: [paslon satu] }\n",
     ":2:5: a pair must have 'number'"},
    {"a pair with an author", "pairs:\n  - { number: 1, name: Satu, words: [satu], author: x }\n",
     ":2:45: unknown key 'author'"},
    {"number 0", "pairs:\n  - { number: 0, name: Satu, words: [satu] }\n", ":2:15: "},
    {"a number twice",
     "pairs:\n  - { number: 1, name: Satu, words: [satu] }\n"
     "  - { number: 1, name: Dua, words: [dua] }\n",
     ":3:15: there are two pairs with number 1"},
    {"no words", "pairs:\n  - { number: 1, name: Satu, words: [] }\n",
     ":2:37: 'words' must be a list of 1 to 32 words"},
    {"a word of two letters", "pairs:\n  - { number: 1, name: Satu, words: [ab] }\n",
     ":2:38: a word must have 3 to 200 bytes"},
    {"a number as a word", "pairs:\n  - { number: 1, name: Satu, words: ['001'] }\n",
     ":2:38: a word must have a letter"},
    {"a word of two pairs",
     "pairs:\n  - { number: 1, name: Satu, words: [paslon satu] }\n"
     "  - { number: 2, name: Dua, words: [paslon dua, PASLON  Satu] }\n",
     ":3:49: 'PASLON  Satu' stands for pair 1 already"},
};

static void refuses(void **state)
{
    const struct bad_case *one = *state;
    struct arena *arena = arena_new(1 << 16);
    struct config config;
    char message[800];
    assert_false(load(one->yaml, arena, &config, message));
    if (!str_starts(str_of(message), str_of(one->message))) {
        fail_msg("got [%s], want [%s]", message, one->message);
    }
    arena_free(arena);
}

static void pairs(void **state)
{
    (void)state;
    struct arena *arena = arena_new(1 << 16);
    struct config config;
    char message[800];
    assert_true(
        load("pairs:\n"
             "  - { number: 2, name: 'Pasangan Contoh Dua', words: [contoh dua, paslon 02] }\n"
             "  - { number: 1, name: 'Pasangan Contoh Satu', words: [contoh satu] }\n",
             arena, &config, message));
    assert_int_equal(config.pair_count, 2);
    assert_int_equal(config.pairs[0].number, 2);
    assert_int_equal(config.pairs[0].word_count, 2);
    assert_true(str_is(config.pairs[0].words[1], "paslon 02"));
    assert_true(str_is(config.pairs[1].name, "Pasangan Contoh Satu"));
    arena_free(arena);
}

static void too_many_folders(void **state)
{
    (void)state;
    struct buf yaml = BUF_EMPTY;
    struct arena *arena = arena_new(1 << 20);
    struct config config;
    char message[800];
    buf_put_string(&yaml, "rules: [a");
    for (int i = 0; i < 32; i++) {
        buf_put_string(&yaml, ", b");
    }
    buf_put_string(&yaml, "]\n");
    assert_false(load(yaml.bytes, arena, &config, message));
    assert_string_equal(message, ":1:8: 'rules' names 33 folders; the most is 32");
    buf_fini(&yaml);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults),
        cmocka_unit_test(all_settings),
        cmocka_unit_test(pairs),
        cmocka_unit_test(too_many_folders),
    };
    return RUN_CASES("config_load", bad_cases, refuses) +
           cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
