#include "filter/base/arena.h"
#include "filter/base/err.h"
#include "filter/casebook/internal.h"
#include "filter/text/link.h"
#include "filter/text/view.h"

enum { FOLDED_BYTES = 256 * 1024, PHONE_DIGITS = 10 };

/* "@nama", "＠nama": whose it is; an e-mail address as well. */
static bool has_handle(struct str folded)
{
    for (size_t i = 0; i + 1 < folded.len; i++) {
        unsigned char next = (unsigned char)folded.at[i + 1];
        if (folded.at[i] == '@' && (next > 0x7f || (next >= '0' && next <= '9') ||
                                    (next >= 'a' && next <= 'z') || next == '_')) {
            return true;
        }
    }
    return false;
}

/* "0812-3456-7890", "+62 812 …": a number of a person. */
static bool has_phone(struct str folded)
{
    for (size_t start = 0; start + 1 < folded.len; start++) {
        bool is_start = start == 0 || folded.at[start - 1] < '0' || folded.at[start - 1] > '9';
        bool is_mobile = folded.at[start] == '0' && folded.at[start + 1] == '8';
        bool is_country = folded.at[start] == '+' && folded.at[start + 1] == '6';
        size_t digits = 0, gap = 0;
        for (size_t at = start; is_start && (is_mobile || is_country) && at < folded.len && gap < 2;
             at++) {
            bool is_digit = folded.at[at] >= '0' && folded.at[at] <= '9';
            bool is_gap =
                !is_digit && folded.at[at] != '\0' && strchr(" -.+()", folded.at[at]) != NULL;
            if (!is_digit && !is_gap) {
                break;
            }
            digits += is_digit ? 1 : 0;
            gap = is_digit ? 0 : gap + 1;
        }
        if (digits >= PHONE_DIGITS) {
            return true;
        }
    }
    return false;
}

/* Any address but one of a government's: an account's, a post's, a site's that was not decided. */
static bool has_address(struct str text)
{
    struct text_links *links = text_links_new();
    const struct text_link *found;
    struct post post = POST_EMPTY;
    post.fields[POST_TEXT] = text;
    size_t count = text_links_find(links, &post, &found);
    bool is_there = count == POST_MAX_LINKS; /* further ones were not looked at */
    for (size_t i = 0; i < count; i++) {
        is_there = is_there || !str_ends(found[i].host, STR(".go.id"));
    }
    text_links_free(links);
    return is_there;
}

bool casebook_check_public(struct str text, enum rule_class class, const char *what,
                           struct err *err)
{
    struct arena *arena = arena_new(FOLDED_BYTES);
    struct str folded;
    struct err why = ERR_NONE;
    if (text.len == 0 || !text_fold_literal(TEXT_FOLDED, text, arena, &folded, &why)) {
        folded = text; /* of white space alone: casebook_check_words says so */
    }
    /* What is named would be logged with the refusal: only what kind of thing it is, is said. */
    const char *id = NULL, *en = NULL;
    if (has_handle(folded)) {
        id = "memuat nama akun atau surel";
        en = "holds an account's name or an e-mail address";
    } else if (class != RULE_FRAUD && has_phone(folded)) {
        id = "memuat nomor telepon";
        en = "holds a telephone number";
    } else if (class != RULE_FRAUD && (has_address(text) || has_address(folded))) {
        id = "memuat alamat selain .go.id";
        en = "holds an address other than of .go.id";
    }
    arena_free(arena);
    return id == NULL ||
           err_set(err,
                   "%s: %s, padahal terbit di register / it %s, and is published in the "
                   "register",
                   what, id, en);
}
