#include "filter/casebook/near.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/text/utf8.h"
#include "filter/text/view.h"
#include "filter/verdict/verdict.h"

enum { GRAM = 5, ROOM = 2 * NEAR_MOST + 2 };

struct casebook_near {
    struct text_fold *fold;
    struct buf text;                                     /* title and text without links */
    uint32_t factors[NEAR_VALUES], addends[NEAR_VALUES]; /* of the hash functions */
};

struct casebook_near *casebook_near_new(void)
{
    struct casebook_near *near = mem_zero(1, sizeof *near);
    near->fold = text_fold_new(ROOM);
    for (uint32_t i = 0; i < NEAR_VALUES; i++) {
        /* Fixed for good: sketches are kept in the database. */
        near->factors[i] = (uint32_t)XXH3_64bits_withSeed(&i, sizeof i, 1) | 1;
        near->addends[i] = (uint32_t)XXH3_64bits_withSeed(&i, sizeof i, 2);
    }
    return near;
}

void casebook_near_free(struct casebook_near *near)
{
    if (near == NULL) {
        return;
    }
    text_fold_free(near->fold);
    buf_fini(&near->text);
    free(near);
}

/* Whether a link starts here, as it is written; its length. */
static size_t link_at(const struct verdict *verdict, struct str rest)
{
    size_t longest = 0;
    for (size_t i = 0; i < verdict->link_count; i++) {
        struct str original = verdict->links[i].original;
        if (original.len > longest && str_starts(rest, original)) {
            longest = original.len;
        }
    }
    return longest;
}

static void put_without_links(struct buf *out, const struct verdict *verdict, struct str text)
{
    size_t most = NEAR_MOST;
    if (text.len > most) {
        while (!utf8_is_boundary(text, most)) {
            most--;
        }
        text.len = most;
    }
    /* A link starts after something that is no letter: no need to look everywhere. */
    size_t from = 0;
    for (size_t at = 0; at < text.len;) {
        unsigned char before = at > 0 ? (unsigned char)text.at[at - 1] : ' ';
        bool is_inside = (before >= 'a' && before <= 'z') || (before >= '0' && before <= '9');
        size_t len = is_inside ? 0 : link_at(verdict, str_part(text, at, text.len));
        if (len == 0) {
            at++;
            continue;
        }
        buf_put_str(out, str_part(text, from, at));
        buf_put_char(out, ' ');
        at += len;
        from = at;
    }
    buf_put_str(out, str_part(text, from, text.len));
}

static void add_gram(const struct casebook_near *near, const char *gram, size_t len,
                     struct casebook_sketch *sketch)
{
    uint32_t hash = (uint32_t)XXH3_64bits(gram, len);
    for (size_t i = 0; i < NEAR_VALUES; i++) {
        uint32_t value = hash * near->factors[i] + near->addends[i];
        sketch->values[i] = value < sketch->values[i] ? value : sketch->values[i];
    }
}

bool casebook_near_sketch(struct casebook_near *near, const struct verdict *verdict,
                          struct casebook_sketch *sketch)
{
    struct text_view view;
    struct err err = ERR_NONE;
    buf_clear(&near->text);
    put_without_links(&near->text, verdict, verdict->post.fields[POST_TITLE]);
    buf_put_char(&near->text, '\n');
    put_without_links(&near->text, verdict, verdict->post.fields[POST_TEXT]);
    text_fold_start(near->fold);
    assert(near->text.len <= ROOM);
    if (!text_fold_view(near->fold, TEXT_FOLDED, buf_str(&near->text), &view, &err)) {
        return false; /* folds to more than there is room for: it has no near-copies then */
    }
    struct str folded = str_trim(view.text);
    if (folded.len == 0) {
        return false;
    }
    memset(sketch->values, 0xff, sizeof sketch->values);
    size_t len = folded.len < GRAM ? folded.len : GRAM;
    for (size_t at = 0; at + len <= folded.len; at++) {
        add_gram(near, folded.at + at, len, sketch);
    }
    return true;
}

unsigned casebook_near_equal(const struct casebook_sketch *one, const struct casebook_sketch *other)
{
    unsigned equal = 0;
    for (size_t i = 0; i < NEAR_VALUES; i++) {
        equal += one->values[i] == other->values[i] ? 1 : 0;
    }
    return equal;
}

uint64_t casebook_near_band(const struct casebook_sketch *sketch, unsigned band, uint64_t seed)
{
    uint32_t values[NEAR_BAND + 1] = {band};
    memcpy(values + 1, sketch->values + (size_t)band * NEAR_BAND, NEAR_BAND * sizeof *values);
    return XXH3_64bits_withSeed(values, sizeof values, seed);
}
