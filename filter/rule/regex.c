#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "filter/rule/internal.h"

enum {
    MOST_COMPILED = 1 << 18, /* bytes of one compiled regex */
    DEEPEST = 64,            /* brackets */
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
        err_set(err, "at its letter %zu: %s", (size_t)at + 1, message);
    }
    return regex;
}

bool rule_regex_check(struct str pattern, unsigned flags, struct err *warning, struct err *err)
{
    (void)warning;
    pcre2_code *regex = compile(pattern, flags, err);
    if (regex == NULL) {
        return false;
    }
    size_t size = 0;
    pcre2_pattern_info(regex, PCRE2_INFO_SIZE, &size);
    bool fine = size <= MOST_COMPILED ||
                err_set(err, "%zu bytes when compiled; at most %d, so use smaller repeats", size,
                        (int)MOST_COMPILED);
    pcre2_code_free(regex);
    return fine;
}
