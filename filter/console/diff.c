#include "filter/console/diff.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "filter/base/mem.h"
#include "filter/console/flagged.h"
enum { WORDS = 250, WORD_COST = 120 };

struct words {
    struct str at[WORDS];
    size_t count;
    bool is_cut;
};

static bool is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static void split(struct str text, struct words *words)
{
    *words = (struct words){.count = 0};
    for (size_t at = 0; at < text.len;) {
        size_t start = at;
        while (at < text.len && !is_space(text.at[at])) {
            at++;
        }
        if (at > start && words->count == WORDS) {
            words->is_cut = true;
            return;
        }
        if (at > start) {
            words->at[words->count++] = str_part(text, start, at);
        }
        at += at < text.len ? 1 : 0;
    }
}

/* Lengths of the longest common parts of what is left from word i of one and j of the other on. */
struct table {
    uint16_t at[WORDS + 1][WORDS + 1];
};

static void fill(const struct words *one, const struct words *other, struct table *table)
{
    for (size_t i = one->count; i-- > 0;) {
        for (size_t j = other->count; j-- > 0;) {
            uint16_t down = table->at[i + 1][j], right = table->at[i][j + 1];
            table->at[i][j] = str_equal(one->at[i], other->at[j])
                                  ? (uint16_t)(table->at[i + 1][j + 1] + 1)
                              : down > right ? down
                                             : right;
        }
    }
}

enum kind { SAME, ADDED, GONE };

struct writer {
    struct html *page;
    enum kind kind;
    size_t cost, max_cost;
};

static void change(struct writer *out, enum kind kind)
{
    if (out->kind == kind) {
        return;
    }
    if (out->kind == ADDED) {
        HTML(out->page, "</ins>");
    } else if (out->kind == GONE) {
        HTML(out->page, "</del>");
    }
    if (kind == ADDED) {
        HTML(out->page, "<ins>");
    } else if (kind == GONE) {
        HTML(out->page, "<del>");
    }
    out->kind = kind;
}

static void put_word(struct writer *out, enum kind kind, struct str word)
{
    if (out->cost > out->max_cost) {
        return;
    }
    change(out, kind);
    out->cost += (word.len < WORD_COST ? word.len : WORD_COST) + 8;
    if (memmem(word.at, word.len, "://", 3) != NULL) {
        flagged_link(out->page, word, WORD_COST);
    } else {
        html_cut(out->page, word, WORD_COST);
    }
    HTML(out->page, " ");
}

void diff_put(struct html *page, struct str from, struct str text, size_t max_cost)
{
    struct words *old = mem_zero(1, sizeof *old), *new = mem_zero(1, sizeof *new);
    struct table *table = mem_zero(1, sizeof *table);
    struct writer out = {.page = page, .kind = SAME, .max_cost = max_cost};
    size_t i = 0, j = 0;
    split(from, old);
    split(text, new);
    fill(old, new, table);
    HTML(page, "<bdi>");
    while (i < old->count || j < new->count) {
        if (i < old->count && j < new->count &&str_equal(old->at[i], new->at[j])) {
            put_word(&out, SAME, new->at[j++]);
            i++;
        } else if (j < new->count &&
                   (i == old->count || table->at[i][j + 1] >= table->at[i + 1][j])) {
            put_word(&out, ADDED, new->at[j++]);
        } else {
            put_word(&out, GONE, old->at[i++]);
        }
    }
    change(&out, SAME);
    if (new->is_cut || out.cost > max_cost) {
        HTML(page, "…");
    }
    HTML(page, "</bdi>");
    free(old);
    free(new);
    free(table);
}
