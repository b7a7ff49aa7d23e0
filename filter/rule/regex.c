#define PCRE2_CODE_UNIT_WIDTH 8
#include <ctype.h>
#include <pcre2.h>

#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/rule/findings.h"
#include "filter/rule/program.h"
#include "filter/rule/regex.h"

enum {
    MOST_COMPILED = 1 << 18, /* bytes of one compiled regex */
    DEEPEST = 64,            /* brackets */
    /*
     * 36 pumps take a regex whose time doubles, or grows like Fibonacci's numbers, far past the
     * limit, and one whose time grows with the cube of the length of a usual pump stays below it.
     */
    PUMPS = 36,
    LONG_BYTES = 400, /* of the text that finds out about powers */
    STEPS = 1500000,
    HEAP_KIB = 20000,
};

uint32_t rule_regex_options(unsigned flags)
{
    return PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C |
           ((flags & RULE_REGEX_I) != 0 ? PCRE2_CASELESS : 0U) |
           ((flags & RULE_REGEX_M) != 0 ? PCRE2_MULTILINE : 0U) |
           ((flags & RULE_REGEX_S) != 0 ? PCRE2_DOTALL : 0U);
}

static pcre2_code *compile(struct str pattern, unsigned flags, struct err *err)
{
    int code = 0;
    PCRE2_SIZE at = 0;
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    pcre2_set_parens_nest_limit(context, DEEPEST);
    pcre2_code *regex = pcre2_compile((PCRE2_SPTR)pattern.at, pattern.len,
                                      rule_regex_options(flags), &code, &at, context);
    pcre2_compile_context_free(context);
    if (regex == NULL) {
        char message[200] = "";
        pcre2_get_error_message(code, (PCRE2_UCHAR *)message, sizeof message);
        err_set(err, "at byte %zu: %s", (size_t)at + 1, message);
    }
    return regex;
}

/* Whether a search for `regex` in `subject` needs more than STEPS. */
static bool runs_away(const pcre2_code *regex, struct str subject)
{
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    pcre2_match_context *context = pcre2_match_context_create(NULL);
    pcre2_set_match_limit(context, STEPS);
    pcre2_set_heap_limit(context, HEAP_KIB);
    int result = pcre2_match(regex, (PCRE2_SPTR)subject.at, subject.len, 0, 0, data, context);
    pcre2_match_context_free(context);
    pcre2_match_data_free(data);
    return result == PCRE2_ERROR_MATCHLIMIT || result == PCRE2_ERROR_DEPTHLIMIT ||
           result == PCRE2_ERROR_HEAPLIMIT;
}

/*
 * Searches the text that `attack` describes, with ends that keep the whole from matching. PCRE2
 * gives up at once where a letter that every match ends with is missing, so it stands behind.
 */
static bool is_fatal(const pcre2_code *regex, const struct rule_attack *attack, size_t pumps)
{
    static const char *const ends[] = {"", "\n", "\x01", "!", " ~"};
    uint32_t has_last = 0, last = 0;
    bool fatal = false;
    pcre2_pattern_info(regex, PCRE2_INFO_LASTCODETYPE, &has_last);
    pcre2_pattern_info(regex, PCRE2_INFO_LASTCODEUNIT, &last);
    for (size_t i = 0; !fatal && i < sizeof ends / sizeof *ends; i++) {
        struct buf subject = BUF_EMPTY;
        buf_put_str(&subject, buf_str(&attack->front));
        for (size_t n = 0; n < pumps; n++) {
            buf_put_str(&subject, buf_str(&attack->pump));
        }
        buf_put_string(&subject, ends[i]);
        if (has_last == 1 && last < 0x80 && memchr(subject.bytes, (int)last, subject.len) == NULL) {
            buf_put_char(&subject, (char)last);
        }
        fatal = runs_away(regex, buf_str(&subject));
        buf_fini(&subject);
    }
    return fatal;
}

