#include "tests/filter/casebook/release.h"

#include "filter/base/err.h"
#include "filter/casebook/internal.h"
#include "tests/filter/test.h"

void release_rules(struct casebook *casebook, const struct verdict *verdict)
{
    struct arena *arena = arena_new(64 << 10);
    struct casebook_now now;
    struct err err = ERR_NONE;
    assert_true(casebook_now(casebook, arena, &now, &err));
    for (size_t i = 0; i < verdict->rule_count; i++) {
        const struct casebook_release row = {.season = now.season,
                                             .rule_id = verdict->rules[i].id,
                                             .submitter = STR("penulis"),
                                             .releaser = STR("pelepas"),
                                             .release = verdict_rule_release(&verdict->rules[i]),
                                             .revision = verdict->rules[i].revision};
        assert_true(casebook_release_put(casebook, &row, &err));
    }
    arena_free(arena);
}
