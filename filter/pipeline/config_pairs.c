#include "filter/pipeline/config_pairs.h"

#include <stdlib.h>

#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/text/view.h"

enum { NUMBER_MOST = 999 };

/* Words of all pairs so far, folded, to find one that is there twice. */
struct reading {
    struct arena *arena;
    struct casebook_pair *pairs;
    size_t count;
    struct str folded[MENTIONS_PAIRS_MOST * CONFIG_PAIR_WORDS_MOST];
    size_t owner[MENTIONS_PAIRS_MOST * CONFIG_PAIR_WORDS_MOST];
    size_t folded_count;
    struct err *err;
};

static const struct yaml_node *need(struct reading *in, const struct yaml_node *map,
                                    const char *key)
{
    const struct yaml_node *node = yaml_get(map, key);
    if (node == NULL) {
        err_set_at(in->err, map->line, map->column, "a pair must have '%s'", key);
    }
    return node;
}

static bool read_words_text(struct reading *in, const struct yaml_node *node, const char *what,
                            size_t least, struct str *text)
{
    if (!yaml_text(node, text, in->err)) {
        return false;
    }
    return (text->len >= least && text->len <= CONFIG_PAIR_TEXT_MOST &&
            str_trim(*text).len == text->len) ||
           err_set_at(in->err, node->line, node->column,
                      "%s must have %zu to %d bytes, without white space at its ends", what, least,
                      CONFIG_PAIR_TEXT_MOST);
}

static bool has_letter(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if ((c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80) {
            return true;
        }
    }
    return false;
}

/* Case and look-alikes make no other word. */
static bool read_word(struct reading *in, const struct yaml_node *node, struct str *word)
{
    struct str folded;
    if (!read_words_text(in, node, "a word", CONFIG_PAIR_WORD_LEAST, word)) {
        return false;
    }
    if (!text_fold_literal(TEXT_FOLDED, *word, in->arena, &folded, in->err)) {
        return err_set_at(in->err, node->line, node->column, "this word cannot be folded");
    }
    /* "01" would count every claim with a date in it. */
    if (!has_letter(folded)) {
        return err_set_at(in->err, node->line, node->column,
                          "a word must have a letter; a number alone is in too many claims");
    }
    for (size_t i = 0; i < in->folded_count; i++) {
        if (str_equal(in->folded[i], folded)) {
            return err_set_at(in->err, node->line, node->column,
                              "'%.*s' stands for pair %lld already", STR_FORMAT(*word),
                              (long long)in->pairs[in->owner[i]].number);
        }
    }
    in->owner[in->folded_count] = in->count;
    in->folded[in->folded_count++] = folded;
    return true;
}

static bool read_words(struct reading *in, const struct yaml_node *list, struct casebook_pair *pair)
{
    if (list->kind != YAML_LIST || list->count == 0 || list->count > CONFIG_PAIR_WORDS_MOST) {
        return err_set_at(in->err, list->line, list->column,
                          "'words' must be a list of 1 to %d words by which a claim names the "
                          "pair, as [budi contoh, paslon satu]",
                          CONFIG_PAIR_WORDS_MOST);
    }
    struct str *words = arena_array(in->arena, list->count, sizeof *words);
    if (words == NULL) {
        return err_set(in->err, "the configuration is too large");
    }
    for (const struct yaml_node *node = list->first; node != NULL; node = node->next) {
        if (!read_word(in, node, &words[pair->word_count++])) {
            return false;
        }
    }
    pair->words = words;
    return true;
}

static bool read_pair(struct reading *in, const struct yaml_node *map)
{
    static const char *const keys[] = {"number", "name", "words", NULL};
    struct casebook_pair *pair = &in->pairs[in->count];
    if (map->kind != YAML_MAP) {
        return err_set_at(in->err, map->line, map->column,
                          "a pair must be a map with number, name and words, not %s",
                          yaml_describe(map));
    }
    const struct yaml_node *number = need(in, map, "number"), *name = need(in, map, "name"),
                           *words = need(in, map, "words");
    if (number == NULL || name == NULL || words == NULL || !yaml_only(map, keys, in->err) ||
        !yaml_int(number, 1, NUMBER_MOST, &pair->number, in->err) ||
        !read_words_text(in, name, "a name", 2, &pair->name)) {
        return false;
    }
    for (size_t i = 0; i < in->count; i++) {
        if (in->pairs[i].number == pair->number) {
            return err_set_at(in->err, number->line, number->column,
                              "there are two pairs with number %lld", (long long)pair->number);
        }
    }
    return read_words(in, words, pair);
}

bool config_pairs(const struct yaml_node *list, struct arena *arena,
                  const struct casebook_pair **pairs, size_t *count, struct err *err)
{
    if (list == NULL) {
        return true;
    }
    if (list->kind != YAML_LIST || list->count > MENTIONS_PAIRS_MOST) {
        return err_set_at(err, list->line, list->column,
                          "'pairs' must be a list of at most %d pairs of candidates, not %s",
                          MENTIONS_PAIRS_MOST, yaml_describe(list));
    }
    struct casebook_pair *all = arena_array(arena, list->count + 1, sizeof *all);
    if (all == NULL) {
        return err_set(err, "the configuration is too large");
    }
    struct reading *in = mem_zero(1, sizeof *in);
    bool done = true;
    in->arena = arena;
    in->pairs = all;
    in->err = err;
    for (const struct yaml_node *node = list->first; done && node != NULL; node = node->next) {
        all[in->count] = (struct casebook_pair){.number = 0};
        done = read_pair(in, node);
        in->count += done ? 1 : 0;
    }
    *pairs = all;
    *count = in->count;
    free(in);
    return done;
}
