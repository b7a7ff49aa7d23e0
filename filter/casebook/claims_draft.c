#include "filter/casebook/claims_draft.h"

#include <ctype.h>

#include "filter/base/buf.h"
#include "filter/base/clock.h"
#include "filter/base/err.h"
#include "filter/base/uuid.h"
#include "filter/casebook/claims.h"

enum { WORDS = 4, LEAST_BYTES = 4, DAYS = 240 /* as long as a season */ };

static const int64_t day_ms = 86400000;

struct rare {
    struct str word;
    int64_t reviews; /* in which it occurs */
};

/* YAML 1.2, section 7.3.2: single quotes, doubled inside. Claims are on one line. */
static void put_quoted(struct buf *out, struct str text)
{
    buf_put_char(out, '\'');
    for (size_t i = 0; i < text.len; i++) {
        buf_put_string(out, text.at[i] == '\'' ? "'" : "");
        buf_put_char(out, text.at[i]);
    }
    buf_put_char(out, '\'');
}

static bool is_of_word(char c)
{
    return isalnum((unsigned char)c) || (unsigned char)c >= 0x80;
}

static void take(struct rare rarest[WORDS], size_t *count, struct rare one)
{
    for (size_t i = 0; i < *count; i++) {
        if (str_equal(rarest[i].word, one.word)) {
            return;
        }
    }
    size_t at = *count;
    while (at > 0 && rarest[at - 1].reviews > one.reviews) {
        at--;
    }
    if (at == WORDS) {
        return;
    }
    *count += *count < WORDS ? 1 : 0;
    for (size_t i = *count - 1; i > at; i--) {
        rarest[i] = rarest[i - 1];
    }
    rarest[at] = one;
}

/* What tells this claim from others, by all reviews that are known. */
static bool find_rarest(struct casebook *casebook, struct str claim, struct rare rarest[WORDS],
                        size_t *count, struct err *err)
{
    *count = 0;
    for (size_t at = 0; at < claim.len;) {
        size_t end = at;
        while (end < claim.len && is_of_word(claim.at[end])) {
            end++;
        }
        struct rare one = {.word = str_part(claim, at, end)};
        if (one.word.len >= LEAST_BYTES) {
            if (!casebook_claims_with(casebook, one.word, &one.reviews, err)) {
                return false;
            }
            take(rarest, count, one);
        }
        at = end > at ? end : at + 1;
    }
    return true;
}

static void put_rule(const struct casebook_claim *claim, const struct rare *rarest, size_t count,
                     int64_t now_ms, struct buf *out)
{
    char date[CLOCK_TEXT], expires[CLOCK_TEXT], rated[CLOCK_TEXT] = "";
    if (claim->rated_ms != CLOCK_NEVER) {
        clock_format_date(claim->rated_ms, rated);
    }
    buf_put_string(out,
                   "# yaml-language-server: $schema=../schema.json\n"
                   "# Dibuat dari penilaian pemeriksa fakta: persempit isinya, tambah contoh.\n"
                   "title: ");
    put_quoted(out, claim->title.len > 0 ? claim->title : claim->claim);
    buf_put_string(out, "\nid: ");
    uuid_put_random(out);
    buf_printf(out, "\nstatus: experimental\ndate: %s\nlogsource: { category: post }\n",
               clock_format_date(now_ms, date));
    buf_put_string(out, "description: ");
    put_quoted(out, claim->claim);
    buf_put_string(out, "\ndetection:\n  isi:\n    text|words|all:\n");
    for (size_t i = 0; i < count; i++) {
        buf_put_string(out, "      - ");
        put_quoted(out, rarest[i].word);
        buf_put_char(out, '\n');
    }
    buf_put_string(out, "  bantahan:\n    text|words|expand: '%warning_words%'\n"
                        "  condition: isi and not bantahan\nlevel: medium\nbasis:\n  class: claim\n"
                        "  evidence:\n    - type: claimreview\n      url: ");
    put_quoted(out, claim->url);
    buf_put_string(out, "\n      publisher: ");
    put_quoted(out, claim->publisher);
    buf_put_string(out, "\n      claim: ");
    put_quoted(out, claim->claim);
    buf_put_string(out, "\n      rating: ");
    put_quoted(out, claim->rating);
    buf_printf(out, "\n      rated: '%s'\n  expires: %s\n", rated,
               clock_format_date(now_ms + DAYS * day_ms, expires));
    buf_put_string(out, "tests:\n  match:\n    - text: ");
    put_quoted(out, claim->claim);
    buf_put_string(out, "\n  pass:\n    - text: ");
    struct buf refuted = BUF_EMPTY; /* who refutes it says it too */
    buf_printf(&refuted, "Hoaks, jangan percaya: %.*s", STR_FORMAT(claim->claim));
    put_quoted(out, buf_str(&refuted));
    buf_fini(&refuted);
    buf_put_char(out, '\n');
}

bool casebook_claim_draft(struct casebook *casebook, const struct casebook_claim *claim,
                          int64_t now_ms, struct buf *out, struct err *err)
{
    struct rare rarest[WORDS];
    size_t count;
    if (!find_rarest(casebook, claim->claim, rarest, &count, err)) {
        return false;
    }
    put_rule(claim, rarest, count, now_ms, out);
    return true;
}
