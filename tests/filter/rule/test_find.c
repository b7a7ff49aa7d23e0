/* rule_find against memmem, for texts and words of all lengths. */
#include "filter/rule/find.h"

#include <stdint.h>
#include <stdlib.h>

#include "filter/base/mem.h"
#include "tests/filter/test.h"

static uint64_t state = 1;

static unsigned pick(unsigned below)
{
    state = state * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (unsigned)(state >> 33) % below;
}

struct find_case {
    const char *name;
    const char *alphabet;
    size_t longest_text, longest_word;
    unsigned rounds;
};

static const struct find_case find_cases[] = {
    {"words of two letters", "ab", 200, 12, 20000},
    {"long words of two letters", "aaab", 300, 80, 20000},
    {"one letter", "a", 100, 40, 2000},
    {"words that are rarely there", "abcdefgh", 400, 4, 20000},
    {"around the length of which the way changes", "ab", 5000, 20, 1000},
};

static void finds(void **case_of)
{
    const struct find_case *c = *case_of;
    for (unsigned round = 0; round < c->rounds; round++) {
        size_t len = pick((unsigned)c->longest_text),
               word_len = 1 + pick((unsigned)c->longest_word);
        char *text = mem_alloc(len), *word = mem_alloc(word_len); /* ASan sees reading past them */
        for (size_t i = 0; i < len + word_len; i++) {
            char letter = c->alphabet[pick((unsigned)strlen(c->alphabet))];
            *(i < len ? &text[i] : &word[i - len]) = letter;
        }
        struct str all = {.at = text, .len = len}, what = {.at = word, .len = word_len};
        const char *right = memmem(text, len, word, word_len);
        assert_ptr_equal(rule_find(all, what), right);
        assert_ptr_equal(rule_find_portably(all, what), right);
        free(text);
        free(word);
    }
}

int main(void)
{
    return RUN_CASES("rule_find", find_cases, finds);
}
