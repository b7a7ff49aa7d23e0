#include "tests/bench/support/generate.h"

#include <stdio.h>
#include <stdlib.h>

#include "feeds/csv.h"
#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/base/mem.h"

enum { MADE_WORDS = 4000, MADE_POSTS = 20000, MADE_NARRATIVES = 4000 };

static const char posts_csv[] = "../shared/corpora/indonesia/ordinary_posts.dev.csv";
static const char narratives_csv[] = "../shared/corpora/indonesia/hoax_narratives.dev.csv";

struct texts {
    struct str *at;
    size_t count, room;
};

/* A word and how often the posts have it. */
struct word {
    struct str text;
    size_t count;
};

struct bench_corpus {
    bool is_real;
    struct texts posts, narratives;
    struct word *words; /* open addressing */
    size_t mask, word_count;
};

/* xorshift64*: the same numbers everywhere. */
static uint64_t next(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(2685821657736338717) >> 16;
}

static size_t below(uint64_t *state, size_t limit)
{
    return (size_t)(next(state) % limit);
}

static void put_text(struct texts *texts, struct str text)
{
    mem_grow(&texts->at, &texts->room, texts->count + 1, sizeof *texts->at);
    char *copy = mem_alloc(text.len + 1);
    memcpy(copy, text.at, text.len);
    texts->at[texts->count++] = (struct str){.at = copy, .len = text.len};
}

static bool read_csv(const char *path, struct texts *out, size_t most)
{
    struct err err = ERR_NONE;
    struct buf bytes = BUF_EMPTY;
    struct feeds_csv_header *header = NULL;
    struct feeds_csv *csv = NULL;
    struct str row;
    size_t lines;
    if (file_read(path, 256 << 20, &bytes, &err)) {
        struct str rest = buf_str(&bytes);
        while (out->count < most && feeds_csv_cut(&rest, true, &row, &lines) == FEEDS_CSV_ROW) {
            struct post post;
            struct err bad = ERR_NONE;
            if (header == NULL) {
                header = feeds_csv_header_new(row, "text", &err);
                if (header == NULL) {
                    break;
                }
                csv = feeds_csv_new(header);
            } else if (feeds_csv_read(csv, row, &post, &bad) && post.fields[POST_TEXT].len > 0) {
                put_text(out, post.fields[POST_TEXT]);
            }
        }
    }
    feeds_csv_free(csv);
    feeds_csv_header_free(header);
    buf_fini(&bytes);
    return out->count > 0;
}

/* A word of two to five syllables. */
static void put_made_word(uint64_t *state, struct buf *out)
{
    static const char onsets[] = "bcdghjklmnprstwy", vowels[] = "aiueoaiua", ends[] = "nrsmkth";
    size_t syllables = 2 + below(state, 4);
    for (size_t i = 0; i < syllables; i++) {
        buf_put_char(out, onsets[below(state, sizeof onsets - 1)]);
        buf_put_char(out, vowels[below(state, sizeof vowels - 1)]);
        if (below(state, 3) == 0) {
            buf_put_char(out, ends[below(state, sizeof ends - 1)]);
        }
    }
}

