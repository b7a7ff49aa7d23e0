#include "filter/blocklist/shipped.h"

#include <pthread.h>

/* Every file of rules/protected; a test compares. X(symbol, path) */
#define FILES(X)                                                                                   \
    X(banks, "rules/protected/banks.txt")                                                          \
    X(civil_society, "rules/protected/civil-society.txt")                                          \
    X(commerce, "rules/protected/commerce.txt")                                                    \
    X(culture, "rules/protected/culture.txt")                                                      \
    X(education, "rules/protected/education.txt")                                                  \
    X(election, "rules/protected/election.txt")                                                    \
    X(fact_checkers, "rules/protected/fact-checkers.txt")                                          \
    X(government, "rules/protected/government.txt")                                                \
    X(health, "rules/protected/health.txt")                                                        \
    X(minorities, "rules/protected/minorities.txt")                                                \
    X(parties, "rules/protected/parties.txt")                                                      \
    X(press_regional, "rules/protected/press-regional.txt")                                        \
    X(press, "rules/protected/press.txt")                                                          \
    X(privacy, "rules/protected/privacy.txt")                                                      \
    X(religion, "rules/protected/religion.txt")                                                    \
    X(shared_hosting, "rules/protected/shared-hosting.txt")                                        \
    X(shared_links, "rules/protected/shared-links.txt")                                            \
    X(shared_platforms, "rules/protected/shared-platforms.txt")                                    \
    X(state_enterprises, "rules/protected/state-enterprises.txt")

/* C17 has no #embed. The Makefile knows that this file depends on the lists. */
#define EMBED(symbol, path)                                                                        \
    __asm__(".section .rodata\n"                                                                   \
            ".global blocklist_shipped_" #symbol "\n"                                              \
            ".global blocklist_shipped_" #symbol "_end\n"                                          \
            "blocklist_shipped_" #symbol ":\n"                                                     \
            ".incbin \"" path "\"\n"                                                               \
            "blocklist_shipped_" #symbol "_end:\n"                                                 \
            ".previous\n");                                                                        \
    extern const char blocklist_shipped_##symbol[], blocklist_shipped_##symbol##_end[];
FILES(EMBED)
#undef EMBED

enum {
#define COUNT_ONE(symbol, path) AT_##symbol,
    FILES(COUNT_ONE)
#undef COUNT_ONE
        COUNT
};

static struct blocklist_shipped files[COUNT];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void measure(void)
{
#define MEASURE(symbol, name)                                                                      \
    files[AT_##symbol] = (struct blocklist_shipped){                                               \
        .path = (name),                                                                            \
        .text = {.at = blocklist_shipped_##symbol,                                                 \
                 .len = (size_t)(blocklist_shipped_##symbol##_end - blocklist_shipped_##symbol)}};
    FILES(MEASURE)
#undef MEASURE
}

const struct blocklist_shipped *blocklist_shipped(size_t *count)
{
    pthread_once(&once, measure);
    *count = COUNT;
    return files;
}
