/* Sixteen bytes of text at a time: SSE2 where there is one, else loops that compilers widen. */
#pragma once

#include <stdint.h>
#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum { ASCII_BLOCK = 16 };

/*
 * Writes the block at `in` to `out` with A-Z in lower case and white space as spaces. Returns a
 * bit mask of the bytes that need a closer look (not ASCII, or a control character); `*spaces`
 * has a bit for each white space.
 */
static inline uint32_t ascii_fold_block(const unsigned char *in, unsigned char *out,
                                        uint32_t *spaces)
{
#if defined(__SSE2__)
    /* Signed compares: bytes from 0x80 on are negative, so below 0x20 and not a space. */
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)in);
    __m128i blank = _mm_set1_epi8(' ');
    __m128i is_upper = _mm_and_si128(_mm_cmpgt_epi8(bytes, _mm_set1_epi8('A' - 1)),
                                     _mm_cmplt_epi8(bytes, _mm_set1_epi8('Z' + 1)));
    __m128i is_space = _mm_or_si128(_mm_cmpeq_epi8(bytes, blank),
                                    _mm_and_si128(_mm_cmpgt_epi8(bytes, _mm_set1_epi8(8)),
                                                  _mm_cmplt_epi8(bytes, _mm_set1_epi8(14))));
    __m128i is_odd = _mm_or_si128(_mm_andnot_si128(is_space, _mm_cmplt_epi8(bytes, blank)),
                                  _mm_cmpeq_epi8(bytes, _mm_set1_epi8(0x7f)));
    __m128i folded = _mm_or_si128(bytes, _mm_and_si128(is_upper, blank));
    folded = _mm_or_si128(_mm_andnot_si128(is_space, folded), _mm_and_si128(is_space, blank));
    _mm_storeu_si128((__m128i *)(void *)out, folded);
    *spaces = (uint32_t)_mm_movemask_epi8(is_space);
    return (uint32_t)_mm_movemask_epi8(is_odd);
#else
    uint32_t odd = 0, space = 0;
    for (unsigned i = 0; i < ASCII_BLOCK; i++) {
        unsigned char byte = in[i];
        uint32_t is_space = byte == ' ' || (byte >= 9 && byte <= 13);
        space |= is_space << i;
        odd |= (uint32_t)((byte < ' ' && !is_space) || byte >= 0x7f) << i;
        byte = byte >= 'A' && byte <= 'Z' ? byte | ' ' : byte;
        out[i] = is_space ? ' ' : byte;
    }
    *spaces = space;
    return odd;
#endif
}

/*
 * A bit mask of the positions of the folded block at `in` where a skeleton may differ from it: a
 * letter that repeats the one before, a digit or leet sign beside a letter, a letter that stands
 * alone, the first byte of a letter with a stroke or mark. in[-1] and in[16] are read too.
 */
static inline uint32_t ascii_skeleton_block(const unsigned char *in)
{
#if defined(__SSE2__)
    __m128i here = _mm_loadu_si128((const __m128i *)(const void *)in);
    __m128i before = _mm_loadu_si128((const __m128i *)(const void *)(in - 1));
    __m128i after = _mm_loadu_si128((const __m128i *)(const void *)(in + 1));
#define LETTERS(v)                                                                                 \
    _mm_and_si128(_mm_cmpgt_epi8((v), _mm_set1_epi8('a' - 1)),                                     \
                  _mm_cmplt_epi8((v), _mm_set1_epi8('z' + 1)))
#define DIGITS(v)                                                                                  \
    _mm_and_si128(_mm_cmpgt_epi8((v), _mm_set1_epi8('0' - 1)),                                     \
                  _mm_cmplt_epi8((v), _mm_set1_epi8('9' + 1)))
#define IS(c) _mm_cmpeq_epi8(here, _mm_set1_epi8(c))
    __m128i letter = LETTERS(here), digit = DIGITS(here);
    __m128i letter_before = LETTERS(before), letter_after = LETTERS(after);
    __m128i repeats = _mm_and_si128(letter, _mm_cmpeq_epi8(here, before));
    __m128i sign = _mm_or_si128(_mm_or_si128(IS('@'), IS('$')), IS('!'));
    __m128i leet =
        _mm_and_si128(_mm_or_si128(digit, sign), _mm_or_si128(letter_before, letter_after));
    __m128i in_word = _mm_or_si128(_mm_or_si128(letter_before, letter_after),
                                   _mm_or_si128(DIGITS(before), DIGITS(after)));
    __m128i alone = _mm_andnot_si128(in_word, letter);
    /* Lead bytes 0xc3 to 0xcd (Latin, IPA, marks) and 0xe1, 0xe2 (more of both). */
    __m128i marked = _mm_or_si128(_mm_and_si128(_mm_cmpgt_epi8(here, _mm_set1_epi8((char)0xc2)),
                                                _mm_cmplt_epi8(here, _mm_set1_epi8((char)0xce))),
                                  _mm_or_si128(IS((char)0xe1), IS((char)0xe2)));
#undef LETTERS
#undef DIGITS
#undef IS
    return (uint32_t)_mm_movemask_epi8(
        _mm_or_si128(_mm_or_si128(repeats, leet), _mm_or_si128(alone, marked)));
#else
    uint32_t mask = 0;
    for (int i = 0; i < ASCII_BLOCK; i++) {
        unsigned char before = in[i - 1], here = in[i], after = in[i + 1];
        uint32_t beside = (before >= 'a' && before <= 'z') || (after >= 'a' && after <= 'z');
        uint32_t digits = (before >= '0' && before <= '9') || (after >= '0' && after <= '9');
        uint32_t letter = here >= 'a' && here <= 'z', digit = here >= '0' && here <= '9';
        uint32_t sign = here == '@' || here == '$' || here == '!';
        uint32_t marked = (here >= 0xc3 && here <= 0xcd) || here == 0xe1 || here == 0xe2;
        mask |= ((letter & (here == before)) | ((digit | sign) & beside) |
                 (letter & !(beside | digits)) | marked)
                << i;
    }
    return mask;
#endif
}
