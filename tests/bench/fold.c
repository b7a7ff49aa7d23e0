/*
 * The views of posts, in MB/s of original text: folded, and folded with skeleton, against
 * libutf8proc's NFKC case folding of the same posts; and folding of pure ASCII against memcpy.
 */
#include <string.h>
#include <utf8proc.h>

#include "feeds/csv.h"
#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/base/mem.h"
#include "filter/text/view.h"
#include "tests/bench/bench.h"

enum { ROUNDS = 15, MAX_BYTES = 1 << 20, ASCII_BYTES = 1 << 20, GENERATED = 20000 };

static const char corpus[] = "../shared/corpora/indonesia/ordinary_posts.dev.csv";

struct posts {
    struct buf bytes;
    struct str *at;
    size_t count, room;
};

static void add(struct posts *posts, struct str text)
{
    mem_grow(&posts->at, &posts->room, posts->count + 1, sizeof *posts->at);
    posts->at[posts->count++] = (struct str){.at = NULL, .len = text.len};
    buf_put_str(&posts->bytes, text);
}

/* The texts of the corpus; false if it is not there. */
static bool read_corpus(struct posts *posts)
{
    struct err err = ERR_NONE;
    struct buf bytes = BUF_EMPTY;
    struct str row;
    size_t lines;
    if (!file_read(corpus, 256 << 20, &bytes, &err)) {
        return false;
    }
    struct str rest = buf_str(&bytes);
    struct feeds_csv_header *header = NULL;
    struct feeds_csv *csv = NULL;
    while (feeds_csv_cut(&rest, true, &row, &lines) == FEEDS_CSV_ROW) {
        struct post post;
        struct err bad = ERR_NONE;
        if (header == NULL) {
            header = feeds_csv_header_new(row, "text", &err);
            if (header == NULL) {
                break;
            }
            csv = feeds_csv_new(header);
        } else if (feeds_csv_read(csv, row, &post, &bad)) {
            add(posts, post.fields[POST_TEXT]);
        }
    }
    feeds_csv_free(csv);
    feeds_csv_header_free(header);
    buf_fini(&bytes);
    return posts->count > 0;
}

/* Sentences of our own in the proportions of real posts: mostly ASCII, some emoji and leet. */
static void generate(struct posts *posts)
{
    static const char *const parts[] = {
        "Logistik pilkada sudah tiba di gudang kecamatan, warga diminta sabar menunggu jadwal. ",
        "TPS kami pindah ke balai desa ya bapak ibu 🙏🙏 ",
        "Debat tadi malam seru bangeeet!! ",
        "Cek nama di DPT lewat situs resmi https://contoh.example/dpt ",
        "Kl1k l1nk ini dapat s4ld0 150rb ",
        "Semoga lancar… ",
        "#pilkada2024 @user "};
    unsigned state = 1;
    for (int i = 0; i < GENERATED; i++) {
        struct buf text = BUF_EMPTY;
        for (int k = 0; k < 3; k++) {
            state = state * 1103515245 + 12345;
            buf_put_string(&text, parts[state / 65536 % (sizeof parts / sizeof *parts)]);
        }
        add(posts, buf_str(&text));
        buf_fini(&text);
    }
}

static void place(struct posts *posts)
{
    size_t at = 0;
    for (size_t i = 0; i < posts->count; i++) {
        posts->at[i].at = posts->bytes.bytes + at;
        at += posts->at[i].len;
    }
}

static double fold_all(struct text_fold *fold, const struct posts *posts, enum text_view_kind kind)
{
    double start = bench_cpu();
    for (size_t i = 0; i < posts->count; i++) {
        struct err err = ERR_NONE;
        struct text_view view;
        text_fold_start(fold);
        if (!text_fold_view(fold, kind, posts->at[i], &view, &err)) {
            abort();
        }
        bench_keep(view.text.at);
    }
    return bench_cpu() - start;
}

static double map_all(const struct posts *posts)
{
    double start = bench_cpu();
    for (size_t i = 0; i < posts->count; i++) {
        utf8proc_uint8_t *mapped = NULL;
        utf8proc_map((const utf8proc_uint8_t *)posts->at[i].at, (utf8proc_ssize_t)posts->at[i].len,
                     &mapped,
                     UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD |
                         UTF8PROC_IGNORE);
        bench_keep(mapped);
        free(mapped);
    }
    return bench_cpu() - start;
}

/* Plain words of which nothing is folded away, in one piece. */
static void compare_ascii(struct text_fold *fold)
{
    struct bench_rounds ours = {.count = 0}, theirs = {.count = 0}, ratio = {.count = 0};
    struct posts text = {.count = 0};
    char *ascii = mem_alloc(ASCII_BYTES), *copy = mem_alloc(ASCII_BYTES);
    static const char words[] = "Logistik Pilkada sudah tiba di gudang, warga diminta sabar. ";
    for (size_t i = 0; i < ASCII_BYTES; i++) {
        ascii[i] = words[i % (sizeof words - 1)];
    }
    add(&text, (struct str){.at = ascii, .len = ASCII_BYTES});
    place(&text);
    for (int round = 0; round < ROUNDS; round++) {
        double start = bench_cpu();
        memcpy(copy, ascii, ASCII_BYTES);
        bench_keep(copy);
        double copied = bench_cpu() - start;
        double folded = fold_all(fold, &text, TEXT_FOLDED);
        bench_add(&ours, ASCII_BYTES / folded / 1e6);
        bench_add(&theirs, ASCII_BYTES / copied / 1e6);
        bench_add(&ratio, copied / folded);
    }
    bench_report("fold-ascii", 1, "memcpy", bench_median(&ours), bench_median(&theirs), "MB/s",
                 bench_median(&ratio));
    free(ascii);
    free(copy);
    free(text.at);
    buf_fini(&text.bytes);
}

int main(void)
{
    struct posts posts = {.count = 0};
    struct text_fold *fold = text_fold_new(MAX_BYTES);
    struct bench_rounds folded = {.count = 0}, skeleton = {.count = 0}, theirs = {.count = 0};
    struct bench_rounds folded_ratio = {.count = 0}, ratio = {.count = 0};
    if (!read_corpus(&posts)) {
        printf("no %s: generated posts\n", corpus);
        generate(&posts);
    }
    place(&posts);
    double megabytes = (double)posts.bytes.len / 1e6;
    fold_all(fold, &posts, TEXT_SKELETON);
    for (int round = 0; round < ROUNDS; round++) {
        double mapped = map_all(&posts);
        double one = fold_all(fold, &posts, TEXT_FOLDED);
        double both = fold_all(fold, &posts, TEXT_SKELETON);
        bench_add(&theirs, megabytes / mapped);
        bench_add(&folded, megabytes / one);
        bench_add(&skeleton, megabytes / both);
        bench_add(&folded_ratio, mapped / one);
        bench_add(&ratio, mapped / both);
    }
    bench_report("fold-one", posts.count, "utf8proc_map", bench_median(&folded),
                 bench_median(&theirs), "MB/s", bench_median(&folded_ratio));
    bench_report("fold", posts.count, "utf8proc_map", bench_median(&skeleton),
                 bench_median(&theirs), "MB/s", bench_median(&ratio));
    compare_ascii(fold);
    text_fold_free(fold);
    free(posts.at);
    buf_fini(&posts.bytes);
    return 0;
}