/* Texts of made words, the first of which are the most frequent. */
static void make_texts(struct texts *out, size_t count, size_t words, uint64_t seed)
{
    uint64_t state = 99;
    struct texts vocabulary = {.count = 0};
    struct buf text = BUF_EMPTY;
    for (size_t i = 0; i < words; i++) {
        buf_clear(&text);
        put_made_word(&state, &text);
        put_text(&vocabulary, buf_str(&text));
    }
    state = seed;
    for (size_t i = 0; i < count; i++) {
        buf_clear(&text);
        size_t length = 6 + below(&state, 30);
        for (size_t w = 0; w < length; w++) {
            size_t rank = below(&state, 1 + below(&state, 1 + below(&state, words)));
            buf_put_string(&text, w > 0 ? " " : "");
            buf_put_str(&text, vocabulary.at[rank]);
        }
        put_text(out, buf_str(&text));
    }
    for (size_t i = 0; i < vocabulary.count; i++) {
        free((char *)vocabulary.at[i].at);
    }
    free(vocabulary.at);
    buf_fini(&text);
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The next run of ASCII letters; empty at the end. */
static struct str next_word(struct str text, size_t *at)
{
    while (*at < text.len && !is_letter(text.at[*at])) {
        ++*at;
    }
    size_t start = *at;
    while (*at < text.len && is_letter(text.at[*at])) {
        ++*at;
    }
    return str_part(text, start, *at);
}

static bool same_word(struct str a, struct str b)
{
    bool same = a.len == b.len;
    for (size_t i = 0; same && i < a.len; i++) {
        same = (a.at[i] | 0x20) == (b.at[i] | 0x20);
    }
    return same;
}

static struct word *slot_of(const struct bench_corpus *corpus, struct str word)
{
    uint64_t hash = 1469598103934665603U;
    for (size_t i = 0; i < word.len; i++) {
        hash = (hash ^ (unsigned char)(word.at[i] | 0x20)) * 1099511628211U;
    }
    size_t at = (hash ^ hash >> 32) & corpus->mask;
    while (corpus->words[at].text.len > 0 && !same_word(corpus->words[at].text, word)) {
        at = (at + 1) & corpus->mask;
    }
    return &corpus->words[at];
}

static void count_words(struct bench_corpus *corpus)
{
    corpus->mask = (1 << 20) - 1;
    corpus->words = mem_zero(corpus->mask + 1, sizeof *corpus->words);
    for (size_t i = 0; i < corpus->posts.count; i++) {
        for (size_t at = 0; at < corpus->posts.at[i].len;) {
            struct str word = next_word(corpus->posts.at[i], &at);
            if (word.len > 0 && corpus->word_count < corpus->mask / 2) {
                struct word *slot = slot_of(corpus, word);
                corpus->word_count += slot->count == 0;
                slot->text = word;
                slot->count++;
            }
        }
    }
}

struct bench_corpus *bench_corpus_new(size_t max_posts)
{
    struct bench_corpus *corpus = mem_zero(1, sizeof *corpus);
    corpus->is_real = read_csv(posts_csv, &corpus->posts, max_posts) &&
                      read_csv(narratives_csv, &corpus->narratives, SIZE_MAX);
    if (!corpus->is_real) {
        corpus->posts.count = corpus->narratives.count = 0;
        size_t posts = max_posts < MADE_POSTS ? max_posts : MADE_POSTS;
        make_texts(&corpus->posts, posts > 0 ? posts : 1, MADE_WORDS, 7);
        make_texts(&corpus->narratives, MADE_NARRATIVES, MADE_WORDS, 8);
    }
    count_words(corpus);
    return corpus;
}

static void free_texts(struct texts *texts)
{
    for (size_t i = 0; i < texts->count; i++) {
        free((char *)texts->at[i].at);
    }
    free(texts->at);
}

void bench_corpus_free(struct bench_corpus *corpus)
{
    free_texts(&corpus->posts);
    free_texts(&corpus->narratives);
    free(corpus->words);
    free(corpus);
}

size_t bench_corpus_posts(const struct bench_corpus *corpus, const struct str **posts)
{
    *posts = corpus->posts.at;
    return corpus->posts.count;
}

bool bench_corpus_is_real(const struct bench_corpus *corpus)
{
    return corpus->is_real;
}

const char *bench_rules_name(enum bench_rules kind)
{
    static const char *const names[BENCH_KINDS] = {"plain", "mixed", "nasty", "fraud"};
    return names[kind];
}

enum { MAX_PHRASE = 4, RARE = 5 };

/* Words that follow one another in a narrative. */
struct phrase {
    struct str words[MAX_PHRASE];
    size_t count;
};

/* `count` words of three letters or more, at least one of which is rare in the posts. */
static struct phrase pick_phrase(const struct bench_corpus *corpus, uint64_t *state, size_t count)
{
    for (;;) {
        struct str text = corpus->narratives.at[below(state, corpus->narratives.count)];
        struct phrase phrase = {.count = 0};
        size_t at = below(state, text.len);
        bool is_rare = false;
        (void)next_word(text, &at); /* the rest of a word */
        while (phrase.count < count) {
            struct str word = next_word(text, &at);
            if (word.len < 3 || word.len > 20) {
                break;
            }
            size_t seen = slot_of(corpus, word)->count;
            is_rare =
                is_rare || (seen <= RARE && word.len >= 7); /* a short one is part of others */
            phrase.words[phrase.count++] = word;
        }
        if (phrase.count == count && is_rare) {
            return phrase;
        }
    }
}

static struct str pick_word(const struct bench_corpus *corpus, uint64_t *state)
{
    return pick_phrase(corpus, state, 1).words[0];
}

static void put_lower(struct buf *out, struct str word)
{
    for (size_t i = 0; i < word.len; i++) {
        buf_put_char(out, (char)(word.at[i] | 0x20));
    }
}

static void put_phrase(struct buf *out, const struct phrase *phrase, const char *between)
{
    for (size_t i = 0; i < phrase->count; i++) {
        buf_put_string(out, i > 0 ? between : "");
        put_lower(out, phrase->words[i]);
    }
}

/* "  NAME:\n    KEY: [a b, c]" */
static void put_list(const struct bench_corpus *corpus, uint64_t *state, struct buf *out,
                     const char *key, size_t phrases, size_t words)
{
    buf_printf(out, "    %s: [", key);
    for (size_t i = 0; i < phrases; i++) {
        struct phrase phrase = pick_phrase(corpus, state, words == 0 ? 1 + below(state, 3) : words);
        buf_put_string(out, i > 0 ? ", '" : "'");
        put_phrase(out, &phrase, " ");
        buf_put_char(out, '\'');
    }
    buf_put_string(out, "]\n");
}

static void put_plain(const struct bench_corpus *corpus, uint64_t *state, struct buf *out)
{
    buf_put_string(out, "  body:\n");
    put_list(corpus, state, out, "text|contains", 1, 0);
    buf_put_string(out, "  condition: body\n");
}

static void put_usual_regex(const struct bench_corpus *corpus, uint64_t *state, struct buf *out)
{
    struct phrase a = pick_phrase(corpus, state, 2), b = pick_phrase(corpus, state, 2);
    buf_put_string(out, "  body:\n    text|re|i: '");
    switch (below(state, 4)) {
    case 0:
        buf_put_string(out, "\\b");
        put_phrase(out, &a, "\\s+");
        buf_put_string(out, "\\b");
        break;
    case 1:
        buf_put_string(out, "\\b(?:");
        put_lower(out, a.words[0]);
        buf_put_char(out, '|');
        put_lower(out, b.words[0]);
        buf_put_string(out, ")\\s+");
        put_lower(out, a.words[1]);
        buf_put_string(out, "\\b");
        break;
    case 2:
        put_phrase(out, &a, "\\s+(?:\\w+\\s+){0,3}");
        break;
    default:
        put_phrase(out, &a, ".{0,40}");
        break;
    }
    buf_put_string(out, "'\n  condition: body\n");
}

static void put_mixed(const struct bench_corpus *corpus, uint64_t *state, struct buf *out)
{
    size_t kind = below(state, 20);
    if (kind < 6) {
        buf_put_string(out, "  body:\n");
        put_list(corpus, state, out, "text|contains", 1 + below(state, 4), 2);
        buf_put_string(out, "  condition: body\n");
    } else if (kind < 10) {
        buf_put_string(out, "  body:\n");
        put_list(corpus, state, out, "text|words|all", 3, 1);
        buf_put_string(out, "  condition: body\n");
    } else if (kind < 17) {
        put_usual_regex(corpus, state, out);
    } else {
        buf_put_string(out, "  body:\n");
        put_list(corpus, state, out, "text|contains", 3, 2);
        buf_put_string(out, "  call:\n");
        put_list(corpus, state, out, "text|words", 4, 1);
        buf_put_string(out, "  warning:\n    text|words: [hoaks, hoax, penipuan, waspada, palsu]\n"
                            "  condition: body and call and not warning\n");
    }
}

/* A class of six letters, then digits, then such a class: no letter that must be there. */
static void put_wide_regex(uint64_t *state, struct buf *out)
{
    char classes[2][7] = {"", ""};
    for (size_t c = 0; c < 2; c++) {
        for (size_t i = 0; i < 6; i++) {
            classes[c][i] = (char)('a' + below(state, 26));
        }
    }
    buf_printf(out, "  body:\n    text|re|i: '[%s]+\\d{%zu,5}[%s]{3}'\n  condition: body\n",
               classes[0], 1 + below(state, 4), classes[1]);
}

static void put_nasty(const struct bench_corpus *corpus, uint64_t *state, struct buf *out)
{
    if (below(state, 16) == 0) {
        put_wide_regex(state, out);
        return;
    }
    struct str a = pick_word(corpus, state), b = pick_word(corpus, state);
    struct phrase pair = pick_phrase(corpus, state, 2);
    size_t digits = 4 + below(state, 12);
    buf_put_string(out, "  body:\n    text|re|i: '");
    switch (below(state, 8)) {
    case 0:
        buf_put_string(out, "\\b\\w+\\s+");
        put_lower(out, a);
        buf_put_string(out, "\\s+\\w+\\b");
        break;
    case 1:
        buf_put_string(out, "(?:");
        put_lower(out, a);
        buf_put_char(out, '|');
        put_lower(out, b);
        buf_put_string(out, ")[a-z]*\\s+");
        put_lower(out, pair.words[1]);
        buf_put_string(out, "[a-z0-9]*");
        break;
    case 2:
        buf_put_string(out, "[a-z]+");
        put_lower(out, a);
        buf_put_string(out, "[0-9]*");
        break;
    case 3:
        put_phrase(out, &pair, ".*");
        break;
    case 4:
        put_lower(out, str_part(a, 0, a.len / 2));
        buf_put_string(out, "[aiueo0134!@]");
        put_lower(out, str_part(a, a.len / 2 + 1, a.len));
        buf_put_string(out, "[^.]{0,30}");
        put_lower(out, b);
        break;
    case 5:
        put_phrase(out, &pair, "\\W+(?:\\w+\\W+){0,4}");
        break;
    case 6:
        put_lower(out, a);
        buf_printf(out, "\\D{0,20}\\d{%zu,}", digits);
        break;
    default:
        put_lower(out, str_part(a, 0, a.len > 3 ? 3 : a.len));
        buf_put_string(out, "[a-z]{2,8}\\s+");
        put_lower(out, str_part(b, 0, b.len > 4 ? 4 : b.len));
        buf_put_string(out, "\\w{1,6}\\b");
        break;
    }
    buf_put_string(out, "'\n  condition: body\n");
}

/* What a team writes against a fraud: whom it names, to what it calls, and where that leads. */
static void put_fraud(const struct bench_corpus *corpus, uint64_t *state, struct buf *out)
{
    buf_put_string(out, "  nama:\n");
    put_list(corpus, state, out, below(state, 3) == 0 ? "text|skeleton|words" : "text|words", 2, 2);
    buf_put_string(out, "  ajakan:\n");
    if (below(state, 5) == 0) {
        struct phrase call = pick_phrase(corpus, state, 2);
        buf_put_string(out, "    text|re|i: '\\b");
        put_phrase(out, &call, "\\s+");
        buf_put_string(out, "\\s+(?:ke\\s+)?\\d{2,4}\\b'\n");
    } else {
        put_list(corpus, state, out, "text|contains", 2, 2);
    }
    buf_printf(out,
               "  tautan:\n    link.domain|endswith: ['.bench%zu.example', '.xyz']\n"
               "  resmi:\n    link.domain: [kpu.go.id, bawaslu.go.id]\n"
               "  condition: nama and ajakan and tautan and not resmi\n",
               below(state, 50));
}

void bench_rule_put(const struct bench_corpus *corpus, enum bench_rules kind, size_t number,
                    struct buf *out)
{
    uint64_t state = (number + 1) * UINT64_C(0x9e3779b97f4a7c15) + (uint64_t)kind;
    buf_printf(out,
               "---\ntitle: Bench %zu\nid: 00000000-0000-4000-8000-%012zu\nstatus: test\n"
               "level: medium\nlogsource: { category: post }\ndetection:\n",
               number, number);
    switch (kind) {
    case BENCH_PLAIN:
        put_plain(corpus, &state, out);
        break;
    case BENCH_MIXED:
        put_mixed(corpus, &state, out);
        break;
    case BENCH_NASTY:
        put_nasty(corpus, &state, out);
        break;
    case BENCH_FRAUD:
    case BENCH_KINDS:
        put_fraud(corpus, &state, out);
        break;
    }
    buf_put_string(out, "basis:\n  class: fraud\n  evidence:\n"
                        "    - { type: official, url: 'https://www.kpu.go.id/', publisher: KPU RI, "
                        "published: 2024-01-01, impersonates: KPU RI }\n  expires: 2099-12-31\n");
}

void bench_posts_put(const struct bench_corpus *corpus, size_t count, struct buf *out)
{
    for (size_t i = 0; i < count; i++) {
        buf_printf(out, "{\"id\":\"%zu\",\"source\":\"bench\",\"url\":\"https://a.example/p/%zu\"",
                   i, i);
        buf_put_json_field(out, "text", corpus->posts.at[i % corpus->posts.count]);
        buf_put_string(out, ",\"author_name\":\"warga\",\"lang\":\"id\",\"published\":"
                            "\"2026-11-20T02:07:00Z\"}\n");
    }
}
