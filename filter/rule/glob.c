#include "filter/rule/glob.h"

#include <stddef.h>
#include <stdint.h>

#include "filter/rule/find.h"
#include "filter/rule/program.h"

#define NOWHERE SIZE_MAX

static bool is_continuation(struct str text, size_t at)
{
    return at < text.len && ((unsigned char)text.at[at] & 0xc0) == 0x80;
}

/* Where `piece` (letters and RULE_ANY_ONE) ends if it starts at `at`; NOWHERE if it does not. */
static size_t piece_end(struct str piece, struct str value, size_t at)
{
    for (size_t i = 0; i < piece.len; i++) {
        if (at >= value.len) {
            return NOWHERE;
        }
        if (piece.at[i] != RULE_ANY_ONE) {
            if (piece.at[i] != value.at[at++]) {
                return NOWHERE;
            }
            continue;
        }
        do {
            at++;
        } while (is_continuation(value, at));
    }
    return at;
}

/* Where it starts if it ends with the value. */
static size_t piece_start(struct str piece, struct str value)
{
    size_t at = value.len;
    for (size_t i = piece.len; i > 0; i--) {
        if (at == 0) {
            return NOWHERE;
        }
        at--;
        if (piece.at[i - 1] != RULE_ANY_ONE) {
            if (piece.at[i - 1] != value.at[at]) {
                return NOWHERE;
            }
            continue;
        }
        while (at > 0 && is_continuation(value, at)) {
            at--;
        }
    }
    return at;
}

static bool find_piece(struct str piece, struct str value, size_t from, struct text_span *span)
{
    if (from >= value.len) {
        return false;
    }
    if (memchr(piece.at, RULE_ANY_ONE, piece.len) == NULL) {
        const char *found = rule_find(str_part(value, from, value.len), piece);
        if (found == NULL) {
            return false;
        }
        span->start = (size_t)(found - value.at);
        span->end = span->start + piece.len;
        return true;
    }
    for (size_t at = from; at < value.len; at++) {
        size_t end = is_continuation(value, at) ? NOWHERE : piece_end(piece, value, at);
        if (end != NOWHERE) {
            *span = (struct text_span){.start = at, .end = end};
            return true;
        }
    }
    return false;
}

static struct str next_piece(struct str glob, size_t *at)
{
    size_t start = *at;
    while (*at < glob.len && glob.at[*at] != RULE_ANY_RUN) {
        ++*at;
    }
    return str_part(glob, start, *at);
}

bool rule_glob_find(struct str glob, struct str value, struct text_span *span)
{
    size_t front = 0, back = glob.len;
    while (front < glob.len && glob.at[front] == RULE_ANY_RUN) {
        front++;
    }
    while (back > front && glob.at[back - 1] == RULE_ANY_RUN) {
        back--;
    }
    bool starts = front == 0, ends = back == glob.len;
    *span = (struct text_span){.start = 0};
    if (front == back) {
        return glob.len > 0 || value.len == 0;
    }
    struct str core = str_part(glob, front, back);
    size_t done = 0; /* of the value */
    for (size_t at = 0; at < core.len; at++) {
        bool first = at == 0;
        struct str piece = next_piece(core, &at);
        bool last = at == core.len;
        struct text_span found = {.start = done};
        if (piece.len == 0) {
            continue;
        }
        if (first && starts) {
            found.end = piece_end(piece, value, 0);
            if (found.end == NOWHERE || (last && ends && found.end != value.len)) {
                return false;
            }
        } else if (last && ends) {
            found = (struct text_span){.start = piece_start(piece, value), .end = value.len};
            if (found.start == NOWHERE || found.start < done) {
                return false;
            }
        } else if (!find_piece(piece, value, done, &found)) {
            return false;
        }
        span->start = first ? found.start : span->start;
        span->end = done = found.end;
    }
    return true;
}

bool rule_words_find(struct rule_regex_runner *runner, struct str words, struct str value,
                     size_t from, struct text_span *span)
{
    bool starts = rule_word_at(runner, words, 0);
    bool ends = rule_word_before(runner, words, words.len);
    while (from < value.len && words.len > 0) {
        const char *found = rule_find(str_part(value, from, value.len), words);
        if (found == NULL) {
            return false;
        }
        size_t at = (size_t)(found - value.at);
        if (!(starts && rule_word_before(runner, value, at)) &&
            !(ends && rule_word_at(runner, value, at + words.len))) {
            *span = (struct text_span){.start = at, .end = at + words.len};
            return true;
        }
        from = at + 1;
    }
    return false;
}
