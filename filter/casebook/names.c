/* The names of the casebook's tables of words, and how they are read. */
#include "filter/base/err.h"
#include "filter/casebook/internal.h"

/* NAMES(thing, list): casebook_THING_name and casebook_THING_parse of the enum casebook_THING. */
/* NOLINTBEGIN(bugprone-macro-parentheses): a type's name takes none */
#define X_NAME(constant, name, ...) [constant] = (name),
#define NAMES(thing, list)                                                                         \
    static const char *const thing##_names[] = {list(X_NAME)};                                     \
    const char *casebook_##thing##_name(enum casebook_##thing thing)                               \
    {                                                                                              \
        return thing##_names[thing];                                                               \
    }                                                                                              \
    bool casebook_##thing##_parse(struct str name, enum casebook_##thing *thing)                   \
    {                                                                                              \
        for (size_t i = 0; i < sizeof thing##_names / sizeof *thing##_names; i++) {                \
            if (str_is(name, thing##_names[i])) {                                                  \
                *thing = (enum casebook_##thing)i;                                                 \
                return true;                                                                       \
            }                                                                                      \
        }                                                                                          \
        return false;                                                                              \
    }

NAMES(state, CASEBOOK_STATES)
NAMES(entry_state, CASEBOOK_ENTRY_STATES)
NAMES(appeal_state, CASEBOOK_APPEAL_STATES)
NAMES(likeness, CASEBOOK_LIKENESSES)
NAMES(thing, CASEBOOK_THINGS)
NAMES(action, CASEBOOK_ACTIONS)
NAMES(role, CASEBOOK_ROLES)
NAMES(kind, CASEBOOK_KINDS)
NAMES(recipient, CASEBOOK_RECIPIENTS)
NAMES(test, CASEBOOK_TESTS)
/* NOLINTEND(bugprone-macro-parentheses) */

static const struct {
    const char *indonesian, *english;
} questions[] = {
#define X(constant, name, id, en) [constant] = {id, en},
    CASEBOOK_TESTS(X)
#undef X
};

const char *casebook_test_question(enum casebook_test test, bool in_english)
{
    return in_english ? questions[test].english : questions[test].indonesian;
}
