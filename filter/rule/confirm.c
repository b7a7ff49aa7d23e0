#include "filter/rule/confirm.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <assert.h>
#include <pcre2.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "filter/base/mem.h"
#include "filter/rule/charset.h"
#include "filter/rule/regex.h"

enum {
    /* A match may take so many steps, and as many more for each byte of its value. */
    STEPS = 100000,
    STEPS_A_BYTE = 16,
    HEAP_KIB = 16 << 10,
    STACK_BYTES = 32 << 10,
    MOST_STACK_BYTES = 1 << 20,
};

struct rule_regex_runner {
    pcre2_match_data *data;
    pcre2_match_context *context;
    pcre2_jit_stack *stack;
    struct rule_regex word; /* \w, for characters beyond ASCII */
};

/* Stands in `anchored` or `unanchored` of a regex that can't be compiled. */
static char broken;

struct rule_regex_runner *rule_regex_runner_new(void)
{
    struct rule_regex_runner *runner = mem_zero(1, sizeof *runner);
    runner->data = pcre2_match_data_create(1, NULL);
    runner->context = pcre2_match_context_create(NULL);
    runner->stack = pcre2_jit_stack_create(STACK_BYTES, MOST_STACK_BYTES, NULL);
    if (runner->data == NULL || runner->context == NULL) {
        abort(); /* out of memory, as in base/mem */
    }
    if (runner->stack != NULL) { /* else there is no JIT on this machine */
        pcre2_jit_stack_assign(runner->context, NULL, runner->stack);
    }
    pcre2_set_heap_limit(runner->context, HEAP_KIB);
    rule_regex_init(&runner->word, STR("\\w"), 0);
    return runner;
}

void rule_regex_runner_free(struct rule_regex_runner *runner)
{
    if (runner == NULL) {
        return;
    }
    rule_regex_fini(&runner->word);
    pcre2_match_data_free(runner->data);
    pcre2_match_context_free(runner->context);
    pcre2_jit_stack_free(runner->stack);
    free(runner);
}

void rule_regex_init(struct rule_regex *regex, struct str pattern, unsigned flags)
{
    regex->pattern = pattern;
    regex->flags = flags;
    atomic_init(&regex->anchored, NULL);
    atomic_init(&regex->unanchored, NULL);
}

static void free_code(void *code)
{
    if (code != &broken) {
        pcre2_code_free(code);
    }
}

void rule_regex_fini(struct rule_regex *regex)
{
    free_code(atomic_load(&regex->anchored));
    free_code(atomic_load(&regex->unanchored));
}

/* The program in `slot`, compiled if it is not yet. Two threads may both do it; one keeps it. */
static const pcre2_code *code_of(struct rule_regex *regex, _Atomic(void *) *slot, uint32_t option)
{
    void *code = atomic_load_explicit(slot, memory_order_acquire);
    if (code == NULL) {
        int number;
        PCRE2_SIZE offset;
        void *none = NULL;
        /*
         * PCRE2 10.42 looks for a start by what it thinks that a match begins with, and misses:
         * its JIT (?:[^\d\s]|\b)x*\D in "a", its interpreter too (?=a){0}\b in "b". Our
         * witnesses know where to look.
         */
        option |= PCRE2_NO_START_OPTIMIZE;
        code = pcre2_compile((PCRE2_SPTR)regex->pattern.at, regex->pattern.len,
                             rule_regex_options(regex->flags) | option, &number, &offset, NULL);
        if (code == NULL) {
            code = &broken;
        } else {
            (void)pcre2_jit_compile(code, PCRE2_JIT_COMPLETE); /* without it only slower */
        }
        if (!atomic_compare_exchange_strong(slot, &none, code)) {
            free_code(code);
            code = none;
        }
    }
    return code == &broken ? NULL : code;
}

enum rule_answer rule_regex_find(struct rule_regex *regex, struct rule_regex_runner *runner,
                                 struct str value, size_t from, size_t to, struct text_span *span)
{
    bool single = from == to;
    const pcre2_code *code = single ? code_of(regex, &regex->anchored, PCRE2_ANCHORED)
                                    : code_of(regex, &regex->unanchored, PCRE2_USE_OFFSET_LIMIT);
    if (code == NULL) {
        return RULE_UNKNOWN;
    }
    assert(from <= to && to <= value.len);
    pcre2_set_match_limit(
        runner->context,
        (uint32_t)(STEPS + STEPS_A_BYTE * (value.len < (1 << 26) ? value.len : 0)));
    pcre2_set_offset_limit(runner->context, single ? PCRE2_UNSET : to);
    int result = pcre2_match(code, (PCRE2_SPTR)(value.at != NULL ? value.at : ""), value.len, from,
                             PCRE2_NO_UTF_CHECK, runner->data, runner->context);
    if (result == PCRE2_ERROR_NOMATCH) {
        return RULE_NO;
    }
    if (result < 0) {
        return RULE_UNKNOWN;
    }
    const PCRE2_SIZE *found = pcre2_get_ovector_pointer(runner->data);
    /* \K can put the end before the start; there is nothing to show then. */
    *span = (struct text_span){.start = found[0], .end = found[1] < found[0] ? found[0] : found[1]};
    return RULE_YES;
}

static bool is_continuation(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

bool rule_word_at(struct rule_regex_runner *runner, struct str value, size_t at)
{
    struct text_span span;
    if (at >= value.len) {
        return false;
    }
    if ((unsigned char)value.at[at] < 0x80) {
        return rule_charset_is_word((unsigned char)value.at[at]);
    }
    return rule_regex_find(&runner->word, runner, value, at, at, &span) == RULE_YES;
}

bool rule_word_before(struct rule_regex_runner *runner, struct str value, size_t at)
{
    if (at == 0) {
        return false;
    }
    at--;
    while (at > 0 && is_continuation(value.at[at])) {
        at--;
    }
    return rule_word_at(runner, value, at);
}
