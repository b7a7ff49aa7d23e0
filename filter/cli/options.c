#include "filter/cli/options.h"

#include <string.h>

#include "filter/base/err.h"
#include "filter/base/str.h"

enum { NAME_MOST = 32 };

/* Levenshtein distance, for names short enough; else a large number. */
static unsigned distance(struct str a, struct str b)
{
    unsigned row[NAME_MOST + 1];
    if (a.len > NAME_MOST || b.len > NAME_MOST) {
        return NAME_MOST;
    }
    for (unsigned i = 0; i <= b.len; i++) {
        row[i] = i;
    }
    for (unsigned i = 1; i <= a.len; i++) {
        unsigned diagonal = row[0];
        row[0] = i;
        for (unsigned k = 1; k <= b.len; k++) {
            unsigned best = diagonal + (a.at[i - 1] != b.at[k - 1]);
            diagonal = row[k];
            best = row[k] + 1 < best ? row[k] + 1 : best;
            row[k] = row[k - 1] + 1 < best ? row[k - 1] + 1 : best;
        }
    }
    return row[b.len];
}

static bool complain(const struct cli_option *options, struct str name, struct err *err)
{
    const char *nearest = NULL;
    unsigned least = 3;
    for (; options->name != NULL; options++) {
        unsigned far = distance(name, str_of(options->name));
        if (far < least) {
            least = far;
            nearest = options->name;
        }
    }
    return nearest != NULL ? err_set(err, "tidak ada opsi / there is no option --%.*s; --%s?",
                                     STR_FORMAT(name), nearest)
                           : err_set(err, "tidak ada opsi / there is no option --%.*s; --help",
                                     STR_FORMAT(name));
}

static bool read_number(const char *name, const char *text, int64_t *number, struct err *err)
{
    int64_t read = 0;
    const char *at = text;
    for (; *at >= '0' && *at <= '9' && read < INT64_MAX / 100; at++) {
        read = read * 10 + (*at - '0');
    }
    if (*at != '\0' || at == text) {
        return err_set(err, "--%s: bilangan bulat, bukan / takes a whole number, not '%s'", name,
                       text);
    }
    *number = read;
    return true;
}

static bool add_word(struct cli_words *words, const char *word, struct err *err)
{
    if (words->count == CLI_WORDS_MOST) {
        return err_set(err, "terlalu banyak kata, di / too many words, at '%s'", word);
    }
    words->at[words->count++] = word;
    words->at[words->count] = NULL;
    return true;
}

static bool set(const struct cli_option *option, const char *value, struct err *err)
{
    switch (option->kind) {
    case CLI_FLAG:
        *(bool *)option->into = true;
        return true;
    case CLI_TEXT:
        *(const char **)option->into = value;
        return true;
    case CLI_NUMBER:
        return read_number(option->name, value, option->into, err);
    case CLI_LIST:
        return add_word(option->into, value, err);
    }
    return err_set(err, "--%s has no kind", option->name);
}

static const struct cli_option *find(const struct cli_option *options, struct str name)
{
    while (options->name != NULL && !str_is(name, options->name)) {
        options++;
    }
    return options->name != NULL ? options : NULL;
}

bool cli_options_read(const struct cli_option *options, int argc, char **argv,
                      struct cli_words *words, struct err *err)
{
    bool only_words = false;
    *words = (struct cli_words){.count = 0};
    for (int i = 1; i < argc; i++) {
        if (!only_words && strcmp(argv[i], "--") == 0) {
            only_words = true;
            continue;
        }
        if (only_words || argv[i][0] != '-' || argv[i][1] == '\0') {
            if (!add_word(words, argv[i], err)) {
                return false;
            }
            continue;
        }
        const char *name = argv[i] + (argv[i][1] == '-' ? 2 : 1);
        const char *equals = strchr(name, '=');
        const char *value = equals != NULL ? equals + 1 : NULL;
        struct str given = {name, equals != NULL ? (size_t)(equals - name) : strlen(name)};
        const struct cli_option *option = find(options, given);
        if (option == NULL) {
            return complain(options, given, err);
        }
        if (option->kind == CLI_FLAG && value != NULL) {
            return err_set(err, "--%s tidak bernilai / takes no value", option->name);
        }
        if (option->kind != CLI_FLAG && value == NULL) {
            if (i + 1 == argc) {
                return err_set(err, "--%s perlu nilai / takes a value", option->name);
            }
            value = argv[++i];
        }
        if (!set(option, value, err)) {
            return false;
        }
    }
    return true;
}

bool cli_options_help(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            return true;
        }
    }
    return false;
}