static bool check_attacks(const pcre2_code *regex, const struct rule_attacks *attacks,
                          enum rule_regex_trial trial, struct err *warning, struct err *err)
{
    for (size_t i = 0; trial >= RULE_TRIED_EXPLODING && i < attacks->count; i++) {
        const struct rule_attack *attack = &attacks->items[i];
        struct str pump = rule_shown(buf_str(&attack->pump));
        if (attack->is_nested && is_fatal(regex, attack, PUMPS)) {
            return err_set(err,
                           "explodes: a post with '%.*s' repeated %d times takes for ever; a "
                           "repeat inside a repeat, as (a+)+, must become one, as a+",
                           STR_FORMAT(pump), (int)PUMPS);
        }
        size_t pumps = attack->pump.len > 0 ? LONG_BYTES / attack->pump.len + 1 : 0;
        if (trial == RULE_TRIED_SLOW_TOO && !err_is_set(warning) &&
            is_fatal(regex, attack, pumps)) {
            err_set(warning,
                    "slow on long posts, as %d bytes of '%.*s'; bound its repeats, as .{0,80}",
                    (int)LONG_BYTES, STR_FORMAT(pump));
        }
    }
    return true;
}

static bool matches_nothing(const pcre2_code *regex)
{
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    int result = pcre2_match(regex, (PCRE2_SPTR) "", 0, 0, 0, data, NULL);
    pcre2_match_data_free(data);
    return result >= 0;
}

bool rule_regex_check(struct str pattern, unsigned flags, enum rule_regex_trial trial,
                      struct err *warning, struct err *err)
{
    struct rule_attacks attacks = {.count = 0};
    pcre2_code *regex = compile(pattern, flags, err);
    if (regex == NULL) {
        return false;
    }
    size_t size = 0;
    pcre2_pattern_info(regex, PCRE2_INFO_SIZE, &size);
    bool fine = size <= MOST_COMPILED ||
                err_set(err, "%zu bytes when compiled; at most %d, so use smaller repeats", size,
                        (int)MOST_COMPILED);
    if (fine && matches_nothing(regex)) {
        err_set(warning, "it can match no letters at all, so it matches every post; say what must "
                         "be there");
    }
    fine = fine && rule_attacks_find(pattern, flags, &attacks, err) &&
           check_attacks(regex, &attacks, trial, warning, err);
    rule_attacks_fini(&attacks);
    pcre2_code_free(regex);
    return fine;
}

/* Whether the two are the same text, but for case. */
static bool same_letters(struct str a, struct str b)
{
    int code;
    PCRE2_SIZE at;
    pcre2_code *regex = pcre2_compile((PCRE2_SPTR)a.at, a.len,
                                      PCRE2_LITERAL | PCRE2_CASELESS | PCRE2_ANCHORED |
                                          PCRE2_ENDANCHORED | PCRE2_UTF,
                                      &code, &at, NULL);
    if (regex == NULL) {
        return true; /* a part of a letter: not ours to judge */
    }
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    int result = pcre2_match(regex, (PCRE2_SPTR)b.at, b.len, 0, 0, data, NULL);
    pcre2_match_data_free(data);
    pcre2_code_free(regex);
    return result >= 0;
}

static bool is_letter(char c)
{
    return isalnum((unsigned char)c) || ((unsigned char)c & 0x80) != 0;
}

/* Behind what is no plain letter: an escape, a class, a repeat. */
static size_t skip_sign(struct str pattern, size_t at)
{
    char close = pattern.at[at] == '[' ? ']' : pattern.at[at] == '{' ? '}' : '\0';
    if (pattern.at[at] == '\\') {
        return at + 2;
    }
    at++;
    while (close != '\0' && at < pattern.len && pattern.at[at] != close) {
        at += pattern.at[at] == '\\' ? 2 : 1;
    }
    return at;
}

void rule_regex_check_view(struct str pattern, enum text_view_kind view, struct arena *arena,
                           struct err *warning)
{
    for (size_t at = 0; view != TEXT_RAW && at < pattern.len;) {
        size_t end = at;
        bool is_ascii = true;
        while (end < pattern.len && is_letter(pattern.at[end])) {
            is_ascii = is_ascii && ((unsigned char)pattern.at[end] & 0x80) == 0;
            end++;
        }
        if (end == at) {
            at = skip_sign(pattern, at);
            continue;
        }
        struct str run = str_part(pattern, at, end), folded = STR("");
        struct err ignored = ERR_NONE;
        /* ASCII is folded by case alone; the skeleton also knows leet and doubled letters. */
        bool is_kept =
            (is_ascii && view == TEXT_FOLDED) ||
            (text_fold_literal(view, run, arena, &folded, &ignored) && same_letters(run, folded));
        if (!is_kept) {
            err_set(warning, "'%.*s' never stands in this view, which has '%.*s' for it",
                    STR_FORMAT(rule_shown(run)), STR_FORMAT(rule_shown(folded)));
            return;
        }
        at = end;
    }
}
