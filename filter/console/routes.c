/* Every route: which method on which place, for whom, by which handler, with which fields. */
#include "filter/console/asked.h"
#include "filter/console/give.h"

enum {
    NOBODY_ASKED = 0,
    TEAM = 1 << ROLE_TEAM,
    APPROVERS = 1 << ROLE_INDEPENDENT,
    PANEL = 1 << ROLE_APPEALS,
    MOVERS = TEAM | APPROVERS | PANEL,
};

static const struct route routes[] = {
    {ROUTE_QUEUE, METHOD_GET, PAGE_FOR_CASES, true, give_queue, NULL},
    {ROUTE_COUNT, METHOD_GET, PAGE_FOR_CASES, false, give_count, NULL},
    {ROUTE_CASE, METHOD_GET, PAGE_FOR_CASES, true, give_case, NULL},
    {ROUTE_MOVE, METHOD_POST, MOVERS, false, take_move, give_move_fields},
    {ROUTE_PROPOSE, METHOD_GET, TEAM, false, give_propose, NULL},
    {ROUTE_PROPOSE, METHOD_POST, TEAM, false, take_propose, give_propose_fields},
    {ROUTE_APPROVE, METHOD_GET, TEAM | APPROVERS, false, give_approve, NULL},
    {ROUTE_APPROVE, METHOD_POST, TEAM | APPROVERS, false, take_approve, give_approve_fields},
    {ROUTE_ANSWER, METHOD_POST, APPROVERS, false, take_answer, give_answer_fields},
    {ROUTE_APPROVAL, METHOD_GET, APPROVERS, false, give_approval, NULL},
    {ROUTE_BYTES, METHOD_GET, TEAM | APPROVERS, false, give_bytes, NULL},
    {ROUTE_URGENT, METHOD_GET, PAGE_FOR_CASES, false, give_urgent, NULL},
    {ROUTE_ENTRIES, METHOD_GET, PAGE_FOR_CASES, false, give_entries, NULL},
    {ROUTE_APPEALS, METHOD_GET, PAGE_FOR_CASES, false, give_appeals, NULL},
    {ROUTE_APPEAL, METHOD_GET, PAGE_FOR_CASES, false, give_appeal, NULL},
    {ROUTE_APPEAL, METHOD_POST, PANEL, false, take_appeal_decision, give_appeal_fields},
    {ROUTE_ALIKE, METHOD_GET, PAGE_FOR_CASES, false, give_alike, NULL},
    {ROUTE_ALIKE_RULE, METHOD_GET, PAGE_FOR_CASES, false, give_alike_rule, NULL},
    {ROUTE_ALIKE_RULE, METHOD_POST, TEAM, false, take_alike_rule, give_bulk_fields},
    {ROUTE_COPIES, METHOD_GET, PAGE_FOR_CASES, false, give_copies, NULL},
    {ROUTE_COPIES, METHOD_POST, TEAM, false, take_split, give_split_fields},
    {ROUTE_WELLBEING, METHOD_GET, PAGE_FOR_ALL, false, give_wellbeing, NULL},
    {ROUTE_WELLBEING, METHOD_POST, PAGE_FOR_ALL, false, take_wellbeing, give_wellbeing_fields},
    {ROUTE_RULES, METHOD_GET, PAGE_FOR_ALL, false, give_rules, NULL},
    {ROUTE_TRY, METHOD_POST, PAGE_FOR_ALL, false, take_try, give_try_fields},
    {ROUTE_RULE, METHOD_GET, PAGE_FOR_ALL, false, give_rule, NULL},
    {ROUTE_RULE, METHOD_POST, MOVERS, false, take_rule, give_rule_fields},
    {ROUTE_SOURCES, METHOD_GET, PAGE_FOR_ALL, false, give_sources, NULL},
    {ROUTE_SOURCES, METHOD_POST, TEAM, false, take_source, give_source_fields},
    {ROUTE_MEASURES, METHOD_GET, PAGE_FOR_ALL, false, give_measures, NULL},
    {ROUTE_PEOPLE, METHOD_GET, PAGE_FOR_ALL, false, give_people, NULL},
    {ROUTE_PEOPLE, METHOD_POST, PAGE_FOR_ALL, false, take_people, give_people_fields},
    {ROUTE_LOG, METHOD_GET, PAGE_FOR_ALL, false, give_log, NULL},
    {ROUTE_LOG, METHOD_POST, PAGE_FOR_ALL, false, take_log, give_no_fields},
    {ROUTE_SIGN_IN, METHOD_GET, NOBODY_ASKED, false, give_sign_in, NULL},
    {ROUTE_SIGN_IN, METHOD_POST, NOBODY_ASKED, false, take_sign_in, give_sign_in_fields},
    {ROUTE_CODE, METHOD_GET, NOBODY_ASKED, false, give_code, NULL},
    {ROUTE_CODE, METHOD_POST, NOBODY_ASKED, false, take_code, give_code_fields},
    {ROUTE_SIGN_OUT, METHOD_POST, PAGE_FOR_ALL, false, take_sign_out, give_no_fields},
    {ROUTE_KEYS, METHOD_GET, PAGE_FOR_ALL, false, give_keys, NULL},
    {ROUTE_STYLE, METHOD_GET, NOBODY_ASKED, false, give_style, NULL},
    {ROUTE_SCRIPT, METHOD_GET, NOBODY_ASKED, false, give_script, NULL},
    {ROUTE_HEALTH, METHOD_GET, NOBODY_ASKED, false, give_health, NULL},
    {ROUTE_READY, METHOD_GET, NOBODY_ASKED, false, give_ready, NULL},
    {ROUTE_METRICS, METHOD_GET, NOBODY_ASKED, false, give_metrics, NULL},
};

const struct route *route_find(enum place_route place, enum request_method method)
{
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
        if (routes[i].place == place && routes[i].method == method) {
            return &routes[i];
        }
    }
    return NULL;
}
