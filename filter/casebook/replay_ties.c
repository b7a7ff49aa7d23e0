#include <stdlib.h>

#include "filter/base/mem.h"
#include "filter/casebook/organisation.h"
#include "filter/casebook/replay_state.h"

void replay_sector_add(struct casebook_replay *replay, const struct casebook_row *row,
                       const json_t *detail)
{
    (void)row;
    enum casebook_sector sector;
    bool known = casebook_sector_parse(casebook_json_text(detail, "sector"), &sector);
    mem_grow(&replay->sectors, &replay->sector_room, replay->sector_count + 1,
             sizeof *replay->sectors);
    replay->sectors[replay->sector_count++] = (struct replay_sector){
        .organisation = replay_text(replay, detail, "organisation"),
        .may_approve = known && casebook_sector_may_approve(sector),
    };
}

void replay_tie_add(struct casebook_replay *replay, const struct casebook_row *row,
                    const json_t *detail)
{
    (void)row;
    mem_grow(&replay->ties, &replay->tie_room, replay->tie_count + 1, sizeof *replay->ties);
    replay->ties[replay->tie_count++] = (struct replay_tie){
        .one = replay_text(replay, detail, "one"), .other = replay_text(replay, detail, "other")};
}

/* Whether two organisations are one or reach one another over ties: breadth first. */
bool replay_is_tied(const struct casebook_replay *replay, struct str one, struct str other)
{
    struct str *reached = mem_alloc((2 * replay->tie_count + 1) * sizeof *reached);
    size_t count = 1;
    bool tied = false;
    reached[0] = one;
    for (size_t at = 0; !tied && at < count; at++) {
        tied = str_equal(reached[at], other);
        for (size_t i = 0; i < replay->tie_count; i++) {
            const struct replay_tie *tie = &replay->ties[i];
            struct str next = str_equal(tie->one, reached[at])     ? tie->other
                              : str_equal(tie->other, reached[at]) ? tie->one
                                                                   : STR("");
            bool is_new = next.len > 0;
            for (size_t j = 0; is_new && j < count; j++) {
                is_new = !str_equal(reached[j], next);
            }
            if (is_new) {
                reached[count++] = next;
            }
        }
    }
    free(reached);
    return tied;
}

/* Whether it is, or is tied to, what may not approve; the rows before were checked as they came. */
bool replay_is_barred(const struct casebook_replay *replay, struct str organisation)
{
    for (size_t i = 0; i < replay->sector_count; i++) {
        const struct replay_sector *sector = &replay->sectors[i];
        if (!sector->may_approve && replay_is_tied(replay, organisation, sector->organisation)) {
            return true;
        }
    }
    return false;
}
