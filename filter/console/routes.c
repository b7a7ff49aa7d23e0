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

const struct form_field route_always[] = {
    {"token", TICKET_TOKEN, false}, {"once", TICKET_NAME, false}, {NULL, 0, false}};

static const struct route routes[] = {
    {ROUTE_QUEUE, METHOD_GET, PAGE_FOR_CASES, true, give_queue, NULL, GIVES_PAGE_OR_JSON},
    {ROUTE_COUNT, METHOD_GET, PAGE_FOR_CASES, false, give_count, NULL, GIVES_JSON},
    {ROUTE_CASE, METHOD_GET, PAGE_FOR_CASES, true, give_case, NULL, GIVES_PAGE_OR_JSON},
    {ROUTE_MOVE, METHOD_POST, MOVERS, false, take_move, give_move_fields, GIVES_PAGE},
    {ROUTE_PROPOSE, METHOD_GET, TEAM, false, give_propose, NULL, GIVES_PAGE},
    {ROUTE_PROPOSE, METHOD_POST, TEAM, false, take_propose, give_propose_fields, GIVES_PAGE},
    {ROUTE_APPROVE, METHOD_GET, TEAM | APPROVERS, false, give_approve, NULL, GIVES_PAGE},
    {ROUTE_APPROVE, METHOD_POST, TEAM | APPROVERS, false, take_approve, give_approve_fields,
     GIVES_PAGE},
    {ROUTE_ANSWER, METHOD_POST, APPROVERS, false, take_answer, give_answer_fields, GIVES_PAGE},
    {ROUTE_APPROVAL, METHOD_GET, APPROVERS, false, give_approval, NULL, GIVES_JSON},
    {ROUTE_BYTES, METHOD_GET, TEAM | APPROVERS, false, give_bytes, NULL, GIVES_BYTES},
    {ROUTE_URGENT, METHOD_GET, PAGE_FOR_CASES, false, give_urgent, NULL, GIVES_PAGE},
    {ROUTE_ENTRIES, METHOD_GET, PAGE_FOR_CASES, false, give_entries, NULL, GIVES_PAGE},
    {ROUTE_APPEALS, METHOD_GET, PAGE_FOR_CASES, false, give_appeals, NULL, GIVES_PAGE},
    {ROUTE_APPEAL, METHOD_GET, PAGE_FOR_CASES, false, give_appeal, NULL, GIVES_PAGE},
    {ROUTE_APPEAL, METHOD_POST, PANEL, false, take_appeal_decision, give_appeal_fields, GIVES_PAGE},
    {ROUTE_ALIKE, METHOD_GET, PAGE_FOR_CASES, false, give_alike, NULL, GIVES_PAGE},
    {ROUTE_ALIKE_RULE, METHOD_GET, PAGE_FOR_CASES, false, give_alike_rule, NULL, GIVES_PAGE},
    {ROUTE_ALIKE_RULE, METHOD_POST, TEAM, false, take_alike_rule, give_bulk_fields, GIVES_PAGE},
    {ROUTE_COPIES, METHOD_GET, PAGE_FOR_CASES, false, give_copies, NULL, GIVES_PAGE},
    {ROUTE_COPIES, METHOD_POST, TEAM, false, take_split, give_split_fields, GIVES_PAGE},
    {ROUTE_WELLBEING, METHOD_GET, PAGE_FOR_ALL, false, give_wellbeing, NULL, GIVES_PAGE},
    {ROUTE_WELLBEING, METHOD_POST, PAGE_FOR_ALL, false, take_wellbeing, give_wellbeing_fields,
     GIVES_PAGE},
    {ROUTE_RULES, METHOD_GET, PAGE_FOR_ALL, false, give_rules, NULL, GIVES_PAGE},
    {ROUTE_TRY, METHOD_POST, PAGE_FOR_ALL, false, take_try, give_try_fields, GIVES_PAGE},
    {ROUTE_RULE, METHOD_GET, PAGE_FOR_ALL, false, give_rule, NULL, GIVES_PAGE},
    {ROUTE_RULE, METHOD_POST, MOVERS, false, take_rule, give_rule_fields, GIVES_PAGE},
    {ROUTE_SOURCES, METHOD_GET, PAGE_FOR_ALL, false, give_sources, NULL, GIVES_PAGE},
    {ROUTE_SOURCES, METHOD_POST, TEAM, false, take_source, give_source_fields, GIVES_PAGE},
    {ROUTE_MEASURES, METHOD_GET, PAGE_FOR_ALL, false, give_measures, NULL, GIVES_PAGE},
    {ROUTE_PEOPLE, METHOD_GET, PAGE_FOR_ALL, false, give_people, NULL, GIVES_PAGE},
    {ROUTE_PEOPLE, METHOD_POST, PAGE_FOR_ALL, false, take_people, give_people_fields, GIVES_PAGE},
    {ROUTE_LOG, METHOD_GET, PAGE_FOR_ALL, false, give_log, NULL, GIVES_PAGE},
    {ROUTE_LOG, METHOD_POST, PAGE_FOR_ALL, false, take_log, give_no_fields, GIVES_PAGE},
    {ROUTE_SIGN_IN, METHOD_GET, NOBODY_ASKED, false, give_sign_in, NULL, GIVES_PAGE},
    {ROUTE_SIGN_IN, METHOD_POST, NOBODY_ASKED, false, take_sign_in, give_sign_in_fields,
     GIVES_PAGE},
    {ROUTE_CODE, METHOD_GET, NOBODY_ASKED, false, give_code, NULL, GIVES_PAGE},
    {ROUTE_CODE, METHOD_POST, NOBODY_ASKED, false, take_code, give_code_fields, GIVES_PAGE},
    {ROUTE_SIGN_OUT, METHOD_POST, PAGE_FOR_ALL, false, take_sign_out, give_no_fields, GIVES_PAGE},
    {ROUTE_KEYS, METHOD_GET, PAGE_FOR_ALL, false, give_keys, NULL, GIVES_PAGE},
    {ROUTE_STYLE, METHOD_GET, NOBODY_ASKED, false, give_style, NULL, GIVES_STYLE},
    {ROUTE_SCRIPT, METHOD_GET, NOBODY_ASKED, false, give_script, NULL, GIVES_SCRIPT},
    {ROUTE_OPENAPI, METHOD_GET, NOBODY_ASKED, false, give_openapi, NULL, GIVES_JSON},
    {ROUTE_HEALTH, METHOD_GET, NOBODY_ASKED, false, give_health, NULL, GIVES_TEXT},
    {ROUTE_READY, METHOD_GET, NOBODY_ASKED, false, give_ready, NULL, GIVES_TEXT},
    {ROUTE_METRICS, METHOD_GET, NOBODY_ASKED, false, give_metrics, NULL, GIVES_TEXT},
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

const struct route *route_all(size_t *count)
{
    *count = sizeof routes / sizeof *routes;
    return routes;
}

bool route_is_for_people(const struct route *route)
{
    return route->gives != GIVES_STYLE && route->gives != GIVES_SCRIPT &&
           route->gives != GIVES_TEXT;
}
