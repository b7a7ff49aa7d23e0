/* Command-line words by a table: `--name VALUE`, `--name=VALUE`, `--flag`, and the rest in order.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"

struct err;

enum { CLI_WORDS_MOST = 16 };

enum cli_option_kind {
    CLI_FLAG,   /* bool */
    CLI_TEXT,   /* const char * */
    CLI_NUMBER, /* int64_t, not negative */
    CLI_LIST,   /* struct cli_words: may come several times */
};

struct cli_words {
    const char *at[CLI_WORDS_MOST + 1]; /* borrowed from argv, a NULL at the end */
    size_t count;
};

/* A table of these ends with a NULL name. */
struct cli_option {
    const char *name; /* without "--" */
    enum cli_option_kind kind;
    void *into; /* of the kind's type, set by the caller to its default */
};

/*
 * Sorts argv[1…] into the options and `words`. After "--" all are words; "-" is one. False at an
 * unknown option (with the nearest name), a missing or superfluous value, too many words.
 */
MUST_CHECK bool cli_options_read(const struct cli_option *options, int argc, char **argv,
                                 struct cli_words *words, struct err *err);

/* Whether "--help" or "-h" is among the words before a "--". */
bool cli_options_help(int argc, char **argv);
