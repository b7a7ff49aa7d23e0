/* The pairs of candidates that saring.yml names, for the transparency figures. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "filter/base/arena.h"
#include "filter/base/attr.h"
#include "filter/base/yaml.h"
#include "filter/casebook/mentions.h"

struct err;

enum { CONFIG_PAIR_WORDS_MOST = 32, CONFIG_PAIR_WORD_LEAST = 3, CONFIG_PAIR_TEXT_MOST = 200 };

/*
 * Reads the list under `pairs`: {number: 1, name: '…', words: ['…', …]} each, by which a claim
 * names them. NULL in `list` is no pair. An unknown key, a number or a word that two pairs have, no
 * words, or one that would match anything, is an error with its line.
 */
MUST_CHECK bool config_pairs(const struct yaml_node *list, struct arena *arena,
                             const struct casebook_pair **pairs, size_t *count, struct err *err);
