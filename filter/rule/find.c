#include "filter/rule/find.h"

#include <stdint.h>

#include "filter/rule/avx2.h"

enum {
    SHORT = 4096, /* a longer text is worth preparing for, and might be made to take for ever */
    WIDTH = 32,
};

const char *rule_find_portably(struct str text, struct str what)
{
    if (text.len > SHORT) {
        return memmem(text.at, text.len, what.at, what.len);
    }
    while (text.len >= what.len) {
        const char *first = memchr(text.at, what.at[0], text.len - what.len + 1);
        if (first == NULL) {
            return NULL;
        }
        if (memcmp(first, what.at, what.len) == 0) {
            return first;
        }
        text = str_part(text, (size_t)(first - text.at) + 1, text.len);
    }
    return NULL;
}

#if RULE_HAS_AVX2
/* Where both the first and the last byte of `what` are, of WIDTH places. */
RULE_AVX2 static uint32_t places(const char *at, struct str what)
{
    __m256i first = _mm256_loadu_si256((const __m256i *)(const void *)at);
    __m256i last = _mm256_loadu_si256((const __m256i *)(const void *)(at + what.len - 1));
    __m256i both =
        _mm256_and_si256(_mm256_cmpeq_epi8(first, _mm256_set1_epi8(what.at[0])),
                         _mm256_cmpeq_epi8(last, _mm256_set1_epi8(what.at[what.len - 1])));
    return (uint32_t)_mm256_movemask_epi8(both);
}

/* The text has room for WIDTH places. */
RULE_AVX2 static const char *find_avx2(struct str text, struct str what)
{
    size_t ends = text.len - what.len + 1;
    for (size_t at = 0; at < ends; at += WIDTH) {
        /* The last places are looked at from further left, some of them twice. */
        const char *from = text.at + (ends - at < WIDTH ? ends - WIDTH : at);
        for (uint32_t bits = places(from, what); bits != 0; bits &= bits - 1) {
            const char *found = from + __builtin_ctz(bits);
            if (memcmp(found, what.at, what.len) == 0) {
                return found;
            }
        }
    }
    return NULL;
}
#endif

const char *rule_find(struct str text, struct str what)
{
#if RULE_HAS_AVX2
    if (text.len >= what.len + WIDTH && text.len <= SHORT && RULE_AVX2_HERE) {
        return find_avx2(text, what);
    }
#endif
    return rule_find_portably(text, what);
}
